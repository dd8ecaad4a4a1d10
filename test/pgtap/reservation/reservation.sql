-- The reservation plane: hold a spot, extend the hold, cancel it.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
LOAD 'smart_parking';

\ir drivers.psql

SELECT smart_parking.add_parking('Three', 51.05, 13.74, 3) AS three \gset

-- Outcomes

SELECT results_eq($$ SELECT outcome, spot_no, spot_label FROM pg_temp.reserve('Three', 'Anna', 'DD AB 1') $$,
	$$ VALUES ('reserved', 1, '1') $$, 'the first driver is given the lowest spot');
SELECT is(pg_temp.picture('Three'), 'x.. 2 free, booked {1}', 'counter, map and booking show one hold');
SELECT results_eq($$ SELECT user_id, parking_id, spot_no, status::text, car_plate::text, confirmed_at, ended_at, request_id, requested_hold
	FROM pg_temp.booking('DDAB1') $$,
	format($$ VALUES (%L::uuid, %L::uuid, 1, 'pending', 'DDAB1', NULL::timestamptz, NULL::timestamptz, NULL::uuid, NULL::interval) $$,
		pg_temp.driver('Anna'), :'three'), 'the booking says what was asked for');
SELECT ok((pg_temp.booking('DDAB1')).created_at BETWEEN now() AND clock_timestamp() AND (pg_temp.booking('DDAB1')).created_at > now(),
	'it was made when the call came, not when the transaction began');
SELECT is(smart_parking.home_cell((pg_temp.booking('DDAB1')).id), smart_parking.home_cell(:'three'), 'its id carries the home cell of the lot');
SELECT is_empty($$ SELECT pg_temp.events((pg_temp.booking('DDAB1')).id) $$, 'a new hold has no history');

CREATE TEMPORARY TABLE first_hold AS SELECT (pg_temp.booking('DDAB1')).*, pg_temp.digest() AS digest;
SELECT results_eq(format('SELECT outcome, booking_id, spot_no, spot_label, expires_at FROM pg_temp.reserve(%L, %L, %L)', 'Three', 'Anna', plate),
	$$ SELECT 'already_reserved', id, spot_no, '1', expires_at FROM first_hold $$, format('the same car again, typed "%s", is already_reserved', plate))
FROM unnest(ARRAY['DD AB 1', 'DDAB1', 'dd ab-1', 'd.d.a.b.1', 'ddаb1']) AS plate;
SELECT results_eq($$ SELECT outcome, booking_id FROM pg_temp.reserve('Three', 'Anna', 'DDAB1', '1 hour', 'standard', 'another request') $$,
	$$ SELECT 'already_reserved', id FROM first_hold $$, 'so it is with another hold and a request_id');
SELECT is(pg_temp.digest(), (SELECT digest FROM first_hold), 'and nothing changed by that');

SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Three', 'Anna', 'DD AB 2') $$, $$ VALUES ('reserved', 2) $$,
	'the same driver may hold a second spot for another car');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Three', 'Bert', 'DD BB 1') $$, $$ VALUES ('reserved', 3) $$,
	'another driver is given the last spot');
SELECT is(pg_temp.picture('Three'), 'xxx 0 free, booked {1,2,3}', 'counter, map and bookings show three holds');
SELECT pg_temp.digest() AS before_full \gset
SELECT results_eq($$ SELECT * FROM pg_temp.reserve('Three', 'Carl', 'DD CC 1') $$,
	$$ VALUES ('full', NULL::uuid, NULL::integer, NULL::text, NULL::timestamptz) $$, 'the next driver hears full, and nothing else');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Three', 'Carl', 'DD CC 1', request => 'full') $$, ARRAY['full'],
	'with a request_id too');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Three', 'Anna', 'DD AB 1') $$, $$ VALUES ('already_reserved', 1) $$,
	'who has a hold hears already_reserved in a full lot');
SELECT is(pg_temp.digest(), :'before_full', 'a full lot changes nothing');

SELECT is(smart_parking.cancel_booking((pg_temp.booking('DDAB2')).id)::text, 'cancelled', 'the hold on spot 2 is cancelled');
SELECT is(pg_temp.picture('Three'), 'x.x 1 free, booked {1,3}', 'its spot is back in counter and map');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Three', 'Carl', 'DD CC 1', request => 'full') $$, $$ VALUES ('reserved', 2) $$,
	'the request that heard full may be repeated, and is given the spot');

SELECT smart_parking.add_gate(:'three', 'in', 'entry') AS entry \gset
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'entry', 'DDAB1')), 'entered', 'the first car drives in');
SELECT results_eq($$ SELECT outcome, booking_id, spot_no FROM pg_temp.reserve('Three', 'Anna', 'ddab1') $$,
	$$ SELECT 'already_reserved', id, 1 FROM first_hold $$, 'a car that is inside is already_reserved');

