-- The reservation plane: holds that are about to lapse, and that have just lapsed.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
LOAD 'smart_parking';
\ir drivers.psql
CREATE FUNCTION pg_temp.renew(plate text) RETURNS TABLE (outcome text, booking_id uuid, spot_no integer, spot_label text, expires_at timestamptz) LANGUAGE sql VOLATILE
	AS 'SELECT outcome, booking_id, spot_no, spot_label, expires_at FROM smart_parking.renew_hold((pg_temp.booking(plate)).id)';

SELECT smart_parking.add_parking('Late', 51.05, 13.74, 3, kinds => '{"charging": 1}') AS late \gset

-- Not swept yet

SELECT is((SELECT outcome FROM pg_temp.reserve('Late', 'Anna', 'AN 1', '25 minutes')), 'reserved', 'a hold');
CREATE TEMPORARY TABLE first AS SELECT (pg_temp.booking('AN1')).*;
SELECT results_eq($$ SELECT outcome, booking_id, expires_at FROM pg_temp.renew('AN1') $$, $$ SELECT 'already_reserved', id, expires_at FROM first $$, 'that is valid is answered as it is');
SELECT pg_temp.lapse('AN1');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.renew('AN1') $$, $$ VALUES ('reserved', 1) $$, 'once lapsed it is renewed on its spot');
SELECT isnt((pg_temp.booking('AN1')).id, (SELECT id FROM first), 'by a new booking');
SELECT is((pg_temp.booking('AN1')).expires_at - (pg_temp.booking('AN1')).created_at, interval '25 minutes', 'for as long as the first');
SELECT is((pg_temp.booking('AN1')).requested_hold, interval '25 minutes', 'as asked for');
SELECT results_eq($$ SELECT pg_temp.events(id) FROM first $$, ARRAY['expired: lapsed; the driver renewed it'], 'the first is expired');
SELECT results_eq($$ SELECT event, reason, details FROM smart_parking.booking_event WHERE booking_id = (pg_temp.booking('AN1')).id $$,
	$$ SELECT 'reacquired', 'renewed, same spot', jsonb_build_object('lapsed_booking', id) FROM first $$, 'the new one says for which');
SELECT results_eq($$ SELECT r.outcome, r.booking_id FROM first, smart_parking.renew_hold(first.id) AS r $$, $$ SELECT 'already_reserved', (pg_temp.booking('AN1')).id $$,
	'the call repeated gives the new one');
SELECT pg_temp.lapse('AN1');
SELECT pg_temp.refused('SELECT smart_parking.renew_hold(id) FROM first', 'SP023', 'the first one again, when the second has lapsed');
SELECT is((SELECT outcome FROM pg_temp.renew('AN1')), 'reserved', 'but the second can be');
SELECT pg_temp.sound('not swept');

-- Swept

SELECT pg_temp.lapse('AN1');
SELECT ok(smart_parking.expire_booking((pg_temp.booking('AN1')).id), 'a hold is released');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.renew('AN1') $$, $$ VALUES ('reserved', 1) $$, 'its spot is free still');
SELECT pg_temp.lapse('AN1');
SELECT ok(smart_parking.expire_booking((pg_temp.booking('AN1')).id), 'released again');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Late', 'Bert', 'BE 1') $$, $$ VALUES ('reserved', 1) $$, 'and taken by the next');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.renew('AN1') $$, $$ VALUES ('reserved', 2) $$, 'renewed on another spot');
SELECT results_eq($$ SELECT reason FROM smart_parking.booking_event WHERE booking_id = (pg_temp.booking('AN1')).id $$, ARRAY['renewed, another spot'], 'which is on record');
SELECT pg_temp.lapse('AN1');
SELECT ok(smart_parking.expire_booking((pg_temp.booking('AN1')).id), 'released once more');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Late', 'Carl', 'CA 1') $$, $$ VALUES ('reserved', 2) $$, 'its spot goes to a third');
SELECT pg_temp.lapse('CA1');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.renew('AN1') $$, $$ VALUES ('reserved', 2) $$, 'whose hold lapses: the same spot again');
SELECT is((pg_temp.booking('CA1')).status::text, 'expired', 'that hold is expired');

-- Full, of its kind

SELECT pg_temp.lapse('AN1');
SELECT ok(smart_parking.expire_booking((pg_temp.booking('AN1')).id), 'released');
SELECT is((SELECT outcome FROM pg_temp.reserve('Late', 'Dora', 'DO 1')), 'reserved', 'the last standard spot goes');
SELECT pg_temp.digest() AS before_full \gset
SELECT results_eq($$ SELECT * FROM pg_temp.renew('AN1') $$, $$ VALUES ('full', NULL::uuid, NULL::integer, NULL::text, NULL::timestamptz) $$, 'full, though a charging spot is free');
SELECT is(pg_temp.digest(), :'before_full', 'nothing changed');
SELECT ok(smart_parking.close_parking(:'late'), 'the lot closes');
SELECT is((SELECT outcome FROM pg_temp.renew('AN1')), 'closed', 'then it says so');
SELECT ok(smart_parking.open_parking(:'late'), 'and opens');
SELECT ok(smart_parking.cancel_booking((pg_temp.booking('DO1')).id) = 'cancelled', 'a spot is free');
SELECT is((SELECT outcome FROM pg_temp.renew('AN1')), 'reserved', 'after full the call may be repeated');
SELECT pg_temp.sound('swept');

-- Out of service, limits, errors

