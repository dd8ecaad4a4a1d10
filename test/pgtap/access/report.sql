-- Orders to a barrier: taken up, carried out, timed out, and what becomes of the booking.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Barrier', 51.05, 13.74, 12) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit,
	smart_parking.add_gate(:'lot', 'plain', 'entry') AS plain \gset
UPDATE smart_parking.gate SET passage_window = '0', senses_passage = name <> 'plain', command_life = '1 minute';
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;

CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r $$;
CREATE FUNCTION pg_temp.command(gate uuid, plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT v.command_id FROM smart_parking.validate_plate(gate, plate) v $$;
CREATE FUNCTION pg_temp.status(held uuid) RETURNS text LANGUAGE sql AS
$$ SELECT status::text FROM smart_parking.booking WHERE id = held $$;
CREATE FUNCTION pg_temp.state(ordered uuid) RETURNS text LANGUAGE sql AS
$$ SELECT state FROM smart_parking.barrier_command WHERE id = ordered $$;
CREATE FUNCTION pg_temp.incidents() RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(kind, ' ' ORDER BY raised_at), 'none') FROM smart_parking.gate_incident $$;
-- the command's time is over
CREATE FUNCTION pg_temp.over(ordered uuid) RETURNS void LANGUAGE sql AS
$$ UPDATE smart_parking.barrier_command SET issued_at = issued_at - interval '5 minutes', expires_at = expires_at - interval '5 minutes' WHERE id = ordered $$;
CREATE FUNCTION pg_temp.lapse(held uuid) RETURNS void LANGUAGE sql AS
$$ UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = held $$;

-- in and out
SELECT pg_temp.hold('DD AN 1206') AS anna \gset
UPDATE smart_parking.booking SET expires_at = clock_timestamp() + interval '30 seconds' WHERE id = :'anna';
SELECT pg_temp.command(:'entry', 'DDAN1206') AS command \gset
SELECT is(pg_temp.status(:'anna'), 'pending', 'the barrier is to open; the car has not passed');
SELECT is((SELECT b.expires_at >= c.expires_at FROM smart_parking.booking b, smart_parking.barrier_command c WHERE b.id = :'anna' AND c.id = :'command'), true,
	'while the command is open the hold does not lapse');
SELECT is((SELECT reason FROM smart_parking.booking_event WHERE booking_id = :'anna' AND event = 'extended'), 'the barrier is open for it', 'which is on record');
SELECT results_eq(format('SELECT id, state FROM smart_parking.pending_commands(%L)', :'entry'), format('VALUES (%L::uuid, %L)', :'command', 'issued'), 'a controller that polls gets it');
SELECT is_empty(format('SELECT * FROM smart_parking.pending_commands(%L)', :'exit'), 'another gate''s does not');
SELECT is(smart_parking.acknowledge_command(:'command'), 'acknowledged', 'takes it up');
SELECT is(smart_parking.acknowledge_command(:'command'), 'acknowledged', 'once');
SELECT is((SELECT acknowledged_at IS NOT NULL FROM smart_parking.barrier_command WHERE id = :'command'), true, 'on record');
SELECT is(smart_parking.report_passage(:'command', event_id => 'p1', details => '{"lane": 1}'), 'passed', 'the car has passed');
SELECT is(pg_temp.status(:'anna'), 'confirmed', 'now it is inside');
SELECT is_empty(format('SELECT * FROM smart_parking.pending_commands(%L)', :'entry'), 'nothing is pending');
SELECT is(smart_parking.report_passage(:'command', event_id => 'p1'), 'passed', 'the same report again');
SELECT is(pg_temp.incidents(), 'none', 'is nothing new');
SELECT is(smart_parking.report_passage(:'command', event_id => 'p2'), 'passed', 'another one');
SELECT is(smart_parking.report_passage(:'command', event_id => 'p2'), 'passed', 'twice');
SELECT is(smart_parking.report_passage(:'command'), 'passed', 'and one without an id, which may be a repetition');
SELECT is(pg_temp.incidents(), 'tailgating', 'is a second car, once');
SELECT is(smart_parking.report_passage(:'command', 'reversed', 'p3'), 'passed', 'who has passed does not turn round');
SELECT is((SELECT details FROM smart_parking.barrier_command WHERE id = :'command'), '{"lane": 1}', 'what the first report said is kept');
SELECT pg_temp.command(:'exit', 'DDAN1206') AS command \gset
SELECT is(pg_temp.status(:'anna'), 'confirmed', 'on the way out too nothing happens before');
SELECT is(smart_parking.report_gate_passage(:'exit', 'x1'), 'passed', 'the car has passed, says a gate that knows no orders');
SELECT is(pg_temp.status(:'anna') || ' ' || pg_temp.state(:'command'), 'completed passed', 'it has left');
SELECT is(smart_parking.report_gate_passage(:'exit', 'x1'), 'passed', 'the same report again');
SELECT is(smart_parking.report_gate_passage(:'exit', 'x2'), 'passage_without_command', 'a car that nobody let out');
SELECT is(smart_parking.report_gate_passage(:'exit', 'x2'), 'passage_without_command', 'reported twice');
SELECT is(pg_temp.incidents(), 'tailgating passage_without_command', 'is an incident, once');

