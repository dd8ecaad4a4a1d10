-- Prints docs/reference.md from the catalog: psql -XAtq -f reference.sql
\pset format unaligned
\pset tuples_only on

SELECT E'# Reference\n\nMade by `scripts/reference` from the COMMENTs of the installed extension; do not edit.\n';

SELECT E'## Functions and procedures\n\nAll there is to call, in the schema `smart_parking`. What PUBLIC cannot execute is granted by `grant_access`. `smart_parking_internal` is no part of it: nobody has rights there, and it changes from version to version.\n';

CREATE TEMP VIEW ours AS
SELECT p.oid, p.proname, p.prokind, pg_get_function_identity_arguments(p.oid) AS identity,
	pg_get_function_arguments(p.oid) AS arguments, pg_get_function_result(p.oid) AS result,
	obj_description(p.oid, 'pg_proc') AS comment,
	-- of a row type
	(SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
	 FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 WHERE t.oid = p.prorettype) AS columns
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'smart_parking'
WHERE p.pronamespace = 'smart_parking'::regnamespace;

SELECT format(E'### %s\n\n```sql\n%s%s(%s)%s\n```\n\n%s\n', proname,
	CASE prokind WHEN 'p' THEN 'CALL ' ELSE '' END, proname,
	-- the OUT parameters are shown as the result
	regexp_replace(arguments, ', OUT .*$|^OUT .*$', ''),
	CASE WHEN prokind = 'p' THEN '' ELSE ' -> ' ||
		CASE WHEN result = 'record' THEN (SELECT string_agg(n || ' ' || format_type(t, NULL), ', ' ORDER BY i)
			FROM pg_proc q, unnest(q.proargnames, q.proargmodes, q.proallargtypes) WITH ORDINALITY AS a (n, m, t, i)
			WHERE q.oid = ours.oid AND m = 'o') ELSE result || coalesce(E'\n\t(' || columns || ')', '') END END,
	comment)
FROM ours ORDER BY proname, identity;

SELECT E'## Settings\n\n| setting | default | unit | what it limits |\n| --- | --- | --- | --- |';
SELECT format('| `%s` | %s | %s | %s |', name, boot_val, coalesce(unit, ''), short_desc)
FROM pg_settings WHERE name LIKE 'smart\_parking.%' ORDER BY name;
SELECT E'\nSet by superusers, best with `ALTER DATABASE ... SET`.\n';

SELECT E'## Tables and views\n';
SELECT format(E'### %s\n\n%s\n\n| column | type | |\n| --- | --- | --- |\n%s\n', c.relname, obj_description(c.oid, 'pg_class'),
	(SELECT string_agg(format('| `%s` | %s | %s |', a.attname, format_type(a.atttypid, a.atttypmod),
		coalesce(col_description(c.oid, a.attnum), '')), E'\n' ORDER BY a.attnum)
	 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'smart_parking' AND c.relkind IN ('r', 'v') ORDER BY c.relkind, c.relname;

SELECT E'## Types\n';
SELECT format(E'- `%s`: %s', t.typname, obj_description(t.oid, 'pg_type'))
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname = 'smart_parking' AND obj_description(t.oid, 'pg_type') IS NOT NULL ORDER BY t.typname;

SELECT E'\n## Errors\n\n| SQLSTATE | what |\n| --- | --- |\n'
	'| SP001 | unknown lot |\n| SP002 | unknown booking |\n| SP003 | unknown gate |\n| SP004 | unknown spot |\n| SP005 | unknown command |\n| SP006 | unknown read |\n'
	'| SP010 | not a license plate |\n| SP011 | hold not positive, not finite, or too long |\n| SP012 | capacity out of range |\n'
	'| SP013 | coordinates out of range |\n| SP014 | radius out of range |\n| SP015 | the lot has no spots of this kind |\n'
	'| SP016 | an argument is NULL |\n| SP017 | a limit is out of range |\n| SP018 | not a file of lots, or a feed of counts, that is read |\n'
	'| SP019 | another argument is not usable |\n| SP020 | too many holds of one user |\n| SP021 | request_id used for another request |\n'
	'| SP022 | the plate has an active booking of another user in this lot |\n| SP023 | the booking cannot go there from where it is |\n'
	'| SP024 | history is not changed |\n| SP025 | other rows refer to it |\n| SP030 | pg_cron is missing |\n| SP031 | the extension in the database is older than its library |\n| SP032 | only the owner or a superuser can grant access |\n| SP033 | the schema, a table or an index of the extension was renamed or moved |\n| SP090 | counter, spots and bookings disagree |\n\n'
	'After an error nothing has changed. A sold-out lot is an outcome of `reserve_spot`, not an error.\n';
