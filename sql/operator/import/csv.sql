-- Lots as CSV text with a header.

CREATE OR REPLACE FUNCTION smart_parking_internal.csv_fields(document text, delimiter text) RETURNS TABLE (line integer, nth integer, field text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
	-- a field and what ends it; a quoted one may hold delimiters, line ends, and quotes written twice
	WITH piece AS (
		SELECT p.n, p.m[1] AS field, p.m[2] AS ended_by
		FROM regexp_matches(document, format('("(?:[^"]|"")*"|[^"%1$s\r\n][^%1$s\r\n]*|)([%1$s]|\r?\n|\r|$)', delimiter), 'g') WITH ORDINALITY AS p(m, n)
	), lined AS (
		SELECT n, field, count(*) FILTER (WHERE ended_by <> delimiter) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS line FROM piece
	)
	SELECT (line + 1)::integer, row_number() OVER (PARTITION BY line ORDER BY n)::integer,
		CASE WHEN field LIKE '"%' THEN replace(substr(field, 2, length(field) - 2), '""', '"') ELSE btrim(field) END
	FROM lined
$$;
COMMENT ON FUNCTION smart_parking_internal.csv_fields(text, text) IS 'The fields of CSV text (RFC 4180). Arguments: document; delimiter, one character that a bracket expression may hold.';

CREATE OR REPLACE FUNCTION smart_parking_internal.csv_list(document text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	header CONSTANT text := substring(document FROM '^[^\r\n]*');
	delimiter CONSTANT text := (SELECT d FROM unnest(ARRAY[',', ';', E'\t', '|']) WITH ORDINALITY AS u(d, nth)
		ORDER BY length(header) - length(replace(header, d, '')) DESC, nth LIMIT 1);
	names text[];
	list jsonb;
BEGIN
	IF strpos(header, delimiter) = 0 THEN
		RETURN NULL;
	END IF;
	names := (SELECT array_agg(btrim(field) ORDER BY nth) FROM smart_parking_internal.csv_fields(header, delimiter) WHERE line = 1);
	SELECT jsonb_agg(row ORDER BY line) INTO list FROM (
		SELECT line, jsonb_object_agg(names[nth], field) AS row
		FROM smart_parking_internal.csv_fields(document, delimiter)
		WHERE line > 1 AND nth <= array_length(names, 1) AND names[nth] <> ''
		GROUP BY line HAVING bool_or(field <> '')) AS rows;
	RETURN coalesce(list, '[]');
END $$;
COMMENT ON FUNCTION smart_parking_internal.csv_list(text) IS
'The rows of CSV text as an array of objects with the names in its first line; delimited by comma, semicolon, tab or |, whichever the first line has most of. NULL: that has none.';
