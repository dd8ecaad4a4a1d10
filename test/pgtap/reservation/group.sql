-- The reservation plane: several cars that come together.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
LOAD 'smart_parking';
\ir drivers.psql
CREATE FUNCTION pg_temp.reserve_all(lot text, driver text, plates text[], hold interval DEFAULT NULL, kind text DEFAULT 'standard', request text DEFAULT NULL)
RETURNS SETOF smart_parking.group_reservation LANGUAGE sql VOLATILE
	AS 'SELECT * FROM smart_parking.reserve_spots(pg_temp.lot(lot), pg_temp.driver(driver), plates, hold, kind, md5(request)::uuid)';
CREATE FUNCTION pg_temp.group_of(plate text) RETURNS uuid LANGUAGE sql VOLATILE
	AS 'SELECT group_id FROM smart_parking.booking_group WHERE booking_id = (pg_temp.booking(plate)).id';

SELECT smart_parking.add_parking('Coach', 51.05, 13.74, 12, kinds => '{"charging": 2}', slice_size => 4) AS coach \gset

-- All of them

SELECT results_eq($$ SELECT outcome, car_plate, spot_no, spot_label, together FROM pg_temp.reserve_all('Coach', 'Anna', '{AN 1,an-2,AN 3}') $$,
	$$ VALUES ('reserved', 'AN1', 1, '1', true), ('reserved', 'AN2', 2, '2', true), ('reserved', 'AN3', 3, '3', true) $$, 'three cars in one slice, in the order given');
SELECT results_eq($$ SELECT booking_id, group_id, nth FROM smart_parking.booking_group ORDER BY nth $$,
	$$ SELECT (pg_temp.booking('AN' || n)).id, (pg_temp.booking('AN1')).id, n FROM generate_series(1, 3) AS n $$, 'that they belong together is on record');
SELECT is(count(DISTINCT b.expires_at), 1::bigint, 'they lapse together') FROM smart_parking.booking AS b WHERE b.parking_id = :'coach';
SELECT results_eq($$ SELECT outcome, booking_id, spot_no, together FROM pg_temp.reserve_all('Coach', 'Anna', '{AN 1,AN 2,AN 3}') $$,
	$$ SELECT 'already_reserved', (pg_temp.booking('AN' || n)).id, n, true FROM generate_series(1, 3) AS n $$, 'the call again gets them again');
SELECT is((SELECT outcome FROM pg_temp.reserve('Coach', 'Anna', 'AN 2')), 'already_reserved', 'each is a booking like others');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve_all('Coach', 'Anna', '{AN 1,AN 2}') $$, 'SP022', 'a part of the group');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve_all('Coach', 'Anna', '{AN 1,AN 2,AN 4}') $$, 'SP022', 'another car instead of one');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve_all('Coach', 'Bert', '{AN 1,AN 2,AN 3}') $$, 'SP022', 'another user');
SELECT results_eq($$ SELECT spot_no, together FROM pg_temp.reserve_all('Coach', 'Bert', '{BE 1,BE 2,BE 3}') $$, $$ VALUES (4, true), (5, true), (6, true) $$,
	'the next ones stand side by side, in neighbouring slices');
SELECT results_eq($$ SELECT spot_no, together FROM pg_temp.reserve_all('Coach', 'Carl', '{CA 1,CA 2,CA 3}') $$, $$ VALUES (7, true), (8, true), (9, true) $$,
	'so do these');
SELECT is(pg_temp.picture('Coach'), 'xxxxxxxxx... 3 free, booked {1,2,3,4,5,6,7,8,9}', 'counter, map and bookings show them');
SELECT pg_temp.digest() AS before_full \gset
SELECT results_eq($$ SELECT * FROM pg_temp.reserve_all('Coach', 'Dora', '{DO 1,DO 2}') $$,
	$$ SELECT 'full', NULL::uuid, NULL::uuid, plate, NULL::integer, NULL::text, NULL::timestamptz, NULL::boolean FROM unnest(ARRAY['DO1', 'DO2']) AS plate $$,
	'two cars and one spot: full, though charging spots are free');
SELECT is(pg_temp.digest(), :'before_full', 'and nothing changed');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve_all('Coach', 'Dora', '{DO 1,DO 2}', kind => 'charging') $$, $$ VALUES ('reserved', 11), ('reserved', 12) $$, 'of another kind');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve_all('Coach', 'Emil', '{EM 1}') $$, $$ VALUES ('reserved', 10) $$, 'a group of one');
SELECT pg_temp.sound('all of them');

