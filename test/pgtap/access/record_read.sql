-- record_read: from a vendor's message to verdicts and reads on record.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
\ir message/samples.psql

SELECT smart_parking.add_parking('Messages', 51.05, 13.74, 40) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit, smart_parking.add_gate(:'lot', 'both') AS both,
	smart_parking.add_gate(:'lot', 'calm', 'entry') AS calm \gset
-- what is one passage is not tested here: each read is its own, but for what shares a vehicle
SELECT smart_parking.set_gate(g, passage_window => '0') FROM unnest(ARRAY[:'entry', :'exit', :'both', :'calm']::uuid[]) AS g \g /dev/null
CREATE FUNCTION pg_temp.sample(wanted text) RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT message FROM sample WHERE name = wanted $$;
CREATE FUNCTION pg_temp.says(gate uuid, message jsonb, format text DEFAULT NULL) RETURNS text LANGUAGE sql VOLATILE
	AS $$ SELECT string_agg(v.decision || ' ' || v.reason, ', ') FROM smart_parking.record_read(gate, message, format) AS v $$;
CREATE FUNCTION pg_temp.reads(gate uuid) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM smart_parking.plate_read AS r WHERE r.gate_id = gate $$;
SELECT smart_parking.reserve_spot(:'lot', gen_random_uuid(), plate) FROM unnest(ARRAY['DDAN1206', 'FIRST1', 'B7XYZ', 'RLE11684', 'A&B77', '9HKA742', 'MW818WM']) AS plate \g /dev/null

-- each vendor's message opens

SELECT is(pg_temp.says(:'entry', pg_temp.sample(name)), said, name)
FROM (VALUES (1, 'alpr frame', 'open entered'), (2, 'alpr frame of two', 'open entered, deny no_booking'), (3, 'snapshot', 'open entered, manual plate_unreadable'),
	(4, 'axis', 'open entered'), (5, 'hikvision', 'open entered'), (6, 'genetec', 'open entered'), (7, 'survision', 'open entered'),
	(8, 'alpr frame of none', 'ignore nothing_to_decide'), (9, 'alpr heartbeat', 'ignore heartbeat'), (10, 'frigate description', 'ignore nothing_to_decide'),
	(11, 'stream line', 'deny no_booking')) AS m(nth, name, said) ORDER BY m.nth;
SELECT is(pg_temp.reads(:'entry'), 10::bigint, 'a read each, of a heartbeat and of nothing none');
SELECT is(pg_temp.says(:'entry', pg_temp.sample(name)), said, name || ', delivered again')
FROM (VALUES (1, 'alpr frame', 'open entered'), (2, 'alpr frame of two', 'open entered, deny no_booking'), (3, 'snapshot', 'open entered, manual plate_unreadable'),
	(4, 'axis', 'open entered'), (5, 'hikvision', 'open entered'), (6, 'genetec', 'open entered'), (7, 'survision', 'open entered'),
	(11, 'stream line', 'deny no_booking')) AS m(nth, name, said) ORDER BY m.nth;
SELECT is(pg_temp.reads(:'entry'), 10::bigint, 'leaves no read more');
SELECT is(pg_temp.says(:'exit', '{"plate": "dd-an 1206", "read_at": "2024-06-15T12:00:00Z"}'), 'open exited', 'our own format, at the exit');
SELECT is(pg_temp.says(:'exit', '{"plate": "dd-an 1206", "read_at": "2024-06-15T12:00:00Z"}'), 'open exited', 'has an id made of camera, time and plate');
SELECT is(pg_temp.says(:'exit', pg_temp.sample('axis'), ' AXIS '), 'open exited', 'a format may be named');

-- what goes on record

SELECT results_eq(format($$ SELECT r.plate_text, r.car_plate::text, r.confidence, r.camera, r.format, r.event_id, r.candidates, r.message, r.read_at
	FROM smart_parking.plate_read AS r WHERE r.gate_id = %L AND r.event_id = 'lot-cam7-1718445600250' $$, :'entry'),
	$$ VALUES ('DDAN1206', 'DDAN1206', 0.915::real, '7', 'openalpr', 'lot-cam7-1718445600250', '[{"plate": "DDANI206", "confidence": 0.8225}, {"plate": "OOAN1206", "confidence": 0.8}]'::jsonb,
	'{"version": 2, "img_width": 640, "results": {"region": "eu-de", "matches_template": 1, "coordinates": [{"x": 1, "y": 2}]}}'::jsonb, '2024-06-15 10:00:00.25Z'::timestamptz) $$,
	'plate, confidence, camera, format, candidates, the camera''s time, and what was not taken up');
