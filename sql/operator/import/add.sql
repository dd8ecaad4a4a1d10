-- New lots, many at a time: a statement for each table.

CREATE OR REPLACE FUNCTION smart_parking_internal.default_hold() RETURNS interval
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- the setting exists once the library is loaded, which the first call of a C function does
	PERFORM smart_parking_internal.spots_in_map(0);
	RETURN least(interval '15 minutes', current_setting('smart_parking.max_hold')::interval);
END $$;
COMMENT ON FUNCTION smart_parking_internal.default_hold() IS 'How long a hold lasts in an imported lot: 15 minutes, or the setting smart_parking.max_hold where that is less.';

CREATE OR REPLACE FUNCTION smart_parking_internal.slice_size_for(capacity integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	-- 8 neighbours for small lots, and no more than 64 slices until a slice is full: docs/decisions.md
	SELECT least(62, greatest(8, ceil(capacity / 64.0)))::integer
$$;
COMMENT ON FUNCTION smart_parking_internal.slice_size_for(integer) IS 'How many spots a counter slice of a lot has if nobody says.';

CREATE OR REPLACE FUNCTION smart_parking_internal.parts_of(pairs smart_parking_internal.lot_pair[])
RETURNS TABLE (parking_id uuid, kind text, spots integer, first_spot integer, slice_size integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT id, part.kind, part.spots, (sum(part.spots) OVER (PARTITION BY id ORDER BY part.kind <> 'standard', part.kind COLLATE "C") - part.spots + 1)::integer,
		smart_parking_internal.slice_size_for(capacity)
	FROM (SELECT (p.identity).parking_id AS id, (p.feature).capacity, (p.feature).kinds FROM unnest(pairs) AS p) AS lot
	CROSS JOIN LATERAL (
		SELECT 'standard' AS kind, lot.capacity - coalesce((SELECT sum(value::integer) FROM jsonb_each_text(lot.kinds)), 0)::integer AS spots
		UNION ALL SELECT key, value::integer FROM jsonb_each_text(lot.kinds)) AS part
	WHERE part.spots > 0
$$;
COMMENT ON FUNCTION smart_parking_internal.parts_of(smart_parking_internal.lot_pair[]) IS 'How the spots of new lots divide: standard ones first, then the other kinds by name.';

CREATE OR REPLACE FUNCTION smart_parking_internal.add_lots(pairs smart_parking_internal.lot_pair[], source text, time_zone text)
RETURNS SETOF smart_parking_internal.lot_verdict
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_nestloop = off SET jit = off AS $$
DECLARE
	hold CONSTANT interval := smart_parking_internal.default_hold();
	fresh smart_parking_internal.lot_pair[];
	added integer;
BEGIN
	fresh := (SELECT array_agg(ROW(p.feature, ROW((p.identity).nth, (p.identity).source_id, smart_parking_internal.new_region_id((p.feature).latitude, (p.feature).longitude),
		NULL, NULL)::smart_parking_internal.lot_identity)::smart_parking_internal.lot_pair) FROM unnest(pairs) AS p);
	RETURN QUERY
	WITH zone AS MATERIALIZED (
		SELECT * FROM smart_parking_internal.zones_of(fresh, add_lots.time_zone)
	), made AS (
		INSERT INTO smart_parking.parking (id, name, address, location, total_capacity, hold_duration, time_zone, slice_size, properties, source, source_id,
			access, max_height_m, fee, opening_hours)
		SELECT (p.identity).parking_id, l.name, l.address, smart_parking_internal.location_of(l.latitude, l.longitude), l.capacity, hold, z.time_zone,
			smart_parking_internal.slice_size_for(l.capacity), l.properties, add_lots.source, (p.identity).source_id,
			coalesce(l.access, 'public'), l.max_height_m, l.fee, l.opening_hours
		FROM unnest(fresh) AS p CROSS JOIN LATERAL (SELECT (p.feature).*) AS l JOIN zone AS z ON z.nth = l.nth
		ON CONFLICT ON CONSTRAINT parking_source_source_id_key DO NOTHING
		RETURNING id
	)
	SELECT (p.feature).nth, (p.identity).source_id, (p.feature).name, 'added'::text, NULL::text, m.id, array_remove((p.feature).notes || z.note, NULL)
	FROM unnest(fresh) AS p JOIN zone AS z ON z.nth = (p.feature).nth JOIN made AS m ON m.id = (p.identity).parking_id;
	GET DIAGNOSTICS added = ROW_COUNT;
	IF added < cardinality(fresh) THEN
		-- others than imports and add_parking(), which wait for each other
		RAISE EXCEPTION 'source "%" got lots from elsewhere during this import', source USING ERRCODE = 'SP019', HINT = 'Import again.';
	END IF;

	INSERT INTO smart_parking.spot (parking_id, spot_no, label, kind, slice_no)
	SELECT p.parking_id, p.first_spot + n, (p.first_spot + n)::text, p.kind, n / p.slice_size
	FROM smart_parking_internal.parts_of(fresh) AS p, generate_series(0, p.spots - 1) AS n;
	INSERT INTO smart_parking.counter_slice (parking_id, kind, slice_no, first_spot_no, spots, free_spots, free_map, service_map)
	SELECT p.parking_id, p.kind, n / p.slice_size, p.first_spot + n, size, size, smart_parking_internal.low_bits(size), smart_parking_internal.low_bits(size)
	FROM smart_parking_internal.parts_of(fresh) AS p, generate_series(0, p.spots - 1, p.slice_size) AS n, LATERAL least(p.slice_size, p.spots - n) AS size;
END $$;
COMMENT ON FUNCTION smart_parking_internal.add_lots(smart_parking_internal.lot_pair[], text, text) IS
'Makes new lots with their spots, all free. Arguments: pairs; source; time_zone where the file has none. The caller has locked the source. Result: a row for each of them, of the report.';
