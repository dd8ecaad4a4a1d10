\echo Use "CREATE EXTENSION smart_parking CASCADE" to load this file. \quit
-- The type license_plate.
--
-- Its values are canonical text, so output is text's own, and comparison,
-- sorting and hashing are bytea's own: by bytes, without a collation.

CREATE TYPE @extschema@.license_plate;

CREATE FUNCTION @extschema@.license_plate_in(cstring) RETURNS @extschema@.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate_in(cstring) IS
'Text input of license_plate. Result: the canonical form. Errors: SP010 not 1 to 16 characters, or a control character.';

CREATE FUNCTION @extschema@.license_plate_out(@extschema@.license_plate) RETURNS cstring
AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate_out(@extschema@.license_plate) IS
'Text output of license_plate: the canonical form.';

-- STABLE, as textrecv and textsend are: the client's encoding plays a part.
CREATE FUNCTION @extschema@.license_plate_recv(internal) RETURNS @extschema@.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate_recv(internal) IS
'Binary input of license_plate: the bytes of its text. Result and errors as in license_plate_in.';

CREATE FUNCTION @extschema@.license_plate_send(@extschema@.license_plate) RETURNS bytea
AS 'textsend' LANGUAGE internal STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate_send(@extschema@.license_plate) IS
'Binary output of license_plate: the bytes of its text, in the client''s encoding.';

-- main rather than plain: plain would forbid the one-byte length header.
CREATE TYPE @extschema@.license_plate (
	INPUT = @extschema@.license_plate_in,
	OUTPUT = @extschema@.license_plate_out,
	RECEIVE = @extschema@.license_plate_recv,
	SEND = @extschema@.license_plate_send,
	INTERNALLENGTH = variable,
	ALIGNMENT = int4,
	STORAGE = main,
	COLLATABLE = false
);
COMMENT ON TYPE @extschema@.license_plate IS
'A number plate in canonical form, 1 to 16 characters: no spaces, dots or hyphens; upper case; full-width letters and digits as ASCII; '
'the twelve Cyrillic letters of Russian plates as their Latin twins; other scripts as they are. '
'Plates that a person takes for the same are equal. Order is by bytes. Errors of input: SP010.';

-- Casts.  Neither is implicit: plate = some_text would otherwise compare as
-- text, and miss plates because that text is not canonical.

CREATE FUNCTION @extschema@.license_plate(plate text) RETURNS @extschema@.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate(text) IS
'The license_plate for text as typed, printed or read. Result: the canonical form. '
'Errors: SP010 not 1 to 16 characters, or a control character.';

CREATE CAST (text AS @extschema@.license_plate) WITH FUNCTION @extschema@.license_plate(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS @extschema@.license_plate) IS 'Makes the canonical form. Errors: SP010.';

CREATE CAST (@extschema@.license_plate AS text) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (@extschema@.license_plate AS text) IS 'The canonical form as text.';

-- Comparison.