SELECT ok(smart_parking.cancel_booking((pg_temp.booking('DDCC1')).id) = 'cancelled', 'one spot is free again');
SELECT ok(smart_parking.close_parking(:'three'), 'the lot closes');
SELECT pg_temp.digest() AS before_closed \gset
SELECT results_eq($$ SELECT * FROM pg_temp.reserve('Three', 'Dora', 'DD DD 1') $$,
	$$ VALUES ('closed', NULL::uuid, NULL::integer, NULL::text, NULL::timestamptz) $$, 'a closed lot says closed, though a spot is free');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Three', 'Bert', 'DD BB 1') $$, ARRAY['already_reserved'],
	'who holds a spot in it still hears already_reserved');
SELECT is(pg_temp.digest(), :'before_closed', 'a closed lot changes nothing');
SELECT ok(smart_parking.open_parking(:'three'), 'the lot opens again');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Three', 'Dora', 'DD DD 1') $$, ARRAY['reserved'], 'and gives spots again');
SELECT ok(smart_parking.close_parking(:'three'), 'the lot closes while full');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Three', 'Emil', 'DD EE 1') $$, ARRAY['closed'], 'a lot that is closed and full says closed');
SELECT pg_temp.sound('outcomes');

-- A spot that is out of service, and two lots

SELECT smart_parking.add_parking('Two', 51.05, 13.75, 2) AS two \gset
SELECT ok(smart_parking.set_spot_service(:'two', 1, false), 'spot 1 of another lot goes out of service');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Two', 'Fred', 'FR 1') $$, $$ VALUES ('reserved', 2) $$, 'it is passed over');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Two', 'Gina', 'GI 1') $$, ARRAY['full'], 'and the lot is full without it');
SELECT ok(smart_parking.set_spot_service(:'two', 1, true), 'it comes back');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Two', 'Bert', 'DD BB 1') $$, $$ VALUES ('reserved', 1) $$,
	'a car may be expected in two lots');
SELECT is(pg_temp.picture('Two'), 'xx 0 free, booked {1,2}', 'both spots are taken');

-- How long a hold lasts

SELECT smart_parking.add_parking('Times', 51.05, 13.76, 8, hold_duration => '7 minutes') AS times \gset
CREATE TEMPORARY TABLE asked AS
	SELECT t.*, r.booking_id, r.expires_at
	FROM (VALUES
		('T1', NULL, interval '7 minutes', 'no hold given: the lot''s'),
		('T2', interval '25 minutes', '25 minutes', 'a hold given'),
		('T3', '2 hours', '2 hours', 'the longest hold'),
		('T4', '1 microsecond', '1 microsecond', 'the shortest hold')) AS t(plate, hold, lasts, what),
		LATERAL pg_temp.reserve('Times', 'driver of ' || plate, plate, hold) AS r;
SELECT is(b.expires_at - b.created_at, a.lasts, what) FROM asked AS a JOIN smart_parking.booking AS b ON b.id = a.booking_id;
SELECT is(b.expires_at, a.expires_at, what || ': as the answer says') FROM asked AS a JOIN smart_parking.booking AS b ON b.id = a.booking_id;
SELECT is(b.requested_hold, a.hold, what || ': as it was asked for') FROM asked AS a JOIN smart_parking.booking AS b ON b.id = a.booking_id;
SET LOCAL smart_parking.max_hold = '5min';
SELECT is((SELECT outcome FROM pg_temp.reserve('Times', 'Hugo', 'T5')), 'reserved', 'the hold of the lot is longer than a lowered max_hold');
SELECT is((pg_temp.booking('T5')).expires_at - (pg_temp.booking('T5')).created_at, interval '5 minutes', 'which cuts it');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve('Times', 'Hugo', 'T6', '5 minutes 1 microsecond') $$, 'SP011', 'a hold above max_hold');
RESET smart_parking.max_hold;
SELECT pg_temp.sound('holds');

-- request_id

SELECT smart_parking.add_parking('Retry', 51.05, 13.77, 2) AS retry \gset
CREATE TEMPORARY TABLE first_answer AS SELECT * FROM pg_temp.reserve('Retry', 'Ida', 'RT 1', '60 minutes', 'standard', 'r1');
SELECT is((SELECT outcome FROM first_answer), 'reserved', 'a request with a request_id');
SELECT is((pg_temp.booking('RT1')).request_id, md5('r1')::uuid, 'is kept with the booking');
SELECT pg_temp.digest() AS before_retry \gset
SELECT results_eq($$ SELECT * FROM pg_temp.reserve('Retry', 'Ida', 'RT 1', '60 minutes', 'standard', 'r1') $$, 'SELECT * FROM first_answer',
	'a retry gets the first answer');
