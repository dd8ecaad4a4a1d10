-- Lots from the files in which cities, OpenStreetMap and others have them.
--
-- containers: a file is an array of items. keys: which of their properties mean what. read: items are lots, or refused.
-- identity: which lot of the source each is. Then the table is brought in line: update, add, missing.

CREATE OR REPLACE FUNCTION smart_parking_internal.check_import(source text, time_zone text, close_missing boolean, move_booked boolean) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('source', source IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('close_missing', close_missing IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('move_booked', move_booked IS NOT NULL);
	IF btrim(source) = '' OR octet_length(source) > 500 THEN
		RAISE EXCEPTION 'source is empty or longer than 500 bytes' USING ERRCODE = 'SP019',
			HINT = 'Name where the lots come from; a later import from there updates them.';
	ELSIF time_zone IS NOT NULL THEN
		PERFORM smart_parking_internal.check_time_zone(time_zone);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_import(text, text, boolean, boolean) IS 'Raises SP016 and SP019 for arguments of import_parkings() that cannot be used.';

CREATE OR REPLACE FUNCTION smart_parking_internal.refused_lots(pairs smart_parking_internal.lot_pair[])
RETURNS SETOF smart_parking_internal.lot_verdict
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT l.nth, i.source_id, l.given_name, 'refused', i.refusal, i.parking_id,
		CASE WHEN i.refusal ~ '^(no_capacity|bad_capacity|no_geometry)' THEN
			ARRAY['its keys: ' || coalesce((SELECT left(string_agg(k, ', ' ORDER BY k), 500) FROM jsonb_object_keys(l.properties) AS k), 'none')] ELSE '{}' END
	FROM unnest(pairs) AS p CROSS JOIN LATERAL (SELECT (p.feature).*) AS l CROSS JOIN LATERAL (SELECT (p.identity).*) AS i WHERE i.refusal IS NOT NULL
$$;
COMMENT ON FUNCTION smart_parking_internal.refused_lots(smart_parking_internal.lot_pair[]) IS
'The rows of the report for items that are refused; notes tell what keys they have, for a mapping.';

CREATE OR REPLACE FUNCTION smart_parking_internal.import_items(items smart_parking_internal.lot_item[], source text, mapping jsonb, srid integer, time_zone text,
	close_missing boolean, move_booked boolean)
RETURNS SETOF smart_parking_internal.lot_verdict
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	at_once CONSTANT integer := 1000;
	keys CONSTANT jsonb := smart_parking_internal.property_keys(items, mapping);
	access_keys CONSTANT text[] := coalesce((smart_parking_internal.keys_by_role(keys)).access, '{access}');
	pairs smart_parking_internal.lot_pair[];
	new_ones smart_parking_internal.lot_pair[];
	application CONSTANT text := current_setting('application_name');
	shown_at timestamptz := clock_timestamp();
BEGIN
	-- who imports from there at the same time is waited for, and what comes after sees what he did
	PERFORM smart_parking_internal.lock_source(source);
	pairs := smart_parking_internal.identify(smart_parking_internal.read_items(items, keys, srid), source);
	IF close_missing AND NOT EXISTS (SELECT FROM unnest(pairs) AS p WHERE (p.identity).refusal IS NULL) THEN
		RAISE EXCEPTION 'the file has no lot, and close_missing would close all of source "%"', source
			USING ERRCODE = 'SP019', HINT = 'Look at the report without close_missing.';
	END IF;
	RETURN QUERY SELECT * FROM smart_parking_internal.refused_lots(pairs);
	RETURN QUERY SELECT * FROM smart_parking_internal.update_lots(pairs, move_booked, access_keys);
	RETURN QUERY SELECT * FROM smart_parking_internal.missing_lots(pairs, source, close_missing);

	new_ones := (SELECT array_agg(p) FROM unnest(pairs) AS p WHERE (p.identity).refusal IS NULL AND (p.identity).parking_id IS NULL);
	FOR done IN 0 .. coalesce(cardinality(new_ones), 0) - 1 BY at_once LOOP
		IF done > 0 AND clock_timestamp() - shown_at > interval '2 seconds' THEN
			RAISE NOTICE '% of % new lots are in', done, cardinality(new_ones);
			shown_at := clock_timestamp();
		END IF;
		PERFORM smart_parking_internal.report_progress('import_parkings', done, cardinality(new_ones));
		RETURN QUERY SELECT * FROM smart_parking_internal.add_lots(new_ones[done + 1 : done + at_once], source, time_zone);
	END LOOP;
	PERFORM set_config('application_name', application, true);
END $$;
COMMENT ON FUNCTION smart_parking_internal.import_items(smart_parking_internal.lot_item[], text, jsonb, integer, text, boolean, boolean) IS
'What import_parkings() does with the items of a file. Says by NOTICE how far it is, every two seconds, and in the view progress. Result: the rows of its report, in no order.';

CREATE OR REPLACE FUNCTION smart_parking.import_parkings(features jsonb, source text, mapping jsonb DEFAULT NULL, crs text DEFAULT NULL, time_zone text DEFAULT NULL,
	close_missing boolean DEFAULT false, move_booked boolean DEFAULT false)
RETURNS TABLE (source_id text, name text, action text, reason text, parking_id uuid, notes text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('features', features IS NOT NULL);
	PERFORM smart_parking_internal.check_import(source, time_zone, close_missing, move_booked);
	RETURN QUERY SELECT v.source_id, v.name, v.action, v.reason, v.parking_id, nullif(array_to_string(v.notes, '; '), '')
	FROM smart_parking_internal.import_items(smart_parking_internal.items_of(features), source, mapping, smart_parking_internal.srid_of(crs), time_zone, close_missing, move_booked) AS v
	ORDER BY v.nth, v.name, v.source_id;
END $$;

CREATE OR REPLACE FUNCTION smart_parking.import_parkings(features text, source text, mapping jsonb DEFAULT NULL, crs text DEFAULT NULL, time_zone text DEFAULT NULL,
	close_missing boolean DEFAULT false, move_booked boolean DEFAULT false)
RETURNS TABLE (source_id text, name text, action text, reason text, parking_id uuid, notes text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('features', features IS NOT NULL);
	PERFORM smart_parking_internal.check_import(source, time_zone, close_missing, move_booked);
	RETURN QUERY SELECT i.* FROM smart_parking.import_parkings(smart_parking_internal.document_of(features), source, mapping, crs, time_zone, close_missing, move_booked) AS i;
END $$;
DO $do$
DECLARE
	-- one text for both of them
	said CONSTANT text :=
'Takes lots from a file: new ones are added, those that came from the same source before are updated, what is no lot is refused one by one. '
'Arguments: features, the file as jsonb, or as text (which may also be XML or CSV): GeoJSON (RFC 7946, or older with a crs), the answer of Overpass, Esri JSON, ParkAPI v2 and v3, a JSON list of '
'objects with a place, DATEX II parking tables, CSV with a header; source, a name for where they come from; '
'mapping, which property is what: an object with id, name, capacity, address, kinds (an object: the property for each kind), latitude, longitude, time_zone, country, access, max_height, fee, opening_hours, operator; '
'a property, or an array of up to six of which the first with a value counts; what is left out is looked for under its usual names; '
'crs, the reference system of the coordinates such as EPSG:25832, in place of the file''s own; time_zone of new lots for which the file has none; '
'close_missing, whether lots of the source that the file does not have are closed; move_booked, whether a lot is moved more than 100 m while it has live bookings. '
'A lot needs a place and a capacity; without a name it gets one. It is known again by its id, else by a name that no other in the file has, else by name and place. '
'Result: a row an item, then a row for each lot that is missing. action is added, updated, unchanged, refused or missing; notes say what else was done or taken as given; a reason for a refusal begins with one of not_a_feature, not_a_lot, '
'bad_id, no_geometry, unsupported_geometry, bad_coordinates, suspicious_coordinates, no_capacity, bad_capacity, duplicate_id, moved_while_booked. '
'Two imports of one source wait for each other. Long ones say by NOTICE how far they are, and the view progress tells others. '
'Errors, with nothing imported: SP016 NULL, SP018 the file is none of these, or its crs is unknown, SP019 source empty or longer than 500 bytes, unknown time_zone, a mapping that does not fit, close_missing with a file without lots.';
BEGIN
	EXECUTE pg_catalog.format('COMMENT ON FUNCTION smart_parking.import_parkings(jsonb, text, jsonb, text, text, boolean, boolean) IS %L', said);
	EXECUTE pg_catalog.format('COMMENT ON FUNCTION smart_parking.import_parkings(text, text, jsonb, text, text, boolean, boolean) IS %L', said);
END $do$;
