-- What version 1.1.0 changes in the tables and types of 1.0.0. The functions and views of functions.sql follow.

-- Schemas. 1.0.0 had one, made by its control file, with everything in it. Now the extension owns two, as if it had made both.

DO $do$
DECLARE
	owner CONSTANT oid := (SELECT e.extowner FROM pg_catalog.pg_extension AS e WHERE e.extname OPERATOR(pg_catalog.=) 'smart_parking');
	strange CONSTANT text := (
		SELECT pg_catalog.string_agg(pg_catalog.pg_describe_object(o.class, o.id, 0), ', ' ORDER BY o.class, o.id)
		FROM (SELECT p.tableoid, p.oid, p.proowner, p.pronamespace FROM pg_catalog.pg_proc AS p
			UNION ALL SELECT p.tableoid, p.oid, p.oprowner, p.oprnamespace FROM pg_catalog.pg_operator AS p
			UNION ALL SELECT c.tableoid, c.oid, c.relowner, c.relnamespace FROM pg_catalog.pg_class AS c
			UNION ALL SELECT t.tableoid, t.oid, t.typowner, t.typnamespace FROM pg_catalog.pg_type AS t) AS o (class, id, owner, namespace)
		WHERE o.namespace OPERATOR(pg_catalog.=) 'smart_parking'::pg_catalog.regnamespace AND o.owner OPERATOR(pg_catalog.<>) (SELECT e.extowner FROM pg_catalog.pg_extension AS e WHERE e.extname OPERATOR(pg_catalog.=) 'smart_parking'));
	other oid;
BEGIN
	IF owner OPERATOR(pg_catalog.<>) (SELECT n.nspowner FROM pg_catalog.pg_namespace AS n WHERE n.nspname OPERATOR(pg_catalog.=) 'smart_parking') THEN
		RAISE EXCEPTION 'schema smart_parking does not belong to the owner of the extension'
			USING HINT = 'Whoever owns the schema could change what the extension runs. ALTER SCHEMA smart_parking OWNER TO the extension''s owner, and look through what is in it.';
	ELSIF strange IS NOT NULL THEN
		RAISE EXCEPTION 'schema smart_parking holds what belongs to others: %', strange
			USING HINT = 'The extension could run it. Drop it, or move it to another schema.';
	END IF;
	-- CREATE is the owner's alone; what was granted to use the schema stays
	FOR other IN
		SELECT a.grantee FROM pg_catalog.pg_namespace AS n, pg_catalog.aclexplode(n.nspacl) AS a
		WHERE n.nspname OPERATOR(pg_catalog.=) 'smart_parking' AND a.privilege_type OPERATOR(pg_catalog.=) 'CREATE' AND a.grantee OPERATOR(pg_catalog.<>) n.nspowner
	LOOP
		EXECUTE pg_catalog.format('REVOKE CREATE ON SCHEMA smart_parking FROM %s CASCADE',
			CASE other WHEN 0 THEN 'PUBLIC' ELSE other::pg_catalog.regrole::pg_catalog.text END);
	END LOOP;
END $do$;
UPDATE pg_catalog.pg_extension SET extnamespace = 'pg_catalog'::pg_catalog.regnamespace
	WHERE extname OPERATOR(pg_catalog.=) 'smart_parking';
DELETE FROM pg_catalog.pg_depend AS d USING pg_catalog.pg_extension AS e
	WHERE e.extname OPERATOR(pg_catalog.=) 'smart_parking' AND d.objid OPERATOR(pg_catalog.=) e.oid
	AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
	AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass;
ALTER EXTENSION smart_parking ADD SCHEMA smart_parking;
-- That took the schema's rights, as granted to applications, for the extension's own: pg_dump would leave them out.
DELETE FROM pg_catalog.pg_init_privs
	WHERE classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass
	AND objoid OPERATOR(pg_catalog.=) 'smart_parking'::pg_catalog.regnamespace;
CREATE SCHEMA smart_parking_internal;
\comments core/schema.sql
\ir server/postgis.sql

