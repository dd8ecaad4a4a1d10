-- Messages that are no JSON objects of their own: XML, and JSON put into a string.

CREATE OR REPLACE FUNCTION smart_parking_internal.json_of(message jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
BEGIN
	IF jsonb_typeof(message) = 'string' AND left(message #>> '{}', 100) ~ '^[^\w<{\[]{0,9}[{\[]' THEN
		RETURN regexp_replace(message #>> '{}', '^[^{\[]*', '')::jsonb;
	END IF;
	RETURN message;
EXCEPTION
	-- also a number or a depth that jsonb does not take
	WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
		RETURN message;
END $$;
COMMENT ON FUNCTION smart_parking_internal.json_of(jsonb) IS
'A message as it is; where it is a string that holds a JSON object or array, that.';

CREATE OR REPLACE FUNCTION smart_parking_internal.document_root(message jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
BEGIN
	-- the first tag that is neither a declaration nor a comment
	RETURN CASE WHEN jsonb_typeof(message) = 'string' AND left(message #>> '{}', 10) LIKE '%<%'
		THEN substring(left(message #>> '{}', 2000) FROM '<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)') END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.document_root(jsonb) IS
'The name of the outermost element of an XML document in a string, without its namespace; NULL: it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.xml_fields(document text, OUT root text, OUT fields jsonb, OUT problem text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	detail text;
BEGIN
	-- Namespaces differ between firmwares, so names count without them. A name that occurs several times becomes an array.
	SELECT min(l.root), jsonb_object_agg(l.key, CASE WHEN l.times = 1 THEN l.texts -> 0 ELSE l.texts END) INTO root, fields
	FROM (
		SELECT min(x.root) AS root, count(*) AS times, jsonb_agg(x.content ORDER BY x.nth) AS texts,
			CASE WHEN x.depth <= 1 THEN x.name ELSE x.parent || '.' || x.name END AS key
		-- not //*, for which libxml compares every element with every other
		FROM XMLTABLE('/descendant::*[not(*)]' PASSING XMLPARSE(DOCUMENT document)
			COLUMNS nth FOR ORDINALITY, root text PATH 'local-name(/*)', parent text PATH 'local-name(..)', name text PATH 'local-name(.)',
				depth integer PATH 'count(ancestor::*)', content text PATH 'string(.)') AS x
		GROUP BY key) AS l;
EXCEPTION
	WHEN invalid_xml_document OR invalid_xml_content THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		problem := 'malformed_xml: ' || left(split_part(detail, E'\n', 1), 150);
	-- a server built without libxml
	WHEN feature_not_supported THEN
		problem := 'no_xml_support: this server was built without libxml';
END $$;
COMMENT ON FUNCTION smart_parking_internal.xml_fields(text) IS
'The elements of an XML document that hold text and no other elements. root: the outermost element''s name; fields: text by name, '
'after the name of the element around it and a dot unless that is the root; an array where a name occurs several times. problem: why it cannot be read.';

CREATE OR REPLACE FUNCTION smart_parking_internal.document_fields(message jsonb, roots text[], OUT root text, OUT fields jsonb, OUT problem text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	-- a blank or a byte order mark before the declaration makes a document malformed
	document CONSTANT text := regexp_replace(message #>> '{}', '^[^<]{0,9}', '');
BEGIN
	IF jsonb_typeof(message) <> 'string' THEN
		problem := 'malformed_xml: a message of type ' || jsonb_typeof(message) || ' instead of a string';
	ELSIF document ~* '<!(DOCTYPE|ENTITY)' THEN
		-- no camera sends one, and entities are the way to make a small document huge
		problem := 'malformed_xml: a document type is not accepted';
	ELSE
		SELECT x.root, coalesce(x.fields, '{}'), x.problem INTO root, fields, problem FROM smart_parking_internal.xml_fields(document) AS x;
		IF problem IS NULL AND root <> ALL (roots) THEN
			problem := 'missing_field: ' || roots[1];
		END IF;
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.document_fields(jsonb, text[]) IS
'The fields of an XML document in a string, as xml_fields() gives them. Arguments: message; roots, names that the outermost element may have, NULL: any. '
'problem: why it cannot be read.';

CREATE OR REPLACE FUNCTION smart_parking_internal.flat_fields(message jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	deepest CONSTANT integer := 20;
BEGIN
	RETURN coalesce((
		WITH RECURSIVE node AS (
			SELECT NULL::text AS parent, NULL::text AS name, 0 AS level, ARRAY[]::bigint[] AS place, flat_fields.message AS value
			UNION ALL
			SELECT c.parent, c.name, n.level + 1, n.place || c.nth, c.value
			FROM node AS n CROSS JOIN LATERAL (
				SELECT n.name AS parent, o.key AS name, o.nth, o.value
				FROM jsonb_each(CASE jsonb_typeof(n.value) WHEN 'object' THEN n.value ELSE '{}' END) WITH ORDINALITY AS o(key, value, nth)
				UNION ALL
				SELECT n.parent, n.name, a.nth, a.value
				FROM jsonb_array_elements(CASE jsonb_typeof(n.value) WHEN 'array' THEN n.value ELSE '[]' END) WITH ORDINALITY AS a(value, nth)) AS c
			WHERE n.level < deepest)
		SELECT jsonb_object_agg(l.key, CASE WHEN l.times = 1 THEN l.list -> 0 ELSE l.list END)
		FROM (
			SELECT coalesce(n.parent || '.', '') || n.name AS key, count(*) AS times, jsonb_agg(n.value ORDER BY n.place) AS list
			FROM node AS n
			WHERE n.name IS NOT NULL AND (n.level = deepest OR n.value IN ('{}', '[]') OR jsonb_typeof(n.value) NOT IN ('object', 'array'))
			GROUP BY 1) AS l), '{}');
END $$;
COMMENT ON FUNCTION smart_parking_internal.flat_fields(jsonb) IS
'The values in an object that are no objects and arrays, named as xml_fields() names them, for vendors that send the same in XML and in JSON.';
