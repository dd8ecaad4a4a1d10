-- read_message: what it makes of the shapes that vendors document, of every way to write a value, and of anything else.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
-- libxml warns of a strange version in an XML declaration
SET LOCAL client_min_messages = error;
\ir samples.psql

CREATE FUNCTION pg_temp.sample(wanted text) RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT message FROM sample WHERE name = wanted $$;
-- the first observation of a message
CREATE FUNCTION pg_temp.read(message jsonb, format text DEFAULT NULL) RETURNS smart_parking.observation LANGUAGE sql
	AS $$ SELECT o FROM smart_parking.read_message(message, format) AS o LIMIT 1 $$;

-- the documented shapes

SELECT results_eq($$ SELECT s.name, o.format, o.kind, o.plate, o.confidence, o.camera, o.read_at AT TIME ZONE 'UTC', o.direction
	FROM sample AS s, smart_parking.read_message(s.message) WITH ORDINALITY AS o ORDER BY s.nth, o.ordinality $$,
	$$ VALUES
	('alpr frame', 'openalpr', 'plate', 'DDAN1206', 0.915::real, '7', '2024-06-15 10:00:00.25'::timestamp, NULL),
	('alpr frame of two', 'openalpr', 'plate', 'FIRST1', 0.88, '7', '2024-06-15 10:00:01', NULL),
	('alpr frame of two', 'openalpr', 'plate', 'SECOND2', 0.77, '7', '2024-06-15 10:00:01', NULL),
	('alpr frame of none', 'openalpr', 'nothing', NULL, NULL, '7', '2024-06-15 10:00:02', NULL),
	('alpr open agent', 'openalpr', 'plate', 'S11FRE', 0.771307, '1', '2024-06-15 10:00:00', NULL),
	('alpr group', 'openalpr', 'plate', 'DDAN1206', 0.93, '7', '2024-06-15 10:00:00.25', NULL),
	('alpr heartbeat', 'openalpr', 'heartbeat', NULL, NULL, NULL, '2024-06-15 10:01:00', NULL),
	('stream', 'platerecognizer', 'plate', 'ddan1206', 0.903, 'cam-in', '2024-06-15 10:00:00.5', NULL),
	('stream line', 'platerecognizer', 'plate', 'ab123cd', 0.99, 'cam-out', '2024-06-15 10:00:01', NULL),
	('snapshot', 'platerecognizer_snapshot', 'plate', 'b7xyz', 0.75, 'north', '2024-06-15 10:00:02.125', NULL),
	('snapshot', 'platerecognizer_snapshot', 'no_plate', NULL, 0.1, 'north', '2024-06-15 10:00:02.125', NULL),
	('visit begun', 'parkpow', 'plate', '9HKA742', 0.9, 'cam-1', '2024-06-15 10:00:03', NULL),
	('visit ended', 'parkpow', 'plate', '9HKA742', 0.8, 'cam-2', '2024-06-15 12:00:03', NULL),
	('frigate read', 'frigate', 'plate', 'DDAN1206', 0.91, 'drive', '2024-06-15 10:00:00.748393', NULL),
	('frigate revision', 'frigate', 'plate', 'DDAN1208', 0.97, 'drive', '2024-06-15 10:00:01.5', NULL),
	('frigate event', 'frigate', 'plate', 'DDAN1206', 0.91, 'drive', '2024-06-15 10:00:02.25', NULL),
	('frigate event without plate', 'frigate', 'nothing', NULL, NULL, 'drive', '2024-06-15 09:59:59.475377', NULL),
	('frigate description', 'frigate', 'nothing', NULL, NULL, NULL, NULL, NULL),
	('hikvision', 'hikvision', 'plate', 'A&B77', 0.97, '00:00:5e:00:53:07/1', '2024-06-15 10:00:04', NULL),
	('hikvision heartbeat', 'hikvision', 'heartbeat', NULL, NULL, '192.0.2.7/1', '2024-06-15 10:00:05', NULL),
	('axis', 'axis', 'plate', 'RLE11684', 0.719034, 'ACCC8E000001', '2024-06-15 10:00:05.252', 'out'),
	('genetec', 'genetec', 'plate', '9HKA742', 0.98, 'G63 - Camera', '2024-06-15 10:00:06', NULL),
	('survision', 'survision', 'plate', 'MW818WM', 0.98, NULL, '2024-06-15 10:00:07.098', NULL),
	('own', 'smart_parking', 'plate', 'DD-AN 1206', 0.9, 'c1', '2024-06-15 10:00:08', 'in'),
	('alpr alert', 'openalpr', 'plate', 'DDAN1206', 0.93, '7', '2024-06-15 10:00:00.25', NULL),
	('alpr alert without group', 'openalpr', 'nothing', NULL, NULL, '7', '2024-06-15 10:00:03.1', NULL),
	('alpr vehicle', 'openalpr', 'no_plate', NULL, NULL, '7', '2024-06-15 10:00:30.25', NULL),
	('alpr test', 'openalpr', 'nothing', NULL, NULL, NULL, NULL, NULL),
	('stream vehicle', 'platerecognizer', 'plate', 'ddan1206', 0.903, 'cam-in', '2024-06-15 10:00:09', NULL),
	('stream vehicle', 'platerecognizer', 'no_plate', NULL, NULL, 'cam-in', '2024-06-15 10:00:09', NULL),
	('hikvision json', 'hikvision', 'plate', 'B7XYZ', 0.97, '00:00:5e:00:53:07/1', '2024-06-15 10:00:10', NULL),
	('sharpv', 'genetec', 'plate', 'AA7D2', 0.97, 'SHARPV12345/Lpr Camera', '2024-06-15 10:00:11.797', NULL),
	('sharpv xml', 'genetec', 'plate', 'AA7D3', 0.96, 'SHARPV12345/Lpr Camera', '2024-06-15 10:00:12.862762', NULL),
	('sharp export', 'genetec', 'plate', 'AA7D4', 0.95, 'North', '2024-06-15 10:00:13.25', NULL),
	('dahua lines', 'dahua', 'plate', 'B7XYZ', NULL, '8M0000TEST/0', '2024-06-15 10:00:14.305', 'in'),
	('dahua code', 'dahua', 'plate', 'A8123CD', NULL, '8M0000TEST/1', '2024-06-15 10:00:15.007', NULL),
	('dahua events', 'dahua', 'no_plate', NULL, NULL, '8M0000TEST/2', '2024-06-15 10:00:16.005', NULL),
	('dahua events', 'dahua', 'nothing', NULL, NULL, '2', NULL, NULL),
	('dahua push', 'dahua', 'plate', 'DDAN1206', 0.9, 'itc-1', '2024-06-15 10:00:17.125', NULL),
	('dahua alive', 'dahua', 'heartbeat', NULL, NULL, 'itc-1', NULL, NULL),
	('dahua heartbeat', 'dahua', 'heartbeat', NULL, NULL, NULL, NULL, NULL),
	('unifi', 'unifi', 'plate', '7ERF019', NULL, '28704E000001', '2024-06-15 10:00:18.085', NULL),
	('unifi', 'unifi', 'plate', '9HKA742', NULL, '28704E000001', '2024-06-15 10:00:18.585', NULL),
	('unifi motion', 'unifi', 'nothing', NULL, NULL, NULL, '2024-06-15 10:00:19.119', NULL),
	('milestone', 'milestone', 'plate', 'DDAN1206', NULL, 'Entry camera', '2024-06-15 10:00:20.5', NULL),
	('milestone line', 'milestone', 'plate', 'DDAN1208', NULL, 'Entry camera', '2024-06-15 10:00:21', NULL),
	('milestone other', 'milestone', 'nothing', NULL, NULL, NULL, NULL, NULL),
	('tattile', 'tattile', 'plate', '7459MTL', NULL, 'TAT1234567', '2024-06-15 10:00:22.25', NULL),
	('tattile json', 'tattile', 'plate', '7460MTL', NULL, 'TAT1234567', '2024-06-15 10:00:23', NULL),
	('vaxtor', 'vaxtor', 'plate', 'TÜA4', 0.97, NULL, '2024-06-15 10:00:24', NULL),
	('batch', 'smart_parking', 'plate', 'ONE1', NULL, 'c1', '2024-06-15 10:00:25', NULL),
	('batch', 'smart_parking', 'plate', 'TWO2', NULL, 'c1', '2024-06-15 10:00:26', NULL),
	('relayed', 'frigate', 'plate', 'DDAN1206', 0.91, 'drive', '2024-06-15 10:00:27.5', NULL) $$, 'every documented shape is read');
