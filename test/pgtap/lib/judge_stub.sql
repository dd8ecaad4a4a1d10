-- A stand-in for judge_read() where the access plane does not have it yet: exact plates, candidates, events that come again, gates that acted
-- already. It issues no commands and keeps no counter. Included inside a test's transaction; does nothing where the real one is there.
SELECT NOT EXISTS (SELECT FROM pg_proc WHERE proname = 'judge_read' AND pronamespace = 'smart_parking'::regnamespace) AS judge_is_missing \gset
\if :judge_is_missing
CREATE FUNCTION smart_parking.judge_read(gate_id uuid, car_plate text, read_at timestamptz, confidence real, event_id text, candidates jsonb, vehicle text,
	linked_events text[], camera text, format text, message jsonb, problem text, happened boolean) RETURNS smart_parking.verdict
LANGUAGE plpgsql AS $stub$
#variable_conflict use_column
DECLARE
	g smart_parking.gate;
	v smart_parking.verdict;
	held record;
	canonical smart_parking.license_plate;
	matched_by text;
BEGIN
	SELECT * INTO g FROM smart_parking.gate WHERE id = judge_read.gate_id;
	SELECT r.decision, r.reason, r.booking_id, r.car_plate::text AS matched_plate INTO v.decision, v.reason, v.booking_id, v.matched_plate
	FROM smart_parking.plate_read AS r WHERE r.gate_id = judge_read.gate_id AND r.event_id = judge_read.event_id;
	IF FOUND THEN
		RETURN v;
	END IF;
	BEGIN
		canonical := smart_parking.license_plate(car_plate);
	EXCEPTION WHEN SQLSTATE 'SP010' THEN
		NULL;
	END;
	IF canonical IS NULL OR problem IS NOT NULL THEN
		v.decision := 'manual';
		v.reason := CASE WHEN problem IS NULL THEN 'plate_unreadable' ELSE 'message_unreadable' END;
		v.details := CASE WHEN problem IS NOT NULL THEN jsonb_build_object('problem', problem) END;
	ELSE
		SELECT b.*, p.plate = judge_read.car_plate AS exact INTO held
		FROM (SELECT judge_read.car_plate AS plate, 0 AS nth UNION ALL
			SELECT c.value ->> 'plate', 1 FROM jsonb_array_elements(coalesce(candidates, '[]')) AS c) AS p
		JOIN smart_parking.booking AS b ON b.parking_id = g.parking_id AND b.car_plate::text = upper(regexp_replace(p.plate, '[ .-]', '', 'g')) AND b.ended_at IS NULL
		ORDER BY p.nth LIMIT 1;
		matched_by := CASE WHEN FOUND THEN CASE WHEN held.exact THEN 'exact' ELSE 'candidate' END END;
		IF NOT FOUND THEN
			v.decision := CASE WHEN happened OR g.direction = 'exit' THEN 'manual' ELSE 'deny' END;
			v.reason := CASE WHEN happened THEN 'unknown_offline' WHEN g.direction = 'exit' THEN 'exit_without_entry' ELSE 'no_booking' END;
		ELSIF held.status = 'pending' AND g.direction <> 'exit' THEN
			UPDATE smart_parking.booking SET status = 'confirmed', confirmed_at = CASE WHEN happened THEN judge_read.read_at ELSE clock_timestamp() END WHERE id = held.id;
			v.decision := 'open';
			v.reason := 'entered';
		ELSIF held.status = 'confirmed' AND g.direction <> 'entry' THEN
			UPDATE smart_parking.booking SET status = 'completed', ended_at = CASE WHEN happened THEN judge_read.read_at ELSE clock_timestamp() END WHERE id = held.id;
			v.decision := 'open';
			v.reason := 'exited';
		ELSE
			v.decision := 'deny';
			v.reason := 'already_inside';
		END IF;
		v.booking_id := held.id;
		v.matched_plate := held.car_plate::text;
		v.spot_no := held.spot_no;
	END IF;
	INSERT INTO smart_parking.plate_read (id, gate_id, event_id, plate_text, car_plate, confidence, read_at, received_at, decision, reason, booking_id, matched_by,
		candidates, details, format, camera, vehicle, message)
	VALUES (gen_random_uuid(), g.id, event_id, judge_read.car_plate, canonical, confidence, read_at, clock_timestamp(), v.decision, v.reason, v.booking_id, matched_by,
		candidates, v.details, format, camera, vehicle, message);
	UPDATE smart_parking.gate SET camera_seen_at = clock_timestamp() WHERE id = g.id;
	RETURN v;
END $stub$;
\endif
