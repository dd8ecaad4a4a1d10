-- Messages in the shapes that vendors document, made up for these tests, and what must hold for any observation.
-- Included by messages.sql and message_fuzz.sql.

CREATE TEMPORARY TABLE sample (nth integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text UNIQUE, message jsonb);
INSERT INTO sample (name, message) VALUES
('alpr frame', '{"data_type": "alpr_results", "version": 2, "uuid": "lot-cam7-1718445600250", "camera_id": 7, "epoch_time": 1718445600250,
	"img_width": 640, "results": [{"plate": "DDAN1206", "confidence": 91.5, "region": "eu-de", "matches_template": 1,
		"coordinates": [{"x": 1, "y": 2}], "candidates": [{"plate": "DDAN1206", "confidence": 91.5, "matches_template": 1},
			{"plate": "DDANI206", "confidence": 82.25, "matches_template": 0}, {"plate": "OOAN1206", "confidence": 80, "matches_template": 0}]}]}'),
('alpr frame of two', '{"data_type": "alpr_results", "uuid": "lot-cam7-1718445601000", "camera_id": 7, "epoch_time": 1718445601000,
	"results": [{"plate": "FIRST1", "confidence": 88, "candidates": []}, {"plate": "SECOND2", "confidence": 77, "candidates": []}]}'),
('alpr frame of none', '{"data_type": "alpr_results", "uuid": "lot-cam7-1718445602000", "camera_id": 7, "epoch_time": 1718445602000, "results": []}'),
('alpr open agent', '{"uuid": "0f2c9a4e-8a9d-4f6b-9d70-2f5f6a6a1c11", "camera_id": 1, "site_id": "hq", "epoch_time": 1718445600,
	"results": [{"plate": "S11FRE", "confidence": 77.130661, "candidates": [{"plate": "S11FRE", "confidence": 77.130661}]}]}'),
('alpr group', '{"data_type": "alpr_group", "version": 2, "camera_id": 7, "epoch_start": 1718445600250, "epoch_end": 1718445603000,
	"best_uuid": "lot-cam7-1718445601000", "uuids": ["lot-cam7-1718445600250", "lot-cam7-1718445601000"], "plate_indexes": [0, 1],
	"best_plate_number": "DDAN1206", "best_confidence": 93, "best_region": "eu-de", "travel_direction": 212.5, "is_parked": false, "is_preview": false,
	"candidates": [{"plate": "DDAN1206", "confidence": 93}, {"plate": "DDAN12O6", "confidence": 85.5}]}'),
('alpr heartbeat', '{"data_type": "heartbeat", "timestamp": 1718445660000, "site_id": "hq",
	"video_streams": [{"camera_id": 7, "is_streaming": true, "fps": 12, "last_update": 1718445659000}]}'),
('stream', '{"hook": {"target": "http://gate/", "id": "cam-in", "event": "recognition", "filename": "cam-in/1.jpg"},
	"data": {"camera_id": "cam-in", "filename": "cam-in/1.jpg", "timestamp": "2024-06-15T10:00:00.5Z", "timestamp_local": "2024-06-15 12:00:00.5+02:00",
		"results": [{"plate": "ddan1206", "score": 0.903, "dscore": 0.81, "region": {"code": "de", "score": 0.4}, "direction": "",
			"candidates": [{"plate": "ddan1206", "score": 0.903}, {"plate": "odan1206"}, {"plate": "ddanl206", "score": 0.7}],
			"vehicle": {"type": "Sedan", "score": 0.8, "box": {"xmin": 1, "xmax": 2}}}]}}'),
('stream line', '{"camera_id": "cam-out", "filename": "2.jpg", "timestamp": "2024-06-15T10:00:01Z", "timestamp_local": "2024-06-15T12:00:01+02:00",
	"results": [{"plate": "ab123cd", "score": 0.99, "direction": 182, "candidates": []}]}'),
('snapshot', '{"processing_time": 44.1, "version": 1, "filename": "a.jpg", "camera_id": "north", "timestamp": "2024-06-15T10:00:02.125Z", "image_width": 1920,
	"results": [{"plate": "b7xyz", "score": 0.75, "dscore": 0.6, "region": {"code": "us", "score": 0.3}, "candidates": [{"plate": "b7xyz", "score": 0.75}, {"plate": "87xyz", "score": 0.74}]},
		{"plate": null, "score": 0.1, "dscore": 0.2, "candidates": []}]}'),