SELECT is((SELECT r.vehicle || ' ' || (r.message ->> 'direction') FROM smart_parking.plate_read AS r WHERE r.gate_id = :'entry' AND r.format = 'axis'), '1144 out',
	'the camera''s id of the car, and its direction in the message');
SELECT results_eq(format($$ SELECT r.plate_text, r.decision, r.confidence FROM smart_parking.plate_read AS r WHERE r.gate_id = %L AND r.format = 'platerecognizer_snapshot' ORDER BY r.received_at, r.confidence DESC $$, :'entry'),
	$$ VALUES ('b7xyz', 'open', 0.75::real), (NULL, 'manual', 0.1) $$, 'a vehicle without a plate is a read too');
CREATE TEMP TABLE before_clock AS SELECT clock_timestamp() AS at;
SELECT is(pg_temp.says(:'calm', '{"data_type": "alpr_results", "uuid": "timeless", "results": [{"plate": "NOTIME"}]}'), 'deny no_booking', 'a read without a time');
SELECT ok(r.read_at BETWEEN b.at AND clock_timestamp(), 'has the server''s') FROM smart_parking.plate_read AS r, before_clock AS b WHERE r.event_id = 'timeless';
SELECT is(pg_temp.says(:'entry', '{"data_type": "alpr_results", "uuid": "misread", "results": [{"plate": "DDAN12O8", "candidates": [{"plate": "WRONG1"}, {"plate": "LATER7"}]}]}'), 'deny no_booking', 'a stranger');
SELECT smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'LATER7') \g /dev/null
SELECT is(pg_temp.says(:'entry', '{"data_type": "alpr_results", "uuid": "candidate", "results": [{"plate": "IATEB7", "candidates": [{"plate": "WRONG1"}, {"plate": "LATER7"}]}]}'), 'open entered',
	'the camera''s other readings are looked at');

-- what tells of a car a second time

SELECT smart_parking.add_gate(:'lot', 'told twice', 'entry') AS twice \gset
SELECT smart_parking.set_gate(:'twice', passage_window => '0') \g /dev/null
SELECT smart_parking.reserve_spot(:'lot', gen_random_uuid(), plate) FROM unnest(ARRAY['ALERT1', 'ALERT2', 'AA7D2']) AS plate \g /dev/null
CREATE FUNCTION pg_temp.told(wanted text, plate text, id text) RETURNS jsonb LANGUAGE sql STABLE
	AS $$ SELECT replace(replace(message::text, 'DDAN1206', plate), 'lot-cam7', id)::jsonb FROM sample WHERE name = wanted $$;
