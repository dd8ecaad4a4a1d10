-- What operators watch: each view with what belongs there, and with what does not.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
-- these rows are made by hand, the views alone are tested
SET LOCAL session_replication_role = replica;

SELECT smart_parking.add_parking('Watched', 51.05, 13.74, 9, time_zone => 'Europe/Berlin') AS lot, smart_parking.add_parking('Not watched', 51.05, 13.74, 9) AS other \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit, smart_parking.add_gate(:'other', 'in', 'entry') AS far \gset
CREATE FUNCTION pg_temp.id(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.read(n integer, at_gate uuid, plate text, decision text, reason text, passage integer DEFAULT NULL, ago text DEFAULT '1 minute', details jsonb DEFAULT NULL,
	matched_by text DEFAULT NULL, corrects integer DEFAULT NULL, camera text DEFAULT 'c1') RETURNS void LANGUAGE sql AS $$
	INSERT INTO smart_parking.plate_read (id, gate_id, plate_text, car_plate, read_at, received_at, decision, reason, passage_id, details, matched_by, corrects, camera)
	VALUES (pg_temp.id(n), at_gate, plate, nullif(plate, '?')::smart_parking.license_plate, now(), now() - ago::interval, decision, reason, pg_temp.id(passage), details, matched_by,
		pg_temp.id(corrects), camera) $$;
CREATE FUNCTION pg_temp.passage(n integer, at_gate uuid, plate text, decision text, reason text, at timestamptz DEFAULT now(), last timestamptz DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	INSERT INTO smart_parking.passage (id, gate_id, started_at, last_read_at, car_plate, decision, reason)
	VALUES (pg_temp.id(n), at_gate, at, coalesce(last, at), plate::smart_parking.license_plate, decision, reason) $$;

-- cars_inside

SELECT booking_id AS held FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'DD H 1') \gset
SELECT booking_id AS inside, spot_no FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'DD I 2') \gset
SELECT booking_id AS gone FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'DD G 3') \gset
UPDATE smart_parking.booking SET status = 'confirmed', confirmed_at = now() - interval '2 hours' WHERE id = :'inside';
UPDATE smart_parking.booking SET status = 'completed', confirmed_at = now() - interval '2 hours', ended_at = now() WHERE id = :'gone';
SELECT pg_temp.read(1, :'entry', 'DD W 4', 'open', 'entered_offline_without_spot');
INSERT INTO smart_parking.gate_incident (id, gate_id, raised_at, kind, plate_read_id, resolved_at, resolution) VALUES
	(pg_temp.id(1), :'entry', now() - interval '1 hour', 'inside_without_spot', pg_temp.id(1), NULL, NULL),
	(pg_temp.id(2), :'entry', now(), 'inside_without_spot', pg_temp.id(1), now(), 'left'), (pg_temp.id(3), :'entry', now(), 'spot_sold_on', pg_temp.id(1), NULL, NULL);
SELECT results_eq($$ SELECT parking, car_plate, spot_no IS NULL, inside_for >= '1 hour', inside_for < '3 hours', overstays, booking_id, incident_id FROM smart_parking.cars_inside ORDER BY since $$,
	format($$ VALUES ('Watched', 'DDI2', false, true, true, false, %L::uuid, NULL::uuid), ('Watched', 'DDW4', true, true, true, false, NULL, pg_temp.id(1)) $$, :'inside'),
	'the car with a booking and the one without a spot; not the hold, the car that left, nor an incident that is closed or another');
SELECT is((SELECT spot_label FROM smart_parking.cars_inside WHERE booking_id = :'inside'), :'spot_no', 'with its spot');
UPDATE smart_parking.parking SET max_stay = '90 minutes' WHERE id = :'lot';
SELECT results_eq('SELECT car_plate FROM smart_parking.cars_inside WHERE overstays', $$ VALUES ('DDI2') $$, 'the one that has been there too long');

-- reads_for_attention

SELECT pg_temp.passage(10, :'entry', 'A1', 'manual', 'plate_ambiguous'), pg_temp.read(10, :'entry', 'A1', 'manual', 'plate_unreadable', 10, '9 minutes'),
	pg_temp.read(11, :'entry', 'A1', 'manual', 'plate_ambiguous', 10, '8 minutes', '{"contenders": [{"plate": "A7"}, {"plate": "AI"}]}');