('visit begun', '[{"id": 901, "status": "Created", "vehicle": {"license_plate": "9HKA742", "field1": null}, "start_cam": {"code": "cam-1", "name": "North"}, "end_cam": null,
	"start_data": {"plate": "9HKA742", "score": 0.9, "direction": 90}, "end_data": {}, "start_date": "2024-06-15T13:00:03+03:00", "end_date": null}]'),
('visit ended', '[{"id": 901, "status": "Updated", "vehicle": {"license_plate": "9HKA742"}, "start_cam": {"code": "cam-1"}, "end_cam": {"code": "cam-2"},
	"start_data": {"plate": "9HKA742", "score": 0.9}, "end_data": {"plate": "9HKA742", "score": 0.8}, "start_date": "2024-06-15T13:00:03+03:00", "end_date": "2024-06-15T15:00:03+03:00"}]'),
('frigate read', '{"type": "lpr", "id": "1718445599.475377-mxklsc", "name": null, "plate": "DDAN1206", "score": 0.91, "camera": "drive", "timestamp": 1718445600.748393}'),
('frigate revision', '{"type": "lpr", "id": "1718445599.475377-mxklsc", "name": "Anna", "plate": "DDAN1208", "score": 0.97, "camera": "drive", "timestamp": 1718445601.5}'),
('frigate event', '{"type": "update", "before": {"id": "1718445599.475377-mxklsc", "camera": "drive", "recognized_license_plate": null},
	"after": {"id": "1718445599.475377-mxklsc", "camera": "drive", "label": "car", "sub_label": null, "frame_time": 1718445602.25, "start_time": 1718445599.475377, "end_time": null,
		"entered_zones": ["gate"], "recognized_license_plate": "DDAN1206", "recognized_license_plate_score": 0.91}}'),
('frigate event without plate', '{"type": "new", "before": {}, "after": {"id": "1718445599.475377-mxklsc", "camera": "drive", "label": "car", "start_time": 1718445599.475377, "end_time": null}}'),
('frigate description', '{"type": "description", "id": "1718445599.475377-mxklsc", "description": "a red car"}'),
('hikvision', to_jsonb($x$<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">
<ipAddress>192.0.2.7</ipAddress><macAddress>00:00:5e:00:53:07</macAddress><channelID>1</channelID><dateTime>2024-06-15T18:00:04+08:00</dateTime>
<activePostCount>1</activePostCount><eventType>ANPR</eventType><eventState>active</eventState>
<ANPR><country>3</country><licensePlate>A&amp;B77</licensePlate><line>2</line><direction>reverse</direction><confidenceLevel>97</confidenceLevel>
<plateCharBelieve>99,61,99,99</plateCharBelieve><vehicleInfo><color>white</color></vehicleInfo><originalLicensePlate>A8B77</originalLicensePlate>
<pictureInfoList><pictureInfo><fileName>1.jpg</fileName></pictureInfo><pictureInfo><fileName>2.jpg</fileName></pictureInfo></pictureInfoList></ANPR>
<UUID>8d7c2f6e-1dd2-11b2-a842-be6ebc977415</UUID><monitoringSiteID></monitoringSiteID></EventNotificationAlert>
$x$::text)),
('hikvision heartbeat', to_jsonb($x$<EventNotificationAlert version="1.0" xmlns="http://www.hikvision.com/ver10/XMLSchema"><ipAddress>192.0.2.7</ipAddress>
<channelID>1</channelID><dateTime>2024-06-15T18:00:05+08:00</dateTime><activePostCount>0</activePostCount><eventType>videoloss</eventType>
<eventState>inactive</eventState></EventNotificationAlert>$x$::text)),
('axis', '{"packetCounter": "11", "capture_timestamp": "1718445605252", "capture_ts": "1718445605252000000", "datetime": "20240615 120005252",
	"plateText": "RLE11684", "plateUTF8": "RLE11684", "plateASCII": "RLE11684", "plateCountry": "POL", "plateConfidence": "0.719034", "carState": "new",
	"carMoveDirection": "out", "carID": "1144", "geotag": {"lat": 50.4, "lon": 30.5}, "camera_info": {"SerialNumber": "ACCC8E000001", "ProdShortName": "P1"}, "sensorProviderID": "gate_1"}'),
