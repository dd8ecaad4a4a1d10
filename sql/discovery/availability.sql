-- Lots with what is free in them now, many at once: what feeds and tiles are made of.

CREATE OR REPLACE FUNCTION smart_parking_internal.lot_counters(lots uuid[], lapsed_in uuid[], lapsed_kinds text[]) RETURNS SETOF smart_parking_internal.lot_counter
AS 'MODULE_PATHNAME' LANGUAGE c STABLE STRICT ROWS 10000;
COMMENT ON FUNCTION smart_parking_internal.lot_counters(uuid[], uuid[], text[]) IS
'What the counters of lots say. Arguments: lots; lapsed_in and lapsed_kinds, for each lapsed hold its lot and kind: a free spot more. '
'spots has retired ones, too; kinds and free_kinds: those that are not standard, NULL: there are none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.availability(lots uuid[])
RETURNS TABLE (parking_id uuid, kinds jsonb, is_open boolean, free_spots integer, free_kinds jsonb, counted_by text, as_of timestamptz, capacity integer, fault boolean)
LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
	now CONSTANT timestamptz := statement_timestamp();
	oldest CONSTANT timestamptz := now - smart_parking_internal.count_lifetime();
BEGIN
	RETURN QUERY
	WITH lapsed AS MATERIALIZED (
		SELECT coalesce(array_agg(b.parking_id), '{}') AS lots, coalesce(array_agg(s.kind), '{}') AS kinds
		FROM ONLY smart_parking.booking AS b JOIN ONLY smart_parking.spot AS s ON s.parking_id = b.parking_id AND s.spot_no = b.spot_no
		WHERE b.status = 'pending' AND b.expires_at <= now AND s.in_service
	), by_lot AS MATERIALIZED (
		SELECT c.* FROM lapsed AS l, smart_parking_internal.lot_counters(availability.lots, l.lots, l.kinds) AS c
	), asked AS (
		-- the planner takes its length for the number of lots; for each element of an array in ANY it would look through statistics
		SELECT u.id FROM unnest(availability.lots) AS u(id)
	), newest AS MATERIALIZED (
		SELECT DISTINCT ON (o.parking_id, o.kind) o.parking_id, o.kind, o.source, o.usable_spots, o.usable_as_of, o.capacity
		FROM asked AS q JOIN ONLY smart_parking.outside_count AS o ON o.parking_id = q.id
		WHERE o.usable_as_of > oldest ORDER BY o.parking_id, o.kind, o.usable_as_of DESC
	), newest_kinds AS MATERIALIZED (
		SELECT n.parking_id, jsonb_object_agg(n.kind, n.usable_spots) AS free_kinds FROM newest AS n WHERE n.kind NOT IN ('', 'standard') GROUP BY n.parking_id
	), said AS MATERIALIZED (
		SELECT o.parking_id, bool_or(o.state = 'closed') AS closed, bool_and(o.state = 'fault') AS fault
		FROM asked AS q JOIN ONLY smart_parking.outside_count AS o ON o.parking_id = q.id
		WHERE o.kind = '' AND o.as_of > oldest GROUP BY o.parking_id
	), lot AS (
		SELECT p.id, p.total_capacity, p.is_open, p.outside_open, b.free_spots, b.free_kinds,
			-- retired spots are among those of the slices
			CASE WHEN b.spots = p.total_capacity THEN b.kinds ELSE (SELECT jsonb_object_agg(s.kind, s.spots) FROM (
				SELECT s.kind, count(*) AS spots FROM ONLY smart_parking.spot AS s WHERE s.parking_id = p.id AND NOT s.retired AND s.kind <> 'standard' GROUP BY s.kind) AS s) END AS kinds
		FROM asked AS q JOIN ONLY smart_parking.parking AS p ON p.id = q.id JOIN by_lot AS b ON b.parking_id = p.id
	)
	SELECT l.id, l.kinds, l.is_open, l.free_spots, l.free_kinds, 'bookings', now, l.total_capacity, false
	FROM lot AS l WHERE l.outside_open IS NULL
	UNION ALL
	SELECT l.id, l.kinds, l.outside_open AND NOT coalesce(s.closed, false), n.usable_spots, k.free_kinds, n.source, n.usable_as_of,
		coalesce(nullif(n.capacity, 0), l.total_capacity), coalesce(s.fault, false)
	FROM lot AS l
	LEFT JOIN newest AS n ON n.parking_id = l.id AND n.kind = ''
	LEFT JOIN newest_kinds AS k ON k.parking_id = l.id
	LEFT JOIN said AS s ON s.parking_id = l.id
	WHERE l.outside_open IS NOT NULL;
END $$;
COMMENT ON FUNCTION smart_parking_internal.availability(uuid[]) IS
'What is free in lots at the start of the statement. kinds and free_kinds: of the spots that are not standard ones. free_spots NULL: nobody knows; counted_by and as_of are NULL then. '
'as_of: when it was counted. capacity: as whoever counts has it. fault: every counter of the lot says that it is out of order.';

DO $do$
DECLARE
	postgis CONSTANT name := smart_parking_internal.postgis_schema();