SELECT is_empty($$ SELECT name, c FROM sample, pg_temp.complaint(message) AS c WHERE c IS NOT NULL $$, 'and every observation is sound');
SELECT is_empty($$ SELECT s.name FROM sample AS s WHERE ARRAY(SELECT o FROM smart_parking.read_message(s.message) AS o)
	IS DISTINCT FROM ARRAY(SELECT o FROM smart_parking.read_message(s.message, ' ' || upper((pg_temp.read(s.message)).format)) AS o) $$,
	'a format may be named, with any case and blanks');
SELECT is((pg_temp.read(message, '  ')).kind, 'plate', 'a blank format is none') FROM sample WHERE name = 'axis';

-- candidates

SELECT is((pg_temp.read(pg_temp.sample(name))).candidates, candidates::jsonb, name || ': the other readings, best first')
FROM (VALUES
	('alpr frame', '[{"plate": "DDANI206", "confidence": 0.8225}, {"plate": "OOAN1206", "confidence": 0.8}]'),
	('alpr group', '[{"plate": "DDAN12O6", "confidence": 0.855}]'),
	('stream', '[{"plate": "ddanl206", "confidence": 0.7}, {"plate": "odan1206", "confidence": null}]'),
	('snapshot', '[{"plate": "87xyz", "confidence": 0.74}]'),
	('hikvision', '[{"plate": "A8B77", "confidence": null}]'),
	('axis', '[]')) AS c(name, candidates);
