-- Two cars are two, and a car that an order let in does not lose its spot unnoticed.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Two cars', 51.05, 13.74, 40) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit,
	smart_parking.add_gate(:'lot', 'sensed', 'entry') AS sensed \gset
UPDATE smart_parking.gate SET passage_window = '4 minutes', senses_passage = name = 'sensed';
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;

CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r $$;
CREATE FUNCTION pg_temp.read(gate uuid, plate text, confidence real, event text DEFAULT NULL, vehicle text DEFAULT NULL, linked text[] DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.matched_plate)
	FROM smart_parking_internal.judge_read(gate, plate, now(), confidence, event, NULL, vehicle, linked, NULL, NULL, NULL, NULL, false) v $$;
CREATE FUNCTION pg_temp.states(pattern text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(car_plate::text || ' ' || status, ', ' ORDER BY car_plate::text, created_at, status) FROM smart_parking.booking, lot WHERE parking_id = lot.id AND car_plate::text ~ pattern $$;
CREATE FUNCTION pg_temp.orders(pattern text) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(*) FROM smart_parking.barrier_command c JOIN smart_parking.passage p ON p.id = c.passage_id WHERE p.car_plate::text ~ pattern $$;
CREATE FUNCTION pg_temp.incidents() RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(kind, ' ' ORDER BY raised_at), 'none') FROM smart_parking.gate_incident WHERE resolved_at IS NULL $$;
CREATE FUNCTION pg_temp.resolved() RETURNS void LANGUAGE sql AS
$$ SELECT smart_parking.resolve_incident(id, 'seen') FROM smart_parking.gate_incident WHERE resolved_at IS NULL $$;
CREATE FUNCTION pg_temp.later() RETURNS void LANGUAGE sql AS
$$ UPDATE smart_parking.passage SET started_at = started_at - interval '20 minutes', last_read_at = last_read_at - interval '20 minutes' $$;
-- the order's time is over
CREATE FUNCTION pg_temp.over(ordered uuid) RETURNS void LANGUAGE sql AS
$$ UPDATE smart_parking.barrier_command SET issued_at = issued_at - interval '5 minutes', expires_at = expires_at - interval '5 minutes' WHERE id = ordered $$;
CREATE FUNCTION pg_temp.lapse(held uuid) RETURNS void LANGUAGE sql AS
$$ UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = held $$;

-- a fleet, two events
SELECT pg_temp.hold('FL 484 AA'), pg_temp.hold('FL 485 AA') \gset hold_
SELECT is(pg_temp.read(:'entry', 'FL484AA', 0.90, 'f1'), 'open entered FL484AA', 'a fleet''s car');
SELECT is(pg_temp.read(:'entry', 'FL485AA', 0.95, 'f2'), 'open entered FL485AA', 'its next one, read better, under another event');
SELECT is(pg_temp.states('^FL48'), 'FL484AA confirmed, FL485AA confirmed', 'both are inside');
SELECT is(pg_temp.orders('^FL48'), 2::bigint, 'on an order each');
SELECT is(pg_temp.read(:'exit', 'FL484AA', 0.90, 'x1') || ', ' || pg_temp.read(:'exit', 'FL485AA', 0.95, 'x2'), 'open exited FL484AA, open exited FL485AA', 'and both leave');
SELECT is(pg_temp.states('^FL48'), 'FL484AA completed, FL485AA completed', 'each from its spot');
SELECT is(pg_temp.incidents(), 'none', 'nobody has to look at it');
SELECT pg_temp.hold('FM 701 AA'), pg_temp.hold('FM 702 AA'), pg_temp.hold('FM 703 AA') \gset hold_
SELECT is(pg_temp.read(:'entry', 'FM701AA', 0.80, 'f3') || ', ' || pg_temp.read(:'entry', 'FM702AA', 0.85, 'f4') || ', ' || pg_temp.read(:'entry', 'FM703AA', 0.9, 'f5'),
	'open entered FM701AA, open entered FM702AA, open entered FM703AA', 'three in a row');
SELECT is(pg_temp.orders('^FM70'), 3::bigint, 'three orders');
SELECT smart_parking.add_plate_rule('PE 100 A', 'permit', :'lot'), smart_parking.add_plate_rule('PE 101 A', 'permit', :'lot') \gset rule_
SELECT is(pg_temp.read(:'entry', 'PE100A', 0.90, 'p1') || ', ' || pg_temp.read(:'entry', 'PE101A', 0.95, 'p2'), 'open permit PE100A, open permit PE101A', 'so with cars that have a permit');