SELECT smart_parking.add_parking('Other', 51.05, 13.74, 4) AS other \gset
SELECT is((SELECT outcome FROM pg_temp.reserve('Other', 'Emil', 'EM 1')), 'reserved', 'a hold');
SELECT pg_temp.lapse('EM1');
SELECT ok(smart_parking.set_spot_service(:'other', 1, false), 'whose spot goes out of service');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.renew('EM1') $$, $$ VALUES ('reserved', 2) $$, 'is renewed on another one');
SET LOCAL smart_parking.max_holds_per_user = 1;
SELECT is((SELECT outcome FROM pg_temp.reserve('Other', 'Fred', 'FR 1')), 'reserved', 'a hold');
SELECT pg_temp.lapse('FR1');
SELECT is((SELECT outcome FROM pg_temp.reserve('Other', 'Fred', 'FR 2')), 'reserved', 'that lapsed, and another one');
SELECT pg_temp.refused($$ SELECT pg_temp.renew('FR1') $$, 'SP020', 'renewed above the limit');
RESET smart_parking.max_holds_per_user;
SELECT is((SELECT outcome FROM pg_temp.renew('FR1')), 'reserved', 'within the limit');
SELECT pg_temp.lapse('FR1');
SET LOCAL smart_parking.reacquire_window = 0;
SELECT pg_temp.refused($$ SELECT pg_temp.renew('FR1') $$, 'SP023', 'lapsed longer than reacquire_window ago, not swept');
SELECT ok(smart_parking.expire_booking((pg_temp.booking('FR1')).id), 'released');
SELECT pg_temp.refused($$ SELECT pg_temp.renew('FR1') $$, 'SP023', 'lapsed longer than reacquire_window ago, swept');
RESET smart_parking.reacquire_window;
SELECT is((SELECT outcome FROM pg_temp.renew('FR1')), 'reserved', 'within it');
SELECT ok(smart_parking.cancel_booking((pg_temp.booking('FR2')).id) = 'cancelled', 'one is cancelled');
SELECT pg_temp.refused($$ SELECT pg_temp.renew('FR2') $$, 'SP023', 'a cancelled one');
SELECT pg_temp.refused('SELECT smart_parking.renew_hold(NULL)', 'SP016', 'no booking');
SELECT pg_temp.refused(format('SELECT smart_parking.renew_hold(%L)', gen_random_uuid()), 'SP002', 'an unknown booking');
SELECT smart_parking.add_gate(:'other', 'in', 'entry') AS entry, smart_parking.add_gate(:'other', 'out', 'exit') AS exit \gset
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'entry', 'EM 1')), 'entered', 'a car is inside');
SELECT is((SELECT outcome FROM pg_temp.renew('EM1')), 'already_reserved', 'its booking is active');
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'exit', 'EM 1')), 'exited', 'it leaves');
SELECT pg_temp.refused($$ SELECT pg_temp.renew('EM1') $$, 'SP023', 'a completed one');
SELECT is((SELECT outcome FROM pg_temp.reserve('Other', 'Gina', 'GI 1')), 'reserved', 'a hold');
SELECT pg_temp.lapse('GI1');
SELECT id AS gina FROM pg_temp.booking('GI1') \gset
SELECT is((SELECT outcome FROM pg_temp.reserve('Other', 'Hugo', 'GI 1')), 'reserved', 'the plate goes to another user');
SELECT pg_temp.refused(format('SELECT smart_parking.renew_hold(%L)', :'gina'), 'SP022', 'the plate is another user''s');
-- made good at the gate: nothing to renew
SELECT is((SELECT outcome FROM pg_temp.reserve('Other', 'Ida', 'ID 1')), 'reserved', 'a hold');
SELECT pg_temp.lapse('ID1');
SELECT id AS ida FROM pg_temp.booking('ID1') \gset
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'entry', 'ID 1')), 'reacquired_same_spot', 'the car comes late');
SELECT is((SELECT outcome FROM smart_parking.renew_hold(:'ida')), 'already_reserved', 'the hold needs no renewal');
SELECT pg_temp.sound('errors');

-- Holds that end soon

SELECT smart_parking.add_parking('Soon', 51.05, 13.74, 8) AS soon \gset
SELECT pg_temp.reserve('Soon', 'soon ' || m, 'SO ' || m, make_interval(mins => m)) FROM generate_series(1, 5) AS m \g /dev/null
SELECT pg_temp.lapse('SO1');
SELECT is((SELECT reason FROM smart_parking.validate_plate(smart_parking.add_gate(:'soon', 'in', 'entry'), 'SO 2')), 'entered', 'one car has come');
SELECT results_eq(format($$ SELECT car_plate, spot_no, spot_label, user_id, booking_id, expires_at FROM smart_parking.holds_ending('4 minutes') WHERE parking_id = %L $$, :'soon'),
	$$ SELECT 'SO' || m, m, m::text, pg_temp.driver('soon ' || m), (pg_temp.booking('SO' || m)).id, (pg_temp.booking('SO' || m)).expires_at FROM generate_series(3, 4) AS m $$,
	'those that are valid and end within that time, soonest first');
SELECT pg_temp.refused(format('SELECT * FROM smart_parking.holds_ending(%s)', within), code, 'within ' || within)
FROM (VALUES ('NULL', 'SP016'), ($$ '0' $$, 'SP019'), ($$ '-1 minute' $$, 'SP019'), ($$ '1 month -29 days' $$, 'SP019'), ($$ '8 days' $$, 'SP019')) AS t (within, code);

SELECT * FROM finish();
ROLLBACK;
