-- Messages of cameras that recognise plates themselves and post JSON: Axis License Plate Verifier, Survision.

CREATE OR REPLACE FUNCTION smart_parking_internal.read_axis(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	plate_key CONSTANT text := CASE WHEN message ? 'plateUTF8' THEN 'plateUTF8' WHEN message ? 'plateText' THEN 'plateText' ELSE 'plateASCII' END;
	time_key text;
	clock record;
	direction CONSTANT text := lower(smart_parking_internal.text_of(message -> 'carMoveDirection'));
	o smart_parking.observation;
BEGIN
	-- datetime is the camera's local time
	FOREACH time_key IN ARRAY ARRAY['capture_timestamp', 'capture_ts', 'datetime'] LOOP
		clock := smart_parking_internal.instant_of(message -> time_key);
		EXIT WHEN clock.instant IS NOT NULL;
	END LOOP;
	o.format := 'axis';
	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(message -> plate_key, plate_key);
	o.confidence := smart_parking_internal.confidence_of(message -> 'plateConfidence', 1);
	o.candidates := '[]';
	o.camera := coalesce(smart_parking_internal.id_of(message #> '{camera_info,SerialNumber}'), smart_parking_internal.id_of(message -> 'cameraId'),
		smart_parking_internal.id_of(message -> 'sensorProviderID'));
	o.read_at := clock.instant;
	-- a car is new, updated and lost under one carID; a packet's number begins anew with the camera
	o.passage_id := smart_parking_internal.id_of(message -> 'carID');
	o.event_id := CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, o.passage_id, smart_parking_internal.text_of(message -> 'packetCounter'),
		smart_parking_internal.text_of(message -> 'carState'), message ->> time_key, o.plate) END;
	o.direction := CASE WHEN direction IN ('in', 'out') THEN direction END;
	o.rest := smart_parking_internal.kept_fields(message, CASE WHEN o.kind <> 'unreadable' THEN plate_key END,
		CASE WHEN o.confidence IS NOT NULL THEN 'plateConfidence' END, CASE WHEN o.read_at IS NOT NULL THEN time_key END,
		CASE WHEN o.passage_id IS NOT NULL THEN 'carID' END, CASE WHEN o.direction IS NOT NULL THEN 'carMoveDirection' END);
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', message -> time_key);
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_axis(jsonb) IS
'Reads a message of the Axis License Plate Verifier. Argument: an object. Result: see read_message(); carState in rest is new, update or lost.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_survision(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	anpr CONSTANT jsonb := message -> 'anpr';
	decision CONSTANT jsonb := anpr -> 'decision';
	clock CONSTANT record := smart_parking_internal.instant_of(anpr -> '@date');
	o smart_parking.observation;
BEGIN
	IF coalesce(jsonb_typeof(decision), 'null') <> 'object' THEN
		RETURN smart_parking_internal.unreadable('survision', smart_parking_internal.field_problem(decision, 'anpr.decision'), message);
	END IF;
	o.format := 'survision';
	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(decision -> '@plate', 'anpr.decision.@plate');
	o.confidence := smart_parking_internal.confidence_of(decision -> '@reliability', 100);
	o.candidates := '[]';
	o.read_at := clock.instant;
	-- reads are numbered within a session, sessions from the camera's start
	o.event_id := CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(anpr ->> '@session', anpr ->> '@id', anpr ->> '@date',
		o.plate) END;
	o.rest := smart_parking_internal.with_part(smart_parking_internal.kept_fields(message, 'anpr'), 'anpr', smart_parking_internal.with_part(
		smart_parking_internal.kept_fields(anpr, 'decision', CASE WHEN o.read_at IS NOT NULL THEN '@date' END), 'decision',
		smart_parking_internal.kept_fields(decision, CASE WHEN o.kind <> 'unreadable' THEN '@plate' END,
			CASE WHEN o.confidence IS NOT NULL THEN '@reliability' END)));
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', anpr -> '@date');
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_survision(jsonb) IS
'Reads a message of a Survision camera. Argument: an object. Result: see read_message(). The camera names itself in the HTTP header '
'survision-serial-number, not in the message.';