SELECT results_eq($$ SELECT * FROM pg_temp.reserve('Retry', 'Ida', 'rt-1', '1 hour', 'standard', 'r1') $$, 'SELECT * FROM first_answer',
	'also with plate and hold in another spelling');
SELECT is(pg_temp.digest(), :'before_retry', 'a retry changes nothing');
SELECT is((SELECT outcome FROM pg_temp.reserve('Retry', 'Jan', 'RT 2')), 'reserved', 'another driver fills the lot');
SELECT results_eq($$ SELECT * FROM pg_temp.reserve('Retry', 'Ida', 'RT 1', '60 minutes', 'standard', 'r1') $$, 'SELECT * FROM first_answer',
	'a retry gets the first answer in a full lot');
SELECT ok(smart_parking.extend_hold((SELECT booking_id FROM first_answer), '1 minute') IS NOT NULL, 'the hold is extended');
SELECT results_eq($$ SELECT outcome, booking_id, spot_no, expires_at FROM pg_temp.reserve('Retry', 'Ida', 'RT 1', '60 minutes', 'standard', 'r1') $$,
	$$ SELECT outcome, booking_id, spot_no, expires_at + interval '1 minute' FROM first_answer $$, 'then a retry says until when it lasts now');
SELECT is(smart_parking.cancel_booking((SELECT booking_id FROM first_answer))::text, 'cancelled', 'the booking is cancelled');
SELECT pg_temp.digest() AS before_retry \gset
CREATE TEMPORARY TABLE ended_answer AS
	SELECT 'cancelled'::text AS outcome, booking_id, NULL::integer AS spot_no, NULL::text AS spot_label, NULL::timestamptz AS expires_at FROM first_answer;
SELECT results_eq($$ SELECT * FROM pg_temp.reserve('Retry', 'Ida', 'RT 1', '60 minutes', 'standard', 'r1') $$, 'SELECT * FROM ended_answer',
	'a retry that comes after that says so, with the booking and without a spot');
SELECT is(pg_temp.digest(), :'before_retry', 'and holds no spot');
SELECT is((SELECT outcome FROM pg_temp.reserve('Retry', 'Kurt', 'RT 3')), 'reserved', 'somebody else takes the spot');
SELECT results_eq($$ SELECT * FROM pg_temp.reserve('Retry', 'Ida', 'RT 1', '60 minutes', 'standard', 'r1') $$, 'SELECT * FROM ended_answer',
	'a retry after that as well');
SELECT ok(smart_parking.close_parking(:'retry'), 'the lot closes');
SELECT results_eq($$ SELECT * FROM pg_temp.reserve('Retry', 'Ida', 'RT 1', '60 minutes', 'standard', 'r1') $$, 'SELECT * FROM ended_answer',
	'a retry when the lot has closed as well');
SELECT ok(smart_parking.open_parking(:'retry'), 'the lot opens');

SELECT pg_temp.refused(format('SELECT pg_temp.reserve(%s, request => ''r1'')', arguments), 'SP021', 'r1 again with ' || what)
FROM (VALUES
	($$ 'Two', 'Ida', 'RT 1', '60 minutes' $$, 'another lot'),
	($$ 'Retry', 'Jan', 'RT 1', '60 minutes' $$, 'another user'),
	($$ 'Retry', 'Ida', 'RT 4', '60 minutes' $$, 'another plate'),
	($$ 'Retry', 'Ida', 'RT 1', '30 minutes' $$, 'another hold'),
	($$ 'Retry', 'Ida', 'RT 1' $$, 'no hold given'),
	($$ 'Retry', 'Ida', 'RT 1', '60 minutes', 'charging' $$, 'another kind')) AS t(arguments, what);

-- each way in which a booking goes on and ends
SELECT smart_parking.add_parking('Ends', 51.05, 13.77, 4) AS ends \gset
SELECT smart_parking.add_gate(:'ends', 'in', 'entry') AS ends_in, smart_parking.add_gate(:'ends', 'out', 'exit') AS ends_out \gset
SELECT is((SELECT outcome FROM pg_temp.reserve('Ends', 'Ende ' || n, 'EN ' || n, request => 'en' || n)), 'reserved', 'request ' || n) FROM generate_series(1, 3) AS n;
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'ends_in', 'EN 1')), 'entered', 'the car of one request drives in');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Ends', 'Ende 1', 'EN 1', request => 'en1') $$, $$ VALUES ('reserved', 1) $$, 'it has its spot');
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'ends_out', 'EN 1')), 'exited', 'and leaves');
SELECT pg_temp.lapse('EN2'), pg_temp.lapse('EN3') \g /dev/null
SELECT ok(smart_parking.expire_booking((pg_temp.booking('EN3')).id), 'a hold that lapsed is released');
SELECT pg_temp.digest() AS before_retry \gset
SELECT results_eq(format('SELECT * FROM pg_temp.reserve(%L, %L, %L, request => %L)', 'Ends', 'Ende ' || n, 'EN ' || n, 'en' || n),
	format('VALUES (%L, (pg_temp.booking(%L)).id, NULL::integer, NULL::text, NULL::timestamptz)', outcome, 'EN' || n), what)
