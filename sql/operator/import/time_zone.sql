-- The time zone of a place.
--
-- Borders of time zones are not to be had in a few kilobytes; where the time zone database places its zones is. So a zone is taken only
-- where all that could be meant have the same clock: docs/decisions.md.

CREATE OR REPLACE FUNCTION smart_parking_internal.clock_of(zone text) RETURNS interval[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	-- each season of this year: summer time begins and ends at different dates
	RETURN (SELECT array_agg((day AT TIME ZONE zone) - (day AT TIME ZONE 'UTC') ORDER BY day)
		FROM generate_series(date_trunc('year', now() AT TIME ZONE 'UTC'), date_trunc('year', now() AT TIME ZONE 'UTC') + interval '50 weeks', '2 weeks') AS day);
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION smart_parking_internal.clock_of(text) IS 'What the clocks of a zone say against UTC in the course of this year; NULL: the server does not know the zone.';

CREATE OR REPLACE FUNCTION smart_parking_internal.time_zone_at(latitude float8, longitude float8, country text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	zones text[];
	first_zone text;
	nearest float8;
BEGIN
	SELECT array_agg(p.zone ORDER BY p.nth), min(p.zone) FILTER (WHERE p.nth = 1) INTO zones, first_zone
	FROM smart_parking_internal.time_zone_places() AS p WHERE p.country = upper(time_zone_at.country);
	IF zones IS NULL OR (SELECT count(DISTINCT smart_parking_internal.clock_of(z)) FROM unnest(zones) AS z) > 1 THEN
		-- the nearest, if all that are not much farther agree with it; twice as far and a half, since zones are large and their cities not in the middle
		WITH near AS (
			SELECT p.zone, p.nth, smart_parking_internal.metres_between(time_zone_at.latitude, time_zone_at.longitude, p.latitude, p.longitude) AS metres
			FROM smart_parking_internal.time_zone_places() AS p
			-- the Channel Islands and Man are nearer to their neighbours than those' own cities, with another clock
			WHERE zones IS NULL AND p.country NOT IN ('GG', 'JE', 'IM') OR p.country = upper(time_zone_at.country)
		), reach AS (
			SELECT min(metres) AS nearest, CASE WHEN min(metres) < 30000 THEN 30000 ELSE greatest(400000, 2.5 * min(metres)) END AS metres FROM near
		)
		SELECT array_agg(n.zone ORDER BY n.metres, n.nth), min(r.nearest) INTO zones, nearest
		FROM near AS n, reach AS r WHERE n.metres <= r.metres;
		first_zone := zones[1];
		IF nearest > 1500000 OR (SELECT count(DISTINCT smart_parking_internal.clock_of(z)) FROM unnest(zones) AS z) > 1 THEN
			RETURN NULL;
		END IF;
	END IF;
	RETURN CASE WHEN smart_parking_internal.clock_of(first_zone) IS NOT NULL THEN first_zone END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.time_zone_at(float8, float8, text) IS
'A time zone whose clock is that of a place. Arguments: latitude, longitude; country, two letters of ISO 3166, NULL: unknown. '
'A country with one clock has its first zone. Else the nearest city of the time zone database decides, if the clocks of all that are not much farther agree. NULL: they do not.';

CREATE OR REPLACE FUNCTION smart_parking_internal.known_zone(zone text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.check_time_zone(zone);
	RETURN true;
EXCEPTION WHEN SQLSTATE 'SP019' THEN
	RETURN false;
END $$;
COMMENT ON FUNCTION smart_parking_internal.known_zone(text) IS 'Whether the server knows a time zone.';

CREATE OR REPLACE FUNCTION smart_parking_internal.zones_named(items smart_parking_internal.lot_item[], zone_keys text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT jsonb_object_agg(zone, smart_parking_internal.known_zone(zone))
	FROM (SELECT DISTINCT smart_parking_internal.first_text(i.properties, zone_keys) AS zone FROM unnest(items) AS i WHERE zone_keys IS NOT NULL) AS z
	WHERE zone IS NOT NULL
$$;
COMMENT ON FUNCTION smart_parking_internal.zones_named(smart_parking_internal.lot_item[], text[]) IS 'Whether the server knows the time zones in a file: an object by their names.';

CREATE OR REPLACE FUNCTION smart_parking_internal.zones_of(pairs smart_parking_internal.lot_pair[], time_zone text) RETURNS TABLE (nth integer, time_zone text, note text)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_nestloop = off SET jit = off AS $$
	WITH lot AS (
		SELECT l.nth, coalesce(l.time_zone, zones_of.time_zone) AS told, round(l.latitude * 10) AS row, round(l.longitude * 10) AS col, l.country, l.latitude, l.longitude FROM unnest(pairs) AS p, LATERAL (SELECT (p.feature).*) AS l
	), cell AS MATERIALIZED (
		-- one answer for a neighbourhood of some ten kilometres
		SELECT c.row, c.col, c.country, smart_parking_internal.time_zone_at(c.latitude, c.longitude, c.country) AS zone
		FROM (SELECT row, col, country, min(latitude) AS latitude, min(longitude) AS longitude FROM lot WHERE told IS NULL GROUP BY row, col, country) AS c
	)
	SELECT l.nth, coalesce(l.told, c.zone, 'UTC'), CASE WHEN l.told IS NOT NULL THEN NULL
		WHEN c.zone IS NULL THEN 'time_zone: UTC, since neither the file nor the place tells; give the argument time_zone'
		ELSE format('time_zone: %s by its place', c.zone) END
	FROM lot AS l LEFT JOIN cell AS c ON c.row = l.row AND c.col = l.col AND c.country IS NOT DISTINCT FROM l.country AND l.told IS NULL
$$;
COMMENT ON FUNCTION smart_parking_internal.zones_of(smart_parking_internal.lot_pair[], text) IS
'The time zones of new lots: what the file says, else the argument time_zone, else what their place tells. note: where it is the place, and where nothing tells.';
