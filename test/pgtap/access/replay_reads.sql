-- What gates did while they were cut off, put on record afterwards, late, twice and in any order.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Offline', 51.05, 13.74, 4) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit, smart_parking.add_gate(:'lot', 'both', 'both') AS both \gset
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;

-- a hold made so long ago, for so long
CREATE FUNCTION pg_temp.hold(plate text, made interval DEFAULT '6 hours', lasts interval DEFAULT '1 hour') RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
	held uuid := (SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r);
BEGIN
	SET LOCAL session_replication_role = replica;
	UPDATE smart_parking.booking SET created_at = now() - made, expires_at = now() - made + lasts WHERE id = held;
	SET LOCAL session_replication_role = origin;
	RETURN held;
END $$;
CREATE FUNCTION pg_temp.happened(gate uuid, plate text, ago interval, event text DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.matched_plate, 'command ' || v.command_id)
	FROM smart_parking_internal.judge_read(gate, plate, now() - ago, 0.9, event, NULL, NULL, NULL, 'cam', 'own', NULL, NULL, true) v $$;
CREATE FUNCTION pg_temp.states(pattern text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(car_plate::text || ' ' || status, ', ' ORDER BY car_plate::text, status) FROM smart_parking.booking, lot WHERE parking_id = lot.id AND car_plate::text ~ pattern $$;
CREATE FUNCTION pg_temp.last_read() RETURNS smart_parking.plate_read LANGUAGE sql AS
$$ SELECT * FROM smart_parking.plate_read ORDER BY received_at DESC LIMIT 1 $$;

-- in and out
SELECT pg_temp.hold('ANNA 11') AS anna \gset
SELECT is(pg_temp.happened(:'entry', 'ANNA11', '5 hours 30 minutes', 'a1'), 'open entered ANNA11', 'it came in while the hold was good, and needs no command');
SELECT is((SELECT confirmed_at FROM smart_parking.booking WHERE id = :'anna'), now() - interval '5 hours 30 minutes', 'as of when it was read');
SELECT is((SELECT happened_at FROM smart_parking.booking_event WHERE booking_id = :'anna' AND event = 'confirmed'), now() - interval '5 hours 30 minutes', 'on record with that instant');
SELECT is(pg_temp.happened(:'entry', 'ANNA11', '5 hours 30 minutes', 'a1'), 'open entered ANNA11', 'the same event again');
SELECT is(pg_temp.happened(:'entry', 'ANNA11', '5 hours 30 minutes'), 'open entered ANNA11', 'or the same read without an id');
SELECT is((SELECT count(*) FROM smart_parking.plate_read), 1::bigint, 'is one read');
SELECT is(pg_temp.happened(:'entry', 'ANNA11', '5 hours 29 minutes 55 seconds'), 'open entered ANNA11', 'another read of the same passage');
SELECT is((SELECT count(DISTINCT passage_id) FROM smart_parking.plate_read), 1::bigint, 'belongs to it');
SELECT is(pg_temp.happened(:'entry', 'ANNA11', '5 hours'), 'open entered_over_open_stay ANNA11', 'much later it is odd, and changes nothing');
SELECT is(pg_temp.happened(:'exit', 'ANNA11', '1 hour', 'a2'), 'open exited ANNA11', 'it left');
SELECT is((SELECT ended_at FROM smart_parking.booking WHERE id = :'anna'), now() - interval '1 hour', 'as of when it was read');
SELECT is(pg_temp.happened(:'entry', 'ANNA11', '2 hours'), 'open entered ANNA11', 'a read from in between is explained by the stay');
SELECT is(pg_temp.happened(:'entry', 'ANNA11', '10 minutes'), 'manual unknown_offline', 'one from after it is not');
SELECT is((pg_temp.last_read()).happened, true, 'all of them marked as what they are');
SELECT is((SELECT count(*) FROM smart_parking.barrier_command), 0::bigint, 'no order to any barrier');

-- the exit is heard of first
SELECT pg_temp.hold('BERT 22') AS bert \gset
SELECT is(pg_temp.happened(:'exit', 'BERT22', '2 hours'), 'open exit_without_entry BERT22', 'an exit of which the entry is not known');
SELECT is(pg_temp.states('BERT'), 'BERT22 completed', 'it was inside, and has left');
SELECT is(pg_temp.happened(:'entry', 'BERT22', '5 hours'), 'open entered BERT22', 'its entry, late');
SELECT is(pg_temp.states('BERT'), 'BERT22 completed', 'is explained');

-- lapsed, not released
SELECT pg_temp.hold('CARL 33') AS carl \gset
SELECT is(pg_temp.happened(:'entry', 'CARL33', '5 hours 10 minutes'), 'open entered CARL33', 'a hold that has lapsed since and was not released');
SELECT is(pg_temp.states('CARL'), 'CARL33 confirmed', 'goes on');

-- released, spot free
SELECT pg_temp.hold('DORA 44') AS dora \gset
SELECT smart_parking.expire_booking(:'dora');
SELECT is(pg_temp.happened(:'entry', 'DORA44', '5 hours 10 minutes'), 'open reacquired_same_spot DORA44', 'one that was released: a stay on its spot');
SELECT is(pg_temp.states('DORA'), 'DORA44 confirmed, DORA44 expired', 'as a new booking');
SELECT is((SELECT count(*) FROM smart_parking.gate_incident), 0::bigint, 'nobody has to look at it');
SELECT is(pg_temp.happened(:'exit', 'DORA44', '4 hours'), 'open exited DORA44', 'it leaves');

-- released, spot sold on
SELECT pg_temp.hold('EMIL 55') AS emil \gset
SELECT smart_parking.expire_booking(:'emil');
SELECT r.booking_id AS next FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), 'NEXT 00') r \gset
SELECT is((SELECT a.spot_no = b.spot_no FROM smart_parking.booking a, smart_parking.booking b WHERE a.id = :'emil' AND b.id = :'next'), true, 'the next driver got its spot');
SELECT is(pg_temp.happened(:'entry', 'EMIL55', '5 hours 10 minutes'), 'open reacquired_other_spot EMIL55', 'so it stands on another one');
SELECT results_eq($$ SELECT kind, b.car_plate::text, o.car_plate::text FROM smart_parking.gate_incident i JOIN smart_parking.booking b ON b.id = i.booking_id JOIN smart_parking.booking o ON o.id = i.other_booking_id $$,
	$$ VALUES ('spot_sold_on', 'EMIL55', 'NEXT00') $$, 'and a person is told, of both');

