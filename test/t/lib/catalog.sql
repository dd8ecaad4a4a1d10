-- Everything that belongs to the extension in a form that does not depend on OIDs: one line an object or column.
WITH member AS (
	SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS what
	FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
	WHERE e.extname = 'smart_parking' AND d.deptype = 'e'
)
SELECT replace(line, E'\n', ' ') FROM (
	SELECT what || ' owner ' || coalesce((SELECT rolname FROM pg_authid WHERE oid = coalesce(
			(SELECT proowner FROM pg_proc WHERE oid = objid AND classid = 'pg_proc'::regclass),
			(SELECT relowner FROM pg_class WHERE oid = objid AND classid = 'pg_class'::regclass))), '-')
		|| ' comment ' || coalesce(obj_description(objid, classid::regclass::name), '-') AS line FROM member
	UNION ALL
	SELECT what || ' acl ' || coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(coalesce(
			(SELECT coalesce(proacl, acldefault('f', proowner)) FROM pg_proc WHERE oid = objid AND classid = 'pg_proc'::regclass),
			(SELECT coalesce(relacl, acldefault('r', relowner)) FROM pg_class WHERE oid = objid AND classid = 'pg_class'::regclass),
			(SELECT coalesce(typacl, acldefault('T', typowner)) FROM pg_type WHERE oid = objid AND classid = 'pg_type'::regclass))) a WHERE a::text !~ '^old_app='), 'default') FROM member
	UNION ALL
	SELECT what || ' is ' || pg_get_functiondef(objid) FROM member JOIN pg_proc p ON p.oid = objid AND classid = 'pg_proc'::regclass AND p.prokind <> 'a'
	UNION ALL
	SELECT format('column %s.%s %s %s not null %s default %s comment %s', what, row_number() OVER (PARTITION BY objid ORDER BY a.attnum), a.attname,
		format_type(a.atttypid, a.atttypmod), a.attnotnull, coalesce(pg_get_expr(d.adbin, d.adrelid), '-'), coalesce(col_description(objid, a.attnum), '-'))
	FROM member JOIN pg_class c ON c.oid = coalesce((SELECT typrelid FROM pg_type WHERE oid = objid AND classid = 'pg_type'::regclass AND typrelid <> 0),
		CASE WHEN classid = 'pg_class'::regclass THEN objid END)
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	UNION ALL
	SELECT format('constraint %s %s %s comment %s', what, k.conname, pg_get_constraintdef(k.oid), coalesce(obj_description(k.oid, 'pg_constraint'), '-'))
	FROM member JOIN pg_constraint k ON k.conrelid = objid AND classid = 'pg_class'::regclass AND k.contype <> 'n'
	UNION ALL
	SELECT format('index %s comment %s', pg_get_indexdef(i.indexrelid), coalesce(obj_description(i.indexrelid, 'pg_class'), '-'))
	FROM member JOIN pg_index i ON i.indrelid = objid AND classid = 'pg_class'::regclass
	UNION ALL
	SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM member JOIN pg_trigger t ON t.tgrelid = objid AND classid = 'pg_class'::regclass AND NOT t.tgisinternal
	UNION ALL
	SELECT format('view %s %s', what, pg_get_viewdef(objid)) FROM member JOIN pg_class c ON c.oid = objid AND classid = 'pg_class'::regclass AND c.relkind = 'v'
	UNION ALL
	SELECT format('options %s %s', what, c.reloptions) FROM member JOIN pg_class c ON c.oid = objid AND classid = 'pg_class'::regclass
	UNION ALL
	SELECT format('enum %s %s', what, string_agg(v.enumlabel, ',' ORDER BY v.enumsortorder)) FROM member JOIN pg_enum v ON v.enumtypid = objid GROUP BY what
	UNION ALL
	SELECT format('dumped %s where %s', t.oid::regclass, condition)
	FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS u (relation, condition) JOIN pg_class t ON t.oid = u.relation WHERE e.extname = 'smart_parking'
) l ORDER BY line COLLATE "C";