FROM (VALUES (1, 'completed', 'the car has left'), (2, 'expired', 'the hold has lapsed, nobody has swept it'), (3, 'expired', 'the hold was released')) AS t (n, outcome, what);
SELECT is(pg_temp.digest(), :'before_retry', 'and nothing changed by that');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Ends', 'Ende 2', 'EN 2', request => 'another') $$, ARRAY['reserved'], 'a request_id of its own gets a spot again');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Ends', 'Ende 2', 'EN 2', request => 'en2') $$, ARRAY['expired'], 'the old one stays what it was');
SELECT pg_temp.sound('requests');

-- The plate of another user

SELECT pg_temp.refused($$ SELECT pg_temp.reserve('Retry', 'Ida', 'RT 2') $$, 'SP022', 'the plate that another user holds a spot for, in a full lot');
SELECT is((SELECT reason FROM smart_parking.validate_plate(smart_parking.add_gate(:'retry', 'in', 'entry'), 'RT 3')), 'entered', 'a car enters');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve('Retry', 'Ida', 'RT 3') $$, 'SP022', 'the plate of another user that is inside');
SELECT pg_temp.lapse('RT2');
SELECT is((SELECT outcome FROM pg_temp.reserve('Retry', 'Ida', 'RT 2')), 'reserved', 'once the hold of the other user has lapsed the plate is free');
SELECT results_eq($$ SELECT user_id, status::text FROM smart_parking.booking WHERE car_plate::text = 'RT2' ORDER BY created_at $$,
	$$ VALUES (pg_temp.driver('Jan'), 'expired'), (pg_temp.driver('Ida'), 'pending') $$, 'and the old hold is expired');
SELECT pg_temp.sound('plates');

-- Holds per user

SELECT smart_parking.add_parking('Many', 51.05, 13.78, 20) AS many \gset
SELECT is((SELECT count(*) FROM generate_series(1, 3) AS n, pg_temp.reserve('Many', 'Lena', 'L' || n) AS r WHERE r.outcome = 'reserved'), 3::bigint,
	'a user may have three holds');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve('Many', 'Lena', 'L 4') $$, 'SP020', 'a fourth hold in the lot');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve('Times', 'Lena', 'L 4') $$, 'SP020', 'a fourth hold in another lot');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Many', 'Lena', 'L 2') $$, ARRAY['already_reserved'], 'but a repeat is answered');
SELECT pg_temp.lapse('L1');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Many', 'Lena', 'L 4') $$, ARRAY['reserved'], 'a lapsed hold does not count, swept or not');
SELECT is((pg_temp.booking('L1')).status::text, 'pending', 'though it was not swept');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve('Many', 'Lena', 'L 1') $$, 'SP020', 'a hold above the limit, for the car whose hold lapsed');
SELECT is((SELECT reason FROM smart_parking.validate_plate(smart_parking.add_gate(:'many', 'in', 'entry'), 'L2')), 'entered', 'one car drives in');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Many', 'Lena', 'L 5') $$, ARRAY['reserved'], 'a car inside does not count');
SELECT is(smart_parking.cancel_booking((pg_temp.booking('L5')).id)::text, 'cancelled', 'one hold is cancelled');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Many', 'Lena', 'L 6') $$, ARRAY['reserved'], 'a cancelled hold does not count');
SET LOCAL smart_parking.max_holds_per_user = 0;
SELECT is((SELECT count(*) FROM generate_series(7, 12) AS n, pg_temp.reserve('Many', 'Lena', 'L' || n) AS r WHERE r.outcome = 'reserved'), 6::bigint,
	'0 is no limit');
SET LOCAL smart_parking.max_holds_per_user = 1;
SELECT is((SELECT outcome FROM pg_temp.reserve('Many', 'Mia', 'M 1')), 'reserved', 'with a limit of 1 the first hold is given');
SELECT pg_temp.refused($$ SELECT pg_temp.reserve('Many', 'Mia', 'M 2') $$, 'SP020', 'with a limit of 1 the second hold');
RESET smart_parking.max_holds_per_user;
SELECT pg_temp.sound('limits');

-- Kinds of spots