SELECT is((pg_temp.read(jsonb_set(pg_temp.sample('alpr frame'), '{results,0,candidates}',
	(SELECT jsonb_agg(jsonb_build_object('plate', 'P' || n, 'confidence', n)) FROM generate_series(1, 90) AS n)))).candidates #>> '{19,plate}', 'P71', 'the best of many');
SELECT is(jsonb_array_length((pg_temp.read(jsonb_set(pg_temp.sample('alpr frame'), '{results,0,candidates}',
	(SELECT jsonb_agg(jsonb_build_object('plate', 'P' || n, 'confidence', n)) FROM generate_series(1, 90) AS n)))).candidates), 20, 'twenty of them');
SELECT is((pg_temp.read(jsonb_set(pg_temp.sample('alpr frame'), '{results,0,candidates}',
	'[null, 5, "X", [], {}, {"plate": null}, {"plate": "unknown"}, {"plate": {}}, {"plate": 77, "confidence": "high"}, {"plate": "ddan1206", "confidence": 9}]'))).candidates,
	'[{"plate": "77", "confidence": null}]', 'what is no reading is left out');

-- what is not taken up

SELECT is((pg_temp.read(pg_temp.sample(name))).rest, rest::jsonb, name || ': the rest is kept')
FROM (VALUES
	('alpr frame', '{"version": 2, "img_width": 640, "results": {"region": "eu-de", "matches_template": 1, "coordinates": [{"x": 1, "y": 2}]}}'),
	('frigate revision', '{"type": "lpr", "name": "Anna"}'),
	('stream', '{"hook": {"target": "http://gate/", "id": "cam-in", "event": "recognition", "filename": "cam-in/1.jpg"},
		"data": {"filename": "cam-in/1.jpg", "timestamp_local": "2024-06-15 12:00:00.5+02:00"},
		"results": {"dscore": 0.81, "region": {"code": "de", "score": 0.4}, "direction": "", "vehicle": {"type": "Sedan", "score": 0.8, "box": {"xmin": 1, "xmax": 2}}}}'),
	('genetec', '{"Address": "", "Attributes": {"Vehicle Color": "Grey", "Relative Motion": "Moving Away", "Confidence Score": "99"}, "ContextImage": "/9j/4AAQ", "SharpName": "G63", "State": "CA"}'),
	('axis', '{"packetCounter": "11", "capture_ts": "1718445605252000000", "datetime": "20240615 120005252", "plateText": "RLE11684", "plateASCII": "RLE11684", "plateCountry": "POL",
		"carState": "new", "geotag": {"lat": 50.4, "lon": 30.5}, "camera_info": {"SerialNumber": "ACCC8E000001", "ProdShortName": "P1"}, "sensorProviderID": "gate_1"}'),
	('alpr group', '{"version": 2, "epoch_end": 1718445603000, "plate_indexes": [0, 1], "best_region": "eu-de", "travel_direction": 212.5, "is_parked": false, "is_preview": false}'),
	('alpr heartbeat', '{"site_id": "hq", "video_streams": [{"camera_id": 7, "is_streaming": true, "fps": 12, "last_update": 1718445659000}]}'),
	('survision', '{"anpr": {"@synchronized": "0", "@session": "1", "@id": "5",
		"decision": {"@x": "728", "@context": "F", "@plateOccurences": "15", "@direction": "unknown", "jpeg": "/9j/4QDe"}}}'),
	('hikvision', '{"ipAddress": "192.0.2.7", "macAddress": "00:00:5e:00:53:07", "channelID": "1", "activePostCount": "1", "eventState": "active", "monitoringSiteID": "",
		"ANPR.country": "3", "ANPR.line": "2", "ANPR.direction": "reverse", "ANPR.plateCharBelieve": "99,61,99,99", "vehicleInfo.color": "white",
		"pictureInfo.fileName": ["1.jpg", "2.jpg"]}')) AS c(name, rest);
SELECT results_eq($$ SELECT o.rest ? 'processing_time', o.rest -> 'results' -> 'dscore' FROM smart_parking.read_message(pg_temp.sample('snapshot')) AS o $$,
	$$ VALUES (true, '0.6'::jsonb), (false, '0.2') $$, 'of several vehicles the first has what is common');
SELECT results_eq($$ SELECT coalesce(o.rest ? 'site_id', false) FROM smart_parking.read_message(pg_temp.sample('alpr frame of two') || '{"site_id": "hq"}') AS o $$,
	$$ VALUES (true), (false) $$, 'of OpenALPR too');
SELECT is_empty($$ SELECT p.name, p.path FROM place AS p JOIN sample AS s USING (nth)
	WHERE jsonb_typeof(p.value) = 'object' AND NOT 'candidates' = ANY (p.path) AND p.path[1] <> 'best_plate'
	AND NOT EXISTS (SELECT FROM smart_parking.read_message(jsonb_set(s.message, p.path || 'sp_unknown'::text, '"kept"')) AS o WHERE o.rest::text LIKE '%sp_unknown%')
	UNION ALL SELECT name, '{}' FROM sample WHERE jsonb_typeof(message) = 'object'
	AND NOT EXISTS (SELECT FROM smart_parking.read_message(message || '{"sp_unknown": 1}') AS o WHERE o.rest ? 'sp_unknown' OR o.rest -> 'wrapper' ? 'sp_unknown') $$, 'unknown fields are kept wherever they stand');

-- ids

SELECT is((SELECT array_agg(o.event_id) FROM smart_parking.read_message(pg_temp.sample('alpr frame of two')) AS o),
	ARRAY['lot-cam7-1718445601000', 'lot-cam7-1718445601000#1'], 'OpenALPR: frame and index');
SELECT is(o.linked_events, ARRAY['lot-cam7-1718445600250', 'lot-cam7-1718445601000#1'], 'a group names its frames so')
FROM pg_temp.read(pg_temp.sample('alpr group')) AS o;
SELECT is((o.event_id, o.passage_id), ('group:lot-cam7-1718445601000'::text, 'lot-cam7-1718445600250'::text), 'and is an event of its own') FROM pg_temp.read(pg_temp.sample('alpr group')) AS o;
SELECT is((o.event_id, o.passage_id), ('preview:lot-cam7-1718445601000'::text, 'lot-cam7-1718445600250'::text), 'as is its preview, in the same passage')
FROM pg_temp.read(pg_temp.sample('alpr group') || '{"is_preview": true}') AS o;
SELECT is((pg_temp.read(pg_temp.sample('hikvision'))).event_id, '8d7c2f6e-1dd2-11b2-a842-be6ebc977415', 'Hikvision: UUID');
SELECT is((pg_temp.read(pg_temp.sample('axis'))).passage_id, '1144', 'Axis: a car is a passage');
SELECT isnt((pg_temp.read(pg_temp.sample('axis'))).event_id, (pg_temp.read(pg_temp.sample('axis') || '{"carState": "lost"}')).event_id, 'new and lost are two events');
SELECT is((pg_temp.read(pg_temp.sample('genetec'))).passage_id, 'ccd6761e-b2a6-4afc-b386-412d6529c4ec', 'Genetec: a vehicle');
SELECT is((SELECT array_agg(DISTINCT (pg_temp.read(message)).passage_id) FROM sample WHERE name LIKE 'visit%'), ARRAY['901'], 'ParkPow: a visit');
SELECT isnt((pg_temp.read(pg_temp.sample('visit begun'))).event_id, (pg_temp.read(pg_temp.sample('visit ended'))).event_id, 'its begin and end are two events');

SELECT is((SELECT array_agg(DISTINCT (pg_temp.read(message)).passage_id) FROM sample WHERE name IN ('frigate read', 'frigate revision', 'frigate event')),
	ARRAY['1718445599.475377-mxklsc'], 'Frigate: a revision and the event of the same object share its id');
SELECT isnt((pg_temp.read(pg_temp.sample('frigate read'))).event_id, (pg_temp.read(pg_temp.sample('frigate revision'))).event_id, 'a revision is another read');
SELECT is((pg_temp.read(pg_temp.sample('frigate read'))).event_id, (pg_temp.read(pg_temp.sample('frigate event'))).event_id, 'the event repeats the read');

-- what differs between two deliveries of a read
SELECT is((pg_temp.read(other)).event_id, (pg_temp.read(pg_temp.sample(name))).event_id, name || ': sent again, ' || what)
FROM (VALUES
	('stream', 'by another hook', jsonb_set(jsonb_set(pg_temp.sample('stream'), '{hook}', '{"target": "b"}'), '{data,filename}', '"b.jpg"')),
	('snapshot', 'slower', pg_temp.sample('snapshot') || '{"processing_time": 99}'),
	('visit begun', 'seen since', jsonb_set(pg_temp.sample('visit begun'), '{0,last_spotted}', '"2024-06-15T14:00:00Z"')),
	('hikvision', 'counted', to_jsonb(replace(pg_temp.sample('hikvision') #>> '{}', '<activePostCount>1<', '<activePostCount>2<'))),
	('frigate event', 'in another zone', jsonb_set(pg_temp.sample('frigate event'), '{after,entered_zones}', '["gate", "lane"]'))) AS c(name, what, other);
SELECT is_empty($$ SELECT name FROM sample WHERE (pg_temp.read(message)).kind = 'plate' AND (pg_temp.read(message)).event_id IS NULL $$, 'every read has an event_id');
SET LOCAL TimeZone = 'Asia/Tokyo';
SET LOCAL DateStyle = 'SQL, DMY';
CREATE TEMPORARY TABLE elsewhere AS SELECT s.name, o.* FROM sample AS s, smart_parking.read_message(s.message) AS o;
RESET TimeZone;
RESET DateStyle;
SELECT set_eq('SELECT * FROM elsewhere', 'SELECT s.name, o.* FROM sample AS s, smart_parking.read_message(s.message) AS o', 'the session''s time zone changes nothing');
-- another second, another read
SELECT isnt((pg_temp.read(other)).event_id, (pg_temp.read(pg_temp.sample(name))).event_id, name || ': another time is another read')
FROM (VALUES ('stream', jsonb_set(pg_temp.sample('stream'), '{data,timestamp}', '"2024-06-15T10:00:01.5Z"')),
	('snapshot', pg_temp.sample('snapshot') || '{"timestamp": "2024-06-15T10:00:03Z"}'), ('axis', pg_temp.sample('axis') || '{"capture_timestamp": "1718445606252"}'),
	('genetec', pg_temp.sample('genetec') || '{"TimeUtc": "10:00:07"}'), ('survision', jsonb_set(pg_temp.sample('survision'), '{anpr,@date}', '"1718445608098"'))) AS c(name, other);
SELECT is((pg_temp.read(pg_temp.sample(name) - time_key)).event_id, NULL, name || ': with neither id nor time it may be another passage')
FROM (VALUES ('snapshot', 'timestamp'), ('stream line', 'timestamp')) AS c(name, time_key);
SELECT is((pg_temp.read('"<x"')).event_id, NULL, 'what cannot be read may be another passage too');
SELECT is(length((pg_temp.read(pg_temp.sample('alpr frame') || jsonb_build_object('uuid', repeat('u', 5000)))).event_id), 32, 'a long id becomes a short one');
SELECT is((pg_temp.read(pg_temp.sample('alpr frame') || '{"uuid": " "}')).event_id ~ '^[0-9a-f]{32}$', true, 'an empty id is none');

-- an alert tells of its group once more, whichever comes first
SELECT is((a.event_id, a.passage_id, a.linked_events), (g.event_id, g.passage_id, g.linked_events), 'an alert is the event that its group is')
FROM pg_temp.read(pg_temp.sample('alpr alert')) AS a, pg_temp.read(pg_temp.sample('alpr group')) AS g;
SELECT is((pg_temp.read(pg_temp.sample('alpr alert') || jsonb_build_object('group', g))).kind, 'nothing', 'an alert decides nothing with the group ' || g::text)
FROM unnest(ARRAY['null', '5', '{}', '{"best_uuid": "u", "best_plate_number": []}']::jsonb[]) AS g;
SELECT is((pg_temp.read(jsonb_set(pg_temp.sample('alpr alert'), '{data_type}', 'null'))).event_id, 'group:lot-cam7-1718445601000', 'nor need it say what it is');
SELECT is((o.kind, o.event_id, o.passage_id, o.linked_events), ('no_plate'::text, 'vehicle:lot-cam7-1718445631000'::text, NULL::text, ARRAY['lot-cam7-1718445631000', 'group:lot-cam7-1718445631000']),
	'a vehicle without a plate may be one that frames told of') FROM pg_temp.read(pg_temp.sample('alpr vehicle')) AS o;
SELECT is((pg_temp.read(pg_temp.sample('alpr vehicle') || '{"is_preview": true}')).kind, 'nothing', 'a vehicle that is still coming closer');
SELECT is((o.kind, o.plate, o.event_id), ('plate'::text, 'LATER7'::text, 'group:lot-cam7-1718445631000'::text), 'a vehicle with a plate is a group')
FROM pg_temp.read(pg_temp.sample('alpr vehicle') || '{"best_plate_number": "LATER7"}') AS o;

-- the vendors' ids
SELECT is((o.event_id, o.passage_id), (c.event_id, c.passage_id), name || ': ids')
FROM (VALUES ('sharpv', '5b1f3c1e-0d7b-4a65-9a57-0f5a3b0c9d11', NULL::text), ('sharpv xml', '5b1f3c1e-0d7b-4a65-9a57-0f5a3b0c9d12', NULL), ('sharp export', '5b1f3c1e-0d7b-4a65-9a57-0f5a3b0c9d13', NULL),
	('hikvision json', '8d7c2f6e-1dd2-11b2-a842-be6ebc977416', NULL), ('milestone', '5b1f3c1e-0d7b-4a65-9a57-0f5a3b0c9d14', NULL), ('milestone line', '5b1f3c1e-0d7b-4a65-9a57-0f5a3b0c9d15', NULL))
	AS c(name, event_id, passage_id), pg_temp.read(pg_temp.sample(name)) AS o;
SELECT is((SELECT array_agg(o.passage_id) FROM unnest(ARRAY['dahua lines', 'dahua code', 'dahua events']) WITH ORDINALITY AS n(name, nth), pg_temp.read(pg_temp.sample(name)) AS o),
	ARRAY['123', '124', '125'], 'Dahua: the pictures of a vehicle are a group');
SELECT is((pg_temp.read(to_jsonb(replace(pg_temp.sample('dahua lines') #>> '{}', 'GroupID=123', 'GroupID=0')))).passage_id, NULL, 'which has no number 0');
SELECT is((SELECT count(DISTINCT o.event_id)::integer FROM smart_parking.read_message(pg_temp.sample('unifi')) AS o), 2, 'UniFi: two plates in one event are two reads');
SELECT is((SELECT array_agg(DISTINCT o.passage_id) FROM smart_parking.read_message(pg_temp.sample('unifi')) AS o), ARRAY[NULL::text], 'and not one passage');

-- what they leave over
SELECT is((pg_temp.read(pg_temp.sample(name))).rest, rest::jsonb, name || ': the rest is kept')
FROM (VALUES
	('sharpv', '{"ContextCameraName": "Context Camera", "ContextImage": "", "Latitude": 0.0, "LprCameraName": "Lpr Camera", "PlateImage": "", "SourceUrl": "SHARPV12345",
		"PlateAnalytics": [{"Key": "State Name", "Score": -1.0, "Value": "-"}, {"Key": "Confidence Score", "Score": 1.0, "Value": "97"}, {"Key": "Relative Motion", "Score": 1.0, "Value": "Closer"}],
		"time_without_zone": "2024-06-15T10:00:11.797"}'),
	('sharpv xml', '{"ContextCameraName": "Context Camera", "ContextImage": "", "LprCameraName": "Lpr Camera", "SourceUrl": "SHARPV12345",
		"PlateAnalytics": [{"Key": "State Name", "Score": "-1.0", "Value": "-"}, {"Key": "Confidence Score", "Score": "1", "Value": "96"}]}'),
	('dahua lines', '{"Code": "TrafficJunction", "EventBaseInfo.Action": "Pulse", "EventBaseInfo.Index": "0", "CountInGroup": "1", "JunctionDirection": "Obverse", "Object.BoundingBox[0]": "4544",
		"Object.ObjectType": "Plate", "Object.Text": "B7XYZ", "TrafficCar.MachineName": "8M0000TEST", "UTCMS": "305"}'),
	('dahua code', '{"Code": "TrafficJunction", "Action": "Pulse", "Index": "1", "LocaleTime": "2024-06-15 12:00:15", "Object": {"ObjectType": "Plate", "Text": "AB123CD", "Confidence": 160},
		"TrafficCar": {"MachineName": "8M0000TEST"}, "UTC": 1718452815, "UTCMS": 7}'),
	('tattile json', '{"DEVICE_SN": "TAT1234567", "OCRSCORE": "88", "TRANSIT_ID": 4711, "time_without_zone": ["2024-06-15", "10:00:23"]}'),
	('relayed', '{"type": "lpr", "wrapper": {"topic": "frigate/tracked_object_update", "qos": 0}}')) AS c(name, rest);
SELECT is((pg_temp.read(pg_temp.sample(name))).candidates, candidates::jsonb, name || ': the other readings')
FROM (VALUES ('dahua code', '[{"plate": "AB123CD", "confidence": null}]'), ('stream vehicle', '[{"plate": "ddan12o6", "confidence": 0.7}]'), ('alpr alert', '[{"plate": "DDAN12O6", "confidence": 0.855}]'),
	('hikvision json', '[{"plate": "87XYZ", "confidence": null}]')) AS c(name, candidates);

-- Dahua's clocks, codes and places for a plate
SELECT is((o.read_at AT TIME ZONE 'UTC', o.rest ? 'time_without_zone'), (wanted::timestamp, zoneless), 'Dahua: the time in ' || event)
FROM (VALUES ('{"UTC": 1718452815, "UTCMS": 7, "RealUTC": 1718445615, "LocaleTime": "2024-06-15 12:00:15"}', '2024-06-15 10:00:15.007', false),
	('{"UTC": 1718452815, "LocaleTime": "2024-06-15 12:00:15"}', '2024-06-15 12:00:15', true), ('{"UTC": 1718445615, "LocaleTime": "2024-06-15 12:00:15"}', '2024-06-15 10:00:15', false),
	('{"LocaleTime": "2024-06-15 12:00:15"}', '2024-06-15 12:00:15', true), ('{"UTC": "0", "UTCMS": "x"}', NULL, false), ('{}', NULL, false)) AS c(event, wanted, zoneless),
	pg_temp.read('{"Code": "TrafficJunction", "TrafficCar": {"PlateNumber": "X1Y2"}}'::jsonb || event::jsonb) AS o;
SELECT is((o.kind, o.plate), (c.kind, c.plate), 'Dahua: ' || event)
FROM (VALUES ('{"Code": "TrafficJunction", "TrafficCar": {"PlateNumber": ""}, "Object": {"ObjectType": "Plate", "Text": "B7XYZ"}}', 'plate', 'B7XYZ'),
	('{"Code": "TrafficJunction", "Object": {"ObjectType": "Vehicle", "Text": "Toyota"}, "TrafficCar": {}}', 'no_plate', NULL),
	('{"Code": "TrafficJunction", "Action": "Pulse", "Plate": {"Text": "B7XYZ"}}', 'plate', 'B7XYZ'), ('{"Code": "TrafficJunction", "Action": "Stop", "TrafficCar": {"PlateNumber": "B7XYZ"}}', 'nothing', NULL),
	('{"Code": "TrafficParking", "TrafficCar": {"PlateNumber": "B7XYZ"}}', 'nothing', NULL), ('{"Code": "VideoMotion", "Action": "Start"}', 'nothing', NULL),
	('{"Events": [{"TrafficCar": {"PlateNumber": 1234567}}]}', 'plate', '1234567'), ('{"Plate": {"PlateNumber": "B7XYZ"}, "SnapInfo": {}}', 'plate', 'B7XYZ'), ('{"Picture": {"Plate": {"IsExist": false}}}', 'no_plate', NULL),
	('{"Code": "TrafficJunction", "Action": "Pulse"}', 'unreadable', NULL), ('{"Code": "TrafficJunction", "Action": "Pulse", "TrafficCar": {"PlateNumber": ["A", "B"]}}', 'unreadable', NULL),
	('{"TrafficCar": 5}', 'no_plate', NULL), ('{"DeviceName": "x", "DeviceModel": "y", "DeviceID": "z"}', 'nothing', NULL)) AS c(event, kind, plate), pg_temp.read(event::jsonb) AS o;
SELECT is(count(*)::integer, 2, 'Dahua: lines of two events') FROM smart_parking.read_message('"Events[0].TrafficCar.PlateNumber=A1B2\nEvents[1].TrafficCar.PlateNumber= C3D4 \nEvents[1].UTC=1718445615"') AS o WHERE o.plate IN ('A1B2', 'C3D4');
SELECT is((o.kind, o.problem), ('unreadable'::text, 'missing_field: TrafficCar.PlateNumber'::text), 'Dahua: JSON that breaks off')
FROM pg_temp.read('"Code=TrafficJunction;action=Pulse;index=0;data={\n \"TrafficCar\" : { \"Plate"') AS o;
SELECT is((o.kind, o.plate), ('plate'::text, 'AB 123'::text), 'UniFi: a plate that only has a name')
FROM pg_temp.read('{"alarm": {"triggers": [{"key": "license_plate_known", "group": {"name": "AB 123"}}]}}') AS o;

-- lists, wrappers, JSON in text, a plate in a list

SELECT is(array_agg(o.format || ' ' || o.kind ORDER BY o.ordinality), ARRAY['axis plate', 'hikvision plate', 'openalpr plate', 'openalpr plate', 'frigate plate'], 'a list of messages of several vendors')
FROM smart_parking.read_message(jsonb_build_array(pg_temp.sample('axis'), pg_temp.sample('hikvision'), pg_temp.sample('alpr frame of two'), to_jsonb(pg_temp.sample('frigate read')::text))) WITH ORDINALITY AS o;
SELECT is((o.plate, o.rest -> 'wrapper'), ('RLE11684'::text, '{"topic": "t"}'::jsonb), 'in ' || key) FROM unnest(ARRAY['payload', 'body', 'data', 'Message', 'event']) AS key,
	pg_temp.read(jsonb_build_object('topic', 't', key, pg_temp.sample('axis'))) AS o;
SELECT is((pg_temp.read(jsonb_build_object('body', jsonb_build_object('payload', pg_temp.sample('axis')::text)), named)).plate, 'RLE11684', 'in a payload in a body, as text') FROM unnest(ARRAY[NULL, 'axis']) AS named;
SELECT is((pg_temp.read(to_jsonb(E'\uFEFF ' || pg_temp.sample('axis')::text))).plate, 'RLE11684', 'JSON in a string');
SELECT is((pg_temp.read('"{\"plateUTF8\": "')).problem, 'not_an_object: a message of type string', 'which breaks off');
SELECT is((o.kind, o.plate), (c.kind, c.plate), 'a plate in a list: ' || value) FROM (VALUES ('["DDAN1206"]', 'plate', 'DDAN1206'), ('["DDAN1206", 0.91]', 'plate', 'DDAN1206'), ('[null, null]', 'nothing', NULL),
	('["DDAN1206", "DDAN1207"]', 'unreadable', NULL), ('[]', 'unreadable', NULL), ('[["A"]]', 'unreadable', NULL)) AS c(value, kind, plate),
	pg_temp.read(jsonb_set(pg_temp.sample('frigate event'), '{after,recognized_license_plate}', value::jsonb)) AS o;

-- no plate

SELECT is(smart_parking_internal.is_no_plate(plate), true, format('no plate: %s', to_json(plate)))
FROM unnest(ARRAY['', ' ', E' \t\n', 'None', 'none', 'NONE', 'unknown', ' Unknown ', '????????', '?', '? ?', '??-??', 'no plate', 'No Plate', 'noplate', 'NOPLATE', 'no_plate',
	'no-plate', 'N O P L A T E', 'unlicensed', 'Unlicensed', '无车牌', '无牌', '车牌', '无牌车', '無牌車', '未识别', '(null)', '<none>', '[unknown]', '*****', '#####', '_____', 'no read', 'NOT READ', 'нет номера', 'НЕТ НОМЕРА', 'kein Kennzeichen', 'Sin Matrícula', 'brak tablicy', 'khong bien so', '번호판없음', '認識不可', 'ｎｏｎｅ', 'N/A', 'n/a', 'null', 'NULL', '-', '--', '---', '.', NULL]) AS plate;
SELECT is(smart_parking_internal.is_no_plate(plate), false, format('a plate: %s', left(plate, 20)))
FROM unnest(ARRAY['0', 'A', 'AB?12', '?A', 'NONE1', 'UNKNOWN 7', 'NO PLATES', 'NA', 'NET', 'НЕТ', 'UNLICENSED 1', '无A12345', 'А123ВС77', '京A12345', repeat('x', 100000)]) AS plate;
SELECT is((SELECT array_agg(DISTINCT (o.kind, o.plate, o.problem)::text) FROM (VALUES ('""'), ('"None"'), ('"unknown"'), ('"????????"'), ('"no plate"'), ('null'), ('" - "')) AS v(plate),
	pg_temp.read(jsonb_set(pg_temp.sample(name), path, plate::jsonb)) AS o), ARRAY['(no_plate,,)'], name || ': no plate')
FROM (VALUES ('alpr frame', '{results,0,plate}'::text[]), ('alpr group', '{best_plate_number}'), ('stream', '{data,results,0,plate}'), ('snapshot', '{results,0,plate}'),
	('visit begun', '{0,start_data,plate}'), ('frigate read', '{plate}'), ('axis', '{plateUTF8}'), ('genetec', '{Plate}'), ('survision', '{anpr,decision,@plate}'),
	('alpr alert', '{group,best_plate_number}'), ('stream vehicle', '{data,results,0,plate,props,plate,0,value}'), ('hikvision json', '{ANPR,licensePlate}'), ('sharpv', '{PlateRead}'),
	('dahua push', '{Picture,Plate,PlateNumber}'), ('unifi', '{alarm,triggers,0,value}'), ('milestone line', '{ObjectValue}'), ('tattile json', '{PLATE_STRING}'), ('vaxtor', '{plateutf8}')) AS c(name, path);
SELECT is((pg_temp.read(to_jsonb(replace(pg_temp.sample('hikvision') #>> '{}', 'A&amp;B77', plate)))).kind, 'no_plate', format('hikvision: no plate, "%s"', plate))
FROM unnest(ARRAY['', 'unknown', ' ']) AS plate;
SELECT is((pg_temp.read(jsonb_set(pg_temp.sample('frigate event'), '{after,recognized_license_plate}', '""'))).kind, 'nothing', 'a Frigate event whose plate is not read yet is not a car without one');
SELECT is((o.kind, o.plate), ('plate'::text, '1234567'::text), 'a plate of digits may come as a number') FROM pg_temp.read(jsonb_set(pg_temp.sample('frigate read'), '{plate}', '1234567')) AS o;
SELECT is((pg_temp.read(jsonb_set(pg_temp.sample('frigate read'), '{plate}', '" ab-12 ?3 "'))).plate, ' ab-12 ?3 ', 'a plate stays as the camera gave it');

-- confidence

SELECT is(smart_parking_internal.confidence_of(value::jsonb, scale), wanted, format('confidence %s of %s', value, scale))
FROM (VALUES
	('0.97', 1, 0.97::real), ('"0.97"', 1, 0.97), ('1', 1, 1), ('0', 1, 0), ('".5"', 1, 0.5), ('"9.7e-1"', 1, 0.97), ('97', 100, 0.97), ('"97"', 100, 0.97),
	('97.123456', 100, 0.971235), ('100', 100, 1), ('1', 100, 0.01), ('0.9', 100, 0.009), ('"97%"', 1, 0.97), ('" 97 % "', 100, 0.97), ('1e-400', 1, 0),
	('0.' || repeat('3', 5000), 1, 0.333333),
	('97', 1, NULL), ('1.01', 1, NULL), ('101', 100, NULL), ('-1', 100, NULL), ('1e400', 100, NULL), ('"1e9999999999"', 1, NULL), ('"NaN"', 1, NULL), ('"Infinity"', 1, NULL), ('"-inf"', 1, NULL),
	('"high"', 1, NULL), ('""', 1, NULL), ('"%"', 1, NULL), ('"0x1"', 1, NULL), ('"0,97"', 1, NULL), ('"."', 1, NULL), ('null', 1, NULL), ('true', 1, NULL), ('[1]', 1, NULL), ('{"a": 1}', 1, NULL),
	('"' || repeat('9', 100000) || '"', 1, NULL), (repeat('9', 100000), 1, NULL)) AS c(value, scale, wanted);
SELECT is((o.confidence, o.rest ->> path[array_upper(path, 1)]), (NULL::real, 'NaN'::text), name || ': a confidence that is none is kept as it was')
FROM (VALUES ('alpr group', '{best_confidence}'::text[]), ('frigate read', '{score}'), ('axis', '{plateConfidence}')) AS c(name, path), pg_temp.read(jsonb_set(pg_temp.sample(name), path, '"NaN"')) AS o;
SELECT is((o.confidence, o.rest ->> 'plateConfidence'), (NULL::real, '95.5'::text), 'a scale is not guessed from the value') FROM pg_temp.read(pg_temp.sample('axis') || '{"plateConfidence": 95.5}') AS o;
SELECT is((pg_temp.read(pg_temp.sample('genetec') - 'ConfidenceScore')).confidence, 0.99::real, 'Genetec: the attribute where the field is missing');

-- times

SELECT is((smart_parking_internal.instant_of(value::jsonb)).instant AT TIME ZONE 'UTC', wanted::timestamp, 'time ' || value)
FROM (VALUES
	('1718445600', '2024-06-15 10:00:00'), ('"1718445600"', '2024-06-15 10:00:00'), ('1718445600.748393', '2024-06-15 10:00:00.748393'), ('1718445600250', '2024-06-15 10:00:00.25'),
	('"1718445600250"', '2024-06-15 10:00:00.25'), ('1718445600250001', '2024-06-15 10:00:00.250001'), ('"1718445605252000000"', '2024-06-15 10:00:05.252'), ('1.7184456e9', '2024-06-15 10:00:00'),
	('"2024-06-15T10:00:00Z"', '2024-06-15 10:00:00'), ('"2024-06-15T10:00:00.123456Z"', '2024-06-15 10:00:00.123456'), ('"2024-06-15 12:00:00.5+02:00"', '2024-06-15 10:00:00.5'),
	('"2024-06-15T04:30:00-0530"', '2024-06-15 10:00:00'), ('"2024-06-15T12:00:00+02"', '2024-06-15 10:00:00'), ('"20240615T100000Z"', '2024-06-15 10:00:00'),
	('"2024-02-29T23:59:59.9999999Z"', '2024-03-01 00:00:00'), ('"2024-06-15T10:00:00"', '2024-06-15 10:00:00'), ('"20240615 120005252"', '2024-06-15 12:00:05.252'),
	('"2000-01-01T00:00:00Z"', '2000-01-01'), ('4102444799', '2099-12-31 23:59:59'),
	('0', NULL), ('"0"', NULL), ('1e300', NULL), ('-1', NULL), ('946684799', NULL), ('4102444800', NULL), ('99999999999999999999', NULL), ('1718', NULL), ('"1970-01-01T00:00:00Z"', NULL),
	('"2000-01-01T00:00:00+01:00"', NULL), ('"2023-02-29T00:00:00Z"', NULL), ('"2024-13-01T00:00:00Z"', NULL), ('"2024-00-01T00:00:00Z"', NULL), ('"2024-06-00T00:00:00Z"', NULL),
	('"2024-06-15T24:00:00Z"', NULL), ('"2024-06-15T10:60:00Z"', NULL), ('"2024-06-15T10:00:60Z"', NULL), ('"2024-06-15T10:00:00+16:00"', NULL), ('"2024-06-15T10:00:00+01:60"', NULL),
	('"2024-06-15"', NULL), ('"now"', NULL), ('"infinity"', NULL), ('"epoch"', NULL), ('""', NULL), ('null', NULL), ('true', NULL), ('[]', NULL), ('{}', NULL),
	('"NaN"', NULL), ('"٢٠٢٤-06-15T10:00:00Z"', NULL)) AS c(value, wanted);
SELECT is((o.read_at, o.rest -> 'time_without_zone'), ('2024-06-15 12:00:05.252Z'::timestamptz, '"20240615 120005252"'::jsonb), 'a time without zone is taken for UTC, and said so')
FROM pg_temp.read(pg_temp.sample('axis') - ARRAY['capture_timestamp', 'capture_ts']) AS o;
SELECT is((pg_temp.read(pg_temp.sample('axis'))).rest ? 'time_without_zone', false, 'one with a zone is not');
SELECT is((pg_temp.read(pg_temp.sample(name))).rest, (pg_temp.read(jsonb_set(pg_temp.sample(name), path, '"1970-01-01T00:00:00"'))).rest #- rest_path, name || ': a time that is none is kept as it was')
FROM (VALUES ('stream', '{data,timestamp}'::text[], '{data,timestamp}'::text[]), ('frigate read', '{timestamp}', '{timestamp}'), ('visit begun', '{0,start_date}', '{start_date}')) AS c(name, path, rest_path);
SELECT is((pg_temp.read(pg_temp.sample('genetec') || jsonb_build_object('DateUtc', day))).read_at AT TIME ZONE 'UTC', wanted::timestamp, 'Genetec: day ' || day)
FROM (VALUES ('6/5/2024', '2024-06-05 10:00:06'), ('2024-06-15', '2024-06-15 10:00:06'), ('15/06/2024', NULL), ('today', NULL)) AS c(day, wanted);

-- direction

SELECT is((pg_temp.read(pg_temp.sample('axis') || jsonb_build_object('carMoveDirection', given))).direction, wanted, 'Axis: direction ' || given)
FROM (VALUES ('in', 'in'), ('OUT', 'out'), ('unknown', NULL), ('left', NULL)) AS c(given, wanted);

-- what cannot be read

SELECT is((o.format, o.kind, o.problem), (c.format, 'unreadable'::text, c.problem), c.problem)
FROM (VALUES
	(NULL, NULL, NULL, 'no_message'), ('5', NULL, NULL, 'not_an_object: a message of type number'), ('null', NULL, NULL, 'not_an_object: a message of type null'),
	('[]', NULL, NULL, 'not_an_object: a message of type array'), ('"text"', NULL, NULL, 'not_an_object: a message of type string'), ('[5]', 'axis', 'axis', 'not_an_object: a message of type array'),
	('{}', NULL, NULL, 'unknown_format'), ('{"type": "bicycle", "id": 1}', NULL, NULL, 'unknown_format'), ('{"plate": "A1"}', NULL, NULL, 'unknown_format'),
	('{}', 'flir', NULL, 'unknown_format_name: flir'), ('{}', 'openalpr', 'openalpr', 'missing_field: results'), ('{"data_type": "alpr_results", "results": {}}', NULL, 'openalpr', 'bad_field: results is of type object'),
	('{"data_type": "telepathy"}', NULL, 'openalpr', 'unknown_data_type: telepathy'), ('{"data_type": "alpr_group", "best_plate_number": []}', NULL, 'openalpr', 'bad_field: best_plate_number is of type array'),
	('{"hook": {}, "data": {}}', NULL, 'platerecognizer', 'missing_field: results'), ('{"version": 1, "results": [7]}', NULL, 'platerecognizer_snapshot', 'missing_field: results.plate'),
	('{}', 'parkpow', 'parkpow', 'missing_field: vehicle.license_plate'), ('{}', 'frigate', 'frigate', 'missing_field: type'), ('{"type": "new", "after": 5}', NULL, 'frigate', 'bad_field: after is of type number'),
	('{"type": "lpr", "id": 5}', NULL, 'frigate', 'missing_field: plate'), ('{}', 'axis', 'axis', 'missing_field: plateASCII'), ('{"Plate": true, "CameraName": 1}', NULL, 'genetec', 'bad_field: Plate is of type boolean'),
	('{"anpr": {"@id": "1"}}', NULL, 'survision', 'missing_field: anpr.decision'), ('{}', 'hikvision', 'hikvision', 'missing_field: eventType'), ('5', 'hikvision', 'hikvision', 'malformed_xml: a message of type number instead of a string'),
	('"<a><b>1</b></a>"', 'hikvision', 'hikvision', 'missing_field: EventNotificationAlert'), ('"<EventNotificationAlert/>"', NULL, 'hikvision', 'missing_field: eventType'),
	('"<EventNotificationAlert><eventType>ANPR</eventType></EventNotificationAlert>"', NULL, 'hikvision', 'missing_field: ANPR.licensePlate'),
	('"<!DOCTYPE x [<!ENTITY a \"b\">]><EventNotificationAlert><x>&a;</x></EventNotificationAlert>"', NULL, 'hikvision', 'malformed_xml: a document type is not accepted')
) AS c(message, named, format, problem), pg_temp.read(message::jsonb, named) AS o;
SELECT is((pg_temp.read('{"anything": [1, 2]}')).rest, '{"anything": [1, 2]}', 'it is kept as it came');
SELECT matches((pg_temp.read('"<EventNotificationAlert><a></EventNotificationAlert>"')).problem, '^malformed_xml: line 1: .*mismatch', 'malformed XML, and where');
SELECT is((pg_temp.read(to_jsonb(E'\uFEFF\r\n' || (pg_temp.sample('hikvision') #>> '{}')))).plate, 'A&B77', 'what precedes an XML declaration does no harm');
SELECT is((pg_temp.read(to_jsonb(replace(pg_temp.sample('hikvision') #>> '{}', '<eventType>ANPR', '<eventType>shelteralarm')))).kind, 'nothing', 'another alert of Hikvision');
SELECT is((pg_temp.read(pg_temp.sample(name), 'genetec')).format, wanted, name || ' under the name genetec: ' || wanted)
FROM (VALUES ('snapshot', 'platerecognizer_snapshot'), ('visit begun', 'parkpow'), ('genetec', 'genetec'), ('axis', 'genetec')) AS c(name, wanted);
SELECT is((pg_temp.read('{"hook": {"event": "heartbeat"}, "data": {"camera_id": "c"}}')).kind, 'heartbeat', 'Stream: an event without results');
SELECT is((pg_temp.read('[]', 'parkpow')).kind, 'nothing', 'ParkPow: no visit');

-- anything at all

CREATE TEMPORARY TABLE reader AS SELECT unnest(ARRAY[NULL, '', 'openalpr', 'platerecognizer', 'platerecognizer_snapshot', 'parkpow', 'frigate', 'hikvision', 'axis', 'genetec', 'survision',
	'dahua', 'unifi', 'milestone', 'tattile', 'vaxtor',
	'none', repeat('x', 100000)]) AS format;
CREATE TEMPORARY TABLE hostile AS SELECT *, octet_length(value::text) AS size FROM (VALUES
	('NULL', NULL::jsonb), ('null', 'null'), ('true', 'true'), ('0', '0'), ('-1e300', '-1e300'), ('a huge number', repeat('9', 10000)::jsonb), ('empty text', '""'), ('text', '"text"'), ('[]', '[]'), ('{}', '{}'),
	('[[]]', '[[]]'), ('[null]', '[null]'), ('an object', '{"plate": {"plate": []}}'), ('nested arrays', (repeat('[', 5000) || repeat(']', 5000))::jsonb),
	('nested objects', (repeat('{"results":', 4000) || '1' || repeat('}', 4000))::jsonb), ('a megabyte', to_jsonb(repeat('x', 1000000))), ('a megabyte of ?', to_jsonb(repeat('?', 1000000))),
	('a megabyte of digits', to_jsonb(repeat('1', 1000000))), ('a long array', (SELECT jsonb_agg(n) FROM generate_series(1, 2000) AS n)), ('XML', '"<EventNotificationAlert>"'),
	('deep XML', to_jsonb('<EventNotificationAlert>' || repeat('<a>', 5000) || repeat('</a>', 5000) || '</EventNotificationAlert>')),
	('long XML', to_jsonb('<EventNotificationAlert><eventType>ANPR</eventType>' || repeat('<a>b</a>', 20000) || '</EventNotificationAlert>'))) AS h(name, value);
SELECT is_empty($$ SELECT h.name, left(r.format, 20), c FROM hostile AS h, reader AS r, pg_temp.complaint(h.value, r.format) AS c WHERE c IS NOT NULL $$,
	'any message, under any format, is answered');
SELECT is_empty($$ SELECT s.name, left(r.format, 20), c FROM sample AS s, reader AS r, pg_temp.complaint(s.message, r.format) AS c WHERE c IS NOT NULL $$,
	'so is every message under every other vendor''s name');
SELECT is_empty($$ SELECT p.name, p.path, h.name, c FROM place AS p JOIN sample AS s USING (nth)
	JOIN hostile AS h ON coalesce(h.size, 0) < 10000 OR p.path[array_upper(p.path, 1)] ~ '^(.*[pP]late|confidence|score|.*id|timestamp|.*date|results|candidates)$'
		AND (h.size < 500000 OR p.name IN ('alpr group', 'stream', 'frigate read', 'survision'))
	CROSS JOIN LATERAL pg_temp.complaint(jsonb_set(s.message, p.path, coalesce(h.value, 'null')), smart_parking_internal.message_format(s.message)) AS c
	WHERE c IS NOT NULL $$, 'so is every message with any of its fields replaced');
SELECT is_empty($$ SELECT p.name, p.path, c FROM place AS p JOIN sample AS s USING (nth), pg_temp.complaint(s.message #- p.path) AS c WHERE c IS NOT NULL $$,
	'and with any of its fields missing');
SELECT is_empty($$ SELECT s.name, n, c FROM sample AS s, generate_series(0, length(s.message #>> '{}'), 3) AS n,
	pg_temp.complaint(to_jsonb(left(s.message #>> '{}', n)), 'hikvision') AS c
	WHERE s.name LIKE 'hikvision%' AND c IS NOT NULL $$, 'and XML that breaks off anywhere');

SELECT * FROM finish();
ROLLBACK;
