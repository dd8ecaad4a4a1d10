-- read_message on messages as files: ours, and recorded ones where they are.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.messages_in(folder text) RETURNS TABLE (file text, message jsonb) LANGUAGE sql STABLE AS $$
	SELECT file, CASE WHEN file LIKE '%.xml' THEN to_jsonb(content) ELSE content::jsonb END
	FROM pg_ls_dir(folder) AS file, pg_read_file(folder || '/' || file) AS content $$;

\getenv test_data SMART_PARKING_TEST_DATA
CREATE TEMPORARY TABLE payload AS SELECT * FROM pg_temp.messages_in(:'test_data' || '/plate_reads');
SELECT results_eq($$ SELECT p.file, o.format, o.kind, o.plate, o.confidence, o.camera, o.read_at, o.passage_id, o.direction, o.problem
	FROM payload AS p, smart_parking.read_message(p.message) WITH ORDINALITY AS o ORDER BY p.file COLLATE "C", o.ordinality $$,
	$$ VALUES
	('axis_arrival.json', 'axis', 'plate', 'RLE11684', 0.8125::real, 'ACCC8E00TEST', '2024-12-02 10:00:00.125Z'::timestamptz, '4711', 'in', NULL),
	('hikvision_departure.xml', 'hikvision', 'plate', 'PECT600', 0.91, '00:00:5e:00:53:09/2', '2024-12-02 20:00:01+08', NULL, NULL, NULL),
	('parkpow_visit.json', 'parkpow', 'plate', '9HKA742', 0.9, 'north gate', '2024-12-02 15:00:04+03', '31', NULL, NULL),
	('parkpow_visit_lower_case.json', 'parkpow', 'plate', 'mw818wm', 1, 'sv-1', '2024-12-02 15:00:03.5+03', '30', NULL, NULL),
	('snapshot_no_car.json', 'platerecognizer_snapshot', 'nothing', NULL, NULL, 'north gate', '2024-12-02 12:00:02Z', NULL, NULL, NULL),
	('snapshot_one_car.json', 'platerecognizer_snapshot', 'plate', 'mw818wm', 1, 'sv-1', '2024-12-02 12:00:03.5Z', NULL, NULL, NULL),
	('snapshot_two_cars.json', 'platerecognizer_snapshot', 'plate', 'mw818wm', 1, 'sv-1', '2024-12-02 12:00:03.5Z', NULL, NULL, NULL),
	('snapshot_two_cars.json', 'platerecognizer_snapshot', 'plate', 'mw818wm2', 0.95, 'sv-1', '2024-12-02 12:00:03.5Z', NULL, NULL, NULL) $$,
	'our messages: each is read as what it is');
SELECT results_eq($$ SELECT o.event_id FROM payload AS p, smart_parking.read_message(p.message) AS o WHERE p.file = 'hikvision_departure.xml' $$,
	$$ VALUES ('test0000000000000000000000000000000000000000000000000000000001') $$, 'our messages: Hikvision''s UUID is the event''s id');
SELECT is((SELECT count(DISTINCT o.event_id)::integer FROM payload AS p, smart_parking.read_message(p.message) AS o WHERE p.file ~ '^snapshot_(one|two)'), 2,
	'our messages: the same read in two answers of Snapshot is one event, the other vehicle another');
SELECT is((SELECT jsonb_path_query_array(o.candidates, '$[*].plate') FROM payload AS p, smart_parking.read_message(p.message) AS o WHERE p.file = 'snapshot_one_car.json'),
	'["mw81bwm", "mwb18wm"]', 'our messages: the other readings in their order');
SELECT is((SELECT array_agg(o.rest ->> key ORDER BY key) FROM payload AS p, smart_parking.read_message(p.message) AS o, unnest(ARRAY['ANPR.direction', 'ANPR.plateCharBelieve', 'countryAbbreviation']) AS key
	WHERE p.file = 'hikvision_departure.xml'), ARRAY['reverse', '99,61,99,98,97,99,99', 'NON'], 'our messages: what has no place of its own is kept');
SELECT is((SELECT array_agg(DISTINCT o.plate) FROM payload AS p, unnest(ARRAY['genetec', 'survision']) AS vendor, smart_parking.read_message(p.message, vendor) AS o
	WHERE p.file ~ '^parkpow'), ARRAY['9HKA742', 'mw818wm'], 'our messages: the relayed forms are read under the cameras'' names too');

