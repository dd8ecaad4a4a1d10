-- What an operator sets at a gate and a lot for the access plane, and how an incident is closed. Every change is a parking_event.

CREATE FUNCTION smart_parking.log_change(parking_id uuid, event text, subject jsonb, before jsonb, after jsonb) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	changed CONSTANT jsonb := (SELECT jsonb_object_agg(a.key, jsonb_build_object('from', before -> a.key, 'to', a.value))
		FROM jsonb_each(after) AS a WHERE a.value IS DISTINCT FROM before -> a.key);
BEGIN
	IF changed IS NOT NULL THEN
		INSERT INTO smart_parking.parking_event (parking_id, event, details) VALUES (log_change.parking_id, log_change.event, subject || changed);
	END IF;
	RETURN changed IS NOT NULL;
END $$;
COMMENT ON FUNCTION smart_parking.log_change(uuid, text, jsonb, jsonb, jsonb) IS
'Writes a parking_event of what differs between two states of a row. Arguments: parking_id; event; subject, what the event is about; before and after, the row as jsonb. '
'Result: whether anything differs.';

CREATE FUNCTION smart_parking.set_gate(gate_id uuid, senses_passage boolean DEFAULT NULL, passage_window interval DEFAULT NULL,
	command_life interval DEFAULT NULL, anti_passback text DEFAULT NULL, notifies boolean DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	-- the CHECKs of the table, with a message that says more
	problem CONSTANT text := CASE
		WHEN NOT smart_parking.duration_within(passage_window, '0', '10 minutes') THEN 'passage_window is 0 to 10 minutes'
		WHEN NOT smart_parking.duration_within(command_life, '1 second', '10 minutes') THEN 'command_life is 1 second to 10 minutes'
		WHEN anti_passback NOT IN ('hard', 'soft') THEN 'anti_passback is hard or soft' END;
	before smart_parking.gate := smart_parking.require_gate(gate_id);
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
	RETURN smart_parking.log_change(before.parking_id, 'gate_changed', jsonb_build_object('gate', before.name), to_jsonb(before), to_jsonb(after));
END $$;
COMMENT ON FUNCTION smart_parking.set_gate(uuid, boolean, interval, interval, text, boolean) IS
'Changes the settings of a gate; those left NULL stay. Arguments: gate_id; senses_passage, whether report_passage() tells that a car has passed; '
'passage_window, 0 to 10 minutes: reads of one car within it are one passage; command_life, 1 second to 10 minutes: how long an order to the barrier is good; '
'anti_passback, hard or soft; notifies, whether each command is also sent by NOTIFY. They hold from the next read or command on; commands under way keep theirs. '
'Result: whether anything changed; it is then in parking_event. Errors: SP003 unknown gate, SP016 gate_id is NULL, SP019 value out of range.';

CREATE FUNCTION smart_parking.set_parking(parking_id uuid, walk_in boolean DEFAULT NULL, max_stay interval DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	before CONSTANT smart_parking.parking := smart_parking.lock_parking(parking_id);
	stay CONSTANT interval := CASE WHEN set_parking.max_stay IS NULL THEN before.max_stay ELSE nullif(set_parking.max_stay, '0') END;
BEGIN
	IF NOT smart_parking.duration_within(max_stay, '0', '10 years') THEN
		RAISE EXCEPTION 'a stay cannot last %', max_stay USING ERRCODE = 'SP019', HINT = 'max_stay is longer than 0, at most 10 years, and has no negative part; 0 removes it.';
	END IF;
	UPDATE smart_parking.parking AS p SET walk_in = coalesce(set_parking.walk_in, p.walk_in), max_stay = stay
	WHERE p.id = before.id AND (p.walk_in, p.max_stay) IS DISTINCT FROM (coalesce(set_parking.walk_in, p.walk_in), stay);
	RETURN smart_parking.log_change(before.id, 'settings_changed', '{}', jsonb_build_object('walk_in', before.walk_in, 'max_stay', before.max_stay),
		jsonb_build_object('walk_in', coalesce(walk_in, before.walk_in), 'max_stay', stay));
END $$;
COMMENT ON FUNCTION smart_parking.set_parking(uuid, boolean, interval) IS
'Changes what a lot does at its gates; what is left NULL stays. Arguments: parking_id; walk_in, whether a car without a booking is let in while there is a free spot; '
'max_stay, a stay that lasts longer is closed by the sweeper, at most 10 years, a day counts as 24 hours, a month as 30 days; 0: no limit. '
'Result: whether anything changed; it is then in parking_event. Errors: SP001 unknown lot, SP016 parking_id is NULL, SP019 max_stay is negative, has a negative part, or is longer than 10 years.';

CREATE FUNCTION smart_parking.resolve_incident(incident_id uuid, resolution text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking.require_argument('incident_id', incident_id IS NOT NULL);
	PERFORM smart_parking.require_argument('resolution', resolution IS NOT NULL);
	IF btrim(resolution) = '' THEN
		RAISE EXCEPTION 'a resolution must say something' USING ERRCODE = 'SP019', HINT = 'Say what was done about the incident.';
	END IF;
	UPDATE smart_parking.gate_incident AS i
	SET resolved_at = clock_timestamp(), resolved_by = session_user, resolution = btrim(resolve_incident.resolution)
	WHERE i.id = incident_id AND i.resolved_at IS NULL;
	IF FOUND THEN
		RETURN true;
	ELSIF NOT EXISTS (SELECT FROM smart_parking.gate_incident AS i WHERE i.id = incident_id) THEN
		RAISE EXCEPTION 'there is no incident %', incident_id USING ERRCODE = 'SP019', HINT = 'Incidents stand in smart_parking.gate_incident.';
	END IF;
	RETURN false;
END $$;
COMMENT ON FUNCTION smart_parking.resolve_incident(uuid, text) IS
'Closes an incident. Arguments: incident_id; resolution, what was done about it. '
'Result: true; false: it was closed already, and its first resolution stays. Errors: SP016 NULL, SP019 unknown incident or blank resolution.';
