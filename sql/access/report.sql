-- Orders to barriers: handed out, taken up, carried out, or not.

CREATE OR REPLACE FUNCTION smart_parking.pending_commands(gate_id uuid) RETURNS SETOF smart_parking.barrier_command
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	-- not the statement's beginning: a controller may poll in a loop on the server
	instant CONSTANT timestamptz := clock_timestamp();
BEGIN
	PERFORM smart_parking_internal.require_argument('gate_id', gate_id IS NOT NULL);
	IF NOT EXISTS (SELECT FROM smart_parking.gate AS g WHERE g.id = gate_id) THEN
		RAISE EXCEPTION 'there is no gate %', gate_id USING ERRCODE = 'SP003', HINT = 'Use a gate_id that add_gate returned.';
	END IF;
	-- no command lives longer than command_life may be
	RETURN QUERY SELECT c.* FROM smart_parking.barrier_command AS c
		WHERE c.gate_id = pending_commands.gate_id AND c.issued_at > instant - interval '10 minutes'
		AND c.state IN ('issued', 'acknowledged') AND c.expires_at > instant
		-- the clock was set back since: over
		AND c.issued_at <= instant + interval '1 second'
		ORDER BY c.issued_at;
END $$;
COMMENT ON FUNCTION smart_parking.pending_commands(uuid) IS
'The orders of a gate that are to be carried out, the first one first: for a controller that polls. Argument: gate_id. '
'Result: commands issued or acknowledged whose time is not over. Errors: SP003 unknown gate, SP016 NULL.';

CREATE OR REPLACE FUNCTION smart_parking.acknowledge_command(command_id uuid) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.acknowledge_command(uuid) IS
'The gate controller takes an order up, and opens if the answer is acknowledged. Argument: command_id. '
'Result: the command''s state after the call: acknowledged, also when it was before; timed_out from its expires_at on: it is not to be carried out then; '
'or how it ended. Only a live command that was issued changes. Errors: SP005 unknown command, SP016 NULL.';

CREATE OR REPLACE FUNCTION smart_parking.report_passage(
	command_id uuid, outcome text DEFAULT 'passed', event_id text DEFAULT NULL, details jsonb DEFAULT NULL)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.report_passage(uuid, text, text, jsonb) IS
'How an order to the barrier ended. At a gate that senses passage a booking is confirmed or completed here. '
'Arguments: command_id; outcome: passed, reversed (the car turned round) or failed (the barrier did not open: raises the incident barrier_failed); '
'event_id, the controller''s id of the report, at most 200 bytes: the same one again changes nothing; details, kept with the command. '
'Another event_id with passed after passed is a second car: the incident tailgating, once for each event_id. passed counts also when it comes late, '
'after timed_out, reversed or failed: the car did pass; details say late. After reversed, failed and timed_out a hold stays as it was; one that was made for this passage is cancelled. '
'Result: the command''s state after the call. Errors: SP005 unknown command, SP016 NULL, SP019 outcome or event_id.';

CREATE OR REPLACE FUNCTION smart_parking.report_gate_passage(gate_id uuid, event_id text DEFAULT NULL, details jsonb DEFAULT NULL) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.report_gate_passage(uuid, text, jsonb) IS
'A car has passed a gate whose controller cannot say on which order. Arguments: gate_id; event_id and details as in report_passage(). '
'It counts for the gate''s oldest live order; without one the incident passage_without_command is raised, once for each event_id. '
'Result: the command''s state, or passage_without_command. Errors: SP003 unknown gate, SP016 NULL, SP019 event_id.';
