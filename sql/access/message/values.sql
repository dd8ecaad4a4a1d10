-- Values in messages, and the parts of observations that the readers have in common.

CREATE OR REPLACE FUNCTION smart_parking_internal.text_of(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- a plate of digits only may come as a number, a number as a string
	RETURN CASE WHEN jsonb_typeof(value) IN ('string', 'number') THEN value #>> '{}' END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.text_of(jsonb) IS 'A string or number as text, unchanged; NULL: it is neither.';

CREATE OR REPLACE FUNCTION smart_parking_internal.event_digest(VARIADIC parts text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- not md5(), which fails where OpenSSL runs in FIPS mode
	RETURN left(encode(sha256(convert_to(array_to_string(parts, E'\x1f', ''), getdatabaseencoding())), 'hex'), 32);
END $$;
COMMENT ON FUNCTION smart_parking_internal.event_digest(text[]) IS
'An id of 32 hexadecimal digits for a read whose vendor gives none, made from what tells it from other reads.';

CREATE OR REPLACE FUNCTION smart_parking_internal.id_of(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	id text := nullif(btrim(smart_parking_internal.text_of(value)), '');
BEGIN
	-- validate_plate() takes 200 bytes; what readers put before and after an id must fit too
	RETURN CASE WHEN octet_length(id) > 150 THEN smart_parking_internal.event_digest(id) ELSE id END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.id_of(jsonb) IS
'A vendor''s id, trimmed; one longer than 150 bytes becomes a digest. NULL: none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.confidence_of(value jsonb, full_scale integer) RETURNS real
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	raw text := btrim(smart_parking_internal.text_of(value));
	percent boolean := raw LIKE '%\%';
	share numeric;
BEGIN
	-- a number's surplus digits mean nothing, a string of that length is no confidence
	raw := CASE WHEN jsonb_typeof(value) = 'number' THEN left(raw, 40) ELSE btrim(rtrim(raw, '%')) END;
	IF length(raw) > 40 OR NOT raw ~ '^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$' THEN
		RETURN NULL;
	END IF;
	share := raw::numeric / CASE WHEN percent THEN 100 ELSE full_scale END;
	RETURN CASE WHEN share <= 1 THEN round(share, 6) END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.confidence_of(jsonb, integer) IS
'A confidence as 0 to 1, given as number or string. Arguments: value; full_scale, what the vendor writes for certainty. '
'A percent sign overrides it. NULL: none, or outside of the scale.';

CREATE OR REPLACE FUNCTION smart_parking_internal.instant_of(value jsonb, OUT instant timestamptz, OUT zoneless boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	raw text := btrim(smart_parking_internal.text_of(value));
	n numeric;
	part text[];
	clock timestamp;
BEGIN
	zoneless := false;
	IF length(raw) > 40 THEN
		RETURN;
	ELSIF raw ~ '^[0-9]{9,19}(\.[0-9]*)?$' THEN
		-- within this century seconds, milli-, micro- and nanoseconds cannot be taken for one another
		n := raw::numeric;
		n := n / CASE WHEN n < 1e11 THEN 1 WHEN n < 1e14 THEN 1e3 WHEN n < 1e17 THEN 1e6 ELSE 1e9 END;
		clock := to_timestamp(n::float8) AT TIME ZONE 'UTC';
	ELSE
		part := regexp_match(raw, '^(20[0-9]{2})-?([0-9]{2})-?([0-9]{2})[Tt ]([0-9]{2}):?([0-9]{2}):?([0-9]{2})[.,]?([0-9]{0,9})'
			'\s*(?:([Zz])|([+-])([0-9]{2}):?([0-9]{2})?)?$');
		-- what the functions below would raise an error for
		IF part IS NULL OR part[2] NOT BETWEEN '01' AND '12' OR part[3] < '01' OR part[4] > '23' OR part[5] > '59' OR part[6] > '59'
			OR part[10] > '15' OR part[11] > '59'
			OR part[3]::integer > extract(day FROM make_date(part[1]::integer, part[2]::integer, 1) + interval '1 month - 1 day') THEN
			RETURN;
		END IF;
		clock := make_timestamp(part[1]::integer, part[2]::integer, part[3]::integer, part[4]::integer, part[5]::integer,
			(part[6] || '.' || part[7])::float8);
		IF part[9] IS NOT NULL THEN
			clock := clock - (part[9] || '1')::integer * make_interval(hours => part[10]::integer, mins => coalesce(part[11], '0')::integer);
		END IF;
		zoneless := part[8] IS NULL AND part[9] IS NULL;
	END IF;
	IF clock >= timestamp '2000-01-01' AND clock < timestamp '2100-01-01' THEN
		instant := clock AT TIME ZONE 'UTC';
	ELSE
		zoneless := false;
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.instant_of(jsonb) IS
'A time given as seconds, milli-, micro- or nanoseconds since 1970, or as ISO 8601 with or without separators and zone, in a number or string. '
'instant is NULL if it is none, or not of the years 2000 to 2099: a clock that lost its battery says 1970. '
'zoneless: it named no zone and was taken for UTC.';

-- Parts of observations.

CREATE OR REPLACE FUNCTION smart_parking_internal.field_problem(value jsonb, field text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	RETURN CASE WHEN coalesce(jsonb_typeof(value), 'null') = 'null' THEN 'missing_field: ' || field
		ELSE format('bad_field: %s is of type %s', field, jsonb_typeof(value)) END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.field_problem(jsonb, text) IS
'What to say about a field that a reader needs and cannot use. Arguments: value; field, its name or path.';

CREATE OR REPLACE FUNCTION smart_parking_internal.plate_verdict(value jsonb, field text, OUT kind text, OUT plate text, OUT problem text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- some list the plate with how sure they are of it; two plates are two vehicles, and which is meant nobody knows
	IF jsonb_typeof(value) = 'array' AND jsonb_typeof(value -> 0) IN ('string', 'null')
		AND (jsonb_array_length(value) = 1 OR jsonb_array_length(value) = 2 AND jsonb_typeof(value -> 1) IN ('number', 'null')) THEN
		value := value -> 0;
	END IF;
	IF value IS NULL OR jsonb_typeof(value) NOT IN ('string', 'number', 'null') THEN
		kind := 'unreadable';
		problem := smart_parking_internal.field_problem(value, field);
	ELSIF smart_parking_internal.is_no_plate(value #>> '{}') THEN
		kind := 'no_plate';
	ELSE
		kind := 'plate';
		plate := value #>> '{}';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.plate_verdict(jsonb, text) IS
'Kind, plate and problem of an observation, from the plate in a message. Arguments: value; field, its name or path.';

CREATE OR REPLACE FUNCTION smart_parking_internal.other_readings(list jsonb, plate text, confidence_key text, full_scale integer) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET extra_float_digits = 1 AS $$
BEGIN
	IF coalesce(jsonb_typeof(list), 'null') <> 'array' THEN
		RETURN '[]';
	END IF;
	RETURN coalesce((
		SELECT jsonb_agg(jsonb_build_object('plate', best.reading, 'confidence', best.confidence) ORDER BY best.confidence DESC NULLS LAST, best.nth)
		FROM (
			SELECT r.reading, c.confidence, e.nth
			-- vendors give the best first: a list that goes on for ever is not worth reading
			FROM (SELECT * FROM jsonb_array_elements(list) WITH ORDINALITY AS a(value, nth) LIMIT 100) AS e
			CROSS JOIN LATERAL (SELECT smart_parking_internal.text_of(e.value -> 'plate') AS reading) AS r
			CROSS JOIN LATERAL (SELECT smart_parking_internal.confidence_of(e.value -> confidence_key, full_scale) AS confidence) AS c
			WHERE length(r.reading) <= 40 AND upper(r.reading) IS DISTINCT FROM upper(left(plate, 40)) AND NOT smart_parking_internal.is_no_plate(r.reading)
			ORDER BY c.confidence DESC NULLS LAST, e.nth
			LIMIT 20) AS best), '[]');
END $$;
COMMENT ON FUNCTION smart_parking_internal.other_readings(jsonb, text, text, integer) IS
'Candidates of an observation. Arguments: list, as the vendor gives it, objects with a plate; plate, the reading to leave out; '
'confidence_key and full_scale, where and how the vendor gives a candidate''s confidence.';

CREATE OR REPLACE FUNCTION smart_parking_internal.kept_fields(part jsonb, VARIADIC taken text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- a scalar has no keys, an array none that are names
	RETURN CASE WHEN jsonb_typeof(part) = 'object' THEN nullif(part - array_remove(taken, NULL), '{}') ELSE part END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.kept_fields(jsonb, text[]) IS
'A message without the fields that were taken up; NULL: nothing is left. Arguments: part, a message or an object in it; '
'taken, names, of which NULLs count for nothing.';

CREATE OR REPLACE FUNCTION smart_parking_internal.with_part(rest jsonb, name text, part jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	RETURN CASE WHEN part IS NULL THEN rest ELSE coalesce(rest, '{}') || jsonb_build_object(name, part) END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.with_part(jsonb, text, jsonb) IS
'The rest of a message with that of a part of it. Arguments: rest; name of the part; part, its own rest, of which NULL adds nothing.';

CREATE OR REPLACE FUNCTION smart_parking_internal.unreadable(format text, problem text, message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	o smart_parking.observation;
BEGIN
	o.format := unreadable.format;
	o.kind := 'unreadable';
	o.problem := left(unreadable.problem, 200);
	o.rest := message;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.unreadable(text, text, jsonb) IS
'The observation of a message that cannot be read, with the whole of it as rest. It has no event_id: the same unreadable message again may '
'well be another car. Arguments: format, NULL if unknown; problem; message.';
