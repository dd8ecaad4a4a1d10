-- One car at one gate, once.

CREATE TABLE smart_parking.passage (
	id				uuid PRIMARY KEY,
	gate_id			uuid NOT NULL,
	started_at		timestamptz NOT NULL,
	last_read_at	timestamptz NOT NULL,
	reads			integer NOT NULL DEFAULT 1,
	vehicle			text,
	car_plate		smart_parking.license_plate,
	confidence		real,
	agreeing		integer NOT NULL DEFAULT 1,
	decision		text NOT NULL CHECK (decision IN ('open', 'deny', 'manual')),
	reason			text NOT NULL,
	booking_id		uuid,
	matched_by		text CHECK (matched_by IN ('exact', 'candidate', 'distance', 'passage', 'attendant')),
	details			jsonb,
	movement		text CHECK (movement IN ('in', 'out')),
	made_booking	boolean NOT NULL DEFAULT false
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.passage', '');

CREATE INDEX passage_gate ON smart_parking.passage (gate_id, last_read_at);

COMMENT ON TABLE smart_parking.passage IS
'One car at one gate, once, however many reads the camera sent of it: the verdict that stands, and the read that it rests on. '
'It changes while better reads of the same car come in; the reads themselves stay as they were.';
COMMENT ON COLUMN smart_parking.passage.last_read_at IS 'Server''s clock at the last read: the gate''s passage_window counts from here.';
COMMENT ON COLUMN smart_parking.passage.car_plate IS 'The reading that the verdict rests on; NULL while none was legible.';
COMMENT ON COLUMN smart_parking.passage.confidence IS 'The camera''s confidence in it.';
COMMENT ON COLUMN smart_parking.passage.movement IS 'What becomes of the booking when the car passes: in, it is confirmed; out, completed; NULL: nothing.';
COMMENT ON COLUMN smart_parking.passage.made_booking IS 'Whether the booking was made for this passage: it ends if the car does not pass.';
COMMENT ON COLUMN smart_parking.passage.agreeing IS 'How many reads of the passage said just this plate. Two agreeing ones are worth more than one that is sure of itself.';

CREATE TRIGGER passage_kept BEFORE DELETE OR TRUNCATE ON smart_parking.passage
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();
