-- Messages of cameras and recognition engines: what is common to all of them.
--
-- read_message() turns a message into observations, a row for each plate it tells of. It writes nothing and decides
-- nothing. A message comes from a machine that nobody can ask: whatever it holds, there is at least one row, and what cannot
-- be read is a value, kind 'unreadable' with its problem, and never an error. Hence the helpers below: each takes
-- any jsonb and gives NULL where it makes no sense.
--
-- The vendors' readers are in message_*.sql. In them what was taken up leaves the message, the remainder is rest.

CREATE TYPE smart_parking.observation AS (
	format			text,
	kind			text,
	plate			text,
	confidence		real,
	candidates		jsonb,
	camera			text,
	read_at			timestamptz,
	event_id		text,
	passage_id		text,
	linked_events	text[],
	direction		text,
	problem			text,
	rest			jsonb
);
COMMENT ON TYPE smart_parking.observation IS
'What read_message() reads from a message about one vehicle. format: whose message it was; NULL: not recognised. '
'kind: plate, no_plate (a vehicle whose plate the camera could not read or that has none), heartbeat, '
'nothing (a good message with nothing to decide on), unreadable. plate: as the camera gave it, for kind plate only. '
'confidence: 0 to 1; NULL: none, or none that makes sense. candidates: other readings, best first, at most 20, '
'as [{"plate", "confidence"}]. camera: its own id. read_at: its clock; NULL: none, or not of this century. '
'event_id: the same when the same read is sent again, at most 200 bytes; NULL: that cannot be told. '
'passage_id: what several reads of one vehicle share; another plate under it revises the earlier one. '
'linked_events: the event_id of earlier reads that this one sums up. direction: in or out, where the camera tells. '
'problem: why it is unreadable, a code and after a colon the detail. rest: fields not taken up, under the names they had; of a message about '
'several vehicles the common ones are in the first row. time_without_zone in it is the camera''s time as it was, where that '
'named no zone and was taken for UTC.';

-- Values.

