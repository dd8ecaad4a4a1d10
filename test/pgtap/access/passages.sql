-- Many reads of one car are one passage: one verdict, one command.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Passages', 51.05, 13.74, 40) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit,
	smart_parking.add_gate(:'lot', 'both', 'both') AS both \gset
-- long for any machine, and short beside what later() lets pass
UPDATE smart_parking.gate SET passage_window = '4 minutes';
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;
CREATE TEMP TABLE answer (nth serial, v smart_parking.verdict);

CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r $$;
CREATE FUNCTION pg_temp.read(gate uuid, plate text, confidence real DEFAULT NULL, event text DEFAULT NULL, vehicle text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v smart_parking.verdict := smart_parking.validate_plate(gate, plate, now(), confidence, event, NULL, vehicle);
BEGIN
	INSERT INTO answer (v) VALUES (v);
	RETURN concat_ws(' ', v.decision, v.reason, v.matched_plate);
END $$;
CREATE FUNCTION pg_temp.judge(gate uuid, plate text, confidence real, event text, linked text[]) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.matched_plate)
	FROM smart_parking_internal.judge_read(gate, plate, now(), confidence, event, NULL, NULL, linked, 'cam 1', 'openalpr', '{"a": 1}', NULL, false) v $$;
-- the commands of the last so many answers, as the first of them counts
CREATE FUNCTION pg_temp.commands(last integer) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(DISTINCT (a.v).command_id) FROM (SELECT * FROM answer ORDER BY nth DESC LIMIT last) a $$;
CREATE FUNCTION pg_temp.last_passage() RETURNS smart_parking.passage LANGUAGE sql AS
$$ SELECT * FROM smart_parking.passage ORDER BY last_read_at DESC, started_at DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.passages() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM smart_parking.passage $$;
CREATE FUNCTION pg_temp.status(held uuid) RETURNS text LANGUAGE sql AS
$$ SELECT status::text FROM smart_parking.booking WHERE id = held $$;
-- the window is over
CREATE FUNCTION pg_temp.later() RETURNS void LANGUAGE sql AS
$$ UPDATE smart_parking.passage SET started_at = started_at - interval '20 minutes', last_read_at = last_read_at - interval '20 minutes' $$;

-- many reads of one car
SELECT pg_temp.hold('DD AN 1206') AS anna \gset
SELECT is(pg_temp.read(:'entry', 'DDAN1206', 0.9), 'open entered DDAN1206', 'the first read opens');
SELECT is(pg_temp.read(:'entry', 'DDAN1206', 0.8), 'open entered DDAN1206', 'the second one says so again');
SELECT is(pg_temp.read(:'entry', 'DDAN12O6', 0.7), 'open entered DDAN1206', 'so does a bad one');
SELECT is(pg_temp.read(:'entry', '????', 0.7), 'open entered DDAN1206', 'and one that read nothing');
SELECT is(pg_temp.commands(4), 1::bigint, 'with one command');
SELECT results_eq('SELECT (p).reads, (p).car_plate::text, (p).confidence, (p).agreeing, (p).decision, (p).booking_id FROM pg_temp.last_passage() p',
	format($$ VALUES (4, 'DDAN1206', 0.9::real, 2, 'open', %L::uuid) $$, :'anna'), 'one passage');
SELECT is((SELECT count(*) FROM smart_parking.plate_read WHERE passage_id = (pg_temp.last_passage()).id), 4::bigint, 'every read is on record with it');
SELECT is((SELECT string_agg(DISTINCT matched_by, ' ' ORDER BY matched_by) FROM smart_parking.plate_read WHERE passage_id = (pg_temp.last_passage()).id), 'exact passage',
	'the later ones matched by the passage');
SELECT is((SELECT count(*) FROM smart_parking.booking_event WHERE booking_id = :'anna'), 1::bigint, 'confirmed once');
SELECT pg_temp.later();
SELECT is(pg_temp.read(:'entry', 'DDAN1206'), 'deny already_inside DDAN1206', 'after the window it is another passage');
SELECT is(pg_temp.read(:'exit', 'DDAN1206'), 'open exited DDAN1206', 'out');
SELECT is(pg_temp.read(:'exit', 'DDAN1206'), 'open exited DDAN1206', 'once');

