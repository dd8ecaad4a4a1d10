-- From a camera's message to verdicts: read_message() says what is in it, judge_read() decides on each plate.
--
-- An error of one observation (a conflict under REPEATABLE READ, a deadlock) is not caught: the whole message is undone and the
-- caller sends it again. Observations judged twice have the same event_id, so the second time changes nothing; half a
-- message on record, with the other half lost, could not be told from a whole one.

CREATE OR REPLACE FUNCTION smart_parking_internal.require_gate(gate_id uuid) RETURNS smart_parking.gate
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	gate smart_parking.gate;
BEGIN
	PERFORM smart_parking_internal.require_argument('gate_id', gate_id IS NOT NULL);
	SELECT * INTO gate FROM smart_parking.gate AS g WHERE g.id = require_gate.gate_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no gate %', gate_id USING ERRCODE = 'SP003', HINT = 'Use a gate_id that add_gate returned.';
	END IF;
	RETURN gate;
END $$;
COMMENT ON FUNCTION smart_parking_internal.require_gate(uuid) IS 'The gate''s row. Errors: SP003 unknown gate, SP016 NULL.';

CREATE OR REPLACE FUNCTION smart_parking_internal.without_pictures(value jsonb, depth integer DEFAULT 0) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	longest CONSTANT integer := 10000;
	deepest CONSTANT integer := 20;
	scalar CONSTANT boolean := jsonb_typeof(value) NOT IN ('object', 'array');
	content CONSTANT text := value #>> '{}';
BEGIN
	IF coalesce(length(content), 0) <= longest THEN
		RETURN value;
	ELSIF scalar OR depth >= deepest THEN
		RETURN to_jsonb(format('%s ... dropped: a %s of %s characters', left(content, 200), jsonb_typeof(value), length(content)));
	ELSIF jsonb_typeof(value) = 'array' THEN
		RETURN (SELECT jsonb_agg(CASE WHEN length(e.value::text) <= longest THEN e.value ELSE smart_parking_internal.without_pictures(e.value, depth + 1) END ORDER BY e.nth)
			FROM jsonb_array_elements(without_pictures.value) WITH ORDINALITY AS e(value, nth));
	END IF;
	RETURN (SELECT jsonb_object_agg(e.key, CASE WHEN length(e.value::text) <= longest THEN e.value ELSE smart_parking_internal.without_pictures(e.value, depth + 1) END)
		FROM jsonb_each(without_pictures.value) AS e);
END $$;
COMMENT ON FUNCTION smart_parking_internal.without_pictures(jsonb, integer) IS
'A message without its pictures: of a string of more than 10,000 characters the first 200 stay, with a note how long it was. '
'The same for what is larger than that and nested deeper than 20 levels. Arguments: value; depth of it in the message.';

CREATE OR REPLACE FUNCTION smart_parking_internal.plate_or_null(plate text) RETURNS smart_parking.license_plate
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	RETURN CASE WHEN NOT smart_parking_internal.is_no_plate(plate) THEN smart_parking.license_plate(plate) END;
EXCEPTION WHEN SQLSTATE 'SP010' THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION smart_parking_internal.plate_or_null(text) IS 'The canonical plate; NULL: the text is none, or says that there is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.kept_message(o smart_parking.observation) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	RETURN smart_parking_internal.without_pictures(smart_parking_internal.with_part(o.rest, 'direction', to_jsonb(o.direction)));
END $$;
COMMENT ON FUNCTION smart_parking_internal.kept_message(smart_parking.observation) IS
'What is kept with a read of its message: what was not taken up, without pictures, and the direction.';

CREATE OR REPLACE FUNCTION smart_parking_internal.record_unjudged(gate_id uuid, o smart_parking.observation, read_at timestamptz, decision text, reason text, details jsonb)
RETURNS smart_parking.verdict
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	plate_text CONSTANT text := left(o.plate, 1000);
	verdict smart_parking.verdict;
BEGIN
	INSERT INTO smart_parking.plate_read (id, gate_id, event_id, plate_text, car_plate, confidence, read_at, received_at, decision, reason,
		candidates, details, format, camera, vehicle, message)
	SELECT smart_parking_internal.new_region_id(g.parking_id), g.id, o.event_id, plate_text, smart_parking_internal.plate_or_null(plate_text), o.confidence,
		record_unjudged.read_at, clock_timestamp(), record_unjudged.decision, record_unjudged.reason, o.candidates, record_unjudged.details,
		o.format, o.camera, o.passage_id, smart_parking_internal.kept_message(o)
	FROM smart_parking.gate AS g WHERE g.id = record_unjudged.gate_id FOR KEY SHARE
	ON CONFLICT (gate_id, event_id) WHERE event_id IS NOT NULL DO NOTHING;
	verdict.decision := record_unjudged.decision;
	verdict.reason := record_unjudged.reason;
	verdict.details := record_unjudged.details;
	RETURN verdict;
END $$;
COMMENT ON FUNCTION smart_parking_internal.record_unjudged(uuid, smart_parking.observation, timestamptz, text, text, jsonb) IS
'Puts a read on record that is no part of any passage: nobody can tell whose it is, or nothing came of it. Arguments: gate_id; o, a row of read_message(); read_at; '
'decision, reason and details, which are the result too.';

