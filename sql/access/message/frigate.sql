-- Messages of Frigate, as published over MQTT: tracked_object_update (a plate was read) and events (a tracked object changed).

CREATE OR REPLACE FUNCTION smart_parking_internal.read_frigate(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	happened CONSTANT text := smart_parking_internal.text_of(message -> 'type');
	is_event CONSTANT boolean := coalesce(happened IN ('new', 'update', 'end'), false);
	part CONSTANT text := CASE WHEN jsonb_typeof(message -> 'after') = 'object' THEN 'after' ELSE 'before' END;
	state CONSTANT jsonb := CASE WHEN is_event THEN message -> part ELSE message END;
	plate_key CONSTANT text := CASE WHEN is_event THEN 'recognized_license_plate' ELSE 'plate' END;
	score_key CONSTANT text := CASE WHEN is_event THEN 'recognized_license_plate_score' ELSE 'score' END;
	time_key CONSTANT text := CASE WHEN NOT is_event THEN 'timestamp' WHEN state ? 'frame_time' THEN 'frame_time' ELSE 'start_time' END;
	o smart_parking.observation;
BEGIN
	IF happened IS NULL THEN
		RETURN smart_parking_internal.unreadable('frigate', smart_parking_internal.field_problem(message -> 'type', 'type'), message);
	ELSIF NOT is_event AND happened NOT IN ('lpr', 'description', 'face', 'classification') THEN
		RETURN smart_parking_internal.unreadable('frigate', 'unknown_data_type: ' || left(happened, 40), message);
	ELSIF coalesce(jsonb_typeof(state), 'null') <> 'object' THEN
		RETURN smart_parking_internal.unreadable('frigate', smart_parking_internal.field_problem(message -> 'after', 'after'), message);
	END IF;

	o.format := 'frigate';
	o.camera := smart_parking_internal.id_of(state -> 'camera');
	o.read_at := (smart_parking_internal.instant_of(state -> time_key)).instant;
	o.passage_id := smart_parking_internal.id_of(state -> 'id');
	IF is_event THEN
		SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(coalesce(state -> plate_key, 'null'), part || '.' || plate_key);
	ELSIF happened = 'lpr' THEN
		SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(state -> plate_key, plate_key);
	END IF;
	IF o.kind IS NULL OR (is_event AND o.kind = 'no_plate') THEN
		-- a description, a face, or an object without a plate, of which there are dozens a passage
		o.kind := 'nothing';
		o.rest := message;
		RETURN o;
	END IF;

	o.confidence := smart_parking_internal.confidence_of(state -> score_key, 1);
	o.candidates := '[]';
	-- Both topics publish a read, and events repeats it with every change of the object. Plate and score say which read it is.
	IF o.kind = 'plate' THEN
		o.event_id := o.passage_id || ':' || left(smart_parking_internal.event_digest(o.plate, smart_parking_internal.text_of(state -> score_key)), 16);
	ELSIF o.read_at IS NOT NULL THEN
		o.event_id := o.passage_id || ':' || o.kind || ':' || left(smart_parking_internal.event_digest(state ->> time_key), 16);
	END IF;
	o.rest := smart_parking_internal.kept_fields(state, CASE WHEN o.kind <> 'unreadable' THEN plate_key END,
		CASE WHEN o.confidence IS NOT NULL THEN score_key END, CASE WHEN o.camera IS NOT NULL THEN 'camera' END,
		CASE WHEN o.read_at IS NOT NULL THEN time_key END, CASE WHEN o.passage_id IS NOT NULL THEN 'id' END);
	IF is_event THEN
		o.rest := smart_parking_internal.with_part(smart_parking_internal.kept_fields(message, part), part, o.rest);
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_frigate(jsonb) IS 'Reads a message of Frigate. Argument: an object. Result: see read_message().';
