-- Which keys of this file are read for what: worked out once for a file, from the keys that its items have.

CREATE OR REPLACE FUNCTION smart_parking_internal.check_mapping(mapping jsonb, keys text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	roles CONSTANT text[] := ARRAY['id', 'name', 'capacity', 'address', 'kinds', 'latitude', 'longitude', 'time_zone', 'country', 'access', 'max_height', 'fee', 'opening_hours', 'operator'];
	wrong text;
BEGIN
	IF mapping IS NULL THEN
		RETURN;
	ELSIF jsonb_typeof(mapping) <> 'object' OR coalesce(jsonb_typeof(mapping -> 'kinds') <> 'object', false)
		OR (mapping - 'kinds') @? 'lax $.*[*] ? (@.type() != "string")' OR mapping @? '$.kinds.* ? (@.type() != "string")' THEN
		RAISE EXCEPTION 'the mapping is not an object of names of properties'
			USING ERRCODE = 'SP019', HINT = 'An example: {"name": "Bezeichnung", "capacity": ["Anzahl", "Gesamt"], "kinds": {"disabled": "Anzahl_B"}}.';
	END IF;
	SELECT key INTO wrong FROM jsonb_object_keys(mapping) AS key WHERE key <> ALL (roles) ORDER BY key LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'a mapping has no "%"', wrong USING ERRCODE = 'SP019', HINT = format('It may have %s.', array_to_string(roles, ', '));
	END IF;
	SELECT key INTO wrong FROM jsonb_object_keys(coalesce(mapping -> 'kinds', '{}')) AS key WHERE key !~ '^[a-z][a-z0-9_]{0,30}$' OR key = 'standard' LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '"%" is not a name for a kind of spot', wrong USING ERRCODE = 'SP019',
			HINT = 'A kind is 1 to 31 lower-case letters, digits and underscores, beginning with a letter; standard spots are the rest.';
	END IF;
	SELECT k #>> '{}' INTO wrong FROM (SELECT jsonb_path_query(mapping - 'kinds', 'lax $.*[*]') UNION ALL SELECT jsonb_path_query(mapping, '$.kinds.*')) AS named (k)
	WHERE k #>> '{}' <> ALL (keys) LIMIT 1;
	IF FOUND AND keys <> '{}' THEN
		RAISE EXCEPTION 'nothing in the file has a property "%", which the mapping names', wrong USING ERRCODE = 'SP019',
			HINT = format('There are: %s.', left(array_to_string(keys, ', '), 1000));
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_mapping(jsonb, text[]) IS
'Raises SP019 unless a mapping names roles, kinds and properties that there are. Arguments: mapping; keys, all that the items of the file have.';

CREATE OR REPLACE FUNCTION smart_parking_internal.kind_of_key(key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT coalesce(
		(SELECT CASE suffix WHEN 'car_sharing' THEN 'carsharing' WHEN 'hgv' THEN 'truck' ELSE suffix END
			FROM substring(key FROM '^capacity[:_]([a-z][a-z0-9_]{0,30})$') AS suffix
			WHERE suffix NOT IN ('standard', 'conditional', 'min', 'max', 'total', 'type', 'brutto', 'netto', 'source', 'note', 'unit', 'car', 'cars', 'persons', 'description')),
		(SELECT w.kind FROM smart_parking_internal.kind_words() AS w WHERE smart_parking_internal.bare_key(key) = ANY (w.words)))
$$;
COMMENT ON FUNCTION smart_parking_internal.kind_of_key(text) IS 'Of which kind of spots a property tells the number; NULL: of none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.property_keys(items smart_parking_internal.lot_item[], mapping jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	keys CONSTANT text[] := (SELECT coalesce(array_agg(DISTINCT k ORDER BY k), '{}') FROM unnest(items) AS i, jsonb_object_keys(i.properties) AS k);
	found jsonb;
BEGIN
	PERFORM smart_parking_internal.check_mapping(mapping, keys);
	WITH bare AS (
		SELECT k AS key, CASE WHEN k = '@id' THEN 'atid' ELSE smart_parking_internal.bare_key(k) END AS word FROM unnest(keys) AS k
	), roles AS (
		SELECT w.role, b.key, row_number() OVER (PARTITION BY w.role ORDER BY array_position(w.words, b.word), b.key COLLATE "C") AS nth
		FROM smart_parking_internal.property_words() AS w JOIN bare AS b ON b.word = ANY (w.words)
	), listed AS (
		SELECT role, jsonb_agg(key ORDER BY nth) AS keys FROM roles WHERE nth <= 6 GROUP BY role
	), kinds AS (
		SELECT jsonb_object_agg(k, kind) AS keys FROM unnest(keys) AS k, smart_parking_internal.kind_of_key(k) AS kind WHERE kind IS NOT NULL
	)
	SELECT (SELECT coalesce(jsonb_object_agg(role, l.keys), '{}') FROM listed AS l) || jsonb_build_object('kinds', coalesce(kinds.keys, '{}')) INTO found FROM kinds;
	IF mapping ? 'kinds' THEN
		found := found || jsonb_build_object('kinds', (SELECT coalesce(jsonb_object_agg(value, key), '{}') FROM jsonb_each_text(mapping -> 'kinds')));
	END IF;
	RETURN found || (SELECT coalesce(jsonb_object_agg(key, CASE jsonb_typeof(value) WHEN 'string' THEN jsonb_build_array(value) ELSE value END), '{}')
		FROM jsonb_each(mapping) WHERE key <> 'kinds');
END $$;
COMMENT ON FUNCTION smart_parking_internal.property_keys(smart_parking_internal.lot_item[], jsonb) IS
'Which properties of these items are read for what: an object of arrays by role, and under kinds the kind for each key. What a mapping names replaces what '
'property_words() would find. Errors: SP019 a mapping that does not fit.';

CREATE OR REPLACE FUNCTION smart_parking_internal.keys_by_role(keys jsonb) RETURNS smart_parking_internal.lot_keys
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT jsonb_populate_record(NULL::smart_parking_internal.lot_keys, keys || jsonb_build_object('places', coalesce(keys -> 'shape', '[]') || coalesce(keys -> 'point', '[]')))
$$;
COMMENT ON FUNCTION smart_parking_internal.keys_by_role(jsonb) IS 'What property_keys() found, as a row.';
