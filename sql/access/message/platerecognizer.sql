-- Messages of Plate Recognizer: Stream's webhook, Snapshot's answer, and the visits of ParkPow, which is fed by both.

CREATE OR REPLACE FUNCTION smart_parking_internal.platerecognizer_plate(result jsonb, OUT value jsonb, OUT score jsonb, OUT others jsonb, OUT detailed boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	readings CONSTANT jsonb := result #> '{plate,props,plate}';
BEGIN
	detailed := jsonb_typeof(readings) = 'array' AND jsonb_array_length(readings) > 0;
	IF coalesce(detailed, false) THEN
		value := readings #> '{0,value}';
		score := readings #> '{0,score}';
		others := (SELECT jsonb_agg(jsonb_build_object('plate', r.value -> 'value', 'score', r.value -> 'score') ORDER BY r.nth)
			FROM jsonb_array_elements(readings) WITH ORDINALITY AS r(value, nth));
	ELSE
		detailed := false;
		value := result -> 'plate';
		score := result -> 'score';
		others := result -> 'candidates';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.platerecognizer_plate(jsonb) IS
'The readings in one of Plate Recognizer''s results: the first, how sure it is of it, and all of them. detailed: the plate is an object with its properties, '
'as where vehicles and plates are results of their own, and stays in the rest.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_platerecognizer(message jsonb, format text) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	nested CONSTANT boolean := coalesce(jsonb_typeof(message -> 'data') = 'object', false);
	data CONSTANT jsonb := CASE WHEN nested THEN message -> 'data' ELSE message END;
	results CONSTANT jsonb := data -> 'results';
	happened CONSTANT text := smart_parking_internal.text_of(message #> '{hook,event}');
	camera CONSTANT text := smart_parking_internal.id_of(data -> 'camera_id');
	clock CONSTANT record := smart_parking_internal.instant_of(data -> 'timestamp');
	common jsonb;
	item record;
	reading record;
	o smart_parking.observation;
BEGIN
	common := smart_parking_internal.kept_fields(data, 'results', CASE WHEN camera IS NOT NULL THEN 'camera_id' END,
		CASE WHEN clock.instant IS NOT NULL THEN 'timestamp' END);
	IF nested THEN
		common := smart_parking_internal.with_part(smart_parking_internal.kept_fields(message, 'data'), 'data', common);
	END IF;
	IF clock.zoneless THEN
		common := smart_parking_internal.with_part(common, 'time_without_zone', data -> 'timestamp');
	END IF;

	o.format := read_platerecognizer.format;
	o.camera := camera;
	o.read_at := clock.instant;
	IF coalesce(jsonb_typeof(results), 'null') <> 'array' THEN
		IF coalesce(happened, 'recognition') = 'recognition' THEN
			RETURN NEXT smart_parking_internal.unreadable(o.format, smart_parking_internal.field_problem(results, 'results'), message);
			RETURN;
		END IF;
		o.kind := CASE happened WHEN 'heartbeat' THEN 'heartbeat' ELSE 'nothing' END;
		o.rest := common;
		RETURN NEXT o;
		RETURN;
	ELSIF results = '[]' THEN
		o.kind := 'nothing';
		o.rest := common;
		RETURN NEXT o;
		RETURN;
	END IF;

	FOR item IN SELECT e.value FROM jsonb_array_elements(results) AS e(value) LOOP
		reading := smart_parking_internal.platerecognizer_plate(item.value);
		SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(reading.value, 'results.plate');
		o.confidence := smart_parking_internal.confidence_of(reading.score, 1);
		o.candidates := smart_parking_internal.other_readings(reading.others, o.plate, 'score', 1);
		-- Neither product gives an id. Camera, time and the result, boxes and scores included, are the same in every delivery;
		-- hook and filename are not, where there are several targets. Without a time an equal result may be another passage.
		o.event_id := CASE WHEN o.read_at IS NOT NULL THEN
			smart_parking_internal.event_digest(camera, smart_parking_internal.text_of(data -> 'timestamp'), item.value::text) END;
		o.rest := smart_parking_internal.with_part(common, 'results', smart_parking_internal.kept_fields(item.value, CASE WHEN o.kind <> 'unreadable' AND NOT reading.detailed THEN 'plate' END,
			CASE WHEN o.confidence IS NOT NULL AND NOT reading.detailed THEN 'score' END,
			CASE WHEN jsonb_typeof(item.value -> 'candidates') = 'array' THEN 'candidates' END));
		RETURN NEXT o;
		common := NULL;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_platerecognizer(jsonb, text) IS
'Reads a message of Plate Recognizer. Arguments: message, an object, of Stream with data in it or data alone, or an answer of Snapshot; '
'format, platerecognizer or platerecognizer_snapshot. Result: see read_message().';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_parkpow(message jsonb) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	visits CONSTANT jsonb := CASE jsonb_typeof(message) WHEN 'array' THEN message ELSE jsonb_build_array(message) END;
	visit jsonb;
	side text;
	clock record;
	o smart_parking.observation;
BEGIN
	IF visits = '[]' THEN
		o.format := 'parkpow';
		o.kind := 'nothing';
		RETURN NEXT o;
	END IF;
	FOR visit IN SELECT e.value FROM jsonb_array_elements(visits) AS e(value) LOOP
		o := NULL;
		o.format := 'parkpow';
		-- a visit is begun by one read and ended by another
		side := CASE WHEN jsonb_typeof(visit -> 'end_cam') = 'object' THEN 'end' ELSE 'start' END;
		SELECT * INTO o.kind, o.plate, o.problem
		FROM smart_parking_internal.plate_verdict(coalesce(visit -> (side || '_data') -> 'plate', visit #> '{vehicle,license_plate}'), 'vehicle.license_plate');
		o.confidence := smart_parking_internal.confidence_of(visit -> (side || '_data') -> 'score', 1);
		o.candidates := smart_parking_internal.other_readings(visit -> (side || '_data') -> 'candidates', o.plate, 'score', 1);
		o.camera := smart_parking_internal.id_of(visit -> (side || '_cam') -> 'code');
		clock := smart_parking_internal.instant_of(visit -> (side || '_date'));
		o.read_at := clock.instant;
		o.passage_id := smart_parking_internal.id_of(visit -> 'id');
		-- not the status or last_spotted, which change from delivery to delivery
		o.event_id := coalesce(o.passage_id || ':' || side || ':' || left(smart_parking_internal.event_digest(o.plate), 16),
			CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, side, visit ->> (side || '_date'), o.plate) END);
		o.rest := smart_parking_internal.kept_fields(visit, CASE WHEN o.passage_id IS NOT NULL THEN 'id' END, CASE WHEN o.read_at IS NOT NULL THEN side || '_date' END);
		IF clock.zoneless THEN
			o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', visit -> (side || '_date'));
		END IF;
		RETURN NEXT o;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_parkpow(jsonb) IS
'Reads visits of ParkPow. Argument: an array of them, or one. Result: a row a visit, of its end if it has one, else of its start; see read_message().';
