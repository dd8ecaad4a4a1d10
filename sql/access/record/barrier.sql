-- Orders to barriers, and how each ended.

CREATE TABLE smart_parking.barrier_command (
	id				uuid PRIMARY KEY,
	gate_id			uuid NOT NULL,
	plate_read_id	uuid UNIQUE,
	command			text NOT NULL CHECK (command = 'open'),
	issued_at		timestamptz NOT NULL,
	expires_at		timestamptz NOT NULL,
	state			text NOT NULL CHECK (state IN ('issued', 'acknowledged', 'passed', 'reversed', 'timed_out', 'failed')),
	passage_id		uuid,
	acknowledged_at	timestamptz,
	ended_at		timestamptz,
	end_event_id	text,
	details			jsonb,
	actor			name NOT NULL DEFAULT session_user,
	reason			text,
	awaits_passage	boolean NOT NULL DEFAULT false,
	CHECK ((state IN ('issued', 'acknowledged')) = (ended_at IS NULL)),
	CHECK (expires_at > issued_at)
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.barrier_command', '');

CREATE INDEX barrier_command_gate ON smart_parking.barrier_command (gate_id, issued_at);
CREATE INDEX barrier_command_passage ON smart_parking.barrier_command (passage_id) WHERE passage_id IS NOT NULL;
CREATE INDEX barrier_command_open ON smart_parking.barrier_command (expires_at) WHERE awaits_passage AND ended_at IS NULL;

COMMENT ON TABLE smart_parking.barrier_command IS 'Every order to a barrier, with the read that led to it, and how it ended.';
COMMENT ON COLUMN smart_parking.barrier_command.plate_read_id IS 'The read that led to it; NULL where an attendant opened.';
COMMENT ON COLUMN smart_parking.barrier_command.expires_at IS 'From this instant on it is not to be carried out.';
COMMENT ON COLUMN smart_parking.barrier_command.state IS
'issued -> acknowledged -> passed | reversed | timed_out | failed. A gate that does not sense passage leaves it at issued or acknowledged.';
COMMENT ON COLUMN smart_parking.barrier_command.end_event_id IS 'The controller''s id of the report that ended it: the same one again is a repetition, another one a second car.';
COMMENT ON COLUMN smart_parking.barrier_command.actor IS 'The role that was logged in: the gate''s, or the attendant''s.';
COMMENT ON COLUMN smart_parking.barrier_command.reason IS 'Why an attendant opened.';
COMMENT ON COLUMN smart_parking.barrier_command.awaits_passage IS 'Whether the gate sensed passage when it was issued: then it times out.';
CREATE TRIGGER barrier_command_kept BEFORE DELETE OR TRUNCATE ON smart_parking.barrier_command
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();
