-- What an installation looks like; every "no rows" query lists offenders.
SET client_min_messages = warning;
LOAD 'smart_parking';
SELECT name, boot_val, unit, context FROM pg_settings WHERE name LIKE 'smart\_parking.%' ORDER BY name;

CREATE TEMP VIEW member AS
SELECT d.classid, d.objid FROM pg_depend d
WHERE d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'smart_parking');

-- what others build on: arguments by name and type, and the result
\a \t
-- IN: version 14 and later write it for procedures
SELECT format('%s(%s)%s', p.proname, regexp_replace(pg_get_function_arguments(p.oid), '\mIN ', '', 'g'), ' -> ' || pg_get_function_result(p.oid))
FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
WHERE p.pronamespace = 'smart_parking'::regnamespace
ORDER BY p.proname COLLATE "C", p.oid::regprocedure::text COLLATE "C";
\a \t

-- whoever has rights in the schema of internals, besides the owner
SELECT a.* FROM pg_namespace n, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a WHERE nspname = 'smart_parking_internal' AND a.grantee <> nspowner;

-- functions without a COMMENT
SELECT p.oid::regprocedure FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
WHERE obj_description(p.oid, 'pg_proc') IS NULL ORDER BY 1;
-- tables and views without a COMMENT
SELECT c.oid::regclass FROM pg_class c JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
WHERE c.relkind IN ('r', 'v') AND obj_description(c.oid, 'pg_class') IS NULL ORDER BY 1;
-- tables that pg_dump would leave out
SELECT c.oid::regclass FROM pg_class c JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
WHERE c.relkind = 'r' AND c.oid <> ALL (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'smart_parking') ORDER BY 1;
-- SECURITY DEFINER without a pinned search_path
SELECT p.oid::regprocedure FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
WHERE p.prosecdef AND coalesce(array_to_string(p.proconfig, ' '), '') !~ 'search_path=' ORDER BY 1;
-- calls that change data and that anybody may execute; trigger functions cannot be called
SELECT p.oid::regprocedure FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
WHERE p.provolatile = 'v' AND has_function_privilege('public', p.oid, 'EXECUTE') AND p.prorettype <> 'trigger'::regtype ORDER BY 1;
-- tables that anybody may use
SELECT c.oid::regclass FROM pg_class c JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
WHERE c.relkind IN ('r', 'v') AND has_table_privilege('public', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') ORDER BY 1;
-- indexes that cannot be used
SELECT i.indexrelid::regclass FROM pg_index i JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = i.indrelid
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) ORDER BY 1;

-- the version is that of the control file
SELECT extversion = default_version AS current FROM pg_extension JOIN pg_available_extensions ON name = extname WHERE extname = 'smart_parking';

-- kept plans survive DROP and CREATE in a session, and nothing is left behind
SELECT outcome FROM smart_parking.reserve_spot(smart_parking.add_parking('Before', 51, 13, 5), gen_random_uuid(), 'BEFORE');
DROP VIEW member;
DROP EXTENSION smart_parking;
SELECT nspname AS left_behind FROM pg_namespace WHERE nspname LIKE 'smart\_parking%';
CREATE EXTENSION smart_parking;
SELECT outcome FROM smart_parking.reserve_spot(smart_parking.add_parking('After', 51, 13, 5), gen_random_uuid(), 'AFTER');
SELECT count(*) AS bookings FROM smart_parking.booking;
