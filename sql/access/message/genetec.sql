-- Messages of Genetec's cameras: the Sharp's JSON, and the SharpV's HTTP extension in JSON and XML.

CREATE OR REPLACE FUNCTION smart_parking_internal.genetec_fields(message jsonb, OUT fields jsonb, OUT problem text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	IF jsonb_typeof(message) = 'object' THEN
		fields := message;
		RETURN;
	END IF;
	SELECT d.fields, d.problem INTO fields, problem FROM smart_parking_internal.document_fields(message, ARRAY['Plate', 'AutoVu']) AS d;
	-- as the JSON has it: a list of what was found out, each with a key and a value
	IF problem IS NULL AND jsonb_typeof(fields -> 'PlateAnalytics.Key') = 'array' THEN
		fields := fields - ARRAY['PlateAnalytics.Key', 'PlateAnalytics.Score', 'PlateAnalytics.Value'] || jsonb_build_object('PlateAnalytics', (
			SELECT jsonb_agg(jsonb_build_object('Key', k.value, 'Score', fields -> 'PlateAnalytics.Score' -> (k.nth::integer - 1),
				'Value', fields -> 'PlateAnalytics.Value' -> (k.nth::integer - 1)) ORDER BY k.nth)
			FROM jsonb_array_elements(fields -> 'PlateAnalytics.Key') WITH ORDINALITY AS k(value, nth)));
	ELSIF problem IS NULL AND fields ? 'PlateAnalytics.Key' THEN
		fields := fields - ARRAY['PlateAnalytics.Key', 'PlateAnalytics.Score', 'PlateAnalytics.Value'] || jsonb_build_object('PlateAnalytics',
			jsonb_build_array(jsonb_build_object('Key', fields -> 'PlateAnalytics.Key', 'Score', fields -> 'PlateAnalytics.Score', 'Value', fields -> 'PlateAnalytics.Value')));
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.genetec_fields(jsonb) IS
'A message of Genetec as an object, whichever form it came in. problem: why it cannot be read.';

CREATE OR REPLACE FUNCTION smart_parking_internal.genetec_confidence(fields jsonb) RETURNS real
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	analytics CONSTANT jsonb := CASE jsonb_typeof(fields -> 'PlateAnalytics') WHEN 'array' THEN fields -> 'PlateAnalytics' ELSE '[]' END;
BEGIN
	-- the Score beside a Value says how sure the camera is of that value
	RETURN coalesce(smart_parking_internal.confidence_of(fields -> 'ConfidenceScore', 100),
		smart_parking_internal.confidence_of(fields #> '{Attributes,Confidence Score}', 100), (
		SELECT smart_parking_internal.confidence_of(a.value -> 'Value', 100)
		FROM jsonb_array_elements(analytics) WITH ORDINALITY AS a(value, nth)
		WHERE lower(smart_parking_internal.text_of(a.value -> 'Key')) = 'confidence score' ORDER BY a.nth LIMIT 1));
END $$;
COMMENT ON FUNCTION smart_parking_internal.genetec_confidence(jsonb) IS 'How sure a Genetec camera is of its reading, 0 to 1; NULL: it does not say. Argument: a message, as genetec_fields() gives it.';

CREATE OR REPLACE FUNCTION smart_parking_internal.genetec_clock(fields jsonb, OUT instant timestamptz, OUT zoneless boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	day text := smart_parking_internal.text_of(coalesce(fields -> 'DateUtc', fields -> 'UTCDate'));
	part CONSTANT text[] := regexp_match(day, '^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})$');
BEGIN
	IF fields ? 'Timestamp' THEN
		SELECT c.instant, c.zoneless INTO instant, zoneless FROM smart_parking_internal.instant_of(fields -> 'Timestamp') AS c;
		RETURN;
	END IF;
	-- month first, or the year first with any separator
	day := CASE WHEN part IS NOT NULL THEN format('%s-%s-%s', part[3], lpad(part[1], 2, '0'), lpad(part[2], 2, '0')) ELSE translate(day, ':/', '--') END;
	instant := (smart_parking_internal.instant_of(to_jsonb(day || 'T' || smart_parking_internal.text_of(coalesce(fields -> 'TimeUtc', fields -> 'UTCTime')) || 'Z'))).instant;
	zoneless := false;
END $$;
COMMENT ON FUNCTION smart_parking_internal.genetec_clock(jsonb) IS 'When a Genetec camera read the plate, as instant_of() says it. Argument: a message, as genetec_fields() gives it.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_genetec(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	source CONSTANT record := smart_parking_internal.genetec_fields(message);
	fields CONSTANT jsonb := source.fields;
	plate_key CONSTANT text := CASE WHEN fields ? 'PlateRead' THEN 'PlateRead' ELSE 'Plate' END;
	clock record;
	event_id text;
	o smart_parking.observation;
BEGIN
	IF source.problem IS NOT NULL THEN
		RETURN smart_parking_internal.unreadable('genetec', source.problem, message);
	END IF;
	clock := smart_parking_internal.genetec_clock(fields);
	event_id := coalesce(smart_parking_internal.id_of(fields -> 'Id'), smart_parking_internal.id_of(fields -> 'Guid'));
	o.format := 'genetec';
	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(fields -> plate_key, plate_key);
	o.confidence := smart_parking_internal.genetec_confidence(fields);
	o.candidates := '[]';
	-- the cameras of every SharpV have the same names
	o.camera := coalesce(smart_parking_internal.id_of(fields -> 'CameraName'), smart_parking_internal.id_of(fields -> 'SharpName'),
		nullif(concat_ws('/', left(smart_parking_internal.id_of(fields -> 'SourceUrl'), 90), left(smart_parking_internal.id_of(fields -> 'LprCameraName'), 90)), ''),
		smart_parking_internal.id_of(fields -> 'SourceName'));
	o.read_at := clock.instant;
	o.passage_id := smart_parking_internal.id_of(fields -> 'VehicleID');
	o.event_id := coalesce(event_id, CASE WHEN o.passage_id IS NOT NULL OR o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, o.passage_id,
		coalesce(fields ->> 'DateUtc', fields ->> 'UTCDate', fields ->> 'Timestamp'), coalesce(fields ->> 'TimeUtc', fields ->> 'UTCTime'), o.plate) END);
	o.rest := smart_parking_internal.kept_fields(fields, CASE WHEN o.kind <> 'unreadable' THEN plate_key END,
		CASE WHEN smart_parking_internal.confidence_of(fields -> 'ConfidenceScore', 100) IS NOT NULL THEN 'ConfidenceScore' END,
		CASE WHEN smart_parking_internal.id_of(fields -> 'CameraName') IS NOT NULL THEN 'CameraName' END, CASE WHEN o.passage_id IS NOT NULL THEN 'VehicleID' END);
	IF o.read_at IS NOT NULL THEN
		o.rest := smart_parking_internal.kept_fields(o.rest, 'DateUtc', 'TimeUtc', 'UTCDate', 'UTCTime', 'Timestamp');
	END IF;
	IF event_id IS NOT NULL THEN
		o.rest := smart_parking_internal.kept_fields(o.rest, CASE WHEN smart_parking_internal.id_of(fields -> 'Id') IS NOT NULL THEN 'Id' ELSE 'Guid' END);
	END IF;
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', fields -> 'Timestamp');
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_genetec(jsonb) IS
'Reads a message of a Genetec Sharp or SharpV camera. Argument: an object, or a string that holds XML. Result: see read_message().';
