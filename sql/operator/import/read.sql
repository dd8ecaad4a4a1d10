-- Items of a file are read into lots: all of them in one statement, with nothing written. What cannot be read becomes a
-- refusal, a value and not an error, so that one bad item does not cost the rest.

CREATE OR REPLACE FUNCTION smart_parking_internal.made_name(operator text, address text, own_id text, ref text, part text, latitude float8, longitude float8)
RETURNS smart_parking_internal.lot_name
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT ROW(v[1], v[2])::smart_parking_internal.lot_name FROM (SELECT CASE
		WHEN operator IS NOT NULL AND address IS NOT NULL THEN ARRAY[concat(operator, ', ', address), 'operator and address']
		WHEN operator IS NOT NULL THEN ARRAY[operator, 'operator']
		WHEN address IS NOT NULL THEN ARRAY[address, 'address']
		WHEN own_id IS NOT NULL THEN ARRAY[own_id, 'id']
		WHEN ref IS NOT NULL THEN ARRAY[ref, 'ref']
		WHEN part IS NOT NULL THEN ARRAY[part, 'what is there']
		ELSE ARRAY[format('Parking at %s, %s', round(latitude::numeric, 5), round(longitude::numeric, 5)), 'place'] END AS v) AS made
$$;
COMMENT ON FUNCTION smart_parking_internal.made_name(text, text, text, text, text, float8, float8) IS
'A name for a lot that has none, and of what it was made: operator and address, one of them, its id, ref, whatever else is there, or its place.';