BEGIN
	EXECUTE pg_catalog.format($sql$
		CREATE OR REPLACE FUNCTION smart_parking_internal.area_of(area jsonb) RETURNS %1$I.geometry
		LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $function$
		DECLARE
			edge numeric[];
			shape %1$I.geometry;
		BEGIN
			IF area IS NULL THEN
				RETURN NULL;
			ELSIF jsonb_typeof(area) = 'array' AND jsonb_array_length(area) = 4 AND NOT area @? '$[*] ? (@.type() != "number")' THEN
				edge := ARRAY(SELECT value::numeric FROM jsonb_array_elements(area) WITH ORDINALITY AS e(value, nth) ORDER BY nth);
				IF edge[1] BETWEEN -180 AND 180 AND edge[3] BETWEEN -180 AND 180 AND edge[2] BETWEEN -90 AND edge[4] AND edge[4] <= 90 THEN
					IF edge[1] <= edge[3] THEN
						RETURN %1$I.st_makeenvelope(edge[1]::float8, edge[2]::float8, edge[3]::float8, edge[4]::float8, 4326);
					END IF;
					-- across the antimeridian (RFC 7946)
					RETURN %1$I.st_collect(%1$I.st_makeenvelope(edge[1]::float8, edge[2]::float8, 180, edge[4]::float8, 4326),
						%1$I.st_makeenvelope(-180, edge[2]::float8, edge[3]::float8, edge[4]::float8, 4326));
				END IF;
			ELSIF area ->> 'type' IN ('Polygon', 'MultiPolygon') THEN
				BEGIN
					shape := %1$I.st_geomfromgeojson(area);
				EXCEPTION WHEN internal_error OR invalid_parameter_value THEN
					shape := NULL;
				END;
				IF %1$I.st_isvalid(shape) AND NOT %1$I.st_isempty(shape) AND %1$I.st_xmin(shape::%1$I.box3d) >= -180 AND %1$I.st_xmax(shape::%1$I.box3d) <= 180
					AND %1$I.st_ymin(shape::%1$I.box3d) >= -90 AND %1$I.st_ymax(shape::%1$I.box3d) <= 90 THEN
					RETURN shape;
				END IF;
			END IF;
			RAISE EXCEPTION 'this is not an area: %%', left(area::text, 100) USING ERRCODE = 'SP013',
				HINT = 'It is [west, south, east, north] in degrees, or a valid GeoJSON Polygon or MultiPolygon.';
		END $function$
	$sql$, postgis);
	EXECUTE pg_catalog.format($sql$
		CREATE OR REPLACE FUNCTION smart_parking_internal.lots_within(area %1$I.geometry, of_source text DEFAULT NULL) RETURNS uuid[]
		LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $function$
		BEGIN
			IF area IS NULL THEN
				RETURN ARRAY(SELECT p.id FROM ONLY smart_parking.parking AS p WHERE p.access = 'public' AND (of_source IS NULL OR p.source = of_source));
			END IF;
			RETURN ARRAY(SELECT p.id FROM ONLY smart_parking.parking AS p
				WHERE p.location::%1$I.geometry OPERATOR(%1$I.&&) area AND p.access = 'public' AND (of_source IS NULL OR p.source = of_source)
				-- the index has done all that there is to do for a box
				AND (%1$I.st_equals(area, %1$I.st_envelope(area)) OR %1$I.st_intersects(p.location::%1$I.geometry, area)));
		END $function$
	$sql$, postgis);
	EXECUTE pg_catalog.format($sql$
		CREATE OR REPLACE FUNCTION smart_parking_internal.lots_to_publish(lots uuid[])
		RETURNS TABLE (id uuid, name text, address text, latitude float8, longitude float8, total_capacity integer, kinds jsonb, is_open boolean, can_book boolean,
			free_spots integer, free_kinds jsonb, counted_by text, as_of timestamptz, capacity integer, fault boolean, time_zone text, created_at timestamptz)
		LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $function$
		BEGIN
			RETURN QUERY
			SELECT p.id, p.name, p.address, %1$I.st_y(p.location::%1$I.geometry), %1$I.st_x(p.location::%1$I.geometry), p.total_capacity, a.kinds, a.is_open, p.is_open,
				a.free_spots, a.free_kinds, a.counted_by, a.as_of, a.capacity, a.fault, p.time_zone, p.created_at
			FROM unnest(lots) AS u(id) JOIN ONLY smart_parking.parking AS p ON p.id = u.id JOIN smart_parking_internal.availability(lots) AS a ON a.parking_id = u.id
			ORDER BY p.id;
		END $function$
	$sql$, postgis);
	EXECUTE pg_catalog.format($sql$ COMMENT ON FUNCTION smart_parking_internal.lots_within(%1$I.geometry, text) IS 'The lots for everybody in an area in degrees (NULL: everywhere), from a source (NULL: from all).' $sql$, postgis);
END $do$;
COMMENT ON FUNCTION smart_parking_internal.area_of(jsonb) IS 'An area in degrees: [west, south, east, north] or a GeoJSON Polygon or MultiPolygon; NULL for NULL. Errors: SP013 it is neither.';
COMMENT ON FUNCTION smart_parking_internal.lots_to_publish(uuid[]) IS 'Lots with all that feeds say of them, in the order of their ids.';
