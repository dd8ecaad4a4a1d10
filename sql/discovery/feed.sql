-- What is free, in the forms that others read.
--
-- Small functions have no search_path of their own, so that the planner puts them into the statement.

CREATE OR REPLACE FUNCTION smart_parking_internal.utc(instant timestamptz) RETURNS text
LANGUAGE sql STABLE
AS $$ SELECT pg_catalog.to_char(pg_catalog.timezone('UTC', instant), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;
COMMENT ON FUNCTION smart_parking_internal.utc(timestamptz) IS 'An instant as RFC 3339, to the second.';

CREATE OR REPLACE FUNCTION smart_parking_internal.prefixed(prefix text, members jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN members IS NULL THEN '{}' ELSE (SELECT pg_catalog.jsonb_object_agg(prefix OPERATOR(pg_catalog.||) m.key, m.value) FROM pg_catalog.jsonb_each(members) AS m) END $$;
COMMENT ON FUNCTION smart_parking_internal.prefixed(text, jsonb) IS 'A JSON object with something before each name; empty for NULL.';

CREATE OR REPLACE FUNCTION smart_parking_internal.geojson_feed(lots uuid[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object('type', 'Feature', 'id', l.id,
		'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(l.longitude, l.latitude)),
		'properties', jsonb_strip_nulls(jsonb_build_object('amenity', 'parking', 'name', l.name, 'address', l.address, 'capacity', l.total_capacity, 'free', l.free_spots,
				'state', CASE WHEN l.fault THEN 'fault' WHEN l.is_open THEN 'open' ELSE 'closed' END, 'can_book', l.can_book, 'counted_by', l.counted_by,
				'as_of', smart_parking_internal.utc(l.as_of), 'time_zone', l.time_zone))
			|| smart_parking_internal.prefixed('capacity:', l.kinds) || smart_parking_internal.prefixed('free:', l.free_kinds))), '[]'))::text
	FROM smart_parking_internal.lots_to_publish(lots) AS l
$$;
COMMENT ON FUNCTION smart_parking_internal.geojson_feed(uuid[]) IS 'Lots as a GeoJSON FeatureCollection (RFC 7946), kinds as OpenStreetMap has them: capacity:disabled.';

CREATE OR REPLACE FUNCTION smart_parking_internal.parkapi_audience(kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE kind WHEN 'woman' THEN 'WOMEN' WHEN 'disabled' THEN 'DISABLED' WHEN 'family' THEN 'FAMILY' WHEN 'carsharing' THEN 'CARSHARING' WHEN 'charging' THEN 'CHARGING' WHEN 'taxi' THEN 'TAXI'
		WHEN 'delivery' THEN 'DELIVERY' WHEN 'truck' THEN 'TRUCK' WHEN 'bus' THEN 'BUS' WHEN 'customer' THEN 'CUSTOMER' WHEN 'resident' THEN 'RESIDENT' WHEN 'caravan' THEN 'CARAVAN' END
$$;
COMMENT ON FUNCTION smart_parking_internal.parkapi_audience(text) IS 'What ParkAPI calls a kind of spot; NULL: it knows none such.';

CREATE OR REPLACE FUNCTION smart_parking_internal.parkapi_feed(lots uuid[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT json_build_object('items', coalesce(json_agg(jsonb_strip_nulls(jsonb_build_object('uid', l.id, 'name', left(l.name, 256), 'address', left(l.address, 512), 'purpose', 'CAR', 'type', 'OTHER',
			'lat', l.latitude, 'lon', l.longitude, 'capacity', l.total_capacity, 'static_data_updated_at', smart_parking_internal.utc(l.created_at),
			'has_realtime_data', l.free_spots IS NOT NULL OR l.counted_by IS NOT NULL, 'realtime_data_updated_at', smart_parking_internal.utc(l.as_of),
			'realtime_opening_status', CASE WHEN l.fault THEN 'UNKNOWN' WHEN l.is_open THEN 'OPEN' ELSE 'CLOSED' END,
			'realtime_capacity', CASE WHEN l.free_spots IS NOT NULL THEN l.capacity END, 'realtime_free_capacity', l.free_spots,
			'restrictions', (SELECT jsonb_agg(jsonb_build_object('type', smart_parking_internal.parkapi_audience(k.key), 'capacity', k.value, 'realtime_free_capacity', l.free_kinds -> k.key) ORDER BY k.key COLLATE "C")
				FROM jsonb_each(l.kinds) AS k WHERE l.kinds IS NOT NULL AND smart_parking_internal.parkapi_audience(k.key) IS NOT NULL)))
			|| smart_parking_internal.prefixed('capacity_', l.kinds) || smart_parking_internal.prefixed('realtime_free_capacity_', l.free_kinds)), '[]'), 'total_count', count(*))::text
	FROM smart_parking_internal.lots_to_publish(lots) AS l
$$;
COMMENT ON FUNCTION smart_parking_internal.parkapi_feed(uuid[]) IS 'Lots as the parking sites of ParkAPI v3, static and realtime together; kinds both as restrictions and, as its earlier releases, as capacity_disabled and the like.';

CREATE OR REPLACE FUNCTION smart_parking_internal.csv_field(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN value OPERATOR(pg_catalog.~) E'[",;\r\n\t|]|^\\s|\\s$' THEN pg_catalog.concat('"', pg_catalog.replace(value, '"', '""'), '"') ELSE coalesce(value, '') END $$;
COMMENT ON FUNCTION smart_parking_internal.csv_field(text) IS 'A field of CSV (RFC 4180), quoted where it needs to be; NULL is empty.';

CREATE OR REPLACE FUNCTION smart_parking_internal.csv_feed(lots uuid[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH lot AS MATERIALIZED (
		SELECT * FROM smart_parking_internal.lots_to_publish(lots)
	), kind AS MATERIALIZED (
		SELECT coalesce(array_agg(k ORDER BY k COLLATE "C"), '{}') AS names FROM (SELECT DISTINCT jsonb_object_keys(l.kinds || coalesce(l.free_kinds, '{}')) AS k FROM lot AS l WHERE l.kinds IS NOT NULL) AS k
	)
	SELECT concat_ws(',', 'id,name,address,latitude,longitude,capacity', (SELECT string_agg('capacity:' || n || ',free:' || n, ',' ORDER BY nth) FROM unnest(kind.names) WITH ORDINALITY AS u(n, nth)),
			'free,state,can_book,counted_by,as_of,time_zone') || E'\r\n'
		|| coalesce((SELECT string_agg(concat_ws(',', l.id, smart_parking_internal.csv_field(l.name), smart_parking_internal.csv_field(l.address), l.latitude, l.longitude, l.total_capacity,
			(SELECT string_agg(concat(l.kinds ->> n, ',', l.free_kinds ->> n), ',' ORDER BY nth) FROM unnest(kind.names) WITH ORDINALITY AS u(n, nth)),
			coalesce(l.free_spots::text, ''), CASE WHEN l.fault THEN 'fault' WHEN l.is_open THEN 'open' ELSE 'closed' END, l.can_book::text, smart_parking_internal.csv_field(l.counted_by),
			coalesce(smart_parking_internal.utc(l.as_of), ''), smart_parking_internal.csv_field(l.time_zone)), E'\r\n' ORDER BY l.id) || E'\r\n' FROM lot AS l), '')
	FROM kind
$$;
COMMENT ON FUNCTION smart_parking_internal.csv_feed(uuid[]) IS 'Lots as CSV (RFC 4180) with a header; two columns for each kind that one of them has.';

CREATE OR REPLACE FUNCTION smart_parking.availability_feed(format text, area jsonb DEFAULT NULL, source text DEFAULT NULL, publisher text DEFAULT 'eu/smart_parking') RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	lots CONSTANT uuid[] := smart_parking_internal.lots_within(smart_parking_internal.area_of(area), source);
BEGIN
	PERFORM smart_parking_internal.require_argument('format', format IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('publisher', publisher IS NOT NULL);
	IF publisher !~ '^[a-z]{2}/[^[:cntrl:]]{1,200}$' THEN
		RAISE EXCEPTION '"%" is not a publisher', left(publisher, 60) USING ERRCODE = 'SP019', HINT = 'It is a country, as in ISO 3166, and a name: de/City of Dresden.';
	END IF;
	CASE format
		WHEN 'geojson' THEN RETURN smart_parking_internal.geojson_feed(lots);
		WHEN 'parkapi' THEN RETURN smart_parking_internal.parkapi_feed(lots);
		WHEN 'csv' THEN RETURN smart_parking_internal.csv_feed(lots);
		WHEN 'datex2_table' THEN RETURN smart_parking_internal.datex_table(lots, publisher);
		WHEN 'datex2_status' THEN RETURN smart_parking_internal.datex_status(lots, publisher);
		ELSE RAISE EXCEPTION 'there is no feed in the form "%"', left(format, 60) USING ERRCODE = 'SP019', HINT = 'There are geojson, parkapi, csv, datex2_table and datex2_status.';
	END CASE;
END $$;
COMMENT ON FUNCTION smart_parking.availability_feed(text, jsonb, text, text) IS
'All lots for everybody (access public) in an area with what is free in them now, for others to read. Reads only, under one snapshot. '
'Arguments: format: geojson; parkapi, the parking sites of ParkAPI v3; csv; datex2_table and datex2_status, a ParkingTablePublication and a ParkingStatusPublication of DATEX II version 3.6 (XML); '
'area, [west, south, east, north] in degrees or a GeoJSON Polygon or MultiPolygon (NULL: everywhere); source, that the lots were imported from (NULL: all); publisher, of DATEX II: country and name. '
'A lot is published under its id here. Lots that are closed are among them, and say so; what nobody counts has no number of free spots. '
'Result: the feed. NULL: DATEX II has no empty publications, and there are no lots. Errors: SP013 area, SP016 NULL, SP019 format or publisher.';
