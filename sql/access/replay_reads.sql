-- What a gate did while it was offline, put on record afterwards.

CREATE OR REPLACE FUNCTION smart_parking.replay_reads(gate_id uuid, messages jsonb)
RETURNS TABLE (n integer, read_at timestamptz, decision text, reason text, booking_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	most CONSTANT integer := 1000;
	gate CONSTANT smart_parking.gate := smart_parking_internal.require_gate(replay_reads.gate_id);
	item record;
	verdict smart_parking.verdict;
BEGIN
	PERFORM smart_parking_internal.require_argument('messages', messages IS NOT NULL);
	IF jsonb_typeof(messages) <> 'array' THEN
		RAISE EXCEPTION 'messages is not an array' USING ERRCODE = 'SP019', HINT = 'Put one message into an array too: [ ... ].';
	ELSIF jsonb_array_length(messages) > most THEN
		RAISE EXCEPTION '% messages are too many for one call', jsonb_array_length(messages)
			USING ERRCODE = 'SP019', HINT = format('Send at most %s at a time, the oldest first.', most);
	END IF;

	FOR item IN
		WITH seen AS (
			SELECT e.nth::integer AS n, s.nth AS part, s.o, smart_parking_internal.text_of(to_jsonb(e.value ->> 'opened')) IS DISTINCT FROM 'false' AS opened
			FROM jsonb_array_elements(messages) WITH ORDINALITY AS e(value, nth)
			CROSS JOIN LATERAL (SELECT jsonb_typeof(e.value) = 'object' AND e.value ? 'message' AS wrapped) AS w
			CROSS JOIN LATERAL (
				SELECT r AS o, row_number() OVER () AS nth
				FROM smart_parking.read_message(CASE WHEN w.wrapped THEN e.value -> 'message' ELSE e.value END,
					CASE WHEN w.wrapped THEN e.value ->> 'format'
						WHEN e.value ? 'plate' AND smart_parking_internal.message_format(e.value) IS NULL THEN 'smart_parking' END) AS r) AS s
		), runs AS (
			SELECT seen.*, count((o).read_at) OVER (ORDER BY n, part) AS run FROM seen
		), dated AS (
			-- what has no time of its own came after what is before it in the log
			SELECT n, part, o, opened, coalesce(first_value((o).read_at) OVER (PARTITION BY run ORDER BY n, part), clock_timestamp()) AS read_at FROM runs
		)
		SELECT * FROM dated ORDER BY read_at, n, part
	LOOP
		IF item.opened OR (item.o).kind IN ('heartbeat', 'nothing') THEN
			verdict := smart_parking_internal.judge_observation(gate.id, item.o, item.read_at, true);
		ELSE
			verdict := smart_parking_internal.record_unjudged(gate.id, item.o, item.read_at, 'ignore', 'nothing_to_decide', '{"opened": false}');
		END IF;
		n := item.n;
		read_at := item.read_at;
		decision := verdict.decision;
		reason := verdict.reason;
		booking_id := verdict.booking_id;
		RETURN NEXT;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking.replay_reads(uuid, jsonb) IS
'Puts on record what a gate saw and did while it was offline, in the order of the camera''s clock: bookings are confirmed and completed as of then, no command is issued. '
'Arguments: gate_id; messages, an array of at most 1,000 messages as record_read() takes them, or {"message", "format", "opened"}, or {"plate", "read_at", "confidence", "event_id", "opened"}. '
'"opened": false says that the car was not let pass: its read is recorded, and nothing follows. Without a time of its own a message has that of the one before it. '
'Result: a row for each plate; n, the position of its message in the array, from 1; read_at; the decision and reason as record_read() gives them; booking_id. '
'What cannot be read is recorded as manual. The same array again changes nothing, where its reads have ids or times. '
'One transaction, so an error such as 40P01 undoes all of it: send it again. Errors: SP003 unknown gate, SP016 NULL, SP019 not an array, or too long.';