-- what says that it is one car
SELECT pg_temp.hold('GA 484 AA'), pg_temp.hold('GA 485 AA') \gset hold_
SELECT is(pg_temp.read(:'entry', 'GA484AA', 0.90, 'g1') || ', ' || pg_temp.read(:'entry', 'GA485AA', 0.95, 'g1'), 'open entered GA484AA, open entered GA485AA', 'a revision of the event');
SELECT is(pg_temp.states('^GA48') || pg_temp.orders('^GA48'), 'GA484AA pending, GA485AA confirmed1', 'is one car');
SELECT is(pg_temp.incidents(), 'entry_taken_back', 'and one that had come in on the first booking, by the record: a person looks');
SELECT pg_temp.resolved();
SELECT pg_temp.hold('GB 484 AA'), pg_temp.hold('GB 485 AA') \gset hold_
SELECT is(pg_temp.read(:'entry', 'GB484AA', 0.90, 'g2', 'v1') || ', ' || pg_temp.read(:'entry', 'GB485AA', 0.95, 'g3', 'v1'), 'open entered GB484AA, open entered GB485AA', 'one vehicle');
SELECT is(pg_temp.states('^GB48') || pg_temp.orders('^GB48'), 'GB484AA pending, GB485AA confirmed1', 'is one car');
SELECT pg_temp.hold('GC 484 AA'), pg_temp.hold('GC 485 AA') \gset hold_
SELECT is(pg_temp.read(:'entry', 'GC484AA', 0.90, 'g4') || ', ' || pg_temp.read(:'entry', 'GC485AA', 0.95, 'g5', NULL, ARRAY['g4']), 'open entered GC484AA, open entered GC485AA', 'an event that sums up the other');
SELECT is(pg_temp.states('^GC48') || pg_temp.orders('^GC48'), 'GC484AA pending, GC485AA confirmed1', 'is one car');
SELECT pg_temp.resolved();
SELECT pg_temp.hold('GD 484 AA'), pg_temp.hold('GD 485 AA') \gset hold_
SELECT is(pg_temp.read(:'entry', 'GD484AA', 0.90) || ', ' || pg_temp.read(:'entry', 'GD485AA', 0.95), 'open entered GD484AA, open entered GD485AA', 'without ids the better read counts');
SELECT is(pg_temp.states('^GD48') || pg_temp.orders('^GD48'), 'GD484AA pending, GD485AA confirmed1', 'for the same car');
SELECT results_eq($$ SELECT i.kind, b.car_plate::text, o.car_plate::text, r.car_plate::text, i.details ->> 'plate' FROM smart_parking.gate_incident i
	JOIN smart_parking.booking b ON b.id = i.booking_id JOIN smart_parking.booking o ON o.id = i.other_booking_id JOIN smart_parking.plate_read r ON r.id = i.plate_read_id WHERE i.resolved_at IS NULL $$,
	$$ VALUES ('entry_taken_back', 'GD484AA', 'GD485AA', 'GD485AA', 'GD484AA') $$, 'and a person hears that the first one may be inside');
SELECT pg_temp.resolved();

-- a gate that senses passage
SELECT pg_temp.hold('HA 484 AA'), pg_temp.hold('HA 485 AA') \gset hold_
SELECT is(pg_temp.read(:'sensed', 'HA484AA', 0.90, 'h1') || ', ' || pg_temp.read(:'sensed', 'HA485AA', 0.95, 'h2'), 'open entered HA484AA, open entered HA485AA', 'two events');
SELECT is(smart_parking.report_gate_passage(:'sensed', 'l1') || pg_temp.states('^HA48'), 'passedHA484AA confirmed, HA485AA pending', 'the first car is through');
SELECT is(smart_parking.report_gate_passage(:'sensed', 'l2') || pg_temp.states('^HA48'), 'passedHA484AA confirmed, HA485AA confirmed', 'and the second');
SELECT pg_temp.later();
SELECT pg_temp.hold('HB 484 AA'), pg_temp.hold('HB 485 AA') \gset hold_
SELECT is(pg_temp.read(:'sensed', 'HB484AA', 0.90) || ', ' || pg_temp.read(:'sensed', 'HB485AA', 0.95), 'open entered HB484AA, open entered HB485AA', 'no ids, and a car at the barrier');
SELECT is(pg_temp.incidents(), 'entry_taken_back', 'whose order is another one''s now');
SELECT is(smart_parking.report_gate_passage(:'sensed', 'l3') || pg_temp.states('^HB48'), 'passedHB484AA pending, HB485AA confirmed', 'the better read counts');
SELECT pg_temp.resolved();
SELECT pg_temp.later();
SELECT pg_temp.hold('HC 484 AA'), pg_temp.hold('HC 485 AA') \gset hold_
SELECT is(pg_temp.read(:'sensed', 'HC484AA', 0.90, 'h3') || ', ' || pg_temp.read(:'sensed', 'HC485AA', 0.95, 'h3'), 'open entered HC484AA, open entered HC485AA', 'a revision before the car has passed');
SELECT is(pg_temp.incidents(), 'none', 'is nothing to look at');

