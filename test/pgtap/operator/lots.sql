-- Lots: add, resize, take spots out of service, open and close, gates.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.lot(name text) RETURNS uuid LANGUAGE sql STABLE
	AS 'SELECT id FROM smart_parking.parking AS p WHERE p.name = lot.name';
CREATE FUNCTION pg_temp.free(name text) RETURNS integer LANGUAGE sql STABLE
	AS 'SELECT free_spots_counter FROM smart_parking.parking_status AS p WHERE p.name = free.name';
CREATE FUNCTION pg_temp.hold(name text, plate text, kind text DEFAULT 'standard') RETURNS uuid LANGUAGE sql VOLATILE
	AS 'SELECT booking_id FROM smart_parking.reserve_spot(pg_temp.lot(name), gen_random_uuid(), plate, kind => hold.kind)';
CREATE FUNCTION pg_temp.slices(name text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT format('%s %s: %s+%s, %s free', kind, slice_no, first_spot_no, spots, free_spots)
	FROM smart_parking.counter_slice WHERE parking_id = pg_temp.lot(name) ORDER BY first_spot_no $$;
CREATE FUNCTION pg_temp.sound(what text) RETURNS text LANGUAGE sql STABLE
	AS $$ SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'in step: ' || what) $$;

-- add_parking

SELECT lives_ok($$ SELECT smart_parking.add_parking('A', 51.05, 13.74, 30, 'Main St 1', '{"disabled": 4, "charging": 10}',
	'20 minutes', 'Europe/Berlin', '{"roof": true}', 6, 'test', 'a-1') $$, 'a lot with everything given');
SELECT results_eq($$ SELECT address, ST_Y(location::geometry), ST_X(location::geometry), total_capacity, hold_duration, is_open,
	time_zone, slice_size, properties, source, source_id FROM smart_parking.parking WHERE name = 'A' $$,
	$$ VALUES ('Main St 1', 51.05::float8, 13.74::float8, 30, interval '20 minutes', true, 'Europe/Berlin', 6::smallint,
		'{"roof": true}'::jsonb, 'test', 'a-1') $$, 'is kept as given');
SELECT results_eq($$ SELECT pg_temp.slices('A') $$, ARRAY[
	'standard 0: 1+6, 6 free', 'standard 1: 7+6, 6 free', 'standard 2: 13+4, 4 free',
	'charging 0: 17+6, 6 free', 'charging 1: 23+4, 4 free', 'disabled 0: 27+4, 4 free'],
	'spots of a kind are neighbours: standard first, then the others by name');
SELECT is(smart_parking.home_cell(pg_temp.lot('A')), ST_GeoHash(ST_MakePoint(13.74, 51.05), 6), 'its id carries its home cell');
SELECT is((SELECT string_agg(label, ',' ORDER BY spot_no) FROM smart_parking.spot WHERE parking_id = pg_temp.lot('A') AND spot_no < 4),
	'1,2,3', 'labels are the numbers');

SELECT lives_ok($$ SELECT smart_parking.add_parking('B', -33.87, 151.2, 1) $$, 'a lot with one spot');
SELECT lives_ok($$ SELECT smart_parking.add_parking('C', 0, 0, 5, kinds => '{"disabled": 5}') $$, 'a lot without standard spots');
SELECT results_eq($$ SELECT pg_temp.slices('C') $$, ARRAY['disabled 0: 1+5, 5 free'], 'has slices of its kind only');
SELECT lives_ok($$ SELECT smart_parking.add_parking('Large', 90, 180, 100000) $$, 'the largest lot, at the edge of the coordinates');
SELECT results_eq($$ SELECT count(*), sum(free_spots), max(spots) FROM smart_parking.counter_slice WHERE parking_id = pg_temp.lot('Large') $$,
	$$ VALUES (1613::bigint, 100000::bigint, 62) $$, 'has full slices of 62');
SELECT lives_ok($$ SELECT smart_parking.add_parking('S' || n, 1, 2, n) FROM unnest(ARRAY[512, 513, 1000]) AS n $$, 'lots of 512, 513 and 1000 spots');
SELECT results_eq($$ SELECT slice_size::integer FROM smart_parking.parking WHERE name IN ('S512', 'S513', 'S1000') ORDER BY total_capacity $$,
	ARRAY[8, 9, 16], 'slices grow with the lot, from 8 spots up');