-- Cancelled, extended

CREATE TEMPORARY TABLE before_extend AS SELECT * FROM smart_parking.booking WHERE parking_id = :'coach';
SELECT results_eq(format('SELECT car_plate, status::text, expires_at FROM smart_parking.extend_group(%L, %L)', pg_temp.group_of('AN2'), '10 minutes'),
	$$ SELECT 'AN' || n, 'pending', (SELECT expires_at + interval '10 minutes' FROM before_extend WHERE car_plate::text = 'AN' || n) FROM generate_series(1, 3) AS n $$, 'all are extended');
SELECT is(max(g.expires_at - b.created_at), interval '2 hours', 'within max_hold') FROM smart_parking.extend_group(pg_temp.group_of('AN1'), '10 hours') AS g JOIN smart_parking.booking AS b ON b.id = g.booking_id;
SELECT smart_parking.add_gate(:'coach', 'in', 'entry') AS entry \gset
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'entry', 'AN 2')), 'entered', 'one of them drives in');
SELECT ok(smart_parking.cancel_booking((pg_temp.booking('AN3')).id) = 'cancelled', 'one is cancelled by itself');
SELECT results_eq(format('SELECT car_plate, status::text FROM smart_parking.cancel_group(%L, %L)', pg_temp.group_of('AN1'), 'rain'),
	$$ VALUES ('AN1', 'cancelled'), ('AN2', 'confirmed'), ('AN3', 'cancelled') $$, 'the rest is cancelled, the car inside stays');
SELECT results_eq($$ SELECT pg_temp.events((pg_temp.booking('AN1')).id) $$, ARRAY['extended', 'extended', 'cancelled: rain'], 'with its reason');
SELECT results_eq(format('SELECT status::text FROM smart_parking.cancel_group(%L)', pg_temp.group_of('AN1')), ARRAY['cancelled', 'confirmed', 'cancelled'], 'again changes nothing');
SELECT pg_temp.refused(format('SELECT * FROM smart_parking.extend_group(%L, %L)', pg_temp.group_of('AN1'), '1 minute'), 'SP023', 'a group with nothing to extend');
SELECT pg_temp.lapse('BE2');
SELECT pg_temp.refused(format('SELECT * FROM smart_parking.extend_group(%L, %L)', pg_temp.group_of('BE1'), '1 minute'), 'SP023', 'a group with a lapsed hold');
SELECT results_eq(format('SELECT status::text FROM smart_parking.cancel_group(%L)', pg_temp.group_of('BE1')), ARRAY['cancelled', 'expired', 'cancelled'], 'cancelled, it is expired');
SELECT pg_temp.sound('changes');

SELECT smart_parking.add_parking('Apart', 51.05, 13.74, 12, slice_size => 4) AS apart \gset
SELECT ok(smart_parking.set_spot_service(:'apart', n, false), 'only spots 1, 6, 9 and 12 are left') FROM unnest(ARRAY[2, 3, 4, 5, 7, 8, 10, 11]) AS n;
SELECT results_eq($$ SELECT spot_no, together FROM pg_temp.reserve_all('Apart', 'Xaver', '{A1}') $$, $$ VALUES (1, true) $$, 'one is together with itself');
SELECT results_eq($$ SELECT spot_no, together FROM pg_temp.reserve_all('Apart', 'Yves', '{B1,B2}') $$, $$ VALUES (6, true), (9, true) $$, 'the closest two, in neighbouring slices');
SELECT ok(smart_parking.cancel_booking((pg_temp.booking('A1')).id) = 'cancelled', 'the first spot comes back');
SELECT results_eq($$ SELECT spot_no, together FROM pg_temp.reserve_all('Apart', 'Zita', '{C1,C2}') $$, $$ VALUES (1, false), (12, false) $$, 'what is left is apart, which it says');

-- Lapsed holds

