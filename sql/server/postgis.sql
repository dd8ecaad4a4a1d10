-- What the script's names lead to. PostgreSQL has the schema of PostGIS on the path of the script, in which others may create: an operator of
-- theirs on a type of ours would win. So nothing but PostgreSQL is found without its schema.

SET LOCAL search_path = pg_catalog, pg_temp;
-- what format() makes of them
SET LOCAL quote_all_identifiers = off;

CREATE FUNCTION smart_parking_internal.postgis_schema() RETURNS name
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'
$$;
COMMENT ON FUNCTION smart_parking_internal.postgis_schema() IS 'Where PostGIS lies. What this script names of it, it names with this schema.';
