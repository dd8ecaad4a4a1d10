-- Messages of Hikvision's cameras: an XML document EventNotificationAlert, here as text in a JSON string, or the same in JSON.

CREATE OR REPLACE FUNCTION smart_parking_internal.read_hikvision(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	alert record;
	fields jsonb;
	happened text;
	clock record;
	original text;
	o smart_parking.observation;
BEGIN
	IF jsonb_typeof(message) = 'object' THEN
		fields := smart_parking_internal.flat_fields(CASE jsonb_typeof(message -> 'EventNotificationAlert')
			WHEN 'object' THEN message - 'EventNotificationAlert' || (message -> 'EventNotificationAlert') ELSE message END);
	ELSE
		alert := smart_parking_internal.document_fields(message, ARRAY['EventNotificationAlert']);
		IF alert.problem IS NOT NULL THEN
			RETURN smart_parking_internal.unreadable('hikvision', alert.problem, message);
		END IF;
		fields := alert.fields;
	END IF;
	-- the JSON form's spelling
	fields := CASE WHEN fields ? 'uuid' AND NOT fields ? 'UUID' THEN fields - 'uuid' || jsonb_build_object('UUID', fields -> 'uuid') ELSE fields END;

	happened := smart_parking_internal.text_of(fields -> 'eventType');
	clock := smart_parking_internal.instant_of(fields -> 'dateTime');
	o.format := 'hikvision';
	-- a recorder speaks for several cameras
	o.camera := coalesce(smart_parking_internal.id_of(fields -> 'macAddress'), smart_parking_internal.id_of(fields -> 'deviceID'), smart_parking_internal.id_of(fields -> 'ipAddress'))
		|| coalesce('/' || smart_parking_internal.id_of(fields -> 'channelID'), '');
	o.read_at := clock.instant;
	IF happened IS NULL THEN
		RETURN smart_parking_internal.unreadable('hikvision', smart_parking_internal.field_problem(fields -> 'eventType', 'eventType'), message);
	ELSIF upper(happened) <> 'ANPR' THEN
		-- "video loss is over", every few seconds, is how these cameras say that they live
		o.kind := CASE WHEN lower(happened) = 'videoloss' AND lower(smart_parking_internal.text_of(fields -> 'eventState')) = 'inactive' THEN 'heartbeat' ELSE 'nothing' END;
		o.rest := fields;
		RETURN o;
	END IF;

	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(fields -> 'ANPR.licensePlate', 'ANPR.licensePlate');
	o.confidence := smart_parking_internal.confidence_of(fields -> 'ANPR.confidenceLevel', 100);
	original := smart_parking_internal.text_of(fields -> 'ANPR.originalLicensePlate');
	o.candidates := smart_parking_internal.other_readings(jsonb_build_array(jsonb_build_object('plate', original)), o.plate, 'confidence', 100);
	o.event_id := coalesce(smart_parking_internal.id_of(fields -> 'UUID'),
		CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, fields ->> 'dateTime', o.plate, fields ->> 'ANPR.line') END);
	o.rest := smart_parking_internal.kept_fields(fields, 'eventType', CASE WHEN o.kind <> 'unreadable' THEN 'ANPR.licensePlate' END,
		CASE WHEN o.confidence IS NOT NULL THEN 'ANPR.confidenceLevel' END, CASE WHEN original IS NOT NULL THEN 'ANPR.originalLicensePlate' END,
		CASE WHEN o.read_at IS NOT NULL THEN 'dateTime' END, CASE WHEN smart_parking_internal.id_of(fields -> 'UUID') IS NOT NULL THEN 'UUID' END);
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', fields -> 'dateTime');
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_hikvision(jsonb) IS
'Reads an alert of a Hikvision camera. Argument: a string that holds the XML, or an object. Result: see read_message(); rest is as xml_fields() names it. '
'forward and reverse there are towards the camera and away from it, not in and out.';
