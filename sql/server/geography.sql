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
		CREATE OR REPLACE FUNCTION smart_parking_internal.surface_point(geometry jsonb, srid integer, OUT latitude float8, OUT longitude float8)
		LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $function$
		DECLARE
			point %1$I.geometry := %1$I.st_pointonsurface(%1$I.st_geomfromgeojson(geometry - 'crs'));
		BEGIN
			IF srid <> 4326 THEN
				point := %1$I.st_transform(%1$I.st_setsrid(point, srid), 4326);
			END IF;
			latitude := %1$I.st_y(point);
			longitude := %1$I.st_x(point);
		END $function$
	$sql$, postgis);
	EXECUTE pg_catalog.format($sql$
		CREATE OR REPLACE FUNCTION smart_parking_internal.known_srid(srid integer) RETURNS boolean
		LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
		AS 'SELECT EXISTS (SELECT FROM %1$I.spatial_ref_sys AS s WHERE s.srid = known_srid.srid)'
	$sql$, postgis);
	EXECUTE pg_catalog.format($sql$
		CREATE OR REPLACE FUNCTION smart_parking_internal.geojson_of(wkt text) RETURNS jsonb
		LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $function$
		BEGIN
			RETURN %1$I.st_asgeojson(%1$I.st_geomfromtext(wkt), 15, 0)::jsonb;
		EXCEPTION WHEN internal_error OR invalid_parameter_value THEN
			RETURN NULL;
		END $function$
	$sql$, postgis);
	EXECUTE pg_catalog.format($sql$
		CREATE OR REPLACE FUNCTION smart_parking_internal.metres_between(latitude float8, longitude float8, other_latitude float8, other_longitude float8) RETURNS float8
		LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
		AS 'SELECT %1$I.st_distancesphere(%1$I.st_makepoint(longitude, latitude), %1$I.st_makepoint(other_longitude, other_latitude))'
	$sql$, postgis);
	EXECUTE pg_catalog.format($sql$
		CREATE OR REPLACE VIEW smart_parking_internal.lot_place AS
			SELECT p.id, p.source, p.source_id, p.name, %1$I.st_y(p.location::%1$I.geometry) AS latitude, %1$I.st_x(p.location::%1$I.geometry) AS longitude
			FROM smart_parking.parking AS p
	$sql$, postgis);
END $do$;
COMMENT ON FUNCTION smart_parking_internal.location_of(float8, float8) IS 'The point on WGS 84. Arguments: degrees, latitude first.';
COMMENT ON FUNCTION smart_parking_internal.surface_point(jsonb, integer) IS
'A point on a GeoJSON geometry, in degrees on WGS 84. Arguments: geometry; srid, its reference system, NULL: WGS 84. NULLs: it is empty. Errors of PostGIS: it is broken.';
COMMENT ON FUNCTION smart_parking_internal.known_srid(integer) IS 'Whether PostGIS has this spatial reference system.';
COMMENT ON FUNCTION smart_parking_internal.geojson_of(text) IS 'A geometry in well-known text as GeoJSON; NULL: it is none.';
COMMENT ON FUNCTION smart_parking_internal.metres_between(float8, float8, float8, float8) IS 'The distance of two places along the ground, on a sphere.';
COMMENT ON VIEW smart_parking_internal.lot_place IS 'Lots and where they are, in degrees on WGS 84.';