SELECT is(pg_temp.picture('Coach'), '.x....xxxxxx 5 free, booked {2,7,8,9,10,11,12}', 'five spots are free');
SELECT pg_temp.lapse('CA' || n) FROM generate_series(1, 3) AS n \g /dev/null
SET LOCAL smart_parking.max_holds_per_user = 10;
SELECT results_eq($$ SELECT outcome, spot_no, together FROM pg_temp.reserve_all('Coach', 'Fred', '{F1,F2,F3,F4,F5,F6}', '20 minutes') $$,
	$$ SELECT 'reserved', n, true FROM unnest(ARRAY[3, 4, 5, 6, 7, 8]) AS n $$, 'spots of lapsed holds among free ones, side by side');
SELECT is((pg_temp.booking('CA1')).status::text, 'expired', 'those are expired');
SELECT pg_temp.lapse('F' || n) FROM generate_series(1, 6) AS n \g /dev/null
SELECT results_eq($$ SELECT count(*), count(DISTINCT spot_no) FROM pg_temp.reserve_all('Coach', 'Fred', '{F1,F2,F3,F4,F5,F6,F7}') WHERE outcome = 'reserved' $$, $$ VALUES (7::bigint, 7::bigint) $$,
	'the group''s own lapsed holds make room for it');
SELECT pg_temp.lapse('F1'), pg_temp.lapse('F2') \g /dev/null
SELECT pg_temp.digest() AS before_full \gset
SELECT is((SELECT min(outcome) FROM pg_temp.reserve_all('Coach', 'Fred', '{F1,F8,F9,G1,G2}')), 'full', 'a lapsed hold of its own, and too few spots');
SELECT is(pg_temp.digest(), :'before_full', 'then nothing changes');
RESET smart_parking.max_holds_per_user;
SELECT pg_temp.sound('lapsed holds');

-- Limits

SELECT smart_parking.add_parking('Many', 51.05, 13.74, 60) AS many \gset
SELECT pg_temp.refused($$ SELECT pg_temp.reserve_all('Many', 'Gina', '{G1,G2,G3,G4}') $$, 'SP020', 'more cars than a user may have holds');
SET LOCAL smart_parking.group_counts_once = on;
SELECT is((SELECT count(*) FROM pg_temp.reserve_all('Many', 'Gina', '{G1,G2,G3,G4}') WHERE outcome = 'reserved'), 4::bigint, 'counted once');
SELECT is((SELECT outcome FROM pg_temp.reserve('Many', 'Gina', 'G5')), 'reserved', 'a second hold');
SELECT is((SELECT count(*) FROM pg_temp.reserve_all('Many', 'Gina', '{G6,G7}') WHERE outcome = 'reserved'), 2::bigint, 'a third, for two cars');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve('Many', 'Gina', 'G8') $$, 'SP020', 'a fourth');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve_all('Many', 'Gina', '{G8,G9}') $$, 'SP020', 'a fourth, for two cars');
RESET smart_parking.group_counts_once;
SET LOCAL smart_parking.max_holds_per_user = 0;
SELECT is((SELECT count(DISTINCT spot_no) FROM pg_temp.reserve_all('Many', 'Hugo', ARRAY(SELECT 'H' || n FROM generate_series(1, 50) AS n)) WHERE outcome = 'reserved'), 50::bigint, 'fifty cars');
SELECT is((SELECT count(*) FROM smart_parking.cancel_group(pg_temp.group_of('H7')) WHERE status = 'cancelled'), 50::bigint, 'and back');
RESET smart_parking.max_holds_per_user;
SELECT pg_temp.sound('limits');

-- request_id

CREATE TEMPORARY TABLE first_answer AS SELECT * FROM pg_temp.reserve_all('Many', 'Ida', '{I1,I2}', '30 minutes', request => 'i');
SELECT is((pg_temp.booking('I1')).request_id, md5('i')::uuid, 'the request_id is the first booking''s');
SELECT results_eq($$ SELECT * FROM pg_temp.reserve_all('Many', 'Ida', '{i1,I-2}', '30 minutes', request => 'i') $$, 'SELECT * FROM first_answer', 'a retry gets the same answer');
SELECT pg_temp.refused(format('SELECT pg_temp.reserve_all(%s, request => ''i'')', arguments), 'SP021', 'a retry with ' || what)
FROM (VALUES ($$ 'Coach', 'Ida', '{I1,I2}', '30 minutes' $$, 'another lot'), ($$ 'Many', 'Jan', '{I1,I2}', '30 minutes' $$, 'another user'),
	($$ 'Many', 'Ida', '{I1}', '30 minutes' $$, 'a car less'), ($$ 'Many', 'Ida', '{I2,I1}', '30 minutes' $$, 'another order'),
	($$ 'Many', 'Ida', '{I1,I2}' $$, 'no hold'), ($$ 'Many', 'Ida', '{I1,I2}', '30 minutes', 'charging' $$, 'another kind')) AS t (arguments, what);
