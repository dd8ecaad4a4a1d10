-- The async plane: holds whose driver did not come, and the sweeper.
\set ON_ERROR_STOP 1

CREATE FUNCTION pg_temp.lot(name text) RETURNS uuid LANGUAGE sql STABLE
	AS 'SELECT id FROM smart_parking.parking AS p WHERE p.name = lot.name';
CREATE FUNCTION pg_temp.hold(lot text, plate text, kind text DEFAULT 'standard') RETURNS uuid LANGUAGE sql VOLATILE
	AS 'SELECT booking_id FROM smart_parking.reserve_spot(pg_temp.lot(lot), gen_random_uuid(), plate, kind => hold.kind)';
-- the last booking of a plate
CREATE FUNCTION pg_temp.booking(plate text) RETURNS smart_parking.booking LANGUAGE sql VOLATILE
	AS 'SELECT b FROM smart_parking.booking AS b WHERE b.car_plate::text = plate ORDER BY created_at DESC LIMIT 1';
CREATE FUNCTION pg_temp.lapse(plate text) RETURNS void LANGUAGE sql VOLATILE AS $$
	UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = (pg_temp.booking(plate)).id $$;
CREATE FUNCTION pg_temp.free(lot text) RETURNS integer LANGUAGE sql VOLATILE
	AS 'SELECT sum(free_spots)::integer FROM smart_parking.counter_slice WHERE parking_id = pg_temp.lot(lot)';
CREATE FUNCTION pg_temp.events(plate text) RETURNS SETOF text LANGUAGE sql VOLATILE AS $$
	SELECT concat_ws(': ', event, reason) FROM smart_parking.booking_event WHERE booking_id = (pg_temp.booking(plate)).id ORDER BY happened_at $$;
\ir ../refused.psql
CREATE FUNCTION pg_temp.hint_of(sql text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE sql;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN hint;
END $$;
CREATE FUNCTION pg_temp.sound(what text) RETURNS text LANGUAGE sql STABLE
	AS $$ SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'in step: ' || what) $$;

-- The sweep commits, so it runs before the tests begin.  What it did is kept
-- in a table of the session, its lot is removed, and the tests look at the table.

BEGIN;
SELECT smart_parking.add_parking('Swept', 51.05, 13.74, 1600) AS swept \gset
SELECT count(pg_temp.hold('Swept', 'SW' || n)) AS swept_holds FROM generate_series(1, 1600) AS n \gset
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond'
WHERE parking_id = :'swept' AND car_plate::text <> 'SW7';
COMMIT;
CREATE TEMPORARY TABLE swept_before AS SELECT pg_temp.free('Swept') AS free, s.* FROM smart_parking.sweeper_status() AS s;
CALL smart_parking.sweep(run_for => '0');
CREATE TEMPORARY TABLE swept_after AS SELECT pg_temp.free('Swept') AS free, s.* FROM smart_parking.sweeper_status() AS s;
CREATE TEMPORARY TABLE swept_booking AS SELECT b.xmin::text AS transaction, b.* FROM smart_parking.booking AS b WHERE parking_id = :'swept';
CREATE TEMPORARY TABLE swept_event AS SELECT e.* FROM smart_parking.booking_event AS e JOIN swept_booking AS b ON b.id = e.booking_id;
CREATE TEMPORARY TABLE swept_invariants AS SELECT * FROM smart_parking.check_invariants();
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE parking_id = :'swept' AND ended_at IS NULL;
CALL smart_parking.sweep('10 milliseconds', '30 milliseconds');
CREATE TEMPORARY TABLE swept_again AS
	SELECT status::text AS status, (SELECT count(*) FROM smart_parking.booking_event AS e WHERE e.booking_id = b.id) AS events
	FROM smart_parking.booking AS b WHERE parking_id = :'swept' AND car_plate::text = 'SW7';
BEGIN;
ALTER TABLE smart_parking.booking DISABLE TRIGGER USER;
ALTER TABLE smart_parking.booking_event DISABLE TRIGGER USER;
DELETE FROM smart_parking.booking_event WHERE booking_id IN (SELECT id FROM swept_booking);
DELETE FROM smart_parking.booking WHERE parking_id = :'swept';
ALTER TABLE smart_parking.booking ENABLE TRIGGER USER;
ALTER TABLE smart_parking.booking_event ENABLE TRIGGER USER;
DELETE FROM smart_parking.spot WHERE parking_id = :'swept';
DELETE FROM smart_parking.counter_slice WHERE parking_id = :'swept';
DELETE FROM smart_parking.parking WHERE id = :'swept';
COMMIT;

BEGIN;
SELECT no_plan();

-- What the sweep did

