-- What version 1.1.0 changes in the objects of 1.0.0. The Makefile puts behind it the parts that are new in 1.1.0,
-- the comments of the others, and the parts that are functions only and were replaced.

-- Search.

DROP FUNCTION smart_parking.lots_in_reach(geography, float8, integer, text, integer, timestamptz);

CREATE OR REPLACE FUNCTION smart_parking.nearby_parking(
	latitude float8, longitude float8, radius_m float8 DEFAULT 2000, max_results integer DEFAULT 20,
	kind text DEFAULT NULL, min_free integer DEFAULT 1)
RETURNS SETOF smart_parking.nearby_lot
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY INVOKER
SET search_path = pg_catalog, pg_temp;

-- The sweeper.

DROP FUNCTION smart_parking.sweeper_status();
DROP FUNCTION smart_parking.sweeper_backend();

-- Lots.

ALTER TABLE smart_parking.parking ADD COLUMN walk_in boolean NOT NULL DEFAULT false;
ALTER TABLE smart_parking.parking ADD COLUMN max_stay interval CHECK (max_stay > interval '0');
CREATE INDEX parking_max_stay ON smart_parking.parking (id) WHERE max_stay IS NOT NULL;

-- Gates, reads and commands. What an earlier version wrote has no known actor.

DROP FUNCTION smart_parking.validate_plate(uuid, text, timestamptz, real, text);
ALTER TYPE smart_parking.verdict ADD ATTRIBUTE details jsonb;

ALTER TABLE smart_parking.gate ADD COLUMN senses_passage boolean NOT NULL DEFAULT false;
ALTER TABLE smart_parking.gate ADD COLUMN passage_window interval NOT NULL DEFAULT '10 seconds' CHECK (passage_window BETWEEN '0' AND '10 minutes');
ALTER TABLE smart_parking.gate ADD COLUMN command_life interval NOT NULL DEFAULT '30 seconds' CHECK (command_life BETWEEN '1 second' AND '10 minutes');
ALTER TABLE smart_parking.gate ADD COLUMN anti_passback text NOT NULL DEFAULT 'hard' CHECK (anti_passback IN ('hard', 'soft'));
ALTER TABLE smart_parking.gate ADD COLUMN notifies boolean NOT NULL DEFAULT false;
ALTER TABLE smart_parking.gate ADD COLUMN camera_seen_at timestamptz;

ALTER TABLE smart_parking.plate_read DROP CONSTRAINT plate_read_decision_check;
ALTER TABLE smart_parking.plate_read ADD CHECK (decision IN ('open', 'deny', 'manual', 'ignore'));
ALTER TABLE smart_parking.plate_read ADD COLUMN passage_id uuid;
ALTER TABLE smart_parking.plate_read ADD COLUMN matched_by text
	CHECK (matched_by IN ('exact', 'candidate', 'distance', 'passage', 'attendant'));
ALTER TABLE smart_parking.plate_read ADD COLUMN candidates jsonb;
ALTER TABLE smart_parking.plate_read ADD COLUMN details jsonb;
ALTER TABLE smart_parking.plate_read ADD COLUMN corrects uuid REFERENCES smart_parking.plate_read;
ALTER TABLE smart_parking.plate_read ADD COLUMN actor name NOT NULL DEFAULT 'unknown';
ALTER TABLE smart_parking.plate_read ALTER COLUMN actor SET DEFAULT session_user;
ALTER TABLE smart_parking.plate_read ADD COLUMN format text;
ALTER TABLE smart_parking.plate_read ADD COLUMN camera text;
ALTER TABLE smart_parking.plate_read ADD COLUMN vehicle text;
ALTER TABLE smart_parking.plate_read ADD COLUMN message jsonb;
ALTER TABLE smart_parking.plate_read ADD COLUMN happened boolean NOT NULL DEFAULT false;
CREATE INDEX plate_read_passage ON smart_parking.plate_read (passage_id) WHERE passage_id IS NOT NULL;
CREATE INDEX plate_read_corrects ON smart_parking.plate_read (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX plate_read_happened ON smart_parking.plate_read (gate_id, read_at) WHERE happened;
DROP TRIGGER plate_read_kept ON smart_parking.plate_read;
CREATE TRIGGER plate_read_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON smart_parking.plate_read
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking.history_guard();

-- The commands of an earlier version were carried out or not; nobody reported it.
ALTER TABLE smart_parking.barrier_command ALTER COLUMN plate_read_id DROP NOT NULL;
ALTER TABLE smart_parking.barrier_command ADD COLUMN expires_at timestamptz;
UPDATE smart_parking.barrier_command SET expires_at = issued_at OPERATOR(pg_catalog.+) interval '30 seconds';
ALTER TABLE smart_parking.barrier_command ALTER COLUMN expires_at SET NOT NULL;
ALTER TABLE smart_parking.barrier_command ADD COLUMN state text NOT NULL DEFAULT 'issued'
	CHECK (state IN ('issued', 'acknowledged', 'passed', 'reversed', 'timed_out', 'failed'));
ALTER TABLE smart_parking.barrier_command ALTER COLUMN state DROP DEFAULT;
ALTER TABLE smart_parking.barrier_command ADD COLUMN passage_id uuid;
ALTER TABLE smart_parking.barrier_command ADD COLUMN acknowledged_at timestamptz;
ALTER TABLE smart_parking.barrier_command ADD COLUMN ended_at timestamptz;
ALTER TABLE smart_parking.barrier_command ADD COLUMN end_event_id text;
ALTER TABLE smart_parking.barrier_command ADD COLUMN details jsonb;
ALTER TABLE smart_parking.barrier_command ADD COLUMN actor name NOT NULL DEFAULT 'unknown';
ALTER TABLE smart_parking.barrier_command ALTER COLUMN actor SET DEFAULT session_user;
ALTER TABLE smart_parking.barrier_command ADD COLUMN reason text;
ALTER TABLE smart_parking.barrier_command ADD COLUMN awaits_passage boolean NOT NULL DEFAULT false;
ALTER TABLE smart_parking.barrier_command ADD CHECK ((state IN ('issued', 'acknowledged')) = (ended_at IS NULL));
ALTER TABLE smart_parking.barrier_command ADD CHECK (expires_at > issued_at);
CREATE INDEX barrier_command_passage ON smart_parking.barrier_command (passage_id) WHERE passage_id IS NOT NULL;
CREATE INDEX barrier_command_open ON smart_parking.barrier_command (expires_at) WHERE awaits_passage AND ended_at IS NULL;
