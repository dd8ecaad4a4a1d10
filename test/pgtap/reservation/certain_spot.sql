-- The reservation plane: the spot that the driver has chosen.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
LOAD 'smart_parking';
\ir drivers.psql
CREATE FUNCTION pg_temp.choose(lot text, driver text, plate text, spot_no integer DEFAULT NULL, label text DEFAULT NULL, hold interval DEFAULT NULL, request text DEFAULT NULL)
RETURNS TABLE (outcome text, booking_id uuid, spot_no integer, spot_label text, expires_at timestamptz) LANGUAGE sql VOLATILE
	AS 'SELECT outcome, booking_id, spot_no, spot_label, expires_at FROM smart_parking.reserve_certain_spot(pg_temp.lot(lot), pg_temp.driver(driver), plate, spot_no, label, hold, md5(request)::uuid)';
CREATE FUNCTION pg_temp.free(lot text) RETURNS text LANGUAGE sql VOLATILE
	AS $$ SELECT coalesce(string_agg(spot_no::text, ' '), 'none') FROM smart_parking.free_spots_of(pg_temp.lot(lot)) $$;

SELECT smart_parking.add_parking('Plan', 51.05, 13.74, 10, kinds => '{"charging": 2}', slice_size => 4) AS plan \gset
UPDATE smart_parking.spot SET label = 'B-' || spot_no WHERE parking_id = :'plan' AND spot_no > 3;

-- Free spots

SELECT results_eq(format('SELECT * FROM smart_parking.free_spots_of(%L)', :'plan'),
	format('SELECT spot_no, label, kind COLLATE "default" FROM smart_parking.spot WHERE parking_id = %L ORDER BY 1', :'plan'), 'all spots are free, with label and kind, by number');
SELECT pg_temp.refused('SELECT * FROM smart_parking.free_spots_of(NULL)', 'SP016', 'no lot');
SELECT pg_temp.refused(format('SELECT * FROM smart_parking.free_spots_of(%L)', gen_random_uuid()), 'SP001', 'an unknown lot');

-- Outcomes

SELECT results_eq($$ SELECT outcome, spot_no, spot_label FROM pg_temp.choose('Plan', 'Anna', 'AN 1', 7) $$, $$ VALUES ('reserved', 7, 'B-7') $$, 'a spot by its number');
SELECT results_eq($$ SELECT outcome, spot_no, spot_label FROM pg_temp.choose('Plan', 'Bert', 'BE 1', label => 'B-5') $$, $$ VALUES ('reserved', 5, 'B-5') $$, 'a spot by its label');
SELECT is(pg_temp.free('Plan'), '1 2 3 4 6 8 9 10', 'the plan has the others');
SELECT pg_temp.digest() AS before_taken \gset
SELECT results_eq($$ SELECT * FROM pg_temp.choose('Plan', 'Carl', 'CA 1', 7) $$,
	$$ VALUES ('taken', NULL::uuid, NULL::integer, NULL::text, NULL::timestamptz) $$, 'the next driver hears taken, and nothing else');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.choose('Plan', 'Anna', 'an-1', 8) $$, $$ VALUES ('already_reserved', 7) $$, 'who has a hold hears on which spot');
SELECT is(pg_temp.digest(), :'before_taken', 'nothing changed by that');
SELECT is((SELECT outcome FROM pg_temp.choose('Plan', 'Carl', 'CA 1', 8, hold => '20 minutes', request => 'c1')), 'reserved', 'with a hold and a request_id');
SELECT is((pg_temp.booking('CA1')).expires_at - (pg_temp.booking('CA1')).created_at, interval '20 minutes', 'it lasts as long as asked for');
SELECT results_eq($$ SELECT outcome, booking_id, spot_no FROM pg_temp.choose('Plan', 'Carl', 'CA 1', 8, hold => '20 minutes', request => 'c1') $$,
	$$ SELECT 'reserved', (pg_temp.booking('CA1')).id, 8 $$, 'a retry gets the same answer');
SELECT is((SELECT outcome FROM pg_temp.reserve('Plan', 'Dora', 'DO 1')), 'reserved', 'reserve_spot goes on beside it');
SELECT ok(smart_parking.set_spot_service(:'plan', 9, false), 'a spot goes out of service');
SELECT is((SELECT outcome FROM pg_temp.choose('Plan', 'Emil', 'EM 1', 9)), 'taken', 'it is not given');
SELECT is(pg_temp.free('Plan') LIKE '%9%', false, 'and not in the plan');
SELECT ok(smart_parking.close_parking(:'plan'), 'the lot closes');
SELECT is((SELECT outcome FROM pg_temp.choose('Plan', 'Emil', 'EM 1', 10)), 'closed', 'closed');
SELECT ok(smart_parking.open_parking(:'plan'), 'the lot opens');
SELECT smart_parking.add_gate(:'plan', 'in', 'entry') AS entry \gset
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'entry', 'AN 1')), 'entered', 'the car on spot 7 is inside');
SELECT is((SELECT outcome FROM pg_temp.choose('Plan', 'Emil', 'EM 1', 7)), 'taken', 'its spot is taken, too');
SELECT pg_temp.sound('outcomes');

-- Lapsed holds