DO $do$
DECLARE
	internal CONSTANT name[] := ARRAY[
		'append_slices', 'booking_guard', 'booking_in_step', 'check_capacity', 'check_coordinates',
		'check_kind_name', 'check_lot_hold', 'check_role', 'check_time_zone', 
		'history_guard', 'lengthen_last_slice', 'license_plate_cmp', 'license_plate_eq',
		'license_plate_ge', 'license_plate_gt', 'license_plate_hash', 'license_plate_hash_extended', 'license_plate_in',
		'license_plate_le', 'license_plate_lt', 'license_plate_ne', 'license_plate_out', 'license_plate_recv', 'license_plate_send',
		'license_plate_sortsupport', 'location_of', 'lock_parking', 'lock_slices', 'low_bits', 'max_capacity', 'new_region_id',
		'recount_slices', 'require_argument', 'require_pg_cron', 'resize_kind', 'retire_spots', 'revive_spots',
		'set_open', 'slice_in_step', 'spots_by_kind', 'spots_in_map', 'sweeper_backend'];
	routine regprocedure;
BEGIN
	FOR routine IN
		SELECT p.oid FROM pg_catalog.pg_proc AS p
		JOIN pg_catalog.pg_depend AS d ON d.objid OPERATOR(pg_catalog.=) p.oid AND d.classid OPERATOR(pg_catalog.=) p.tableoid AND d.deptype OPERATOR(pg_catalog.=) 'e'
		JOIN pg_catalog.pg_extension AS e ON d.refobjid OPERATOR(pg_catalog.=) e.oid AND e.extname OPERATOR(pg_catalog.=) 'smart_parking'
		WHERE p.proname OPERATOR(pg_catalog.=) ANY (internal)
	LOOP
		EXECUTE pg_catalog.format('ALTER ROUTINE %s SET SCHEMA smart_parking_internal', routine);
	END LOOP;
END $do$;
ALTER VIEW smart_parking.reclaimable_hold SET SCHEMA smart_parking_internal;

-- Imports.

DROP FUNCTION smart_parking.import_parkings(jsonb, text);
DROP FUNCTION smart_parking.apply_feature(text, smart_parking.lot_feature);
DROP FUNCTION smart_parking.update_from_feature(smart_parking.parking, smart_parking.lot_feature);
DROP FUNCTION smart_parking.wanted_kinds(uuid, integer, jsonb);
DROP FUNCTION smart_parking.read_feature(jsonb);
DROP FUNCTION smart_parking.feature_point(jsonb);
DROP FUNCTION smart_parking.area_point(jsonb);
DROP FUNCTION smart_parking.degrees_of(jsonb);
DROP FUNCTION smart_parking.feature_capacity(jsonb);
DROP FUNCTION smart_parking.feature_address(jsonb);
DROP FUNCTION smart_parking.whole_number(jsonb);
DROP FUNCTION smart_parking.first_text(jsonb, text[]);
-- what others have made of the type does not stand in the way
ALTER TYPE smart_parking.lot_feature SET SCHEMA smart_parking_internal;
ALTER TYPE smart_parking_internal.lot_feature
	DROP ATTRIBUTE source_id, DROP ATTRIBUTE name, DROP ATTRIBUTE address, DROP ATTRIBUTE latitude, DROP ATTRIBUTE longitude, DROP ATTRIBUTE capacity, DROP ATTRIBUTE kinds, DROP ATTRIBUTE properties, DROP ATTRIBUTE refusal;
ALTER TYPE smart_parking_internal.lot_feature
	ADD ATTRIBUTE nth integer,
	ADD ATTRIBUTE own_id text,
	ADD ATTRIBUTE ref text,
	ADD ATTRIBUTE given_name text,
	ADD ATTRIBUTE name text,
	ADD ATTRIBUTE address text,
	ADD ATTRIBUTE latitude float8,
	ADD ATTRIBUTE longitude float8,
	ADD ATTRIBUTE capacity integer,
	ADD ATTRIBUTE kinds jsonb,
	ADD ATTRIBUTE properties jsonb,
	ADD ATTRIBUTE time_zone text,
	ADD ATTRIBUTE country text,
	ADD ATTRIBUTE access text,
	ADD ATTRIBUTE max_height_m numeric,
	ADD ATTRIBUTE fee boolean,
	ADD ATTRIBUTE opening_hours text,
	ADD ATTRIBUTE notes text[],
	ADD ATTRIBUTE refusal text;

-- Search.

ALTER TYPE smart_parking.nearby_lot ADD ATTRIBUTE can_book boolean;
ALTER TYPE smart_parking.nearby_lot ADD ATTRIBUTE counted_by text;
ALTER TYPE smart_parking.nearby_lot ADD ATTRIBUTE count_age interval;
CREATE TYPE smart_parking_internal.lot_counter AS (
	parking_id		uuid,
	spots			integer,
	free_spots		integer,
	kinds			jsonb,
	free_kinds		jsonb
);

