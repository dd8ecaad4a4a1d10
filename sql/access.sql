-- The access plane: gates, plate reads, barrier commands.

CREATE TABLE smart_parking.gate (
	id				uuid PRIMARY KEY,
	parking_id		uuid NOT NULL REFERENCES smart_parking.parking,
	name			text NOT NULL CHECK (name <> ''),
	direction		text NOT NULL CHECK (direction IN ('entry', 'exit', 'both')),
	created_at		timestamptz NOT NULL DEFAULT now(),
	senses_passage	boolean NOT NULL DEFAULT false,
	passage_window	interval NOT NULL DEFAULT '10 seconds' CHECK (smart_parking.duration_within(passage_window, '0', '10 minutes')),
	command_life	interval NOT NULL DEFAULT '30 seconds' CHECK (smart_parking.duration_within(command_life, '1 second', '10 minutes')),
	anti_passback	text NOT NULL DEFAULT 'hard' CHECK (anti_passback IN ('hard', 'soft')),
	notifies		boolean NOT NULL DEFAULT false,
	camera_seen_at	timestamptz,
	UNIQUE (parking_id, name)
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.gate', '');

COMMENT ON TABLE smart_parking.gate IS 'A place where cars pass, with a camera and usually a barrier.';
COMMENT ON COLUMN smart_parking.gate.id IS 'UUID of version 7 with the lot''s home cell.';
COMMENT ON COLUMN smart_parking.gate.direction IS 'entry, exit, or both: there a car that is inside leaves, and any other enters.';
COMMENT ON COLUMN smart_parking.gate.senses_passage IS
'True where report_passage() tells that a car has passed or turned round: then a booking is confirmed or completed on that, else on the command to open.';
COMMENT ON COLUMN smart_parking.gate.passage_window IS 'Reads of the same car within this time of the last one are one passage: one verdict, one command. 0: each read is a passage.';
COMMENT ON COLUMN smart_parking.gate.command_life IS 'How long an order to the barrier is good. It is never carried out later.';
COMMENT ON COLUMN smart_parking.gate.anti_passback IS
'hard: a car that is inside is not let in again, and one that never came in is not let out. soft: it is, and the oddity goes on record.';
COMMENT ON COLUMN smart_parking.gate.notifies IS
'Whether each command is also sent by NOTIFY smart_parking_gate. Off unless asked for: NOTIFY takes a lock of the whole database until commit.';
COMMENT ON COLUMN smart_parking.gate.camera_seen_at IS 'When the camera last gave a sign of life, a heartbeat or a read.';

CREATE TABLE smart_parking.plate_read (
	id				uuid PRIMARY KEY,
	gate_id			uuid NOT NULL REFERENCES smart_parking.gate,
	event_id		text,
	plate_text		text,
	car_plate		smart_parking.license_plate,
	confidence		real,
	read_at			timestamptz NOT NULL,
	received_at		timestamptz NOT NULL,
	decision		text NOT NULL CHECK (decision IN ('open', 'deny', 'manual', 'ignore')),
	reason			text NOT NULL,
	booking_id		uuid REFERENCES smart_parking.booking,
	passage_id		uuid,
	matched_by		text CHECK (matched_by IN ('exact', 'candidate', 'distance', 'passage', 'attendant')),
	candidates		jsonb,
	details			jsonb,
	corrects		uuid REFERENCES smart_parking.plate_read,
	actor			name NOT NULL DEFAULT session_user,
	format			text,
	camera			text,
	vehicle			text,
	message			jsonb,
	happened		boolean NOT NULL DEFAULT false
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.plate_read', '');

CREATE UNIQUE INDEX plate_read_event ON smart_parking.plate_read (gate_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX plate_read_passage ON smart_parking.plate_read (passage_id) WHERE passage_id IS NOT NULL;
CREATE INDEX plate_read_corrects ON smart_parking.plate_read (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX plate_read_happened ON smart_parking.plate_read (gate_id, read_at) WHERE happened;
CREATE INDEX plate_read_gate ON smart_parking.plate_read (gate_id, received_at);

COMMENT ON TABLE smart_parking.plate_read IS 'Every read of a plate by a camera and the verdict on it. Nothing is deleted.';
COMMENT ON COLUMN smart_parking.plate_read.event_id IS
'The camera''s own id of the event; once per gate. A read that revises an event has NULL here and the id in details, as revises.';
COMMENT ON COLUMN smart_parking.plate_read.plate_text IS 'The plate as the camera gave it.';
COMMENT ON COLUMN smart_parking.plate_read.car_plate IS 'Its canonical form; NULL where the text is no plate.';
COMMENT ON COLUMN smart_parking.plate_read.confidence IS 'The camera''s confidence, 0 to 1; NULL: not given.';
COMMENT ON COLUMN smart_parking.plate_read.read_at IS 'The camera''s clock.';
COMMENT ON COLUMN smart_parking.plate_read.received_at IS 'The server''s clock. Verdicts follow this one: camera clocks are off by hours.';
COMMENT ON COLUMN smart_parking.plate_read.decision IS 'open, deny, manual (a person decides), or ignore: nothing to decide on, such as a frame without a car.';
COMMENT ON COLUMN smart_parking.plate_read.reason IS 'Why, as listed in docs/gates.md.';
COMMENT ON COLUMN smart_parking.plate_read.passage_id IS 'The passage that this read is part of; NULL for reads before version 1.1.';
COMMENT ON COLUMN smart_parking.plate_read.matched_by IS
'How the booking was found: exact; candidate (another reading of the camera); distance (a likeness, docs/plate_matching.md); passage (by another read of the same car); '
'attendant (a person said so).';
COMMENT ON COLUMN smart_parking.plate_read.candidates IS 'The camera''s other readings: an array of {"plate", "confidence"}.';
COMMENT ON COLUMN smart_parking.plate_read.details IS 'What a person wants to know beside the reason: contenders, the lot next door, what is wrong with a message.';
COMMENT ON COLUMN smart_parking.plate_read.corrects IS 'The read that this one, said by an attendant, takes the place of. Both stay.';
COMMENT ON COLUMN smart_parking.plate_read.actor IS 'The role that was logged in.';
COMMENT ON COLUMN smart_parking.plate_read.format IS 'The vendor''s format, where record_read() recorded it.';
COMMENT ON COLUMN smart_parking.plate_read.camera IS 'The camera''s own name of itself.';
COMMENT ON COLUMN smart_parking.plate_read.vehicle IS 'The camera''s own id of the car or tracked object, which several reads share.';
COMMENT ON COLUMN smart_parking.plate_read.happened IS
'True where a gate that was offline had acted on the read before it came in: it is booked as of read_at, and no order follows.';
COMMENT ON COLUMN smart_parking.plate_read.message IS 'The fields of the message that were not taken up; all of it where it could not be read.';

CREATE TABLE smart_parking.barrier_command (
	id				uuid PRIMARY KEY,
	gate_id			uuid NOT NULL REFERENCES smart_parking.gate,
	plate_read_id	uuid UNIQUE REFERENCES smart_parking.plate_read,
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

CREATE TRIGGER plate_read_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON smart_parking.plate_read
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
	command_id		uuid,
	details			jsonb
);
COMMENT ON TYPE smart_parking.verdict IS 'The answer of validate_plate().';