SELECT pg_temp.lapse('BE1');
SELECT is(pg_temp.free('Plan') LIKE '%5%', true, 'a lapsed hold''s spot is in the plan');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.choose('Plan', 'Emil', 'EM 1', 5) $$, $$ VALUES ('reserved', 5) $$, 'and goes to who chooses it');
SELECT results_eq($$ SELECT pg_temp.events((pg_temp.booking('BE1')).id) $$, ARRAY['expired: lapsed; its spot went to the next driver'], 'the old hold says so');
SELECT pg_temp.lapse('EM1');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.choose('Plan', 'Emil', 'EM 1', 5) $$, $$ VALUES ('reserved', 5) $$, 'the driver''s own lapsed hold, the same spot');
SELECT pg_temp.lapse('EM1');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.choose('Plan', 'Emil', 'EM 1', 4) $$, $$ VALUES ('reserved', 4) $$, 'the driver''s own lapsed hold, another spot');
SELECT is(pg_temp.free('Plan') LIKE '%5%', true, 'the first spot is free then');
SELECT pg_temp.lapse('EM1');
SELECT pg_temp.digest() AS before_taken \gset
SELECT results_eq($$ SELECT outcome FROM pg_temp.choose('Plan', 'Emil', 'EM 1', 7) $$, ARRAY['taken'], 'a lapsed hold, and the wanted spot is taken');
SELECT is(pg_temp.digest(), :'before_taken', 'then nothing changes');
SELECT pg_temp.lapse('CA1');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.choose('Plan', 'Emil', 'EM 1', 8) $$, $$ VALUES ('reserved', 8) $$, 'from one lapsed hold to another one''s spot');
SELECT ok(smart_parking.cancel_booking((pg_temp.booking('EM1')).id) = 'cancelled', 'it is cancelled');
SELECT is((SELECT outcome FROM pg_temp.choose('Plan', 'Fred', 'FR 1', 10)), 'reserved', 'a hold');
SELECT pg_temp.lapse('FR1');
SELECT ok(smart_parking.set_spot_service(:'plan', 10, false), 'lapses, and its spot goes out of service');
SELECT is((SELECT outcome FROM pg_temp.choose('Plan', 'Gina', 'GI 1', 10)), 'taken', 'nobody gets that');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.choose('Plan', 'Fred', 'FR 1', 8) $$, $$ VALUES ('reserved', 8) $$, 'its driver gets another one');
SELECT pg_temp.sound('lapsed holds');

-- Errors

SELECT pg_temp.refused(format('SELECT pg_temp.choose(%s)', arguments), code, what)
FROM (VALUES
	($$ 'Nowhere', 'Hugo', 'HU 1', 1 $$, 'SP016', 'no lot'),
	($$ 'Plan', NULL, 'HU 1', 1 $$, 'SP016', 'no user'),
	($$ 'Plan', 'Hugo', NULL, 1 $$, 'SP016', 'no plate'),
	($$ 'Plan', 'Hugo', 'HU 1' $$, 'SP016', 'no spot named'),
	($$ 'Plan', 'Hugo', 'HU 1', 1, '1' $$, 'SP019', 'two names of a spot'),
	($$ 'Plan', 'Hugo', '?', 1 $$, 'SP010', 'no plate at all'),
	($$ 'Plan', 'Hugo', 'HU 1', 0 $$, 'SP004', 'spot 0'),
	($$ 'Plan', 'Hugo', 'HU 1', -2147483648 $$, 'SP004', 'a negative spot'),
	($$ 'Plan', 'Hugo', 'HU 1', 11 $$, 'SP004', 'a spot past the last'),
	($$ 'Plan', 'Hugo', 'HU 1', label => '' $$, 'SP004', 'an empty label'),
	($$ 'Plan', 'Hugo', 'HU 1', label => 'b-5' $$, 'SP004', 'a label in another case'),
	($$ 'Plan', 'Hugo', 'HU 1', label => repeat('x', 100000) $$, 'SP004', 'a long label'),
	($$ 'Plan', 'Hugo', 'HU 1', 1, hold => '0' $$, 'SP011', 'no hold'),
	($$ 'Plan', 'Hugo', 'HU 1', 1, hold => '1 year' $$, 'SP011', 'a long hold'),
	($$ 'Plan', 'Hugo', 'AN 1', 1 $$, 'SP022', 'another user''s plate'),
	($$ 'Plan', 'Carl', 'CA 1', 2, hold => '20 minutes', request => 'c1' $$, 'SP021', 'a request for another spot')) AS t (arguments, code, what);
SELECT throws_ok(format('SELECT smart_parking.reserve_certain_spot(%L, %L, %L, 1)', gen_random_uuid(), gen_random_uuid(), 'HU 1'), 'SP001', NULL, 'an unknown lot');
UPDATE smart_parking.spot SET label = 'twice' WHERE parking_id = :'plan' AND spot_no IN (1, 2);
SELECT pg_temp.refused($$ SELECT pg_temp.choose('Plan', 'Hugo', 'HU 1', label => 'twice') $$, 'SP019', 'a label on two spots');
SELECT is((SELECT outcome FROM pg_temp.choose('Plan', 'Anna', 'AN ' || n, n)), 'reserved', 'Anna''s hold on spot ' || n) FROM generate_series(2, 4) AS n;
SELECT pg_temp.refused($$ SELECT pg_temp.choose('Plan', 'Anna', 'AN 9', 6) $$, 'SP020', 'a hold above the limit');
SELECT is(smart_parking.resize_parking(:'plan', 6), 6, 'the lot gets smaller');
SELECT pg_temp.refused($$ SELECT pg_temp.choose('Plan', 'Hugo', 'HU 1', 8) $$, 'SP004', 'a retired spot');
SELECT pg_temp.sound('errors');

SELECT * FROM finish();
ROLLBACK;
