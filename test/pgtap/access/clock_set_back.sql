-- The server's clock is set back: what was a moment ago lies ahead. Here the rows are moved ahead by as much instead.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Clock', 51.05, 13.74, 40) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'both') AS both, smart_parking.add_gate(:'lot', 'sensed', 'entry') AS sensed,
	smart_parking.add_gate(:'lot', 'each', 'entry') AS each, smart_parking.add_gate(:'lot', 'walk', 'entry') AS walk \gset
UPDATE smart_parking.gate SET passage_window = CASE name WHEN 'each' THEN interval '0' ELSE '4 minutes' END, senses_passage = name IN ('sensed', 'walk'), command_life = '1 minute';
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;

CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r $$;
CREATE FUNCTION pg_temp.read(gate uuid, plate text, event text DEFAULT NULL, vehicle text DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.matched_plate) FROM smart_parking.validate_plate(gate, plate, clock_timestamp(), 0.9, event, NULL, vehicle) v $$;
CREATE FUNCTION pg_temp.order_of(gate uuid, plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT v.command_id FROM smart_parking.validate_plate(gate, plate) v $$;
-- passages and orders of a plate
CREATE FUNCTION pg_temp.count_of(plate text) RETURNS text LANGUAGE sql AS
$$ SELECT count(DISTINCT p.id) || ' ' || count(DISTINCT c.id) FROM smart_parking.passage p LEFT JOIN smart_parking.barrier_command c ON c.passage_id = p.id WHERE p.car_plate::text = plate $$;
CREATE FUNCTION pg_temp.states(pattern text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(car_plate::text || ' ' || status, ', ' ORDER BY car_plate::text, created_at, status) FROM smart_parking.booking, lot WHERE parking_id = lot.id AND car_plate::text ~ pattern $$;
CREATE FUNCTION pg_temp.set_back(by interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	ALTER TABLE smart_parking.plate_read DISABLE TRIGGER plate_read_kept;
	ALTER TABLE smart_parking.booking DISABLE TRIGGER booking_guard;
	UPDATE smart_parking.plate_read SET received_at = received_at + by, read_at = read_at + by;
	UPDATE smart_parking.passage SET started_at = started_at + by, last_read_at = last_read_at + by;
	UPDATE smart_parking.barrier_command SET issued_at = issued_at + by, expires_at = expires_at + by, acknowledged_at = acknowledged_at + by, ended_at = ended_at + by;
	UPDATE smart_parking.booking SET created_at = created_at + by, expires_at = expires_at + by, confirmed_at = confirmed_at + by, ended_at = ended_at + by;
	UPDATE smart_parking.gate SET camera_seen_at = camera_seen_at + by;
	ALTER TABLE smart_parking.booking ENABLE TRIGGER booking_guard;
	ALTER TABLE smart_parking.plate_read ENABLE TRIGGER plate_read_kept;
END $$;

-- passages
SELECT pg_temp.hold('XA 1111'), pg_temp.hold('AB 2222'), pg_temp.hold('BC 3333') \gset hold_
SELECT is(pg_temp.read(:'entry', 'XA1111') || ', ' || pg_temp.read(:'entry', 'AB2222'), 'open entered XA1111, open entered AB2222', 'two cars');
SELECT pg_temp.set_back('1 hour');
SELECT is(pg_temp.read(:'entry', 'AB2222'), 'open entered AB2222', 'the second one again, the clock an hour back');
SELECT is(pg_temp.read(:'entry', 'AB2222') || ', ' || pg_temp.read(:'entry', 'AB22Z2'), 'open entered AB2222, open entered AB2222', 'and again');
SELECT is(pg_temp.count_of('AB2222'), '1 1', 'one passage, one order');
SELECT is(pg_temp.read(:'entry', 'BC3333') || ', ' || pg_temp.read(:'entry', 'BC3333') || ', ' || pg_temp.read(:'entry', 'BC3333'), 'open entered BC3333, open entered BC3333, open entered BC3333', 'the next car');
SELECT is(pg_temp.count_of('BC3333'), '1 1', 'is one, too');
SELECT pg_temp.set_back('1 hour');
SELECT pg_temp.hold('CD 4444') \gset hold_
SELECT is(pg_temp.read(:'entry', 'CD4444') || ', ' || pg_temp.read(:'entry', 'CD4444'), 'open entered CD4444, open entered CD4444', 'a car that comes after the clock was set back');
SELECT is(pg_temp.count_of('CD4444'), '1 1', 'is one');
SELECT is((SELECT count(*) FROM smart_parking.passage p WHERE p.gate_id = :'entry' AND (p.last_read_at > clock_timestamp() OR p.started_at > p.last_read_at)), 0::bigint, 'no passage lies ahead');
SELECT is((SELECT string_agg(p.car_plate::text, ' ' ORDER BY p.last_read_at) FROM smart_parking.passage p WHERE p.gate_id = :'entry'), 'XA1111 AB2222 BC3333 CD4444', 'and they stand in their order');
SELECT pg_temp.hold('DE 5555') \gset hold_
SELECT is(pg_temp.read(:'both', 'DE5555'), 'open entered DE5555', 'a car at a gate for both directions');
SELECT pg_temp.set_back('10 minutes');
SELECT is(pg_temp.read(:'both', 'DE5555') || pg_temp.count_of('DE5555'), 'open entered DE55551 1', 'is not sent out by its next read');
UPDATE smart_parking.passage SET last_read_at = last_read_at - interval '5 minutes', started_at = started_at - interval '5 minutes' WHERE gate_id = :'both';
SELECT is(pg_temp.read(:'both', 'DE5555'), 'open exited DE5555', 'after the window it leaves');
SELECT is((SELECT ended_at >= confirmed_at FROM smart_parking.booking WHERE car_plate::text = 'DE5555'), true, 'not before it came');
SELECT pg_temp.hold('EF 6666') \gset hold_
SELECT is(pg_temp.read(:'entry', 'EF6666', NULL, 'v1'), 'open entered EF6666', 'a vehicle');
SELECT pg_temp.set_back('3 hours');
SELECT is(pg_temp.read(:'entry', 'QQQQ', NULL, 'v1') || pg_temp.count_of('EF6666'), 'open entered EF66661 1', 'by its id');
SELECT pg_temp.hold('FG 7777') \gset hold_
SELECT is(pg_temp.read(:'each', 'NOBODY'), 'deny no_booking', 'a gate where each read is a passage');
SELECT pg_temp.set_back('3 hours');
SELECT is(pg_temp.read(:'each', 'F7', 'e1') || ', ' || pg_temp.read(:'each', 'FG7777', 'e1'), 'deny no_booking, open entered FG7777', 'takes the event of its last car for that');

-- orders
SELECT pg_temp.hold('GH 8888') AS held \gset
SELECT pg_temp.order_of(:'sensed', 'GH8888') AS command \gset
SELECT pg_temp.set_back('300 milliseconds');
SELECT is((SELECT count(*) FROM smart_parking.pending_commands(:'sensed')), 1::bigint, 'a third of a second is no step');
SELECT pg_temp.set_back('1 hour');
SELECT is_empty(format('SELECT * FROM smart_parking.pending_commands(%L)', :'sensed'), 'an order from before is handed out no more');
SELECT is((SELECT overdue FROM smart_parking.open_commands WHERE command_id = :'command'), true, 'it is overdue');
SELECT is(smart_parking.acknowledge_command(:'command'), 'timed_out', 'nor carried out');
SELECT is(pg_temp.order_of(:'sensed', 'GH8888'), :'command'::uuid, 'the car is read again: its order');
SELECT is((SELECT count(*) FROM smart_parking.pending_commands(:'sensed')) || ' ' || pg_temp.count_of('GH8888'), '1 1 1', 'lives again');
SELECT is((SELECT expires_at - issued_at = '1 minute' AND details ? 'issued_before_the_clock_was_set_back' FROM smart_parking.barrier_command WHERE id = :'command'), true, 'for as long as any, on record');
SELECT is(smart_parking.acknowledge_command(:'command'), 'acknowledged', 'is taken up');
SELECT pg_temp.set_back('1 hour');
SELECT is(smart_parking.report_gate_passage(:'sensed', 'l1') || ', ' || pg_temp.states('^GH'), 'passed, GH8888 confirmed', 'and the car is through, says a loop that knows no orders');
SELECT pg_temp.hold('HI 9999'), pg_temp.hold('IJ 1010') \gset hold_
SELECT pg_temp.order_of(:'sensed', 'HI9999') AS before \gset
SELECT pg_temp.set_back('1 hour');
SELECT pg_temp.order_of(:'sensed', 'IJ1010') AS after \gset
SELECT is(smart_parking.report_gate_passage(:'sensed', 'l2') || ', ' || pg_temp.states('^(HI|IJ)'), 'passed, HI9999 pending, IJ1010 confirmed', 'a car that was read since comes before one that was before');
SELECT smart_parking.set_parking(:'lot', walk_in => true);
SELECT pg_temp.order_of(:'walk', 'WALK 1') AS walk_order \gset
SELECT pg_temp.set_back('1 hour');
SELECT is(smart_parking.expire_commands() || pg_temp.states('^WALK'), '2WALK1 cancelled', 'the sweeper ends what lies ahead, and the hold that was made for it');
SELECT is((SELECT issued_at <= ended_at FROM smart_parking.barrier_command WHERE id = :'walk_order'), true, 'issued before it ended');
SELECT isnt(pg_temp.order_of(:'walk', 'WALK 1'), :'walk_order'::uuid, 'the car that stands there still has a new one');
SELECT is(pg_temp.order_of(:'walk', 'WALK 1'), (SELECT id FROM smart_parking.barrier_command WHERE gate_id = :'walk' AND ended_at IS NULL), 'just one');

-- a camera's signs of life
SELECT smart_parking.record_read(:'entry', '{"data_type": "heartbeat", "timestamp": 1718445600000}') \g /dev/null
SELECT pg_temp.set_back('1 hour');
SELECT smart_parking.record_read(:'entry', '{"data_type": "heartbeat", "timestamp": 1718445660000}') \g /dev/null
SELECT is((SELECT camera_seen_at <= clock_timestamp() FROM smart_parking.gate WHERE id = :'entry'), true, 'are dated by the clock as it is');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
