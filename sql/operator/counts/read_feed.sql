-- Feeds of free spots, whatever they come as. A reading is what stands there; nothing is decided here.

CREATE OR REPLACE FUNCTION smart_parking_internal.not_a_feed(looks_like text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RAISE EXCEPTION 'there are no counts to read: this looks like %', looks_like USING ERRCODE = 'SP018',
		HINT = 'What is read: ParkAPI v2 and v3, GeoJSON and other JSON lists with free spots, DATEX II status publications, RSS of guidance systems, CSV with a header.';
END $$;
COMMENT ON FUNCTION smart_parking_internal.not_a_feed(text) IS 'Raises SP018 for what import_availability() cannot read. Argument: what it looks like.';

CREATE OR REPLACE FUNCTION smart_parking_internal.flat_item(item jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN jsonb_typeof(item) = 'object' THEN (
		-- of a key that comes twice the last one stays, so what lies deeper goes first
		SELECT coalesce(jsonb_object_agg(CASE WHEN octet_length(m.key) = length(m.key) THEN lower(m.key) ELSE smart_parking_internal.bare_key(m.key) END, m.value ORDER BY m.depth DESC, m.key), '{}') FROM (
			SELECT 1 AS depth, t.key, t.value FROM jsonb_each(item) AS t
			UNION ALL
			SELECT 2, i.key, i.value FROM unnest(ARRAY['properties', 'attributes', 'fields', 'tags', 'parkingupdate', 'occupancy', 'availability', 'realtime']) AS outer_key,
				jsonb_each(CASE jsonb_typeof(item -> outer_key) WHEN 'object' THEN item -> outer_key ELSE '{}' END) AS i) AS m) END
$$;
COMMENT ON FUNCTION smart_parking_internal.flat_item(jsonb) IS 'The members of an object in a feed, their names in lower case, and among them those of the objects that it is built of. NULL: it is no object.';

CREATE OR REPLACE FUNCTION smart_parking_internal.count_keys(what text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE what
		WHEN 'free' THEN ARRAY['realtime_free_capacity', 'free', 'free_spots', 'freespots', 'free_spaces', 'freespaces', 'free_capacity', 'freecapacity', 'free_lots', 'available', 'available_spaces',
			'availablespaces', 'available_spots', 'availablespotnumber', 'availablecapacity', 'vacant', 'vacant_spaces', 'vacantspaces', 'parkingnumberofvacantspaces', 'numberofvacantspaces', 'frei', 'freie_plaetze', 'freieplaetze', 'libre', 'libres',
			'places_libres', 'disponible', 'disponibles', 'dispo', 'vrij', 'liberi', 'posti_liberi', 'ledige', 'wolne', 'wolne_miejsca', 'volne']
		WHEN 'occupied' THEN ARRAY['occupied', 'occupied_spots', 'occupied_spaces', 'occupiedspaces', 'occupiedspotnumber', 'numberofoccupiedspaces', 'parkingnumberofoccupiedspaces', 'belegt', 'bezet', 'occupees', 'ocupadas']
		WHEN 'capacity' THEN ARRAY['realtime_capacity', 'total', 'capacity', 'total_capacity', 'totalcapacity', 'total_spaces', 'totalspaces', 'totalspotnumber', 'total_spots', 'spaces', 'parkingnumberofspacesoverride',
			'numberofspacesoverride', 'gesamt', 'kapazitaet', 'kapazitat', 'capacite', 'capacidad', 'capaciteit', 'capacita']
		WHEN 'state' THEN ARRAY['realtime_opening_status', 'state', 'status', 'opening_status', 'openingstatus', 'parkingsiteopeningstatus', 'zustand', 'etat', 'estado', 'stato']
		WHEN 'as_of' THEN ARRAY['realtime_data_updated_at', 'as_of', 'measured_at', 'last_updated', 'lastupdated', 'lastupdate', 'last_update', 'updated_at', 'updated', 'timestamp', 'zeitstempel', 'published', 'datetime',
			'observationdatetime', 'datemodified', 'stand', 'time', 'date', 'publicationtime', 'last_downloaded']
		WHEN 'name' THEN ARRAY['name', 'title', 'label', 'parking_name', 'parkingname', 'park_name', 'lot_name', 'longname', 'bezeichnung', 'nom', 'naam', 'nombre', 'nome']
		WHEN 'id' THEN ARRAY['id', 'uid', 'original_uid', 'source_id', 'uuid', '@id', 'objectid', 'ref', 'identifier', 'shortname', 'code', 'parking_id', 'facilityid', '(key)'] END
$$;
COMMENT ON FUNCTION smart_parking_internal.count_keys(text) IS 'Names under which feeds have something, the best one first. Argument: free, occupied, capacity, state, as_of, name, id.';

CREATE OR REPLACE FUNCTION smart_parking_internal.first_of(item jsonb, keys text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT btrim(item ->> k.key) FROM unnest(keys) WITH ORDINALITY AS k(key, nth)
	WHERE item ? k.key AND jsonb_typeof(item -> k.key) IN ('string', 'number', 'boolean') AND btrim(item ->> k.key) <> '' ORDER BY k.nth LIMIT 1
$$;
COMMENT ON FUNCTION smart_parking_internal.first_of(jsonb, text[]) IS 'The first of these members that says something, as text; NULL: none does.';

CREATE OR REPLACE FUNCTION smart_parking_internal.has_count(item jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(f ?| smart_parking_internal.count_keys('free') OR f ?| smart_parking_internal.count_keys('occupied') OR f ? 'parkingupdate'
		OR EXISTS (SELECT FROM jsonb_object_keys(f) AS k WHERE k ~ '^(realtime_free_capacity_|free(_spots)?:)'), false)
	FROM smart_parking_internal.flat_item(item) AS f
$$;
COMMENT ON FUNCTION smart_parking_internal.has_count(jsonb) IS 'Whether this is an object that has free or taken spots.';

CREATE OR REPLACE FUNCTION smart_parking_internal.counted_items(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH RECURSIVE node AS (
		SELECT 0 AS depth, '' AS key, document AS value
		UNION ALL
		SELECT n.depth + 1, m.key, m.value FROM node AS n, jsonb_each(CASE jsonb_typeof(n.value) WHEN 'object' THEN n.value ELSE '{}' END) AS m
		WHERE n.depth < 3 AND jsonb_typeof(m.value) IN ('object', 'array')
	)
	SELECT CASE jsonb_typeof(f.value) WHEN 'array' THEN f.value
		ELSE (SELECT jsonb_agg(CASE jsonb_typeof(m.value) WHEN 'object' THEN jsonb_build_object('(key)', m.key) || m.value ELSE m.value END ORDER BY m.key) FROM jsonb_each(f.value) AS m) END
	FROM node AS f
	WHERE CASE jsonb_typeof(f.value) WHEN 'array' THEN f.value = '[]' OR EXISTS (SELECT FROM jsonb_array_elements(f.value) AS e WHERE smart_parking_internal.has_count(e))
		-- the lots under the keys of an object; what one lot is built of are no lots
		ELSE NOT smart_parking_internal.has_count(f.value) AND EXISTS (
			SELECT FROM jsonb_each(CASE jsonb_typeof(f.value) WHEN 'object' THEN f.value ELSE '{}' END) AS m WHERE smart_parking_internal.has_count(m.value)) END
	ORDER BY f.value = '[]', f.depth, f.key LIMIT 1
$$;
COMMENT ON FUNCTION smart_parking_internal.counted_items(jsonb) IS
'The lots in a feed as an array: the first array down to three levels that has an object with free spots, or the objects under the keys of an object. An empty array is one without lots. NULL: there are none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.state_of(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE
		WHEN word IS NULL OR w IN ('', 'open', '1', 'true', 'yes', 'offen', 'geoeffnet', 'auf', 'ouvert', 'ouverte', 'abierto', 'aperto', 'geopend', 'otwarty',
			'available', 'critical', 'normal', 'ok', 'active', 'online', 'many', 'few', 'full', 'almost_full', 'almostfull', 'frei', 'besetzt', 'belegt', 'voll', 'complet', 'completo', 'libre', 'vol',
			'spacesavailable', 'carparkfull', 'fullatentrance', 'overcrowding', 'noovercrowding', 'openwithservicelimitation') THEN 'open'
		WHEN w IN ('closed', '0', 'false', 'no', 'geschlossen', 'zu', 'gesperrt', 'ferme', 'fermee', 'cerrado', 'chiuso', 'gesloten', 'lukket', 'zamkniety', 'abgeschlossen', 'closedonholiday',
			'closedonmaintenance', 'temporarilyclosed', 'closedabnormal', 'closedforexclusiveuse') THEN 'closed'
		WHEN w ~ '(^| )(closed|temporarilyclosed)( |$)' THEN 'closed'
		WHEN w ~ '^(open|spacesavailable|almostfull|full)( (open|spacesavailable|almostfull|full))*$' THEN 'open'
		-- with their accents
		WHEN octet_length(w) = length(w) THEN 'fault'
		WHEN smart_parking_internal.bare_key(w) IN ('geoffnet', 'aben') THEN 'open'
		WHEN smart_parking_internal.bare_key(w) IN ('ferme', 'fermee', 'zamkniety') THEN 'closed'
		ELSE 'fault' END
	FROM lower(btrim(word)) AS w
$$;
COMMENT ON FUNCTION smart_parking_internal.state_of(text) IS
'What a feed says of a lot: open, closed, or fault. A word that is not known is a fault: nobody knows whether its number counts.';

CREATE OR REPLACE FUNCTION smart_parking_internal.json_readings(document jsonb) RETURNS SETOF smart_parking_internal.count_reading
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	items CONSTANT jsonb := smart_parking_internal.counted_items(document);
	outer_as_of CONSTANT text := coalesce(smart_parking_internal.first_of(smart_parking_internal.flat_item(document), smart_parking_internal.count_keys('as_of')),
		smart_parking_internal.first_of(smart_parking_internal.flat_item(document -> 'data'), smart_parking_internal.count_keys('as_of')));
	-- ParkAPI v2 says: UTC, without a zone
	is_utc CONSTANT boolean := coalesce(jsonb_typeof(document -> 'lots') = 'array', false);
BEGIN
	IF items IS NULL THEN
		PERFORM smart_parking_internal.not_a_feed(CASE jsonb_typeof(document)
			WHEN 'object' THEN format('a JSON object with %s, and no free spots in it', (SELECT left(coalesce(string_agg(k, ', ' ORDER BY k), 'nothing'), 200) FROM jsonb_object_keys(document) AS k))
			WHEN 'array' THEN 'a JSON array without an object that has free spots'
			ELSE format('a JSON %s', jsonb_typeof(document)) END);
	END IF;
	RETURN QUERY
	WITH item AS MATERIALIZED (
		SELECT e.nth::integer AS nth, coalesce(smart_parking_internal.flat_item(e.value), '{}') AS f FROM jsonb_array_elements(items) WITH ORDINALITY AS e(value, nth)
	), common AS MATERIALIZED (
		SELECT i.nth, i.f, (SELECT jsonb_object_agg(k, btrim(i.f ->> k)) FROM unnest(smart_parking_internal.count_keys('id')) AS k
				WHERE jsonb_typeof(i.f -> k) IN ('string', 'number') AND btrim(i.f ->> k) <> '') AS ids,
			smart_parking_internal.first_of(i.f, smart_parking_internal.count_keys('name')) AS name,
			-- a lot whose counts do not come live has none
			CASE WHEN lower(smart_parking_internal.first_of(i.f, ARRAY['has_realtime_data', 'has_live_data', 'has_livedata'])) IN ('0', 'false') THEN 'no live data'
				ELSE smart_parking_internal.first_of(i.f, smart_parking_internal.count_keys('state')) END AS state,
			t.as_of || CASE WHEN is_utc AND t.as_of ~ '[0-9]$' THEN 'Z' ELSE '' END AS as_of
		FROM item AS i, LATERAL (SELECT coalesce(smart_parking_internal.first_of(i.f, smart_parking_internal.count_keys('as_of')), outer_as_of) AS as_of) AS t
	)
	SELECT c.nth, c.ids, c.name, k.kind, k.free, k.occupied, k.capacity, c.state, c.as_of
	FROM common AS c CROSS JOIN LATERAL (
		SELECT NULL::text AS kind, smart_parking_internal.first_of(c.f, smart_parking_internal.count_keys('free')) AS free,
			smart_parking_internal.first_of(c.f, smart_parking_internal.count_keys('occupied') || CASE WHEN c.f ? 'parkingupdate' THEN ARRAY['current'] END) AS occupied,
			-- what lies beside the number goes before the capacity of the lot
			coalesce(c.f #>> '{parkingupdate,total}', smart_parking_internal.first_of(c.f, smart_parking_internal.count_keys('capacity'))) AS capacity
		UNION ALL
		SELECT m.name, c.f ->> m.key, NULL, smart_parking_internal.first_of(c.f, ARRAY['realtime_capacity_' || m.name, 'capacity_' || m.name, 'capacity:' || m.name])
		FROM jsonb_object_keys(c.f) AS key, LATERAL (SELECT key, substring(key FROM '^(?:realtime_free_capacity_|free(?:_spots)?:|free_(?=disabled$|charging$|woman$|family$|carsharing$|truck$|bus$))([a-z][a-z0-9_]{0,30})$') AS name) AS m
		WHERE m.name IS NOT NULL AND jsonb_typeof(c.f -> m.key) IN ('string', 'number') AND btrim(c.f ->> m.key) <> ''
		UNION ALL
		SELECT m.name, r ->> 'realtime_free_capacity', NULL, coalesce(r ->> 'realtime_capacity', r ->> 'capacity')
		FROM jsonb_array_elements(CASE jsonb_typeof(c.f -> 'restrictions') WHEN 'array' THEN c.f -> 'restrictions' ELSE '[]' END) AS r,
			LATERAL (SELECT CASE lower(r ->> 'type') WHEN 'women' THEN 'woman' ELSE lower(r ->> 'type') END AS name) AS m
		WHERE m.name ~ '^[a-z][a-z0-9_]{0,30}$' AND jsonb_typeof(r -> 'realtime_free_capacity') = 'number' AND NOT c.f ? ('realtime_free_capacity_' || m.name)
	) AS k
	ORDER BY c.nth, k.kind COLLATE "C" NULLS FIRST;
END $$;
COMMENT ON FUNCTION smart_parking_internal.json_readings(jsonb) IS 'What a feed in JSON says. Errors: SP018 it has no lots with free spots.';

CREATE OR REPLACE FUNCTION smart_parking_internal.xml_readings(document text) RETURNS SETOF smart_parking_internal.count_reading
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	feed xml;
	published text;
BEGIN
	IF document ~* '<!ENTITY' THEN
		-- entities are the way to make a small document huge
		PERFORM smart_parking_internal.not_a_feed('XML with entities of its own, which are not accepted');
	END IF;
	BEGIN
		feed := XMLPARSE(DOCUMENT document);
	EXCEPTION WHEN invalid_xml_document OR invalid_xml_content OR feature_not_supported THEN
		PERFORM smart_parking_internal.not_a_feed(CASE WHEN document ~* '<html' THEN 'a web page' ELSE 'XML that is broken or cut off' END);
	END;
	published := (xpath('string(//*[local-name()="publicationTime" or local-name()="lastBuildDate"][1])', feed))[1]::text;
	-- versions and publishers differ in namespaces and prefixes, so that names count without them
	RETURN QUERY
	WITH x AS MATERIALIZED (
		SELECT * FROM XMLTABLE('//*[local-name()="parkingRecordStatus" or local-name()="parkingStatusInformation" or local-name()="parkingFacilityStatus" and *[local-name()="parkingFacilityReference"]
				or local-name()="item" and *[local-name()="title"] or local-name()="entry" and *[local-name()="title"]]'
			PASSING feed COLUMNS nth FOR ORDINALITY,
			id text PATH 'string(*[local-name()="parkingRecordReference" or local-name()="parkingFacilityReference" or local-name()="reference"][1]/@id)',
			link text PATH 'string((*[local-name()="guid"] | *[local-name()="link"])[1])',
			title text PATH 'string(*[local-name()="title"][1])',
			description text PATH '*[local-name()="description" or local-name()="summary"][1]',
			free text PATH 'string((*[local-name()="parkingOccupancy" or local-name()="occupancy"]/*[local-name()="parkingNumberOfVacantSpaces" or local-name()="numberOfVacantSpaces"]
				| *[local-name()="totalNumberOfVacantParkingSpaces"])[1])',
			occupied text PATH 'string((*[local-name()="parkingOccupancy" or local-name()="occupancy"]/*[local-name()="parkingNumberOfOccupiedSpaces" or local-name()="numberOfOccupiedSpaces"]
				| *[local-name()="totalNumberOfOccupiedParkingSpaces"])[1])',
			capacity text PATH 'string((*[local-name()="parkingOccupancy" or local-name()="occupancy"]/*[local-name()="parkingNumberOfSpacesOverride" or local-name()="numberOfSpacesOverride"]
				| *[local-name()="totalParkingCapacityOverride"])[1])',
			state text PATH 'concat(*[local-name()="parkingSiteOpeningStatus" or local-name()="openingStatus" or local-name()="parkingFacilityStatus"][1], " ", *[local-name()="parkingFacilityStatus"][2], " ", *[local-name()="parkingFacilityStatus"][3])',
			fault text PATH 'string(*[local-name()="parkingFault"][1])',
			as_of text PATH 'string((*[local-name()="parkingStatusOriginTime" or local-name()="parkingFacilityStatusTime" or local-name()="lastUpdated" or local-name()="date" or local-name()="pubDate" or local-name()="updated"])[last()])')
	), place AS (
		-- spots of one kind, as our own feed has them: the id of a lot, a colon, the kind
		SELECT x.*, p.id AS lot_id, substring(x.id FROM ':([a-z][a-z0-9_]{0,30})$') AS area FROM x LEFT JOIN (SELECT DISTINCT x.id FROM x) AS p ON p.id <> '' AND p.id = substring(x.id FROM '^(.+):[^:]+$')
	)
	SELECT x.nth, jsonb_strip_nulls(jsonb_build_object('id', coalesce(x.lot_id, nullif(x.id, '')), 'uid', substring(x.id FROM '^([^[]+)\['), '(key)', substring(x.link FROM '[?&]p?id=([A-Za-z0-9_.-]+)'))),
		coalesce(nullif(btrim(x.title), ''), substring(x.id FROM '\[(.+)\]$')), CASE WHEN x.lot_id IS NOT NULL THEN x.area END,
		btrim(coalesce(nullif(x.free, ''), substring(x.description FROM '/\s*(\S+)\s*$'))), nullif(btrim(x.occupied), ''), nullif(btrim(x.capacity), ''),
		CASE WHEN x.fault <> '' THEN x.fault WHEN x.description IS NULL THEN nullif(btrim(x.state), '') ELSE btrim(coalesce(substring(x.description FROM '^\s*([^/]*?)\s*/'), 'no count')) END,
		coalesce(nullif(btrim(x.as_of), ''), nullif(btrim(published), ''))
	FROM place AS x ORDER BY x.nth;
	IF NOT FOUND AND NOT xpath_exists('//*[contains(local-name(), "tatusPublication") or local-name()="channel" or local-name()="feed"]', feed)
		AND xpath('string(//*[@*[local-name()="type" and contains(., "tatusPublication")]])', feed)::text = '{""}' THEN
		PERFORM smart_parking_internal.not_a_feed(format('XML with the root %s, and no status of a lot in it', left(coalesce((xpath('name(/*)', feed))[1]::text, '?'), 60)));
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.xml_readings(text) IS
'What a status publication of DATEX II (versions 2 and 3) says, or an RSS feed whose descriptions are "open / 28". Errors: SP018 it is neither.';