-- released, lot full
SELECT pg_temp.hold('FRED 66') AS fred \gset
SELECT smart_parking.expire_booking(:'fred');
SELECT count(r.booking_id) AS sold FROM lot, generate_series(1, 3) n, smart_parking.reserve_spot(lot.id, gen_random_uuid(), 'SOLD ' || 100 * n) r \gset
SELECT is((SELECT sum(free_spots) FROM smart_parking.counter_slice, lot WHERE parking_id = lot.id), 0::bigint, 'nothing is free');
SELECT is(pg_temp.happened(:'entry', 'FRED66', '5 hours 10 minutes', 'f1'), 'open entered_offline_without_spot FRED66', 'it came in, and there is no spot for it');
SELECT is((SELECT string_agg(kind, ' ' ORDER BY raised_at) FROM smart_parking.gate_incident), 'spot_sold_on inside_without_spot', 'a person is told');
SELECT is((SELECT sum(free_spots) FROM smart_parking.counter_slice, lot WHERE parking_id = lot.id), 0::bigint, 'no counter below zero');
SELECT is(pg_temp.happened(:'entry', 'FRED66', '5 hours 10 minutes', 'f1'), 'open entered_offline_without_spot FRED66', 'again');
SELECT is((SELECT count(*) FROM smart_parking.gate_incident), 2::bigint, 'once');
SELECT is(pg_temp.happened(:'exit', 'FRED66', '5 hours'), 'open exit_without_entry FRED66', 'it left');
SELECT is(pg_temp.states('FRED'), 'FRED66 completed, FRED66 expired', 'its stay is on record');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- not good at that instant, unknown, unreadable, unclear
SELECT smart_parking.cancel_booking(id) FROM smart_parking.booking WHERE car_plate::text ~ 'SOLD';
SELECT pg_temp.hold('GUST 77') AS gust \gset
SELECT smart_parking.expire_booking(:'gust');
SELECT is(pg_temp.happened(:'entry', 'GUST77', '2 hours'), 'manual unknown_offline', 'a hold that had lapsed long before');
SELECT is(pg_temp.happened(:'entry', 'NOBODY 1', '2 hours'), 'manual unknown_offline', 'a stranger');
SELECT is(pg_temp.happened(:'exit', 'NOBODY 1', '1 hour'), 'manual unknown_offline', 'who leaves');
SELECT is(pg_temp.happened(:'entry', '???', '2 hours'), 'manual plate_unreadable', 'nothing read');
SELECT is(pg_temp.happened(:'entry', '???', '2 hours'), 'manual plate_unreadable', 'twice');
SELECT is((SELECT count(*) FROM smart_parking.plate_read WHERE plate_text = '???'), 1::bigint, 'is one read');

