-- How many spots, and of which kinds.

CREATE OR REPLACE FUNCTION smart_parking_internal.feature_kinds(properties jsonb, capacity integer, kind_keys jsonb) RETURNS smart_parking_internal.lot_kinds
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	found smart_parking_internal.lot_kinds;
	part record;
	special numeric := 0;
BEGIN
	-- capacity:disabled=yes says that there are some: no number of spots
	FOR part IN
		SELECT DISTINCT ON (k.value #>> '{}') k.key, k.value #>> '{}' AS kind, properties -> k.key AS value,
			smart_parking_internal.whole_number(smart_parking_internal.plain_text(properties -> k.key)) AS spots
		FROM jsonb_each(kind_keys) AS k
		WHERE smart_parking_internal.plain_text(properties -> k.key) IS NOT NULL AND lower(properties ->> k.key) NOT IN ('yes', 'no', 'unknown', 'true', 'false', 'ja', 'nein')
		ORDER BY k.value #>> '{}', k.key
	LOOP
		IF part.spots IS NULL AND part.key !~ '^capacity[:_]' THEN
			-- a remark, not a number of spots
			found.note := concat_ws(', ', found.note, format('%s is %s', part.key, left(part.value::text, 40)));
			CONTINUE;
		ELSIF part.spots IS NULL OR part.spots < 0 THEN
			found.refusal := format('bad_capacity: %s is %s', part.key, left(part.value::text, 40));
			RETURN found;
		END IF;
		special := special + part.spots;
		found.kinds := coalesce(found.kinds, '{}') || jsonb_build_object(part.kind, part.spots);
	END LOOP;
	IF special > capacity THEN
		found.refusal := format('bad_capacity: the kinds add up to %s of %s spots', special, capacity);
	END IF;
	RETURN found;
END $$;
COMMENT ON FUNCTION smart_parking_internal.feature_kinds(jsonb, integer, jsonb) IS
'Kinds of spots within a capacity. Arguments: properties; capacity; kind_keys, the kind for each key. note: values that are no numbers, under other keys than capacity:*, which are left out. refusal: why it cannot be used.';

CREATE OR REPLACE FUNCTION smart_parking_internal.capacity_text(properties jsonb, keys text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT format('%s is %s', k.key, CASE smart_parking_internal.whole_number(smart_parking_internal.plain_text(properties -> k.key)) WHEN 0 THEN '0' ELSE left((properties -> k.key)::text, 40) END)
	FROM unnest(keys) WITH ORDINALITY AS k(key, nth)
	WHERE coalesce(btrim(properties ->> k.key), '') <> '' ORDER BY nth LIMIT 1
$$;
COMMENT ON FUNCTION smart_parking_internal.capacity_text(jsonb, text[]) IS 'What the first of these properties with a value says of the capacity, for a refusal; NULL: none has any.';

CREATE OR REPLACE FUNCTION smart_parking_internal.first_capacity(properties jsonb, keys text[]) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT n FROM (SELECT smart_parking_internal.whole_number(smart_parking_internal.plain_text(properties -> k.key)) AS n, k.nth FROM unnest(keys) WITH ORDINALITY AS k(key, nth)) AS numbers
	WHERE n IS NOT NULL ORDER BY n > 0 DESC, nth LIMIT 1
$$;
COMMENT ON FUNCTION smart_parking_internal.first_capacity(jsonb, text[]) IS 'The first of these properties that is a whole number, one above 0 if there is any; NULL: none is.';