-- the barrier opens, and nobody says what came of it
SELECT pg_temp.later();
SELECT pg_temp.hold('JA 1111') AS held \gset
SELECT v.command_id AS command FROM smart_parking.validate_plate(:'sensed', 'JA1111') v \gset
SELECT is(smart_parking.acknowledge_command(:'command'), 'acknowledged', 'an order is taken up');
SELECT pg_temp.over(:'command');
SELECT is(smart_parking.expire_commands(), 1, 'and nothing is heard of it');
SELECT results_eq('SELECT kind, command_id, booking_id FROM smart_parking.gate_incident WHERE resolved_at IS NULL', format('VALUES (%L, %L::uuid, %L::uuid)', 'passage_not_reported', :'command', :'held'),
	'the car may be inside on a hold that lapses: a person looks');
SELECT is(smart_parking.report_passage(:'command') || pg_temp.states('^JA1'), 'passedJA1111 confirmed', 'reported late, it is inside');
SELECT pg_temp.resolved();
SELECT pg_temp.later();
SELECT pg_temp.hold('JB 1111') AS held \gset
SELECT v.command_id AS command FROM smart_parking.validate_plate(:'sensed', 'JB1111') v \gset
SELECT pg_temp.over(:'command');
SELECT is(smart_parking.expire_commands() || pg_temp.incidents(), '1none', 'an order that nobody took up opened nothing');
SELECT v.command_id AS command FROM smart_parking.validate_plate(:'sensed', 'JB1111') v \gset
SELECT smart_parking.acknowledge_command(:'command');
SELECT is(smart_parking.report_passage(:'command', 'reversed') || smart_parking.expire_commands() || pg_temp.incidents(), 'reversed0none', 'nor is there anything to look at where the car turned round');
SELECT pg_temp.later();
SELECT smart_parking.set_parking(:'lot', walk_in => true);
SELECT v.command_id AS command FROM smart_parking.validate_plate(:'sensed', 'WALK 77') v \gset
SELECT smart_parking.set_parking(:'lot', walk_in => false);
SELECT smart_parking.acknowledge_command(:'command');
SELECT pg_temp.over(:'command');
SELECT is(smart_parking.expire_commands() || pg_temp.states('^WALK') || pg_temp.incidents(), '1WALK77 cancelledpassage_not_reported', 'a hold that was made for the order ends, on record');
SELECT pg_temp.resolved();

-- the answer never came to the gate, which opened by its list
SELECT pg_temp.later();
SELECT pg_temp.hold('KA 2222') AS held \gset
SELECT v.command_id AS command FROM smart_parking.validate_plate(:'sensed', 'KA2222', event_id => 'k1') v \gset
SELECT pg_temp.over(:'command');
SELECT is(smart_parking.expire_commands() || pg_temp.states('^KA'), '1KA2222 pending', 'an order that did not come to the gate');
SELECT is((SELECT concat_ws(' ', r.decision, r.reason) FROM smart_parking.replay_reads(:'sensed', jsonb_build_array(jsonb_build_object('plate', 'KA2222', 'read_at', clock_timestamp(), 'event_id', 'k1'))) r),
	'open entered', 'it opened by itself, says its log');
SELECT is(pg_temp.states('^KA'), 'KA2222 confirmed', 'the car is inside');
SELECT is((SELECT state || ' ' || (details ->> 'late') FROM smart_parking.barrier_command WHERE id = :'command'), 'passed timed_out', 'on record with the order');
SELECT is((SELECT concat_ws(' ', r.decision, r.reason) FROM smart_parking.replay_reads(:'sensed', jsonb_build_array(jsonb_build_object('plate', 'KA2222', 'read_at', clock_timestamp(), 'event_id', 'k1'))) r)
	|| ', ' || pg_temp.states('^KA'), 'open entered, KA2222 confirmed', 'the log again changes nothing');
SELECT pg_temp.later();
SELECT pg_temp.hold('KB 2222') AS held \gset
SELECT v.command_id AS command FROM smart_parking.validate_plate(:'sensed', 'KB2222', event_id => 'k2') v \gset
SELECT pg_temp.over(:'command');
SELECT pg_temp.lapse(:'held');
SELECT smart_parking.expire_booking(:'held'), smart_parking.expire_commands();
SELECT smart_parking.replay_reads(:'sensed', jsonb_build_array(jsonb_build_object('plate', 'KB222Z', 'read_at', clock_timestamp(), 'event_id', 'k2')));
SELECT is(pg_temp.states('^KB'), 'KB2222 expired, KB2222 confirmed', 'a hold that had ended, and a revised read: the car has a stay of its own');

