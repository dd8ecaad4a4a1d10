-- The last part: it covers what all others made.
--
-- Whatever ALTER DEFAULT PRIVILEGES gives away is taken back from what this script made; what was granted on older objects stays.
-- PUBLIC keeps pure functions only: those of the type license_plate, of ids, of maps, which CHECKs, indexes
-- and views run with the rights of whoever uses them. What reads or writes data has to be granted.
DO $do$
DECLARE
	object record;
	grantee oid;
BEGIN
	FOR object IN
		WITH made AS (
			SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d
			JOIN pg_catalog.pg_extension AS e ON d.refobjid OPERATOR(pg_catalog.=) e.oid
			WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype OPERATOR(pg_catalog.=) 'e'
			AND e.extname OPERATOR(pg_catalog.=) 'smart_parking'
			-- written by this transaction, or a part of it
			AND pg_catalog.age(d.xmin) OPERATOR(pg_catalog.<=) 0
		)
		SELECT 'SCHEMA' AS kind, n.oid, n.nspowner AS owner, coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) AS acl, false AS pure
		FROM made JOIN pg_catalog.pg_namespace AS n ON made.classid OPERATOR(pg_catalog.=) n.tableoid AND made.objid OPERATOR(pg_catalog.=) n.oid
		-- an update from 1.0.0 makes a schema that is there a member
		WHERE pg_catalog.age(n.xmin) OPERATOR(pg_catalog.<=) 0
		UNION ALL
		SELECT 'TABLE', c.oid, c.relowner, coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner)), false
		FROM made JOIN pg_catalog.pg_class AS c ON made.classid OPERATOR(pg_catalog.=) c.tableoid AND made.objid OPERATOR(pg_catalog.=) c.oid
		WHERE c.relkind IN ('r', 'v')
		UNION ALL
		SELECT 'TYPE', t.oid, t.typowner, coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner)), true
		FROM made JOIN pg_catalog.pg_type AS t ON made.classid OPERATOR(pg_catalog.=) t.tableoid AND made.objid OPERATOR(pg_catalog.=) t.oid
		WHERE t.typcategory OPERATOR(pg_catalog.<>) 'A'
		UNION ALL
		SELECT 'ROUTINE', p.oid, p.proowner, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)),
			p.provolatile OPERATOR(pg_catalog.=) 'i'
			-- the binary form of a type depends on the client's encoding, nothing else
			OR EXISTS (SELECT FROM pg_catalog.pg_type AS t WHERE p.oid IN (t.typreceive, t.typsend))
		FROM made JOIN pg_catalog.pg_proc AS p ON made.classid OPERATOR(pg_catalog.=) p.tableoid AND made.objid OPERATOR(pg_catalog.=) p.oid
	LOOP
		FOR grantee IN
			SELECT DISTINCT a.grantee FROM pg_catalog.aclexplode(object.acl) AS a
			WHERE a.grantee OPERATOR(pg_catalog.<>) object.owner AND NOT (object.pure AND a.grantee OPERATOR(pg_catalog.=) 0)
		LOOP
			EXECUTE pg_catalog.format('REVOKE ALL ON %s %s FROM %s', object.kind,
				CASE object.kind
					WHEN 'SCHEMA' THEN object.oid::pg_catalog.regnamespace::pg_catalog.text
					WHEN 'TABLE' THEN object.oid::pg_catalog.regclass::pg_catalog.text
					WHEN 'TYPE' THEN object.oid::pg_catalog.regtype::pg_catalog.text
					ELSE object.oid::pg_catalog.regprocedure::pg_catalog.text END,
				CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::pg_catalog.regrole::pg_catalog.text END);
		END LOOP;
	END LOOP;
END $do$;