('genetec', '{"Address": "", "Attributes": {"Vehicle Color": "Grey", "Relative Motion": "Moving Away", "Confidence Score": "99"}, "CameraName": "G63 - Camera",
	"ConfidenceScore": "98", "ContextImage": "/9j/4AAQ", "DateUtc": "06/15/2024", "TimeUtc": "10:00:06", "Plate": "9HKA742", "SharpName": "G63",
	"State": "CA", "VehicleID": "ccd6761e-b2a6-4afc-b386-412d6529c4ec"}'),
('survision', '{"anpr": {"@date": "1718445607098", "@synchronized": "0", "@session": "1", "@id": "5", "decision": {"@x": "728", "@plate": "MW818WM", "@context": "F",
	"@reliability": "98", "@plateOccurences": "15", "@direction": "unknown", "jpeg": "/9j/4QDe"}}}'),
('own', '{"plate": "DD-AN 1206", "read_at": "2024-06-15T12:00:08+02:00", "confidence": 0.9, "event_id": "e-17", "camera": "c1", "vehicle": "v9", "direction": "in",
	"candidates": [{"plate": "DD-AN 1208", "confidence": 0.5}], "opened": true}');

-- every place in a sample that holds a value
CREATE TEMPORARY TABLE place AS
	WITH RECURSIVE tree AS (
		SELECT nth, name, ARRAY[]::text[] AS path, message AS value FROM sample
		UNION ALL
		SELECT t.nth, t.name, t.path || c.key, c.value FROM tree AS t CROSS JOIN LATERAL (
			SELECT key, value FROM jsonb_each(CASE jsonb_typeof(t.value) WHEN 'object' THEN t.value ELSE '{}' END)
			UNION ALL
			SELECT (n - 1)::text, value FROM jsonb_array_elements(CASE jsonb_typeof(t.value) WHEN 'array' THEN t.value ELSE '[]' END) WITH ORDINALITY AS e(value, n)) AS c)
	SELECT * FROM tree WHERE path <> '{}';

-- What is wrong with what read_message() makes of a message; NULL: nothing.
CREATE FUNCTION pg_temp.complaint(message jsonb, format text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	o record;
	seen integer := 0;
BEGIN
	FOR o IN SELECT * FROM smart_parking.read_message(message, format) LOOP
		seen := seen + 1;
		IF o.kind IS NULL OR o.kind NOT IN ('plate', 'no_plate', 'heartbeat', 'nothing', 'unreadable') THEN
			RETURN 'kind is ' || coalesce(o.kind, 'NULL');
		ELSIF (o.plate IS NOT NULL) <> (o.kind = 'plate') THEN
			RETURN format('plate %s with kind %s', left(o.plate, 40), o.kind);
		ELSIF (o.problem IS NOT NULL) <> (o.kind = 'unreadable') OR length(o.problem) > 200 THEN
			RETURN format('problem %s with kind %s', o.problem, o.kind);
		ELSIF o.format IS NULL AND o.kind <> 'unreadable' THEN
			RETURN 'no format with kind ' || o.kind;
		ELSIF NOT coalesce(o.confidence BETWEEN 0 AND 1, true) THEN
			RETURN 'confidence is ' || o.confidence;
		ELSIF NOT coalesce(o.read_at >= '2000-01-01Z' AND o.read_at < '2100-01-01Z', true) THEN
			RETURN 'read_at is ' || o.read_at;
		ELSIF o.kind = 'plate' AND (coalesce(jsonb_typeof(o.candidates), 'null') <> 'array' OR jsonb_array_length(o.candidates) > 20
			OR jsonb_path_exists(o.candidates, '$[*] ? (!(@.plate.type() == "string") || !(@.confidence == null || @.confidence >= 0 && @.confidence <= 1))')) THEN
			RETURN 'candidates are ' || coalesce(left(o.candidates::text, 100), 'NULL');
		ELSIF octet_length(o.event_id) > 200 OR octet_length(o.passage_id) > 200 OR o.event_id = '' OR o.passage_id = '' OR o.camera = ''
			OR EXISTS (SELECT FROM unnest(o.linked_events) AS e WHERE e IS NULL OR octet_length(e) > 200) THEN
			RETURN 'an id is empty or too long';
		ELSIF o.direction NOT IN ('in', 'out') THEN
			RETURN 'direction is ' || o.direction;
		ELSIF o.problem ~ '^(no_message)' AND message IS NOT NULL THEN
			RETURN o.problem;
		END IF;
	END LOOP;
	RETURN CASE WHEN seen = 0 THEN 'no row' END;
EXCEPTION WHEN OTHERS THEN
	RETURN format('error %s: %s', SQLSTATE, SQLERRM);
END $$;
