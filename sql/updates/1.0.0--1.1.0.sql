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

-- Lots. A hold_duration that is not allowed any more becomes the nearest one that is, which is on record.

CREATE FUNCTION smart_parking.duration_within(duration interval, shortest interval, longest interval) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
WITH outside AS (
	SELECT id, hold_duration AS before, CASE WHEN hold_duration OPERATOR(pg_catalog.>) interval '7 days' THEN interval '7 days'
		ELSE pg_catalog.make_interval(secs => pg_catalog.date_part('epoch', hold_duration)) END AS after
	FROM smart_parking.parking WHERE NOT smart_parking.duration_within(hold_duration, '1 microsecond', '7 days')
), changed AS (
	UPDATE smart_parking.parking AS p SET hold_duration = outside.after FROM outside WHERE p.id OPERATOR(pg_catalog.=) outside.id
)
INSERT INTO smart_parking.parking_event (parking_id, event, reason, details)
SELECT id, 'settings_changed', 'update to version 1.1',
	pg_catalog.jsonb_build_object('hold_duration', pg_catalog.jsonb_build_object('from', before, 'to', after)) FROM outside;
ALTER TABLE smart_parking.parking DROP CONSTRAINT parking_hold_duration_check;
ALTER TABLE smart_parking.parking ADD CHECK (smart_parking.duration_within(hold_duration, '1 microsecond', '7 days'));

ALTER TABLE smart_parking.parking ADD COLUMN walk_in boolean NOT NULL DEFAULT false;
ALTER TABLE smart_parking.parking ADD COLUMN max_stay interval CHECK (smart_parking.duration_within(max_stay, '1 microsecond', '10 years'));
CREATE INDEX parking_max_stay ON smart_parking.parking (id) WHERE max_stay IS NOT NULL;

CREATE OR REPLACE FUNCTION smart_parking.check_lot_hold(hold_duration interval) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	longest interval;
BEGIN
	PERFORM smart_parking.require_argument('hold_duration', hold_duration IS NOT NULL);
	-- the setting exists once the library is loaded, which the first call of a C function does
	PERFORM smart_parking.spots_in_map(0);
	longest := current_setting('smart_parking.max_hold')::interval;
	IF NOT smart_parking.duration_within(hold_duration, '1 microsecond', least(longest, '7 days')) THEN
		RAISE EXCEPTION 'a hold cannot last %', hold_duration USING ERRCODE = 'SP011',
			HINT = format('It is longer than 0, has no negative part, and is at most smart_parking.max_hold, now %s.', longest);
	END IF;
END $$;

-- Gates, reads and commands. What an earlier version wrote has no known actor.

DROP FUNCTION smart_parking.validate_plate(uuid, text, timestamptz, real, text);
ALTER TYPE smart_parking.verdict ADD ATTRIBUTE details jsonb;

ALTER TABLE smart_parking.gate ADD COLUMN senses_passage boolean NOT NULL DEFAULT false;
ALTER TABLE smart_parking.gate ADD COLUMN passage_window interval NOT NULL DEFAULT '10 seconds' CHECK (smart_parking.duration_within(passage_window, '0', '10 minutes'));
ALTER TABLE smart_parking.gate ADD COLUMN command_life interval NOT NULL DEFAULT '30 seconds' CHECK (smart_parking.duration_within(command_life, '1 second', '10 minutes'));
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