-- a gate for both directions
SELECT pg_temp.hold('M XY 7788') AS maria \gset
SELECT is(pg_temp.read(:'both', 'MXY7788'), 'open entered MXY7788', 'a car comes in at a gate for both directions');
SELECT is(pg_temp.read(:'both', 'MXY7788'), 'open entered MXY7788', 'and is not sent out again by its second read');
SELECT is(pg_temp.read(:'both', 'MXY77B8'), 'open entered MXY7788', 'nor by a misread');
SELECT is(pg_temp.status(:'maria'), 'confirmed', 'it is inside');

-- cars one after the other
SELECT pg_temp.hold('F 1001') AS f1 \gset
SELECT pg_temp.hold('F 1002') AS f2 \gset
SELECT is(pg_temp.read(:'entry', 'F1001'), 'open entered F1001', 'a fleet''s first car');
SELECT is(pg_temp.read(:'entry', 'F1002'), 'open entered F1002', 'its second one, with the next number, within the window');
SELECT is(pg_temp.commands(2), 2::bigint, 'gets a command of its own');
SELECT is(pg_temp.status(:'f1') || pg_temp.status(:'f2'), 'confirmedconfirmed', 'both are inside');
SELECT is(pg_temp.read(:'entry', 'ZZ 88 Z'), 'deny no_booking', 'a car like none of them is a passage of its own');

SELECT pg_temp.hold('F 2001') AS f3, pg_temp.hold('F 2002') AS f4 \gset
SELECT smart_parking.cancel_booking(:'f3');
SELECT is(pg_temp.read(:'entry', 'F2001'), 'deny no_booking', 'one whose hold was given back stays outside');
SELECT is(pg_temp.read(:'entry', 'F2002'), 'open entered F2002', 'the next one behind it comes in');
SELECT is(pg_temp.read(:'entry', 'F2001'), 'deny no_booking', 'which does not let the first one in');

-- a denied car, and better reads of it
SELECT pg_temp.hold('B EE 4040') AS bee \gset
SELECT is(pg_temp.read(:'entry', 'BEE4O'), 'deny no_booking', 'a read that is too short');
SELECT is(pg_temp.commands(1), 0::bigint, 'no command');
SELECT is(pg_temp.read(:'entry', '?EE4?4?', 0.5), 'open entered BEE4040', 'the next one of the same car opens');
SELECT is(pg_temp.commands(1), 1::bigint, 'with a command');
SELECT is(pg_temp.passages(), (SELECT count(DISTINCT passage_id) FROM smart_parking.plate_read), 'each passage has its reads');
SELECT pg_temp.later();
SELECT pg_temp.hold('B EX 5151') AS bex \gset
SELECT is(pg_temp.read(:'entry', 'BX5I5', 0.9), 'deny no_booking', 'a bad read that is sure of itself');
SELECT is(pg_temp.read(:'entry', 'BEX5151', 0.5), 'open entered BEX5151', 'one that equals a booking is worth more');
SELECT pg_temp.later();
SELECT is(pg_temp.read(:'entry', 'CAR77', 0.9), 'deny no_booking', 'a driver without a hold');
SELECT pg_temp.hold('CAR 77');
SELECT is(pg_temp.read(:'entry', 'CAR77', 0.9), 'open entered CAR77', 'who makes one in front of the gate is let in by the next read');
SELECT pg_temp.later();
SELECT pg_temp.hold('GHI 5005') AS ghi \gset
SELECT is(pg_temp.read(:'entry', '', 0.9), 'manual plate_unreadable', 'nothing read');
SELECT is(pg_temp.read(:'entry', 'GHI5005', 0.4), 'open entered GHI5005', 'then something');
SELECT is((SELECT string_agg(decision, ' ' ORDER BY received_at) FROM smart_parking.plate_read WHERE passage_id = (pg_temp.last_passage()).id), 'manual open', 'the first read keeps its answer');