SELECT is((SELECT outcome FROM pg_temp.reserve('Many', 'Jan', 'J1', request => 'j')), 'reserved', 'a request for one car');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve_all('Many', 'Jan', '{J1}', request => 'j') $$, 'SP021', 'its request_id for a group');
SELECT ok(smart_parking.cancel_booking((pg_temp.booking('I2')).id) = 'cancelled', 'one car stays at home');
SELECT results_eq($$ SELECT outcome, spot_no, together FROM pg_temp.reserve_all('Many', 'Ida', '{I1,I2}', '30 minutes', request => 'i') $$,
	$$ SELECT 'reserved', spot_no, NULL::boolean FROM first_answer WHERE car_plate = 'I1' UNION ALL VALUES ('cancelled', NULL::integer, NULL::boolean) $$, 'a retry tells what has become of each');
SELECT pg_temp.sound('requests');

-- Errors

SELECT pg_temp.refused(format('SELECT pg_temp.reserve_all(%s)', arguments), code, what)
FROM (VALUES
	($$ 'Nowhere', 'Kurt', '{K1}' $$, 'SP016', 'no lot'), ($$ 'Many', NULL, '{K1}' $$, 'SP016', 'no user'), ($$ 'Many', 'Kurt', NULL $$, 'SP016', 'no plates'),
	($$ 'Many', 'Kurt', '{K1}', kind => NULL $$, 'SP016', 'no kind'), ($$ 'Many', 'Kurt', '{K1,NULL}' $$, 'SP016', 'a plate that is null'),
	($$ 'Many', 'Kurt', '{}' $$, 'SP019', 'an empty group'), ($$ 'Many', 'Kurt', '{{K1,K2},{K3,K4}}' $$, 'SP019', 'an array of arrays'),
	($$ 'Many', 'Kurt', '{K1,K2,k-1}' $$, 'SP019', 'a car twice'), ($$ 'Many', 'Kurt', ARRAY(SELECT 'K' || n FROM generate_series(1, 51) AS n) $$, 'SP019', '51 cars'),
	($$ 'Many', 'Kurt', '{K1,?}' $$, 'SP010', 'a plate that is none'), ($$ 'Many', 'Kurt', '{K1,unlicensed}' $$, 'SP010', 'a word for no plate'),
	($$ 'Many', 'Kurt', '{K1}', '0' $$, 'SP011', 'no hold at all'), ($$ 'Many', 'Kurt', '{K1,K2}', kind => 'boat' $$, 'SP015', 'an unknown kind')) AS t (arguments, code, what);
SELECT throws_ok(format('SELECT smart_parking.reserve_spots(%L, %L, %L)', gen_random_uuid(), gen_random_uuid(), '{K1}'), 'SP001', NULL, 'an unknown lot');
SELECT pg_temp.refused(command, code, command) FROM (VALUES ('SELECT smart_parking.cancel_group(NULL)', 'SP016'), ('SELECT smart_parking.extend_group(NULL, ''1 minute'')', 'SP016'),
	(format('SELECT smart_parking.extend_group(%L, NULL)', pg_temp.group_of('I1')), 'SP016'), (format('SELECT smart_parking.extend_group(%L, ''0'')', pg_temp.group_of('I1')), 'SP011'),
	(format('SELECT smart_parking.cancel_group(%L)', gen_random_uuid()), 'SP002'), (format('SELECT smart_parking.extend_group(%L, ''1 minute'')', (pg_temp.booking('J1')).id), 'SP002')) AS t (command, code);
SELECT ok(smart_parking.close_parking(:'many'), 'the lot closes');
SELECT is((SELECT min(outcome) FROM pg_temp.reserve_all('Many', 'Kurt', '{K1,K2}')), 'closed', 'closed');
SELECT throws_ok('DELETE FROM smart_parking.booking_group', 'SP024', NULL, 'groups are kept');
SELECT throws_ok('UPDATE smart_parking.booking_group SET nth = nth + 100', 'SP024', NULL, 'as they are');
SELECT pg_temp.sound('errors');

SELECT * FROM finish();
ROLLBACK;
