-- Squats, in a schema, on every name that could be looked up there: functions, operators, types and tables of PostgreSQL, of PostGIS and of
-- smart_parking. Whatever of it is called counts in public.squatters_run, which no rollback takes back, and fails.
-- Settings: squat.schema, where; squat.names, the words of our function bodies, each of which gets overloads that suit better than what is meant.

CREATE FUNCTION pg_temp.try(statement text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 1;
-- it is there, or cannot be
EXCEPTION WHEN OTHERS THEN
	RETURN 0;
END $$;

CREATE FUNCTION pg_temp.squat_function(name text, arguments text, result text) RETURNS integer LANGUAGE sql AS $$
	SELECT pg_temp.try(format('CREATE FUNCTION %I.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', current_setting('squat.schema'), name, arguments, result,
		format('BEGIN PERFORM pg_catalog.nextval(''public.squatters_run''); RAISE EXCEPTION ''squatter %I ran as %%'', current_user; END', name)))
$$;

CREATE FUNCTION pg_temp.squat_operator(name text, l regtype, r regtype, result text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	function text := format('squat_%s_%s_%s', l::oid, r::oid, result);
BEGIN
	PERFORM pg_temp.squat_function(function, concat_ws(', ', CASE WHEN l <> 0 THEN l::text END, r::text), result);
	RETURN pg_temp.try(format('CREATE OPERATOR %1$I.%2$s (%3$s RIGHTARG = %4$s, FUNCTION = %1$I.%5$I)', current_setting('squat.schema'), name,
		CASE WHEN l <> 0 THEN format('LEFTARG = %s,', l) END, r, function));
END $$;

CREATE TEMP TABLE usual AS
	SELECT t.oid::regtype AS type FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
	WHERE n.nspname = 'pg_catalog' AND t.typname IN ('text', 'int4', 'float8', 'uuid', 'jsonb', 'timestamptz')
	OR t.typname IN ('geography', 'geometry') OR n.nspname LIKE 'smart\_parking%' AND t.typname IN ('booking_status', 'license_plate');

-- as they are, for a schema that is searched first
SELECT 'functions', sum(pg_temp.squat_function(p.proname, pg_get_function_identity_arguments(p.oid),
	CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END || format_type(p.prorettype, NULL)))
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname <> current_setting('squat.schema') AND n.nspname IN ('pg_catalog', 'public', 'smart_parking', 'smart_parking_internal')
AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype)
UNION ALL
SELECT 'operators', sum(pg_temp.squat_operator(o.oprname, o.oprleft, o.oprright, format_type(o.oprresult, NULL)))
FROM pg_operator AS o JOIN pg_namespace AS n ON n.oid = o.oprnamespace WHERE n.nspname IN ('pg_catalog', 'public', 'smart_parking')
UNION ALL
-- and for types that suit better, for a schema that is searched later
SELECT 'overloads', sum(pg_temp.squat_function(name, a.arguments, 'text'))
FROM (SELECT DISTINCT proname AS name FROM pg_proc WHERE proname = ANY (string_to_array(current_setting('squat.names'), ','))) AS used
CROSS JOIN (SELECT type::text AS arguments FROM usual UNION ALL SELECT u.type || ', ' || v.type FROM usual AS u, usual AS v) AS a
UNION ALL
SELECT 'more operators', sum(pg_temp.squat_operator(o.oprname, u.type, v.type, o.result))
FROM (SELECT oprname, min(oprresult::regtype::text) AS result FROM pg_operator WHERE oprright IN (SELECT type FROM usual) AND oprleft <> 0 GROUP BY 1) AS o,
	usual AS u, usual AS v;

SELECT 'relations', sum(pg_temp.try(format('CREATE TABLE %I.%I (squatted integer)', current_setting('squat.schema'), c.relname)))
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v') AND n.nspname IN ('pg_catalog', 'smart_parking', 'smart_parking_internal')
UNION ALL
SELECT 'types', sum(pg_temp.try(format('CREATE DOMAIN %I.%I AS pg_catalog.int2 CHECK (pg_catalog.nextval(''public.squatters_run'') < 0)',
	current_setting('squat.schema'), t.typname)))
FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typname NOT LIKE '\_%' AND n.nspname IN ('pg_catalog', 'public', 'smart_parking', 'smart_parking_internal');
