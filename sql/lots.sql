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
COMMENT ON COLUMN smart_parking.parking_event.event IS 'opened, closed, resized, spot_in_service, spot_out_of_service, settings_changed, gate_changed.';
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
	IF NOT smart_parking.duration_within(hold_duration, '1 microsecond', least(longest, '7 days')) THEN
		RAISE EXCEPTION 'a hold cannot last %', hold_duration USING ERRCODE = 'SP011',
			HINT = format('It is longer than 0, has no negative part, and is at most smart_parking.max_hold, now %s.', longest);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.check_lot_hold(interval) IS
'Raises SP016 for NULL, SP011 for a hold that is not positive, has a negative part, is not finite, or longer than the setting smart_parking.max_hold.';

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
