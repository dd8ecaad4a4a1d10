-- Lots from GeoJSON, as cities and OpenStreetMap give them.
--
-- A feature is read into a lot_feature first, with nothing written; what cannot be read becomes a refusal, a
-- value and not an error, so that one bad feature does not cost the rest. A lot_feature without refusal is then applied.
-- enable_seqscan = off: see slices.sql.

CREATE OR REPLACE FUNCTION smart_parking_internal.first_text(properties jsonb, VARIADIC keys text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT btrim(properties ->> k.key)
	FROM unnest(keys) WITH ORDINALITY AS k(key, nth)
	WHERE jsonb_typeof(properties -> k.key) IN ('string', 'number') AND btrim(properties ->> k.key) <> ''
	ORDER BY k.nth LIMIT 1
$$;
COMMENT ON FUNCTION smart_parking_internal.first_text(jsonb, text[]) IS
'The first of these properties that holds text or a number and is not blank, trimmed; NULL: none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.whole_number(value jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
	SELECT CASE WHEN value #>> '{}' ~ '^\s*-?[0-9]{1,18}(\.0*)?\s*$' THEN trunc((value #>> '{}')::numeric) END
$$;
COMMENT ON FUNCTION smart_parking_internal.whole_number(jsonb) IS 'A whole number given as number or string, 120 or "120"; NULL: it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.feature_address(properties jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT coalesce(
		smart_parking_internal.first_text(properties, 'address', 'addr:full'),
		nullif(concat_ws(', ',
			nullif(concat_ws(' ', properties ->> 'addr:street', properties ->> 'addr:housenumber'), ''),
			nullif(concat_ws(' ', properties ->> 'addr:postcode', properties ->> 'addr:city'), '')), ''))
$$;
COMMENT ON FUNCTION smart_parking_internal.feature_address(jsonb) IS 'The address in a feature''s properties, OpenStreetMap''s addr:* keys put together; NULL: none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.feature_capacity(properties jsonb, OUT capacity integer, OUT kinds jsonb, OUT refusal text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	source_key text;
	n numeric;
	part record;
	special numeric := 0;