CREATE FUNCTION @extschema@.license_plate_eq(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_ne(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_lt(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'bytealt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_le(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteale' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_gt(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteagt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_ge(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteage' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_cmp(@extschema@.license_plate, @extschema@.license_plate) RETURNS integer
AS 'byteacmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_sortsupport(internal) RETURNS void
AS 'bytea_sortsupport' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.license_plate_hash(@extschema@.license_plate) RETURNS integer
AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.license_plate_hash_extended(@extschema@.license_plate, bigint) RETURNS bigint
AS 'hashvarlenaextended' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION @extschema@.license_plate_eq(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator =.';
COMMENT ON FUNCTION @extschema@.license_plate_ne(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator <>.';
COMMENT ON FUNCTION @extschema@.license_plate_lt(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator <.';
COMMENT ON FUNCTION @extschema@.license_plate_le(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator <=.';
COMMENT ON FUNCTION @extschema@.license_plate_gt(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator >.';
COMMENT ON FUNCTION @extschema@.license_plate_ge(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator >=.';
COMMENT ON FUNCTION @extschema@.license_plate_cmp(@extschema@.license_plate, @extschema@.license_plate) IS
'Byte-wise comparison of two plates for btree indexes. Result: below, equal to or above 0.';
COMMENT ON FUNCTION @extschema@.license_plate_sortsupport(internal) IS 'Fast sorting of plates.';
COMMENT ON FUNCTION @extschema@.license_plate_hash(@extschema@.license_plate) IS 'Hash of a plate for hash indexes and joins.';
COMMENT ON FUNCTION @extschema@.license_plate_hash_extended(@extschema@.license_plate, bigint) IS
'Hash of a plate with a seed, for hash partitioning.';

CREATE OPERATOR @extschema@.= (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_eq,
	COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR @extschema@.<> (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_ne,
	COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR @extschema@.< (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_lt,
	COMMUTATOR = OPERATOR(@extschema@.>), NEGATOR = OPERATOR(@extschema@.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR @extschema@.<= (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_le,
	COMMUTATOR = OPERATOR(@extschema@.>=), NEGATOR = OPERATOR(@extschema@.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR @extschema@.> (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_gt,
	COMMUTATOR = OPERATOR(@extschema@.<), NEGATOR = OPERATOR(@extschema@.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR @extschema@.>= (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_ge,
	COMMUTATOR = OPERATOR(@extschema@.<=), NEGATOR = OPERATOR(@extschema@.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.license_plate, @extschema@.license_plate) IS 'The same plate.';
COMMENT ON OPERATOR @extschema@.<> (@extschema@.license_plate, @extschema@.license_plate) IS 'Different plates.';
COMMENT ON OPERATOR @extschema@.< (@extschema@.license_plate, @extschema@.license_plate) IS 'Before, by bytes.';
COMMENT ON OPERATOR @extschema@.<= (@extschema@.license_plate, @extschema@.license_plate) IS 'Before or the same, by bytes.';
COMMENT ON OPERATOR @extschema@.> (@extschema@.license_plate, @extschema@.license_plate) IS 'After, by bytes.';
COMMENT ON OPERATOR @extschema@.>= (@extschema@.license_plate, @extschema@.license_plate) IS 'After or the same, by bytes.';

-- btequalimage: equal plates have equal bytes, so an index may keep one copy.
CREATE OPERATOR CLASS @extschema@.license_plate_ops DEFAULT FOR TYPE @extschema@.license_plate USING btree AS
	OPERATOR 1 @extschema@.<,
	OPERATOR 2 @extschema@.<=,
	OPERATOR 3 @extschema@.=,
	OPERATOR 4 @extschema@.>=,
	OPERATOR 5 @extschema@.>,
	FUNCTION 1 @extschema@.license_plate_cmp(@extschema@.license_plate, @extschema@.license_plate),
	FUNCTION 2 @extschema@.license_plate_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS @extschema@.license_plate_ops USING btree IS
'Exact search, ranges and order of plates, by bytes; independent of collations.';

CREATE OPERATOR CLASS @extschema@.license_plate_ops DEFAULT FOR TYPE @extschema@.license_plate USING hash AS
	OPERATOR 1 @extschema@.=,
	FUNCTION 1 @extschema@.license_plate_hash(@extschema@.license_plate),
	FUNCTION 2 @extschema@.license_plate_hash_extended(@extschema@.license_plate, bigint);
COMMENT ON OPERATOR CLASS @extschema@.license_plate_ops USING hash IS
'Exact search of plates, hash joins and hash partitions.';

-- Ids that carry a home cell.

CREATE FUNCTION @extschema@.home_cell(id uuid) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.home_cell(uuid) IS
'The home cell of a lot, booking, gate or any other id that smart_parking made: where its lot is, for routing a call to its region. '
'Result: a geohash of 6 characters, about 1.2 km by 0.6 km. '
'Errors: SP019 the id is not a UUID of version 7. A UUID of version 7 from elsewhere cannot be told apart; its cell means nothing.';

CREATE FUNCTION @extschema@.new_region_id(latitude double precision, longitude double precision) RETURNS uuid
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.new_region_id(double precision, double precision) IS
'Makes an id for something at a place. Arguments: latitude and longitude in degrees on WGS 84. '
'Result: a UUID of version 7: the clock''s time to the microsecond, the home cell, 32 random bits. '
'Errors: SP013 latitude not within -90..90 or longitude not within -180..180.';
REVOKE ALL ON FUNCTION @extschema@.new_region_id(double precision, double precision) FROM PUBLIC;

CREATE FUNCTION @extschema@.new_region_id(neighbour uuid) RETURNS uuid
AS 'MODULE_PATHNAME', 'new_region_id_beside' LANGUAGE c VOLATILE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.new_region_id(uuid) IS
'Makes an id with the home cell of another one, such as a gate''s id from its lot''s. '
'Result: a UUID of version 7. Errors: SP019 neighbour is not a UUID of version 7.';
REVOKE ALL ON FUNCTION @extschema@.new_region_id(uuid) FROM PUBLIC;

-- What the CHECK on counter_slice calls; see src/spot_counter.c for claiming.

CREATE FUNCTION smart_parking.slice_in_step(spots integer, free_spots integer, free_map bigint, service_map bigint)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking.slice_in_step(integer, integer, bigint, bigint) IS
'Whether the columns of a counter slice agree: spots is 1 to 62, free_spots is the number of bits set in free_map, '
'free_map lies within service_map, and service_map within the slice''s spots.';

CREATE FUNCTION smart_parking.spots_in_map(map bigint)
RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking.spots_in_map(bigint) IS 'Number of bits set in a free_map or service_map.';
-- Lots, their spots, and the spot counter cut into slices.

CREATE TABLE smart_parking.parking (
	id				uuid PRIMARY KEY,
	name			text NOT NULL CHECK (name <> ''),
	address			text,
	location		geography(Point, 4326) NOT NULL,
	total_capacity	integer NOT NULL CHECK (total_capacity BETWEEN 1 AND 100000),
	hold_duration	interval NOT NULL DEFAULT '15 minutes' CHECK (hold_duration > interval '0'),
	is_open			boolean NOT NULL DEFAULT true,
	time_zone		text NOT NULL DEFAULT 'UTC',
	slice_size		smallint NOT NULL DEFAULT 8 CHECK (slice_size BETWEEN 1 AND 62),
	properties		jsonb NOT NULL DEFAULT '{}',
	source			text,
	source_id		text,
	created_at		timestamptz NOT NULL DEFAULT now(),
	UNIQUE (source, source_id),
	CHECK ((source IS NULL) = (source_id IS NULL))
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.parking', '');

CREATE INDEX parking_location ON smart_parking.parking USING gist (location);

COMMENT ON TABLE smart_parking.parking IS
'A lot: a place with spots. No call of the hot path writes this row, so that reservations in one lot do not queue for it.';
COMMENT ON COLUMN smart_parking.parking.id IS 'UUID of version 7 that carries the lot''s home cell (home_cell(id)), so that an id alone tells the region.';
COMMENT ON COLUMN smart_parking.parking.location IS 'Point on WGS 84, longitude before latitude as in PostGIS.';
COMMENT ON COLUMN smart_parking.parking.total_capacity IS 'Spots that belong to the lot, those out of service for a while included, retired ones not.';
COMMENT ON COLUMN smart_parking.parking.hold_duration IS 'How long a hold lasts when the caller does not say.';
COMMENT ON COLUMN smart_parking.parking.is_open IS 'Whether new holds are given. Cars with a booking come in and go out of a closed lot too.';
COMMENT ON COLUMN smart_parking.parking.slice_size IS 'Spots in a new counter slice: 1 to 62. Small slices let more commits be under way at once, see docs/decisions.md.';
COMMENT ON COLUMN smart_parking.parking.source IS 'Where the lot was imported from; with source_id the key of a later import.';

CREATE TABLE smart_parking.counter_slice (
	parking_id		uuid NOT NULL REFERENCES smart_parking.parking,
	slice_no		integer NOT NULL,
	first_spot_no	integer NOT NULL,
	spots			integer NOT NULL,
	free_spots		integer NOT NULL,
	free_map		bigint NOT NULL,
	service_map		bigint NOT NULL,
	kind			text COLLATE "C" NOT NULL,
	PRIMARY KEY (parking_id, kind, slice_no),
	CONSTRAINT never_oversold CHECK (free_spots >= 0),
	CONSTRAINT maps_in_step CHECK (smart_parking.slice_in_step(spots, free_spots, free_map, service_map))
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.counter_slice', '');

COMMENT ON TABLE smart_parking.counter_slice IS
'The spot counter of a lot, cut into slices of a few neighbouring spots of one kind. Free spots of a lot: the sum over its slices. '
'A claim takes one slice that nobody else holds, so as many commits can be under way in a lot as it has slices.';
COMMENT ON COLUMN smart_parking.counter_slice.slice_no IS 'Counts from 0 within the lot and kind.';
COMMENT ON COLUMN smart_parking.counter_slice.free_map IS 'Bit i is spot first_spot_no + i; set: in service and without an active booking.';
COMMENT ON COLUMN smart_parking.counter_slice.service_map IS 'Bit i is spot first_spot_no + i; set: in service.';
COMMENT ON CONSTRAINT never_oversold ON smart_parking.counter_slice IS 'The free counter never falls below zero; nothing clamps it.';
COMMENT ON CONSTRAINT maps_in_step ON smart_parking.counter_slice IS
'free_spots is the number of bits set in free_map, free_map lies within service_map, service_map within the slice''s spots. '
'One C function, since each CHECK is read from its catalog text again in every statement that writes a row.';

CREATE TABLE smart_parking.spot (
	parking_id		uuid NOT NULL REFERENCES smart_parking.parking,
	spot_no			integer NOT NULL CHECK (spot_no >= 1),
	label			text NOT NULL,
	kind			text COLLATE "C" NOT NULL DEFAULT 'standard' CHECK (kind ~ '^[a-z][a-z0-9_]{0,30}$'),
	slice_no		integer NOT NULL,
	in_service		boolean NOT NULL DEFAULT true,
	retired			boolean NOT NULL DEFAULT false,
	PRIMARY KEY (parking_id, spot_no),
	CHECK (NOT (retired AND in_service))
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.spot', '');

COMMENT ON TABLE smart_parking.spot IS
'The place for one car. Static: holds and cars are written to booking and counter_slice, never here.';
COMMENT ON COLUMN smart_parking.spot.label IS 'What is painted on the ground, "B-17"; the number itself unless told otherwise.';
COMMENT ON COLUMN smart_parking.spot.kind IS 'standard, disabled, charging, ...: lower-case letters, digits and _, 31 at most.';
COMMENT ON COLUMN smart_parking.spot.slice_no IS 'The counter slice (parking_id, kind, slice_no) that counts this spot. '
'No foreign key: it would lock slice rows in KEY SHARE mode for nothing; check_invariants() compares the two.';
COMMENT ON COLUMN smart_parking.spot.in_service IS 'False while the spot cannot be given to a new driver. A car that stands there stays.';
COMMENT ON COLUMN smart_parking.spot.retired IS 'True once resize_parking took the spot out of the lot; it stays on record for its bookings.';
-- The booking, its history, and the triggers that keep both.

CREATE TYPE smart_parking.booking_status AS ENUM ('pending', 'confirmed', 'completed', 'cancelled', 'expired');
COMMENT ON TYPE smart_parking.booking_status IS
'pending (a hold) -> confirmed (the car is inside) -> completed (it left); pending -> cancelled; pending -> expired.';

CREATE FUNCTION smart_parking.booking_in_step(status smart_parking.booking_status, confirmed_at timestamptz, ended_at timestamptz)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking.booking_in_step(smart_parking.booking_status, timestamptz, timestamptz) IS
'Whether a booking''s instants fit its status: ended_at is there when it is completed, cancelled or expired, confirmed_at when it is '
'confirmed or completed. In C, since each CHECK is read from its catalog text again in every statement that writes a row.';

CREATE TABLE smart_parking.booking (
	id				uuid PRIMARY KEY,
	user_id			uuid NOT NULL,
	parking_id		uuid NOT NULL,
	spot_no			integer NOT NULL,
	status			smart_parking.booking_status NOT NULL,
	car_plate		smart_parking.license_plate NOT NULL,
	created_at		timestamptz NOT NULL,
	expires_at		timestamptz NOT NULL,
	confirmed_at	timestamptz,
	ended_at		timestamptz,
	request_id		uuid,
	requested_hold	interval,
	FOREIGN KEY (parking_id, spot_no) REFERENCES smart_parking.spot,
	CONSTRAINT status_fits_instants CHECK (smart_parking.booking_in_step(status, confirmed_at, ended_at))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.booking', '');

CREATE UNIQUE INDEX booking_one_per_spot ON smart_parking.booking (parking_id, spot_no) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX booking_one_per_plate ON smart_parking.booking (car_plate, parking_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX booking_request ON smart_parking.booking (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX booking_holds_of_user ON smart_parking.booking (user_id) WHERE status = 'pending';
CREATE INDEX booking_due ON smart_parking.booking (expires_at) WHERE status = 'pending';
CREATE INDEX booking_due_in_lot ON smart_parking.booking (parking_id, expires_at) WHERE status = 'pending';
CREATE INDEX booking_history_of_plate ON smart_parking.booking (car_plate, parking_id, ended_at) WHERE ended_at IS NOT NULL;

COMMENT ON TABLE smart_parking.booking IS
'Every hold and stay, kept for good. Active bookings are those with ended_at IS NULL: pending or confirmed.';
COMMENT ON COLUMN smart_parking.booking.id IS 'UUID of version 7 with the lot''s home cell.';
COMMENT ON COLUMN smart_parking.booking.created_at IS 'Server''s clock at the call, not the start of the transaction.';
COMMENT ON COLUMN smart_parking.booking.expires_at IS 'From this instant on a pending booking is not valid and its spot can be given on, swept or not.';
COMMENT ON COLUMN smart_parking.booking.confirmed_at IS 'When the car came in.';
COMMENT ON COLUMN smart_parking.booking.ended_at IS 'When the booking was completed, cancelled or expired, as status says.';
COMMENT ON COLUMN smart_parking.booking.request_id IS 'The caller''s id of the request: a retry with the same one returns the same booking.';
COMMENT ON COLUMN smart_parking.booking.requested_hold IS 'The hold that the caller asked for; NULL: the lot''s own.';
COMMENT ON INDEX smart_parking.booking_one_per_spot IS 'One spot, one driver: the backstop behind the counter.';
COMMENT ON INDEX smart_parking.booking_one_per_plate IS 'A car stands or is expected in a lot once.';
COMMENT ON INDEX smart_parking.booking_history_of_plate IS 'Finds the lapsed hold of a car that comes late, and a car''s history for support. Costs a reservation nothing.';

CREATE TABLE smart_parking.booking_event (
	booking_id		uuid NOT NULL,
	happened_at		timestamptz NOT NULL,
	event			text NOT NULL,
	actor			name NOT NULL DEFAULT session_user,
	reason			text,
	details			jsonb
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.booking_event', '');

CREATE INDEX booking_event_booking ON smart_parking.booking_event (booking_id, happened_at);

COMMENT ON TABLE smart_parking.booking_event IS
'What happened to a booking after it was made, by whom and why. Append-only. '
'No foreign key: bookings are never deleted, and the key would lock the booking row once more for each event.';
COMMENT ON COLUMN smart_parking.booking_event.event IS 'extended, confirmed, completed, cancelled, expired, reacquired.';
COMMENT ON COLUMN smart_parking.booking_event.actor IS 'The role that was logged in.';

CREATE FUNCTION smart_parking.booking_guard() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE c;
COMMENT ON FUNCTION smart_parking.booking_guard() IS
'BEFORE UPDATE OR DELETE on booking: what was booked does not change, a transition leads only where the states allow, '
'and nothing is deleted. Errors: SP023 for a transition, SP024 for a loss of history.';

CREATE TRIGGER booking_guard BEFORE UPDATE OR DELETE ON smart_parking.booking
	FOR EACH ROW EXECUTE FUNCTION smart_parking.booking_guard();

CREATE FUNCTION smart_parking.history_guard() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE c;
COMMENT ON FUNCTION smart_parking.history_guard() IS
'Statement trigger that refuses the command (DELETE, TRUNCATE, and UPDATE where the table is append-only). Error: SP024.';

CREATE TRIGGER booking_kept BEFORE TRUNCATE ON smart_parking.booking
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking.history_guard();
CREATE TRIGGER booking_event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON smart_parking.booking_event
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking.history_guard();
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
-- The reservation plane: hold, extend, cancel.

CREATE TYPE smart_parking.reservation AS (
	outcome		text,
	booking_id	uuid,
	spot_no		integer,
	spot_label	text,
	expires_at	timestamptz
);
COMMENT ON TYPE smart_parking.reservation IS
'The answer of reserve_spot(). A named type, since the columns of a RETURNS record are worked out anew in each call.';

CREATE FUNCTION smart_parking.reserve_spot(
	parking_id uuid, user_id uuid, car_plate text, hold interval DEFAULT NULL,
	kind text DEFAULT 'standard', request_id uuid DEFAULT NULL)
RETURNS smart_parking.reservation
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.reserve_spot(uuid, uuid, text, interval, text, uuid) IS
'Holds one spot of a lot for a driver, in the caller''s transaction. '
'Arguments: parking_id; user_id, the application''s id of the driver; car_plate as typed; hold, how long (NULL: the lot''s hold_duration; '
'at most smart_parking.max_hold); kind of spot; request_id, the same one again returns the first booking. '
'Result: one row. outcome is reserved; already_reserved (this user has an active booking for this plate in this lot: it is returned); '
'full (at some instant during the call no spot of the kind was free, lapsed holds counted as free); closed. '
'Errors: SP001 unknown lot, SP010 plate, SP011 hold, SP015 the lot has no such kind, SP016 NULL, SP020 too many holds of this user, '
'SP021 request_id was used with other arguments, SP022 another user has an active booking for this plate in this lot. '
'40001 under REPEATABLE READ and SERIALIZABLE where another transaction was faster.';
REVOKE ALL ON FUNCTION smart_parking.reserve_spot(uuid, uuid, text, interval, text, uuid) FROM PUBLIC;

CREATE FUNCTION smart_parking.extend_hold(booking_id uuid, extra interval) RETURNS timestamptz
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.extend_hold(uuid, interval) IS
'Makes a hold last longer. extra is added to expires_at, but the hold''s whole life stays within smart_parking.max_hold. '
'Result: the new expires_at; the old one where the cap is reached. '
'Errors: SP002 unknown booking, SP011 extra not positive or not finite, SP016 NULL, SP023 the hold has lapsed or ended, or the car is inside.';
REVOKE ALL ON FUNCTION smart_parking.extend_hold(uuid, interval) FROM PUBLIC;

CREATE FUNCTION smart_parking.cancel_booking(booking_id uuid, reason text DEFAULT NULL) RETURNS smart_parking.booking_status
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.cancel_booking(uuid, text) IS
'Gives a hold back. reason goes to booking_event. '
'Result: the booking''s status after the call: cancelled, also when it was cancelled before; expired for a hold that had lapsed. '
'Errors: SP002 unknown booking, SP016 NULL, SP023 the car has come in.';
REVOKE ALL ON FUNCTION smart_parking.cancel_booking(uuid, text) FROM PUBLIC;
-- The async plane: holds whose driver did not come.

CREATE FUNCTION smart_parking.release_expired(max_bookings integer DEFAULT 1000) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.release_expired(integer) IS
'Releases up to max_bookings lapsed holds, the oldest first, and passes over what other transactions hold locked; '
'any number of callers may run side by side. Result: how many it released. Errors: SP017 max_bookings is not positive or above 100,000.';
REVOKE ALL ON FUNCTION smart_parking.release_expired(integer) FROM PUBLIC;

CREATE FUNCTION smart_parking.expire_booking(booking_id uuid) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.expire_booking(uuid) IS
'Releases one hold if it has lapsed: the handler for a delayed message of an outside queue. '
'Result: true if this call released it; false if it is early, came twice, or the car has arrived: nothing is changed then. '
'Errors: SP002 unknown booking, SP016 NULL.';
REVOKE ALL ON FUNCTION smart_parking.expire_booking(uuid) FROM PUBLIC;
-- The sweeper on pg_cron.  pg_cron may be absent or come later, so that
-- everything of it is named in dynamic SQL only.

CREATE PROCEDURE smart_parking.sweep(every interval DEFAULT '1 second', run_for interval DEFAULT NULL)
AS 'MODULE_PATHNAME' LANGUAGE c;
COMMENT ON PROCEDURE smart_parking.sweep(interval, interval) IS
'Releases lapsed holds over and over and commits each batch of 1,000: what the pg_cron job runs. '
'Arguments: every, the pause between sweeps, 10 ms to 60 s; run_for, how long (NULL: until half a second after the next full minute; '
'0: once, until nothing is left). One runs in a database at a time: a second one returns with a notice, at once if run_for is given, '
'else when its time is over and its turn has not come. '
'Errors: SP016 every is NULL, SP019 an argument out of range, 2D000 inside a transaction block.';
REVOKE ALL ON PROCEDURE smart_parking.sweep(interval, interval) FROM PUBLIC;

CREATE FUNCTION smart_parking.require_pg_cron() RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
DECLARE
	by_hand	CONSTANT text := 'Until then run CALL smart_parking.sweep(run_for => ''0'') from any scheduler, every second or so, '
		'or have an outside queue call smart_parking.expire_booking(id) when a hold ends.';
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		RETURN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_cron') THEN
		RAISE EXCEPTION USING ERRCODE = 'SP030',
			MESSAGE = 'pg_cron is not installed on this server',
			HINT = format('Install the package (Debian: postgresql-%s-cron), set shared_preload_libraries = ''pg_cron'' and '
				'cron.database_name = %L, restart, CREATE EXTENSION pg_cron, and call start_sweeper again. ',
				current_setting('server_version_num')::integer / 10000, current_database()) || by_hand;
	END IF;
	IF coalesce(current_setting('cron.database_name', true), '') <> current_database() THEN
		RAISE EXCEPTION USING ERRCODE = 'SP030',
			MESSAGE = 'pg_cron does not run in this database',
			HINT = format('Either set shared_preload_libraries = ''pg_cron'' and cron.database_name = %1$L, restart, CREATE EXTENSION pg_cron here, '
				'and call start_sweeper again; or in the database that has pg_cron: '
				'SELECT cron.schedule_in_database(''smart_parking sweeper of %2$s'', ''* * * * *'', ''CALL smart_parking.sweep()'', %1$L). ',
				current_database(), current_database()) || by_hand;
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'SP030',
		MESSAGE = 'extension pg_cron is not created in this database',
		HINT = 'CREATE EXTENSION pg_cron, and call start_sweeper again. ' || by_hand;
END
$$;
COMMENT ON FUNCTION smart_parking.require_pg_cron() IS
'Raises SP030, with a hint on what to do, unless pg_cron is there.';

CREATE FUNCTION smart_parking.start_sweeper(every interval DEFAULT '1 second') RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
DECLARE
	cron_version	numeric;
	job				bigint;
BEGIN
	IF every IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'SP016', MESSAGE = 'argument "every" must not be null';
	END IF;
	IF every < interval '10 milliseconds' OR every > interval '1 minute' THEN
		RAISE EXCEPTION USING ERRCODE = 'SP019',
			MESSAGE = 'the time between sweeps must be between 10 ms and 60 s',
			HINT = 'A lapsed hold is not valid whether swept or not; a second is short enough.';
	END IF;
	PERFORM smart_parking.require_pg_cron();

	-- From 1.5 on a job can follow the end of its last run within a second.
	-- Before, a run starts by the minute and lasts until the next one waits.
	SELECT substring(extversion FROM '^\d+\.\d+')::numeric INTO cron_version FROM pg_extension WHERE extname = 'pg_cron';
	EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO job
		USING 'smart_parking sweeper', CASE WHEN cron_version < 1.5 THEN '* * * * *' ELSE '1 seconds' END,
			format('CALL smart_parking.sweep(%L)', every);
	-- and the rest of the minute in which the server starts
	IF cron_version < 1.5 THEN
		EXECUTE 'SELECT cron.schedule($1, $2, $3)'
			USING 'smart_parking sweeper at start', '@reboot', format('CALL smart_parking.sweep(%L)', every);
	END IF;
	RETURN job;
END
$$;
COMMENT ON FUNCTION smart_parking.start_sweeper(interval) IS
'Has pg_cron release lapsed holds, by a job named "smart_parking sweeper". Calling it again changes the pause. '
'Argument: every, the pause between sweeps, 10 ms to 60 s. Result: the id of the pg_cron job. '
'With pg_cron before 1.5 the first sweep comes at the next full minute, and a job "smart_parking sweeper at start" sweeps from a start '
'of the server to the next full minute. '
'Errors: SP016 NULL, SP019 out of range, SP030 pg_cron is missing (the hint says what to do).';
REVOKE ALL ON FUNCTION smart_parking.start_sweeper(interval) FROM PUBLIC;

CREATE FUNCTION smart_parking.stop_sweeper() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
DECLARE
	jobs	integer;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		RETURN false;
	END IF;
	EXECUTE 'SELECT count(cron.unschedule(jobid)) FROM cron.job WHERE jobname = ANY ($1) AND database = current_database()'
		INTO jobs USING ARRAY['smart_parking sweeper', 'smart_parking sweeper at start'];
	-- A run that is under way would go on until the next minute.
	PERFORM pg_cancel_backend(pid) FROM smart_parking.sweeper_backend();
	RETURN jobs > 0;
END
$$;
COMMENT ON FUNCTION smart_parking.stop_sweeper() IS
'Removes the pg_cron job and ends the sweep that is under way. Result: true if there was a job.';
REVOKE ALL ON FUNCTION smart_parking.stop_sweeper() FROM PUBLIC;

CREATE FUNCTION smart_parking.sweeper_backend() RETURNS TABLE (pid integer)
LANGUAGE sql STABLE
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
	-- the lock of src/locks.c: objsubid is 0x5350 + LOCK_SWEEPER
	SELECT l.pid
	FROM pg_locks l
	JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
	WHERE l.locktype = 'advisory' AND l.objsubid = x'5350'::integer + 7 AND l.granted
$$;
COMMENT ON FUNCTION smart_parking.sweeper_backend() IS 'The process that is sweeping this database, if one is.';
REVOKE ALL ON FUNCTION smart_parking.sweeper_backend() FROM PUBLIC;

CREATE FUNCTION smart_parking.sweeper_status(
	OUT scheduled boolean, OUT job_id bigint, OUT every interval, OUT running boolean,
	OUT last_started timestamptz, OUT last_outcome text, OUT overdue_bookings bigint, OUT oldest_overdue interval)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		EXECUTE $query$
			SELECT j.jobid, substring(j.command FROM $re$sweep\('([^']+)'\)$re$)::interval, r.start_time, r.status
			FROM cron.job j
			LEFT JOIN LATERAL (
				SELECT d.start_time, concat_ws(': ', d.status, d.return_message) AS status
				FROM cron.job_run_details d WHERE d.jobid = j.jobid ORDER BY d.runid DESC LIMIT 1) r ON true
			WHERE j.jobname = $1 AND j.database = current_database() AND j.active
			$query$
			INTO job_id, every, last_started, last_outcome USING 'smart_parking sweeper';
	END IF;
	scheduled := job_id IS NOT NULL;
	running := EXISTS (SELECT FROM smart_parking.sweeper_backend());
	SELECT count(*), clock_timestamp() - min(b.expires_at) INTO overdue_bookings, oldest_overdue
	FROM smart_parking.booking b WHERE b.status = 'pending' AND b.expires_at <= statement_timestamp();
END
$$;
COMMENT ON FUNCTION smart_parking.sweeper_status() IS
'One row on the sweeper: scheduled with pg_cron or not, its job_id and pause, whether a sweep is running right now, how the last run went, '
'and how many lapsed holds wait to be released, the oldest since when. overdue_bookings that grow mean that nobody sweeps; '
'drivers do not notice, since a lapsed hold''s spot is given on anyway.';
REVOKE ALL ON FUNCTION smart_parking.sweeper_status() FROM PUBLIC;
-- Lots: making them, changing their size, taking spots out of service and back, gates.
--
-- Whoever changes the slices of a lot locks the lot's row (such changes queue), then the slice rows in
-- the order (kind, slice_no), and reads spots and bookings in a later statement: a claim flips its bit and inserts
-- its booking while it holds the slice, so only a snapshot taken after the lock sees both or neither.
--
-- A plan kept from when the tables were small would read all of them for every lot of a large import, whose rows
-- no ANALYZE sees before it commits. Hence enable_seqscan = off: each query here reads one lot, by an index.

CREATE TABLE smart_parking.parking_event (
	parking_id		uuid NOT NULL REFERENCES smart_parking.parking,
	spot_no			integer,
	happened_at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	event			text NOT NULL,
	actor			name NOT NULL DEFAULT session_user,
	reason			text,
	details			jsonb
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.parking_event', '');

CREATE INDEX parking_event_parking ON smart_parking.parking_event (parking_id, happened_at);
CREATE TRIGGER parking_event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON smart_parking.parking_event
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking.history_guard();

COMMENT ON TABLE smart_parking.parking_event IS 'What operators did to a lot, by whom and why. Append-only.';
COMMENT ON COLUMN smart_parking.parking_event.spot_no IS 'The spot concerned; NULL: the whole lot.';
COMMENT ON COLUMN smart_parking.parking_event.event IS 'opened, closed, resized, spot_in_service, spot_out_of_service.';
COMMENT ON COLUMN smart_parking.parking_event.actor IS 'The role that was logged in.';

-- Checks of arguments.

CREATE FUNCTION smart_parking.require_argument(name text, given boolean) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT given THEN
		RAISE EXCEPTION 'argument "%" must not be null', name USING ERRCODE = 'SP016';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.require_argument(text, boolean) IS
'Raises SP016 unless given is true. Arguments: name of the argument; given, whether it is not null.';

CREATE FUNCTION smart_parking.check_coordinates(latitude float8, longitude float8) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking.require_argument('latitude', latitude IS NOT NULL);
	PERFORM smart_parking.require_argument('longitude', longitude IS NOT NULL);
	-- NaN compares as greater than every number, so BETWEEN refuses it too
	IF NOT (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180) THEN
		RAISE EXCEPTION 'latitude %, longitude % is not a place on Earth', latitude, longitude
			USING ERRCODE = 'SP013',
			HINT = 'Latitude is -90 to 90 degrees, longitude -180 to 180; latitude comes first.';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.check_coordinates(float8, float8) IS
'Raises SP016 for NULL, SP013 for NaN, infinity, and values out of range. Arguments: degrees on WGS 84.';

CREATE FUNCTION smart_parking.max_capacity() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 100000';
COMMENT ON FUNCTION smart_parking.max_capacity() IS
'Most spots in a lot. The largest car park on record, West Edmonton Mall, has about 20,000.';

CREATE FUNCTION smart_parking.check_capacity(capacity integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking.require_argument('capacity', capacity IS NOT NULL);
	IF capacity NOT BETWEEN 1 AND smart_parking.max_capacity() THEN
		RAISE EXCEPTION 'a lot cannot have % spots', capacity
			USING ERRCODE = 'SP012', HINT = pg_catalog.format('Capacity is 1 to %s.', smart_parking.max_capacity());
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.check_capacity(integer) IS
'Raises SP016 for NULL, SP012 for a capacity outside 1..max_capacity().';

CREATE FUNCTION smart_parking.check_kind_name(kind text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking.require_argument('kind', kind IS NOT NULL);
	IF kind !~ '^[a-z][a-z0-9_]{0,30}$' THEN
		RAISE EXCEPTION '"%" is not a name for a kind of spot', kind USING ERRCODE = 'SP019',
			HINT = 'A kind is 1 to 31 lower-case letters, digits and underscores, beginning with a letter: standard, disabled, charging.';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.check_kind_name(text) IS
'Raises SP016 for NULL, SP019 for a name that the CHECK on spot.kind would refuse.';

CREATE FUNCTION smart_parking.check_lot_hold(hold_duration interval) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	longest interval;
BEGIN
	PERFORM smart_parking.require_argument('hold_duration', hold_duration IS NOT NULL);
	-- the setting exists once the library is loaded, which the first call of a C function does
	PERFORM smart_parking.spots_in_map(0);
	longest := current_setting('smart_parking.max_hold')::interval;
	IF NOT (isfinite(hold_duration) AND hold_duration > interval '0' AND hold_duration <= longest) THEN
		RAISE EXCEPTION 'a hold cannot last %', hold_duration USING ERRCODE = 'SP011',
			HINT = format('It is longer than 0 and at most smart_parking.max_hold, now %s.', longest);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.check_lot_hold(interval) IS
'Raises SP016 for NULL, SP011 for a hold that is not positive, not finite, or longer than the setting smart_parking.max_hold.';

CREATE FUNCTION smart_parking.check_time_zone(time_zone text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking.require_argument('time_zone', time_zone IS NOT NULL);
	-- asking the server about one zone is a thousand times faster than looking through pg_timezone_names
	PERFORM now() AT TIME ZONE time_zone;
EXCEPTION WHEN invalid_parameter_value THEN
	RAISE EXCEPTION 'unknown time zone "%"', time_zone
		USING ERRCODE = 'SP019', HINT = 'Names such as Europe/Berlin stand in pg_timezone_names.';
END $$;
COMMENT ON FUNCTION smart_parking.check_time_zone(text) IS 'Raises SP016 for NULL, SP019 for a time zone that the server does not know.';

CREATE FUNCTION smart_parking.location_of(latitude float8, longitude float8) RETURNS geography
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geography';
COMMENT ON FUNCTION smart_parking.location_of(float8, float8) IS 'The point on WGS 84. Arguments: degrees, latitude first.';

-- Locks.

CREATE FUNCTION smart_parking.lock_parking(parking_id uuid) RETURNS smart_parking.parking
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	lot smart_parking.parking;
BEGIN
	PERFORM smart_parking.require_argument('parking_id', parking_id IS NOT NULL);
	SELECT * INTO lot FROM smart_parking.parking AS p WHERE p.id = parking_id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no lot %', parking_id USING ERRCODE = 'SP001',
			HINT = 'Lots stand in smart_parking.parking; add_parking() makes one.';
	END IF;
	RETURN lot;
END $$;
COMMENT ON FUNCTION smart_parking.lock_parking(uuid) IS
'The lot''s row, locked so that changes to one lot queue. Reservations and gates do not take this lock. '
'Errors: SP001 unknown lot, SP016 NULL.';

CREATE FUNCTION smart_parking.lock_slices(parking_id uuid, kind text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
BEGIN
	PERFORM 1 FROM smart_parking.counter_slice AS s
	WHERE s.parking_id = lock_slices.parking_id AND s.kind = lock_slices.kind
	ORDER BY s.slice_no
	FOR NO KEY UPDATE;
END $$;
COMMENT ON FUNCTION smart_parking.lock_slices(uuid, text) IS
'Locks the slices of one kind of a lot in order. For several kinds call it in the order of kind COLLATE "C".';

-- Changing the counter. Callers hold the locks above. No joins here, for the same reason: a nested loop over
-- the 100,000 spots of a new lot never ends.

CREATE FUNCTION smart_parking.recount_slices(parking_id uuid, kind text, first_spot integer, last_spot integer) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
	UPDATE smart_parking.counter_slice AS s
	SET (service_map, free_map, free_spots) = (
		SELECT now.service_map, f.free_map, smart_parking.spots_in_map(f.free_map)
		FROM (
			SELECT coalesce(bit_or(bit) FILTER (WHERE spot.in_service), 0) AS service_map,
				coalesce(bit_or(bit) FILTER (WHERE EXISTS (
					SELECT FROM smart_parking.booking AS b
					WHERE b.parking_id = spot.parking_id AND b.spot_no = spot.spot_no AND b.ended_at IS NULL)), 0) AS taken_map
			FROM smart_parking.spot CROSS JOIN LATERAL (SELECT 1::bigint << (spot.spot_no - s.first_spot_no) AS bit) AS b
			WHERE spot.parking_id = s.parking_id AND spot.spot_no BETWEEN s.first_spot_no AND s.first_spot_no + s.spots - 1
		) AS now
		CROSS JOIN LATERAL (
			-- what was in service keeps its free bit as it is; bookings decide on what comes back only
			SELECT (s.free_map & now.service_map) | (now.service_map & ~s.service_map & ~now.taken_map) AS free_map
		) AS f)
	WHERE s.parking_id = recount_slices.parking_id AND s.kind = recount_slices.kind
	AND s.first_spot_no <= last_spot AND s.first_spot_no + s.spots > first_spot
$$;
COMMENT ON FUNCTION smart_parking.recount_slices(uuid, text, integer, integer) IS
'Brings the slices of a kind that lie between two spots in line with spot.in_service. A booking on a spot that left service stays; when it '
'ends, the spot is not given back. A spot that comes back is free unless an active booking stands on it.';

CREATE FUNCTION smart_parking.retire_spots(parking_id uuid, kind text, spots integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	lowest integer;
	highest integer;
BEGIN
	SELECT min(spot_no), max(spot_no) INTO lowest, highest FROM (
		SELECT spot_no FROM smart_parking.spot
		WHERE parking_id = retire_spots.parking_id AND kind = retire_spots.kind AND NOT retired
		ORDER BY spot_no DESC LIMIT retire_spots.spots) AS last_ones;
	UPDATE smart_parking.spot SET retired = true, in_service = false
	WHERE parking_id = retire_spots.parking_id AND kind = retire_spots.kind AND NOT retired AND spot_no >= lowest;
	PERFORM smart_parking.recount_slices(retire_spots.parking_id, retire_spots.kind, lowest, highest);
END $$;
COMMENT ON FUNCTION smart_parking.retire_spots(uuid, text, integer) IS
'Takes the highest-numbered spots of a kind out of the lot for good.';

CREATE FUNCTION smart_parking.revive_spots(parking_id uuid, kind text, spots integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	lowest integer;
	highest integer;
	revived integer;
BEGIN
	SELECT min(spot_no), max(spot_no) INTO lowest, highest FROM (
		SELECT spot_no FROM smart_parking.spot
		WHERE parking_id = revive_spots.parking_id AND kind = revive_spots.kind AND retired
		ORDER BY spot_no LIMIT revive_spots.spots) AS first_ones;
	UPDATE smart_parking.spot SET retired = false, in_service = true
	WHERE parking_id = revive_spots.parking_id AND kind = revive_spots.kind AND retired AND spot_no <= highest;
	GET DIAGNOSTICS revived = ROW_COUNT;
	PERFORM smart_parking.recount_slices(revive_spots.parking_id, revive_spots.kind, lowest, highest);
	RETURN revived;
END $$;
COMMENT ON FUNCTION smart_parking.revive_spots(uuid, text, integer) IS
'Brings up to so many retired spots of a kind back, lowest number first. Result: how many there were.';

CREATE FUNCTION smart_parking.low_bits(bits integer) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT (1::bigint << bits) - 1';
COMMENT ON FUNCTION smart_parking.low_bits(integer) IS 'A map with the lowest so many bits set, 0 to 62.';

CREATE FUNCTION smart_parking.lengthen_last_slice(lot smart_parking.parking, kind text, spots integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	last_spot integer;
	slice smart_parking.counter_slice;
	room integer;
BEGIN
	SELECT max(spot_no) INTO last_spot FROM smart_parking.spot WHERE parking_id = lot.id;
	SELECT * INTO slice FROM smart_parking.counter_slice
	WHERE parking_id = lot.id AND kind = lengthen_last_slice.kind
	ORDER BY slice_no DESC LIMIT 1;
	IF NOT FOUND OR slice.first_spot_no + slice.spots - 1 <> last_spot OR slice.spots >= lot.slice_size THEN
		RETURN 0;
	END IF;

	room := least(lot.slice_size - slice.spots, lengthen_last_slice.spots);
	INSERT INTO smart_parking.spot (parking_id, spot_no, label, kind, slice_no)
	SELECT lot.id, n, n::text, slice.kind, slice.slice_no FROM generate_series(last_spot + 1, last_spot + room) AS n;
	UPDATE smart_parking.counter_slice AS s
	SET spots = s.spots + room,
		free_spots = s.free_spots + room,
		free_map = s.free_map | (smart_parking.low_bits(room) << s.spots),
		service_map = s.service_map | (smart_parking.low_bits(room) << s.spots)
	WHERE s.parking_id = lot.id AND s.kind = slice.kind AND s.slice_no = slice.slice_no;
	RETURN room;
END $$;
COMMENT ON FUNCTION smart_parking.lengthen_last_slice(smart_parking.parking, text, integer) IS
'Adds up to so many spots to the last slice of a kind if it is short and ends where the lot ends. Result: how many fitted.';

CREATE FUNCTION smart_parking.append_slices(parking_id uuid, kind text, spots integer, slice_size integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	first_spot integer;
	first_slice integer;
BEGIN
	SELECT coalesce(max(spot_no) + 1, 1) INTO first_spot
	FROM smart_parking.spot WHERE parking_id = append_slices.parking_id;
	SELECT coalesce(max(slice_no) + 1, 0) INTO first_slice
	FROM smart_parking.counter_slice WHERE parking_id = append_slices.parking_id AND kind = append_slices.kind;

	INSERT INTO smart_parking.spot (parking_id, spot_no, label, kind, slice_no)
	SELECT append_slices.parking_id, first_spot + i, (first_spot + i)::text, append_slices.kind,
		first_slice + i / append_slices.slice_size
	FROM generate_series(0, append_slices.spots - 1) AS i;
	INSERT INTO smart_parking.counter_slice
		(parking_id, kind, slice_no, first_spot_no, spots, free_spots, free_map, service_map)
	SELECT append_slices.parking_id, append_slices.kind, first_slice + i / append_slices.slice_size, first_spot + i,
		n, n, smart_parking.low_bits(n), smart_parking.low_bits(n)
	FROM generate_series(0, append_slices.spots - 1, append_slices.slice_size) AS i,
		LATERAL least(append_slices.slice_size, append_slices.spots - i) AS n;
END $$;
COMMENT ON FUNCTION smart_parking.append_slices(uuid, text, integer, integer) IS
'Adds spots of one kind after the lot''s last one, all free, in new slices of slice_size neighbours.';

CREATE FUNCTION smart_parking.resize_kind(lot smart_parking.parking, kind text, target integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	missing integer;
BEGIN
	PERFORM smart_parking.lock_slices(lot.id, kind);
	SELECT target - count(*) INTO missing FROM smart_parking.spot
	WHERE parking_id = lot.id AND kind = resize_kind.kind AND NOT retired;
	IF missing < 0 THEN
		PERFORM smart_parking.retire_spots(lot.id, kind, -missing);
	ELSIF missing > 0 THEN
		missing := missing - smart_parking.revive_spots(lot.id, kind, missing);
		missing := missing - smart_parking.lengthen_last_slice(lot, kind, missing);
		PERFORM smart_parking.append_slices(lot.id, kind, missing, lot.slice_size);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.resize_kind(smart_parking.parking, text, integer) IS
'Brings a lot to target spots of one kind. The caller has locked the lot''s row and keeps its total_capacity.';

-- What operators call.

CREATE FUNCTION smart_parking.spots_by_kind(capacity integer, kinds jsonb) RETURNS TABLE (kind text, spots integer)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	special bigint := 0;
	wanted record;
BEGIN
	IF jsonb_typeof(kinds) <> 'object' THEN
		RAISE EXCEPTION 'kinds is not a JSON object'
			USING ERRCODE = 'SP019', HINT = 'An example: {"disabled": 4, "charging": 10}.';
	END IF;
	FOR wanted IN SELECT key, value FROM jsonb_each(coalesce(kinds, '{}')) LOOP
		PERFORM smart_parking.check_kind_name(wanted.key);
		IF wanted.value::text !~ '^[0-9]{1,6}$' THEN
			RAISE EXCEPTION 'a lot cannot have % spots of kind "%"', wanted.value, wanted.key
				USING ERRCODE = 'SP012', HINT = 'Give a whole number of spots for each kind.';
		END IF;
		special := special + wanted.value::text::integer;
	END LOOP;
	IF special > capacity THEN
		RAISE EXCEPTION 'the kinds add up to % spots, the lot has %', special, capacity
			USING ERRCODE = 'SP012', HINT = 'Kinds are counted within the capacity.';
	END IF;

	RETURN QUERY
	WITH other AS (
		SELECT key, value::text::integer AS n FROM jsonb_each(coalesce(kinds, '{}')) WHERE key <> 'standard'
	), planned AS (
		SELECT 'standard' AS key, (spots_by_kind.capacity - coalesce(sum(n), 0))::integer AS n FROM other
		UNION ALL SELECT key, n FROM other
	)
	SELECT key, n FROM planned WHERE n > 0
	ORDER BY key <> 'standard', key COLLATE "C";
END $$;
COMMENT ON FUNCTION smart_parking.spots_by_kind(integer, jsonb) IS
'How the spots of a lot divide: standard ones first, then the other kinds by name. '
'Errors: SP012 a number that is not one, or more than the capacity; SP019 not an object, or a bad name of a kind.';

CREATE FUNCTION smart_parking.add_parking(
	name text, latitude float8, longitude float8, capacity integer, address text DEFAULT NULL, kinds jsonb DEFAULT NULL,
	hold_duration interval DEFAULT '15 minutes', time_zone text DEFAULT 'UTC', properties jsonb DEFAULT '{}',
	slice_size integer DEFAULT NULL, source text DEFAULT NULL, source_id text DEFAULT NULL)
RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	lot_id uuid;
	part record;
BEGIN
	PERFORM smart_parking.require_argument('name', name IS NOT NULL);
	PERFORM smart_parking.require_argument('properties', properties IS NOT NULL);
	PERFORM smart_parking.check_coordinates(latitude, longitude);
	PERFORM smart_parking.check_capacity(capacity);
	PERFORM smart_parking.check_lot_hold(hold_duration);
	PERFORM smart_parking.check_time_zone(time_zone);
	IF btrim(name) = '' THEN
		RAISE EXCEPTION 'a lot needs a name' USING ERRCODE = 'SP019';
	ELSIF jsonb_typeof(properties) <> 'object' THEN
		RAISE EXCEPTION 'properties is not a JSON object' USING ERRCODE = 'SP019';
	ELSIF (source IS NULL) <> (source_id IS NULL) OR btrim(source) = '' OR btrim(source_id) = ''
		OR octet_length(source) > 500 OR octet_length(source_id) > 500 THEN
		RAISE EXCEPTION 'source and source_id belong together' USING ERRCODE = 'SP019',
			HINT = 'Give both, neither empty nor longer than 500 bytes, or leave both out.';
	ELSIF slice_size NOT BETWEEN 1 AND 62 THEN
		RAISE EXCEPTION 'a counter slice cannot have % spots', slice_size
			USING ERRCODE = 'SP019', HINT = 'slice_size is 1 to 62; leave it out to have it fit the capacity.';
	END IF;

	-- 8 neighbours for small lots, and no more than 64 slices until a slice is full: docs/decisions.md
	slice_size := coalesce(slice_size, least(62, greatest(8, ceil(capacity / 64.0)))::integer);
	INSERT INTO smart_parking.parking (id, name, address, location, total_capacity, hold_duration, time_zone, slice_size,
		properties, source, source_id)
	VALUES (smart_parking.new_region_id(latitude, longitude), btrim(add_parking.name), add_parking.address,
		smart_parking.location_of(latitude, longitude), capacity, add_parking.hold_duration, add_parking.time_zone,
		add_parking.slice_size, add_parking.properties, add_parking.source, add_parking.source_id)
	ON CONFLICT (source, source_id) DO NOTHING
	RETURNING id INTO lot_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'source "%" has a lot "%" already', source, source_id
			USING ERRCODE = 'SP019', HINT = 'import_parkings() updates lots that came from a source.';
	END IF;

	FOR part IN SELECT kind, spots FROM smart_parking.spots_by_kind(capacity, kinds) LOOP
		PERFORM smart_parking.append_slices(lot_id, part.kind, part.spots, slice_size);
	END LOOP;
	RETURN lot_id;
END $$;
COMMENT ON FUNCTION smart_parking.add_parking(text, float8, float8, integer, text, jsonb, interval, text, jsonb, integer, text, text) IS
'Makes a lot with its spots, all free, and opens it. '
'Arguments: name; latitude and longitude in degrees on WGS 84; capacity, 1 to 100,000 spots; address; '
'kinds, how many of the spots are not standard, such as {"disabled": 4, "charging": 10}; '
'hold_duration, how long a hold lasts unless the caller says, at most smart_parking.max_hold; time_zone, as in pg_timezone_names; '
'properties, whatever else is known; slice_size, spots in a counter slice, 1 to 62 '
'(NULL: capacity / 64, at least 8: measured in docs/decisions.md); source and source_id, where it was imported from. '
'Spots get the numbers 1 to capacity: standard ones first, then each kind by name. '
'Result: the lot''s id. Errors: SP011 hold_duration, SP012 capacity or kinds, SP013 coordinates, SP016 NULL, '
'SP019 name, kind''s name, time_zone, properties, slice_size, or source and source_id.';

CREATE FUNCTION smart_parking.resize_parking(parking_id uuid, capacity integer, kind text DEFAULT 'standard')
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	lot smart_parking.parking;
	have integer;
	target integer;
BEGIN
	PERFORM smart_parking.require_argument('parking_id', parking_id IS NOT NULL);
	PERFORM smart_parking.check_capacity(capacity);
	PERFORM smart_parking.check_kind_name(kind);
	lot := smart_parking.lock_parking(parking_id);
	IF capacity = lot.total_capacity THEN
		RETURN capacity;
	END IF;

	SELECT count(*) INTO have FROM smart_parking.spot
	WHERE parking_id = lot.id AND kind = resize_parking.kind AND NOT retired;
	target := have + capacity - lot.total_capacity;
	IF target < 0 AND have = 0 THEN
		RAISE EXCEPTION 'the lot has no spots of kind "%"', kind
			USING ERRCODE = 'SP015', HINT = 'Its kinds stand in smart_parking.spot.';
	ELSIF target < 0 THEN
		RAISE EXCEPTION 'the lot has % spots of kind "%", too few for a capacity of %', have, kind, capacity
			USING ERRCODE = 'SP012', HINT = 'Take spots of another kind out first.';
	END IF;

	PERFORM smart_parking.resize_kind(lot, kind, target);
	UPDATE smart_parking.parking SET total_capacity = resize_parking.capacity WHERE id = lot.id;
	INSERT INTO smart_parking.parking_event (parking_id, event, details)
	VALUES (lot.id, 'resized', jsonb_build_object('kind', kind, 'from', lot.total_capacity, 'to', capacity));
	RETURN capacity;
END $$;
COMMENT ON FUNCTION smart_parking.resize_parking(uuid, integer, text) IS
'Adds spots of one kind to a lot or takes some out, so that the lot has capacity spots of all kinds together. '
'Shrinking retires the highest numbers; a car or a hold on one of them stays, and its spot leaves when it comes free. '
'Growing brings retired spots back first. Waits for claims under way in the lot, not for bookings. '
'Arguments: parking_id; capacity, 1 to 100,000; kind, which may be new to the lot when growing. '
'Result: the capacity. Errors: SP001 unknown lot, SP012 capacity, or too few spots of the kind, '
'SP015 no spots of the kind, SP016 NULL, SP019 kind''s name.';

CREATE FUNCTION smart_parking.set_spot_service(parking_id uuid, spot_no integer, in_service boolean, reason text DEFAULT NULL)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	spot smart_parking.spot;
BEGIN
	PERFORM smart_parking.require_argument('parking_id', parking_id IS NOT NULL);
	PERFORM smart_parking.require_argument('spot_no', spot_no IS NOT NULL);
	PERFORM smart_parking.require_argument('in_service', in_service IS NOT NULL);
	PERFORM smart_parking.lock_parking(parking_id);
	SELECT * INTO spot FROM smart_parking.spot AS s
	WHERE s.parking_id = set_spot_service.parking_id AND s.spot_no = set_spot_service.spot_no;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the lot has no spot %', spot_no
			USING ERRCODE = 'SP004', HINT = 'Its spots stand in smart_parking.spot.';
	ELSIF spot.retired THEN
		RAISE EXCEPTION 'spot % does not belong to the lot any more', spot_no
			USING ERRCODE = 'SP004', HINT = 'resize_parking() brings retired spots back.';
	ELSIF spot.in_service = set_spot_service.in_service THEN
		RETURN false;
	END IF;

	PERFORM smart_parking.lock_slices(spot.parking_id, spot.kind);
	UPDATE smart_parking.spot AS s SET in_service = set_spot_service.in_service
	WHERE s.parking_id = spot.parking_id AND s.spot_no = spot.spot_no;
	PERFORM smart_parking.recount_slices(spot.parking_id, spot.kind, spot.spot_no, spot.spot_no);
	INSERT INTO smart_parking.parking_event (parking_id, spot_no, event, reason)
	VALUES (spot.parking_id, spot.spot_no,
		CASE WHEN set_spot_service.in_service THEN 'spot_in_service' ELSE 'spot_out_of_service' END, set_spot_service.reason);
	RETURN true;
END $$;
COMMENT ON FUNCTION smart_parking.set_spot_service(uuid, integer, boolean, text) IS
'Takes a spot out of service or puts it back. A car or a hold on it stays; nobody new gets it. '
'Arguments: parking_id; spot_no; in_service; reason, kept in parking_event. Result: whether this call changed it. '
'Errors: SP001 unknown lot, SP004 unknown or retired spot, SP016 NULL.';

CREATE FUNCTION smart_parking.set_open(parking_id uuid, open boolean, reason text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	lot smart_parking.parking := smart_parking.lock_parking(parking_id);
BEGIN
	IF lot.is_open = open THEN
		RETURN false;
	END IF;
	UPDATE smart_parking.parking SET is_open = open WHERE id = lot.id;
	INSERT INTO smart_parking.parking_event (parking_id, event, reason)
	VALUES (lot.id, CASE WHEN open THEN 'opened' ELSE 'closed' END, set_open.reason);
	RETURN true;
END $$;
COMMENT ON FUNCTION smart_parking.set_open(uuid, boolean, text) IS 'What open_parking() and close_parking() share.';

CREATE FUNCTION smart_parking.open_parking(parking_id uuid) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
AS 'SELECT smart_parking.set_open(parking_id, true, NULL)';
COMMENT ON FUNCTION smart_parking.open_parking(uuid) IS
'Lets a lot give holds again. Result: whether this call changed it. Errors: SP001 unknown lot, SP016 NULL.';

CREATE FUNCTION smart_parking.close_parking(parking_id uuid, reason text DEFAULT NULL) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
AS 'SELECT smart_parking.set_open(parking_id, false, reason)';
COMMENT ON FUNCTION smart_parking.close_parking(uuid, text) IS
'Stops a lot from giving new holds; cars with a booking still come in and go out. '
'Arguments: parking_id; reason, kept in parking_event. Result: whether this call changed it. '
'Errors: SP001 unknown lot, SP016 NULL.';

CREATE FUNCTION smart_parking.add_gate(parking_id uuid, name text, direction text DEFAULT 'both') RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	gate_id uuid;
BEGIN
	PERFORM smart_parking.require_argument('parking_id', parking_id IS NOT NULL);
	PERFORM smart_parking.require_argument('name', name IS NOT NULL);
	PERFORM smart_parking.require_argument('direction', direction IS NOT NULL);
	IF direction NOT IN ('entry', 'exit', 'both') THEN
		RAISE EXCEPTION 'unknown direction "%"', direction
			USING ERRCODE = 'SP019', HINT = 'A gate''s direction is entry, exit or both.';
	ELSIF btrim(name) = '' OR octet_length(name) > 500 THEN
		RAISE EXCEPTION 'this is not a name for a gate' USING ERRCODE = 'SP019', HINT = 'It is 1 to 500 bytes long, not blank.';
	END IF;
	PERFORM smart_parking.lock_parking(parking_id);
	INSERT INTO smart_parking.gate (id, parking_id, name, direction)
	VALUES (smart_parking.new_region_id(add_gate.parking_id), add_gate.parking_id, btrim(add_gate.name), add_gate.direction)
	ON CONFLICT (parking_id, name) DO NOTHING
	RETURNING id INTO gate_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the lot has a gate "%" already', btrim(name)
			USING ERRCODE = 'SP019', HINT = 'Gates stand in smart_parking.gate; choose another name.';
	END IF;
	RETURN gate_id;
END $$;
COMMENT ON FUNCTION smart_parking.add_gate(uuid, text, text) IS
'Adds a gate to a lot. Arguments: parking_id; name, once in the lot; direction: entry, exit or both. '
'Result: the gate''s id, for validate_plate(). Errors: SP001 unknown lot, SP016 NULL, SP019 name or direction.';

-- PostGIS may live in any schema. Functions that use it run with that schema behind our own in the path, and call
-- it with exact argument types, so that nothing put into a shared schema can come in between.
DO $do$
DECLARE
	postgis_schema name := (SELECT nspname FROM pg_catalog.pg_extension AS e
		JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE extname = 'postgis');
BEGIN
	EXECUTE pg_catalog.format('ALTER FUNCTION smart_parking.location_of(float8, float8) '
		'SET search_path = pg_catalog, smart_parking, %I, pg_temp', postgis_schema);
END $do$;
-- Lots from GeoJSON, as cities and OpenStreetMap give them.
--
-- A feature is read into a lot_feature first, with nothing written; what cannot be read becomes a refusal, a
-- value and not an error, so that one bad feature does not cost the rest. A lot_feature without refusal is then applied.
-- enable_seqscan = off: see lots.sql.

CREATE TYPE smart_parking.lot_feature AS (
	source_id		text,
	name			text,
	address			text,
	latitude		float8,
	longitude		float8,
	capacity		integer,
	kinds			jsonb,
	properties		jsonb,
	refusal			text
);
COMMENT ON TYPE smart_parking.lot_feature IS 'What import_parkings() reads from one GeoJSON feature; refusal: why it is not a lot.';

CREATE FUNCTION smart_parking.first_text(properties jsonb, VARIADIC keys text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT btrim(properties ->> k.key)
	FROM unnest(keys) WITH ORDINALITY AS k(key, nth)
	WHERE jsonb_typeof(properties -> k.key) IN ('string', 'number') AND btrim(properties ->> k.key) <> ''
	ORDER BY k.nth LIMIT 1
$$;
COMMENT ON FUNCTION smart_parking.first_text(jsonb, text[]) IS
'The first of these properties that holds text or a number and is not blank, trimmed; NULL: none.';

CREATE FUNCTION smart_parking.whole_number(value jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN value #>> '{}' ~ '^\s*-?[0-9]{1,18}(\.0*)?\s*$' THEN trunc((value #>> '{}')::numeric) END
$$;
COMMENT ON FUNCTION smart_parking.whole_number(jsonb) IS 'A whole number given as number or string, 120 or "120"; NULL: it is none.';

CREATE FUNCTION smart_parking.feature_address(properties jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT coalesce(
		smart_parking.first_text(properties, 'address', 'addr:full'),
		nullif(concat_ws(', ',
			nullif(concat_ws(' ', properties ->> 'addr:street', properties ->> 'addr:housenumber'), ''),
			nullif(concat_ws(' ', properties ->> 'addr:postcode', properties ->> 'addr:city'), '')), ''))
$$;
COMMENT ON FUNCTION smart_parking.feature_address(jsonb) IS 'The address in a feature''s properties, OpenStreetMap''s addr:* keys put together; NULL: none.';

CREATE FUNCTION smart_parking.feature_capacity(properties jsonb, OUT capacity integer, OUT kinds jsonb, OUT refusal text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	source_key text;
	n numeric;
	part record;
	special numeric := 0;
BEGIN
	SELECT k INTO source_key FROM unnest(ARRAY['total', 'capacity']) WITH ORDINALITY AS u(k, nth)
	WHERE coalesce(btrim(properties ->> k), '') <> '' ORDER BY nth LIMIT 1;
	IF source_key IS NULL THEN
		refusal := 'no_capacity: neither total nor capacity is given';
		RETURN;
	END IF;
	n := smart_parking.whole_number(properties -> source_key);
	IF n = 0 THEN
		-- feeds write 0 where they do not know
		refusal := format('no_capacity: %s is 0', source_key);
		RETURN;
	ELSIF n IS NULL OR n NOT BETWEEN 1 AND smart_parking.max_capacity() THEN
		refusal := format('bad_capacity: %s is %s', source_key, left((properties -> source_key)::text, 40));
		RETURN;
	END IF;

	-- capacity:disabled=yes says that there are some, capacity:conditional when: neither is a number of spots
	FOR part IN
		SELECT substr(key, 10) AS kind, value, smart_parking.whole_number(value) AS spots
		FROM jsonb_each(properties)
		WHERE key ~ '^capacity:[a-z][a-z0-9_]{0,30}$' AND key NOT IN ('capacity:conditional', 'capacity:standard')
		AND lower(value #>> '{}') NOT IN ('yes', 'no', 'unknown')
		ORDER BY key
	LOOP
		IF part.spots IS NULL OR part.spots < 0 THEN
			refusal := format('bad_capacity: capacity:%s is %s', part.kind, left(part.value::text, 40));
			RETURN;
		END IF;
		special := special + part.spots;
		kinds := coalesce(kinds, '{}') || jsonb_build_object(part.kind, part.spots);
	END LOOP;
	IF special > n THEN
		refusal := format('bad_capacity: the kinds add up to %s of %s spots', special, n);
		RETURN;
	END IF;
	capacity := n;
END $$;
COMMENT ON FUNCTION smart_parking.feature_capacity(jsonb) IS
'Capacity under total or capacity, kinds of spots within it under capacity:*. refusal: why it cannot be used.';

CREATE FUNCTION smart_parking.area_point(geometry jsonb, OUT latitude float8, OUT longitude float8)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	point geometry;
BEGIN
	point := ST_PointOnSurface(ST_GeomFromGeoJSON(geometry));
	latitude := ST_Y(point);
	longitude := ST_X(point);
-- PostGIS reports a broken geometry under one of these
EXCEPTION WHEN internal_error OR invalid_parameter_value THEN
	RETURN;
END $$;
COMMENT ON FUNCTION smart_parking.area_point(jsonb) IS 'A point within a Polygon or MultiPolygon; NULLs: it is broken or empty.';

CREATE FUNCTION smart_parking.degrees_of(value jsonb) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN abs(value::numeric) <= 180 THEN round(value::numeric, 17)::float8 END
$$;
COMMENT ON FUNCTION smart_parking.degrees_of(jsonb) IS
'A JSON number as degrees; NULL: out of range. JSON numbers may be too large or too small for float8, whose input would raise an error.';

CREATE FUNCTION smart_parking.feature_point(geometry jsonb, OUT latitude float8, OUT longitude float8, OUT refusal text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	kind text := geometry ->> 'type';
	place jsonb := geometry -> 'coordinates';
BEGIN
	IF coalesce(jsonb_typeof(geometry), 'null') = 'null' THEN
		refusal := 'no_geometry: the feature has no place';
		RETURN;
	ELSIF kind IS NULL THEN
		refusal := 'no_geometry: the geometry has no type';
		RETURN;
	ELSIF kind NOT IN ('Point', 'Polygon', 'MultiPolygon') THEN
		refusal := format('unsupported_geometry: %s', left(kind, 40));
		RETURN;
	END IF;

	IF kind <> 'Point' THEN
		-- a ring has 4 positions at least; PostGIS takes shorter ones too
		IF NOT (geometry @? CASE kind WHEN 'Polygon' THEN 'strict $.coordinates[*] ? (@.size() < 4)'
				ELSE 'strict $.coordinates[*][*] ? (@.size() < 4)' END::jsonpath) THEN
			SELECT * INTO latitude, longitude FROM smart_parking.area_point(geometry);
		END IF;
	ELSIF jsonb_typeof(place -> 0) = 'number' AND jsonb_typeof(place -> 1) = 'number' THEN
		longitude := smart_parking.degrees_of(place -> 0);
		latitude := smart_parking.degrees_of(place -> 1);
	END IF;
	IF NOT coalesce(latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180, false) THEN
		refusal := format('bad_coordinates: %s', left(coalesce(place::text, 'none'), 60));
	ELSIF longitude = latitude THEN
		-- a copying mistake, or 0, 0; on land hardly ever a place
		refusal := 'suspicious_coordinates: longitude equals latitude';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.feature_point(jsonb) IS
'Where a feature is: a Point, or a point on a Polygon or MultiPolygon. refusal: why it cannot be used.';

CREATE FUNCTION smart_parking.read_feature(feature jsonb) RETURNS smart_parking.lot_feature
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	lot smart_parking.lot_feature;
	properties jsonb := feature -> 'properties';
	point record;
	size record;
BEGIN
	IF jsonb_typeof(feature) <> 'object' OR feature ->> 'type' IS DISTINCT FROM 'Feature' THEN
		lot.refusal := 'not_a_feature: an object of type Feature is expected';
		RETURN lot;
	ELSIF coalesce(jsonb_typeof(properties), 'null') <> 'object' THEN
		properties := '{}';
	END IF;

	lot.properties := properties;
	lot.name := smart_parking.first_text(properties, 'name');
	lot.source_id := coalesce(smart_parking.first_text(feature, 'id'),
		smart_parking.first_text(properties, 'id', 'source_id', '@id', 'obs_id'), lot.name);
	lot.address := smart_parking.feature_address(properties);
	point := smart_parking.feature_point(feature -> 'geometry');
	lot.latitude := point.latitude;
	lot.longitude := point.longitude;
	size := smart_parking.feature_capacity(properties);
	lot.capacity := size.capacity;
	lot.kinds := size.kinds;
	lot.refusal := CASE
		WHEN properties ->> 'type' = 'city' THEN 'not_a_lot: type city'
		WHEN properties ->> 'amenity' NOT IN ('parking', 'parking_space')
			THEN format('not_a_lot: amenity %s', left(properties ->> 'amenity', 40))
		WHEN lot.name IS NULL THEN 'no_name: the lot has no name'
		WHEN octet_length(lot.source_id) > 500 THEN 'bad_id: longer than 500 bytes'
		ELSE coalesce(point.refusal, size.refusal)
	END;
	RETURN lot;
END $$;
COMMENT ON FUNCTION smart_parking.read_feature(jsonb) IS 'Reads one GeoJSON feature. Writes nothing and raises no error: see refusal.';

CREATE FUNCTION smart_parking.wanted_kinds(parking_id uuid, capacity integer, kinds jsonb)
RETURNS TABLE (kind text, have integer, want integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
	WITH present AS (
		SELECT s.kind, count(*)::integer AS have FROM smart_parking.spot AS s
		WHERE s.parking_id = wanted_kinds.parking_id AND NOT s.retired GROUP BY s.kind
	), special AS (
		SELECT coalesce(p.kind, k.key) AS kind, coalesce(p.have, 0) AS have, coalesce(k.value::integer, p.have) AS want
		FROM (SELECT * FROM present WHERE kind <> 'standard') AS p
		FULL JOIN jsonb_each_text(coalesce(kinds, '{}')) AS k ON k.key = p.kind
	)
	SELECT 'standard', coalesce((SELECT have FROM present WHERE kind = 'standard'), 0),
		capacity - coalesce((SELECT sum(want) FROM special)::integer, 0)
	UNION ALL
	SELECT kind, have, want FROM special
$$;
COMMENT ON FUNCTION smart_parking.wanted_kinds(uuid, integer, jsonb) IS
'Spots of each kind that a lot has, and should have after an import. '
'Kinds that the import does not name keep theirs; standard spots are the rest.';

CREATE FUNCTION smart_parking.update_from_feature(
	lot smart_parking.parking, feature smart_parking.lot_feature, OUT action text, OUT reason text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	place geography := smart_parking.location_of(feature.latitude, feature.longitude);
	part record;
BEGIN
	action := 'unchanged';
	SELECT kind, want INTO part FROM smart_parking.wanted_kinds(lot.id, feature.capacity, feature.kinds) WHERE want < 0;
	IF FOUND THEN
		action := 'refused';
		reason := format('bad_capacity: the lot''s other kinds have more than %s spots', feature.capacity);
		RETURN;
	END IF;

	FOR part IN
		SELECT kind, want FROM smart_parking.wanted_kinds(lot.id, feature.capacity, feature.kinds)
		WHERE have <> want ORDER BY kind COLLATE "C"
	LOOP
		action := 'updated';
		PERFORM smart_parking.resize_kind(lot, part.kind, part.want);
	END LOOP;
	IF action = 'updated' THEN
		INSERT INTO smart_parking.parking_event (parking_id, event, reason, details)
		VALUES (lot.id, 'resized', 'import',
			jsonb_build_object('from', lot.total_capacity, 'to', feature.capacity, 'kinds', feature.kinds));
	END IF;
	UPDATE smart_parking.parking AS p
	SET name = feature.name, address = feature.address, location = place,
		properties = feature.properties, total_capacity = feature.capacity
	WHERE p.id = lot.id
	AND (p.name, p.address, p.location::text, p.properties, p.total_capacity)
		IS DISTINCT FROM (feature.name, feature.address, place::text, feature.properties, feature.capacity);
	IF FOUND THEN
		action := 'updated';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.update_from_feature(smart_parking.parking, smart_parking.lot_feature) IS
'Brings a lot in line with a feature. The caller has locked the lot''s row. action: updated, unchanged or refused.';

CREATE FUNCTION smart_parking.apply_feature(source text, feature smart_parking.lot_feature,
	OUT action text, OUT reason text, OUT parking_id uuid)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	lot smart_parking.parking;
BEGIN
	SELECT p.* INTO lot FROM smart_parking.parking AS p
	WHERE p.source = apply_feature.source AND p.source_id = feature.source_id
	FOR NO KEY UPDATE;
	parking_id := lot.id;
	IF FOUND THEN
		SELECT u.action, u.reason INTO action, reason FROM smart_parking.update_from_feature(lot, feature) AS u;
	ELSE
		parking_id := smart_parking.add_parking(feature.name, feature.latitude, feature.longitude, feature.capacity,
			feature.address, feature.kinds, properties => feature.properties,
			source => apply_feature.source, source_id => feature.source_id);
		action := 'added';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.apply_feature(text, smart_parking.lot_feature) IS
'Adds the lot that a feature describes, or brings the one that came from there before in line with it.';

CREATE FUNCTION smart_parking.import_parkings(features jsonb, source text)
RETURNS TABLE (source_id text, name text, action text, reason text, parking_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	item record;
BEGIN
	PERFORM smart_parking.require_argument('features', features IS NOT NULL);
	PERFORM smart_parking.require_argument('source', source IS NOT NULL);
	IF btrim(source) = '' OR octet_length(source) > 500 THEN
		RAISE EXCEPTION 'source is empty or longer than 500 bytes' USING ERRCODE = 'SP019',
			HINT = 'Name where the lots come from; a later import from there updates them.';
	ELSIF jsonb_typeof(features) <> 'object' OR features ->> 'type' IS DISTINCT FROM 'FeatureCollection'
		OR coalesce(jsonb_typeof(features -> 'features'), 'null') <> 'array' THEN
		RAISE EXCEPTION 'this is not a GeoJSON FeatureCollection' USING ERRCODE = 'SP018',
			HINT = 'An object is expected with "type": "FeatureCollection" and an array "features" (RFC 7946).';
	END IF;

	FOR item IN
		SELECT f AS lot, row_number() OVER (PARTITION BY f.source_id, f.refusal IS NULL ORDER BY e.nth) > 1 AS again
		FROM jsonb_array_elements(features -> 'features') WITH ORDINALITY AS e(value, nth)
		CROSS JOIN LATERAL smart_parking.read_feature(e.value) AS f
		ORDER BY e.nth
	LOOP
		source_id := (item.lot).source_id;
		name := (item.lot).name;
		parking_id := NULL;
		IF (item.lot).refusal IS NOT NULL THEN
			action := 'refused';
			reason := (item.lot).refusal;
		ELSIF item.again THEN
			action := 'refused';
			reason := format('duplicate_id: "%s" came before in this import', source_id);
		ELSE
			SELECT * INTO action, reason, parking_id FROM smart_parking.apply_feature(import_parkings.source, item.lot);
		END IF;
		RETURN NEXT;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking.import_parkings(jsonb, text) IS
'Takes lots from a GeoJSON FeatureCollection (RFC 7946): new ones are added, those that came from the same source before are updated, '
'features that are no lots are refused one by one. '
'Arguments: features; source, a name for where they come from. '
'A feature needs a name, a Point, Polygon or MultiPolygon, and its capacity under total or capacity, as number or string; '
'capacity:disabled and the like are kinds within it. It is known again by id, else properties id, source_id, @id or obs_id, else by name. '
'Result: a row a feature. action is added, updated, unchanged or refused; reason begins with one of not_a_feature, not_a_lot, '
'no_name, bad_id, no_geometry, unsupported_geometry, bad_coordinates, suspicious_coordinates, no_capacity, bad_capacity, duplicate_id. '
'Errors, with nothing imported: SP016 NULL, SP018 not a FeatureCollection, SP019 source empty or longer than 500 bytes.';

-- Only area_point() and update_from_feature() touch PostGIS; see the end of lots.sql.
DO $do$
DECLARE
	postgis_schema name := (SELECT nspname FROM pg_catalog.pg_extension AS e
		JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE extname = 'postgis');
	signature text;
BEGIN
	FOREACH signature IN ARRAY ARRAY['area_point(jsonb)',
		'update_from_feature(smart_parking.parking, smart_parking.lot_feature)']
	LOOP
		EXECUTE pg_catalog.format('ALTER FUNCTION smart_parking.%s '
			'SET search_path = pg_catalog, smart_parking, %I, pg_temp', signature, postgis_schema);
	END LOOP;
END $do$;
-- Search: read-only, so that it works on a hot standby.

CREATE VIEW smart_parking.reclaimable_hold AS
	SELECT b.id AS booking_id, b.parking_id, b.spot_no, s.kind, b.expires_at
	FROM smart_parking.booking AS b
	JOIN smart_parking.spot AS s ON s.parking_id = b.parking_id AND s.spot_no = b.spot_no
	WHERE b.status = 'pending' AND s.in_service;
COMMENT ON VIEW smart_parking.reclaimable_hold IS
'Holds whose spot can be given to the next driver from expires_at on, swept or not. '
'Free spots at an instant: the counter plus the rows with expires_at at or before it.';

CREATE VIEW smart_parking.parking_status AS
	SELECT p.id, p.name, p.address,
		ST_Y(p.location::geometry) AS latitude, ST_X(p.location::geometry) AS longitude,
		p.total_capacity,
		(counter.free_spots + lapsed.holds)::integer AS free_spots_counter,
		counter.in_service::integer AS spots_in_service,
		p.is_open, p.time_zone, p.source, p.source_id
	FROM smart_parking.parking AS p
	CROSS JOIN LATERAL (
		SELECT coalesce(sum(c.free_spots), 0) AS free_spots,
			coalesce(sum(smart_parking.spots_in_map(c.service_map)), 0) AS in_service
		FROM smart_parking.counter_slice AS c WHERE c.parking_id = p.id
	) AS counter
	CROSS JOIN LATERAL (
		-- statement_timestamp(), since the index cannot be used with the clock itself
		SELECT count(*) AS holds FROM smart_parking.reclaimable_hold AS h
		WHERE h.parking_id = p.id AND h.expires_at <= statement_timestamp()
	) AS lapsed;
COMMENT ON VIEW smart_parking.parking_status IS 'One row a lot: where it is and what is free in it now.';
COMMENT ON COLUMN smart_parking.parking_status.latitude IS 'Degrees on WGS 84.';
COMMENT ON COLUMN smart_parking.parking_status.longitude IS 'Degrees on WGS 84.';
COMMENT ON COLUMN smart_parking.parking_status.free_spots_counter IS
'Spots of all kinds that a driver could get at the start of the statement, those of lapsed holds included.';
COMMENT ON COLUMN smart_parking.parking_status.spots_in_service IS 'Spots that are not out of service, free or not.';

CREATE TYPE smart_parking.nearby_lot AS (
	parking_id		uuid,
	name			text,
	address			text,
	latitude		float8,
	longitude		float8,
	distance_m		float8,
	total_capacity	integer,
	free_spots		integer
);
COMMENT ON TYPE smart_parking.nearby_lot IS 'A row of nearby_parking().';

CREATE FUNCTION smart_parking.lots_in_reach(
	here geography, radius_m float8, enough integer, kind text, min_free integer, instant timestamptz)
RETURNS SETOF smart_parking.nearby_lot
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS $$
DECLARE
	-- The index gives lots in the order of their distance on a sphere. Lengths on the spheroid are at least
	-- 0.994 of those: the least radius of curvature of WGS 84, 6,335,439 m, by PostGIS's sphere, 6,371,009 m.
	spheroid_by_sphere CONSTANT float8 := 0.994;
	-- A cursor, so that no lot is counted that is not needed. Bounded by ST_DWithin and ordered by <->, both
	-- by one scan of parking_location: neither a sort of a large neighbourhood nor a walk over the Earth for a full one.
	candidates CURSOR FOR
		SELECT p.id, p.name, p.address,
			ST_Y(p.location::geometry) AS latitude, ST_X(p.location::geometry) AS longitude,
			p.location <-> here AS sphere_m, ST_Distance(p.location, here, true) AS spheroid_m,
			p.total_capacity, (counter.free_spots + lapsed.holds)::integer AS free_spots
		FROM smart_parking.parking AS p
		CROSS JOIN LATERAL (
			SELECT coalesce(sum(c.free_spots), 0) AS free_spots FROM smart_parking.counter_slice AS c
			WHERE c.parking_id = p.id AND (lots_in_reach.kind IS NULL OR c.kind = lots_in_reach.kind)
		) AS counter
		CROSS JOIN LATERAL (
			SELECT count(*) AS holds FROM smart_parking.reclaimable_hold AS h
			WHERE h.parking_id = p.id AND h.expires_at <= instant
			AND (lots_in_reach.kind IS NULL OR h.kind = lots_in_reach.kind)
		) AS lapsed
		WHERE p.is_open AND ST_DWithin(p.location, here, radius_m, true) AND counter.free_spots + lapsed.holds >= min_free
		ORDER BY p.location <-> here;
	lot record;
	lots integer := 0;
	farthest_m float8 := 0;
BEGIN
	OPEN candidates;
	LOOP
		FETCH candidates INTO lot;
		EXIT WHEN NOT FOUND OR (lots >= enough AND lot.sphere_m * spheroid_by_sphere > farthest_m);
		RETURN NEXT ROW(lot.id, lot.name, lot.address, lot.latitude, lot.longitude, lot.spheroid_m,
			lot.total_capacity, lot.free_spots)::smart_parking.nearby_lot;
		lots := lots + 1;
		farthest_m := greatest(farthest_m, lot.spheroid_m);
	END LOOP;
	CLOSE candidates;
END $$;
COMMENT ON FUNCTION smart_parking.lots_in_reach(geography, float8, integer, text, integer, timestamptz) IS
'Open lots with at least min_free free spots within radius_m: the nearest ones on a sphere, as many as enough, '
'and those after them that may be nearer on the spheroid.';

CREATE FUNCTION smart_parking.nearby_parking(
	latitude float8, longitude float8, radius_m float8 DEFAULT 2000, max_results integer DEFAULT 20,
	kind text DEFAULT NULL, min_free integer DEFAULT 1)
RETURNS SETOF smart_parking.nearby_lot
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER AS $$
DECLARE
	-- WGS 84: the equator's radius, 6,378,137 m, times pi
	half_earth_m CONSTANT float8 := 20037508;
BEGIN
	PERFORM smart_parking.check_coordinates(latitude, longitude);
	PERFORM smart_parking.require_argument('radius_m', radius_m IS NOT NULL);
	PERFORM smart_parking.require_argument('max_results', max_results IS NOT NULL);
	PERFORM smart_parking.require_argument('min_free', min_free IS NOT NULL);
	IF NOT (radius_m BETWEEN 0 AND half_earth_m) THEN
		RAISE EXCEPTION 'a search radius cannot be % m', radius_m
			USING ERRCODE = 'SP014', HINT = 'It is 0 to 20037508 m, half way around the Earth.';
	ELSIF max_results NOT BETWEEN 1 AND 1000 THEN
		RAISE EXCEPTION 'max_results cannot be %', max_results USING ERRCODE = 'SP017', HINT = 'It is 1 to 1000.';
	ELSIF min_free < 1 THEN
		RAISE EXCEPTION 'min_free cannot be %', min_free USING ERRCODE = 'SP017', HINT = 'It is 1 or more.';
	END IF;

	RETURN QUERY
	SELECT r.* FROM smart_parking.lots_in_reach(smart_parking.location_of(latitude, longitude),
		radius_m, max_results, nearby_parking.kind, min_free, clock_timestamp()) AS r
	ORDER BY r.distance_m, r.parking_id
	LIMIT max_results;
END $$;
COMMENT ON FUNCTION smart_parking.nearby_parking(float8, float8, float8, integer, text, integer) IS
'Open lots near a place with free spots, nearest first. Reads only, so it works on a hot standby. '
'Arguments: latitude and longitude in degrees on WGS 84; radius_m in metres along the ground, 0 to 20,037,508; '
'max_results, 1 to 1,000; kind of spot (NULL: any); min_free, how many free spots a lot must have, at least 1. '
'Result: a row a lot. distance_m is exact on the spheroid WGS 84; total_capacity counts spots of all kinds, free_spots those of the kind, '
'at the calling statement''s snapshot, with holds that have lapsed counted as free. No rows if there is none. '
'Errors: SP013 coordinates, SP014 radius_m, SP016 NULL, SP017 max_results or min_free. '
'Half the Earth''s circumference is that of the equator of WGS 84 (NIMA TR8350.2: a = 6,378,137 m).';

-- Generic plans from the first call on: the plan is the same whatever the arguments, and planning takes
-- longer than the search. By indexes from the first call on: a session keeps its plan while tables grow.
-- The schema of PostGIS: see the end of lots.sql.
DO $do$
DECLARE
	postgis_schema name := (SELECT nspname FROM pg_catalog.pg_extension AS e
		JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE extname = 'postgis');
	signature text;
BEGIN
	FOREACH signature IN ARRAY ARRAY['lots_in_reach(geography, float8, integer, text, integer, timestamptz)',
		'nearby_parking(float8, float8, float8, integer, text, integer)']
	LOOP
		EXECUTE pg_catalog.format('ALTER FUNCTION smart_parking.%s '
			'SET search_path = pg_catalog, smart_parking, %I, pg_temp', signature, postgis_schema);
		EXECUTE pg_catalog.format('ALTER FUNCTION smart_parking.%s SET plan_cache_mode = force_generic_plan', signature);
	END LOOP;
	ALTER FUNCTION smart_parking.lots_in_reach(geography, float8, integer, text, integer, timestamptz) SET enable_seqscan = off;
	ALTER FUNCTION smart_parking.lots_in_reach(geography, float8, integer, text, integer, timestamptz) SET enable_bitmapscan = off;
END $do$;
-- The promises, recomputed from spots and bookings.
--
-- One statement, hence one snapshot: it may run while drivers come and go. It compares no instants of
-- different calls beyond what their order guarantees: a call that waited for a lock carries the instant at which it began.

CREATE FUNCTION smart_parking.check_invariants()
RETURNS TABLE (invariant text, parking_id uuid, booking_id uuid, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
-- it reads everything, so hash joins are right; others only seem cheap where statistics are old
SET enable_nestloop = off SET enable_mergejoin = off AS $$
	WITH active AS (
		SELECT b.id, b.parking_id, b.spot_no, b.car_plate::text AS car_plate
		FROM smart_parking.booking AS b
		WHERE b.status IN ('pending', 'confirmed')
	),
	spot_now AS (
		SELECT s.parking_id, s.spot_no, s.kind, s.slice_no, s.in_service, s.retired, a.bookings, c.first_spot_no,
			c.slice_no IS NOT NULL AND s.spot_no BETWEEN c.first_spot_no AND c.first_spot_no + c.spots - 1 AS counted
		FROM smart_parking.spot AS s
		LEFT JOIN smart_parking.counter_slice AS c USING (parking_id, kind, slice_no)
		LEFT JOIN (SELECT a.parking_id, a.spot_no, count(*) AS bookings FROM active AS a GROUP BY 1, 2) AS a
			USING (parking_id, spot_no)
	),
	-- what each slice should be
	slice_from_spots AS (
		SELECT s.parking_id, s.kind, s.slice_no, count(*) AS spots,
			coalesce(bit_or(b.bit) FILTER (WHERE s.in_service), 0) AS service_map,
			coalesce(bit_or(b.bit) FILTER (WHERE s.in_service AND s.bookings IS NULL), 0) AS free_map
		FROM spot_now AS s
		CROSS JOIN LATERAL (SELECT 1::bigint << (s.spot_no - s.first_spot_no) AS bit) AS b
		WHERE s.counted
		GROUP BY s.parking_id, s.kind, s.slice_no
	),
	slice AS (
		SELECT c.*, coalesce(t.spots, 0) AS true_spots,
			coalesce(t.service_map, 0) AS true_service_map, coalesce(t.free_map, 0) AS true_free_map,
			format('slice %s %s: ', c.kind, c.slice_no) AS label
		FROM smart_parking.counter_slice AS c
		LEFT JOIN slice_from_spots AS t USING (parking_id, kind, slice_no)
	),
	lot AS (
		SELECT p.id, p.total_capacity,
			(SELECT coalesce(sum(c.free_spots), 0) FROM smart_parking.counter_slice AS c WHERE c.parking_id = p.id) AS free_spots,
			coalesce(s.present, 0) AS present, coalesce(s.in_service, 0) AS in_service,
			coalesce(s.bookings, 0) AS bookings, coalesce(s.bookings_out, 0) AS bookings_out
		FROM smart_parking.parking AS p
		LEFT JOIN (
			SELECT n.parking_id,
				count(*) FILTER (WHERE NOT n.retired) AS present,
				count(*) FILTER (WHERE n.in_service) AS in_service,
				sum(n.bookings) AS bookings,
				sum(n.bookings) FILTER (WHERE NOT n.in_service) AS bookings_out
			FROM spot_now AS n GROUP BY n.parking_id
		) AS s ON s.parking_id = p.id
	),
	-- the event that each transition leaves
	transition AS (
		SELECT b.id, b.parking_id, 'confirmed' AS event FROM smart_parking.booking AS b
		WHERE b.status IN ('confirmed', 'completed')
		UNION ALL
		SELECT b.id, b.parking_id, b.status::text FROM smart_parking.booking AS b
		WHERE b.status IN ('completed', 'cancelled', 'expired')
	)

	-- 1. Never oversold.
	SELECT 'counter_in_step', s.parking_id, NULL::uuid,
		s.label || format('free_spots is %s, free_map has %s', s.free_spots, smart_parking.spots_in_map(s.free_map))
	FROM slice AS s WHERE s.free_spots <> smart_parking.spots_in_map(s.free_map)
	UNION ALL
	SELECT 'service_map_in_step', s.parking_id, NULL,
		s.label || format('service_map is %s, its spots say %s', s.service_map::bit(64), s.true_service_map::bit(64))
	FROM slice AS s WHERE s.service_map <> s.true_service_map
	UNION ALL
	SELECT 'free_map_in_step', s.parking_id, NULL,
		s.label || format('free_map is %s, spots and bookings say %s', s.free_map::bit(64), s.true_free_map::bit(64))
	FROM slice AS s WHERE s.free_map <> s.true_free_map
	UNION ALL
	SELECT 'slice_has_its_spots', s.parking_id, NULL, s.label || format('it is for %s spots, %s are there', s.spots, s.true_spots)
	FROM slice AS s WHERE s.spots <> s.true_spots
	UNION ALL
	SELECT 'spot_counted_once', n.parking_id, NULL, format('spot %s is not within slice %s %s', n.spot_no, n.kind, n.slice_no)
	FROM spot_now AS n WHERE NOT n.counted
	UNION ALL
	SELECT 'capacity_in_step', l.id, NULL, format('total_capacity is %s, %s spots are not retired', l.total_capacity, l.present)
	FROM lot AS l WHERE l.total_capacity <> l.present

	-- 2. One spot, one driver.
	UNION ALL
	SELECT 'one_booking_per_spot', a.parking_id, max(a.id::text)::uuid, format('spot %s has %s active bookings', a.spot_no, count(*))
	FROM active AS a GROUP BY a.parking_id, a.spot_no HAVING count(*) > 1
	UNION ALL
	SELECT 'one_booking_per_plate', a.parking_id, max(a.id::text)::uuid, format('%s has %s active bookings', a.car_plate, count(*))
	FROM active AS a GROUP BY a.parking_id, a.car_plate HAVING count(*) > 1
	UNION ALL
	SELECT 'booking_has_a_spot', b.parking_id, b.id, format('the lot has no spot %s', b.spot_no)
	FROM smart_parking.booking AS b
	WHERE NOT EXISTS (SELECT FROM smart_parking.spot AS s WHERE s.parking_id = b.parking_id AND s.spot_no = b.spot_no)

	-- 3. In step.
	UNION ALL
	SELECT 'lot_in_balance', l.id, NULL,
		format('%s free + %s booked <> %s in service + %s booked out of service', l.free_spots, l.bookings, l.in_service, l.bookings_out)
	FROM lot AS l WHERE l.free_spots + l.bookings <> l.in_service + l.bookings_out

	-- 4. A transition happens once, and in order.
	UNION ALL
	SELECT 'status_fits_instants', b.parking_id, b.id,
		format('%s: confirmed %s, ended %s', b.status, coalesce(b.confirmed_at::text, 'never'), coalesce(b.ended_at::text, 'never'))
	FROM smart_parking.booking AS b
	WHERE (b.confirmed_at IS NULL) <> (b.status NOT IN ('confirmed', 'completed'))
	OR (b.ended_at IS NULL) <> (b.status IN ('pending', 'confirmed'))
	UNION ALL
	SELECT 'hold_has_a_life', b.parking_id, b.id, format('created %s, expires %s', b.created_at, b.expires_at)
	FROM smart_parking.booking AS b WHERE b.expires_at <= b.created_at
	UNION ALL
	SELECT 'transition_once', NULL, e.booking_id, format('%s events say %s', count(*), e.event)
	FROM smart_parking.booking_event AS e
	WHERE e.event IN ('confirmed', 'completed', 'cancelled', 'expired')
	GROUP BY e.booking_id, e.event HAVING count(*) > 1

	-- 7. History stays.
	UNION ALL
	SELECT 'transition_on_record', t.parking_id, t.id, format('no event says %s', t.event)
	FROM transition AS t
	WHERE NOT EXISTS (SELECT FROM smart_parking.booking_event AS e WHERE e.booking_id = t.id AND e.event = t.event)
	UNION ALL
	SELECT 'event_has_a_booking', NULL, e.booking_id, format('%s at %s', e.event, e.happened_at)
	FROM smart_parking.booking_event AS e
	WHERE NOT EXISTS (SELECT FROM smart_parking.booking AS b WHERE b.id = e.booking_id)
	UNION ALL
	SELECT 'barrier_opened_on_a_verdict', g.parking_id, r.booking_id,
		format('command %s, its read says %s', c.id, coalesce(r.decision, 'nothing: there is none'))
	FROM smart_parking.barrier_command AS c
	LEFT JOIN smart_parking.gate AS g ON g.id = c.gate_id
	LEFT JOIN smart_parking.plate_read AS r ON r.id = c.plate_read_id
	WHERE r.decision IS DISTINCT FROM 'open'
$$;
COMMENT ON FUNCTION smart_parking.check_invariants() IS
'Recomputes counters, maps and balances from spots and bookings, and looks through the history. '
'Result: a row for each violation; none is the healthy answer. invariant is one of counter_in_step, service_map_in_step, '
'free_map_in_step, slice_has_its_spots, spot_counted_once, capacity_in_step, one_booking_per_spot, one_booking_per_plate, '
'booking_has_a_spot, lot_in_balance, status_fits_instants, hold_has_a_life, transition_once, transition_on_record, event_has_a_booking, '
'barrier_opened_on_a_verdict; parking_id and booking_id where they apply; detail for a person to read. '
'Reads every table once, so it takes seconds per million bookings; locks nothing.';
-- Who may do what. The last part of the install script: it covers what all others made.

REVOKE ALL ON ALL TABLES IN SCHEMA smart_parking FROM PUBLIC;

-- PUBLIC keeps pure functions only: those of the type license_plate, of ids, of maps, which CHECKs, indexes
-- and views run with the rights of whoever uses them. What reads or writes data has to be granted.
DO $do$
DECLARE
	routine regprocedure;
BEGIN
	FOR routine IN
		SELECT p.oid FROM pg_catalog.pg_proc AS p
		WHERE p.pronamespace = 'smart_parking'::pg_catalog.regnamespace AND p.provolatile <> 'i'
		-- the binary form of a type depends on the client's encoding, nothing else
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS t WHERE p.oid IN (t.typreceive, t.typsend))
	LOOP
		EXECUTE pg_catalog.format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', routine);
	END LOOP;
END $do$;

CREATE FUNCTION smart_parking.check_role(role_name name) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking.require_argument('role_name', role_name IS NOT NULL);
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
		RAISE EXCEPTION 'there is no role "%"', role_name
			USING ERRCODE = 'SP019', HINT = format('Make it first: CREATE ROLE %I.', role_name);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.check_role(name) IS 'Raises SP016 for NULL, SP019 for a role that does not exist.';

CREATE FUNCTION smart_parking.grant_access(role_name name, plane text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	objects text[];
	object text;
BEGIN
	PERFORM smart_parking.check_role(role_name);
	PERFORM smart_parking.require_argument('plane', plane IS NOT NULL);
	objects := CASE plane
		WHEN 'application' THEN ARRAY[
			'EXECUTE ON FUNCTION smart_parking.nearby_parking(float8, float8, float8, integer, text, integer)',
			'EXECUTE ON FUNCTION smart_parking.reserve_spot(uuid, uuid, text, interval, text, uuid)',
			'EXECUTE ON FUNCTION smart_parking.extend_hold(uuid, interval)',
			'EXECUTE ON FUNCTION smart_parking.cancel_booking(uuid, text)',
			'EXECUTE ON FUNCTION smart_parking.home_cell(uuid)',
			'SELECT ON smart_parking.parking_status, smart_parking.parking, smart_parking.spot, '
				'smart_parking.booking, smart_parking.booking_event']
		WHEN 'gate' THEN ARRAY[
			'EXECUTE ON FUNCTION smart_parking.validate_plate(uuid, text, timestamptz, real, text)']
		WHEN 'operator' THEN ARRAY[
			'EXECUTE ON ALL ROUTINES IN SCHEMA smart_parking',
			'SELECT ON ALL TABLES IN SCHEMA smart_parking']
	END;
	IF objects IS NULL THEN
		RAISE EXCEPTION 'unknown plane "%"', plane
			USING ERRCODE = 'SP019', HINT = 'A role gets access as application, gate or operator.';
	END IF;

	EXECUTE format('GRANT USAGE ON SCHEMA smart_parking TO %I', role_name);
	FOREACH object IN ARRAY objects LOOP
		EXECUTE format('GRANT %s TO %I', object, role_name);
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking.grant_access(name, text) IS
'Grants a role what it needs. Arguments: role_name; plane: '
'application: search, hold, extend, cancel, and read lots, spots, bookings and their events; '
'gate: validate_plate() and nothing else; operator: every function, and read every table. A role may be given several. '
'Nobody gets to write tables: functions do that. Runs with the caller''s rights, so only the owner and superusers can grant. '
'After an upgrade of the extension call it again, for what is new. Errors: SP016 NULL, SP019 unknown role or plane.';

CREATE FUNCTION smart_parking.revoke_access(role_name name) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking.check_role(role_name);
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA smart_parking FROM %I', role_name);
	EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA smart_parking FROM %I', role_name);
	EXECUTE format('REVOKE ALL ON SCHEMA smart_parking FROM %I', role_name);
END $$;
COMMENT ON FUNCTION smart_parking.revoke_access(name) IS
'Takes from a role whatever grant_access() gave it. Argument: role_name. Runs with the caller''s rights. '
'Errors: SP016 NULL, SP019 unknown role.';

REVOKE ALL ON FUNCTION smart_parking.check_role(name), smart_parking.grant_access(name, text), smart_parking.revoke_access(name)
	FROM PUBLIC;
