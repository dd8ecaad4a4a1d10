-- Lots, their spots, and the spot counter cut into slices.

CREATE FUNCTION smart_parking_internal.duration_within(duration interval, shortest interval, longest interval) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.duration_within(interval, interval, interval) IS
'Whether an interval has no negative part and lies between two others, both included: what a lot or gate may be set to. NULL for NULL.';

DO $do$ BEGIN
EXECUTE pg_catalog.format($sql$
CREATE TABLE smart_parking.parking (
	id				uuid PRIMARY KEY,
	name			text NOT NULL CHECK (name <> ''),
	address			text,
	location		%I.geography(Point, 4326) NOT NULL,
	total_capacity	integer NOT NULL CHECK (total_capacity BETWEEN 1 AND 100000),
	hold_duration	interval NOT NULL DEFAULT '15 minutes' CHECK (smart_parking_internal.duration_within(hold_duration, '1 microsecond', '7 days')),
	is_open			boolean NOT NULL DEFAULT true,
	time_zone		text NOT NULL DEFAULT 'UTC',
	slice_size		smallint NOT NULL DEFAULT 8 CHECK (slice_size BETWEEN 1 AND 62),
	properties		jsonb NOT NULL DEFAULT '{}',
	source			text,
	source_id		text,
	created_at		timestamptz NOT NULL DEFAULT now(),
	walk_in			boolean NOT NULL DEFAULT false,
	max_stay		interval CHECK (smart_parking_internal.duration_within(max_stay, '1 microsecond', '10 years')),
	has_queue		boolean NOT NULL DEFAULT false,
	access			text NOT NULL DEFAULT 'public' CHECK (access IN ('public', 'customers', 'permit', 'private', 'no')),
	max_height_m	numeric,
	fee				boolean,
	opening_hours	text,
	outside_open	boolean,
	UNIQUE (source, source_id),
	CHECK ((source IS NULL) = (source_id IS NULL)),
	CONSTRAINT booked_or_counted CHECK (outside_open IS NULL OR NOT is_open)
)
$sql$, smart_parking_internal.postgis_schema());
END $do$;
SELECT pg_catalog.pg_extension_config_dump('smart_parking.parking', '');

CREATE INDEX parking_max_stay ON smart_parking.parking (id) WHERE max_stay IS NOT NULL;
CREATE INDEX parking_queue ON smart_parking.parking (id) WHERE has_queue;
CREATE INDEX parking_location ON smart_parking.parking USING gist (location);
-- for areas of a map, which are boxes in degrees
DO $do$ BEGIN
EXECUTE pg_catalog.format('CREATE INDEX parking_point ON smart_parking.parking USING gist ((location::%I.geometry))', smart_parking_internal.postgis_schema());
END $do$;

COMMENT ON TABLE smart_parking.parking IS
'A lot: a place with spots. No call of the hot path writes this row, so that reservations in one lot do not queue for it.';
COMMENT ON COLUMN smart_parking.parking.id IS 'UUID of version 7 that carries the lot''s home cell (home_cell(id)), so that an id alone tells the region.';
COMMENT ON COLUMN smart_parking.parking.location IS 'Point on WGS 84, longitude before latitude as in PostGIS.';
COMMENT ON COLUMN smart_parking.parking.total_capacity IS 'Spots that belong to the lot, those out of service for a while included, retired ones not.';
COMMENT ON COLUMN smart_parking.parking.hold_duration IS 'How long a hold lasts when the caller does not say, at most 7 days and smart_parking.max_hold.';
COMMENT ON COLUMN smart_parking.parking.is_open IS 'Whether new holds are given. Cars with a booking come in and go out of a closed lot too. Never true of a lot that is counted from outside.';
COMMENT ON COLUMN smart_parking.parking.slice_size IS 'Spots in a new counter slice: 1 to 62. Small slices let more commits be under way at once, see docs/decisions.md.';
COMMENT ON COLUMN smart_parking.parking.walk_in IS 'Whether a car without a booking is let in while there is a free spot.';
COMMENT ON COLUMN smart_parking.parking.max_stay IS 'A stay that lasts longer is closed by the sweeper, with that reason; at most 10 years, a day counts as 24 hours, a month as 30 days; NULL: no limit.';
COMMENT ON COLUMN smart_parking.parking.has_queue IS 'Whether somebody waits in a queue of the lot: then reservations look there. Written when the first one joins and when the last one has gone.';
COMMENT ON COLUMN smart_parking.parking.access IS 'Who may park: public, customers, permit (residents, staff and others with one), private, or no; search leaves all but public out unless asked. Reservations do not look at it.';
COMMENT ON COLUMN smart_parking.parking.max_height_m IS 'The highest vehicle that fits, in metres, as the import''s file says; NULL: not known.';
COMMENT ON COLUMN smart_parking.parking.fee IS 'Whether parking costs money, as the import''s file says; NULL: not known.';
COMMENT ON COLUMN smart_parking.parking.opening_hours IS 'When it is open, as the import''s file says; OpenStreetMap and ParkAPI write "Mo-Sa 06:00-22:00", "24/7". NULL: not known.';
COMMENT ON COLUMN smart_parking.parking.outside_open IS
'NULL: the lot is booked here. Else it is not, its free spots are counted from outside (outside_count), and this says whether it is open; see set_counted_outside().';
COMMENT ON CONSTRAINT booked_or_counted ON smart_parking.parking IS 'A lot that is counted from outside gives no holds.';
COMMENT ON COLUMN smart_parking.parking.source IS 'Where the lot was imported from; with source_id the key of a later import.';

CREATE TABLE smart_parking.counter_slice (
	parking_id		uuid NOT NULL,
	slice_no		integer NOT NULL,
	first_spot_no	integer NOT NULL,
	spots			integer NOT NULL,
	free_spots		integer NOT NULL,
	free_map		bigint NOT NULL,
	service_map		bigint NOT NULL,
	kind			text COLLATE "C" NOT NULL,
	PRIMARY KEY (parking_id, kind, slice_no),
	CONSTRAINT never_oversold CHECK (free_spots >= 0),
	CONSTRAINT maps_in_step CHECK (smart_parking_internal.slice_in_step(spots, free_spots, free_map, service_map))
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
	parking_id		uuid NOT NULL,
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
'check_invariants() compares the two.';
COMMENT ON COLUMN smart_parking.spot.in_service IS 'False while the spot cannot be given to a new driver. A car that stands there stays.';
COMMENT ON COLUMN smart_parking.spot.retired IS 'True once resize_parking took the spot out of the lot; it stays on record for its bookings.';