CREATE OR REPLACE FUNCTION smart_parking_internal.text_readings(feed text) RETURNS SETOF smart_parking_internal.count_reading
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	-- without a byte order mark, of UTF-8 as such or as it was read for Latin 1
	document CONSTANT text := regexp_replace(feed, '^(\uFEFF|\u00EF\u00BB\u00BF|\s)+', '');
	first_line CONSTANT text := split_part(translate(document, E'\r', E'\n'), E'\n', 1);
	json jsonb;
	detail text;
BEGIN
	IF document = '' THEN
		PERFORM smart_parking_internal.not_a_feed('an empty file');
	ELSIF left(document, 1) = '<' THEN
		RETURN QUERY SELECT * FROM smart_parking_internal.xml_readings(document);
		RETURN;
	ELSIF left(document, 1) IN ('{', '[', '"') THEN
		BEGIN
			json := document::jsonb;
		EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR numeric_value_out_of_range OR program_limit_exceeded OR statement_too_complex THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			PERFORM smart_parking_internal.not_a_feed('JSON that is cut off or broken: ' || left(detail, 200));
		END;
	ELSIF first_line ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+[,;\t]\s*-?[0-9]+\s*$' THEN
		PERFORM smart_parking_internal.not_a_feed('the counts of one lot over time, without its id; report_availability() takes them one by one');
	ELSE
		json := smart_parking_internal.csv_list(document);
		IF json IS NULL THEN
			PERFORM smart_parking_internal.not_a_feed(format('text, beginning with "%s"', left(first_line, 60)));
		END IF;
	END IF;
	IF jsonb_typeof(json) = 'string' AND left(btrim(json #>> '{}'), 1) = '<' THEN
		RETURN QUERY SELECT * FROM smart_parking_internal.xml_readings(json #>> '{}');
	ELSE
		RETURN QUERY SELECT * FROM smart_parking_internal.json_readings(json);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.text_readings(text) IS 'What a feed says that came as text: JSON, XML or CSV. Errors: SP018 it is none of these, or has no counts.';
