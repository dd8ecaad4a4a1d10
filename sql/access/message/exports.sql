-- Messages of systems that pass on what cameras of any make read, or let the operator say how their messages look: Milestone XProtect,
-- Tattile, Vaxtor.

CREATE OR REPLACE FUNCTION smart_parking_internal.read_milestone(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	document record;
	fields jsonb;
	value_key text;
	id_key text;
	time_key text;
	clock record;
	o smart_parking.observation;
BEGIN
	IF jsonb_typeof(message) = 'object' THEN
		fields := smart_parking_internal.flat_fields(message);
	ELSE
		document := smart_parking_internal.document_fields(message, ARRAY['AnalyticsEvent']);
		IF document.problem IS NOT NULL THEN
			RETURN smart_parking_internal.unreadable('milestone', document.problem, message);
		END IF;
		fields := document.fields;
	END IF;
	value_key := (SELECT k FROM unnest(ARRAY['ObjectValue', 'Object.Value', 'AnalyticsObject.Value', 'ObjectList.Value']) WITH ORDINALITY AS c(k, nth) WHERE fields ? k ORDER BY nth LIMIT 1);
	id_key := CASE WHEN fields ? 'EventHeader.ID' THEN 'EventHeader.ID' WHEN fields ? 'Id' THEN 'Id' ELSE 'ID' END;
	time_key := CASE WHEN fields ? 'EventHeader.Timestamp' THEN 'EventHeader.Timestamp' ELSE 'Timestamp' END;
	clock := smart_parking_internal.instant_of(fields -> time_key);
	o.format := 'milestone';
	o.camera := coalesce(smart_parking_internal.id_of(fields -> 'FQID.ObjectId'), smart_parking_internal.id_of(fields -> 'CameraId'),
		smart_parking_internal.id_of(fields -> 'Source.Name'), smart_parking_internal.id_of(fields -> 'SourceName'));
	o.read_at := clock.instant;
	-- an analytics event is about anything; XProtect LPR's are of the type LPR Event
	IF concat_ws(' ', fields -> 'EventHeader.Type', fields -> 'EventHeader.Name', fields -> 'EventHeader.Class', fields -> 'Type', fields -> 'Name') !~* '(lpr|anpr|licen[cs]e|plate)' THEN
		o.kind := 'nothing';
		o.rest := fields;
		RETURN o;
	END IF;

	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(fields -> value_key, 'ObjectValue');
	o.candidates := '[]';
	o.event_id := coalesce(CASE WHEN smart_parking_internal.id_of(fields -> id_key) ~ '[^0-]' THEN smart_parking_internal.id_of(fields -> id_key) END,
		CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, fields ->> time_key, o.kind, o.plate) END);
	o.rest := smart_parking_internal.kept_fields(fields, CASE WHEN o.kind <> 'unreadable' THEN value_key END, CASE WHEN o.read_at IS NOT NULL THEN time_key END,
		CASE WHEN o.event_id = smart_parking_internal.id_of(fields -> id_key) THEN id_key END);
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', fields -> time_key);
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_milestone(jsonb) IS
'Reads an event of Milestone XProtect: an analytics event in XML, or the line that the event server keeps of it, in JSON. '
'Argument: an object, or a string that holds the XML. Result: see read_message().';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_tattile(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	document record;
	fields jsonb;
	serial text;
	clock record;
	o smart_parking.observation;
BEGIN
	IF jsonb_typeof(message) = 'object' THEN
		fields := message;
	ELSE
		document := smart_parking_internal.document_fields(message, NULL);
		IF document.problem IS NOT NULL THEN
			RETURN smart_parking_internal.unreadable('tattile', document.problem, message);
		END IF;
		fields := document.fields;
	END IF;
	serial := coalesce(smart_parking_internal.id_of(fields -> 'DEVICE_SN'), smart_parking_internal.id_of(fields -> 'SN'));
	-- 10-00-06-500 or 10:00:06
	clock := smart_parking_internal.instant_of(to_jsonb(smart_parking_internal.text_of(fields -> 'DATE') || 'T'
		|| regexp_replace(smart_parking_internal.text_of(fields -> 'TIME'), '^([0-9]{2})[-:]([0-9]{2})[-:]([0-9]{2})(?:[-.:]([0-9]{1,6}))?$', '\1:\2:\3.\4')));
	o.format := 'tattile';
	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(fields -> 'PLATE_STRING', 'PLATE_STRING');
	o.candidates := '[]';
	o.camera := coalesce(serial, smart_parking_internal.id_of(fields -> 'DEVICE_NAME'));
	o.read_at := clock.instant;
	o.event_id := CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, fields ->> 'DATE', fields ->> 'TIME',
		smart_parking_internal.text_of(fields -> 'TRANSIT_ID'), o.kind, o.plate) END;
	o.rest := smart_parking_internal.kept_fields(fields, CASE WHEN o.kind <> 'unreadable' THEN 'PLATE_STRING' END,
		CASE WHEN o.read_at IS NOT NULL THEN 'DATE' END, CASE WHEN o.read_at IS NOT NULL THEN 'TIME' END);
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', jsonb_build_array(fields -> 'DATE', fields -> 'TIME'));
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_tattile(jsonb) IS
'Reads a message whose fields have the names of Tattile''s tags, which Nedap''s cameras of that make use too. Argument: an object, or a string that holds XML. '
'Result: see read_message(). OCRSCORE stays in rest: of which scale it is depends on the model.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_vaxtor(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	plate_key CONSTANT text := CASE WHEN message ? 'plateutf8' THEN 'plateutf8' ELSE 'plate' END;
	clock CONSTANT record := smart_parking_internal.instant_of(message -> 'date');
	o smart_parking.observation;
BEGIN
	o.format := 'vaxtor';
	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(message -> plate_key, plate_key);
	o.confidence := smart_parking_internal.confidence_of(message -> 'confidence', 100);
	o.candidates := '[]';
	o.camera := smart_parking_internal.id_of(message -> 'camera');
	o.read_at := clock.instant;
	o.event_id := CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, smart_parking_internal.text_of(message -> 'date'), o.kind, o.plate) END;
	o.rest := smart_parking_internal.kept_fields(message, CASE WHEN o.kind <> 'unreadable' THEN plate_key END, CASE WHEN o.confidence IS NOT NULL THEN 'confidence' END,
		CASE WHEN o.camera IS NOT NULL THEN 'camera' END, CASE WHEN o.read_at IS NOT NULL THEN 'date' END);
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', message -> 'date');
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_vaxtor(jsonb) IS
'Reads a message whose fields have the names of Vaxtor''s variables. Argument: an object. Result: see read_message(). direction stays in rest: it says towards the camera or away from it.';