DO $do$ BEGIN
	EXECUTE pg_catalog.format('DROP FUNCTION smart_parking.lots_in_reach(%I.geography, float8, integer, text, integer, timestamptz)',
		smart_parking_internal.postgis_schema());
END $do$;

-- The sweeper.

DROP FUNCTION smart_parking.sweeper_status();
DROP FUNCTION smart_parking_internal.sweeper_backend();

-- Lots. A hold_duration that is not allowed any more becomes the nearest one that is, which is on record.

CREATE FUNCTION smart_parking_internal.duration_within(duration interval, shortest interval, longest interval) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
WITH outside AS (
	SELECT id, hold_duration AS before, CASE WHEN hold_duration OPERATOR(pg_catalog.>) interval '7 days' THEN interval '7 days'
		ELSE pg_catalog.make_interval(secs => pg_catalog.date_part('epoch', hold_duration)) END AS after
	FROM smart_parking.parking WHERE NOT smart_parking_internal.duration_within(hold_duration, '1 microsecond', '7 days')
), changed AS (
	UPDATE smart_parking.parking AS p SET hold_duration = outside.after FROM outside WHERE p.id OPERATOR(pg_catalog.=) outside.id
)
INSERT INTO smart_parking.parking_event (parking_id, event, reason, details)
SELECT id, 'settings_changed', 'update to version 1.1',
	pg_catalog.jsonb_build_object('hold_duration', pg_catalog.jsonb_build_object('from', before, 'to', after)) FROM outside;
ALTER TABLE smart_parking.parking DROP CONSTRAINT parking_hold_duration_check;
ALTER TABLE smart_parking.parking ADD CHECK (smart_parking_internal.duration_within(hold_duration, '1 microsecond', '7 days'));

ALTER TABLE smart_parking.parking ADD COLUMN walk_in boolean NOT NULL DEFAULT false;
ALTER TABLE smart_parking.parking ADD COLUMN max_stay interval CHECK (smart_parking_internal.duration_within(max_stay, '1 microsecond', '10 years'));
ALTER TABLE smart_parking.parking ADD COLUMN has_queue boolean NOT NULL DEFAULT false;
CREATE INDEX parking_queue ON smart_parking.parking (id) WHERE has_queue;
ALTER TABLE smart_parking.parking ADD COLUMN access text NOT NULL DEFAULT 'public' CHECK (access IN ('public', 'customers', 'permit', 'private', 'no'));
ALTER TABLE smart_parking.parking ADD COLUMN max_height_m numeric;
ALTER TABLE smart_parking.parking ADD COLUMN fee boolean;
ALTER TABLE smart_parking.parking ADD COLUMN opening_hours text;
CREATE INDEX parking_max_stay ON smart_parking.parking (id) WHERE max_stay IS NOT NULL;
ALTER TABLE smart_parking.parking ADD COLUMN outside_open boolean;
ALTER TABLE smart_parking.parking ADD CONSTRAINT booked_or_counted CHECK (outside_open IS NULL OR NOT is_open);
DO $do$ BEGIN
	EXECUTE pg_catalog.format('CREATE INDEX parking_point ON smart_parking.parking USING gist ((location::%I.geometry))', smart_parking_internal.postgis_schema());
END $do$;

-- Plates. What is stored was canonical for 1.0.0; Greek letters, more of Cyrillic, digits of other scripts and compatible forms now have another form, and a value that
-- keeps the old one would equal no read. Where two active bookings of a lot become one plate, the car that is inside, else the older booking, has it; the
-- other keeps its spot and its time under the plate with ~2 (~3 and so on) behind it, which is on record: nothing is ended that somebody may rely on, and
-- change_plate() puts it right. The guard holds bookings' plates fast, so it is off for that long.

