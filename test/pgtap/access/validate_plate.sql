-- The access plane: gates, plate reads, barrier commands.

\set QUIET 1
\pset format unaligned
\pset tuples_only on
\set ON_ERROR_STOP 1

BEGIN;
SELECT no_plan();

CREATE TEMP TABLE lot AS SELECT smart_parking.add_parking('Access', 51.05, 13.74, 2) AS id;
CREATE TEMP TABLE gate AS
SELECT smart_parking.add_gate(lot.id, g.direction, g.direction) AS id, g.direction FROM lot, (VALUES ('entry'), ('exit'), ('both')) g (direction);
-- each read is a passage; test/pgtap/passages.sql is about those of several
UPDATE smart_parking.gate SET passage_window = '0';

CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r $$;

CREATE FUNCTION pg_temp.read(at_gate text, plate text, event text DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT v.decision || ' ' || v.reason FROM gate g, smart_parking.validate_plate(g.id, plate, now(), 0.9, event) v WHERE g.direction = at_gate $$;

CREATE FUNCTION pg_temp.lapse(held uuid) RETURNS void LANGUAGE sql AS
$$ UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = held $$;

CREATE FUNCTION pg_temp.free() RETURNS bigint LANGUAGE sql AS
$$ SELECT sum(s.free_spots) FROM smart_parking.counter_slice s, lot WHERE s.parking_id = lot.id $$;

CREATE FUNCTION pg_temp.status(held uuid) RETURNS text LANGUAGE sql AS
$$ SELECT status::text FROM smart_parking.booking WHERE id = held $$;

-- in and out
SELECT pg_temp.hold('DD-AN 1206') AS anna \gset
SELECT is(pg_temp.read('exit', 'DD AN 1206'), 'manual exit_without_entry', 'a car that never came in does not go out by itself');
SELECT is(pg_temp.status(:'anna'), 'pending', 'and its hold stays');
SELECT is(pg_temp.read('entry', 'dd.an-1206'), 'open entered', 'a car with a hold comes in, however its plate is written');
SELECT is(pg_temp.status(:'anna'), 'confirmed', 'the hold is confirmed');
SELECT is(pg_temp.read('entry', 'DDAN1206'), 'deny already_inside', 'the same plate does not come in twice');
SELECT is(pg_temp.free(), 1::bigint, 'the spot is taken while the car is inside');
SELECT is(pg_temp.read('exit', 'DDAN1206'), 'open exited', 'the car leaves');
SELECT is(pg_temp.status(:'anna'), 'completed', 'its booking is completed');
SELECT is(pg_temp.free(), 2::bigint, 'and its spot is free again');
SELECT is(pg_temp.read('exit', 'DDAN1206'), 'manual exit_without_entry', 'it does not leave twice');
SELECT is(pg_temp.read('entry', 'DDAN1206'), 'deny no_booking', 'nor come back on the old booking');
SELECT is(pg_temp.read('entry', 'M XY 1'), 'deny no_booking', 'a stranger stays outside');

-- a gate for both directions goes by where the car is
SELECT pg_temp.hold('A 123 BC') AS ivan \gset
SELECT is(pg_temp.read('both', 'А 123 ВС'), 'open entered', 'Cyrillic look-alikes are the Latin letters; a car outside enters');
SELECT is(pg_temp.read('both', 'A123BC'), 'open exited', 'a car inside leaves');

-- what is no plate goes to a person, and on record
SELECT is(pg_temp.read('entry', plate), 'manual plate_unreadable', 'no plate: ' || what)
FROM (VALUES (NULL, 'NULL'), ('', 'empty'), (' .-', 'separators'), ('????????', 'unread characters'),
	(repeat('A', 17), 'too long'), (E'\001\002', 'control characters')) p (plate, what);
SELECT is((SELECT count(*) FROM smart_parking.plate_read r JOIN gate g ON g.id = r.gate_id WHERE r.reason = 'plate_unreadable' AND r.car_plate IS NULL), 6::bigint,
	'each of those reads is on record');

-- late cars: not released yet
SELECT pg_temp.hold('LATE 1') AS late \gset
SELECT pg_temp.lapse(:'late');
SELECT is(pg_temp.read('entry', 'LATE 1'), 'open reacquired_same_spot', 'a lapsed hold that nobody released is taken up again');
SELECT is(pg_temp.status(:'late'), 'confirmed', 'as the same booking');
SELECT is(pg_temp.read('exit', 'LATE 1'), 'open exited', 'it leaves as any other');

-- late cars: released, same spot free
SELECT pg_temp.hold('LATE 2') AS late \gset
SELECT pg_temp.lapse(:'late');
SELECT is(smart_parking.expire_booking(:'late'), true, 'the hold is released');
SELECT is(pg_temp.read('entry', 'LATE 2'), 'open reacquired_same_spot', 'the late car gets its spot as long as that is free');
SELECT is(pg_temp.status(:'late'), 'expired', 'the old booking stays expired');
SELECT is((SELECT count(*) FROM smart_parking.booking b, lot WHERE b.parking_id = lot.id AND b.car_plate::text = 'LATE2' AND b.status = 'confirmed'), 1::bigint,
	'under a new booking');
SELECT is((SELECT e.details ->> 'lapsed_booking' FROM smart_parking.booking_event e JOIN smart_parking.booking b ON b.id = e.booking_id
	WHERE b.car_plate::text = 'LATE2' AND e.event = 'reacquired'), :'late', 'whose history names the old one');
SELECT is(pg_temp.read('exit', 'LATE 2'), 'open exited', 'it leaves');
SELECT is(pg_temp.read('entry', 'LATE 2'), 'deny no_booking', 'and a hold is made good once only');

-- late cars: another spot, or none
SELECT pg_temp.hold('LATE 3') AS late \gset
SELECT pg_temp.lapse(:'late');
SELECT pg_temp.hold('NEXT 1') AS next_driver \gset
SELECT pg_temp.hold('QUEUE 22') AS last_driver \gset
SELECT is(pg_temp.status(:'late'), 'expired', 'the next driver took the lapsed hold''s spot, with no sweeper');
SELECT is(pg_temp.read('entry', 'LATE 3'), 'deny hold_lapsed_lot_full', 'with nothing free the late car stays outside');
SELECT smart_parking.cancel_booking(b.id) FROM smart_parking.booking b, lot
WHERE b.parking_id = lot.id AND b.ended_at IS NULL AND b.spot_no <> (SELECT spot_no FROM smart_parking.booking WHERE id = :'late');
SELECT is(pg_temp.read('entry', 'LATE 3'), 'open reacquired_other_spot', 'it gets another spot when one is free');
SELECT is(pg_temp.free(), 0::bigint, 'which is counted');
SELECT is(pg_temp.read('exit', 'LATE 3'), 'open exited', 'and given back');

-- late cars: the spot is out of service
CREATE TEMP TABLE other_lot AS SELECT smart_parking.add_parking('Repair', 51.05, 13.74, 2) AS id;
SELECT smart_parking.add_gate(id, 'in', 'entry') AS repair_gate FROM other_lot \gset
SELECT r.booking_id AS late, r.spot_no AS late_spot FROM other_lot, smart_parking.reserve_spot(id, gen_random_uuid(), 'LATE 5') r \gset
SELECT pg_temp.lapse(:'late');
SELECT smart_parking.expire_booking(:'late');
SELECT smart_parking.set_spot_service(id, :late_spot, false) FROM other_lot;
SELECT results_eq(format($$ SELECT reason, spot_no <> %s FROM smart_parking.validate_plate(%L, 'LATE 5') $$, :late_spot, :'repair_gate'),
	$$ VALUES ('reacquired_other_spot', true) $$, 'a late car is not sent to a spot that left service');

-- a closed lot, and the window
SELECT pg_temp.hold('LATE 4') AS late \gset
SELECT pg_temp.lapse(:'late');
SELECT smart_parking.close_parking(lot.id, 'event') FROM lot;
SELECT is(pg_temp.read('entry', 'LATE 4'), 'deny hold_lapsed_lot_closed', 'a closed lot takes no late car');
SELECT smart_parking.expire_booking(:'late');
SELECT is(pg_temp.read('entry', 'LATE 4'), 'deny hold_lapsed_lot_closed', 'released or not');
SELECT is(pg_temp.read('entry', 'NEXT 1') || pg_temp.read('entry', 'QUEUE 22'),
	CASE WHEN pg_temp.status(:'next_driver') = 'confirmed' THEN 'open entereddeny no_booking' ELSE 'deny no_bookingopen entered' END,
	'a car with a hold comes into a closed lot; one whose hold was cancelled does not');
SELECT smart_parking.open_parking(lot.id) FROM lot;
SET smart_parking.reacquire_window = 0;
SELECT is(pg_temp.read('entry', 'LATE 4'), 'deny no_booking', 'outside of reacquire_window a late car is a stranger');
RESET smart_parking.reacquire_window;

-- one event, one answer
SELECT pg_temp.hold('EVENT 1') AS held \gset
SELECT is(pg_temp.read('entry', 'EVENT 1', 'e1'), 'open entered', 'the first delivery of an event');
CREATE TEMP TABLE before AS SELECT (SELECT count(*) FROM smart_parking.plate_read) AS reads, (SELECT count(*) FROM smart_parking.barrier_command) AS commands,
	(SELECT count(*) FROM smart_parking.booking_event) AS events;
SELECT is(pg_temp.read('entry', 'EVENT 1', 'e1'), 'open entered', 'the second one gets the same answer');
SELECT is((SELECT v.command_id FROM gate g, smart_parking.validate_plate(g.id, 'EVENT 1', event_id => 'e1') v WHERE g.direction = 'entry'),
	(SELECT c.id FROM smart_parking.barrier_command c JOIN smart_parking.plate_read r ON r.id = c.plate_read_id WHERE r.event_id = 'e1'), 'with the same command');
SELECT results_eq('SELECT reads, commands, events FROM before', 'SELECT (SELECT count(*) FROM smart_parking.plate_read), (SELECT count(*) FROM smart_parking.barrier_command), (SELECT count(*) FROM smart_parking.booking_event)',
	'and nothing has changed');
SELECT is(pg_temp.read('exit', 'EVENT 1', 'e1'), 'open exited', 'another gate''s event of that name is another event');
SELECT is(pg_temp.read('entry', 'NOBODY', 'e2'), 'deny no_booking', 'a refusal');
SELECT pg_temp.hold('NOBODY');
SELECT is(pg_temp.read('entry', 'NOBODY', 'e2'), 'deny no_booking', 'stays the answer to its event');
SELECT is(pg_temp.read('entry', 'NOBODY', 'e3'), 'open entered', 'a new event is decided anew');

SELECT is(pg_temp.read('exit', 'NOBODY'), 'open exited', 'a spot comes free');
SELECT pg_temp.hold('EMPTY 1');
SELECT is(pg_temp.read('both', 'EMPTY 1', ''), 'open entered', 'an empty event_id is none');
SELECT is(pg_temp.read('both', 'STRANGER', ''), 'deny no_booking', 'so a stranger does not get the answer of the car before');
SELECT is(pg_temp.read('both', 'EMPTY 1', ''), 'open exited', 'and the car is let out');
SELECT pg_temp.hold('TARDY 9') AS late \gset
SELECT pg_temp.lapse(:'late');
SET smart_parking.reacquire_window = 0;
SELECT is(pg_temp.read('entry', 'TARDY 9'), 'deny no_booking', 'the window counts from expires_at, with no sweeper too');
RESET smart_parking.reacquire_window;

-- bad input
CREATE TEMP TABLE all_reads AS SELECT count(*) AS n FROM smart_parking.plate_read;
SELECT throws_ok($$ SELECT smart_parking.validate_plate('00000000-0000-7000-8000-000000000000', 'A') $$, 'SP003', NULL, 'an unknown gate');
SELECT throws_ok($$ SELECT smart_parking.validate_plate(NULL, 'A') $$, 'SP016', NULL, 'no gate');
SELECT throws_ok($$ SELECT smart_parking.validate_plate(id, 'A', NULL) FROM gate LIMIT 1 $$, 'SP016', NULL, 'no time of the read');
SELECT throws_ok(format($$ SELECT smart_parking.validate_plate(id, 'A', now(), %L) FROM gate LIMIT 1 $$, c), 'SP019', NULL, 'confidence ' || c)
FROM (VALUES ('-0.1'), ('1.1'), ('92'), ('NaN'), ('Infinity')) v (c);
SELECT throws_ok($$ SELECT smart_parking.validate_plate(id, 'A', event_id => repeat('e', 201)) FROM gate LIMIT 1 $$, 'SP019', NULL, 'an event_id of 201 bytes');
SELECT throws_ok($$ SELECT smart_parking.validate_plate(id, 'A', event_id => repeat('ä', 101)) FROM gate LIMIT 1 $$, 'SP019', NULL, 'an event_id of 101 characters, 202 bytes');
SELECT is((SELECT count(*) FROM smart_parking.plate_read), (SELECT n FROM all_reads), 'errors leave no read behind');

SELECT lives_ok($$ SELECT smart_parking.validate_plate(id, 'A', confidence => c, event_id => repeat('e', 200 - c)) FROM gate, generate_series(0, 1) c $$,
	'confidence 0 and 1 and an event_id of 200 bytes are fine');

-- on record
SELECT is((SELECT count(*) FROM smart_parking.plate_read r FULL JOIN smart_parking.barrier_command c ON c.plate_read_id = r.id
	WHERE (r.decision = 'open') <> (c.id IS NOT NULL)), 0::bigint, 'a command for each "open", and for nothing else');
SELECT smart_parking.validate_plate(id, 'CLOCK 1', '2001-02-03 04:05:06+00', 0.5) FROM gate WHERE direction = 'entry';
SELECT results_eq($$ SELECT read_at, received_at > now() - interval '1 hour', plate_text, car_plate::text, confidence FROM smart_parking.plate_read WHERE plate_text = 'CLOCK 1' $$,
	$$ VALUES ('2001-02-03 04:05:06+00'::timestamptz, true, 'CLOCK 1', 'CLOCK1', 0.5::real) $$, 'both clocks, the text as given, and its canonical form');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

SELECT * FROM finish();
ROLLBACK;
