-- Where an item is.

CREATE OR REPLACE FUNCTION smart_parking_internal.srid_of(crs text) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	srid integer;
BEGIN
	IF crs IS NULL OR crs ~* '(^|[:/])(CRS:?84|WGS ?84)$' THEN
		RETURN CASE WHEN crs IS NOT NULL THEN 4326 END;
	END IF;
	-- EPSG:25832, urn:ogc:def:crs:EPSG::25832, http://www.opengis.net/def/crs/EPSG/0/25832, 25832
	srid := substring(crs FROM '(?:^|[:/#])([0-9]{4,6})$')::integer;
	srid := CASE srid WHEN 4258 THEN 4326 WHEN 102100 THEN 3857 ELSE srid END;
	IF NOT coalesce(smart_parking_internal.known_srid(srid), false) THEN
		RAISE EXCEPTION 'unknown coordinate reference system "%"', left(crs, 100) USING ERRCODE = 'SP018',
			HINT = 'Those that PostGIS knows stand in spatial_ref_sys; the argument crs names one, such as EPSG:25832, in place of the file''s own.';
	END IF;
	RETURN srid;
END $$;
COMMENT ON FUNCTION smart_parking_internal.srid_of(text) IS
'The number under which PostGIS has a coordinate reference system, from a name as old GeoJSON has it, or EPSG:25832. NULL for NULL. Errors: SP018 unknown.';

CREATE OR REPLACE FUNCTION smart_parking_internal.degrees_of(value jsonb) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN pg_catalog.jsonb_typeof(value) OPERATOR(pg_catalog.=) 'number' THEN
		CASE WHEN pg_catalog.abs(value::numeric) OPERATOR(pg_catalog.<=) 180 THEN pg_catalog.round(value::numeric, 17)::float8 END END
$$;
COMMENT ON FUNCTION smart_parking_internal.degrees_of(jsonb) IS
'A JSON number as degrees; NULL: none, or out of range. JSON numbers may be too large or too small for float8, whose input would raise an error.';

CREATE OR REPLACE FUNCTION smart_parking_internal.bad_place(geometry jsonb, srid integer) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT format('bad_coordinates: %s', left(coalesce((geometry -> 'coordinates')::text, (geometry -> 'geometries')::text, 'none'), 60))
		|| CASE WHEN srid IS NULL AND jsonb_path_exists(geometry, 'strict $.** ? (@.type() == "number" && (@ > 1000 || @ < -1000))', '{}', true)
			THEN ' looks like metres; the argument crs says of which system, such as EPSG:25832' ELSE '' END
$$;
COMMENT ON FUNCTION smart_parking_internal.bad_place(jsonb, integer) IS 'Why a geometry is no place.';

CREATE OR REPLACE FUNCTION smart_parking_internal.feature_point(geometry jsonb, srid integer) RETURNS smart_parking_internal.lot_point
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	point smart_parking_internal.lot_point;
	kind text := geometry ->> 'type';
