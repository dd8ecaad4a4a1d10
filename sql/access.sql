-- The access plane: gates, plate reads, barrier commands.

CREATE TABLE smart_parking.gate (
	id				uuid PRIMARY KEY,
	parking_id		uuid NOT NULL REFERENCES smart_parking.parking,
	name			text NOT NULL CHECK (name <> ''),
	direction		text NOT NULL CHECK (direction IN ('entry', 'exit', 'both')),
	created_at		timestamptz NOT NULL DEFAULT now(),
	UNIQUE (parking_id, name)
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.gate', '');

COMMENT ON TABLE smart_parking.gate IS 'A place where cars pass, with a camera and usually a barrier.';
COMMENT ON COLUMN smart_parking.gate.id IS 'UUID of version 7 with the lot''s home cell.';
COMMENT ON COLUMN smart_parking.gate.direction IS 'entry, exit, or both: there a car that is inside leaves, and any other enters.';

CREATE TABLE smart_parking.plate_read (
	id				uuid PRIMARY KEY,
	gate_id			uuid NOT NULL REFERENCES smart_parking.gate,
	event_id		text,
	plate_text		text,
	car_plate		smart_parking.license_plate,
	confidence		real,
	read_at			timestamptz NOT NULL,
	received_at		timestamptz NOT NULL,
	decision		text NOT NULL CHECK (decision IN ('open', 'deny', 'manual')),
	reason			text NOT NULL,
	booking_id		uuid REFERENCES smart_parking.booking
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.plate_read', '');

CREATE UNIQUE INDEX plate_read_event ON smart_parking.plate_read (gate_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX plate_read_gate ON smart_parking.plate_read (gate_id, received_at);

COMMENT ON TABLE smart_parking.plate_read IS 'Every read of a plate by a camera and the verdict on it. Nothing is deleted.';
COMMENT ON COLUMN smart_parking.plate_read.event_id IS 'The camera''s own id of the event; once per gate.';
COMMENT ON COLUMN smart_parking.plate_read.plate_text IS 'The plate as the camera gave it.';
COMMENT ON COLUMN smart_parking.plate_read.car_plate IS 'Its canonical form; NULL where the text is no plate.';
COMMENT ON COLUMN smart_parking.plate_read.confidence IS 'The camera''s confidence, 0 to 1; NULL: not given.';
COMMENT ON COLUMN smart_parking.plate_read.read_at IS 'The camera''s clock.';
COMMENT ON COLUMN smart_parking.plate_read.received_at IS 'The server''s clock. Verdicts follow this one: camera clocks are off by hours.';

CREATE TABLE smart_parking.barrier_command (
	id				uuid PRIMARY KEY,
	gate_id			uuid NOT NULL REFERENCES smart_parking.gate,
	plate_read_id	uuid NOT NULL UNIQUE REFERENCES smart_parking.plate_read,
	command			text NOT NULL CHECK (command = 'open'),
	issued_at		timestamptz NOT NULL
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.barrier_command', '');

CREATE INDEX barrier_command_gate ON smart_parking.barrier_command (gate_id, issued_at);

COMMENT ON TABLE smart_parking.barrier_command IS 'Every order to a barrier, with the read that led to it.';

CREATE TRIGGER plate_read_kept BEFORE DELETE OR TRUNCATE ON smart_parking.plate_read
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking.history_guard();
CREATE TRIGGER barrier_command_kept BEFORE DELETE OR TRUNCATE ON smart_parking.barrier_command
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking.history_guard();

CREATE TYPE smart_parking.verdict AS (
	decision		text,
	reason			text,
	booking_id		uuid,
	spot_no			integer,
	spot_label		text,
	matched_plate	text,
	command_id		uuid
);
COMMENT ON TYPE smart_parking.verdict IS 'The answer of validate_plate().';

CREATE FUNCTION smart_parking.validate_plate(
	gate_id uuid, car_plate text, read_at timestamptz DEFAULT now(), confidence real DEFAULT NULL, event_id text DEFAULT NULL)
RETURNS smart_parking.verdict
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.validate_plate(uuid, text, timestamptz, real, text) IS
'Records a plate read at a gate, decides on it, and issues the barrier command, in one transaction. '
'Arguments: gate_id; car_plate as the camera gave it (NULL or unreadable text is recorded and answered manual); '
'read_at, the camera''s clock (kept, not trusted); confidence 0 to 1; event_id, the camera''s id of the event, at most 200 bytes: '
'the same one again at the gate returns the first answer and changes nothing. '
'Result: one row. decision is open, deny or manual; reason is one of: entered, reacquired_same_spot, reacquired_other_spot, exited (open); '
'no_booking, already_inside, hold_lapsed_lot_full, hold_lapsed_lot_closed (deny); plate_unreadable, exit_without_entry (manual). '
'command_id is the order to the barrier where the decision is open. '
'Errors: SP003 unknown gate, SP016 gate_id or read_at is NULL, SP019 confidence or event_id out of range.';
REVOKE ALL ON FUNCTION smart_parking.validate_plate(uuid, text, timestamptz, real, text) FROM PUBLIC;
