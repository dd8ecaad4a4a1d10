-- The reservation plane: from search to hold in one call.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
LOAD 'smart_parking';
\ir drivers.psql
CREATE FUNCTION pg_temp.near(driver text, plate text, latitude float8 DEFAULT 40, longitude float8 DEFAULT 20, radius_m float8 DEFAULT 2000, kind text DEFAULT 'standard',
	hold interval DEFAULT NULL, request text DEFAULT NULL)
RETURNS TABLE (outcome text, lot text, spot_no integer, tried text, distance_m float8, booking_id uuid, expires_at timestamptz) LANGUAGE sql VOLATILE AS $$
	SELECT r.outcome, (SELECT name FROM smart_parking.parking WHERE id = r.parking_id), r.spot_no,
		(SELECT string_agg(p.name, ' ' ORDER BY t.n) FROM unnest(r.tried) WITH ORDINALITY AS t (id, n) JOIN smart_parking.parking AS p ON p.id = t.id), r.distance_m, r.booking_id, r.expires_at
	FROM smart_parking.reserve_nearby(latitude, longitude, pg_temp.driver(driver), plate, radius_m, kind, hold, md5(request)::uuid) AS r $$;

-- farther and farther to the north; north of a place lengths on sphere and spheroid differ most
SELECT smart_parking.add_parking('L' || n, 40 + n * 0.002, 20, 1) FROM generate_series(1, 6) AS n \g /dev/null
SELECT smart_parking.add_parking('Charge', 40.0005, 20, 1, kinds => '{"charging": 1}') AS charge \gset

SELECT results_eq($$ SELECT outcome, lot, spot_no, tried FROM pg_temp.near('Anna', 'AN 1') $$, $$ VALUES ('reserved', 'L1', 1, 'L1') $$, 'the nearest lot takes the driver; one without the kind is not asked');
SELECT results_eq($$ SELECT outcome, lot, tried FROM pg_temp.near('Bert', 'BE 1') $$, $$ VALUES ('reserved', 'L2', 'L1 L2') $$, 'the next one past a full one');
SELECT is(r.distance_m, (SELECT n.distance_m FROM smart_parking.nearby_parking(40, 20) AS n WHERE n.name = 'L3'), 'its distance is that of the search') FROM pg_temp.near('Carl', 'CA 1') AS r;
SELECT results_eq($$ SELECT outcome, lot, spot_no, tried FROM pg_temp.near('Anna', 'an-1') $$, $$ VALUES ('already_reserved', 'L1', 1, NULL::text) $$, 'who has a spot in reach is told of it');
SELECT results_eq($$ SELECT outcome, lot, spot_no, tried FROM pg_temp.near('Carl', 'CA 1', 40.02, radius_m => 4000) $$, $$ VALUES ('already_reserved', 'L3', 1, NULL::text) $$, 'though another lot is nearer');
SELECT results_eq($$ SELECT outcome, lot, tried FROM pg_temp.near('Dora', 'DO 1', radius_m => 700) $$, $$ VALUES ('full', NULL::text, 'L1 L2 L3') $$, 'full: all lots in reach are');
SELECT results_eq($$ SELECT outcome, lot, tried FROM pg_temp.near('Dora', 'DO 1', 41) $$, $$ VALUES ('no_parking', NULL::text, NULL::text) $$, 'no lot in reach');
SELECT results_eq($$ SELECT outcome, lot FROM pg_temp.near('Dora', 'DO 1', kind => 'charging') $$, $$ VALUES ('reserved', 'Charge') $$, 'of another kind');
SELECT results_eq($$ SELECT outcome, lot, tried FROM pg_temp.near('Emil', 'EM 1', kind => 'boat') $$, $$ VALUES ('no_parking', NULL::text, NULL::text) $$, 'a kind that no lot has');
SELECT ok(smart_parking.close_parking(pg_temp.lot('L4')), 'a lot closes');
SELECT results_eq($$ SELECT outcome, lot, tried FROM pg_temp.near('Emil', 'EM 1') $$, $$ VALUES ('reserved', 'L5', 'L1 L2 L3 L5') $$, 'and is not asked');
UPDATE smart_parking.parking SET access = 'customers' WHERE name = 'L6';
SELECT is((SELECT outcome FROM pg_temp.near('Xaver', 'XA 1')), 'full', 'a lot that is not for the public is not asked');
UPDATE smart_parking.parking SET access = 'public' WHERE name = 'L6';
SELECT pg_temp.lapse('BE1');
SELECT results_eq($$ SELECT outcome, lot, tried FROM pg_temp.near('Fred', 'FR 1') $$, $$ VALUES ('reserved', 'L2', 'L1 L2') $$, 'a lapsed hold''s spot is free');
SELECT results_eq($$ SELECT outcome, lot FROM pg_temp.near('Bert', 'BE 1') $$, $$ VALUES ('reserved', 'L6') $$, 'whose driver gets one elsewhere');
SELECT pg_temp.lapse('EM1');
SELECT results_eq($$ SELECT outcome, lot FROM pg_temp.near('Emil', 'EM 1') $$, $$ VALUES ('reserved', 'L5') $$, 'one''s own lapsed hold');
SELECT is((SELECT reason FROM smart_parking.validate_plate(smart_parking.add_gate(pg_temp.lot('L1'), 'in', 'entry'), 'AN 1')), 'entered', 'a car is inside');
SELECT results_eq($$ SELECT outcome, lot FROM pg_temp.near('Anna', 'AN 1') $$, $$ VALUES ('already_reserved', 'L1') $$, 'and has its spot');
SELECT pg_temp.sound('outcomes');