SELECT pg_temp.sound('new lots');

SELECT throws_ok(format('SELECT smart_parking.add_parking(%s)', arguments), code, NULL, format('add_parking(%s): %s', arguments, code))
FROM (VALUES
	('NULL, 51, 13, 10', 'SP016'), ('''x'', NULL, 13, 10', 'SP016'), ('''x'', 51, NULL, 10', 'SP016'), ('''x'', 51, 13, NULL', 'SP016'),
	('''x'', 51, 13, 10, hold_duration => NULL', 'SP016'), ('''x'', 51, 13, 10, time_zone => NULL', 'SP016'),
	('''x'', 51, 13, 10, properties => NULL', 'SP016'),
	('''x'', 51, 13, 0', 'SP012'), ('''x'', 51, 13, -1', 'SP012'), ('''x'', 51, 13, 100001', 'SP012'),
	('''x'', 51, 13, 10, kinds => ''{"disabled": 11}''', 'SP012'), ('''x'', 51, 13, 10, kinds => ''{"disabled": -1}''', 'SP012'),
	('''x'', 51, 13, 10, kinds => ''{"disabled": 1.5}''', 'SP012'), ('''x'', 51, 13, 10, kinds => ''{"disabled": "many"}''', 'SP012'),
	('''x'', 51, 13, 10, kinds => ''{"disabled": 99999999999999999999}''', 'SP012'),
	('''x'', 51, 13, 10, kinds => ''[1]''', 'SP019'), ('''x'', 51, 13, 10, kinds => ''{"Big Cars": 1}''', 'SP019'),
	('''x'', ''NaN'', 13, 10', 'SP013'), ('''x'', 51, ''NaN'', 10', 'SP013'), ('''x'', ''Infinity'', 13, 10', 'SP013'),
	('''x'', 51, ''-Infinity'', 10', 'SP013'), ('''x'', 90.001, 13, 10', 'SP013'), ('''x'', -90.001, 13, 10', 'SP013'),
	('''x'', 51, 180.001, 10', 'SP013'), ('''x'', 51, -180.001, 10', 'SP013'),
	('''x'', 51, 13, 10, hold_duration => ''0''', 'SP011'), ('''x'', 51, 13, 10, hold_duration => ''-1 minute''', 'SP011'),
	('''x'', 51, 13, 10, hold_duration => ''2 hours 1 second''', 'SP011'), ('''x'', 51, 13, 10, hold_duration => ''1 month''', 'SP011'),
	('''x'', 51, 13, 10, time_zone => ''Mars/Olympus''', 'SP019'), ('''  '', 51, 13, 10', 'SP019'),
	('''x'', 51, 13, 10, properties => ''[]''', 'SP019'),
	('''x'', 51, 13, 10, slice_size => 0', 'SP019'), ('''x'', 51, 13, 10, slice_size => 63', 'SP019'),
	('''x'', 51, 13, 10, source => ''s''', 'SP019'), ('''x'', 51, 13, 10, source_id => ''s''', 'SP019'),
	('''x'', 51, 13, 10, source => '''', source_id => ''s''', 'SP019'),
	('''x'', 51, 13, 10, source => ''test'', source_id => ''a-1''', 'SP019')) AS bad(arguments, code);
-- infinite intervals came with version 17; before, their text is no interval
SELECT throws_like($$ SELECT smart_parking.add_parking('x', 51, 13, 10, hold_duration => 'infinity') $$,
	CASE WHEN pg_version_num() >= 170000 THEN 'a hold cannot last%' ELSE '%infinity%' END, 'an infinite hold');
SELECT is(pg_temp.lot('x'), NULL, 'none of these made a lot');
SET LOCAL smart_parking.max_hold = '10min';
SELECT throws_ok($$ SELECT smart_parking.add_parking('x', 51, 13, 10) $$, 'SP011', 'a hold cannot last 00:15:00', 'the setting max_hold is the limit');
SET LOCAL smart_parking.max_hold = '2h';

-- resize_parking

SELECT is(smart_parking.resize_parking(pg_temp.lot('A'), 30), 30, 'the same size again');
SELECT lives_ok($$ SELECT pg_temp.hold('A', 'H' || n) FROM generate_series(1, 16) AS n $$, 'all 16 standard spots of A are held');
SELECT is(smart_parking.resize_parking(pg_temp.lot('A'), 26), 26, 'shrinking by 4 with all spots held');
SELECT is((SELECT count(*)::integer FROM smart_parking.booking WHERE parking_id = pg_temp.lot('A') AND ended_at IS NULL), 16, 'drops no booking');
SELECT results_eq($$ SELECT spot_no FROM smart_parking.spot WHERE parking_id = pg_temp.lot('A') AND retired ORDER BY 1 $$,
	ARRAY[13, 14, 15, 16], 'retires the highest numbers of the kind');
SELECT pg_temp.sound('shrunk under bookings');
SELECT is((SELECT r.outcome FROM smart_parking.reserve_spot(pg_temp.lot('A'), gen_random_uuid(), 'LATE') AS r), 'full', 'and the lot is full');
SELECT lives_ok($$ SELECT smart_parking.cancel_booking(id) FROM smart_parking.booking
	WHERE parking_id = pg_temp.lot('A') AND spot_no IN (1, 15) AND ended_at IS NULL $$, 'a held spot and a retired one come free');
SELECT is((SELECT sum(free_spots)::integer FROM smart_parking.counter_slice WHERE parking_id = pg_temp.lot('A') AND kind = 'standard'), 1,
	'only the one that is in the lot can be had');
SELECT pg_temp.sound('a retired spot came free');

SELECT is(smart_parking.resize_parking(pg_temp.lot('A'), 29), 29, 'growing by 3');
SELECT results_eq($$ SELECT spot_no FROM smart_parking.spot WHERE parking_id = pg_temp.lot('A') AND retired $$, ARRAY[16],
	'brings retired spots back, lowest first');
SELECT is((SELECT sum(free_spots)::integer FROM smart_parking.counter_slice WHERE parking_id = pg_temp.lot('A') AND kind = 'standard'), 2,
	'free is only the one without a booking');
SELECT pg_temp.sound('retired spots are back');
SELECT is(smart_parking.resize_parking(pg_temp.lot('A'), 27, 'disabled'), 27, 'shrinking another kind');
SELECT is(smart_parking.resize_parking(pg_temp.lot('A'), 40, 'disabled'), 40, 'growing the kind at the end of the lot');
SELECT results_eq($$ SELECT pg_temp.slices('A') OFFSET 5 $$, ARRAY['disabled 0: 27+6, 6 free', 'disabled 1: 33+6, 6 free', 'disabled 2: 39+3, 3 free'],
	'fills the last slice, then appends');
SELECT is(smart_parking.resize_parking(pg_temp.lot('A'), 50), 50, 'growing a kind that is not at the end');
SELECT results_eq($$ SELECT pg_temp.slices('A') OFFSET 8 $$, ARRAY['standard 3: 42+6, 6 free', 'standard 4: 48+3, 3 free'], 'appends slices');
SELECT is(smart_parking.resize_parking(pg_temp.lot('A'), 52, 'women'), 52, 'growing a kind that is new to the lot');
SELECT isnt(pg_temp.hold('A', 'NEW 1', 'women'), NULL, 'its spots can be held');
SELECT results_eq($$ SELECT pg_temp.slices('A') OFFSET 10 $$, ARRAY['women 0: 51+2, 1 free'], 'in a slice of its own');
SELECT pg_temp.sound('grown');
SELECT is((SELECT count(*)::integer FROM smart_parking.parking_event WHERE parking_id = pg_temp.lot('A') AND event = 'resized'), 6,
	'each change of size is on record');
SELECT is(smart_parking.resize_parking(pg_temp.lot('B'), 100000), 100000, 'from 1 spot to 100,000');
SELECT is(smart_parking.resize_parking(pg_temp.lot('B'), 1), 1, 'and back');
SELECT is(pg_temp.free('B'), 1, 'one spot is left');
SELECT pg_temp.sound('to the limit and back');

CREATE TEMPORARY TABLE before_errors AS SELECT * FROM smart_parking.counter_slice;
SELECT throws_ok(sql, code, NULL, sql || ': ' || code)
FROM (VALUES
	($$ SELECT smart_parking.resize_parking(gen_random_uuid(), 10) $$, 'SP001'),
	($$ SELECT smart_parking.resize_parking(NULL, 10) $$, 'SP016'),
	($$ SELECT smart_parking.resize_parking(pg_temp.lot('A'), NULL) $$, 'SP016'),
	($$ SELECT smart_parking.resize_parking(pg_temp.lot('A'), 10, NULL) $$, 'SP016'),
	($$ SELECT smart_parking.resize_parking(pg_temp.lot('A'), 0) $$, 'SP012'),
	($$ SELECT smart_parking.resize_parking(pg_temp.lot('A'), -5) $$, 'SP012'),
	($$ SELECT smart_parking.resize_parking(pg_temp.lot('A'), 100001) $$, 'SP012'),
	($$ SELECT smart_parking.resize_parking(pg_temp.lot('A'), 40, 'women') $$, 'SP012'),
	($$ SELECT smart_parking.resize_parking(pg_temp.lot('A'), 40, 'buses') $$, 'SP015'),
	($$ SELECT smart_parking.resize_parking(pg_temp.lot('C'), 4) $$, 'SP015'),
	($$ SELECT smart_parking.resize_parking(pg_temp.lot('A'), 60, 'No Kind') $$, 'SP019')) AS bad(sql, code);
SELECT results_eq('SELECT * FROM smart_parking.counter_slice ORDER BY 1, 2, 3', 'SELECT * FROM before_errors ORDER BY 1, 2, 3',
	'errors changed nothing');

-- set_spot_service

SELECT is(smart_parking.set_spot_service(pg_temp.lot('A'), 20, false, 'charger broken'), true, 'a free spot leaves service');
SELECT is(smart_parking.set_spot_service(pg_temp.lot('A'), 20, false), false, 'a second time changes nothing');
SELECT is(smart_parking.set_spot_service(pg_temp.lot('A'), 2, false), true, 'a held spot leaves service');
SELECT pg_temp.sound('two spots out of service');
SELECT is((SELECT status::text FROM smart_parking.booking WHERE parking_id = pg_temp.lot('A') AND spot_no = 2 AND ended_at IS NULL),
	'pending', 'its booking stays');
SELECT is(smart_parking.set_spot_service(pg_temp.lot('A'), 2, true), true, 'back in service while it is held');
SELECT pg_temp.sound('a held spot is back');
SELECT is((SELECT free_map & (1 << (2 - first_spot_no)) FROM smart_parking.counter_slice
	WHERE parking_id = pg_temp.lot('A') AND kind = 'standard' AND slice_no = 0), 0::bigint, 'and is not given away twice');
SELECT is(smart_parking.set_spot_service(pg_temp.lot('A'), 2, false), true, 'out of service again');
SELECT lives_ok($$ SELECT smart_parking.cancel_booking(id) FROM smart_parking.booking
	WHERE parking_id = pg_temp.lot('A') AND spot_no = 2 AND ended_at IS NULL $$, 'its hold is cancelled');
SELECT pg_temp.sound('a spot out of service came free');
SELECT is(smart_parking.set_spot_service(pg_temp.lot('A'), 2, true), true, 'back in service, free now');
SELECT is(smart_parking.set_spot_service(pg_temp.lot('A'), 20, true), true, 'the charger works again');
SELECT pg_temp.sound('all back in service');
SELECT results_eq($$ SELECT spot_no, event, reason, actor = session_user FROM smart_parking.parking_event
	WHERE parking_id = pg_temp.lot('A') AND spot_no = 20 ORDER BY happened_at $$,
	$$ VALUES (20, 'spot_out_of_service', 'charger broken', true), (20, 'spot_in_service', NULL, true) $$, 'who, when and why is on record');
SELECT throws_ok(sql, code, NULL, sql || ': ' || code)
FROM (VALUES
	($$ SELECT smart_parking.set_spot_service(gen_random_uuid(), 1, true) $$, 'SP001'),
	($$ SELECT smart_parking.set_spot_service(pg_temp.lot('A'), 0, true) $$, 'SP004'),
	($$ SELECT smart_parking.set_spot_service(pg_temp.lot('A'), 999, true) $$, 'SP004'),
	($$ SELECT smart_parking.set_spot_service(pg_temp.lot('B'), 100000, true) $$, 'SP004'),
	($$ SELECT smart_parking.set_spot_service(NULL, 1, true) $$, 'SP016'),
	($$ SELECT smart_parking.set_spot_service(pg_temp.lot('A'), NULL, true) $$, 'SP016'),
	($$ SELECT smart_parking.set_spot_service(pg_temp.lot('A'), 1, NULL) $$, 'SP016')) AS bad(sql, code);

-- open_parking, close_parking

SELECT is(smart_parking.close_parking(pg_temp.lot('C'), 'flood'), true, 'close_parking');
SELECT is(smart_parking.close_parking(pg_temp.lot('C')), false, 'a second time changes nothing');
SELECT is((SELECT outcome FROM smart_parking.reserve_spot(pg_temp.lot('C'), gen_random_uuid(), 'X 1', kind => 'disabled')),
	'closed', 'a closed lot gives no holds');
SELECT is(smart_parking.open_parking(pg_temp.lot('C')), true, 'open_parking');
SELECT is(smart_parking.open_parking(pg_temp.lot('C')), false, 'a second time changes nothing');
SELECT results_eq($$ SELECT event, reason FROM smart_parking.parking_event WHERE parking_id = pg_temp.lot('C') ORDER BY happened_at $$,
	$$ VALUES ('closed', 'flood'), ('opened', NULL) $$, 'on record');
SELECT throws_ok($$ SELECT smart_parking.open_parking(gen_random_uuid()) $$, 'SP001');
SELECT throws_ok($$ SELECT smart_parking.open_parking(NULL) $$, 'SP016');
SELECT throws_ok($$ SELECT smart_parking.close_parking(gen_random_uuid()) $$, 'SP001');
SELECT throws_ok($$ SELECT smart_parking.close_parking(NULL) $$, 'SP016');
SELECT throws_ok('DELETE FROM smart_parking.parking_event', 'SP024', NULL, 'the record of lots is kept');
SELECT throws_ok('UPDATE smart_parking.parking_event SET reason = NULL', 'SP024', NULL, 'and stays as it is');

-- add_gate

SELECT is(smart_parking.home_cell(smart_parking.add_gate(pg_temp.lot('A'), ' North ', 'entry')), smart_parking.home_cell(pg_temp.lot('A')),
	'a gate''s id carries the lot''s home cell');
SELECT results_eq($$ SELECT name, direction FROM smart_parking.gate WHERE parking_id = pg_temp.lot('A') $$,
	$$ VALUES ('North', 'entry') $$, 'add_gate');
SELECT isnt(smart_parking.add_gate(pg_temp.lot('B'), 'North'), NULL, 'another lot has a gate of the same name');
SELECT throws_ok(sql, code, NULL, sql || ': ' || code)
FROM (VALUES
	($$ SELECT smart_parking.add_gate(gen_random_uuid(), 'g') $$, 'SP001'),
	($$ SELECT smart_parking.add_gate(NULL, 'g') $$, 'SP016'),
	($$ SELECT smart_parking.add_gate(pg_temp.lot('A'), NULL) $$, 'SP016'),
	($$ SELECT smart_parking.add_gate(pg_temp.lot('A'), 'g', NULL) $$, 'SP016'),
	($$ SELECT smart_parking.add_gate(pg_temp.lot('A'), ' ') $$, 'SP019'),
	($$ SELECT smart_parking.add_gate(pg_temp.lot('A'), repeat('g', 501)) $$, 'SP019'),
	($$ SELECT smart_parking.add_gate(pg_temp.lot('A'), 'g', 'sideways') $$, 'SP019'),
	($$ SELECT smart_parking.add_gate(pg_temp.lot('A'), 'North') $$, 'SP019')) AS bad(sql, code);
SELECT is((SELECT count(*)::integer FROM smart_parking.gate), 2, 'none of these made a gate');
SELECT pg_temp.sound('at the end');

SELECT * FROM finish();
ROLLBACK;
-- Hundreds of thousands of spots were rolled back; the next test shall not walk over them.
VACUUM ANALYZE smart_parking.parking, smart_parking.spot, smart_parking.counter_slice, smart_parking.booking;