-- a cancelled hold was good until then
SELECT pg_temp.hold('HANS 88', '1 hour', '2 hours') AS hans \gset
SELECT smart_parking.cancel_booking(:'hans');
SELECT is(pg_temp.happened(:'entry', 'HANS88', '30 minutes'), 'open reacquired_same_spot HANS88', 'it came in before the hold was given back');
SELECT is(pg_temp.happened(:'exit', 'HANS88', '20 minutes'), 'open exited HANS88', 'and left');

-- clocks
SELECT pg_temp.hold('IDA 99', '1 hour', '2 hours') AS ida \gset
SELECT is(pg_temp.happened(:'entry', 'IDA99', '3 hours'), 'open entered IDA99', 'a clock that is behind');
SELECT is((pg_temp.last_read()).details ->> 'read_at', 'before the booking was made', 'is not believed');
SELECT is((SELECT confirmed_at > now() - interval '1 minute' FROM smart_parking.booking WHERE id = :'ida'), true, 'it is now then');
SELECT is(pg_temp.happened(:'exit', 'IDA99', '-3 hours'), 'open exited IDA99', 'a clock that is ahead');
SELECT is((pg_temp.last_read()).details ->> 'read_at', 'later than now', 'is not believed either');
SELECT is((SELECT ended_at < clock_timestamp() FROM smart_parking.booking WHERE id = :'ida'), true, 'it is now then');