SELECT is(:swept_holds, 1600, 'there were 1,600 holds');
SELECT results_eq('SELECT free, overdue_bookings, running, oldest_overdue > interval ''0'' FROM swept_before', $$ VALUES (0, 1599::bigint, false, true) $$,
	'before the sweep: no spot counted as free, 1,599 bookings overdue');
SELECT results_eq('SELECT free, overdue_bookings, running, oldest_overdue FROM swept_after', $$ VALUES (1599, 0::bigint, false, NULL::interval) $$,
	'after it: 1,599 spots free, none overdue, and it is not running any more');
SELECT results_eq('SELECT status::text, count(*) FROM swept_booking GROUP BY 1 ORDER BY 1',
	$$ VALUES ('expired', 1599::bigint), ('pending', 1) $$, 'all that had lapsed is expired, the hold that had not is kept');
SELECT is((SELECT count(DISTINCT transaction) FROM swept_booking WHERE status = 'expired'), 2::bigint, 'each batch of 1,000 was a transaction of its own');
SELECT results_eq('SELECT event, reason, count(*), count(DISTINCT booking_id) FROM swept_event GROUP BY 1, 2',
	$$ VALUES ('expired', 'lapsed; swept', 1599::bigint, 1599::bigint) $$, 'each booking has one event, which says that it was swept');
SELECT is_empty('SELECT * FROM swept_invariants', 'in step: after the sweep');
SELECT results_eq('SELECT * FROM swept_again', $$ VALUES ('expired', 1::bigint) $$, 'a sweep that runs for a while releases the last one, once');

-- release_expired

SELECT lives_ok($$ SELECT smart_parking.add_parking('Five', 51.05, 13.74, 5) $$, 'a lot of five spots');
SELECT lives_ok($$ SELECT pg_temp.hold('Five', 'F' || n) FROM generate_series(1, 5) AS n $$, 'all held');
SELECT pg_temp.digest() AS before_release \gset
SELECT is(smart_parking.release_expired(), 0, 'nothing has lapsed');
SELECT is(pg_temp.digest(), :'before_release', 'and nothing changes');
-- the hold that was made last lapses first, F1 not at all
UPDATE smart_parking.booking AS b
SET expires_at = (SELECT max(created_at) FROM smart_parking.booking WHERE parking_id = b.parking_id) + spot_no_from_last * interval '1 microsecond'
FROM (SELECT id, 6 - spot_no AS spot_no_from_last FROM smart_parking.booking) AS n
WHERE n.id = b.id AND b.parking_id = pg_temp.lot('Five') AND car_plate::text <> 'F1';
SELECT is(smart_parking.release_expired(2), 2, 'the limit is kept');
SELECT results_eq($$ SELECT car_plate::text FROM smart_parking.booking WHERE parking_id = pg_temp.lot('Five') AND status = 'expired' ORDER BY 1 $$,
	ARRAY['F4', 'F5'], 'those that lapsed first are released first');
SELECT is(pg_temp.free('Five'), 2, 'two spots are free');
SELECT pg_temp.sound('two of four released');
SELECT is(smart_parking.release_expired(2), 2, 'then the other two');
SELECT is(smart_parking.release_expired(2), 0, 'then none is left');
SELECT is(pg_temp.free('Five'), 4, 'four spots are free');
SELECT is((pg_temp.booking('F1')).status::text, 'pending', 'the hold that is valid stays');
SELECT results_eq(format($$ SELECT pg_temp.events('F%s') $$, n), ARRAY['expired: lapsed'], format('F%s has one event, with the reason', n)) FROM generate_series(2, 5) AS n;
SELECT ok((pg_temp.booking('F2')).ended_at BETWEEN now() AND clock_timestamp() AND (pg_temp.booking('F2')).ended_at > (pg_temp.booking('F2')).expires_at,
	'the booking says when it was released');
SELECT pg_temp.sound('all released');

SELECT lives_ok($$ SELECT smart_parking.add_parking('Mixed', 51.05, 13.75, 20, kinds => '{"charging": 10}', slice_size => 4) $$, 'a lot of two kinds and five slices');
SELECT lives_ok($$ SELECT pg_temp.hold('Mixed', 'MS' || n), pg_temp.hold('Mixed', 'MC' || n, 'charging'), pg_temp.hold('Five', 'MF' || n)
	FROM generate_series(1, 4) AS n $$, 'holds in both lots');
SELECT lives_ok($$ SELECT pg_temp.hold('Mixed', 'MX' || n) FROM generate_series(1, 6) AS n $$, 'the standard spots are all held');
SELECT is(pg_temp.free('Mixed'), 6, 'six spots are free');
SELECT lives_ok($$ SELECT pg_temp.lapse(kind || n) FROM unnest(ARRAY['MS', 'MC', 'MF']) AS kind, generate_series(1, 4) AS n $$, 'most of the holds lapse');
SELECT is(smart_parking.release_expired(100000), 12, 'are released in one call, with the largest limit');
SELECT is(ARRAY[pg_temp.free('Mixed'), pg_temp.free('Five')], ARRAY[14, 4], 'and each spot goes back to its own slice');
SELECT pg_temp.sound('lots and kinds');

