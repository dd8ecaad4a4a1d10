-- Every read of a plate, with the verdict on it.

CREATE TABLE smart_parking.plate_read (
	id				uuid PRIMARY KEY,
	gate_id			uuid NOT NULL,
	event_id		text,
	plate_text		text,
	car_plate		smart_parking.license_plate,
	confidence		real,
	read_at			timestamptz NOT NULL,
	received_at		timestamptz NOT NULL,
	decision		text NOT NULL CHECK (decision IN ('open', 'deny', 'manual', 'ignore')),
	reason			text NOT NULL,
	booking_id		uuid,
	passage_id		uuid,
	matched_by		text CHECK (matched_by IN ('exact', 'candidate', 'distance', 'passage', 'attendant')),
	candidates		jsonb,
	details			jsonb,
	corrects		uuid,
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

CREATE TRIGGER plate_read_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON smart_parking.plate_read
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();
-- What operators and attendants watch. Plates are text here, so that any SQL client can read and compare them.

CREATE INDEX plate_read_manual ON smart_parking.plate_read (received_at) WHERE decision = 'manual';
COMMENT ON INDEX smart_parking.plate_read_manual IS 'For reads_for_attention: few reads go to a person.';
