-- Checks of arguments.

CREATE OR REPLACE FUNCTION smart_parking_internal.require_argument(name text, given boolean) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT given THEN
		RAISE EXCEPTION 'argument "%" must not be null', name USING ERRCODE = 'SP016';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.require_argument(text, boolean) IS
'Raises SP016 unless given is true. Arguments: name of the argument; given, whether it is not null.';

CREATE OR REPLACE FUNCTION smart_parking_internal.check_coordinates(latitude float8, longitude float8) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('latitude', latitude IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('longitude', longitude IS NOT NULL);
	-- NaN compares as greater than every number, so BETWEEN refuses it too
	IF NOT (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180) THEN
		RAISE EXCEPTION 'latitude %, longitude % is not a place on Earth', latitude, longitude
			USING ERRCODE = 'SP013',
			HINT = 'Latitude is -90 to 90 degrees, longitude -180 to 180; latitude comes first.';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_coordinates(float8, float8) IS
'Raises SP016 for NULL, SP013 for NaN, infinity, and values out of range. Arguments: degrees on WGS 84.';

CREATE OR REPLACE FUNCTION smart_parking_internal.max_capacity() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 100000';
COMMENT ON FUNCTION smart_parking_internal.max_capacity() IS
'Most spots in a lot. The largest car park on record, West Edmonton Mall, has about 20,000.';

CREATE OR REPLACE FUNCTION smart_parking_internal.check_capacity(capacity integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('capacity', capacity IS NOT NULL);
	IF capacity NOT BETWEEN 1 AND smart_parking_internal.max_capacity() THEN
		RAISE EXCEPTION 'a lot cannot have % spots', capacity
			USING ERRCODE = 'SP012', HINT = pg_catalog.format('Capacity is 1 to %s.', smart_parking_internal.max_capacity());
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_capacity(integer) IS
'Raises SP016 for NULL, SP012 for a capacity outside 1..max_capacity().';

CREATE OR REPLACE FUNCTION smart_parking_internal.check_kind_name(kind text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('kind', kind IS NOT NULL);
	IF kind !~ '^[a-z][a-z0-9_]{0,30}$' THEN
		RAISE EXCEPTION '"%" is not a name for a kind of spot', kind USING ERRCODE = 'SP019',
			HINT = 'A kind is 1 to 31 lower-case letters, digits and underscores, beginning with a letter: standard, disabled, charging.';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_kind_name(text) IS
'Raises SP016 for NULL, SP019 for a name that the CHECK on spot.kind would refuse.';

CREATE OR REPLACE FUNCTION smart_parking_internal.check_lot_hold(hold_duration interval) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	longest interval;
BEGIN
	PERFORM smart_parking_internal.require_argument('hold_duration', hold_duration IS NOT NULL);
	-- the setting exists once the library is loaded, which the first call of a C function does
	PERFORM smart_parking_internal.spots_in_map(0);
	longest := current_setting('smart_parking.max_hold')::interval;
	IF NOT smart_parking_internal.duration_within(hold_duration, '1 microsecond', least(longest, '7 days')) THEN
		RAISE EXCEPTION 'a hold cannot last %', hold_duration USING ERRCODE = 'SP011',
			HINT = format('It is longer than 0, has no negative part, and is at most smart_parking.max_hold, now %s.', longest);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_lot_hold(interval) IS
'Raises SP016 for NULL, SP011 for a hold that is not positive, has a negative part, is not finite, or longer than the setting smart_parking.max_hold.';

CREATE OR REPLACE FUNCTION smart_parking_internal.check_time_zone(time_zone text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('time_zone', time_zone IS NOT NULL);
	-- asking the server about one zone is a thousand times faster than looking through pg_timezone_names
	PERFORM now() AT TIME ZONE time_zone;
EXCEPTION WHEN invalid_parameter_value THEN
	RAISE EXCEPTION 'unknown time zone "%"', time_zone
		USING ERRCODE = 'SP019', HINT = 'Names such as Europe/Berlin stand in pg_timezone_names.';
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_time_zone(text) IS 'Raises SP016 for NULL, SP019 for a time zone that the server does not know.';