SELECT smart_parking.add_parking('Kinds', 51.05, 13.79, 4, kinds => '{"charging": 1, "disabled": 2}') AS kinds \gset
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Kinds', 'Nils', 'K 1', kind => 'charging') $$, $$ VALUES ('reserved', 2) $$,
	'a charging spot');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Kinds', 'Otto', 'K 2', kind => 'charging') $$, ARRAY['full'],
	'the kind is full, though the lot is not');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Kinds', 'Otto', 'K 2') $$, $$ VALUES ('reserved', 1) $$, 'a standard spot');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Kinds', 'Paul', 'K 3', kind => 'disabled') $$, $$ VALUES ('reserved', 3) $$,
	'a disabled spot');
SELECT is(pg_temp.picture('Kinds'), 'xxx. 1 free, booked {1,2,3}', 'each was taken from its own slice');
SELECT pg_temp.refused(format('SELECT pg_temp.reserve(%L, %L, %L, kind => %L)', 'Kinds', 'Rosa', 'K 4', kind), 'SP015', format('the kind "%s"', kind))
FROM unnest(ARRAY['women', '', 'Standard', 'standard ', repeat('x', 1000)]) AS kind;
SELECT pg_temp.lapse('K1');
SELECT results_eq($$ SELECT outcome FROM pg_temp.reserve('Kinds', 'Rosa', 'K 5') $$, ARRAY['full'],
	'a lapsed hold on a spot of another kind is no standard spot');
SELECT is((pg_temp.booking('K1')).status::text, 'pending', 'and stays as it is');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('Kinds', 'Rosa', 'K 5', kind => 'charging') $$, $$ VALUES ('reserved', 2) $$,
	'it is one of its own kind');
SELECT pg_temp.sound('kinds');

-- Lapsed holds, with no sweeper at work

SELECT smart_parking.add_parking('One', 51.05, 13.80, 1) AS one \gset
SELECT is((SELECT outcome FROM pg_temp.reserve('One', 'Sara', 'S 1')), 'reserved', 'one spot, one hold');
SELECT is((SELECT outcome FROM pg_temp.reserve('One', 'Theo', 'S 2')), 'full', 'a second driver hears full');
SELECT pg_temp.lapse('S1');
SELECT is((SELECT free_spots_counter FROM smart_parking.parking_status WHERE id = :'one'), 1, 'when the hold has lapsed, its spot shows as free');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('One', 'Theo', 'S 2') $$, $$ VALUES ('reserved', 1) $$,
	'and the second driver is given it at once');
SELECT is(pg_temp.picture('One'), 'x 0 free, booked {1}', 'it is taken once');
SELECT is((pg_temp.booking('S1')).status::text, 'expired', 'the lapsed hold is expired');
SELECT results_eq($$ SELECT pg_temp.events((pg_temp.booking('S1')).id) $$, ARRAY['expired: lapsed; its spot went to the next driver'],
	'with one event, which says why');
SELECT is(smart_parking.expire_booking((pg_temp.booking('S1')).id), false, 'nothing is left to expire');
SELECT is(smart_parking.release_expired(), 2,
	'a sweep releases only what else has lapsed: T4 and L1');
SELECT is((SELECT count(*) FROM pg_temp.events((pg_temp.booking('S1')).id)), 1::bigint, 'and leaves no second event');
SELECT is((SELECT outcome FROM pg_temp.reserve('One', 'Sara', 'S 1')), 'full', 'the late driver hears full');

SELECT pg_temp.lapse('S2');
SELECT id AS lapsed_hold FROM pg_temp.booking('S2') \gset
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('One', 'Theo', 'S 2') $$, $$ VALUES ('reserved', 1) $$,
	'a driver whose own hold has lapsed may hold the spot again');
SELECT isnt((pg_temp.booking('S2')).id, :'lapsed_hold', 'as a new booking');
SELECT results_eq(format('SELECT pg_temp.events(%L)', :'lapsed_hold'), ARRAY['expired: lapsed; the driver reserved again'], 'the old one is expired, once');
SELECT is(pg_temp.picture('One'), 'x 0 free, booked {1}', 'the spot is taken once');
SELECT pg_temp.lapse('S2');
SELECT ok(smart_parking.set_spot_service(:'one', 1, false), 'the spot of a lapsed hold goes out of service');
SELECT is((SELECT outcome FROM pg_temp.reserve('One', 'Uwe', 'S 3')), 'full', 'nobody is given it');
SELECT ok(smart_parking.set_spot_service(:'one', 1, true), 'it comes back');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.reserve('One', 'Uwe', 'S 3') $$, $$ VALUES ('reserved', 1) $$, 'then somebody is');
SELECT pg_temp.sound('lapsed holds');

-- The caller's transaction