SELECT pg_temp.refused('SELECT smart_parking.release_expired(NULL)', 'SP016', 'a limit of NULL');
SELECT pg_temp.refused(format('SELECT smart_parking.release_expired(%s)', n), 'SP017', format('a limit of %s', n))
FROM unnest(ARRAY[0, -1, 100001, 2147483647]) AS n;

-- expire_booking

SELECT isnt(pg_temp.hold('Five', 'E1'), NULL, 'a hold');
SELECT pg_temp.digest() AS before_expire \gset
SELECT is(smart_parking.expire_booking((pg_temp.booking('E1')).id), false, 'expiring it early says false');
SELECT is(pg_temp.digest(), :'before_expire', 'and changes nothing');
SELECT lives_ok($$ SELECT pg_temp.lapse('E1') $$, 'it lapses');
SELECT is(pg_temp.free('Five'), 3, 'its spot is not free yet');
SELECT is(smart_parking.expire_booking((pg_temp.booking('E1')).id), true, 'expiring it says true');
SELECT is((pg_temp.booking('E1')).status::text, 'expired', 'the booking is expired');
SELECT is(pg_temp.free('Five'), 4, 'its spot is free');
SELECT pg_temp.digest() AS after_expire \gset
SELECT is(smart_parking.expire_booking((pg_temp.booking('E1')).id), false, 'expiring it twice says false');
SELECT is(smart_parking.release_expired(), 0, 'a sweep finds nothing');
SELECT is(smart_parking.cancel_booking((pg_temp.booking('E1')).id)::text, 'expired', 'cancelling says expired');
SELECT is(pg_temp.digest(), :'after_expire', 'and nothing changes by any of these');
SELECT results_eq($$ SELECT pg_temp.events('E1') $$, ARRAY['expired: lapsed'], 'there is one event, with the reason');

SELECT isnt(pg_temp.hold('Five', 'E2'), NULL, 'a hold');
SELECT is((SELECT reason FROM smart_parking.validate_plate(smart_parking.add_gate(pg_temp.lot('Five'), 'in', 'entry'), 'E2')), 'entered', 'whose car arrives');
SELECT lives_ok($$ SELECT pg_temp.lapse('E2') $$, 'the end of the hold passes');
SELECT is(smart_parking.expire_booking((pg_temp.booking('E2')).id), false, 'expiring it after the arrival says false');
SELECT is(smart_parking.release_expired(), 0, 'a sweep passes it over');
SELECT is((pg_temp.booking('E2')).status::text, 'confirmed', 'the car stays inside');
SELECT is((SELECT reason FROM smart_parking.validate_plate(smart_parking.add_gate(pg_temp.lot('Five'), 'out', 'exit'), 'E2')), 'exited', 'it leaves');
SELECT is(smart_parking.expire_booking((pg_temp.booking('E2')).id), false, 'expiring it after that says false');
SELECT results_eq($$ SELECT pg_temp.events('E2') $$, ARRAY['confirmed: plate read at the gate', 'completed: plate read at the gate'],
	'the history knows of no expiry');
SELECT isnt(pg_temp.hold('Five', 'E3'), NULL, 'a hold');
SELECT is(smart_parking.cancel_booking((pg_temp.booking('E3')).id)::text, 'cancelled', 'which is cancelled');
SELECT is(smart_parking.expire_booking((pg_temp.booking('E3')).id), false, 'expiring it after that says false');
SELECT pg_temp.refused('SELECT smart_parking.expire_booking(NULL)', 'SP016', 'no booking');
SELECT pg_temp.refused('SELECT smart_parking.expire_booking(''00000000-0000-7000-8000-000000000000'')', 'SP002', 'an unknown booking');
SELECT pg_temp.sound('one by one');

-- Spots out of service

