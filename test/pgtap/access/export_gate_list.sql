-- export_gate_list: the list a controller decides by alone; replay_reads: what it did meanwhile.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;

SELECT smart_parking.add_parking('Offline', 51.05, 13.74, 20) AS lot, smart_parking.add_parking('Next door', 51.05, 13.74, 20) AS other \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit, smart_parking.add_gate(:'lot', 'both') AS both \gset
CREATE FUNCTION pg_temp.hold(at_lot uuid, plate text) RETURNS uuid LANGUAGE sql AS
	$$ SELECT booking_id FROM smart_parking.reserve_spot(at_lot, gen_random_uuid(), plate) $$;
CREATE FUNCTION pg_temp.list(of_gate uuid, since bigint DEFAULT 0) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT coalesce(string_agg(concat_ws(' ', x.version, x.car_plate, x.kind, x.may), ', ' ORDER BY x.version, x.car_plate, x.kind), '-')
	FROM smart_parking.export_gate_list(of_gate, since) AS x $$;

-- an empty lot

SELECT is(pg_temp.list(:'both'), '-', 'nothing to know about an empty lot');
SELECT is((SELECT version FROM smart_parking_internal.gate_export WHERE gate_id = :'both'), 0::bigint, 'is no version');

-- what is in the list

SELECT pg_temp.hold(:'lot', 'DD H 1') AS held, pg_temp.hold(:'lot', 'DD I 2') AS inside, pg_temp.hold(:'lot', 'DD L 3') AS lapsed, pg_temp.hold(:'other', 'DD N 4') AS elsewhere \gset
SELECT smart_parking_internal.judge_read(:'entry', 'DD I 2', now(), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false) \g /dev/null
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = :'lapsed';
SELECT smart_parking.add_plate_rule('DD P 5', 'permit', :'lot', '2024-01-01Z', '2099-01-01Z') AS permit, smart_parking.add_plate_rule('DD S 6', 'staff') AS staff,
	smart_parking.add_plate_rule('DD B 7', 'blocked') AS blocked, smart_parking.add_plate_rule('DD O 8', 'permit', :'other') AS not_here,
	smart_parking.add_plate_rule('DD Q 9', 'permit', :'lot', '2024-01-01Z', '2024-02-01Z') AS over \gset
SELECT is(pg_temp.list(:'both'), '1 DDB7 blocked none, 1 DDH1 booking enter, 1 DDI2 inside leave, 1 DDP5 permit enter, 1 DDS6 staff enter', 'holds that live, cars inside, rules that hold here');
SELECT is(pg_temp.list(:'entry'), '1 DDB7 blocked none, 1 DDH1 booking enter, 1 DDP5 permit enter, 1 DDS6 staff enter', 'an entry knows who may enter');
SELECT is(pg_temp.list(:'exit'), '1 DDI2 inside leave', 'an exit who may leave');
SELECT results_eq(format($$ SELECT x.car_plate, x.valid_from, x.valid_until FROM smart_parking.export_gate_list(%L) AS x WHERE kind IN ('booking', 'inside', 'permit') $$, :'both'),
	format($$ SELECT car_plate::text, coalesce(confirmed_at, created_at), CASE status WHEN 'pending' THEN expires_at END FROM smart_parking.booking WHERE id IN (%L, %L)
	UNION ALL VALUES ('DDP5', '2024-01-01Z'::timestamptz, '2099-01-01Z'::timestamptz) ORDER BY 1 $$, :'held', :'inside'), 'from when and until when');

-- increments

SELECT is(pg_temp.list(:'both', 1), '-', 'no change, no row');
SELECT is((SELECT version FROM smart_parking_internal.gate_export WHERE gate_id = :'both'), 1::bigint, 'and no version more');
SELECT pg_temp.hold(:'lot', 'DD J 10') AS late \gset
SELECT is(pg_temp.list(:'both', 1), '2 DDJ10 booking enter', 'a hold more');
SELECT smart_parking.extend_hold(:'late', '5 minutes') \g /dev/null
SELECT is(pg_temp.list(:'both', 2), '3 DDJ10 booking enter', 'a hold extended');
SELECT smart_parking.cancel_booking(:'held') \g /dev/null
SELECT smart_parking.end_plate_rule(:'permit'), smart_parking.end_plate_rule(:'blocked') \g /dev/null
SELECT is(pg_temp.list(:'both', 3), '4 DDB7 blocked none, 4 DDH1 booking none, 4 DDP5 permit none', 'what went is said');
SELECT is(bool_and(x.valid_from = x.valid_until AND x.valid_until <= clock_timestamp()), true, 'and counts at no instant') FROM smart_parking.export_gate_list(:'both', 3) AS x;
SELECT is(pg_temp.list(:'both', 1), '3 DDJ10 booking enter, 4 DDB7 blocked none, 4 DDH1 booking none, 4 DDP5 permit none', 'who was away longer gets all of it, each plate once');
SELECT is(pg_temp.list(:'both'), '1 DDI2 inside leave, 1 DDS6 staff enter, 3 DDJ10 booking enter', 'from the start: only what counts');
SELECT is(pg_temp.list(:'both', 99), '1 DDI2 inside leave, 1 DDS6 staff enter, 3 DDJ10 booking enter', 'a version that never was: the same');
SELECT is(pg_temp.list(:'both', -1), '1 DDI2 inside leave, 1 DDS6 staff enter, 3 DDJ10 booking enter', 'a negative one too');
SELECT smart_parking.add_plate_rule('DD P 5', 'permit', :'lot', '2090-01-01Z', '2091-01-01Z') AS later, smart_parking.add_plate_rule('DD P 5', 'permit', :'lot', '2024-01-01Z', '2097-01-01Z') AS shorter,
	smart_parking.add_plate_rule('DD P 5', 'permit', NULL, '2024-01-01Z', '2098-01-01Z') AS longer \gset
