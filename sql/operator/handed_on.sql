-- nearby_parking() has had an argument less. After an update who could search can, without another grant_access(); a fresh
-- installation has nothing to hand on. Behind taken_back.sql, which would take it for what ALTER DEFAULT PRIVILEGES gave.
DO $do$
DECLARE
	former CONSTANT oid := pg_catalog.to_regprocedure('smart_parking.nearby_parking(float8, float8, float8, integer, text, integer)');
	present CONSTANT oid := 'smart_parking.nearby_parking(float8, float8, float8, integer, text, integer, text[])'::pg_catalog.regprocedure;
	searcher oid;
BEGIN
	IF former IS NULL THEN
		RETURN;
	END IF;
	FOR searcher IN
		SELECT a.grantee FROM pg_catalog.pg_proc AS p, pg_catalog.aclexplode(p.proacl) AS a
		WHERE p.oid OPERATOR(pg_catalog.=) former AND a.grantee OPERATOR(pg_catalog.<>) p.proowner AND a.grantee OPERATOR(pg_catalog.<>) 0
	LOOP
		EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %s', present::pg_catalog.regprocedure, searcher::pg_catalog.regrole);
	END LOOP;
	-- what is granted in a script counts for the extension's own, which pg_dump leaves out
	DELETE FROM pg_catalog.pg_init_privs WHERE classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass AND objoid OPERATOR(pg_catalog.=) present;
	EXECUTE pg_catalog.format('DROP FUNCTION %s', former::pg_catalog.regprocedure);
END $do$;