\getenv shared_data SMART_PARKING_SHARED_DATA
\if :{?shared_data}
TRUNCATE payload;
INSERT INTO payload SELECT * FROM pg_temp.messages_in(:'shared_data' || '/plate_payloads');
SELECT is((SELECT count(*)::integer FROM payload), 7, 'seven recorded messages');
SELECT results_eq($$ SELECT p.file, o.format, o.kind, o.plate, o.confidence, o.camera, o.read_at, o.passage_id, o.direction, o.problem
	FROM payload AS p, smart_parking.read_message(p.message) WITH ORDINALITY AS o ORDER BY p.file COLLATE "C", o.ordinality $$,
	$$ VALUES
	('parkpow_axis-lpr_assets_event.json', 'axis', 'plate', 'RLE11684', 0.719034::real, 'ACCC8ED3290D', '2021-06-11 10:05:38.252Z'::timestamptz, '1144696', 'in', NULL),
	('parkpow_hikvision_lpr_assets_anpr.xml', 'hikvision', 'plate', 'PECT600', 0.97, 'd4:e8:53:bc:4c:02/1', '2024-01-19 11:17:19+08', NULL, NULL, NULL),
	('snapshot-middleware_test_GenetecSnapshot.json', 'platerecognizer_snapshot', 'nothing', NULL, NULL, 'G637821011231200521C - Camera', '2024-10-24 17:29:26Z', NULL, NULL, NULL),
	('snapshot-middleware_test_SurvisionSnapshot.json', 'platerecognizer_snapshot', 'plate', 'mw818wm', 1, 'sv1-searial-1', '2024-10-17 23:04:50.098Z', NULL, NULL, NULL),
	('snapshot-middleware_test_assets_GenetecResultParkPow.json', 'parkpow', 'plate', '9HKA742', 0.9, 'G637821011231200521C - Camera', '2024-10-24 20:29:26+03', '2830868', NULL, NULL),
	('snapshot-middleware_test_assets_SurvisionParkPow.json', 'parkpow', 'plate', 'mw818wm', 1, 'sv1-searial-1', '2024-10-18 02:04:50.098+03', '2830867', NULL, NULL),
	('snapshot-middleware_test_assets_SurvisionSnapshotX2.json', 'platerecognizer_snapshot', 'plate', 'mw818wm', 1, 'sv1-searial-1', '2024-10-17 23:04:50.098Z', NULL, NULL, NULL),
	('snapshot-middleware_test_assets_SurvisionSnapshotX2.json', 'platerecognizer_snapshot', 'plate', 'mw818wm2', 1, 'sv1-searial-1', '2024-10-17 23:04:50.098Z', NULL, NULL, NULL) $$,
	'each is read as what it is');
SELECT results_eq($$ SELECT o.event_id FROM payload AS p, smart_parking.read_message(p.message) AS o WHERE p.file = 'parkpow_hikvision_lpr_assets_anpr.xml' $$,
	$$ VALUES ('2024011911172144900FlERIduqg06eKsYuvLX072NugIxaHw22mHG5D5KBmWqX') $$, 'Hikvision''s UUID is the event''s id');
SELECT is((SELECT count(DISTINCT o.event_id)::integer FROM payload AS p, smart_parking.read_message(p.message) AS o
	WHERE p.file ~ 'SurvisionSnapshot'), 2, 'the same read in two answers of Snapshot is one event, the other vehicle another');
SELECT is((SELECT jsonb_path_query_array(o.candidates, '$[*].plate') FROM payload AS p, smart_parking.read_message(p.message) AS o WHERE p.file = 'snapshot-middleware_test_SurvisionSnapshot.json'),
	'["mw81bwm", "mw8i8wm", "mwb18wm", "mw8ibwm", "mwb1bwm", "mwbi8wm", "mwbibwm"]', 'the other readings in their order');
SELECT is((SELECT array_agg(o.rest ->> key ORDER BY key) FROM payload AS p, smart_parking.read_message(p.message) AS o, unnest(ARRAY['ANPR.direction', 'ANPR.plateCharBelieve', 'countryAbbreviation']) AS key
	WHERE p.file = 'parkpow_hikvision_lpr_assets_anpr.xml'), ARRAY['reverse', '99,99,99,99,99,99,99', 'NON'], 'what has no place of its own is kept');
SELECT is((SELECT array_agg(DISTINCT o.plate) FROM payload AS p, unnest(ARRAY['genetec', 'survision']) AS vendor, smart_parking.read_message(p.message, vendor) AS o
	WHERE p.file ~ 'ParkPow'), ARRAY['9HKA742', 'mw818wm'], 'the relayed forms are read under the cameras'' names too');
\endif

SELECT * FROM finish();
ROLLBACK;