-- it turns round, the barrier fails
SELECT pg_temp.hold('M XY 7788') AS maria \gset
SELECT pg_temp.command(:'entry', 'MXY7788') AS command \gset
SELECT is(smart_parking.report_passage(:'command', 'reversed', 'r1'), 'reversed', 'the car turned round');
SELECT is(pg_temp.status(:'maria'), 'pending', 'its hold stays');
SELECT pg_temp.command(:'entry', 'MXY7788') AS command \gset
SELECT is(smart_parking.report_passage(:'command', 'failed', 'f1'), 'failed', 'the barrier does not open');
SELECT is(smart_parking.report_passage(:'command', 'failed', 'f1'), 'failed', 'reported twice');
SELECT is(pg_temp.incidents(), 'tailgating passage_without_command barrier_failed', 'is an incident, once');
SELECT is(pg_temp.status(:'maria'), 'pending', 'its hold stays');
SELECT is(smart_parking.report_passage(:'command', 'passed', 'f2'), 'passed', 'it passed after all');
SELECT is(pg_temp.status(:'maria'), 'confirmed', 'and is inside');
SELECT is((SELECT details ->> 'late' FROM smart_parking.barrier_command WHERE id = :'command'), 'failed', 'late, on record');

-- nobody passes
SELECT pg_temp.hold('K LM 1234') AS klaus \gset
SELECT pg_temp.command(:'entry', 'KLM1234') AS command \gset
SELECT is(smart_parking.expire_commands(), 0, 'nothing is due');
SELECT pg_temp.over(:'command');
SELECT is(smart_parking.acknowledge_command(:'command'), 'timed_out', 'an order is not carried out minutes later');
SELECT is(pg_temp.state(:'command'), 'issued', 'asking changes nothing');
SELECT is_empty(format('SELECT * FROM smart_parking.pending_commands(%L)', :'entry'), 'nor is it handed out');
SELECT is(smart_parking.expire_commands(), 1, 'it times out');
SELECT is(pg_temp.state(:'command'), 'timed_out', 'on record');
SELECT is(smart_parking.acknowledge_command(:'command'), 'timed_out', 'for good');
SELECT is(pg_temp.status(:'klaus'), 'pending', 'its hold stays');
SELECT is(smart_parking.report_passage(:'command', 'reversed', 'l0'), 'timed_out', 'a late report that it turned round changes nothing');
SELECT is(smart_parking.report_passage(:'command', 'passed', 'l1'), 'passed', 'a late report that it passed counts: it did');
SELECT is(pg_temp.status(:'klaus'), 'confirmed', 'it is inside');
SELECT is((SELECT details ->> 'late' FROM smart_parking.barrier_command WHERE id = :'command'), 'timed_out', 'late, on record');
SELECT is(smart_parking.expire_commands(), 0, 'nothing is due');

-- a hold that is made for the command ends with it
SELECT pg_temp.hold('LATE 1') AS late \gset
SELECT pg_temp.lapse(:'late');
SELECT smart_parking.expire_booking(:'late');
SELECT v.command_id AS command, v.booking_id AS made, v.reason AS reason FROM smart_parking.validate_plate(:'entry', 'LATE1') v \gset
SELECT is(:'reason' || ' ' || pg_temp.status(:'made'), 'reacquired_same_spot pending', 'a late car gets a hold until it has passed');
SELECT pg_temp.over(:'command');
SELECT is(smart_parking.expire_commands(), 1, 'it does not pass');
SELECT is(pg_temp.status(:'made'), 'cancelled', 'so that hold ends');
SELECT is((SELECT reason FROM smart_parking.booking_event WHERE booking_id = :'made' AND event = 'cancelled'), 'the car did not pass: timed_out', 'with that reason');
SELECT is(smart_parking.report_passage(:'command', 'passed', 'l2'), 'passed', 'it passes late');
SELECT is((SELECT string_agg(status::text, ' ' ORDER BY created_at) FROM smart_parking.booking WHERE car_plate::text = 'LATE1'), 'expired cancelled confirmed', 'and stands on its spot');
SELECT pg_temp.hold('LATE 2') AS late \gset
SELECT pg_temp.lapse(:'late');
SELECT smart_parking.expire_booking(:'late');
SELECT v.command_id AS command, v.booking_id AS made FROM smart_parking.validate_plate(:'entry', 'LATE2') v \gset
SELECT is(smart_parking.report_passage(:'command', 'reversed', 'r2'), 'reversed', 'it turns round');
SELECT is(pg_temp.status(:'made'), 'cancelled', 'that hold ends too');
SELECT pg_temp.hold('LATE 3') AS late \gset
SELECT pg_temp.lapse(:'late');
SELECT v.command_id AS command, v.booking_id AS made FROM smart_parking.validate_plate(:'entry', 'LATE3') v \gset
SELECT is(:'made'::uuid, :'late'::uuid, 'a lapsed hold that nobody released goes on');
SELECT pg_temp.over(:'command');
SELECT smart_parking.expire_commands();
SELECT is(pg_temp.status(:'late'), 'pending', 'and is left to lapse again');