CREATE OR REPLACE FUNCTION smart_parking_internal.judge_observation(gate_id uuid, o smart_parking.observation, read_at timestamptz, happened boolean)
RETURNS smart_parking.verdict
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	verdict smart_parking.verdict;
BEGIN
	IF o.kind IN ('heartbeat', 'nothing') THEN
		verdict.decision := 'ignore';
		verdict.reason := CASE o.kind WHEN 'heartbeat' THEN 'heartbeat' ELSE 'nothing_to_decide' END;
	ELSIF o.kind = 'unreadable' THEN
		-- not judge_read(): it may be about any car, not only the one that was read last
		verdict := smart_parking_internal.record_unjudged(gate_id, o, read_at, 'manual', 'message_unreadable', jsonb_build_object('problem', o.problem));
	ELSE
		-- a plate has 16 characters, and what stands between them
		SELECT * INTO verdict FROM smart_parking_internal.judge_read(gate_id, left(o.plate, 1000), read_at, o.confidence, o.event_id,
			CASE WHEN o.kind = 'plate' THEN o.candidates END, o.passage_id, o.linked_events, o.camera, o.format,
			smart_parking_internal.kept_message(o), o.problem, happened, coalesce(o.resent, false));
	END IF;
	-- Cameras send dozens of messages a passage: not a new version of the gate's row for each. After judge_read(), whose lock of the gate comes first.
	UPDATE smart_parking.gate AS g SET camera_seen_at = clock_timestamp()
	WHERE g.id = judge_observation.gate_id AND NOT coalesce(g.camera_seen_at BETWEEN clock_timestamp() - interval '5 seconds' AND clock_timestamp(), false);
	RETURN verdict;
END $$;
COMMENT ON FUNCTION smart_parking_internal.judge_observation(uuid, smart_parking.observation, timestamptz, boolean) IS
'The verdict on one observation: that of judge_read(); manual for what cannot be read; ignore for a heartbeat or nothing, which leave no read. Each is a sign of life of the camera. '
'Arguments: gate_id; o, a row of read_message(); read_at, the time of the read; happened, whether the gate has acted on it already. Errors: those of judge_read().';

CREATE OR REPLACE FUNCTION smart_parking.record_read(gate_id uuid, message jsonb, format text DEFAULT NULL) RETURNS SETOF smart_parking.verdict
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, smart_parking, pg_temp SET extra_float_digits = 1 AS $$
DECLARE
	most CONSTANT integer := 100;
	gate CONSTANT smart_parking.gate := smart_parking_internal.require_gate(gate_id);
	seen CONSTANT smart_parking.observation[] := ARRAY(SELECT r FROM smart_parking.read_message(message, record_read.format) AS r);
	o smart_parking.observation;
	surplus smart_parking.observation;
BEGIN
	FOREACH o IN ARRAY seen[1:most] LOOP
		RETURN NEXT smart_parking_internal.judge_observation(gate.id, o, coalesce(o.read_at, clock_timestamp()), false);
	END LOOP;

	IF cardinality(seen) > most THEN
		o := seen[most + 1];
		surplus.format := o.format;
		surplus.kind := 'unreadable';
		surplus.camera := o.camera;
		surplus.event_id := CASE WHEN o.event_id IS NOT NULL THEN 'surplus:' || smart_parking_internal.event_digest(o.event_id) END;
		surplus.problem := format('too_many_observations: %s in one message, %s are judged', cardinality(seen), most);
		surplus.rest := (SELECT jsonb_agg(jsonb_build_object('plate', s.plate, 'confidence', s.confidence, 'read_at', s.read_at, 'event_id', s.event_id))
			FROM unnest(seen[most + 1:]) AS s);
		RETURN NEXT smart_parking_internal.judge_observation(gate.id, surplus, coalesce(o.read_at, clock_timestamp()), false);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.record_read(uuid, jsonb, text) IS
'Takes a camera''s message as it came: reads it (read_message), and for each plate in it records the read, decides, and issues the command, as validate_plate() does. '
'Arguments: gate_id; message, the vendor''s JSON, or a JSON string that holds its XML; format, a name that message_format() gives, NULL to have it recognised. '
'Result: a verdict for each plate or vehicle in the message, at least one, in its order. A vehicle without a legible plate: manual plate_unreadable. What cannot be read: '
'recorded, manual message_unreadable. heartbeat and nothing_to_decide are ignore, leave no read, and move gate.camera_seen_at. '
'Of more than 100 observations in one message the rest is recorded as one read, manual. What was not taken up from the message is kept with the read, without pictures. '
'The read''s time is the camera''s, or the server''s where it gives none. What the camera says it sends again, and what is older than smart_parking.backlog_age '
'by a clock that agreed with the server''s in its other reads, counts as replay_reads() has it: bookings change as of then, there is no command_id, and details say why it is late. '
'The same message again gives the first answers and changes nothing, where the vendor''s reads have ids or times. '
'No message is refused or dropped. An error on one plate, such as 40001 or 40P01, undoes the whole message: send it again. '
'Errors: SP003 unknown gate, SP016 gate_id is NULL.';
