-- An attendant corrects a read after the fact.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Corrections', 51.05, 13.74, 5) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit \gset
UPDATE smart_parking.gate SET passage_window = '0';
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;

CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r $$;
CREATE FUNCTION pg_temp.read(gate uuid, plate text) RETURNS uuid LANGUAGE plpgsql AS $$
BEGIN
	PERFORM smart_parking.validate_plate(gate, plate);
	RETURN (SELECT id FROM smart_parking.plate_read ORDER BY received_at DESC LIMIT 1);
END $$;
CREATE FUNCTION pg_temp.correct(wrong uuid, plate text) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.matched_plate) FROM smart_parking.correct_read(wrong, plate, 'saw it on the picture') v $$;
CREATE FUNCTION pg_temp.states(pattern text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(car_plate::text || ' ' || status, ', ' ORDER BY car_plate::text, created_at, status) FROM smart_parking.booking, lot WHERE parking_id = lot.id AND car_plate::text ~ pattern $$;
CREATE FUNCTION pg_temp.incidents() RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(kind, ' ' ORDER BY raised_at), 'none') FROM smart_parking.gate_incident $$;

-- the wrong one came in
SELECT pg_temp.hold('ANNA 11') AS anna \gset
SELECT pg_temp.hold('BERT 22') AS bert \gset
SELECT pg_temp.read(:'entry', 'ANNA11') AS wrong \gset
UPDATE smart_parking.booking SET expires_at = clock_timestamp() - interval '1 minute', created_at = created_at - interval '0' WHERE id = :'anna';
SELECT is(pg_temp.correct(:'wrong', 'bert-22'), 'open entered BERT22', 'it was another car that came in');
SELECT is(pg_temp.states('ANNA|BERT'), 'ANNA11 pending, BERT22 confirmed', 'the wrong booking is a hold again, the right one inside');
SELECT is((SELECT expires_at BETWEEN clock_timestamp() + interval '4 minutes' AND clock_timestamp() + interval '6 minutes' FROM smart_parking.booking WHERE id = :'anna'), true, 'with five minutes to come in');
SELECT results_eq(format('SELECT matched_by, decision, corrects, car_plate::text, actor::text, details ->> ''correction'' FROM smart_parking.plate_read WHERE corrects = %L', :'wrong'),
	format($$ VALUES ('attendant', 'open', %L::uuid, 'BERT22', session_user::text, 'saw it on the picture') $$, :'wrong'), 'a read of its own, with who and why');
SELECT is((SELECT car_plate::text || ' ' || decision FROM smart_parking.plate_read WHERE id = :'wrong'), 'ANNA11 open', 'the wrong one stays as it was');
SELECT is((SELECT count(*) FROM smart_parking.barrier_command c JOIN smart_parking.passage p ON p.id = c.passage_id WHERE p.booking_id = :'bert'), 1::bigint, 'the passage is bound to the right booking, with its one command');
SELECT is(pg_temp.correct(:'wrong', 'BERT 22'), 'open entered BERT22', 'the same correction again');
SELECT is(pg_temp.states('ANNA|BERT'), 'ANNA11 pending, BERT22 confirmed', 'changes nothing');
SELECT is(pg_temp.correct(:'wrong', 'ANNA 11'), 'open entered ANNA11', 'and back');
SELECT is(pg_temp.states('ANNA|BERT'), 'ANNA11 confirmed, BERT22 pending', 'as it was');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT is(pg_temp.correct(:'wrong', 'NOBODY 0'), 'deny no_booking', 'a car that has no booking');
SELECT is(pg_temp.states('ANNA|BERT'), 'ANNA11 pending, BERT22 pending', 'binds none');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- the wrong one went out
SELECT pg_temp.read(:'entry', 'ANNA11') AS anna_in, pg_temp.read(:'entry', 'BERT22') AS bert_in \gset
SELECT spot_no AS anna_spot FROM smart_parking.booking WHERE id = :'anna' \gset
SELECT pg_temp.read(:'exit', 'ANNA11') AS wrong \gset
SELECT is(pg_temp.states('ANNA|BERT'), 'ANNA11 completed, BERT22 confirmed', 'one leaves');
SELECT is(pg_temp.correct(:'wrong', 'BERT 22'), 'open exited BERT22', 'it was the other one');
SELECT is(pg_temp.states('ANNA|BERT'), 'ANNA11 completed, ANNA11 confirmed, BERT22 completed', 'an end is final: the car that is still there has a new stay');
SELECT is((SELECT spot_no FROM smart_parking.booking WHERE car_plate::text = 'ANNA11' AND ended_at IS NULL), :anna_spot, 'on its spot');
SELECT is(pg_temp.incidents(), 'none', 'and nobody has to look at it');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- its spot was sold on meanwhile
SELECT pg_temp.read(:'exit', 'ANNA11') AS wrong \gset
SELECT pg_temp.hold('CARL 33') AS carl \gset
SELECT spot_no AS carl_spot FROM smart_parking.booking WHERE id = :'carl' \gset
SELECT is(:carl_spot, :anna_spot, 'the next driver got its spot');
SELECT pg_temp.hold('DORA 44') AS dora \gset
SELECT pg_temp.read(:'entry', 'DORA44') AS dora_in \gset
SELECT is(pg_temp.correct(:'wrong', 'DORA 44'), 'open exited DORA44', 'but another car had left');
SELECT is((SELECT spot_no <> :anna_spot FROM smart_parking.booking WHERE car_plate::text = 'ANNA11' AND ended_at IS NULL), true, 'the first one is on record on another spot');
SELECT results_eq($$ SELECT kind, b.car_plate::text, o.car_plate::text FROM smart_parking.gate_incident i JOIN smart_parking.booking b ON b.id = i.booking_id JOIN smart_parking.booking o ON o.id = i.other_booking_id $$,
	$$ VALUES ('spot_sold_on', 'ANNA11', 'CARL33') $$, 'and a person is told, of both');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- and the lot is full
