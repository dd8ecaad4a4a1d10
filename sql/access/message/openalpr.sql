-- Messages of OpenALPR (Rekor Scout): a frame's results, the group that sums up a passage, an alert about a group, a vehicle without a
-- plate, the agent's heartbeat.

CREATE OR REPLACE FUNCTION smart_parking_internal.read_openalpr_frame(message jsonb) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	results CONSTANT jsonb := message -> 'results';
	camera CONSTANT text := smart_parking_internal.id_of(message -> 'camera_id');
	frame_id CONSTANT text := smart_parking_internal.id_of(message -> 'uuid');
	read_at CONSTANT timestamptz := (smart_parking_internal.instant_of(message -> 'epoch_time')).instant;
	common jsonb := smart_parking_internal.kept_fields(message, 'data_type', 'results', CASE WHEN camera IS NOT NULL THEN 'camera_id' END,
		CASE WHEN frame_id IS NOT NULL THEN 'uuid' END, CASE WHEN read_at IS NOT NULL THEN 'epoch_time' END);
	item record;
	o smart_parking.observation;
BEGIN
	IF coalesce(jsonb_typeof(results), 'null') <> 'array' THEN
		RETURN NEXT smart_parking_internal.unreadable('openalpr', smart_parking_internal.field_problem(results, 'results'), message);
		RETURN;
	END IF;

	o.format := 'openalpr';
	o.camera := camera;
	o.read_at := read_at;
	IF results = '[]' THEN
		o.kind := 'nothing';
		o.event_id := frame_id;
		o.rest := common;
		RETURN NEXT o;
		RETURN;
	END IF;
	FOR item IN SELECT e.value, e.nth - 1 AS plate_index FROM jsonb_array_elements(results) WITH ORDINALITY AS e(value, nth) LOOP
		SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(item.value -> 'plate', 'results.plate');
		o.confidence := smart_parking_internal.confidence_of(item.value -> 'confidence', 100);
		o.candidates := smart_parking_internal.other_readings(item.value -> 'candidates', o.plate, 'confidence', 100);
		-- a frame may show several vehicles; groups name them by frame and index
		o.event_id := coalesce(frame_id || CASE WHEN item.plate_index > 0 THEN '#' || item.plate_index ELSE '' END,
			CASE WHEN read_at IS NOT NULL THEN smart_parking_internal.event_digest(camera, message ->> 'epoch_time', item.value::text) END);
		o.rest := smart_parking_internal.with_part(common, 'results', smart_parking_internal.kept_fields(item.value, CASE WHEN o.kind <> 'unreadable' THEN 'plate' END,
			CASE WHEN o.confidence IS NOT NULL THEN 'confidence' END,
			CASE WHEN jsonb_typeof(item.value -> 'candidates') = 'array' THEN 'candidates' END));
		RETURN NEXT o;
		common := NULL;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_openalpr_frame(jsonb) IS 'Reads OpenALPR''s alpr_results: what one frame shows.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_openalpr_group(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	best_id CONSTANT text := smart_parking_internal.id_of(message -> 'best_uuid');
	plate_list CONSTANT jsonb := coalesce(message -> 'candidates', message #> '{best_plate,candidates}');
	uuids jsonb := message -> 'uuids';
	o smart_parking.observation;
BEGIN
	o.format := 'openalpr';
	SELECT * INTO o.kind, o.plate, o.problem
	FROM smart_parking_internal.plate_verdict(coalesce(message -> 'best_plate_number', message #> '{best_plate,plate}'), 'best_plate_number');
	o.confidence := coalesce(smart_parking_internal.confidence_of(message -> 'best_confidence', 100),
		smart_parking_internal.confidence_of(message #> '{best_plate,confidence}', 100));
	o.candidates := smart_parking_internal.other_readings(plate_list, o.plate, 'confidence', 100);
	o.camera := smart_parking_internal.id_of(message -> 'camera_id');
	o.read_at := (smart_parking_internal.instant_of(message -> 'epoch_start')).instant;

	IF coalesce(jsonb_typeof(uuids), 'null') <> 'array' THEN
		uuids := '[]';
	END IF;
	SELECT array_agg(f.frame_id || CASE WHEN f.plate_index ~ '^[1-9][0-9]{0,3}$' THEN '#' || f.plate_index ELSE '' END ORDER BY f.nth)
	INTO o.linked_events
	FROM (
		-- about 50 a passage
		SELECT smart_parking_internal.id_of(e.value) AS frame_id, smart_parking_internal.text_of(message -> 'plate_indexes' -> (e.nth::integer - 1)) AS plate_index, e.nth
		FROM jsonb_array_elements(uuids) WITH ORDINALITY AS e(value, nth) LIMIT 1000) AS f
	WHERE f.frame_id IS NOT NULL;

	-- best_uuid is the event_id of a frame, which may be on record already; a preview is followed by the final group
	o.event_id := coalesce(CASE WHEN message -> 'is_preview' = 'true' THEN 'preview:' ELSE 'group:' END || best_id,
		CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, message ->> 'epoch_start', o.plate, uuids::text) END);
	-- the frames know no passage, but the first of them stays the first
	o.passage_id := coalesce(o.linked_events[1], best_id);
	o.rest := smart_parking_internal.kept_fields(message, 'data_type',
		CASE WHEN o.kind <> 'unreadable' THEN 'best_plate_number' END,
		CASE WHEN smart_parking_internal.confidence_of(message -> 'best_confidence', 100) IS NOT NULL THEN 'best_confidence' END,
		CASE WHEN jsonb_typeof(message -> 'candidates') = 'array' THEN 'candidates' END, CASE WHEN o.camera IS NOT NULL THEN 'camera_id' END,
		CASE WHEN o.read_at IS NOT NULL THEN 'epoch_start' END, CASE WHEN o.linked_events IS NOT NULL THEN 'uuids' END,
		CASE WHEN best_id IS NOT NULL THEN 'best_uuid' END);
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_openalpr_group(jsonb) IS
'Reads OpenALPR''s alpr_group, which comes up to ten seconds after the frames that it sums up: linked_events is their event_id.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_openalpr_alert(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	o smart_parking.observation;
BEGIN
	-- An alert carries the group that it is about: the same event, told again because the plate is on a list of the web server's.
	IF jsonb_typeof(message -> 'group') = 'object' THEN
		o := smart_parking_internal.read_openalpr_group(message -> 'group');
		IF o.kind <> 'unreadable' THEN
			o.rest := smart_parking_internal.with_part(smart_parking_internal.kept_fields(message, 'data_type', 'group'), 'group', o.rest);
			RETURN o;
		END IF;
	END IF;
	o := NULL;
	o.format := 'openalpr';
	o.kind := 'nothing';
	o.camera := smart_parking_internal.id_of(coalesce(message -> 'camera_number', message -> 'camera_id'));
	o.read_at := (smart_parking_internal.instant_of(message -> 'epoch_time')).instant;
	o.rest := smart_parking_internal.kept_fields(message, 'data_type');
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_openalpr_alert(jsonb) IS
'Reads Rekor''s alpr_alert: the group in it, with the event_id that the group has when it comes alone, so that only the first of the two decides; nothing where there is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_openalpr_vehicle(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	best_id CONSTANT text := smart_parking_internal.id_of(message -> 'best_uuid');
	o smart_parking.observation;
BEGIN
	IF message ?| ARRAY['best_plate_number', 'best_plate'] THEN
		RETURN smart_parking_internal.read_openalpr_group(message);
	END IF;
	o.format := 'openalpr';
	-- the plate of an approaching car may come into view yet
	o.kind := CASE WHEN message -> 'is_preview' = 'true' THEN 'nothing' ELSE 'no_plate' END;
	o.candidates := '[]';
	o.camera := smart_parking_internal.id_of(message -> 'camera_id');
	o.read_at := (smart_parking_internal.instant_of(message -> 'epoch_start')).instant;
	-- no passage_id: it would tell this vehicle from one whose plate was read
	o.linked_events := CASE WHEN best_id IS NOT NULL THEN ARRAY[best_id, 'group:' || best_id] END;
	o.event_id := coalesce('vehicle:' || best_id,
		CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, 'vehicle', message ->> 'epoch_start', message ->> 'vehicle_signature') END);
	o.rest := smart_parking_internal.kept_fields(message, 'data_type', CASE WHEN o.camera IS NOT NULL THEN 'camera_id' END,
		CASE WHEN o.read_at IS NOT NULL THEN 'epoch_start' END, CASE WHEN best_id IS NOT NULL THEN 'best_uuid' END);
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_openalpr_vehicle(jsonb) IS
'Reads Rekor''s vehicle: a vehicle of which no plate was read. Its preview is nothing to decide on.';

CREATE OR REPLACE FUNCTION smart_parking_internal.openalpr_data_type(message jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- the open source agent sends frames only and does not name them; a web hook that is tried out sends no data
	RETURN coalesce(smart_parking_internal.text_of(message -> 'data_type'), CASE WHEN message ? 'best_plate_number' THEN 'alpr_group'
		WHEN message ? 'group' THEN 'alpr_alert' WHEN message ? 'openalpr_webhook' THEN 'test' ELSE 'alpr_results' END);
END $$;
COMMENT ON FUNCTION smart_parking_internal.openalpr_data_type(jsonb) IS 'What kind of message of OpenALPR this is, also where it does not say so.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_openalpr(message jsonb) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	data_type CONSTANT text := smart_parking_internal.openalpr_data_type(message);
	o smart_parking.observation;
BEGIN
	IF data_type = 'alpr_results' THEN
		RETURN QUERY SELECT * FROM smart_parking_internal.read_openalpr_frame(message);
	ELSIF data_type = 'alpr_group' THEN
		RETURN NEXT smart_parking_internal.read_openalpr_group(message);
	ELSIF data_type = 'alpr_alert' THEN
		RETURN NEXT smart_parking_internal.read_openalpr_alert(message);
	ELSIF data_type = 'vehicle' THEN
		RETURN NEXT smart_parking_internal.read_openalpr_vehicle(message);
	ELSIF data_type = 'test' THEN
		o.format := 'openalpr';
		o.kind := 'nothing';
		o.rest := message;
		RETURN NEXT o;
	ELSIF data_type = 'heartbeat' THEN
		o.format := 'openalpr';
		o.kind := 'heartbeat';
		o.read_at := (smart_parking_internal.instant_of(message -> 'timestamp')).instant;
		o.rest := smart_parking_internal.kept_fields(message, 'data_type', CASE WHEN o.read_at IS NOT NULL THEN 'timestamp' END);
		RETURN NEXT o;
	ELSE
		RETURN NEXT smart_parking_internal.unreadable('openalpr', 'unknown_data_type: ' || left(data_type, 40), message);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_openalpr(jsonb) IS 'Reads a message of OpenALPR. Argument: an object. Result: see read_message().';