SELECT is(smart_parking_internal.judge_read(:'exit', 'IDA99', t, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true)::text LIKE '(manual,unknown_offline,%too long ago%', true, 'nor is ' || t)
FROM unnest(ARRAY['-infinity', '0001-01-01', '1969-01-01']::timestamptz[]) t;
SELECT is((SELECT count(*) FROM smart_parking_internal.judge_read(:'exit', 'IDA99', 'infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true)), 1::bigint, 'nor infinity');

-- a car that has left is not taken for one like it that is inside
SELECT is(pg_temp.happened(:'exit', 'CARL33', '30 minutes') || smart_parking.cancel_booking(:'next'), 'open exited CARL33cancelled', 'room for more');
SELECT pg_temp.hold('FLEET 01', '6 hours', '7 hours') AS f1, pg_temp.hold('FLEET 02', '6 hours', '7 hours') AS f2 \gset
SELECT is(pg_temp.happened(:'entry', 'FLEET01', '5 hours 30 minutes') || pg_temp.happened(:'entry', 'FLEET02', '5 hours 20 minutes'),
	'open entered FLEET01open entered FLEET02', 'two cars of a fleet');
SELECT is(pg_temp.happened(:'exit', 'FLEET01', '5 hours'), 'open exited FLEET01', 'one has left');
SELECT is(pg_temp.happened(:'exit', 'FLEET01', '10 minutes'), 'manual unknown_offline', 'and is read at the exit much later');
SELECT is(pg_temp.states('FLEET02'), 'FLEET02 confirmed', 'which is not the other one');
SELECT is(pg_temp.happened(:'exit', 'FLEET02', '5 minutes'), 'open exited FLEET02', 'that leaves later');

-- a gate for both directions, and a misread
SELECT pg_temp.hold('JULE 10') AS jule \gset
SELECT is(pg_temp.happened(:'both', 'JULE10', '5 hours 30 minutes'), 'open entered JULE10', 'in');
SELECT is(pg_temp.happened(:'both', 'JULE10', '5 hours 29 minutes 58 seconds'), 'open entered JULE10', 'the same passage');
SELECT is(pg_temp.happened(:'both', 'JULE1O', '1 hour'), 'open exited JULE10', 'out, misread');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- One day of 24 cars at a lot's gates, reported in many ways: the same state.
-- Every car has a hold; some never come, some holds were swept before the reads came in, some cars leave unseen or are read twice.
CREATE TEMP TABLE day (plate text, gate text, ago interval, event text);
INSERT INTO day
SELECT 'CAR' || n * 37, g.gate, interval '8 hours' - n * interval '3 minutes' - g.after - r.later, CASE WHEN n % 2 = 0 THEN concat_ws(' ', n, g.gate, r.later) END
FROM generate_series(1, 24) n, (VALUES ('in', interval '10 minutes'), ('out', interval '2 hours')) g (gate, after),
	(VALUES (interval '0'), (interval '4 seconds'), (interval '15 minutes')) r (later)
WHERE n % 7 <> 0 AND NOT (g.gate = 'out' AND n % 5 = 0) AND NOT (g.gate = 'in' AND n % 11 = 0)
	AND (r.later = '0' OR n % 3 = 1 AND r.later = '4 seconds' OR n % 4 = 1);

-- Plays the day in an order of its own; returns the state it ends in, and leaves nothing behind.
CREATE FUNCTION pg_temp.play(seed float8) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text;
	here uuid;
	gates jsonb;
	d record;
	violations bigint;
BEGIN
	PERFORM setseed(seed);
	BEGIN
		here := smart_parking.add_parking('Day', 51.05, 13.74, 60);
		gates := jsonb_build_object('in', smart_parking.add_gate(here, 'in', 'entry'), 'out', smart_parking.add_gate(here, 'out', 'exit'));
		PERFORM smart_parking.reserve_spot(here, gen_random_uuid(), 'CAR' || n * 37) FROM generate_series(1, 24) n;
		SET LOCAL session_replication_role = replica;
		UPDATE smart_parking.booking SET created_at = now() - interval '8 hours', expires_at = now() - interval '6 hours' WHERE parking_id = here;
		SET LOCAL session_replication_role = origin;
		-- swept before the gates came back
		PERFORM smart_parking.expire_booking(id) FROM smart_parking.booking WHERE parking_id = here AND substr(car_plate::text, 4)::int % 2 = 0;
		-- seed 0 is the day as it was; else shuffled, with a third of the reads twice or three times
		FOR d IN SELECT * FROM day, generate_series(1, 3) again WHERE again = 1 OR seed <> 0 AND random() < 0.3
			ORDER BY CASE WHEN seed <> 0 THEN random() END, ago DESC LOOP
			PERFORM smart_parking_internal.judge_read((gates ->> d.gate)::uuid, d.plate, now() - d.ago, 0.9, d.event, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true);
		END LOOP;
		SELECT count(*) INTO violations FROM smart_parking.check_invariants();
		SELECT string_agg(b.car_plate::text || ' ' || b.status, ', ' ORDER BY b.car_plate::text, b.status)
				|| format('; %s spots', count(DISTINCT b.spot_no))
				|| format('; %s free, %s reads, %s incidents, %s violations',
					(SELECT sum(free_spots) FROM smart_parking.counter_slice WHERE parking_id = here),
					(SELECT count(*) FROM smart_parking.plate_read r JOIN smart_parking.gate g ON g.id = r.gate_id WHERE g.parking_id = here),
					(SELECT count(*) FROM smart_parking.gate_incident i JOIN smart_parking.gate g ON g.id = i.gate_id WHERE g.parking_id = here), violations)
			INTO state FROM smart_parking.booking b WHERE b.parking_id = here;
		RAISE EXCEPTION 'undo' USING ERRCODE = 'UNDO1';
	EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
		RETURN state;
	END;
END $$;
SELECT pg_temp.play(0) AS as_it_was \gset
SELECT alike(:'as_it_was'::text, '%completed%', 'cars came and left');
SELECT alike(:'as_it_was'::text, '%; 24 spots; % free, % reads, 0 incidents, 0 violations', 'and the invariants hold');
SELECT is(pg_temp.play(seed / 100.0), :'as_it_was'::text, 'any order, some reads more than once: seed ' || seed) FROM generate_series(1, 25) seed;

-- let in without a booking, as the gate's list or its rule for walk-ins said
SELECT smart_parking.add_parking('Rights', 51.05, 13.74, 1) AS small \gset
SELECT smart_parking.add_gate(:'small', 'in', 'entry') AS small_in, smart_parking.add_gate(:'small', 'out', 'exit') AS small_out \gset
SELECT smart_parking.add_plate_rule(plate, kind, :'small', now() - interval '1 day', valid_until)
FROM (VALUES ('PERMIT 1', 'permit', NULL), ('STAFF 1', 'staff', NULL), ('ENDED 1', 'permit', now() - interval '3 hours')) AS r (plate, kind, valid_until) \g /dev/null
SELECT is(pg_temp.happened(:'small_in', 'PERMIT 1', '4 hours'), 'open permit PERMIT1', 'a permit');
SELECT is((SELECT confirmed_at FROM smart_parking.booking WHERE parking_id = :'small' AND status = 'confirmed'), now() - interval '4 hours', 'is inside since then');
SELECT is(pg_temp.happened(:'small_in', 'STAFF 1', '3 hours 30 minutes'), 'open entered_offline_without_spot', 'the lot was full without knowing');
SELECT is((SELECT details ->> 'plate' FROM smart_parking.gate_incident WHERE gate_id = :'small_in' AND kind = 'inside_without_spot' AND raised_at = now() - interval '3 hours 30 minutes'),
	'STAFF1', 'which a person has to know');
SELECT is((SELECT count(*) FROM smart_parking.cars_inside WHERE parking_id = :'small'), 2::bigint, 'both are inside');
SELECT is(pg_temp.happened(:'small_out', 'PERMIT 1', '3 hours 15 minutes'), 'open exited PERMIT1', 'it left');
SELECT is(pg_temp.happened(:'small_out', 'ENDED 1', '2 hours'), 'manual unknown_offline', 'an exit before its entry');
SELECT is(pg_temp.happened(:'small_in', 'ENDED 1', '3 hours 10 minutes'), 'open permit ENDED1', 'and the entry, by a permit that was good then');
SELECT results_eq(format($$ SELECT status::text, confirmed_at, ended_at FROM smart_parking.booking WHERE parking_id = %L AND car_plate::text = 'ENDED1' $$, :'small'),
	$$ VALUES ('completed', now() - interval '3 hours 10 minutes', now() - interval '2 hours') $$, 'it has left');
SELECT is(pg_temp.happened(:'small_in', 'ENDED 1', '1 hour'), 'manual unknown_offline', 'not any more now');
SELECT smart_parking.set_parking(:'small', walk_in => true) \g /dev/null
SELECT is(pg_temp.happened(:'small_in', 'ANYBODY 1', '30 minutes'), 'open walk_in ANYBODY1', 'a walk-in');
SELECT is(pg_temp.happened(:'small_in', 'QX?77', '20 minutes'), 'manual unknown_offline', 'half a plate is not let stay');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