BEGIN
	IF coalesce(jsonb_typeof(geometry), 'null') = 'null' THEN
		point.refusal := 'no_geometry: the feature has no place';
		RETURN point;
	ELSIF kind IS NULL THEN
		point.refusal := 'no_geometry: the geometry has no type';
		RETURN point;
	ELSIF kind NOT IN ('Point', 'Polygon', 'MultiPolygon', 'LineString', 'MultiLineString', 'MultiPoint', 'GeometryCollection') THEN
		point.refusal := format('unsupported_geometry: %s', left(kind, 40));
		RETURN point;
	END IF;

	IF kind = 'Point' AND coalesce(srid, 4326) = 4326 THEN
		point.longitude := smart_parking_internal.degrees_of(geometry #> '{coordinates,0}');
		point.latitude := smart_parking_internal.degrees_of(geometry #> '{coordinates,1}');
	-- a ring has 4 positions at least, and a position numbers; PostGIS takes shorter ones, and 0 for a text, too
	ELSIF NOT geometry @? 'lax $.**.coordinates.** ? (@.type() != "number" && @.type() != "array")' AND NOT (geometry @? CASE kind WHEN 'Polygon' THEN 'strict $.coordinates[*] ? (@.size() < 4)'
			WHEN 'MultiPolygon' THEN 'strict $.coordinates[*][*] ? (@.size() < 4)'
			ELSE 'strict $.none' END::jsonpath) IS TRUE THEN
		BEGIN
			SELECT * INTO point.latitude, point.longitude FROM smart_parking_internal.surface_point(geometry, srid);
		-- PostGIS reports a broken geometry under one of these
		EXCEPTION WHEN internal_error OR invalid_parameter_value OR numeric_value_out_of_range OR invalid_text_representation THEN
			NULL;
		END;
	END IF;
	IF NOT coalesce(point.latitude BETWEEN -90 AND 90 AND point.longitude BETWEEN -180 AND 180, false) THEN
		point.refusal := smart_parking_internal.bad_place(geometry, srid);
		point.latitude := NULL;
		point.longitude := NULL;
	ELSIF point.longitude = point.latitude THEN
		-- a copying mistake, or 0, 0; on land hardly ever a place
		point.refusal := 'suspicious_coordinates: longitude equals latitude';
	END IF;
	RETURN point;
END $$;
COMMENT ON FUNCTION smart_parking_internal.feature_point(jsonb, integer) IS
'Where a feature is: a Point, or a point on any other geometry. Arguments: geometry; srid of its coordinates, NULL: WGS 84. refusal: why it cannot be used.';

CREATE OR REPLACE FUNCTION smart_parking_internal.json_within(value text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN value::jsonb;
EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR numeric_value_out_of_range OR program_limit_exceeded OR statement_too_complex THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION smart_parking_internal.json_within(text) IS 'A property whose text is JSON; NULL: it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.point_in(value jsonb, latitude_first boolean) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
	WITH pair AS (
		SELECT m[1] AS one, m[2] AS two FROM regexp_match(CASE jsonb_typeof(value) WHEN 'string' THEN value #>> '{}' WHEN 'array' THEN value::text END,
			'^\s*[[(]?\s*(-?[0-9]{1,18}\.?[0-9]{0,60})\s*[,; ]\s*(-?[0-9]{1,18}\.?[0-9]{0,60})\s*[])]?\s*$') AS m
	)
	SELECT CASE
		WHEN jsonb_typeof(value) = 'object' AND value ? 'type' AND value ?| ARRAY['coordinates', 'geometries'] THEN value
		WHEN jsonb_typeof(value) = 'object' AND value ->> 'type' = 'Feature' THEN value -> 'geometry'
		WHEN jsonb_typeof(value) = 'object' AND jsonb_typeof(value -> 'coordinates') = 'array' THEN smart_parking_internal.point_in(value -> 'coordinates', false)
		WHEN jsonb_typeof(value) = 'object' THEN (
			SELECT jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(smart_parking_internal.decimal_number(x), smart_parking_internal.decimal_number(y)))
			FROM (SELECT smart_parking_internal.first_text(value, ARRAY['lon', 'lng', 'longitude', 'x', 'long']) AS x,
				smart_parking_internal.first_text(value, ARRAY['lat', 'latitude', 'y']) AS y) AS xy
			WHERE smart_parking_internal.decimal_number(x) IS NOT NULL AND smart_parking_internal.decimal_number(y) IS NOT NULL)
		WHEN value #>> '{}' ~* '^\s*(srid=[0-9]+;)?\s*(multi)?(point|polygon|linestring|geometrycollection)' THEN smart_parking_internal.geojson_of(regexp_replace(value #>> '{}', '^\s*srid=[0-9]+;', '', 'i'))
		WHEN value #>> '{}' ~ '^\s*\{' THEN smart_parking_internal.point_in(smart_parking_internal.json_within(value #>> '{}'), latitude_first)
		WHEN pair.one IS NOT NULL THEN jsonb_build_object('type', 'Point', 'coordinates',
			CASE WHEN latitude_first THEN jsonb_build_array(pair.two::numeric, pair.one::numeric) ELSE jsonb_build_array(pair.one::numeric, pair.two::numeric) END)
	END
	FROM (SELECT 1) AS always LEFT JOIN pair ON true
$$;
COMMENT ON FUNCTION smart_parking_internal.point_in(jsonb, boolean) IS
'A place in one value, as GeoJSON: GeoJSON itself, well-known text, an object with lat and lon or the like, or two numbers; latitude_first: which comes first then. NULL: it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.flat_geometry(properties jsonb, latitude text, longitude text, place_keys text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	y CONSTANT numeric := smart_parking_internal.decimal_number(latitude);
	x CONSTANT numeric := smart_parking_internal.decimal_number(longitude);
BEGIN
	IF x IS NOT NULL AND y IS NOT NULL THEN
		RETURN jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(x, y));
	END IF;
	RETURN (
		SELECT p FROM unnest(place_keys) WITH ORDINALITY AS k(key, nth),
			-- two numbers in a text are latitude and longitude, as people write them; in an array as GeoJSON does, unless the name says otherwise
			smart_parking_internal.point_in(properties -> key, jsonb_typeof(properties -> key) = 'string' OR smart_parking_internal.bare_key(key) ~ '^(geopoint|latl)') AS p
		WHERE p IS NOT NULL ORDER BY nth LIMIT 1);
END $$;
COMMENT ON FUNCTION smart_parking_internal.flat_geometry(jsonb, text, text, text[]) IS
'Where an object without a geometry of its own says that it is, as GeoJSON. Arguments: properties; latitude and longitude in them; place_keys, what else may tell. NULL: nowhere.';
