-- Gates: making them, and what can be set at them.

CREATE OR REPLACE FUNCTION smart_parking.add_gate(parking_id uuid, name text, direction text DEFAULT 'both') RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	gate_id uuid;
BEGIN
	PERFORM smart_parking_internal.require_argument('parking_id', parking_id IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('name', name IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('direction', direction IS NOT NULL);
	IF direction NOT IN ('entry', 'exit', 'both') THEN
		RAISE EXCEPTION 'unknown direction "%"', direction
			USING ERRCODE = 'SP019', HINT = 'A gate''s direction is entry, exit or both.';
	ELSIF btrim(name) = '' OR octet_length(name) > 500 THEN
		RAISE EXCEPTION 'this is not a name for a gate' USING ERRCODE = 'SP019', HINT = 'It is 1 to 500 bytes long, not blank.';
	END IF;
	PERFORM smart_parking_internal.lock_parking(parking_id);
	INSERT INTO smart_parking.gate (id, parking_id, name, direction)
	VALUES (smart_parking_internal.new_region_id(add_gate.parking_id), add_gate.parking_id, btrim(add_gate.name), add_gate.direction)
	ON CONFLICT (parking_id, name) DO NOTHING
	RETURNING id INTO gate_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the lot has a gate "%" already', btrim(name)
			USING ERRCODE = 'SP019', HINT = 'Gates stand in smart_parking.gate; choose another name.';
	END IF;
	RETURN gate_id;
END $$;
COMMENT ON FUNCTION smart_parking.add_gate(uuid, text, text) IS
'Adds a gate to a lot. Arguments: parking_id; name, once in the lot; direction: entry, exit or both. '
'Result: the gate''s id, for validate_plate(). Errors: SP001 unknown lot, SP016 NULL, SP019 name or direction.';

CREATE OR REPLACE FUNCTION smart_parking.set_gate(gate_id uuid, senses_passage boolean DEFAULT NULL, passage_window interval DEFAULT NULL,
	command_life interval DEFAULT NULL, anti_passback text DEFAULT NULL, notifies boolean DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp SET IntervalStyle = postgres AS $$
DECLARE
	-- the CHECKs of the table, with a message that says more
	problem CONSTANT text := CASE
		WHEN NOT smart_parking_internal.duration_within(passage_window, '0', '10 minutes') THEN 'passage_window is 0 to 10 minutes'
		WHEN NOT smart_parking_internal.duration_within(command_life, '1 second', '10 minutes') THEN 'command_life is 1 second to 10 minutes'
		WHEN anti_passback NOT IN ('hard', 'soft') THEN 'anti_passback is hard or soft' END;
	before smart_parking.gate := smart_parking_internal.require_gate(gate_id);
	after smart_parking.gate;
BEGIN
	IF problem IS NOT NULL THEN
		RAISE EXCEPTION 'this is not a setting of a gate' USING ERRCODE = 'SP019', HINT = problem || '.';
	END IF;
	SELECT * INTO before FROM smart_parking.gate AS g WHERE g.id = gate_id FOR NO KEY UPDATE;
	UPDATE smart_parking.gate AS g SET
		senses_passage = coalesce(set_gate.senses_passage, g.senses_passage),
		passage_window = coalesce(set_gate.passage_window, g.passage_window),
		command_life = coalesce(set_gate.command_life, g.command_life),
		anti_passback = coalesce(set_gate.anti_passback, g.anti_passback),
		notifies = coalesce(set_gate.notifies, g.notifies)
	WHERE g.id = gate_id
	RETURNING * INTO after;
	RETURN smart_parking_internal.log_change(before.parking_id, 'gate_changed', jsonb_build_object('gate', before.name), to_jsonb(before), to_jsonb(after));
END $$;
COMMENT ON FUNCTION smart_parking.set_gate(uuid, boolean, interval, interval, text, boolean) IS
'Changes the settings of a gate; those left NULL stay. Arguments: gate_id; senses_passage, whether report_passage() tells that a car has passed; '
'passage_window, 0 to 10 minutes: reads of one car within it are one passage; command_life, 1 second to 10 minutes: how long an order to the barrier is good; '
'anti_passback, hard or soft; notifies, whether each command is also sent by NOTIFY. They hold from the next read or command on; commands under way keep theirs. '
'Result: whether anything changed; it is then in parking_event. Errors: SP003 unknown gate, SP016 gate_id is NULL, SP019 value out of range.';