-- an attendant opens where the verdict would not
SELECT pg_temp.later();
SELECT pg_temp.hold('LA 3333') AS closed \gset
SELECT pg_temp.lapse(:'closed');
SELECT smart_parking.close_parking(:'lot');
SELECT is(pg_temp.read(:'entry', 'LA3333', 0.9), 'deny hold_lapsed_lot_closed LA3333', 'a late car before a closed lot');
SELECT smart_parking.open_manually(:'entry', 'let in', 'LA 3333');
SELECT smart_parking.open_parking(:'lot');
SELECT is(pg_temp.states('^LA'), 'LA3333 confirmed', 'let in by a person it is on its hold');
SELECT is((SELECT (r.decision, r.reason, r.details ->> 'verdict')::text FROM smart_parking.plate_read r WHERE r.matched_by = 'attendant' ORDER BY received_at DESC LIMIT 1),
	'(open,opened_manually,hold_lapsed_lot_closed)', 'with the verdict on record');
SELECT pg_temp.later();
SELECT pg_temp.hold('LB 3333') AS blocked \gset
SELECT smart_parking.add_plate_rule('LB 3333', 'blocked', :'lot');
SELECT smart_parking.open_manually(:'entry', 'let in', 'LB 3333');
SELECT is(pg_temp.states('^LB'), 'LB3333 confirmed', 'so is one that is blocked');
SELECT pg_temp.hold('LU 33'), pg_temp.hold('LÜ 33') \gset hold_
SELECT is(pg_temp.read(:'entry', 'LU33', 0.9), 'manual plate_ambiguous', 'two plates that marks tell apart');
SELECT smart_parking.open_manually(:'entry', 'saw it', 'LU 33');
SELECT is(pg_temp.states('^L[UÜ]33'), 'LU33 confirmed, LÜ33 pending', 'what a person types is what is meant');

-- corrections of a car that is through
SELECT pg_temp.later();
SELECT pg_temp.hold('MA 4444') AS wrong, pg_temp.hold('NB 5555') AS right \gset
SELECT v.command_id AS command FROM smart_parking.validate_plate(:'sensed', 'MA4444') v \gset
SELECT smart_parking.report_passage(:'command');
SELECT id AS read FROM smart_parking.plate_read WHERE car_plate::text = 'MA4444' ORDER BY received_at DESC LIMIT 1 \gset
SELECT is(pg_temp.read(:'exit', 'MA4444', 0.9), 'open exited MA4444', 'a booking whose stay has ended');
SELECT smart_parking.correct_read(:'read', 'NB 5555', 'the picture');
SELECT is(pg_temp.states('^(MA4|NB5)'), 'MA4444 completed, NB5555 confirmed', 'was another car''s: that one is inside, as its car has passed');
SELECT pg_temp.later();
SELECT pg_temp.hold('MC 4444') AS wrong, pg_temp.hold('NC 5555') AS right \gset
SELECT pg_temp.read(:'entry', 'MC4444', 0.9);
SELECT id AS read FROM smart_parking.plate_read WHERE car_plate::text = 'MC4444' \gset
SELECT pg_temp.lapse(:'right');
SELECT smart_parking.close_parking(:'lot');
SELECT smart_parking.correct_read(:'read', 'NC 5555', 'the picture');
SELECT is(pg_temp.states('^(MC4|NC5)'), 'MC4444 pending, NC5555 confirmed', 'a hold that lapsed and was not released is its car''s, which is inside');
SELECT pg_temp.later();
SELECT smart_parking.open_parking(:'lot');
SELECT pg_temp.hold('MD 4444') AS wrong, pg_temp.hold('ND 5555') AS right \gset
SELECT pg_temp.read(:'entry', 'MD4444', 0.9);
SELECT id AS read FROM smart_parking.plate_read WHERE car_plate::text = 'MD4444' \gset
SELECT pg_temp.lapse(:'right');
SELECT smart_parking.expire_booking(:'right'), smart_parking.close_parking(:'lot');
SELECT is(concat_ws(' ', v.decision, v.reason), 'deny hold_lapsed_lot_closed', 'one that was released') FROM smart_parking.correct_read(:'read', 'ND 5555', 'the picture') v;
SELECT is(pg_temp.incidents(), 'inside_without_spot', 'leaves the car inside without a spot, on record');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
