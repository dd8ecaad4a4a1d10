-- Lots as vector tiles.

DO $do$ BEGIN
EXECUTE pg_catalog.format($sql$
CREATE OR REPLACE FUNCTION smart_parking.parking_tile(z integer, x integer, y integer, source text DEFAULT NULL) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $function$
#variable_conflict use_column
DECLARE
	square %1$I.geometry;
	lots uuid[];
BEGIN
	PERFORM smart_parking_internal.require_argument('z', z IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('x', x IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('y', y IS NOT NULL);
	IF z NOT BETWEEN 0 AND 24 OR x NOT BETWEEN 0 AND (1 << z) - 1 OR y NOT BETWEEN 0 AND (1 << z) - 1 THEN
		RAISE EXCEPTION 'there is no tile %%/%%/%%', z, x, y USING ERRCODE = 'SP019', HINT = 'z is 0 to 24, x and y are 0 to 2^z - 1, counted from the north-west.';
	END IF;
	square := %1$I.st_tileenvelope(z, x, y);
	-- with a rim, so that a symbol on the border is whole in both tiles
	lots := smart_parking_internal.lots_within(%1$I.st_transform(%1$I.st_tileenvelope(z, x, y, margin => 64 / 4096.0), 4326), parking_tile.source);
	RETURN (SELECT %1$I.st_asmvt(f.*, 'parking', 4096, 'geom') FROM (
		SELECT %1$I.st_asmvtgeom(%1$I.st_transform(p.location::%1$I.geometry, 3857), square, 4096, 64, true) AS geom,
			p.id::text AS id, p.name, a.free_spots AS free, p.total_capacity AS capacity,
			a.kinds::text AS kinds, a.free_kinds::text AS free_kinds, a.is_open AS open, p.is_open AS can_book, a.counted_by
		FROM unnest(lots) AS u(id) JOIN ONLY smart_parking.parking AS p ON p.id = u.id JOIN smart_parking_internal.availability(lots) AS a ON a.parking_id = u.id) AS f);
END $function$
$sql$, smart_parking_internal.postgis_schema());
END $do$;
COMMENT ON FUNCTION smart_parking.parking_tile(integer, integer, integer, text) IS
'A Mapbox vector tile (version 2) with the lots for everybody in it (access public), in the layer parking: points with id, name, free (absent: nobody knows), capacity, kinds and free_kinds (spots that are not standard ones, as {"disabled": 3}), open, can_book, counted_by. Reads only. '
'Arguments: z, x, y of the tile in the usual scheme (XYZ, EPSG:3857), z 0 to 24; source that the lots were imported from (NULL: all). '
'Result: the tile, empty where there are no lots. Errors: SP016 NULL, SP019 there is no such tile.';