SELECT pg_temp.read(:'exit', 'ANNA11') AS wrong \gset
SELECT pg_temp.hold('FULL ' || n) FROM generate_series(10, 18) n;
SELECT pg_temp.read(:'entry', 'CARL33') AS carl_in \gset
SELECT is((SELECT sum(free_spots) FROM smart_parking.counter_slice, lot WHERE parking_id = lot.id), 0::bigint, 'nothing is free');
SELECT is(pg_temp.correct(:'wrong', 'CARL 33'), 'open exited CARL33', 'yet another car had left');
SELECT is(pg_temp.incidents(), 'spot_sold_on inside_without_spot', 'the first one has no spot at all: a person is told');
SELECT is(pg_temp.states('CARL'), 'CARL33 completed', 'the one that left is completed');
SELECT is((SELECT count(*) FROM smart_parking.counter_slice WHERE free_spots < 0), 0::bigint, 'no counter below zero');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- a read that did not open
SELECT pg_temp.read(:'entry', 'STRANGER') AS wrong \gset
SELECT is(pg_temp.correct(:'wrong', 'FULL 10'), 'deny no_booking', 'a correction does not open');
SELECT is(pg_temp.states('FULL10'), 'FULL10 pending', 'nor bind');

SELECT throws_ok(format('SELECT smart_parking.correct_read(%L, %L, %L)', id, plate, why), code, NULL, code) FROM (VALUES
	(gen_random_uuid()::text, 'X', 'y', 'SP006'), (NULL, 'X', 'y', 'SP016'), (:'wrong', NULL, 'y', 'SP016'), (:'wrong', 'X', NULL, 'SP016'), (:'wrong', '', 'y', 'SP010')) t (id, plate, why, code);

-- reads that belong to no passage: of a message that could not be read, and of a passage that was removed
SELECT smart_parking.record_read(:'entry', '{"hello": 1}') \g /dev/null
SELECT throws_ok(format('SELECT smart_parking.correct_read(%L, %L, %L)', (SELECT id FROM smart_parking.plate_read WHERE reason = 'message_unreadable'), 'X 1', 'y'), 'SP023',
	'the read belongs to no passage and cannot be corrected', 'a message that could not be read');
SELECT pg_temp.read(:'entry', 'REMOVED') AS removed \gset
SET LOCAL session_replication_role = replica;
DELETE FROM smart_parking.passage p USING smart_parking.plate_read r WHERE r.id = :'removed' AND p.id = r.passage_id;
SET LOCAL session_replication_role = origin;
SELECT throws_ok(format('SELECT smart_parking.correct_read(%L, %L, %L)', :'removed', 'X 1', 'y'), 'SP023',
	'the read belongs to no passage and cannot be corrected', 'a passage that was removed');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