CREATE FUNCTION smart_parking.text_of(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- a plate of digits only may come as a number, a number as a string
	RETURN CASE WHEN jsonb_typeof(value) IN ('string', 'number') THEN value #>> '{}' END;
END $$;
COMMENT ON FUNCTION smart_parking.text_of(jsonb) IS 'A string or number as text, unchanged; NULL: it is neither.';

CREATE FUNCTION smart_parking.event_digest(VARIADIC parts text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- not md5(), which fails where OpenSSL runs in FIPS mode
	RETURN left(encode(sha256(convert_to(array_to_string(parts, E'\x1f', ''), getdatabaseencoding())), 'hex'), 32);
END $$;
COMMENT ON FUNCTION smart_parking.event_digest(text[]) IS
'An id of 32 hexadecimal digits for a read whose vendor gives none, made from what tells it from other reads.';

CREATE FUNCTION smart_parking.id_of(value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	id text := nullif(btrim(smart_parking.text_of(value)), '');
BEGIN
	-- validate_plate() takes 200 bytes; what readers put before and after an id must fit too
	RETURN CASE WHEN octet_length(id) > 150 THEN smart_parking.event_digest(id) ELSE id END;
END $$;
COMMENT ON FUNCTION smart_parking.id_of(jsonb) IS
'A vendor''s id, trimmed; one longer than 150 bytes becomes a digest. NULL: none.';

CREATE FUNCTION smart_parking.confidence_of(value jsonb, full_scale integer) RETURNS real
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	raw text := btrim(smart_parking.text_of(value));
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
COMMENT ON FUNCTION smart_parking.confidence_of(jsonb, integer) IS
'A confidence as 0 to 1, given as number or string. Arguments: value; full_scale, what the vendor writes for certainty: 1 or 100. '
'A percent sign overrides it. NULL: none, or outside of the scale.';

CREATE FUNCTION smart_parking.instant_of(value jsonb, OUT instant timestamptz, OUT zoneless boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	raw text := btrim(smart_parking.text_of(value));
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
COMMENT ON FUNCTION smart_parking.instant_of(jsonb) IS
'A time given as seconds, milli-, micro- or nanoseconds since 1970, or as ISO 8601 with or without separators and zone, in a number or string. '
'instant is NULL if it is none, or not of the years 2000 to 2099: a clock that lost its battery says 1970. '
'zoneless: it named no zone and was taken for UTC.';

CREATE FUNCTION smart_parking.is_no_plate(plate text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	RETURN plate IS NULL
		-- nothing but separators and characters that were not read
		OR plate ~ '^[\s?.,_-]*$'
		OR (length(plate) < 100 AND lower(btrim(plate, E' \t\r\n')) IN ('none', 'unknown', 'no plate', 'noplate', 'no_plate', 'no-plate', 'n/a', 'null'));
END $$;
COMMENT ON FUNCTION smart_parking.is_no_plate(text) IS
'Whether what a camera gives as a plate says that there is none: NULL, empty, nothing but ? and separators, or '
'none, unknown, no plate (also with _, - or nothing between), n/a, null, in upper or lower case.';

-- Parts of observations.

CREATE FUNCTION smart_parking.field_problem(value jsonb, field text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	RETURN CASE WHEN coalesce(jsonb_typeof(value), 'null') = 'null' THEN 'missing_field: ' || field
		ELSE format('bad_field: %s is of type %s', field, jsonb_typeof(value)) END;
END $$;
COMMENT ON FUNCTION smart_parking.field_problem(jsonb, text) IS
'What to say about a field that a reader needs and cannot use. Arguments: value; field, its name or path.';

CREATE FUNCTION smart_parking.plate_verdict(value jsonb, field text, OUT kind text, OUT plate text, OUT problem text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	IF value IS NULL OR jsonb_typeof(value) NOT IN ('string', 'number', 'null') THEN
		kind := 'unreadable';
		problem := smart_parking.field_problem(value, field);
	ELSIF smart_parking.is_no_plate(value #>> '{}') THEN
		kind := 'no_plate';
	ELSE
		kind := 'plate';
		plate := value #>> '{}';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.plate_verdict(jsonb, text) IS
'Kind, plate and problem of an observation, from the plate in a message. Arguments: value; field, its name or path.';

CREATE FUNCTION smart_parking.other_readings(list jsonb, plate text, confidence_key text, full_scale integer) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
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
			CROSS JOIN LATERAL (SELECT smart_parking.text_of(e.value -> 'plate') AS reading) AS r
			CROSS JOIN LATERAL (SELECT smart_parking.confidence_of(e.value -> confidence_key, full_scale) AS confidence) AS c
			WHERE length(r.reading) <= 40 AND upper(r.reading) IS DISTINCT FROM upper(left(plate, 40)) AND NOT smart_parking.is_no_plate(r.reading)
			ORDER BY c.confidence DESC NULLS LAST, e.nth
			LIMIT 20) AS best), '[]');
END $$;
COMMENT ON FUNCTION smart_parking.other_readings(jsonb, text, text, integer) IS
'Candidates of an observation. Arguments: list, as the vendor gives it, objects with a plate; plate, the reading to leave out; '
'confidence_key and full_scale, where and how the vendor gives a candidate''s confidence.';

CREATE FUNCTION smart_parking.kept_fields(part jsonb, VARIADIC taken text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- a scalar has no keys, an array none that are names
	RETURN CASE WHEN jsonb_typeof(part) = 'object' THEN nullif(part - array_remove(taken, NULL), '{}') ELSE part END;
END $$;
COMMENT ON FUNCTION smart_parking.kept_fields(jsonb, text[]) IS
'A message without the fields that were taken up; NULL: nothing is left. Arguments: part, a message or an object in it; '
'taken, names, of which NULLs count for nothing.';

CREATE FUNCTION smart_parking.with_part(rest jsonb, name text, part jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	RETURN CASE WHEN part IS NULL THEN rest ELSE coalesce(rest, '{}') || jsonb_build_object(name, part) END;
END $$;
COMMENT ON FUNCTION smart_parking.with_part(jsonb, text, jsonb) IS
'The rest of a message with that of a part of it. Arguments: rest; name of the part; part, its own rest, of which NULL adds nothing.';

CREATE FUNCTION smart_parking.unreadable(format text, problem text, message jsonb) RETURNS smart_parking.observation
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
COMMENT ON FUNCTION smart_parking.unreadable(text, text, jsonb) IS
'The observation of a message that cannot be read, with the whole of it as rest. It has no event_id: the same unreadable message again may '
'well be another car. Arguments: format, NULL if unknown; problem; message.';

-- Whose message it is.

CREATE FUNCTION smart_parking.message_format(message jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	first jsonb := CASE jsonb_typeof(message) WHEN 'array' THEN message -> 0 ELSE message END;
BEGIN
	IF jsonb_typeof(message) = 'string' THEN
		RETURN CASE WHEN left(message #>> '{}', 1000) ~ '^[^<]{0,9}<.*EventNotificationAlert' THEN 'hikvision' END;
	ELSIF jsonb_typeof(first) IS DISTINCT FROM 'object' THEN
		RETURN NULL;
	END IF;
	-- by the names of fields alone, so that one with a strange value is reported as what it is
	RETURN CASE
		WHEN first ?& ARRAY['vehicle', 'start_cam', 'start_date'] THEN 'parkpow'
		WHEN jsonb_typeof(message) = 'array' THEN NULL
		WHEN message ?| ARRAY['data_type', 'best_plate_number'] OR message ?& ARRAY['uuid', 'results'] OR message ?& ARRAY['epoch_time', 'results']
			THEN 'openalpr'
		WHEN message ? 'hook' OR message -> 'data' ? 'results' THEN 'platerecognizer'
		WHEN message ? 'results' AND message ?| ARRAY['processing_time', 'version', 'image_width'] THEN 'platerecognizer_snapshot'
		WHEN message ?& ARRAY['results', 'camera_id'] THEN 'platerecognizer'
		WHEN message -> 'anpr' ?| ARRAY['decision', '@date', '@id'] THEN 'survision'
		WHEN message ?| ARRAY['plateUTF8', 'plateASCII', 'plateText'] THEN 'axis'
		WHEN message ? 'Plate' AND message ?| ARRAY['CameraName', 'SharpName', 'DateUtc', 'ContextImage'] THEN 'genetec'
		WHEN message ->> 'type' IN ('new', 'update', 'end') AND message ?| ARRAY['after', 'before'] THEN 'frigate'
		WHEN message ->> 'type' IN ('lpr', 'description', 'face', 'classification') AND message ? 'id' THEN 'frigate'
		WHEN message ?& ARRAY['plate', 'read_at'] THEN 'smart_parking'
	END;
END $$;
COMMENT ON FUNCTION smart_parking.message_format(jsonb) IS
'Whose message this is, by its fields: openalpr, platerecognizer (Stream), platerecognizer_snapshot, parkpow, frigate, hikvision, axis, '
'genetec, survision, or smart_parking (our own, see read_own()); NULL: none of these.';

CREATE FUNCTION smart_parking.read_message(message jsonb, format text DEFAULT NULL) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql IMMUTABLE ROWS 1 SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	shape CONSTANT text := smart_parking.message_format(message);
	reader text := coalesce(nullif(lower(btrim(format)), ''), shape);
BEGIN
	-- these cameras are often behind a relay that has Plate Recognizer look at the picture again
	IF reader IN ('genetec', 'survision') AND shape IN ('platerecognizer_snapshot', 'parkpow') THEN
		reader := shape;
	END IF;

	IF message IS NULL THEN
		RETURN NEXT smart_parking.unreadable(NULL, 'no_message', NULL);
	ELSIF reader IS NULL THEN
		RETURN NEXT smart_parking.unreadable(NULL, CASE WHEN jsonb_typeof(message) = 'object' THEN 'unknown_format'
			ELSE 'not_an_object: a message of type ' || jsonb_typeof(message) END, message);
	ELSIF reader NOT IN ('openalpr', 'platerecognizer', 'platerecognizer_snapshot', 'parkpow', 'frigate', 'hikvision', 'axis', 'genetec', 'survision', 'smart_parking') THEN
		RETURN NEXT smart_parking.unreadable(NULL, 'unknown_format_name: ' || left(reader, 40), message);
	ELSIF reader <> 'hikvision' AND jsonb_typeof(message) <> 'object' AND NOT (reader = 'parkpow' AND jsonb_typeof(message) = 'array') THEN
		RETURN NEXT smart_parking.unreadable(reader, 'not_an_object: a message of type ' || jsonb_typeof(message), message);
	ELSE
		CASE reader
			WHEN 'openalpr' THEN RETURN QUERY SELECT * FROM smart_parking.read_openalpr(message);
			WHEN 'parkpow' THEN RETURN QUERY SELECT * FROM smart_parking.read_parkpow(message);
			WHEN 'frigate' THEN RETURN NEXT smart_parking.read_frigate(message);
			WHEN 'hikvision' THEN RETURN NEXT smart_parking.read_hikvision(message);
			WHEN 'axis' THEN RETURN NEXT smart_parking.read_axis(message);
			WHEN 'genetec' THEN RETURN NEXT smart_parking.read_genetec(message);
			WHEN 'survision' THEN RETURN NEXT smart_parking.read_survision(message);
			WHEN 'smart_parking' THEN RETURN NEXT smart_parking.read_own(message);
			ELSE RETURN QUERY SELECT * FROM smart_parking.read_platerecognizer(message, reader);
		END CASE;
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking.read_message(jsonb, text) IS
'Reads a message of a camera or recognition engine. Writes nothing, decides nothing, and raises no error, whatever the message. '
'Arguments: message, the vendor''s JSON, or a JSON string that holds its XML; format, a name that message_format() gives, NULL or empty to have it recognised. '
'Result: a row for each plate or vehicle in the message, at least one; see the type observation. problem begins with one of no_message, '
'not_an_object, unknown_format, unknown_format_name, unknown_data_type, missing_field, bad_field, malformed_xml, no_xml_support.';