SELECT pg_temp.passage(20, :'entry', 'B1', 'open', 'entered'), pg_temp.read(20, :'entry', '?', 'manual', 'plate_unreadable', 20, '7 minutes'), pg_temp.read(21, :'entry', 'B1', 'open', 'entered', 20, '6 minutes');
SELECT pg_temp.passage(30, :'exit', 'C1', 'manual', 'exit_without_entry'), pg_temp.read(30, :'exit', 'C1', 'manual', 'exit_without_entry', 30, '5 minutes'), pg_temp.read(31, :'exit', 'C7', 'open', 'exited', NULL, '4 minutes', NULL, 'attendant', 30);
SELECT pg_temp.passage(40, :'exit', 'D1', 'manual', 'exit_without_entry'), pg_temp.read(40, :'exit', 'D1', 'manual', 'exit_without_entry', 40, '3 minutes');
INSERT INTO smart_parking.barrier_command (id, gate_id, command, issued_at, expires_at, state, passage_id, reason)
VALUES (pg_temp.id(40), :'exit', 'open', now() - interval '150 seconds', now() + interval '30 seconds', 'issued', pg_temp.id(40), 'paid at the desk');
SELECT pg_temp.read(50, :'exit', '?', 'manual', 'message_unreadable', NULL, '2 minutes', '{"problem": "unknown_format"}'), pg_temp.read(60, :'entry', 'E1', 'deny', 'no_booking', NULL, '1 minute');
SELECT results_eq($$ SELECT read_id, gate, plate_text, reason, contenders, waiting BETWEEN '1 minute' AND '1 hour' FROM smart_parking.reads_for_attention $$,
	$$ VALUES (pg_temp.id(50), 'out', '?', 'message_unreadable', NULL::jsonb, true), (pg_temp.id(11), 'in', 'A1', 'plate_ambiguous', '[{"plate": "A7"}, {"plate": "AI"}]', true) $$,
	'newest first, one a passage; not what was decided by a later read, corrected, opened by hand, or denied');
SELECT pg_temp.read(12, :'entry', 'A7', 'open', 'entered', NULL, '0', NULL, 'attendant', 10);
SELECT results_eq('SELECT read_id FROM smart_parking.reads_for_attention', 'VALUES (pg_temp.id(50))', 'a correction of any read of the passage settles it');

SELECT pg_temp.read(80, :'far', '?', 'manual', 'plate_unreadable', NULL, '30 minutes'), pg_temp.read(81, :'far', '?', 'manual', 'plate_unreadable', NULL, '27 minutes'), pg_temp.read(82, :'far', '?', 'manual', 'plate_unreadable', NULL, '50 minutes');
INSERT INTO smart_parking.barrier_command (id, gate_id, plate_read_id, command, issued_at, expires_at, state, reason, ended_at) VALUES
	(pg_temp.id(80), :'far', NULL, 'open', now() - interval '28 minutes', now(), 'passed', 'I saw it', now()), (pg_temp.id(81), :'far', pg_temp.id(60), 'open', now() - interval '26 minutes', now(), 'passed', NULL, now());
SELECT results_eq('SELECT read_id FROM smart_parking.reads_for_attention', 'SELECT pg_temp.id(n) FROM unnest(ARRAY[50, 81, 82]) AS n', 'so does an attendant who opens within ten minutes after it, but not another car''s order');

-- open_commands

INSERT INTO smart_parking.barrier_command (id, gate_id, plate_read_id, command, issued_at, expires_at, state, ended_at, awaits_passage) VALUES
	(pg_temp.id(51), :'entry', pg_temp.id(21), 'open', now(), now() + interval '30 seconds', 'acknowledged', NULL, true),
	(pg_temp.id(52), :'entry', NULL, 'open', now() - interval '1 minute', now() - interval '1 second', 'issued', NULL, true),
	(pg_temp.id(53), :'entry', NULL, 'open', now(), now() + interval '30 seconds', 'passed', now(), true),
	(pg_temp.id(54), :'exit', NULL, 'open', now() - interval '1 minute', now() - interval '1 second', 'issued', NULL, false);
SELECT results_eq('SELECT command_id, gate, car_plate, state, overdue, reason FROM smart_parking.open_commands ORDER BY command_id',
	$$ VALUES (pg_temp.id(40), 'out', 'D1', 'issued', false, 'paid at the desk'), (pg_temp.id(51), 'in', 'B1', 'acknowledged', false, NULL), (pg_temp.id(52), 'in', NULL, 'issued', true, NULL) $$,
	'under way or overdue; not what ended, nor what is over where passage is not sensed');

-- passages, by the lot's own day: 31 March 2024 had 23 hours in Berlin