BEGIN
	SELECT k INTO source_key FROM unnest(ARRAY['total', 'capacity']) WITH ORDINALITY AS u(k, nth)
	WHERE coalesce(btrim(properties ->> k), '') <> '' ORDER BY nth LIMIT 1;
	IF source_key IS NULL THEN
		refusal := 'no_capacity: neither total nor capacity is given';
		RETURN;
	END IF;
	n := smart_parking_internal.whole_number(properties -> source_key);
	IF n = 0 THEN
		-- feeds write 0 where they do not know
		refusal := format('no_capacity: %s is 0', source_key);
		RETURN;
	ELSIF n IS NULL OR n NOT BETWEEN 1 AND smart_parking_internal.max_capacity() THEN
		refusal := format('bad_capacity: %s is %s', source_key, left((properties -> source_key)::text, 40));
		RETURN;
	END IF;

	-- capacity:disabled=yes says that there are some, capacity:conditional when: neither is a number of spots
	FOR part IN
		SELECT substr(key, 10) AS kind, value, smart_parking_internal.whole_number(value) AS spots
		FROM jsonb_each(properties)
		WHERE key ~ '^capacity:[a-z][a-z0-9_]{0,30}$' AND key NOT IN ('capacity:conditional', 'capacity:standard')
		AND lower(value #>> '{}') NOT IN ('yes', 'no', 'unknown')
		ORDER BY key
	LOOP
		IF part.spots IS NULL OR part.spots < 0 THEN
			refusal := format('bad_capacity: capacity:%s is %s', part.kind, left(part.value::text, 40));
			RETURN;
		END IF;
		special := special + part.spots;
		kinds := coalesce(kinds, '{}') || jsonb_build_object(part.kind, part.spots);
	END LOOP;
	IF special > n THEN
		refusal := format('bad_capacity: the kinds add up to %s of %s spots', special, n);
		RETURN;
	END IF;
	capacity := n;
END $$;
COMMENT ON FUNCTION smart_parking_internal.feature_capacity(jsonb) IS
'Capacity under total or capacity, kinds of spots within it under capacity:*. refusal: why it cannot be used.';

CREATE OR REPLACE FUNCTION smart_parking_internal.degrees_of(value jsonb) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN abs(value::numeric) <= 180 THEN round(value::numeric, 17)::float8 END
$$;
COMMENT ON FUNCTION smart_parking_internal.degrees_of(jsonb) IS
'A JSON number as degrees; NULL: out of range. JSON numbers may be too large or too small for float8, whose input would raise an error.';

CREATE OR REPLACE FUNCTION smart_parking_internal.feature_point(geometry jsonb, OUT latitude float8, OUT longitude float8, OUT refusal text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	kind text := geometry ->> 'type';
	place jsonb := geometry -> 'coordinates';
BEGIN
	IF coalesce(jsonb_typeof(geometry), 'null') = 'null' THEN
		refusal := 'no_geometry: the feature has no place';
		RETURN;
	ELSIF kind IS NULL THEN
		refusal := 'no_geometry: the geometry has no type';
		RETURN;
	ELSIF kind NOT IN ('Point', 'Polygon', 'MultiPolygon') THEN
		refusal := format('unsupported_geometry: %s', left(kind, 40));
		RETURN;
	END IF;

	IF kind <> 'Point' THEN
		-- a ring has 4 positions at least; PostGIS takes shorter ones too
		IF NOT (geometry @? CASE kind WHEN 'Polygon' THEN 'strict $.coordinates[*] ? (@.size() < 4)'
				ELSE 'strict $.coordinates[*][*] ? (@.size() < 4)' END::jsonpath) THEN
			SELECT * INTO latitude, longitude FROM smart_parking_internal.area_point(geometry);
		END IF;
	ELSIF jsonb_typeof(place -> 0) = 'number' AND jsonb_typeof(place -> 1) = 'number' THEN
		longitude := smart_parking_internal.degrees_of(place -> 0);
		latitude := smart_parking_internal.degrees_of(place -> 1);
	END IF;
	IF NOT coalesce(latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180, false) THEN
		refusal := format('bad_coordinates: %s', left(coalesce(place::text, 'none'), 60));
	ELSIF longitude = latitude THEN
		-- a copying mistake, or 0, 0; on land hardly ever a place
		refusal := 'suspicious_coordinates: longitude equals latitude';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.feature_point(jsonb) IS
'Where a feature is: a Point, or a point on a Polygon or MultiPolygon. refusal: why it cannot be used.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_feature(feature jsonb) RETURNS smart_parking_internal.lot_feature
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	lot smart_parking_internal.lot_feature;
	properties jsonb := feature -> 'properties';
	point record;
	size record;
BEGIN
	IF jsonb_typeof(feature) <> 'object' OR feature ->> 'type' IS DISTINCT FROM 'Feature' THEN
		lot.refusal := 'not_a_feature: an object of type Feature is expected';
		RETURN lot;
	ELSIF coalesce(jsonb_typeof(properties), 'null') <> 'object' THEN
		properties := '{}';
	END IF;

	lot.properties := properties;
	lot.name := smart_parking_internal.first_text(properties, 'name');
	lot.source_id := coalesce(smart_parking_internal.first_text(feature, 'id'),
		smart_parking_internal.first_text(properties, 'id', 'source_id', '@id', 'obs_id'), lot.name);
	lot.address := smart_parking_internal.feature_address(properties);
	point := smart_parking_internal.feature_point(feature -> 'geometry');
	lot.latitude := point.latitude;
	lot.longitude := point.longitude;
	size := smart_parking_internal.feature_capacity(properties);
	lot.capacity := size.capacity;
	lot.kinds := size.kinds;
	lot.refusal := CASE
		WHEN properties ->> 'type' = 'city' THEN 'not_a_lot: type city'
		WHEN properties ->> 'amenity' NOT IN ('parking', 'parking_space')
			THEN format('not_a_lot: amenity %s', left(properties ->> 'amenity', 40))
		WHEN lot.name IS NULL THEN 'no_name: the lot has no name'
		WHEN octet_length(lot.source_id) > 500 THEN 'bad_id: longer than 500 bytes'
		ELSE coalesce(point.refusal, size.refusal)
	END;
	RETURN lot;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_feature(jsonb) IS 'Reads one GeoJSON feature. Writes nothing and raises no error: see refusal.';

CREATE OR REPLACE FUNCTION smart_parking_internal.wanted_kinds(parking_id uuid, capacity integer, kinds jsonb)
RETURNS TABLE (kind text, have integer, want integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
	WITH present AS (
		SELECT s.kind, count(*)::integer AS have FROM smart_parking.spot AS s
		WHERE s.parking_id = wanted_kinds.parking_id AND NOT s.retired GROUP BY s.kind
	), special AS (
		SELECT coalesce(p.kind, k.key) AS kind, coalesce(p.have, 0) AS have, coalesce(k.value::integer, p.have) AS want
		FROM (SELECT * FROM present WHERE kind <> 'standard') AS p
		FULL JOIN jsonb_each_text(coalesce(kinds, '{}')) AS k ON k.key = p.kind
	)
	SELECT 'standard', coalesce((SELECT have FROM present WHERE kind = 'standard'), 0),
		capacity - coalesce((SELECT sum(want) FROM special)::integer, 0)
	UNION ALL
	SELECT kind, have, want FROM special
$$;
COMMENT ON FUNCTION smart_parking_internal.wanted_kinds(uuid, integer, jsonb) IS
'Spots of each kind that a lot has, and should have after an import. '
'Kinds that the import does not name keep theirs; standard spots are the rest.';

CREATE OR REPLACE FUNCTION smart_parking_internal.update_from_feature(
	lot smart_parking.parking, feature smart_parking_internal.lot_feature, OUT action text, OUT reason text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	place smart_parking.parking.location%TYPE := smart_parking_internal.location_of(feature.latitude, feature.longitude);
	part record;
BEGIN
	action := 'unchanged';
	SELECT kind, want INTO part FROM smart_parking_internal.wanted_kinds(lot.id, feature.capacity, feature.kinds) WHERE want < 0;
	IF FOUND THEN
		action := 'refused';
		reason := format('bad_capacity: the lot''s other kinds have more than %s spots', feature.capacity);
		RETURN;
	END IF;

	FOR part IN
		SELECT kind, want FROM smart_parking_internal.wanted_kinds(lot.id, feature.capacity, feature.kinds)
		WHERE have <> want ORDER BY kind COLLATE "C"
	LOOP
		action := 'updated';
		PERFORM smart_parking_internal.resize_kind(lot, part.kind, part.want);
	END LOOP;
	IF action = 'updated' THEN
		INSERT INTO smart_parking.parking_event (parking_id, event, reason, details)
		VALUES (lot.id, 'resized', 'import',
			jsonb_build_object('from', lot.total_capacity, 'to', feature.capacity, 'kinds', feature.kinds));
	END IF;
	UPDATE smart_parking.parking AS p
	SET name = feature.name, address = feature.address, location = place,
		properties = feature.properties, total_capacity = feature.capacity
	WHERE p.id = lot.id
	AND (p.name, p.address, p.location::text, p.properties, p.total_capacity)
		IS DISTINCT FROM (feature.name, feature.address, place::text, feature.properties, feature.capacity);
	IF FOUND THEN
		action := 'updated';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.update_from_feature(smart_parking.parking, smart_parking_internal.lot_feature) IS
'Brings a lot in line with a feature. The caller has locked the lot''s row. action: updated, unchanged or refused.';

CREATE OR REPLACE FUNCTION smart_parking_internal.apply_feature(source text, feature smart_parking_internal.lot_feature,
	OUT action text, OUT reason text, OUT parking_id uuid)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	lot smart_parking.parking;
BEGIN
	SELECT p.* INTO lot FROM smart_parking.parking AS p
	WHERE p.source = apply_feature.source AND p.source_id = feature.source_id
	FOR NO KEY UPDATE;
	parking_id := lot.id;
	IF FOUND THEN
		SELECT u.action, u.reason INTO action, reason FROM smart_parking_internal.update_from_feature(lot, feature) AS u;
	ELSE
		parking_id := smart_parking.add_parking(feature.name, feature.latitude, feature.longitude, feature.capacity,
			feature.address, feature.kinds, properties => feature.properties,
			source => apply_feature.source, source_id => feature.source_id);
		action := 'added';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.apply_feature(text, smart_parking_internal.lot_feature) IS
'Adds the lot that a feature describes, or brings the one that came from there before in line with it.';

CREATE OR REPLACE FUNCTION smart_parking.import_parkings(features jsonb, source text)
RETURNS TABLE (source_id text, name text, action text, reason text, parking_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	application CONSTANT text := current_setting('application_name');
	item record;
	total bigint;
	done bigint := 0;
BEGIN
	PERFORM smart_parking_internal.require_argument('features', features IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('source', source IS NOT NULL);
	IF btrim(source) = '' OR octet_length(source) > 500 THEN
		RAISE EXCEPTION 'source is empty or longer than 500 bytes' USING ERRCODE = 'SP019',
			HINT = 'Name where the lots come from; a later import from there updates them.';
	ELSIF jsonb_typeof(features) <> 'object' OR features ->> 'type' IS DISTINCT FROM 'FeatureCollection'
		OR coalesce(jsonb_typeof(features -> 'features'), 'null') <> 'array' THEN
		RAISE EXCEPTION 'this is not a GeoJSON FeatureCollection' USING ERRCODE = 'SP018',
			HINT = 'An object is expected with "type": "FeatureCollection" and an array "features" (RFC 7946).';
	END IF;
	total := jsonb_array_length(features -> 'features');

	FOR item IN
		SELECT f AS lot, row_number() OVER (PARTITION BY f.source_id, f.refusal IS NULL ORDER BY e.nth) > 1 AS again
		FROM jsonb_array_elements(features -> 'features') WITH ORDINALITY AS e(value, nth)
		CROSS JOIN LATERAL smart_parking_internal.read_feature(e.value) AS f
		ORDER BY e.nth
	LOOP
		source_id := (item.lot).source_id;
		name := (item.lot).name;
		parking_id := NULL;
		IF (item.lot).refusal IS NOT NULL THEN
			action := 'refused';
			reason := (item.lot).refusal;
		ELSIF item.again THEN
			action := 'refused';
			reason := format('duplicate_id: "%s" came before in this import', source_id);
		ELSE
			SELECT * INTO action, reason, parking_id FROM smart_parking_internal.apply_feature(import_parkings.source, item.lot);
		END IF;
		RETURN NEXT;
		done := done + 1;
		PERFORM smart_parking_internal.report_progress('import_parkings', done, total);
	END LOOP;
	PERFORM set_config('application_name', application, true);
END $$;
COMMENT ON FUNCTION smart_parking.import_parkings(jsonb, text) IS
'Takes lots from a GeoJSON FeatureCollection (RFC 7946): new ones are added, those that came from the same source before are updated, '
'features that are no lots are refused one by one. '
'Arguments: features; source, a name for where they come from. '
'A feature needs a name, a Point, Polygon or MultiPolygon, and its capacity under total or capacity, as number or string; '
'capacity:disabled and the like are kinds within it. It is known again by id, else properties id, source_id, @id or obs_id, else by name. '
'Result: a row a feature. action is added, updated, unchanged or refused; reason begins with one of not_a_feature, not_a_lot, '
'no_name, bad_id, no_geometry, unsupported_geometry, bad_coordinates, suspicious_coordinates, no_capacity, bad_capacity, duplicate_id. '
'Errors, with nothing imported: SP016 NULL, SP018 not a FeatureCollection, SP019 source empty or longer than 500 bytes.';