SELECT smart_parking.add_parking('Back', 51.05, 13.81, 2) AS back \gset
SELECT is((SELECT outcome FROM pg_temp.reserve('Back', 'Vera', 'V 1')), 'reserved', 'a hold');
SELECT is((SELECT outcome FROM pg_temp.reserve('Back', 'Vera', 'V 2')), 'reserved', 'and another');
SELECT pg_temp.lapse('V1');
SELECT pg_temp.digest() AS before_rollback \gset
SAVEPOINT payment;
SELECT outcome AS taken_over FROM pg_temp.reserve('Back', 'Walt', 'W 1', request => 'w1') \gset
SELECT smart_parking.cancel_booking((pg_temp.booking('V2')).id) AS cancelled \gset
SELECT outcome AS taken FROM pg_temp.reserve('Back', 'Walt', 'W 2') \gset
SELECT pg_temp.digest() AS before_payment \gset
ROLLBACK TO SAVEPOINT payment;
SELECT is(ARRAY[:'taken_over', :'cancelled', :'taken'], ARRAY['reserved', 'cancelled', 'reserved'],
	'in a savepoint: a lapsed hold taken over, one cancelled, its spot taken');
SELECT isnt(:'before_payment', :'before_rollback'::text, 'which is much');
SELECT is(pg_temp.digest(), :'before_rollback', 'rolling back to the savepoint gives all back');
SELECT is((SELECT outcome FROM pg_temp.reserve('Back', 'Walt', 'W 1', request => 'w1')), 'reserved', 'and it can be done again');
SELECT is(pg_temp.picture('Back'), 'xx 0 free, booked {1,2}', 'with the same result');

-- extend_hold

SELECT smart_parking.add_parking('Extend', 51.05, 13.82, 8) AS extend \gset
CREATE TEMPORARY TABLE to_extend AS SELECT * FROM pg_temp.reserve('Extend', 'Xena', 'X 1');
SELECT booking_id AS x1 FROM to_extend \gset
SELECT is(smart_parking.extend_hold(:'x1', '10 minutes'), expires_at + interval '10 minutes', 'ten minutes more') FROM to_extend;
SELECT is((pg_temp.booking('X1')).expires_at, expires_at + interval '10 minutes', 'are kept') FROM to_extend;
SELECT is(smart_parking.extend_hold(:'x1', '1 microsecond'), expires_at + interval '10 minutes 1 microsecond', 'a microsecond more') FROM to_extend;
SELECT results_eq(format('SELECT pg_temp.events(%L)', :'x1'), ARRAY['extended', 'extended'], 'both are in the history');
SELECT is((SELECT max((details->>'to')::timestamptz) FROM smart_parking.booking_event WHERE booking_id = :'x1'),
	(SELECT expires_at FROM smart_parking.booking WHERE id = :'x1'), 'with the end that the hold has now');
SELECT ok((SELECT bool_and((details->>'to')::timestamptz > (details->>'from')::timestamptz) FROM smart_parking.booking_event WHERE booking_id = :'x1'),
	'and the one that it had before');
SELECT is(smart_parking.extend_hold(:'x1', '5 hours') - (pg_temp.booking('X1')).created_at, interval '2 hours', 'the whole life stays within max_hold');
SELECT pg_temp.digest() AS before_extend \gset
SELECT is(smart_parking.extend_hold(:'x1', '178000000 years') - (pg_temp.booking('X1')).created_at, interval '2 hours', 'at the cap nothing is added');
SET LOCAL smart_parking.max_hold = '1h';
SELECT is(smart_parking.extend_hold(:'x1', '1 minute') - (pg_temp.booking('X1')).created_at, interval '2 hours', 'a lower max_hold shortens no hold');
RESET smart_parking.max_hold;
SELECT is(pg_temp.digest(), :'before_extend', 'and nothing changes then, not even the history');
SELECT is(pg_temp.picture('Extend'), 'x....... 7 free, booked {1}', 'counter and map are not touched');

SELECT pg_temp.refused(format('SELECT smart_parking.extend_hold(%L, %L)', :'x1', extra), 'SP011', 'extending by ' || extra)
FROM unnest(ARRAY['0', '-1 second', '-178000000 years', '1 day -24 hours']) AS extra;
-- infinite intervals came with version 17; before, their text is no interval
SELECT pg_temp.refused(format('SELECT smart_parking.extend_hold(%L, %L)', :'x1', extra),
	CASE WHEN pg_version_num() >= 170000 THEN 'SP011' ELSE '22007' END, 'extending by ' || extra)
FROM unnest(ARRAY['infinity', '-infinity']) AS extra;
SELECT pg_temp.refused('SELECT smart_parking.extend_hold(NULL, ''1 minute'')', 'SP016', 'extending no booking');
SELECT pg_temp.refused(format('SELECT smart_parking.extend_hold(%L, NULL)', :'x1'), 'SP016', 'extending by NULL');
SELECT pg_temp.refused('SELECT smart_parking.extend_hold(''00000000-0000-7000-8000-000000000000'', ''1 minute'')', 'SP002', 'extending an unknown booking');

