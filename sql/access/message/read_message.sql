-- Whose message it is, and what is in it.

CREATE OR REPLACE FUNCTION smart_parking_internal.message_format(message jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	first jsonb := CASE jsonb_typeof(message) WHEN 'array' THEN message -> 0 ELSE message END;
BEGIN
	IF jsonb_typeof(message) = 'string' THEN
		RETURN CASE WHEN left(message #>> '{}', 1000) ~ '^[^<]{0,9}<.*EventNotificationAlert' THEN 'hikvision' END;
	ELSIF jsonb_typeof(first) IS DISTINCT FROM 'object' THEN
		RETURN NULL;
	END IF;
	-- by the names of fields alone, so that one with a strange value is reported as what it is
	RETURN CASE
		WHEN first ?& ARRAY['vehicle', 'start_cam', 'start_date'] THEN 'parkpow'
		WHEN jsonb_typeof(message) = 'array' THEN NULL
		WHEN message ?| ARRAY['data_type', 'best_plate_number'] OR message ?& ARRAY['uuid', 'results'] OR message ?& ARRAY['epoch_time', 'results']
			THEN 'openalpr'
		WHEN message ? 'hook' OR message -> 'data' ? 'results' THEN 'platerecognizer'
		WHEN message ? 'results' AND message ?| ARRAY['processing_time', 'version', 'image_width'] THEN 'platerecognizer_snapshot'
		WHEN message ?& ARRAY['results', 'camera_id'] THEN 'platerecognizer'
		WHEN message -> 'anpr' ?| ARRAY['decision', '@date', '@id'] THEN 'survision'
		WHEN message ?| ARRAY['plateUTF8', 'plateASCII', 'plateText'] THEN 'axis'
		WHEN message ? 'Plate' AND message ?| ARRAY['CameraName', 'SharpName', 'DateUtc', 'ContextImage'] THEN 'genetec'
		WHEN message ->> 'type' IN ('new', 'update', 'end') AND message ?| ARRAY['after', 'before'] THEN 'frigate'
		WHEN message ->> 'type' IN ('lpr', 'description', 'face', 'classification') AND message ? 'id' THEN 'frigate'
		WHEN message ?& ARRAY['plate', 'read_at'] THEN 'smart_parking'
	END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.message_format(jsonb) IS
'Whose message this is, by its fields: openalpr, platerecognizer (Stream), platerecognizer_snapshot, parkpow, frigate, hikvision, axis, '
'genetec, survision, or smart_parking (our own, see read_own()); NULL: none of these.';

CREATE OR REPLACE FUNCTION smart_parking.read_message(message jsonb, format text DEFAULT NULL) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	shape CONSTANT text := smart_parking_internal.message_format(message);
	reader text := coalesce(nullif(lower(btrim(format)), ''), shape);
BEGIN
	-- these cameras are often behind a relay that has Plate Recognizer look at the picture again
	IF reader IN ('genetec', 'survision') AND shape IN ('platerecognizer_snapshot', 'parkpow') THEN
		reader := shape;
	END IF;

	IF message IS NULL THEN
		RETURN NEXT smart_parking_internal.unreadable(NULL, 'no_message', NULL);
	ELSIF reader IS NULL THEN
		RETURN NEXT smart_parking_internal.unreadable(NULL, CASE WHEN jsonb_typeof(message) = 'object' THEN 'unknown_format'
			ELSE 'not_an_object: a message of type ' || jsonb_typeof(message) END, message);
	ELSIF reader NOT IN ('openalpr', 'platerecognizer', 'platerecognizer_snapshot', 'parkpow', 'frigate', 'hikvision', 'axis', 'genetec', 'survision', 'smart_parking') THEN
		RETURN NEXT smart_parking_internal.unreadable(NULL, 'unknown_format_name: ' || left(reader, 40), message);
	ELSIF reader <> 'hikvision' AND jsonb_typeof(message) <> 'object' AND NOT (reader = 'parkpow' AND jsonb_typeof(message) = 'array') THEN
		RETURN NEXT smart_parking_internal.unreadable(reader, 'not_an_object: a message of type ' || jsonb_typeof(message), message);
	ELSE
		CASE reader
			WHEN 'openalpr' THEN RETURN QUERY SELECT * FROM smart_parking_internal.read_openalpr(message);
			WHEN 'parkpow' THEN RETURN QUERY SELECT * FROM smart_parking_internal.read_parkpow(message);
			WHEN 'frigate' THEN RETURN NEXT smart_parking_internal.read_frigate(message);
			WHEN 'hikvision' THEN RETURN NEXT smart_parking_internal.read_hikvision(message);
			WHEN 'axis' THEN RETURN NEXT smart_parking_internal.read_axis(message);
			WHEN 'genetec' THEN RETURN NEXT smart_parking_internal.read_genetec(message);
			WHEN 'survision' THEN RETURN NEXT smart_parking_internal.read_survision(message);
			WHEN 'smart_parking' THEN RETURN NEXT smart_parking_internal.read_own(message);
			ELSE RETURN QUERY SELECT * FROM smart_parking_internal.read_platerecognizer(message, reader);
		END CASE;
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.read_message(jsonb, text) IS
'Reads a message of a camera or recognition engine. Writes nothing, decides nothing, and raises no error, whatever the message. '
'Arguments: message, the vendor''s JSON, or a JSON string that holds its XML; format, a name that message_format() gives, NULL or empty to have it recognised. '
'Result: a row for each plate or vehicle in the message, at least one; see the type observation. problem begins with one of no_message, '
'not_an_object, unknown_format, unknown_format_name, unknown_data_type, missing_field, bad_field, malformed_xml, no_xml_support.';