-- A retry, hold and limits

SELECT smart_parking.add_parking('Retry', 10, 10, 3) AS retry \gset
CREATE TEMPORARY TABLE first_answer AS SELECT * FROM pg_temp.near('Gina', 'GI 1', 10, 10, hold => '30 minutes', request => 'g');
SELECT is((pg_temp.booking('GI1')).expires_at - (pg_temp.booking('GI1')).created_at, interval '30 minutes', 'a hold as asked for');
SELECT results_eq($$ SELECT outcome, lot, spot_no, booking_id, expires_at FROM pg_temp.near('Gina', 'GI 1', 10.001, 10, 500, hold => '30 minutes', request => 'g') $$,
	'SELECT outcome, lot, spot_no, booking_id, expires_at FROM first_answer', 'a retry gets the first answer, from wherever it comes');
SELECT pg_temp.refused($$ SELECT pg_temp.near('Gina', 'GI 1', 10, 10, hold => '31 minutes', request => 'g') $$, 'SP021', 'with another hold');
SELECT pg_temp.refused($$ SELECT pg_temp.near('Hugo', 'GI 1', 10, 10, hold => '30 minutes', request => 'g') $$, 'SP021', 'of another user');
SELECT ok(smart_parking.cancel_booking((pg_temp.booking('GI1')).id) = 'cancelled', 'it is cancelled');
SELECT results_eq($$ SELECT outcome, lot, spot_no, booking_id FROM pg_temp.near('Gina', 'GI 1', 10, 10, hold => '30 minutes', request => 'g') $$,
	'SELECT ''cancelled'', lot, NULL::integer, booking_id FROM first_answer', 'a retry says so');
SELECT is((SELECT outcome FROM pg_temp.near('Gina', 'GI 2', 10, 10)), 'reserved', 'one');
SET LOCAL smart_parking.max_holds_per_user = 1;
SELECT pg_temp.refused($$ SELECT pg_temp.near('Gina', 'GI 3', 10, 10) $$, 'SP020', 'too many holds');
RESET smart_parking.max_holds_per_user;
SELECT pg_temp.refused($$ SELECT pg_temp.near('Hugo', 'GI 2', 10, 10) $$, 'SP022', 'another user''s plate');

-- Errors

SELECT pg_temp.refused(format('SELECT smart_parking.reserve_nearby(%s)', arguments), code, arguments)
FROM (VALUES ($$ NULL, 10, gen_random_uuid(), 'X 1' $$, 'SP016'), ($$ 10, NULL, gen_random_uuid(), 'X 1' $$, 'SP016'), ($$ 10, 10, NULL, 'X 1' $$, 'SP016'),
	($$ 10, 10, gen_random_uuid(), NULL $$, 'SP016'), ($$ 10, 10, gen_random_uuid(), 'X 1', NULL $$, 'SP016'), ($$ 10, 10, gen_random_uuid(), 'X 1', kind => NULL $$, 'SP016'),
	($$ 91, 10, gen_random_uuid(), 'X 1' $$, 'SP013'), ($$ 10, -181, gen_random_uuid(), 'X 1' $$, 'SP013'), ($$ 'NaN', 10, gen_random_uuid(), 'X 1' $$, 'SP013'),
	($$ 10, 'Infinity', gen_random_uuid(), 'X 1' $$, 'SP013'), ($$ 10, 10, gen_random_uuid(), 'X 1', -1 $$, 'SP014'), ($$ 10, 10, gen_random_uuid(), 'X 1', 'NaN' $$, 'SP014'),
	($$ 10, 10, gen_random_uuid(), 'X 1', 2e8 $$, 'SP014'), ($$ 10, 10, gen_random_uuid(), '?' $$, 'SP010'), ($$ 10, 10, gen_random_uuid(), 'X 1', hold => '0' $$, 'SP011')) AS t (arguments, code);
SELECT pg_temp.sound('errors');

-- The order is that of distances on the spheroid, whatever the direction

SELECT smart_parking.add_parking('R' || n, -30 + 0.01 * sin(n), 100 + 0.01 * cos(n) * (1 + n % 7 * 0.003), 1) FROM generate_series(1, 40) AS n \g /dev/null
CREATE TEMPORARY TABLE expected AS SELECT row_number() OVER () AS n, name FROM smart_parking.nearby_parking(-30, 100, 3000, 100);
SET LOCAL smart_parking.max_holds_per_user = 0;
CREATE TEMPORARY TABLE taken AS SELECT n, r.lot FROM generate_series(1, 40) AS n, pg_temp.near('Ida', 'ID ' || n, -30, 100, 3000) AS r;
SELECT results_eq('SELECT lot FROM taken ORDER BY n', 'SELECT name FROM expected ORDER BY n', 'forty drivers get forty lots, in the order of the search');
SELECT results_eq($$ SELECT outcome, array_length(string_to_array(tried, ' '), 1) FROM pg_temp.near('Ida', 'ID 41', -30, 100, 3000) $$, $$ VALUES ('full', 40) $$, 'the next one hears full, of all forty');
SELECT pg_temp.sound('order');

SELECT * FROM finish();
ROLLBACK;
