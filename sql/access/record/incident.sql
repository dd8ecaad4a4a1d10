-- What happens at a gate that a person has to look at.

CREATE TABLE smart_parking.gate_incident (
	id				uuid PRIMARY KEY,
	gate_id			uuid NOT NULL,
	raised_at		timestamptz NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('barrier_failed', 'tailgating', 'passage_without_command', 'spot_sold_on', 'inside_without_spot', 'entry_taken_back', 'passage_not_reported')),
	plate_read_id	uuid,
	command_id		uuid,
	booking_id		uuid,
	other_booking_id uuid,
	event_id		text,
	details			jsonb,
	resolved_at		timestamptz,
	resolved_by		name,
	resolution		text,
	CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.gate_incident', '');

CREATE INDEX gate_incident_open ON smart_parking.gate_incident (gate_id, raised_at) WHERE resolved_at IS NULL;

CREATE UNIQUE INDEX gate_incident_event ON smart_parking.gate_incident (gate_id, kind, event_id) WHERE event_id IS NOT NULL;

COMMENT ON COLUMN smart_parking.gate_incident.event_id IS 'The controller''s id of the report that raised it: the same report raises it once.';
COMMENT ON TABLE smart_parking.gate_incident IS 'What a person has to look at: raised by the access plane, resolved by resolve_incident().';
COMMENT ON COLUMN smart_parking.gate_incident.kind IS
'barrier_failed; tailgating (two cars on one command); passage_without_command; spot_sold_on (a car came in, or went on standing, after its spot had gone to another driver: '
'booking_id and other_booking_id); inside_without_spot (the same, and the lot has no other spot for it); '
'entry_taken_back (a camera''s better read says that it was another car, other_booking_id: booking_id is a hold again, though its car may be inside); '
'passage_not_reported (the barrier opened, and nobody said what became of the car: it may be inside, and booking_id is a hold or has ended).';

CREATE TRIGGER gate_incident_kept BEFORE DELETE OR TRUNCATE ON smart_parking.gate_incident
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();