SELECT is((SELECT count(*) FROM unnest(ARRAY['X2', 'X3', 'X4', 'X5']) AS p, pg_temp.reserve('Extend', 'driver of ' || p, p) AS r WHERE r.outcome = 'reserved'),
	4::bigint, 'four more holds');
SELECT pg_temp.lapse('X2');
SELECT pg_temp.refused($$ SELECT smart_parking.extend_hold((pg_temp.booking('X2')).id, '1 hour') $$, 'SP023', 'extending a lapsed hold that was not swept');
SELECT ok(smart_parking.expire_booking((pg_temp.booking('X2')).id), 'it is swept');
SELECT pg_temp.refused($$ SELECT smart_parking.extend_hold((pg_temp.booking('X2')).id, '1 hour') $$, 'SP023', 'extending an expired hold');
SELECT is(smart_parking.cancel_booking((pg_temp.booking('X3')).id)::text, 'cancelled', 'another is cancelled');
SELECT pg_temp.refused($$ SELECT smart_parking.extend_hold((pg_temp.booking('X3')).id, '1 hour') $$, 'SP023', 'extending a cancelled hold');
SELECT is((SELECT reason FROM smart_parking.validate_plate(smart_parking.add_gate(:'extend', 'in', 'entry'), 'X4')), 'entered', 'another comes in');
SELECT pg_temp.refused($$ SELECT smart_parking.extend_hold((pg_temp.booking('X4')).id, '1 hour') $$, 'SP023', 'extending the booking of a car inside');
SELECT is((SELECT reason FROM smart_parking.validate_plate(smart_parking.add_gate(:'extend', 'out', 'exit'), 'X4')), 'exited', 'and leaves');
SELECT pg_temp.refused($$ SELECT smart_parking.extend_hold((pg_temp.booking('X4')).id, '1 hour') $$, 'SP023', 'extending a completed booking');

-- cancel_booking

SELECT is(pg_temp.picture('Extend'), 'x...x... 6 free, booked {1,5}', 'before cancelling');
SELECT is(smart_parking.cancel_booking(:'x1', 'plans changed')::text, 'cancelled', 'a hold is cancelled');
SELECT is(pg_temp.picture('Extend'), '....x... 7 free, booked {5}', 'its spot is free at once');
SELECT ok((pg_temp.booking('X1')).status = 'cancelled' AND (pg_temp.booking('X1')).ended_at BETWEEN now() AND clock_timestamp(), 'the booking says when it ended');
SELECT results_eq($$ SELECT event, reason, actor::text FROM smart_parking.booking_event WHERE booking_id = (pg_temp.booking('X1')).id AND event = 'cancelled' $$,
	$$ VALUES ('cancelled', 'plans changed', session_user::text) $$, 'its history says why, and by whom');
SELECT pg_temp.digest() AS before_cancel \gset
SELECT is(smart_parking.cancel_booking(:'x1', 'again')::text, 'cancelled', 'cancelling twice gives the same answer');
SELECT is(smart_parking.cancel_booking((pg_temp.booking('X2')).id, 'late')::text, 'expired', 'cancelling an expired hold says expired');
SELECT is(pg_temp.digest(), :'before_cancel', 'and neither changes anything');
SELECT pg_temp.lapse('X5');
SELECT is(smart_parking.cancel_booking((pg_temp.booking('X5')).id, 'too late')::text, 'expired', 'cancelling a lapsed hold that was not swept expires it');
SELECT results_eq($$ SELECT pg_temp.events((pg_temp.booking('X5')).id) $$, ARRAY['expired: too late'], 'on record as expired, with the reason');
SELECT is(pg_temp.picture('Extend'), '........ 8 free, booked {}', 'and gives its spot back');
SELECT is((SELECT outcome FROM pg_temp.reserve('Extend', 'Xena', 'X 6')), 'reserved', 'a hold');
SELECT is((SELECT reason FROM smart_parking.validate_plate((SELECT id FROM smart_parking.gate WHERE parking_id = :'extend' AND direction = 'entry'), 'X6')),
	'entered', 'whose car comes in');
SELECT pg_temp.refused($$ SELECT smart_parking.cancel_booking((pg_temp.booking('X6')).id) $$, 'SP023', 'cancelling after entry');
SELECT pg_temp.refused($$ SELECT smart_parking.cancel_booking((pg_temp.booking('X4')).id) $$, 'SP023', 'cancelling after exit');
SELECT pg_temp.refused('SELECT smart_parking.cancel_booking(NULL)', 'SP016', 'cancelling no booking');
SELECT pg_temp.refused('SELECT smart_parking.cancel_booking(''00000000-0000-7000-8000-000000000000'')', 'SP002', 'cancelling an unknown booking');
SELECT pg_temp.sound('extended and cancelled');