CREATE FUNCTION pg_temp.orders(gate uuid) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM smart_parking.barrier_command AS c WHERE c.gate_id = gate AND c.command = 'open' $$;
SELECT is(pg_temp.says(:'twice', pg_temp.told('alpr group', 'ALERT1', 'a')), 'open entered', 'a group opens');
SELECT is(pg_temp.says(:'twice', pg_temp.told('alpr alert', 'ALERT1', 'a')), 'open entered', 'the alert about it says so again');
SELECT is(pg_temp.says(:'twice', pg_temp.told('alpr alert without group', 'ALERT1', 'a')), 'ignore nothing_to_decide', 'or nothing');
SELECT is(pg_temp.orders(:'twice'), 1::bigint, 'there is one order');
SELECT is(pg_temp.says(:'twice', pg_temp.told('alpr alert', 'ALERT2', 'b')), 'open entered', 'an alert that overtook its group opens');
SELECT is(pg_temp.says(:'twice', pg_temp.told('alpr group', 'ALERT2', 'b')), 'open entered', 'which says so again');
SELECT is(pg_temp.orders(:'twice'), 2::bigint, 'there is one order more');
SELECT is(pg_temp.says(:'twice', pg_temp.sample('alpr vehicle')), 'manual plate_unreadable', 'a vehicle without a plate waits for a person');
SELECT is(pg_temp.says(:'twice', replace(pg_temp.sample('alpr vehicle')::text, 'lot-cam7-1718445631000', 'b-1718445601000')::jsonb), 'open entered', 'but not one that a group told of');
SELECT is(pg_temp.says(:'twice', pg_temp.sample('sharpv')), 'open entered', 'a SharpV');
SELECT is(pg_temp.says(:'twice', pg_temp.sample('sharpv')), 'open entered', 'delivered again');
SELECT is(pg_temp.orders(:'twice'), 3::bigint, 'gives no second order');
SELECT is(pg_temp.says(:'twice', jsonb_set(pg_temp.sample('dahua push'), '{Picture,NormalPic,Content}', to_jsonb(repeat('A', 50000)))), 'deny no_booking', 'Dahua with a picture');
SELECT is(r.message #>> '{NormalPic,Content}', repeat('A', 200) || ' ... dropped: a string of 50000 characters', 'which is not kept')
FROM smart_parking.plate_read AS r WHERE r.gate_id = :'twice' AND r.format = 'dahua';

-- signs of life

SELECT is((SELECT camera_seen_at FROM smart_parking.gate WHERE id = :'both'), NULL, 'a gate whose camera never spoke');
SELECT is(pg_temp.says(:'both', pg_temp.sample('hikvision heartbeat')), 'ignore heartbeat', 'speaks');
SELECT ok(camera_seen_at > now() - interval '1 hour', 'was seen') FROM smart_parking.gate WHERE id = :'both';
UPDATE smart_parking.gate SET camera_seen_at = '2024-01-01Z' WHERE id = :'both';
SELECT is(pg_temp.says(:'both', pg_temp.sample('frigate event without plate')), 'ignore nothing_to_decide', 'a message about nothing');
SELECT ok(camera_seen_at > '2024-01-02Z', 'is a sign of life too') FROM smart_parking.gate WHERE id = :'both';
SELECT camera_seen_at AS seen, xmin AS version FROM smart_parking.gate WHERE id = :'both' \gset
SELECT results_eq(format('SELECT (v).booking_id, (v).spot_no, (v).command_id, (v).details FROM smart_parking.record_read(%L, pg_temp.sample(''alpr heartbeat'')) AS v', :'both'),
	'VALUES (NULL::uuid, NULL::integer, NULL::uuid, NULL::jsonb)', 'a heartbeat says nothing else');
SELECT is((SELECT camera_seen_at FROM smart_parking.gate WHERE id = :'both'), :'seen', 'many signs within seconds are one new version of the gate''s row');
SELECT is(pg_temp.reads(:'both'), 0::bigint, 'and none is a read');

-- whatever comes is on record

CREATE TEMP TABLE bad (nth integer, message jsonb, problem text);
INSERT INTO bad VALUES (1, NULL, 'no_message'), (2, 'null', 'not_an_object'), (3, '[]', 'not_an_object'), (4, '{}', 'unknown_format'), (5, '"<xml"', 'not_an_object'),
	(6, '{"data_type": "alpr_results", "uuid": "u"}', 'missing_field'), (7, '{"data_type": "telepathy"}', 'unknown_data_type'),
	(8, '"<EventNotificationAlert><eventType>ANPR"', 'malformed_xml'), (9, '{"plate": {}, "read_at": "at noon"}', 'bad_field');
SELECT is(pg_temp.says(:'exit', message), 'manual message_unreadable', 'unreadable: ' || coalesce(left(message::text, 40), 'NULL')) FROM bad ORDER BY nth;
SELECT is((SELECT count(*) FROM bad AS b WHERE EXISTS (SELECT FROM smart_parking.plate_read AS r WHERE r.gate_id = :'exit' AND r.reason = 'message_unreadable'
	AND r.message IS NOT DISTINCT FROM b.message AND r.details::text LIKE '%' || b.problem || '%')), 9::bigint, 'each is on record, with the whole message and what is wrong with it');
SELECT is(pg_temp.says(:'exit', '{"data_type": "alpr_results", "results": [{"plate": "A"}]}', 'nokia'), 'manual message_unreadable', 'a format that nobody knows');
SELECT is(pg_temp.says(:'exit', pg_temp.sample('alpr frame of two') #- '{results,0,plate}'), 'manual message_unreadable, manual exit_without_entry', 'one plate that cannot be read does not keep the other from being judged');
SELECT is(pg_temp.says(:'exit', jsonb_build_object('plate', plate, 'read_at', '2024-06-15T12:00:00Z')), 'manual plate_unreadable', 'no plate: ' || left(plate, 20))
FROM unnest(ARRAY[repeat('A', 17), repeat('?', 8), E'\u0001', repeat('B', 500000), 'none']) AS plate;

-- pictures

SELECT is(pg_temp.says(:'calm', jsonb_build_object('Plate', 'PIC1', 'CameraName', 'g', 'ContextImage', repeat('/9j/', 5000), 'Small', repeat('x', 10000),
	'nested', jsonb_build_array(1, jsonb_build_object('jpeg', repeat('y', 10001), 'z', 2)))), 'deny no_booking', 'a message with pictures');
SELECT is(r.message, jsonb_build_object('ContextImage', repeat('/9j/', 50) || ' ... dropped: a string of 20000 characters', 'Small', repeat('x', 10000),
	'nested', jsonb_build_array(1, jsonb_build_object('jpeg', repeat('y', 200) || ' ... dropped: a string of 10001 characters', 'z', 2))), 'is kept without them, and says so')
FROM smart_parking.plate_read AS r WHERE r.gate_id = :'calm' AND r.format = 'genetec';
SELECT is(length(smart_parking_internal.without_pictures((repeat('[', 1000) || '"' || repeat('a', 20000) || '"' || repeat(']', 1000))::jsonb)::text) BETWEEN 200 AND 400, true, 'one deep down goes with what it is nested in');
SELECT is(smart_parking_internal.without_pictures(m), m, 'what is small stays as it is') FROM unnest(ARRAY[NULL, 'null', '1', '"a"', '[]', '{"a": [{"b": null}]}']::jsonb[]) AS m;

-- a hundred at most

SELECT jsonb_build_object('data_type', 'alpr_results', 'uuid', 'crowd', 'epoch_time', 1718445600, 'results', (SELECT jsonb_agg(jsonb_build_object('plate', 'CROWD' || n)) FROM generate_series(1, 250) AS n)) AS crowd \gset
SELECT pg_temp.reads(:'calm') AS reads_before \gset
SELECT is((SELECT count(*) FROM smart_parking.record_read(:'calm', :'crowd')), 101::bigint, 'of 250 plates in a message a hundred are judged');
SELECT results_eq(format($$ SELECT r.decision, r.reason, r.details ->> 'problem', jsonb_array_length(r.message), r.message #>> '{0,plate}', r.message #>> '{149,plate}'
	FROM smart_parking.plate_read AS r WHERE r.gate_id = %L AND r.event_id LIKE 'surplus:%%' $$, :'calm'),
	$$ VALUES ('manual', 'message_unreadable', 'too_many_observations: 250 in one message, 100 are judged', 150, 'CROWD101', 'CROWD250') $$, 'the others are on record, for a person');
SELECT is((SELECT count(*) FROM smart_parking.record_read(:'calm', :'crowd')), 101::bigint, 'again');
SELECT is(pg_temp.reads(:'calm') - :reads_before, 101::bigint, 'nothing new');
SELECT is((SELECT count(*) FROM smart_parking.record_read(:'both', jsonb_set(:'crowd', '{results}', (SELECT jsonb_agg(jsonb_build_object('plate', 'ROW' || n)) FROM generate_series(1, 100) AS n)))), 100::bigint, 'a hundred are judged all');

-- errors, and what they leave

SELECT throws_ok($$ SELECT smart_parking.record_read(NULL, '{}') $$, 'SP016', NULL, 'no gate');
SELECT throws_ok($$ SELECT smart_parking.record_read('00000000-0000-7000-8000-000000000000', '{}') $$, 'SP003', NULL, 'an unknown gate');
SELECT throws_ok($$ SELECT smart_parking.record_read('00000000-0000-7000-8000-000000000000', pg_temp.sample('alpr heartbeat')) $$, 'SP003', NULL, 'an unknown gate''s heartbeat');
SELECT pg_temp.reads(:'both') AS reads_before \gset
CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$;
CREATE TRIGGER fail BEFORE INSERT ON smart_parking.plate_read FOR EACH ROW WHEN (NEW.plate_text = 'SECOND2') EXECUTE FUNCTION pg_temp.fail();
SELECT throws_ok(format($$ SELECT smart_parking.record_read(%L, pg_temp.sample('alpr frame of two')) $$, :'both'), '40001', NULL, 'an error on one plate is the caller''s to repeat');
SELECT is(pg_temp.reads(:'both'), :reads_before::bigint, 'and leaves nothing of the message');
DROP TRIGGER fail ON smart_parking.plate_read;

-- messages as files: ours, and recorded ones where they are

CREATE FUNCTION pg_temp.says_file(gate uuid, file text) RETURNS TABLE (decision text, reason text, matched_plate text) LANGUAGE sql VOLATILE AS $$
	SELECT v.decision, v.reason, v.matched_plate::text
	FROM pg_read_file(file) AS content, smart_parking.record_read(gate, CASE WHEN file LIKE '%.xml' THEN to_jsonb(content) ELSE content::jsonb END) AS v $$;

\getenv test_data SMART_PARKING_TEST_DATA
SELECT smart_parking.add_parking('Files', 51.05, 13.74, 40) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS gate \gset
SELECT smart_parking.reserve_spot(:'lot', gen_random_uuid(), plate) FROM unnest(ARRAY['RLE11684', 'PECT600', '9HKA742', 'MW818WM']) AS plate \g /dev/null
SELECT results_eq(format($$ SELECT v.* FROM unnest(ARRAY['axis_arrival.json', 'hikvision_departure.xml', 'parkpow_visit.json', 'snapshot_no_car.json', 'snapshot_one_car.json'])
	WITH ORDINALITY AS f(file, nth), pg_temp.says_file(%L, %L || f.file) AS v ORDER BY f.nth $$, :'gate', :'test_data' || '/plate_reads/'),
	$$ VALUES ('open', 'entered', 'RLE11684'), ('open', 'entered', 'PECT600'), ('open', 'entered', '9HKA742'), ('ignore', 'nothing_to_decide', NULL), ('open', 'entered', 'MW818WM') $$,
	'our messages open for their cars');

\getenv shared_data SMART_PARKING_SHARED_DATA
\if :{?shared_data}
SELECT smart_parking.add_parking('Recorded', 51.05, 13.74, 40) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS gate \gset
SELECT smart_parking.reserve_spot(:'lot', gen_random_uuid(), plate) FROM unnest(ARRAY['RLE11684', 'PECT600', '9HKA742', 'MW818WM']) AS plate \g /dev/null
SELECT results_eq(format($$ SELECT v.decision, v.reason, v.matched_plate
	FROM (SELECT file, CASE WHEN file LIKE '%%.xml' THEN to_jsonb(content) ELSE content::jsonb END AS message
		FROM pg_ls_dir(%2$L) AS file, pg_read_file(%2$L || file) AS content ORDER BY file COLLATE "C") AS p, smart_parking.record_read(%1$L, p.message) AS v
	WHERE p.file !~ 'ParkPow|X2' $$, :'gate', :'shared_data' || '/plate_payloads/'),
	$$ VALUES ('open', 'entered', 'RLE11684'), ('open', 'entered', 'PECT600'), ('ignore', 'nothing_to_decide', NULL), ('open', 'entered', 'MW818WM') $$, 'recorded messages open for their cars');
SELECT is((SELECT max(length(r.message::text)) < 40000 FROM smart_parking.plate_read AS r WHERE r.gate_id = :'gate'), true, 'pictures are not kept');
SELECT is((SELECT string_agg(v.decision || ' ' || v.reason, ', ') FROM smart_parking.record_read(:'gate',
	pg_read_file(:'shared_data' || '/plate_payloads/snapshot-middleware_test_assets_GenetecResultParkPow.json')::jsonb) AS v), 'open entered', 'a visit of ParkPow');
\endif

SELECT is_empty($$ SELECT * FROM smart_parking.check_invariants() $$, 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
