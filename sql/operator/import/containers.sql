-- The containers in which lots come as JSON: GeoJSON, Overpass, Esri, ParkAPI, lists of flat objects.

CREATE OR REPLACE FUNCTION smart_parking_internal.not_a_list(looks_like text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RAISE EXCEPTION 'there are no parking lots to read: this looks like %', looks_like USING ERRCODE = 'SP018',
		HINT = 'What is read: GeoJSON (RFC 7946), the answer of Overpass, Esri JSON, ParkAPI v2 and v3, JSON lists of objects with a place, DATEX II parking tables, CSV with a header.';
END $$;
COMMENT ON FUNCTION smart_parking_internal.not_a_list(text) IS 'Raises SP018 for a file that import_parkings() cannot read. Argument: what it looks like.';

CREATE OR REPLACE FUNCTION smart_parking_internal.like_json(document jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE
		WHEN jsonb_typeof(document) = 'array' AND document = '[]' THEN 'an empty JSON array'
		WHEN jsonb_typeof(document) = 'array' THEN format('a JSON array of things that are no objects, %s first', left((document -> 0)::text, 40))
		WHEN jsonb_typeof(document) <> 'object' THEN format('a JSON %s', jsonb_typeof(document))
		WHEN document = '{}' THEN 'an empty JSON object'
		WHEN document ->> 'type' = 'FeatureCollection' THEN 'a GeoJSON FeatureCollection without its array "features"'
		WHEN document ->> 'type' = 'Feature' THEN 'a GeoJSON Feature without geometry and properties'
		WHEN document ->> 'type' = 'Topology' THEN 'TopoJSON, which has to be turned into GeoJSON first'
		WHEN document ? 'coordinates' THEN 'a bare GeoJSON geometry, which has neither name nor capacity'
		WHEN document ?| ARRAY['error', 'errors', 'exception'] THEN format('an error message, %s', left(document::text, 200))
		ELSE format('a JSON object with %s', (SELECT left(string_agg(k, ', ' ORDER BY k), 200) FROM jsonb_object_keys(document) AS k))
	END
$$;
COMMENT ON FUNCTION smart_parking_internal.like_json(jsonb) IS 'What a JSON document that is no list of lots looks like.';

CREATE OR REPLACE FUNCTION smart_parking_internal.list_in(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH member AS (
		SELECT 1 AS depth, key, value FROM jsonb_each(document)
		UNION ALL
		SELECT 2, m.key, m.value FROM jsonb_each(document) AS e, jsonb_each(CASE jsonb_typeof(e.value) WHEN 'object' THEN e.value ELSE '{}' END) AS m
	)
	SELECT coalesce(
		(SELECT value FROM member WHERE jsonb_typeof(value) = 'array' AND jsonb_typeof(value -> 0) = 'object'
			AND key <> ALL (ARRAY['fields', 'columns', 'links', 'facets', 'facet_groups'])
			ORDER BY depth, jsonb_array_length(value) DESC, key LIMIT 1),
		-- a list under the keys of an object
		(SELECT jsonb_agg(jsonb_build_object('id', key) || value ORDER BY key) FROM jsonb_each(document)
			HAVING bool_and(jsonb_typeof(value) = 'object') AND count(*) > 1))
$$;
COMMENT ON FUNCTION smart_parking_internal.list_in(jsonb) IS
'The longest array of objects in a JSON object, at most two levels down, that is none of columns and links; else the objects that it has under keys of their own; NULL: neither.';

CREATE OR REPLACE FUNCTION smart_parking_internal.list_of(document jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	list jsonb;
BEGIN
	list := CASE
		WHEN jsonb_typeof(document) = 'array' THEN nullif(document, '[]')
		WHEN jsonb_typeof(document) <> 'object' THEN NULL
		WHEN document ->> 'type' = 'FeatureCollection' OR document ->> 'type' IS NULL AND jsonb_typeof(document -> 'features') = 'array' THEN document -> 'features'
		WHEN document ->> 'type' = 'Feature' THEN CASE WHEN document ?| ARRAY['geometry', 'properties'] THEN jsonb_build_array(document) END
		WHEN document ? 'elements' THEN document -> 'elements'
		WHEN document ->> 'type' = 'Topology' OR document ? 'coordinates' THEN NULL
		ELSE coalesce(smart_parking_internal.list_in(document),
			CASE WHEN document @? '$.keyvalue() ? (@.key like_regex "^(lat|latitude|coords|location|geo.*)$" flag "i")' THEN jsonb_build_array(document) END)
	END;
	IF coalesce(jsonb_typeof(list), 'null') <> 'array' OR jsonb_typeof(document) = 'array' AND NOT list @? '$[*] ? (@.type() == "object")' THEN
		PERFORM smart_parking_internal.not_a_list(smart_parking_internal.like_json(document));
	END IF;
	RETURN list;
END $$;
COMMENT ON FUNCTION smart_parking_internal.list_of(jsonb) IS 'The array of things in a JSON document that may be lots. Errors: SP018 there is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.flat_properties(properties jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT properties - ARRAY['tags', 'properties', 'attributes', 'fields'] || coalesce((
		SELECT jsonb_object_agg(inner_one.key, inner_one.value)
		FROM unnest(ARRAY['tags', 'properties', 'attributes', 'fields']) AS outer_key,
			jsonb_each(CASE jsonb_typeof(properties -> outer_key) WHEN 'object' THEN properties -> outer_key ELSE '{}' END) AS inner_one), '{}')
$$;
COMMENT ON FUNCTION smart_parking_internal.flat_properties(jsonb) IS 'Properties with those that lie in tags, properties, attributes or fields put among them.';

CREATE OR REPLACE FUNCTION smart_parking_internal.osm_id(properties jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE pg_catalog.lower(coalesce(properties OPERATOR(pg_catalog.->>) 'osm_type', properties OPERATOR(pg_catalog.->>) '@type', properties OPERATOR(pg_catalog.->>) 'type'))
		WHEN 'node' THEN 'node/' WHEN 'n' THEN 'node/' WHEN 'way' THEN 'way/' WHEN 'w' THEN 'way/' WHEN 'relation' THEN 'relation/' WHEN 'r' THEN 'relation/' END
		OPERATOR(pg_catalog.||) pg_catalog.substring(coalesce(properties OPERATOR(pg_catalog.->>) 'osm_id', properties OPERATOR(pg_catalog.->>) '@id',
			properties OPERATOR(pg_catalog.->>) 'id'), '([0-9]{1,18})$')
$$;
COMMENT ON FUNCTION smart_parking_internal.osm_id(jsonb) IS 'The id of an element of OpenStreetMap whose type and id are properties of their own, way/123; NULL: it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.overpass_geometry(element jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE
		WHEN element ? 'lat' THEN jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(element -> 'lon', element -> 'lat'))
		WHEN element ? 'center' THEN jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(element #> '{center,lon}', element #> '{center,lat}'))
		WHEN jsonb_typeof(element -> 'geometry') = 'array' THEN (
			SELECT CASE WHEN count(*) >= 4 AND element #> '{geometry,0}' = element #> '{geometry,-1}'
				THEN jsonb_build_object('type', 'Polygon', 'coordinates', jsonb_build_array(jsonb_agg(line.position ORDER BY nth)))
				ELSE jsonb_build_object('type', 'LineString', 'coordinates', jsonb_agg(line.position ORDER BY nth)) END
			FROM jsonb_array_elements(element -> 'geometry') WITH ORDINALITY AS g(p, nth), LATERAL (SELECT jsonb_build_array(p -> 'lon', p -> 'lat')) AS line(position)
			WHERE p ? 'lat')
		WHEN element @? '$.members[*].geometry' THEN (
			SELECT jsonb_build_object('type', 'GeometryCollection', 'geometries', jsonb_agg(g))
			FROM jsonb_array_elements(element -> 'members') AS m, smart_parking_internal.overpass_geometry(m - 'members' - 'center') AS g WHERE g IS NOT NULL AND m ->> 'role' IS DISTINCT FROM 'inner')
		WHEN element ? 'bounds' THEN jsonb_build_object('type', 'LineString', 'coordinates', jsonb_build_array(
			jsonb_build_array(element #> '{bounds,minlon}', element #> '{bounds,minlat}'), jsonb_build_array(element #> '{bounds,maxlon}', element #> '{bounds,maxlat}')))
	END
$$;
COMMENT ON FUNCTION smart_parking_internal.overpass_geometry(jsonb) IS
'Where an element of an Overpass answer is, as GeoJSON: its lat and lon, center, geometry, that of its outer members, or bounds; NULL: it does not say.';

CREATE OR REPLACE FUNCTION smart_parking_internal.esri_geometry(geometry jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE
		WHEN geometry ? 'x' THEN jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(geometry -> 'x', geometry -> 'y'))
		WHEN geometry ? 'rings' THEN jsonb_build_object('type', 'Polygon', 'coordinates', geometry -> 'rings')
		WHEN geometry ? 'paths' THEN jsonb_build_object('type', 'MultiLineString', 'coordinates', geometry -> 'paths')
		WHEN geometry ? 'points' THEN jsonb_build_object('type', 'MultiPoint', 'coordinates', geometry -> 'points')
	END
$$;
COMMENT ON FUNCTION smart_parking_internal.esri_geometry(jsonb) IS 'A geometry of Esri JSON as GeoJSON; NULL: it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.document_srid(document jsonb) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT coalesce(smart_parking_internal.srid_of(CASE jsonb_typeof(document -> 'crs') WHEN 'object' THEN
			coalesce(document #>> '{crs,properties,name}', document #>> '{crs,properties,code}', document #>> '{crs,properties,href}') ELSE document ->> 'crs' END),
		smart_parking_internal.srid_of(coalesce(document #>> '{spatialReference,latestWkid}', document #>> '{spatialReference,wkid}')))
$$;
COMMENT ON FUNCTION smart_parking_internal.document_srid(jsonb) IS 'The reference system that a JSON document names for its coordinates; NULL: none. Errors: SP018 unknown.';

CREATE OR REPLACE FUNCTION smart_parking_internal.items_of(document jsonb) RETURNS smart_parking_internal.lot_item[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	list CONSTANT jsonb := smart_parking_internal.list_of(document);
	geojson CONSTANT boolean := coalesce(document ->> 'type' = 'FeatureCollection', false);
	overpass CONSTANT boolean := document ? 'elements' AND NOT geojson;
	srid CONSTANT integer := CASE jsonb_typeof(document) WHEN 'object' THEN smart_parking_internal.document_srid(document) END;
BEGIN
	RETURN (SELECT coalesce(array_agg(ROW(e.nth,
			CASE WHEN it.feature THEN smart_parking_internal.plain_text(e.value -> 'id')
				WHEN overpass THEN coalesce(smart_parking_internal.osm_id(e.value), smart_parking_internal.plain_text(e.value -> 'id')) END,
			CASE WHEN it.refused THEN '{}' WHEN overpass THEN e.value -> 'tags' WHEN NOT it.feature THEN smart_parking_internal.flat_properties(e.value - 'geometry')
				WHEN jsonb_typeof(e.value -> 'properties') <> 'object' THEN '{}'
				WHEN e.value -> 'properties' ?| ARRAY['tags', 'attributes', 'fields'] THEN smart_parking_internal.flat_properties(e.value -> 'properties')
				ELSE coalesce(e.value -> 'properties', '{}') END,
			CASE WHEN it.refused THEN NULL WHEN overpass THEN smart_parking_internal.overpass_geometry(e.value) WHEN it.feature THEN e.value -> 'geometry'
				ELSE coalesce(smart_parking_internal.esri_geometry(e.value -> 'geometry'), e.value -> 'geometry') END,
			CASE WHEN e.value -> 'geometry' ? 'crs' THEN smart_parking_internal.srid_of(e.value #>> '{geometry,crs,properties,name}') ELSE srid END,
			CASE WHEN it.refused THEN 'not_a_feature: an object of type Feature is expected' END)::smart_parking_internal.lot_item ORDER BY e.nth), '{}')
		FROM jsonb_array_elements(list) WITH ORDINALITY AS e(value, nth),
		LATERAL (SELECT e.value ->> 'type' IS NOT DISTINCT FROM 'Feature' AS feature,
			jsonb_typeof(e.value) <> 'object' OR geojson AND e.value ->> 'type' IS DISTINCT FROM 'Feature' AS refused) AS it
		-- elements without tags are corners of others
		WHERE NOT overpass OR jsonb_typeof(e.value -> 'tags') = 'object');
END $$;
COMMENT ON FUNCTION smart_parking_internal.items_of(jsonb) IS
'The items of a JSON document, in their order. Elements of Overpass without tags are left out. Errors: SP018 it is no list, or its crs is unknown.';