SELECT is(pg_temp.list(:'both', 4), '5 DDP5 permit enter', 'what went comes back, once of several rules');
SELECT is(x.valid_until, '2098-01-01Z', 'the one that holds now, longest') FROM smart_parking.export_gate_list(:'both', 4) AS x;
SELECT smart_parking.end_plate_rule(:'longer'), smart_parking.end_plate_rule(:'shorter') \g /dev/null
SELECT results_eq(format('SELECT valid_from, valid_until FROM smart_parking.export_gate_list(%L, 5)', :'both'), $$ VALUES ('2090-01-01Z'::timestamptz, '2091-01-01Z'::timestamptz) $$, 'else the next to come');
SELECT smart_parking.close_parking(:'lot') \g /dev/null
SELECT is(pg_temp.list(:'both', 6), '7 DDP5 permit none, 7 DDS6 staff none', 'a closed lot lets bookings in only');
SELECT smart_parking.open_parking(:'lot') \g /dev/null

-- a car inside without a spot may leave

INSERT INTO smart_parking.plate_read (id, gate_id, plate_text, car_plate, read_at, received_at, decision, reason)
VALUES ('00000000-0000-7000-8000-00000000000a', :'entry', 'DD W 11', 'DD W 11', now(), now(), 'open', 'entered_offline_without_spot');
INSERT INTO smart_parking.gate_incident (id, gate_id, raised_at, kind, plate_read_id)
VALUES ('00000000-0000-7000-8000-000000000011', :'entry', now(), 'inside_without_spot', '00000000-0000-7000-8000-00000000000a');
SELECT is(pg_temp.list(:'exit', 1), '2 DDW11 inside leave', 'a car that came in without a spot may leave');
SELECT smart_parking.resolve_incident('00000000-0000-7000-8000-000000000011', 'gone') \g /dev/null
SELECT is(pg_temp.list(:'exit', 2), '3 DDW11 inside none', 'until the incident is closed');

SELECT throws_ok($$ SELECT smart_parking.export_gate_list(NULL) $$, 'SP016', NULL, 'no gate');
SELECT throws_ok($$ SELECT smart_parking.export_gate_list(gen_random_uuid()) $$, 'SP003', NULL, 'an unknown gate');
SELECT throws_ok(format($$ SELECT smart_parking.export_gate_list(%L, NULL) $$, :'both'), 'SP016', NULL, 'no version');

-- replay: sorted by the camera's clock, whatever the order of the array

CREATE FUNCTION pg_temp.replay(of_gate uuid, log jsonb) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT string_agg(concat_ws(' ', r.n, r.decision, r.reason), ', ' ORDER BY r.ordinality)
	FROM smart_parking.replay_reads(of_gate, log) WITH ORDINALITY AS r(n, read_at, decision, reason, booking_id, ordinality) $$;
