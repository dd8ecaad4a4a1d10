-- Files as text: JSON, XML or CSV.

CREATE OR REPLACE FUNCTION smart_parking_internal.like_xml(document text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
	SELECT CASE
		WHEN document ~* '^\s*(<!doctype\s+html|<html)' THEN 'a web page, as servers send in place of a file that they do not have'
		WHEN root ~* '(:|^)osm$' THEN 'OpenStreetMap XML; Overpass gives JSON with [out:json], osmtogeojson turns it into GeoJSON'
		WHEN root ~* '(:|^)(kml|gpx)$' THEN upper(root) || '; ogr2ogr turns it into GeoJSON'
		WHEN root ~* '(:|^)(FeatureCollection|WFS_Capabilities|ExceptionReport)$' THEN 'an answer of a WFS; most give GeoJSON with outputFormat=application/json'
		WHEN root ~* '(:|^)(rss|feed)$' THEN 'a news feed, which has no places'
		WHEN root IS NULL THEN 'XML that is broken'
		ELSE format('XML with the root %s and no parking table of DATEX II', root) END
	FROM (SELECT substring(document FROM '<([A-Za-z_][A-Za-z0-9_.:-]{0,60})') AS root) AS r
$$;
COMMENT ON FUNCTION smart_parking_internal.like_xml(text) IS 'What an XML document that is no parking table looks like.';

CREATE OR REPLACE FUNCTION smart_parking_internal.xml_list(document text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	list jsonb;
	detail text;
BEGIN
	IF document ~* '<!ENTITY' THEN
		-- entities are the way to make a small document huge
		PERFORM smart_parking_internal.not_a_list('XML with entities of its own, which are not accepted');
	END IF;
	BEGIN
		list := coalesce(smart_parking_internal.datex_list(document), smart_parking_internal.datex_places(document));
	EXCEPTION
		WHEN invalid_xml_document OR invalid_xml_content THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			PERFORM smart_parking_internal.not_a_list(CASE smart_parking_internal.like_xml(document) WHEN 'XML that is broken' THEN 'XML that is broken'
				ELSE CASE WHEN document ~* '^\s*(<!doctype\s+html|<html)' THEN smart_parking_internal.like_xml(document) ELSE 'XML that is broken: ' || left(split_part(detail, E'\n', 1), 150) END END);
		WHEN feature_not_supported THEN
			RAISE EXCEPTION 'this server was built without libxml, and reads no XML' USING ERRCODE = 'SP018', HINT = 'Turn the file into GeoJSON or CSV.';
	END;
	IF list IS NULL THEN
		PERFORM smart_parking_internal.not_a_list(smart_parking_internal.like_xml(document));
	END IF;
	RETURN list;
END $$;
COMMENT ON FUNCTION smart_parking_internal.xml_list(text) IS 'The records of a DATEX II parking table. Errors: SP018 it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.json_document(document text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	detail text;
BEGIN
	RETURN document::jsonb;
EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR numeric_value_out_of_range THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	BEGIN
		-- a thing in each line (RFC 8142, and as databases export)
		RETURN (SELECT jsonb_agg(btrim(line, E' \t\r\x1e')::jsonb ORDER BY nth) FROM regexp_split_to_table(document, '\n') WITH ORDINALITY AS l(line, nth)
			WHERE btrim(line, E' \t\r\x1e') <> '' HAVING count(*) > 1);
	EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR numeric_value_out_of_range THEN
		PERFORM smart_parking_internal.not_a_list('JSON that is cut off or broken: ' || left(coalesce(nullif(detail, ''), 'a value that PostgreSQL cannot hold'), 200));
	END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.json_document(text) IS 'Text as JSON; a JSON value in each of several lines makes an array. Errors: SP018 it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.document_of(file text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	-- a byte order mark, of UTF-8 as such or as it was read for Latin 1
	document CONSTANT text := regexp_replace(file, '^(\uFEFF|\u00EF\u00BB\u00BF|\s)+', '');
	list jsonb;
BEGIN
	IF document = '' THEN
		PERFORM smart_parking_internal.not_a_list('an empty file');
	ELSIF left(document, 1) IN ('{', '[', '"', E'\x1e') OR document IN ('null', 'true', 'false') OR document ~ '^-?[0-9.]+$' THEN
		RETURN smart_parking_internal.json_document(ltrim(document, E'\x1e'));
	ELSIF left(document, 1) = '<' THEN
		RETURN smart_parking_internal.xml_list(document);
	ELSIF document ~ '^(PK|%PDF|Rar!|BZh|7z)' THEN
		PERFORM smart_parking_internal.not_a_list('an archive or a document, not the file in it');
	ELSIF document ~ '^[A-Za-z_$][A-Za-z0-9_.$]*\s*(=|\()\s*[[{]' THEN
		PERFORM smart_parking_internal.not_a_list('a piece of JavaScript (JSONP); take what is within it');
	END IF;
	list := smart_parking_internal.csv_list(document);
	IF list IS NULL OR list = '[]' THEN
		PERFORM smart_parking_internal.not_a_list(CASE WHEN list IS NULL THEN format('text, beginning with "%s"', left(split_part(document, E'\n', 1), 60)) ELSE 'CSV with a header and no rows' END);
	END IF;
	RETURN list;
END $$;
COMMENT ON FUNCTION smart_parking_internal.document_of(text) IS
'A file that came as text, as JSON: JSON itself, the records of a DATEX II parking table, or the rows of CSV. Errors: SP018 it is none of these.';