ALTER TABLE smart_parking.booking DISABLE TRIGGER booking_guard;
WITH active AS (
	SELECT b.id, b.car_plate::text AS before, smart_parking.license_plate(b.car_plate::text)::text AS plate,
		pg_catalog.row_number() OVER (PARTITION BY b.parking_id, smart_parking.license_plate(b.car_plate::text)::text
			ORDER BY b.confirmed_at IS NULL, b.created_at, b.id) AS nth
	FROM smart_parking.booking AS b WHERE b.ended_at IS NULL
), other AS (
	SELECT a.id, a.before, pg_catalog.concat(pg_catalog."left"(a.plate, 15 OPERATOR(pg_catalog.-) pg_catalog.length(a.nth::text)), '~', a.nth) AS after
	FROM active AS a WHERE a.nth OPERATOR(pg_catalog.>) 1
), changed AS (
	UPDATE smart_parking.booking AS b SET car_plate = other.after::smart_parking.license_plate FROM other WHERE b.id OPERATOR(pg_catalog.=) other.id
)
INSERT INTO smart_parking.booking_event (booking_id, happened_at, event, reason, details)
SELECT other.id, pg_catalog.now(), 'plate_changed', 'update to version 1.1: another booking of this lot has the same plate',
	pg_catalog.jsonb_build_object('from', other.before, 'to', other.after) FROM other;
UPDATE smart_parking.booking AS b SET car_plate = smart_parking.license_plate(b.car_plate::text)
	WHERE smart_parking.license_plate(b.car_plate::text)::text OPERATOR(pg_catalog.<>) b.car_plate::text;
ALTER TABLE smart_parking.booking ENABLE TRIGGER booking_guard;
UPDATE smart_parking.plate_read AS r SET car_plate = smart_parking.license_plate(r.car_plate::text)
	WHERE smart_parking.license_plate(r.car_plate::text)::text OPERATOR(pg_catalog.<>) r.car_plate::text;

-- Gates, reads and commands. What an earlier version wrote has no known actor.

DROP FUNCTION smart_parking.validate_plate(uuid, text, timestamptz, real, text);
ALTER TYPE smart_parking.verdict ADD ATTRIBUTE details jsonb;

ALTER TABLE smart_parking.gate ADD COLUMN senses_passage boolean NOT NULL DEFAULT false;
ALTER TABLE smart_parking.gate ADD COLUMN passage_window interval NOT NULL DEFAULT '10 seconds' CHECK (smart_parking_internal.duration_within(passage_window, '0', '10 minutes'));
ALTER TABLE smart_parking.gate ADD COLUMN command_life interval NOT NULL DEFAULT '30 seconds' CHECK (smart_parking_internal.duration_within(command_life, '1 second', '10 minutes'));
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
ALTER TABLE smart_parking.plate_read ADD COLUMN corrects uuid;
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
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();

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
CREATE INDEX plate_read_manual ON smart_parking.plate_read (received_at) WHERE decision = 'manual';

-- New tables and types.

ALTER TYPE smart_parking.reservation ADD ATTRIBUTE queue_length integer;
\ir core/booking_group.sql
\ir core/queue.sql
\ir reservation/nearby_type.sql
\ir core/outside_count.sql
\ir access/recognise/passage.sql
\ir access/record/incident.sql
\ir access/recognise/plate_rule.sql
\ir access/record/gate_list.sql
\ir access/message/types.sql
\ir operator/counts/types.sql
\ir async/sweep_failure.sql
\ir operator/import/types.sql

-- No foreign keys between our own tables: data of an extension's tables is restored in any order.

DO $do$
DECLARE
	key record;
BEGIN
	FOR key IN
		SELECT c.conrelid::pg_catalog.regclass AS referring, c.conname FROM pg_catalog.pg_constraint AS c
		WHERE c.contype OPERATOR(pg_catalog.=) 'f' AND c.connamespace OPERATOR(pg_catalog.=) 'smart_parking'::pg_catalog.regnamespace
		AND c.conname OPERATOR(pg_catalog.=) ANY (ARRAY['counter_slice_parking_id_fkey', 'spot_parking_id_fkey', 'booking_parking_id_spot_no_fkey',
			'gate_parking_id_fkey', 'plate_read_gate_id_fkey', 'plate_read_booking_id_fkey', 'barrier_command_gate_id_fkey',
			'barrier_command_plate_read_id_fkey', 'parking_event_parking_id_fkey']::name[])
	LOOP
		EXECUTE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', key.referring, key.conname);
	END LOOP;
END $do$;
\ir operator/reference_guard.sql

-- What is said of those that were there.

\comments plate/license_plate.sql
\comments core/spot_counter.sql
\comments core/parking.sql
\comments core/booking.sql
\comments access/record/gate.sql
\comments access/record/verdict.sql
\comments access/record/plate_read.sql
\comments access/record/barrier.sql
\comments reservation/types.sql
\comments discovery/types.sql
\comments operator/types.sql
\comments operator/parking_event.sql