CREATE FUNCTION pg_temp.ago(span text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT (now() - span::interval)::text $$;
SELECT pg_temp.hold(:'lot', 'DD R 12') AS r12, pg_temp.hold(:'lot', 'DD R 13') AS r13 \gset
-- a hold made an hour ago, so that what happened offline lies within its life
SELECT set_config('session_replication_role', 'replica', true) \g /dev/null
UPDATE smart_parking.booking SET created_at = created_at - interval '1 hour', expires_at = now() + interval '5 minutes' WHERE id IN (:'r12', :'r13');
SELECT set_config('session_replication_role', 'origin', true) \g /dev/null
SELECT count(*) AS commands FROM smart_parking.barrier_command \gset
SELECT jsonb_build_array(
	jsonb_build_object('plate', 'DD R 12', 'read_at', pg_temp.ago('20 minutes'), 'event_id', 'o3'),
	jsonb_build_object('message', jsonb_build_object('data_type', 'alpr_results', 'uuid', 'o1', 'epoch_time', floor(extract(epoch FROM now() - interval '40 minutes'))::bigint,
		'results', '[{"plate": "DDR12", "confidence": 91}]'::jsonb), 'format', 'openalpr'),
	jsonb_build_object('plate', 'DD R 13', 'read_at', pg_temp.ago('30 minutes'), 'confidence', 0.9, 'event_id', 'o2', 'opened', true),
	'"what?"'::jsonb, '{}'::jsonb,
	jsonb_build_object('plate', 'DD T 14', 'read_at', pg_temp.ago('10 minutes'), 'event_id', 'o4', 'opened', false),
	jsonb_build_object('plate', 'DD T 14', 'event_id', 'o5'),
	jsonb_build_object('data_type', 'heartbeat', 'timestamp', extract(epoch FROM now() - interval '50 minutes')::bigint)) AS log \gset
SELECT is(pg_temp.replay(:'both', :'log'),
	'8 ignore heartbeat, 2 open entered, 3 open entered, 4 manual message_unreadable, 5 manual message_unreadable, 1 open exited, 6 ignore nothing_to_decide, 7 manual unknown_offline',
	'in the order of time; what has none stands behind what came before it');
SELECT results_eq(format($$ SELECT status::text, confirmed_at = date_trunc('second', now() - interval '40 minutes'), ended_at = now() - interval '20 minutes' FROM smart_parking.booking WHERE id = %L $$, :'r12'),
	$$ VALUES ('completed', true, true) $$, 'a car came and went when the camera says');
SELECT is((SELECT status::text FROM smart_parking.booking WHERE id = :'r13'), 'confirmed', 'another is inside');
SELECT is((SELECT count(*) FROM smart_parking.barrier_command), :commands::bigint, 'no barrier is told anything');
SELECT results_eq(format($$ SELECT car_plate::text, decision, reason, details FROM smart_parking.plate_read WHERE gate_id = %L AND event_id = 'o4' $$, :'both'),
	$$ VALUES ('DDT14', 'ignore', 'nothing_to_decide', '{"opened": false}'::jsonb) $$, 'a car that stayed outside is on record');
SELECT is((SELECT read_at FROM smart_parking.plate_read WHERE gate_id = :'both' AND event_id = 'o5'), now() - interval '10 minutes', 'with the time of the message before');
SELECT count(*) AS reads FROM smart_parking.plate_read \gset
SELECT is(pg_temp.replay(:'both', :'log'::jsonb - 4 - 3), '6 ignore heartbeat, 2 open entered, 3 open entered, 1 open exited, 4 ignore nothing_to_decide, 5 manual unknown_offline', 'the same log again');
SELECT is((SELECT count(*) FROM smart_parking.plate_read), :reads::bigint, 'changes nothing');
SELECT is(pg_temp.list(:'exit', 3), '4 DDR13 inside leave', 'the list knows of it');
SELECT is(pg_temp.replay(:'both', '[{"plate": "DD T 15"}]'), '1 manual unknown_offline', 'a log without times');
SELECT is(pg_temp.replay(:'both', jsonb_build_array(jsonb_build_object('plate', repeat('9', 30), 'event_id', 'o6', 'opened', false))), '1 ignore nothing_to_decide', 'a text that is no plate, of a car that stayed outside');
SELECT is((SELECT car_plate::text FROM smart_parking.plate_read WHERE event_id = 'o6'), NULL, 'is on record as such');
SELECT is(pg_temp.replay(:'both', '[]'), NULL, 'an empty log');
SELECT is(pg_temp.replay(:'both', '[null, 1, [], "x"]'), '1 manual message_unreadable, 2 manual message_unreadable, 3 manual message_unreadable, 4 manual message_unreadable', 'what is no message is on record');
SELECT is((SELECT count(*) FROM smart_parking.replay_reads(:'both', (SELECT jsonb_agg('{"data_type": "heartbeat"}'::jsonb) FROM generate_series(1, 1000)))), 1000::bigint, 'a thousand messages');
SELECT throws_ok(format($$ SELECT smart_parking.replay_reads(%L, (SELECT jsonb_agg(1) FROM generate_series(1, 1001))) $$, :'both'), 'SP019', NULL, 'and not one more');
SELECT throws_ok(format($$ SELECT smart_parking.replay_reads(%L, '{"plate": "A"}') $$, :'both'), 'SP019', NULL, 'not an array');
SELECT throws_ok(format($$ SELECT smart_parking.replay_reads(%L, NULL) $$, :'both'), 'SP016', NULL, 'no array');
SELECT throws_ok($$ SELECT smart_parking.replay_reads(NULL, '[]') $$, 'SP016', NULL, 'no gate');
SELECT throws_ok($$ SELECT smart_parking.replay_reads(gen_random_uuid(), '[]') $$, 'SP003', NULL, 'an unknown gate');

SELECT is_empty($$ SELECT * FROM smart_parking.check_invariants() $$, 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
