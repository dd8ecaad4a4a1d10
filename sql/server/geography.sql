-- PostGIS, wherever the user has put it. All that calls it by name stands here, and calls it by its full name, so that nothing
-- which is put into a shared schema can come in between.

DO $do$
DECLARE
	postgis CONSTANT name := smart_parking_internal.postgis_schema();
BEGIN
	EXECUTE pg_catalog.format($sql$
		CREATE OR REPLACE FUNCTION smart_parking_internal.location_of(latitude float8, longitude float8) RETURNS %1$I.geography
		LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
		AS 'SELECT %1$I.geography(%1$I.st_setsrid(%1$I.st_makepoint(longitude, latitude), 4326))'
	$sql$, postgis);
	EXECUTE pg_catalog.format($sql$
		CREATE OR REPLACE FUNCTION smart_parking_internal.area_point(geometry jsonb, OUT latitude float8, OUT longitude float8)
		LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $function$
		DECLARE
			point %1$I.geometry;
		BEGIN
			point := %1$I.st_pointonsurface(%1$I.st_geomfromgeojson(geometry));
			latitude := %1$I.st_y(point);
			longitude := %1$I.st_x(point);
		-- PostGIS reports a broken geometry under one of these
		EXCEPTION WHEN internal_error OR invalid_parameter_value THEN
			RETURN;
		END $function$
	$sql$, postgis);
END $do$;
COMMENT ON FUNCTION smart_parking_internal.location_of(float8, float8) IS 'The point on WGS 84. Arguments: degrees, latitude first.';
COMMENT ON FUNCTION smart_parking_internal.area_point(jsonb) IS 'A point within a Polygon or MultiPolygon; NULLs: it is broken or empty.';
