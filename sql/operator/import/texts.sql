-- Values as files write them. What is called for each item and property of a large file has no settings of its own, so that it is
-- put into the statements that call it; it names everything in full instead.

CREATE OR REPLACE FUNCTION smart_parking_internal.plain_text(value jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN pg_catalog.jsonb_typeof(value) OPERATOR(pg_catalog.=) ANY (ARRAY['string', 'number'])
		THEN nullif(pg_catalog.btrim(value OPERATOR(pg_catalog.#>>) '{}', E' \t\r\n'), '') END
$$;
COMMENT ON FUNCTION smart_parking_internal.plain_text(jsonb) IS 'A string or number as text, trimmed; NULL: it is neither, or blank.';

CREATE OR REPLACE FUNCTION smart_parking_internal.first_text(properties jsonb, keys text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN keys[1] IS NOT NULL THEN coalesce(
		smart_parking_internal.plain_text(properties OPERATOR(pg_catalog.->) keys[1]),
		smart_parking_internal.plain_text(properties OPERATOR(pg_catalog.->) keys[2]),
		smart_parking_internal.plain_text(properties OPERATOR(pg_catalog.->) keys[3]),
		smart_parking_internal.plain_text(properties OPERATOR(pg_catalog.->) keys[4]),
		smart_parking_internal.plain_text(properties OPERATOR(pg_catalog.->) keys[5]),
		smart_parking_internal.plain_text(properties OPERATOR(pg_catalog.->) keys[6])) END
$$;
COMMENT ON FUNCTION smart_parking_internal.first_text(jsonb, text[]) IS
'The first of up to six properties that holds text or a number and is not blank, trimmed; NULL: none. property_keys() gives no more keys than that.';

CREATE OR REPLACE FUNCTION smart_parking_internal.whole_number(value text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN value OPERATOR(pg_catalog.~) '^[ ]*-?[0-9]{1,18}([.]0*)?[ ]*$' THEN pg_catalog.trunc(value::numeric) END
$$;
COMMENT ON FUNCTION smart_parking_internal.whole_number(text) IS 'A whole number, 120 or 120.0; NULL: it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.decimal_number(value text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN value OPERATOR(pg_catalog.~) '^[ ]*[-+]?[0-9]{1,18}([.,][0-9]{0,60})?([eE][-+]?[0-9]{1,2})?[ ]*$'
		THEN pg_catalog.replace(value, ',', '.')::numeric END
$$;
COMMENT ON FUNCTION smart_parking_internal.decimal_number(text) IS 'A number with a point or a comma, 51.05 or 51,05; NULL: it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.bare_key(key text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	bare text := lower(key);
BEGIN
	IF getdatabaseencoding() = 'UTF8' THEN
		-- letters apart from their accents, and those that Unicode does not take apart
		bare := regexp_replace(normalize(bare, NFKD), '[\u0300-\u036F]', '', 'g');
		bare := regexp_replace(regexp_replace(regexp_replace(regexp_replace(bare, '\u00DF', 'ss', 'g'), '\u00E6', 'ae', 'g'), '\u00F8', 'o', 'g'), '\u0142', 'l', 'g');
	END IF;
	RETURN regexp_replace(bare, '[][ _:.,;/()#''@?*"-]', '', 'g');
END $$;
COMMENT ON FUNCTION smart_parking_internal.bare_key(text) IS
'A property''s name without case, accents, blanks and punctuation, so that "Anzahl Places" and anzahl_places are one.';