-- Bad input

SELECT pg_temp.refused(format('SELECT smart_parking.reserve_spot(%s)', arguments), code, what)
FROM (VALUES
	($$ NULL, pg_temp.driver('Zoe'), 'Z 1' $$, 'SP016', 'no lot'),
	($$ pg_temp.lot('Extend'), NULL, 'Z 1' $$, 'SP016', 'no user'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), NULL $$, 'SP016', 'no plate'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), 'Z 1', kind => NULL $$, 'SP016', 'no kind'),
	($$ '00000000-0000-7000-8000-000000000000', pg_temp.driver('Zoe'), 'Z 1' $$, 'SP001', 'an unknown lot'),
	($$ '00000000-0000-7000-8000-000000000000', pg_temp.driver('Zoe'), 'Z 1', request_id => gen_random_uuid() $$, 'SP001', 'an unknown lot, with a request_id'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), '' $$, 'SP010', 'an empty plate'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), ' -.- ' $$, 'SP010', 'a plate of separators only'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), E'\x01\x02\x1f\x7f' $$, 'SP010', 'a plate of control characters only'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), E'Z\x01 1' $$, 'SP010', 'a plate with a control character'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), repeat('Z', 17) $$, 'SP010', 'a plate of 17 characters'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), repeat('Z', 1000000) $$, 'SP010', 'a plate of a million characters'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), convert_from('\x5aff31', 'UTF8') $$, '22021', 'a plate of invalid UTF-8'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), convert_from('\x5ac0af31', 'UTF8') $$, '22021', 'a plate of overlong UTF-8'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), convert_from('\x5a0031', 'UTF8') $$, '22021', 'a plate with a zero byte'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), 'Z 1', '0' $$, 'SP011', 'a hold of zero'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), 'Z 1', '-1 minute' $$, 'SP011', 'a negative hold'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), 'Z 1', '1 day -24 hours' $$, 'SP011', 'a hold of a day less a day'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), 'Z 1', '2 hours 1 microsecond' $$, 'SP011', 'a hold above the maximum'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), 'Z 1', '1 month' $$, 'SP011', 'a hold of a month'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), 'Z 1', '178000000 years' $$, 'SP011', 'a hold without end'),
	($$ pg_temp.lot('Extend'), pg_temp.driver('Zoe'), 'Z 1', '-178000000 years' $$, 'SP011', 'a hold without beginning'),
	($$ '00000000-0000-7000-8000-000000000000', pg_temp.driver('Zoe'), 'Z 1', '-1 minute' $$, 'SP011', 'a negative hold in an unknown lot'),
	($$ pg_temp.lot('Two'), pg_temp.driver('Zoe'), 'Z 1', '0' $$, 'SP011', 'a hold of zero in a full lot'),
	($$ pg_temp.lot('Three'), pg_temp.driver('Zoe'), 'Z 1', '0' $$, 'SP011', 'a hold of zero in a closed lot'),
	($$ pg_temp.lot('Two'), pg_temp.driver('Zoe'), '' $$, 'SP010', 'an empty plate in a full lot')
) AS bad(arguments, code, what);
-- see extend_hold
SELECT pg_temp.refused(format($$ SELECT pg_temp.reserve('Extend', 'Zoe', 'Z 1', %L) $$, hold),
	CASE WHEN pg_version_num() >= 170000 THEN 'SP011' ELSE '22007' END, 'a hold of ' || hold)
FROM unnest(ARRAY['infinity', '-infinity']) AS hold;
SELECT is((SELECT outcome FROM pg_temp.reserve('Extend', 'Zoe', 'Z 1')), 'reserved', 'after all these errors the same call without one works');
CREATE TEMPORARY TABLE odd_plates AS
	SELECT t.*, r.booking_id
	FROM (VALUES ('ZZ-ZZ.ZZ ZZ-ZZ.ZZ ZZZZ', repeat('Z', 16)), ('京 a-12345', '京A12345'), ('7', '7')) AS t(plate, kept),
		LATERAL pg_temp.reserve('Extend', 'driver of ' || plate, plate) AS r;
SELECT is((SELECT b.car_plate::text FROM smart_parking.booking AS b WHERE b.id = o.booking_id), kept, format('the plate "%s" is taken', plate))
FROM odd_plates AS o;
SELECT is(current_user, session_user, 'errors leave the caller''s role in place');

SELECT pg_temp.sound('at the end');
SELECT * FROM finish();
ROLLBACK;
