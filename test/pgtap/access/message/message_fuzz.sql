-- read_message on thousands of samples that were damaged at random: by each of them an observation, by none an error.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
-- libxml warns of a strange version in an XML declaration
SET LOCAL client_min_messages = error;
\ir samples.psql

CREATE FUNCTION pg_temp.any_of(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE
	AS $$ SELECT choices[1 + floor(random() * cardinality(choices))::integer] $$;
CREATE FUNCTION pg_temp.any_place() RETURNS place LANGUAGE sql VOLATILE
	AS $$ SELECT place FROM place OFFSET floor(random() * (SELECT count(*) FROM place)) LIMIT 1 $$;
CREATE FUNCTION pg_temp.any_value() RETURNS jsonb LANGUAGE sql VOLATILE AS $$
	SELECT pg_temp.any_of('null', 'true', '0', '1', '-1', '1e300', '1e-300', '0.5', '97', '1718445600', '1718445600250', '""', '" "', '"unknown"', '"?"', '"NaN"', '"Infinity"', '"97%"',
		'"1e999"', '"2024-06-15T10:00:00"', '"2024-02-31T25:61:61Z"', '"А1"', '"\u0001\uFFFD"', '"<"', '[]', '{}', '[[]]', '[null]', '[{}]', '{"plate": "X1"}', '"in"', '"lpr"', '"alpr_group"', '"heartbeat"')::jsonb $$;

CREATE FUNCTION pg_temp.damaged_text(document text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	a integer := floor(random() * length(document));
	b integer := floor(random() * 40);
BEGIN
	RETURN CASE floor(random() * 5)
		WHEN 0 THEN left(document, a)
		WHEN 1 THEN overlay(document PLACING '' FROM a + 1 FOR b)
		WHEN 2 THEN overlay(document PLACING substr(document, b, b) FROM a + 1 FOR 0)
		WHEN 3 THEN overlay(document PLACING pg_temp.any_of('<', '>', '&', '&#0;', '&#x41;', ']]>', '<![CDATA[x', '<!--', '</ANPR>', '<ANPR>', '<licensePlate>Z</licensePlate>', '"', 'xmlns:a="b"', E'\u0001') FROM a + 1 FOR b % 3)
		ELSE regexp_replace(document, '>[^<]+<', '>' || pg_temp.any_of('', 'unknown', '?', '1e999', '101', 'NaN', '-') || '<') END;
END $$;

-- the message with one to four things done to it
CREATE FUNCTION pg_temp.damaged(message jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	spot place;
	other place;
	value jsonb;
BEGIN
	FOR n IN 1 .. 1 + floor(random() * 4) LOOP
		IF jsonb_typeof(message) = 'string' THEN
			message := to_jsonb(pg_temp.damaged_text(message #>> '{}'));
			CONTINUE;
		END IF;
		-- a place of this message, once in a while of another
		SELECT * INTO spot FROM place AS p WHERE message #> p.path IS NOT NULL ORDER BY random() LIMIT 1;
		EXIT WHEN spot.path IS NULL;
		value := message #> spot.path;
		other := pg_temp.any_place();
		message := CASE floor(random() * 7)
			WHEN 0 THEN message #- spot.path
			WHEN 1 THEN jsonb_set(message, spot.path, pg_temp.any_value())
			WHEN 2 THEN jsonb_set(message, spot.path, other.value)
			WHEN 3 THEN jsonb_set(message, spot.path, CASE jsonb_typeof(value) WHEN 'array' THEN value || value || value ELSE jsonb_build_array(value, value) END)
			WHEN 4 THEN jsonb_set(message, spot.path, CASE jsonb_typeof(value) WHEN 'string' THEN to_jsonb(pg_temp.damaged_text(value #>> '{}')) ELSE to_jsonb(value::text) END)
			WHEN 5 THEN jsonb_set(message, spot.path, jsonb_build_object(coalesce(other.path[array_upper(other.path, 1)], 'x'), value))
			ELSE CASE jsonb_typeof(message) WHEN 'object' THEN message || CASE jsonb_typeof(other.value) WHEN 'object' THEN other.value ELSE '{}' END ELSE message END END;
	END LOOP;
	RETURN message;
END $$;

SELECT setseed(0.20240615) \g /dev/null
CREATE TEMPORARY TABLE damaged AS
	SELECT n, s.name, pg_temp.damaged(s.message) AS message, CASE WHEN random() < 0.2 THEN pg_temp.any_of('openalpr', 'platerecognizer', 'parkpow', 'frigate', 'hikvision', 'axis', 'genetec', 'survision', 'dahua', 'unifi', 'milestone', 'tattile', 'vaxtor', '?')
		WHEN random() < 0.5 THEN smart_parking_internal.message_format(s.message) END AS format
	FROM generate_series(1, 200) AS n, sample AS s;
SELECT cmp_ok((SELECT count(DISTINCT message)::integer FROM damaged), '>', 3000, 'thousands of different messages');
SELECT is_empty($$ SELECT n, name, format, c, left(message::text, 300) FROM damaged, pg_temp.complaint(message, format) AS c WHERE c IS NOT NULL $$, 'each is answered with sound observations');
-- else the damage would be too great, or too small, to find anything
SELECT cmp_ok((SELECT count(*)::integer FROM damaged, smart_parking.read_message(message, format) AS o WHERE o.kind = wanted), '>', 50, 'many of them of kind ' || wanted)
FROM unnest(ARRAY['plate', 'no_plate', 'heartbeat', 'nothing', 'unreadable']) AS wanted;
SELECT is_empty($$ SELECT f FROM unnest(ARRAY['openalpr', 'platerecognizer', 'platerecognizer_snapshot', 'parkpow', 'frigate', 'hikvision', 'axis', 'genetec', 'survision', 'dahua', 'unifi', 'milestone', 'tattile', 'vaxtor']) AS f
	EXCEPT SELECT o.format FROM damaged AS d, smart_parking.read_message(d.message, d.format) AS o WHERE o.kind = 'plate' $$, 'and plates of every vendor');

SELECT * FROM finish();
ROLLBACK;