CREATE OR REPLACE FUNCTION smart_parking_internal.no_lot(properties jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE
		WHEN properties OPERATOR(pg_catalog.->>) 'type' OPERATOR(pg_catalog.=) 'city' THEN 'not_a_lot: type city'
		WHEN properties OPERATOR(pg_catalog.->>) 'amenity' OPERATOR(pg_catalog.<>) ALL (ARRAY['parking', 'parking_space'])
			THEN 'not_a_lot: amenity ' OPERATOR(pg_catalog.||) "left"(properties OPERATOR(pg_catalog.->>) 'amenity', 40)
		WHEN properties OPERATOR(pg_catalog.->>) 'purpose' OPERATOR(pg_catalog.=) ANY (ARRAY['BIKE', 'ITEM'])
			THEN 'not_a_lot: purpose ' OPERATOR(pg_catalog.||) (properties OPERATOR(pg_catalog.->>) 'purpose') END
$$;
COMMENT ON FUNCTION smart_parking_internal.no_lot(jsonb) IS 'Why properties are not those of a car park: the city itself, another amenity of OpenStreetMap, another purpose of ParkAPI. NULL: they may be.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_items(items smart_parking_internal.lot_item[], keys jsonb, srid integer) RETURNS smart_parking_internal.lot_feature[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	k smart_parking_internal.lot_keys := smart_parking_internal.keys_by_role(keys);
	osm CONSTANT boolean := EXISTS (SELECT FROM unnest(items) AS i WHERE i.properties ?| ARRAY['osm_type', '@type'] OR i.properties ->> 'type' IN ('node', 'way', 'relation'));
	most CONSTANT integer := smart_parking_internal.max_capacity();
	zones CONSTANT jsonb := smart_parking_internal.zones_named(items, k.time_zone);
BEGIN
	RETURN (SELECT coalesce(array_agg(ROW(f.nth, f.own_id, f.ref, f.given_name, coalesce(f.given_name, (f.made).name),
			coalesce(f.address, nullif(concat_ws(', ', f.street, f.town), '')), (f.point).latitude, (f.point).longitude,
			CASE WHEN f.capacity BETWEEN 1 AND most THEN f.capacity END::integer, (f.kinds).kinds, f.properties,
			CASE WHEN (zones -> f.zone)::boolean THEN f.zone END, f.country, f.access, f.height, f.fee, f.hours,
			array_remove(ARRAY['name: made from ' || (f.made).made_from, 'kinds: left out, since ' || (f.kinds).note,
				CASE WHEN NOT (zones -> f.zone)::boolean THEN format('time_zone: "%s" is unknown', left(f.zone, 60)) END,
				CASE WHEN f.access = 'private' AND f.said_access <> 'private' THEN format('access: "%s" counts as private', left(f.said_access, 40)) END], NULL),
			coalesce(f.refusal, smart_parking_internal.no_lot(f.properties), (f.point).refusal, CASE
				WHEN f.capacity IS NULL OR f.capacity NOT BETWEEN 1 AND most THEN coalesce(
					CASE f.capacity WHEN 0 THEN 'no_capacity: ' ELSE 'bad_capacity: ' END || smart_parking_internal.capacity_text(f.properties, k.capacity),
					'no_capacity: neither total nor capacity is given') END, (f.kinds).refusal))::smart_parking_internal.lot_feature ORDER BY f.nth), '{}')
		FROM (
			SELECT i.*, CASE WHEN i.given_name IS NULL AND i.refusal IS NULL THEN smart_parking_internal.made_name(smart_parking_internal.first_text(i.properties, k.operator),
					coalesce(i.street, i.address), i.own_id, i.ref, smart_parking_internal.first_text(i.properties, k.part), (i.point).latitude, (i.point).longitude) END AS made,
				CASE WHEN k.kinds <> '{}' AND i.capacity BETWEEN 1 AND most THEN smart_parking_internal.feature_kinds(i.properties, i.capacity::integer, k.kinds) END AS kinds,
				CASE WHEN i.said_access IS NOT NULL THEN smart_parking_internal.access_of(i.said_access) END AS access
			FROM (
				SELECT i.nth, i.properties, i.refusal,
					coalesce(i.id, CASE WHEN osm THEN smart_parking_internal.osm_id(i.properties) END, smart_parking_internal.first_text(i.properties, k.id)) AS own_id,
					smart_parking_internal.first_text(i.properties, k.ref) AS ref,
					smart_parking_internal.first_text(i.properties, k.name) AS given_name,
					smart_parking_internal.first_text(i.properties, k.address) AS address,
					nullif(concat_ws(' ', smart_parking_internal.first_text(i.properties, k.street), smart_parking_internal.first_text(i.properties, k.housenumber)), '') AS street,
					nullif(concat_ws(' ', smart_parking_internal.first_text(i.properties, k.postcode), smart_parking_internal.first_text(i.properties, k.city)), '') AS town,
					smart_parking_internal.first_text(i.properties, k.time_zone) AS zone,
					substring(smart_parking_internal.first_text(i.properties, k.country), '^[A-Za-z]{2}$') AS country,
					smart_parking_internal.first_text(i.properties, k.access) AS said_access,
					smart_parking_internal.first_text(i.properties, k.opening_hours) AS hours,
					CASE WHEN k.max_height IS NOT NULL THEN smart_parking_internal.metres_of(smart_parking_internal.first_text(i.properties, k.max_height)) END AS height,
					CASE WHEN k.fee IS NOT NULL OR k.free IS NOT NULL THEN coalesce(smart_parking_internal.yes_or_no(i.properties ->> k.fee[1]),
						NOT smart_parking_internal.yes_or_no(i.properties ->> k.free[1])) END AS fee,
					CASE WHEN k.capacity[2] IS NULL THEN smart_parking_internal.whole_number(smart_parking_internal.plain_text(i.properties -> k.capacity[1]))
						ELSE smart_parking_internal.first_capacity(i.properties, k.capacity) END AS capacity,
					smart_parking_internal.feature_point(coalesce(nullif(i.geometry, 'null'), smart_parking_internal.flat_geometry(i.properties,
						smart_parking_internal.first_text(i.properties, k.latitude), smart_parking_internal.first_text(i.properties, k.longitude), k.places)), coalesce(read_items.srid, i.srid)) AS point
				FROM unnest(items) AS i OFFSET 0
			) AS i OFFSET 0
		) AS f);
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_items(smart_parking_internal.lot_item[], jsonb, integer) IS
'Reads the items of a file. Arguments: items; keys, as property_keys() found them; srid of the coordinates in place of the items'' own. Writes nothing and raises no error: see refusal.';