-- a hold that was made goes with the next order of its passage, too
UPDATE smart_parking.gate SET passage_window = '4 minutes';
SELECT pg_temp.hold('LATE 88') AS late \gset
SELECT pg_temp.lapse(:'late');
SELECT smart_parking.expire_booking(:'late');
SELECT v.command_id AS command, v.booking_id AS made FROM smart_parking.validate_plate(:'entry', 'LATE88') v \gset
SELECT pg_temp.over(:'command');
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = :'made';
SELECT v.command_id AS second, v.booking_id AS again FROM smart_parking.validate_plate(:'entry', 'LATE88') v \gset
SELECT is(:'made'::uuid, :'again'::uuid, 'the same hold for the next order');
SELECT pg_temp.over(:'second');
SELECT smart_parking.expire_commands();
SELECT is(pg_temp.status(:'made'), 'cancelled', 'which ends with that');
UPDATE smart_parking.gate SET passage_window = '0';

-- one passage, one command, until that is dead
UPDATE smart_parking.gate SET passage_window = '4 minutes';
SELECT pg_temp.hold('ONE 1111') AS one \gset
SELECT pg_temp.command(:'entry', 'ONE1111') AS command \gset
SELECT is(pg_temp.command(:'entry', 'ONE1111'), :'command', 'reads of one car have one command while it lives');
SELECT smart_parking.acknowledge_command(:'command');
SELECT is(pg_temp.command(:'entry', 'ONE1111'), :'command', 'acknowledged or not');
SELECT pg_temp.over(:'command');
SELECT pg_temp.command(:'entry', 'ONE1111') AS second \gset
SELECT is(:'second' <> :'command', false, 'an order that was taken up is not given again');
SELECT pg_temp.hold('TWO 2222') AS two \gset
SELECT pg_temp.command(:'entry', 'TWO2222') AS command \gset
SELECT pg_temp.over(:'command');
SELECT pg_temp.command(:'entry', 'TWO2222') AS second \gset
SELECT is(:'second' <> :'command', true, 'one that nobody took up is');
SELECT smart_parking.expire_commands();
SELECT is(pg_temp.state(:'command') || ' ' || pg_temp.state(:'second'), 'timed_out issued', 'the first one times out, the second one lives');
SELECT is((SELECT count(DISTINCT passage_id) FROM smart_parking.barrier_command WHERE id IN (:'command', :'second')), 1::bigint, 'both are of one passage');
SELECT is(smart_parking.report_passage(:'second', event_id => 't1'), 'passed', 'it passes');
SELECT is(pg_temp.status(:'two'), 'confirmed', 'and is inside');

-- a better read before the car has passed: nothing to put back
SELECT pg_temp.hold('JKL 3030') AS wrong \gset
SELECT pg_temp.hold('JKL 3O38') AS right \gset
SELECT v.command_id AS command FROM smart_parking.validate_plate(:'entry', 'JKL3030', confidence => 0.5) v \gset
SELECT is((SELECT v.command_id::text || ' ' || v.matched_plate FROM smart_parking.validate_plate(:'entry', 'JKL3O38', confidence => 0.9) v), :'command' || ' JKL3O38', 'the command goes to the right booking');
SELECT is(smart_parking.report_passage(:'command', event_id => 'j1'), 'passed', 'the car passes');
SELECT is(pg_temp.status(:'wrong') || ' ' || pg_temp.status(:'right'), 'pending confirmed', 'the right one is inside');
SELECT is_empty(format($$ SELECT * FROM smart_parking.booking_event WHERE booking_id = %L AND event <> 'extended' $$, :'wrong'), 'the wrong one never was');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- a gate that senses nothing
UPDATE smart_parking.gate SET passage_window = '0';
SELECT pg_temp.hold('PLAIN 1') AS plain_hold \gset
SELECT pg_temp.command(:'plain', 'PLAIN1') AS command \gset
SELECT is(pg_temp.status(:'plain_hold'), 'confirmed', 'confirms with the order');
SELECT pg_temp.over(:'command');
SELECT is(smart_parking.expire_commands(), 0, 'its orders do not time out');
SELECT is(smart_parking.acknowledge_command(:'command'), 'timed_out', 'but are not carried out late');
SELECT is(pg_temp.state(:'command'), 'issued', 'and stay as they are');