SELECT lives_ok($$ SELECT smart_parking.add_parking('Repair', 51.05, 13.76, 3) $$, 'a lot of three spots');
SELECT lives_ok($$ SELECT pg_temp.hold('Repair', 'R' || n) FROM generate_series(1, 3) AS n $$, 'all held');
SELECT ok(smart_parking.set_spot_service(pg_temp.lot('Repair'), n, false), format('spot %s goes out of service', n)) FROM generate_series(1, 2) AS n;
SELECT is(smart_parking.resize_parking(pg_temp.lot('Repair'), 2), 2, 'spot 3 leaves the lot');
SELECT lives_ok($$ SELECT pg_temp.lapse('R' || n) FROM generate_series(1, 3) AS n $$, 'all three holds lapse');
SELECT is(smart_parking.expire_booking((pg_temp.booking('R1')).id), true, 'one is expired by itself');
SELECT is(smart_parking.release_expired(), 2, 'the others by a sweep');
SELECT is(pg_temp.free('Repair'), 0, 'no spot is given back');
SELECT is((SELECT r.outcome FROM smart_parking.reserve_spot(pg_temp.lot('Repair'), gen_random_uuid(), 'R4') AS r), 'full', 'nor given to the next driver');
SELECT pg_temp.sound('out of service');
SELECT ok(smart_parking.set_spot_service(pg_temp.lot('Repair'), 2, true), 'spot 2 comes back into service');
SELECT is(pg_temp.free('Repair'), 1, 'then it is free');
SELECT pg_temp.sound('back in service');

-- sweep: what it refuses

SELECT pg_temp.refused('CALL smart_parking.sweep()', '2D000', 'a sweep inside a transaction block');
SELECT pg_temp.refused('CALL smart_parking.sweep(run_for => ''0'')', '2D000', 'a single sweep inside a transaction block');
SELECT matches(pg_temp.hint_of('CALL smart_parking.sweep()'), 'release_expired', 'the hint names what may be called there');
SELECT pg_temp.refused('CALL smart_parking.sweep(NULL)', 'SP016', 'no pause');
SELECT pg_temp.refused(format('CALL smart_parking.sweep(%L)', every), 'SP019', 'a pause of ' || every)
FROM unnest(ARRAY['0', '-1 second', '9 milliseconds', '60.001 seconds', '1 month', '178000000 years']) AS every;
SELECT pg_temp.refused(format('CALL smart_parking.sweep(run_for => %L)', run_for), 'SP019', 'a run of ' || run_for)
FROM unnest(ARRAY['-1 microsecond', '-1 month']) AS run_for;
SELECT is((SELECT running FROM smart_parking.sweeper_status()), false, 'none of these left a sweep running');

-- The sweeper without pg_cron

SELECT is((SELECT count(*)::integer FROM pg_extension WHERE extname = 'pg_cron'), 0, 'this database has no pg_cron');
SELECT pg_temp.refused('SELECT smart_parking.start_sweeper()', 'SP030', 'starting the sweeper');
SELECT matches(pg_temp.hint_of('SELECT smart_parking.start_sweeper()'), 'pg_cron', 'the hint names pg_cron');
SELECT matches(pg_temp.hint_of('SELECT smart_parking.start_sweeper()'), 'CALL smart_parking\.sweep\(run_for => ''0''\)', 'how to sweep by hand');
SELECT matches(pg_temp.hint_of('SELECT smart_parking.start_sweeper()'), 'smart_parking\.expire_booking', 'and what an outside queue calls');
SELECT pg_temp.refused('SELECT smart_parking.start_sweeper(NULL)', 'SP016', 'starting without a pause');
SELECT pg_temp.refused(format('SELECT smart_parking.start_sweeper(%L)', every), 'SP019', 'starting with a pause of ' || every)
FROM unnest(ARRAY['0', '-1 second', '9 milliseconds', '60.001 seconds', '178000000 years']) AS every;
SELECT is(smart_parking.stop_sweeper(), false, 'there is no job to stop');

SELECT is((SELECT string_agg(format('%s %s', name, type::regtype), ', ' ORDER BY place) FROM pg_proc,
		unnest(proargnames, proallargtypes) WITH ORDINALITY AS argument(name, type, place) WHERE oid = 'smart_parking.sweeper_status'::regproc),
	'scheduled boolean, job_id bigint, every interval, running boolean, last_started timestamp with time zone, '
	'last_outcome text, overdue_bookings bigint, oldest_overdue interval, failing_lots bigint, last_failure text', 'sweeper_status has its columns');
SELECT results_eq('SELECT * FROM smart_parking.sweeper_status()',
	$$ VALUES (false, NULL::bigint, NULL::interval, false, NULL::timestamptz, NULL::text, 0::bigint, NULL::interval, 0::bigint, NULL::text) $$,
	'with no sweeper and nothing overdue');
SELECT isnt(pg_temp.hold('Five', 'LATE'), NULL, 'a hold');
SELECT lives_ok($$ SELECT pg_temp.lapse('LATE') $$, 'lapses');
SELECT results_eq('SELECT scheduled, overdue_bookings, oldest_overdue BETWEEN interval ''0'' AND interval ''1 minute'' FROM smart_parking.sweeper_status()',
	$$ VALUES (false, 1::bigint, true) $$, 'and is overdue');

SELECT pg_temp.sound('at the end');
SELECT * FROM finish();
ROLLBACK;
