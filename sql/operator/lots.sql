-- Lots: making them, changing their size and settings, taking spots out of service and back.

CREATE OR REPLACE FUNCTION smart_parking_internal.spots_by_kind(capacity integer, kinds jsonb) RETURNS TABLE (kind text, spots integer)
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
		PERFORM smart_parking_internal.check_kind_name(wanted.key);
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
COMMENT ON FUNCTION smart_parking_internal.spots_by_kind(integer, jsonb) IS
'How the spots of a lot divide: standard ones first, then the other kinds by name. '
'Errors: SP012 a number that is not one, or more than the capacity; SP019 not an object, or a bad name of a kind.';

CREATE OR REPLACE FUNCTION smart_parking.add_parking(
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
	PERFORM smart_parking_internal.require_argument('name', name IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('properties', properties IS NOT NULL);
	PERFORM smart_parking_internal.check_coordinates(latitude, longitude);
	PERFORM smart_parking_internal.check_capacity(capacity);
	PERFORM smart_parking_internal.check_lot_hold(hold_duration);
	PERFORM smart_parking_internal.check_time_zone(time_zone);
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

	slice_size := coalesce(slice_size, smart_parking_internal.slice_size_for(capacity));
	IF source IS NOT NULL THEN
		PERFORM smart_parking_internal.lock_source(source);
	END IF;
	INSERT INTO smart_parking.parking (id, name, address, location, total_capacity, hold_duration, time_zone, slice_size,
		properties, source, source_id)
	VALUES (smart_parking_internal.new_region_id(latitude, longitude), btrim(add_parking.name), add_parking.address,
		smart_parking_internal.location_of(latitude, longitude), capacity, add_parking.hold_duration, add_parking.time_zone,
		add_parking.slice_size, add_parking.properties, add_parking.source, add_parking.source_id)
	ON CONFLICT (source, source_id) DO NOTHING
	RETURNING id INTO lot_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'source "%" has a lot "%" already', source, source_id
			USING ERRCODE = 'SP019', HINT = 'import_parkings() updates lots that came from a source.';
	END IF;

	FOR part IN SELECT kind, spots FROM smart_parking_internal.spots_by_kind(capacity, kinds) LOOP
		PERFORM smart_parking_internal.append_slices(lot_id, part.kind, part.spots, slice_size);
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

CREATE OR REPLACE FUNCTION smart_parking.resize_parking(parking_id uuid, capacity integer, kind text DEFAULT 'standard')
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	lot smart_parking.parking;
	have integer;
	target integer;
BEGIN
	PERFORM smart_parking_internal.require_argument('parking_id', parking_id IS NOT NULL);
	PERFORM smart_parking_internal.check_capacity(capacity);
	PERFORM smart_parking_internal.check_kind_name(kind);
	lot := smart_parking_internal.lock_parking(parking_id);
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

	PERFORM smart_parking_internal.resize_kind(lot, kind, target);
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

CREATE OR REPLACE FUNCTION smart_parking.set_spot_service(parking_id uuid, spot_no integer, in_service boolean, reason text DEFAULT NULL)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	spot smart_parking.spot;
BEGIN
	PERFORM smart_parking_internal.require_argument('parking_id', parking_id IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('spot_no', spot_no IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('in_service', in_service IS NOT NULL);
	PERFORM smart_parking_internal.lock_parking(parking_id);
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

	PERFORM smart_parking_internal.lock_slices(spot.parking_id, spot.kind);
	UPDATE smart_parking.spot AS s SET in_service = set_spot_service.in_service
	WHERE s.parking_id = spot.parking_id AND s.spot_no = spot.spot_no;
	PERFORM smart_parking_internal.recount_slices(spot.parking_id, spot.kind, spot.spot_no, spot.spot_no);
	INSERT INTO smart_parking.parking_event (parking_id, spot_no, event, reason)
	VALUES (spot.parking_id, spot.spot_no,
		CASE WHEN set_spot_service.in_service THEN 'spot_in_service' ELSE 'spot_out_of_service' END, set_spot_service.reason);
	RETURN true;
END $$;
COMMENT ON FUNCTION smart_parking.set_spot_service(uuid, integer, boolean, text) IS
'Takes a spot out of service or puts it back. A car or a hold on it stays; nobody new gets it. '
'Arguments: parking_id; spot_no; in_service; reason, kept in parking_event. Result: whether this call changed it. '
'Errors: SP001 unknown lot, SP004 unknown or retired spot, SP016 NULL.';

CREATE OR REPLACE FUNCTION smart_parking_internal.set_open(parking_id uuid, open boolean, reason text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	lot smart_parking.parking := smart_parking_internal.lock_parking(parking_id);
BEGIN
	IF coalesce(lot.outside_open, lot.is_open) = open THEN
		RETURN false;
	END IF;
	UPDATE smart_parking.parking SET is_open = open AND lot.outside_open IS NULL,
		outside_open = CASE WHEN lot.outside_open IS NOT NULL THEN open END
	WHERE id = lot.id;
	INSERT INTO smart_parking.parking_event (parking_id, event, reason)
	VALUES (lot.id, CASE WHEN open THEN 'opened' ELSE 'closed' END, set_open.reason);
	RETURN true;
END $$;
COMMENT ON FUNCTION smart_parking_internal.set_open(uuid, boolean, text) IS 'What open_parking() and close_parking() share.';

CREATE OR REPLACE FUNCTION smart_parking.open_parking(parking_id uuid) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
AS 'SELECT smart_parking_internal.set_open(parking_id, true, NULL)';
COMMENT ON FUNCTION smart_parking.open_parking(uuid) IS
'Lets a lot give holds again, or be shown again if it is counted from outside. Result: whether this call changed it. Errors: SP001 unknown lot, SP016 NULL.';

CREATE OR REPLACE FUNCTION smart_parking.close_parking(parking_id uuid, reason text DEFAULT NULL) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
AS 'SELECT smart_parking_internal.set_open(parking_id, false, reason)';
COMMENT ON FUNCTION smart_parking.close_parking(uuid, text) IS
'Stops a lot from giving new holds, and from being offered by search; cars with a booking still come in and go out. '
'Arguments: parking_id; reason, kept in parking_event. Result: whether this call changed it. '
'Errors: SP001 unknown lot, SP016 NULL.';

CREATE OR REPLACE FUNCTION smart_parking_internal.check_access(access text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF access NOT IN ('public', 'customers', 'permit', 'private', 'no') THEN
		RAISE EXCEPTION 'unknown access "%"', access USING ERRCODE = 'SP019', HINT = 'It is public, customers, permit, private or no.';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_access(text) IS 'Raises SP019 for an access that a lot cannot have; NULL is none.';

CREATE OR REPLACE FUNCTION smart_parking.set_parking(parking_id uuid, walk_in boolean DEFAULT NULL, max_stay interval DEFAULT NULL,
	time_zone text DEFAULT NULL, hold_duration interval DEFAULT NULL, access text DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp SET IntervalStyle = postgres AS $$
DECLARE
	before CONSTANT smart_parking.parking := smart_parking_internal.lock_parking(parking_id);
	after smart_parking.parking := before;
	shown CONSTANT text[] := ARRAY['walk_in', 'max_stay', 'time_zone', 'hold_duration', 'access'];
BEGIN
	IF NOT smart_parking_internal.duration_within(max_stay, '0', '10 years') THEN
		RAISE EXCEPTION 'a stay cannot last %', max_stay USING ERRCODE = 'SP019', HINT = 'max_stay is longer than 0, at most 10 years, and has no negative part; 0 removes it.';
	END IF;
	IF time_zone IS NOT NULL THEN
		PERFORM smart_parking_internal.check_time_zone(time_zone);
	END IF;
	IF hold_duration IS NOT NULL THEN
		PERFORM smart_parking_internal.check_lot_hold(hold_duration);
	END IF;
	PERFORM smart_parking_internal.check_access(access);
	after.walk_in := coalesce(set_parking.walk_in, before.walk_in);
	after.max_stay := CASE WHEN set_parking.max_stay IS NULL THEN before.max_stay ELSE nullif(set_parking.max_stay, '0') END;
	after.time_zone := coalesce(set_parking.time_zone, before.time_zone);
	after.hold_duration := coalesce(set_parking.hold_duration, before.hold_duration);
	after.access := coalesce(set_parking.access, before.access);
	UPDATE smart_parking.parking AS p
	SET walk_in = after.walk_in, max_stay = after.max_stay, time_zone = after.time_zone, hold_duration = after.hold_duration, access = after.access
	WHERE p.id = before.id AND (p.walk_in, p.max_stay, p.time_zone, p.hold_duration, p.access)
		IS DISTINCT FROM (after.walk_in, after.max_stay, after.time_zone, after.hold_duration, after.access);
	RETURN smart_parking_internal.log_change(before.id, 'settings_changed', '{}',
		(SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(before)) WHERE key = ANY (shown)),
		(SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(after)) WHERE key = ANY (shown)));
END $$;
COMMENT ON FUNCTION smart_parking.set_parking(uuid, boolean, interval, text, interval, text) IS
'Changes the settings of a lot; what is left NULL stays. Arguments: parking_id; walk_in, whether a car without a booking is let in while there is a free spot; '
'max_stay, a stay that lasts longer is closed by the sweeper, at most 10 years, a day counts as 24 hours, a month as 30 days; 0: no limit; '
'time_zone, as in pg_timezone_names; hold_duration, how long a hold lasts unless the caller says, at most 7 days and smart_parking.max_hold; those that are there keep theirs; '
'access, who may park: public, customers, permit, private or no; search leaves all but public out unless asked. '
'Result: whether anything changed; it is then in parking_event. Errors: SP001 unknown lot, SP011 hold_duration, SP016 parking_id is NULL, '
'SP019 max_stay is negative, has a negative part, or is longer than 10 years, unknown time_zone or access.';