-- by hand
SELECT smart_parking.open_manually(:'entry', 'fire brigade') AS command \gset
SELECT results_eq(format('SELECT state, reason, actor::text, plate_read_id, passage_id FROM smart_parking.barrier_command WHERE id = %L', :'command'),
	$$ VALUES ('issued', 'fire brigade', session_user::text, NULL::uuid, NULL::uuid) $$, 'who and why');
SELECT is(smart_parking.report_passage(:'command', event_id => 'm1'), 'passed', 'somebody passes');
SELECT pg_temp.hold('HAND 77') AS hand \gset
SELECT smart_parking.open_manually(:'plain', 'muddy plate', 'hand-77') AS command \gset
SELECT is(pg_temp.status(:'hand'), 'confirmed', 'with a plate the booking is bound');
SELECT results_eq(format($$ SELECT r.decision, r.reason, r.matched_by, r.actor::text, c.reason FROM smart_parking.plate_read r JOIN smart_parking.barrier_command c ON c.plate_read_id = r.id WHERE c.id = %L $$, :'command'),
	$$ VALUES ('open', 'entered', 'attendant', session_user::text, 'muddy plate') $$, 'as a read would');
SELECT smart_parking.open_manually(:'plain', 'guest of the owner', 'GUEST 1') AS command \gset
SELECT results_eq(format($$ SELECT r.decision, r.reason, r.details ->> 'verdict', r.booking_id FROM smart_parking.plate_read r JOIN smart_parking.barrier_command c ON c.plate_read_id = r.id WHERE c.id = %L $$, :'command'),
	$$ VALUES ('open', 'opened_manually', 'no_booking', NULL::uuid) $$, 'it opens whatever the verdict');
UPDATE smart_parking.gate SET passage_window = '4 minutes';
SELECT pg_temp.hold('AMB 1000') AS a1 \gset
SELECT pg_temp.hold('AMB 1007') AS a2 \gset
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'plain', 'AMB100?')), 'plate_ambiguous', 'a read that a person has to decide on');
SELECT smart_parking.open_manually(:'plain', 'looked at it', 'AMB 1007') AS command \gset
SELECT is(pg_temp.status(:'a1') || ' ' || pg_temp.status(:'a2'), 'pending confirmed', 'the person''s word counts');
SELECT is((SELECT count(DISTINCT passage_id) FROM smart_parking.plate_read WHERE plate_text LIKE 'AMB%'), 1::bigint, 'in the same passage');
SELECT is((SELECT v.matched_plate || ' ' || v.command_id FROM smart_parking.validate_plate(:'plain', 'AMB1000', confidence => 0.99) v), 'AMB1007 ' || :'command', 'and no camera knows better');

-- misuse
SELECT throws_ok(sql, code, NULL, sql) FROM (VALUES
	('SELECT smart_parking.acknowledge_command(NULL)', 'SP016'), ('SELECT smart_parking.acknowledge_command(gen_random_uuid())', 'SP005'),
	('SELECT smart_parking.report_passage(NULL)', 'SP016'), ('SELECT smart_parking.report_passage(gen_random_uuid())', 'SP005'),
	('SELECT smart_parking.report_passage(gen_random_uuid(), NULL)', 'SP016'), ('SELECT smart_parking.report_passage(gen_random_uuid(), ''timed_out'')', 'SP019'),
	('SELECT smart_parking.report_passage(gen_random_uuid(), event_id => repeat(''e'', 201))', 'SP019'),
	('SELECT smart_parking.report_gate_passage(NULL)', 'SP016'), ('SELECT smart_parking.report_gate_passage(gen_random_uuid())', 'SP003'),
	('SELECT smart_parking.pending_commands(NULL)', 'SP016'), ('SELECT smart_parking.pending_commands(gen_random_uuid())', 'SP003'),
	('SELECT smart_parking.open_manually(NULL, ''x'')', 'SP016'), ('SELECT smart_parking.open_manually(gen_random_uuid(), NULL)', 'SP016'),
	('SELECT smart_parking.open_manually(gen_random_uuid(), ''x'')', 'SP003'), ('SELECT smart_parking.open_manually(gen_random_uuid(), ''x'', ''--'')', 'SP010'),
	('SELECT smart_parking.expire_commands(0)', 'SP017'), ('SELECT smart_parking.expire_commands(NULL)', 'SP016')) t (sql, code);
SELECT is(smart_parking.report_passage(:'command', event_id => 'odd', details => '[1]'), 'passed', 'details that are no object');
SELECT is((SELECT details FROM smart_parking.barrier_command WHERE id = :'command'), '{"report": [1]}', 'are kept too');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
