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