-- open, and a better read that leads elsewhere: the wrong booking is put back
SELECT pg_temp.later();
SELECT pg_temp.hold('JKL 3030') AS wrong \gset
SELECT pg_temp.hold('JKL 3O38') AS right \gset
SELECT is(pg_temp.read(:'entry', 'JKL3030', 0.6), 'open entered JKL3030', 'a read that was wrong');
SELECT is(pg_temp.read(:'entry', 'JKL3O38', 0.9), 'open entered JKL3O38', 'a better one within the window');
SELECT is(pg_temp.commands(2), 1::bigint, 'one car, one command');
SELECT is(pg_temp.status(:'wrong') || ' ' || pg_temp.status(:'right'), 'pending confirmed', 'the wrong booking is a hold again, the right one is inside');
SELECT is((SELECT string_agg(event, ' ' ORDER BY happened_at, event DESC) FROM smart_parking.booking_event WHERE booking_id = :'wrong'), 'confirmed entry_corrected', 'on record');
SELECT is((SELECT expires_at > now() + interval '4 minutes' FROM smart_parking.booking WHERE id = :'wrong'), true, 'with time to come in');
SELECT is(pg_temp.read(:'entry', 'JKL3031', 0.7), 'open entered JKL3O38', 'a worse read changes nothing');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
-- another gate: the window has not passed here
SELECT is(pg_temp.read(:'both', 'JKL3030', 0.9), 'open entered JKL3030', 'the driver who was put back comes in');
SELECT is((SELECT string_agg(event, ' ' ORDER BY happened_at, event DESC) FROM smart_parking.booking_event WHERE booking_id = :'wrong'), 'confirmed entry_corrected confirmed', 'on record');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- agreement
SELECT pg_temp.later();
SELECT pg_temp.hold('MNO 6161') AS right \gset
SELECT pg_temp.hold('MNO 6767') AS wrong \gset
SELECT is(pg_temp.read(:'entry', 'MNO6767', 0.95, NULL, 'car 1'), 'open entered MNO6767', 'one read that is sure of itself');
SELECT is(pg_temp.read(:'entry', 'MNO6161', 0.5, NULL, 'car 1'), 'open entered MNO6767', 'one of the same vehicle that is not');
SELECT is(pg_temp.read(:'entry', 'MNO6161', 0.5, NULL, 'car 1'), 'open entered MNO6161', 'two that agree are worth more');
SELECT is(pg_temp.status(:'wrong') || ' ' || pg_temp.status(:'right'), 'pending confirmed', 'and bind the other booking');
SELECT is((SELECT (p).agreeing FROM pg_temp.last_passage() p), 2, 'which two reads agree on');
SELECT is(pg_temp.read(:'entry', 'MNO6767', 0.99, NULL, 'car 1'), 'open entered MNO6767', 'two against two: confidence decides');
SELECT is(pg_temp.read(:'entry', 'MNO6161', 0.6, NULL, 'car 1'), 'open entered MNO6161', 'three against two do not ask for it');
SELECT is(pg_temp.commands(5), 1::bigint, 'all with one command');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- the exit: the wrong car stays on record as inside
SELECT pg_temp.later();
SELECT is(pg_temp.read(:'exit', 'JKL3030', 0.6, NULL, 'car 2'), 'open exited JKL3030', 'a car leaves, read wrongly');
SELECT is(pg_temp.read(:'exit', 'JKL3O38', 0.9, NULL, 'car 2'), 'open exited JKL3O38', 'a better read');
SELECT results_eq($$ SELECT car_plate::text, status::text FROM smart_parking.booking, lot WHERE parking_id = lot.id AND car_plate::text ~ '^JKL' ORDER BY 1, created_at $$,
	$$ VALUES ('JKL3030', 'completed'), ('JKL3030', 'confirmed'), ('JKL3O38', 'completed') $$, 'the wrong one stands on its spot with a new booking');
SELECT is((SELECT count(DISTINCT spot_no) FROM smart_parking.booking WHERE car_plate::text = 'JKL3030'), 1::bigint, 'the same spot');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- events
SELECT pg_temp.hold('EVENT 1') AS held \gset
SELECT is(pg_temp.read(:'entry', 'EVENT1', 0.9, 'e1'), 'open entered EVENT1', 'an event');
SELECT is(pg_temp.read(:'entry', 'EVENT1', 0.9, 'e1'), 'open entered EVENT1', 'again');
SELECT is((SELECT count(*) FROM smart_parking.plate_read WHERE car_plate::text = 'EVENT1'), 1::bigint, 'is one read');
SELECT pg_temp.later();
SELECT is(pg_temp.read(:'entry', 'EVEN71', 0.5, 'e1'), 'open entered EVENT1', 'with another plate it revises the read, window or not');
SELECT is(pg_temp.read(:'entry', 'EVEN71', 0.5, 'e1'), 'open entered EVENT1', 'and that once, too');
SELECT results_eq($$ SELECT event_id, car_plate::text, details ->> 'revises' FROM smart_parking.plate_read WHERE passage_id = (pg_temp.last_passage()).id ORDER BY received_at $$,
	$$ VALUES ('e1', 'EVENT1', NULL), (NULL, 'EVEN71', 'e1') $$, 'both are on record');