DELETE FROM smart_parking.passage;
SELECT pg_temp.passage(70, :'entry', 'T0', 'deny', 'no_booking', '2024-03-30 22:59:59.999Z', '2024-03-30 23:00:10Z'), pg_temp.passage(71, :'entry', 'T1', 'open', 'entered', '2024-03-30 23:00Z'),
	pg_temp.passage(72, :'exit', 'T2', 'open', 'exited', '2024-03-31 21:59:59Z'), pg_temp.passage(73, :'entry', 'T3', 'deny', 'no_booking', '2024-03-31 22:00Z'), pg_temp.passage(74, :'far', 'T4', 'deny', 'no_booking', '2024-03-31 12:00Z');
UPDATE smart_parking.passage SET booking_id = :'inside', reads = 3, matched_by = 'distance' WHERE id = pg_temp.id(71);
INSERT INTO smart_parking.barrier_command (id, gate_id, command, issued_at, expires_at, state, passage_id, ended_at) VALUES
	(pg_temp.id(71), :'entry', 'open', now() - interval '1 minute', now(), 'timed_out', pg_temp.id(71), now()), (pg_temp.id(72), :'entry', 'open', now(), now() + interval '30 seconds', 'passed', pg_temp.id(71), now());
SELECT results_eq(format($$ SELECT local_time, gate, car_plate, matched_plate, decision, reason, matched_by, spot_label, reads, command_state, passage_id FROM smart_parking.passages('2024-03-31', %L) $$, :'lot'),
	format($$ VALUES ('2024-03-31 00:00'::timestamp, 'in', 'T1', 'DDI2', 'open', 'entered', 'distance', '%s', 3, 'passed', pg_temp.id(71)),
	('2024-03-31 23:59:59', 'out', 'T2', NULL, 'open', 'exited', NULL, NULL, 1, NULL, pg_temp.id(72)) $$, :spot_no), 'what began on that day in that lot, on its clock');
SELECT is((SELECT count(*) FROM smart_parking.passages('2024-03-30', :'lot')), 1::bigint, 'the day before');
SELECT throws_ok(format('SELECT smart_parking.passages(NULL, %L)', :'lot'), 'SP016', NULL, 'no day');
SELECT throws_ok('SELECT smart_parking.passages(''2024-03-31'', NULL)', 'SP016', NULL, 'no lot');
SELECT throws_ok('SELECT smart_parking.passages(''2024-03-31'', gen_random_uuid())', 'SP001', NULL, 'an unknown lot');

-- camera_quality

DELETE FROM smart_parking.plate_read;
SELECT pg_temp.read(100, :'entry', 'Q1', 'open', 'entered', ago => '1 hour', matched_by => 'exact'), pg_temp.read(101, :'entry', 'Q2', 'open', 'entered', ago => '2 hours', matched_by => 'distance'),
	pg_temp.read(102, :'entry', '?', 'manual', 'plate_unreadable', ago => '3 hours'), pg_temp.read(103, :'entry', 'Q3', 'deny', 'no_booking', ago => '4 hours'),
	pg_temp.read(104, :'entry', 'Q4', 'open', 'entered', ago => '3 hours', matched_by => 'attendant', corrects => 103),
	pg_temp.read(105, :'entry', 'Q5', 'open', 'entered', ago => '3 days', matched_by => 'candidate'), pg_temp.read(106, :'entry', '?', 'manual', 'plate_unreadable', ago => '8 days'),
	pg_temp.read(107, :'entry', 'Q6', 'deny', 'no_booking', ago => '5 days', camera => 'c2');
UPDATE smart_parking.gate SET camera_seen_at = now() - interval '1 minute';
UPDATE smart_parking.gate SET camera_seen_at = NULL WHERE id = :'far';
SELECT results_eq(format($$ SELECT gate, camera, reads_24h, unreadable_24h, likened_24h, misread_24h, reads_7d, unreadable_7d, likened_7d, misread_7d, now() - silent_since
	FROM smart_parking.camera_quality WHERE parking_id IN (%L, %L) ORDER BY parking DESC, gate, camera $$, :'lot', :'other'),
	$$ VALUES ('in', 'c1', 4::bigint, 0.25, 0.25, 0.25, 5::bigint, 0.2, 0.4, 0.2, interval '1 hour'), ('in', 'c2', 0, NULL, NULL, NULL, 1, 0, 0, 0, '5 days'),
	('out', NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, '1 minute'), ('in', NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL) $$,
	'shares of the camera''s own reads within a day and a week; a gate''s heartbeat is its only camera''s');
UPDATE smart_parking.plate_read SET camera = 'c1' WHERE camera = 'c2';
SELECT is((SELECT now() - silent_since FROM smart_parking.camera_quality WHERE gate_id = :'entry'), '1 minute', 'which speaks between reads too');

SELECT * FROM finish();
ROLLBACK;
