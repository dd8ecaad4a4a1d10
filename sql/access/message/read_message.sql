-- Whose message it is, and what is in it.

CREATE OR REPLACE FUNCTION smart_parking_internal.text_format(message jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	content CONSTANT text := message #>> '{}';
	root CONSTANT text := smart_parking_internal.document_root(message);
BEGIN
	RETURN CASE
		WHEN root = 'EventNotificationAlert' OR left(content, 1000) ~ '^[^<]{0,9}<.*EventNotificationAlert' THEN 'hikvision'
		WHEN root IN ('Plate', 'AutoVu') THEN 'genetec'
		WHEN root = 'AnalyticsEvent' THEN 'milestone'
		WHEN root IS NOT NULL AND strpos(content, '<PLATE_STRING') > 0 THEN 'tattile'
		WHEN left(content, 2000) ~ '(^|[\r\n])\s*((Return)?Events\[[0-9]+\]\.|Code=[A-Za-z0-9_]+;\s*action=)' THEN 'dahua'
		-- a connection that is kept open, as one part of many or alone
		WHEN left(content, 1000) ~ '^\s*(--\S+\s+(Content-[A-Za-z]+:[^\r\n]*[\r\n]+\s*)*)?Heartbeat\s*$' THEN 'dahua'
	END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.text_format(jsonb) IS 'Whose message a string holds, as message_format() says it.';

CREATE OR REPLACE FUNCTION smart_parking_internal.is_dahua(message jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	list CONSTANT text[] := smart_parking_internal.dahua_list(message);
	event CONSTANT jsonb := smart_parking_internal.dahua_event(CASE WHEN list IS NOT NULL THEN message #> list -> 0 ELSE message END);
BEGIN
	RETURN coalesce(event ?| ARRAY['TrafficCar', 'EventBaseInfo']
		OR (event ? 'Code' AND event ?| ARRAY['Action', 'action', 'Data', 'data', 'Object', 'Index'])
		OR event -> 'Plate' ?| ARRAY['PlateNumber', 'IsExist'] OR (event ? 'SnapInfo' AND event ?| ARRAY['Plate', 'Vehicle'])
		OR event ?& ARRAY['Active', 'DeviceID'] OR event ?& ARRAY['DeviceID', 'DeviceModel'] OR message ->> 'method' = 'client.notifyEventStream', false);
END $$;
COMMENT ON FUNCTION smart_parking_internal.is_dahua(jsonb) IS 'Whether an object is a message of Dahua''s, by its fields.';

CREATE OR REPLACE FUNCTION smart_parking_internal.message_format(message jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	first jsonb := CASE jsonb_typeof(message) WHEN 'array' THEN message -> 0 ELSE message END;
BEGIN
	IF jsonb_typeof(first) = 'string' THEN
		RETURN smart_parking_internal.text_format(first);
	ELSIF jsonb_typeof(first) IS DISTINCT FROM 'object' THEN
		RETURN NULL;
	END IF;
	-- by the names of fields alone, so that one with a strange value is reported as what it is
	RETURN CASE
		WHEN first ?& ARRAY['vehicle', 'start_cam', 'start_date'] THEN 'parkpow'
		WHEN first ?| ARRAY['data_type', 'best_plate_number', 'openalpr_webhook'] OR first ?& ARRAY['uuid', 'results'] OR first ?& ARRAY['epoch_time', 'results']
			THEN 'openalpr'
		WHEN first ? 'hook' OR first -> 'data' ? 'results' THEN 'platerecognizer'
		WHEN first ? 'results' AND first ?| ARRAY['processing_time', 'version', 'image_width'] THEN 'platerecognizer_snapshot'
		WHEN first ?& ARRAY['results', 'camera_id'] THEN 'platerecognizer'
		WHEN first -> 'anpr' ?| ARRAY['decision', '@date', '@id'] THEN 'survision'
		WHEN first ?| ARRAY['plateUTF8', 'plateASCII', 'plateText'] THEN 'axis'
		WHEN first ? 'Plate' AND first ?| ARRAY['CameraName', 'SharpName', 'DateUtc', 'ContextImage'] THEN 'genetec'
		WHEN first ? 'PlateRead' THEN 'genetec'
		WHEN first ->> 'type' IN ('new', 'update', 'end') AND first ?| ARRAY['after', 'before'] THEN 'frigate'
		WHEN first ->> 'type' IN ('lpr', 'description', 'face', 'classification') AND first ? 'id' THEN 'frigate'
		WHEN first -> 'alarm' ?| ARRAY['triggers', 'conditions', 'sources'] THEN 'unifi'
		WHEN first ? 'EventNotificationAlert' OR (first ? 'eventType' AND first ?| ARRAY['ANPR', 'eventState', 'activePostCount', 'macAddress']) THEN 'hikvision'
		WHEN first ? 'EventHeader' OR first ?& ARRAY['ObjectValue', 'Timestamp'] THEN 'milestone'
		WHEN first ? 'PLATE_STRING' THEN 'tattile'
		WHEN first ?| ARRAY['plate', 'plateutf8'] AND first ?| ARRAY['plateutf8', 'charheight', 'processingtime', 'multiplate', 'roiid', 'platejpegsize'] THEN 'vaxtor'
		WHEN smart_parking_internal.is_dahua(first) THEN 'dahua'
		WHEN first ?& ARRAY['plate', 'read_at'] THEN 'smart_parking'
	END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.message_format(jsonb) IS
'Whose message this is, by its fields, of a list its first: openalpr, platerecognizer (Stream), platerecognizer_snapshot, parkpow, frigate, hikvision, axis, '
'genetec, survision, dahua, unifi, milestone, tattile, vaxtor, or smart_parking (our own, see read_own()); NULL: none of these.';

CREATE OR REPLACE FUNCTION smart_parking_internal.unwrapped(message jsonb, OUT content jsonb, OUT wrapper jsonb)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	deepest CONSTANT integer := 3;
	inner_content jsonb;
	inner_key text;
BEGIN
	content := smart_parking_internal.json_of(message);
	FOR level IN 1 .. deepest LOOP
		EXIT WHEN jsonb_typeof(content) IS DISTINCT FROM 'object' OR smart_parking_internal.message_format(content) IS NOT NULL;
		-- a relay's name for what it passes on, or the only field
		SELECT e.key, smart_parking_internal.json_of(e.value) INTO inner_key, inner_content
		FROM jsonb_each(content) AS e
		LEFT JOIN unnest(ARRAY['payload', 'body', 'data', 'message', 'msg', 'event', 'events', 'messages', 'json', 'content', 'params']) WITH ORDINALITY AS k(key, nth) ON k.key = lower(e.key)
		WHERE jsonb_typeof(e.value) IN ('object', 'array', 'string') AND (k.key IS NOT NULL OR content - e.key = '{}')
		ORDER BY k.nth, e.key LIMIT 1;
		EXIT WHEN inner_key IS NULL;
		wrapper := smart_parking_internal.with_part(nullif(content - inner_key, '{}'), 'wrapper', wrapper);
		content := inner_content;
	END LOOP;
	IF smart_parking_internal.message_format(content) IS NULL THEN
		content := smart_parking_internal.json_of(message);
		wrapper := NULL;
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.unwrapped(jsonb) IS
'A vendor''s message without what a relay put around it: JSON in a string, an object with it in a field such as payload, body or data. wrapper: the other fields. '
'A message that is recognised neither so nor so stays as it is.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_by(reader text, message jsonb) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	IF NOT (jsonb_typeof(message) = 'object' OR reader = 'hikvision' OR (reader IN ('genetec', 'dahua', 'milestone', 'tattile') AND jsonb_typeof(message) = 'string')
		OR (reader = 'parkpow' AND jsonb_typeof(message) = 'array')) THEN
		RETURN NEXT smart_parking_internal.unreadable(reader, 'not_an_object: a message of type ' || jsonb_typeof(message), message);
		RETURN;
	END IF;
	CASE reader
		WHEN 'openalpr' THEN RETURN QUERY SELECT * FROM smart_parking_internal.read_openalpr(message);
		WHEN 'parkpow' THEN RETURN QUERY SELECT * FROM smart_parking_internal.read_parkpow(message);
		WHEN 'dahua' THEN RETURN QUERY SELECT * FROM smart_parking_internal.read_dahua(message);
		WHEN 'unifi' THEN RETURN QUERY SELECT * FROM smart_parking_internal.read_unifi(message);
		WHEN 'frigate' THEN RETURN NEXT smart_parking_internal.read_frigate(message);
		WHEN 'hikvision' THEN RETURN NEXT smart_parking_internal.read_hikvision(message);
		WHEN 'axis' THEN RETURN NEXT smart_parking_internal.read_axis(message);
		WHEN 'genetec' THEN RETURN NEXT smart_parking_internal.read_genetec(message);
		WHEN 'survision' THEN RETURN NEXT smart_parking_internal.read_survision(message);
		WHEN 'milestone' THEN RETURN NEXT smart_parking_internal.read_milestone(message);
		WHEN 'tattile' THEN RETURN NEXT smart_parking_internal.read_tattile(message);
		WHEN 'vaxtor' THEN RETURN NEXT smart_parking_internal.read_vaxtor(message);
		WHEN 'smart_parking' THEN RETURN NEXT smart_parking_internal.read_own(message);
		ELSE RETURN QUERY SELECT * FROM smart_parking_internal.read_platerecognizer(message, reader);
	END CASE;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_by(text, jsonb) IS 'What one vendor''s reader reads from a message. Arguments: reader, a name that message_format() gives; message. Result: see read_message().';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_single(message jsonb, format text) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	known CONSTANT text[] := ARRAY['openalpr', 'platerecognizer', 'platerecognizer_snapshot', 'parkpow', 'frigate', 'hikvision', 'axis', 'genetec', 'survision',
		'dahua', 'unifi', 'milestone', 'tattile', 'vaxtor', 'smart_parking'];
	shape CONSTANT text := smart_parking_internal.message_format(message);
	reader text := coalesce(format, shape);
BEGIN
	-- these cameras are often behind a relay that has Plate Recognizer look at the picture again
	IF reader IN ('genetec', 'survision') AND shape IN ('platerecognizer_snapshot', 'parkpow') THEN
		reader := shape;
	END IF;

	IF reader IS NULL THEN
		RETURN NEXT smart_parking_internal.unreadable(NULL, CASE WHEN jsonb_typeof(message) = 'object' THEN 'unknown_format'
			ELSE 'not_an_object: a message of type ' || jsonb_typeof(message) END, message);
	ELSIF reader <> ALL (known) THEN
		RETURN NEXT smart_parking_internal.unreadable(NULL, 'unknown_format_name: ' || left(reader, 40), message);
	ELSE
		RETURN QUERY SELECT * FROM smart_parking_internal.read_by(reader, message);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_single(jsonb, text) IS
'What is in one vendor''s message. Arguments: message, as unwrapped() gives it; format, in lower case, NULL to have it recognised. Result: see read_message().';

CREATE OR REPLACE FUNCTION smart_parking_internal.says_resent(rest jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- hardly a message does: the names are looked at one by one only where the text has one of them
	RETURN jsonb_typeof(rest) = 'object' AND rest::text ~* 'retrans|resen[dt]|reupload|buffered|backlog|offline_?(data|event|upload)' AND EXISTS (
		SELECT FROM jsonb_each(rest || CASE jsonb_typeof(rest -> 'wrapper') WHEN 'object' THEN rest -> 'wrapper' ELSE '{}' END) AS e
		WHERE lower(regexp_replace(e.key, '^.*[.@]|[_-]', '', 'g')) ~
			'^(is|was)?(data|event|message)?(retransmi(t|tted|ssion)|resen[dt]|reupload(ed)?|(from)?buffer(ed)?|(from)?backlog|offline(data|event|upload))$'
		AND lower(btrim(e.value #>> '{}')) IN ('true', '1', 'yes'));
END $$;
COMMENT ON FUNCTION smart_parking_internal.says_resent(jsonb) IS
'Whether a message says of itself that it is sent again or from a store: Hikvision''s isDataRetransmission, and fields of other names that say as much, whosever they are. '
'Argument: the fields that were not taken up.';

CREATE OR REPLACE FUNCTION smart_parking.read_message(message jsonb, format text DEFAULT NULL) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	named CONSTANT text := nullif(lower(btrim(format)), '');
	source CONSTANT record := smart_parking_internal.unwrapped(message);
	wrapper jsonb := source.wrapper;
	batch boolean;
	o smart_parking.observation;
BEGIN
	IF message IS NULL THEN
		RETURN NEXT smart_parking_internal.unreadable(NULL, 'no_message', NULL);
		RETURN;
	END IF;
	-- a list of messages; visits come as one anyway
	batch := coalesce(jsonb_typeof(source.content) = 'array' AND jsonb_typeof(source.content -> 0) IN ('object', 'string'), false)
		AND 'parkpow' NOT IN (coalesce(named, ''), coalesce(smart_parking_internal.message_format(source.content), ''));
	FOR o IN
		SELECT r.* FROM jsonb_array_elements(CASE WHEN batch THEN source.content ELSE jsonb_build_array(source.content) END) WITH ORDINALITY AS e(value, nth)
		CROSS JOIN LATERAL smart_parking_internal.read_single(CASE WHEN batch THEN smart_parking_internal.json_of(e.value) ELSE e.value END, named) AS r
	LOOP
		o.rest := smart_parking_internal.with_part(o.rest, 'wrapper', wrapper);
		o.resent := smart_parking_internal.says_resent(o.rest);
		RETURN NEXT o;
		wrapper := NULL;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking.read_message(jsonb, text) IS
'Reads a message of a camera or recognition engine. Writes nothing, decides nothing, and raises no error, whatever the message. '
'Arguments: message, the vendor''s JSON, a list of such, or a JSON string that holds its XML, text or JSON; format, a name that message_format() gives, NULL or empty to have it recognised. '
'Result: a row for each plate or vehicle in the message, at least one; see the type observation. problem begins with one of no_message, '
'not_an_object, unknown_format, unknown_format_name, unknown_data_type, missing_field, bad_field, malformed_xml, no_xml_support.';