SELECT is(pg_temp.commands(4), 1::bigint, 'one command');

-- a summary that names its frames, late
SELECT pg_temp.hold('GROUP 1') AS held \gset
SELECT is(pg_temp.judge(:'entry', 'GROUP1', 0.8, 'frame 1', NULL), 'open entered GROUP1', 'a frame');
SELECT is(pg_temp.read(:'entry', 'ZZZZ999'), 'deny no_booking', 'the next car');
SELECT is(pg_temp.judge(:'entry', 'GROUP1', 0.9, 'group:frame 1', ARRAY['frame 0', 'frame 1']), 'open entered GROUP1', 'the summary of the first one, late');
SELECT is((SELECT count(DISTINCT passage_id) FROM smart_parking.plate_read WHERE car_plate::text = 'GROUP1'), 1::bigint, 'belongs to its passage');
SELECT results_eq($$ SELECT format, camera, message, candidates, car_plate::text FROM smart_parking.plate_read WHERE event_id = 'group:frame 1' $$,
	$$ VALUES ('openalpr', 'cam 1', '{"a": 1}'::jsonb, NULL::jsonb, 'GROUP1') $$, 'and is on record with where it came from');
SELECT is(pg_temp.read(:'entry', 'ZZZZ999'), 'deny no_booking', 'the next car''s passage is still the last one');
SELECT is((SELECT (p).reads FROM pg_temp.last_passage() p), 2, 'and goes on');
SELECT is(pg_temp.judge(:'entry', 'SUMMED1', 0.9, 'frame 7', NULL), 'deny no_booking', 'a car that is not let in');
SELECT is(pg_temp.read(:'entry', 'YYYY111'), 'deny no_booking', 'another one behind it');
SELECT pg_temp.hold('SUMMED 1') AS held \gset
SELECT is(pg_temp.judge(:'entry', 'SUMMED1', 0.9, 'group:frame 7', ARRAY['frame 7']), 'deny no_booking', 'a late summary does not open for who stands there now');
SELECT is(pg_temp.status(:'held'), 'pending', 'and binds nothing');

-- a car that is inside, let in over its open stay: what was before the passage is not put back with it
SELECT pg_temp.later();
UPDATE smart_parking.gate SET anti_passback = 'soft' WHERE id = :'entry';
SELECT pg_temp.hold('SOF 7171') AS soft1, pg_temp.hold('SOF 7I7I') AS soft2 \gset
SELECT is(pg_temp.read(:'entry', 'SOF7171', 0.5), 'open entered SOF7171', 'in');
SELECT pg_temp.later();
SELECT is(pg_temp.read(:'entry', 'SOF7171', 0.5), 'open entered_over_open_stay SOF7171', 'and again, says a bad read');
SELECT is(pg_temp.read(:'entry', 'SOF7I7I', 0.9), 'open entered SOF7I7I', 'it is another car, says a better one');
SELECT is(pg_temp.status(:'soft1') || ' ' || pg_temp.status(:'soft2'), 'confirmed confirmed', 'the first one is inside still');
UPDATE smart_parking.gate SET anti_passback = 'hard' WHERE id = :'entry';

-- vehicles
SELECT pg_temp.later();
SELECT pg_temp.hold('VEH 1111') AS v1 \gset
SELECT is(pg_temp.read(:'entry', 'VEH1111', 0.9, NULL, 'v1'), 'open entered VEH1111', 'a vehicle');
SELECT is(pg_temp.read(:'entry', 'VEH1111', 0.9, NULL, 'v2'), 'deny already_inside VEH1111', 'another one is another passage, with the same plate');
SELECT is(pg_temp.read(:'entry', 'QQQQQ', 0.1, NULL, 'v1'), 'open entered VEH1111', 'the first one again, whatever is read');
SELECT throws_ok(format($$ SELECT smart_parking.validate_plate(%L, 'A', vehicle => repeat('v', 201)) $$, :'entry'), 'SP019', NULL, 'a vehicle of 201 bytes');

SELECT is((SELECT count(*) FROM smart_parking.plate_read r WHERE NOT EXISTS (SELECT FROM smart_parking.passage p WHERE p.id = r.passage_id AND p.gate_id = r.gate_id)), 0::bigint,
	'each read is part of a passage of its gate');
SELECT is((SELECT sum(reads) FROM smart_parking.passage), (SELECT count(*) FROM smart_parking.plate_read), 'which counts it');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
