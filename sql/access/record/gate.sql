-- Gates.

CREATE TABLE smart_parking.gate (
	id				uuid PRIMARY KEY,
	parking_id		uuid NOT NULL,
	name			text NOT NULL CHECK (name <> ''),
	direction		text NOT NULL CHECK (direction IN ('entry', 'exit', 'both')),
	created_at		timestamptz NOT NULL DEFAULT now(),
	senses_passage	boolean NOT NULL DEFAULT false,
	passage_window	interval NOT NULL DEFAULT '10 seconds' CHECK (smart_parking_internal.duration_within(passage_window, '0', '10 minutes')),
	command_life	interval NOT NULL DEFAULT '30 seconds' CHECK (smart_parking_internal.duration_within(command_life, '1 second', '10 minutes')),
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
