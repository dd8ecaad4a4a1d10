# shellcheck shell=bash
# What docs/reference.md has to say, from the COMMENTs of the extension.

# reference_of DATABASE: prints it; the extension is installed there
reference_of() {
	as_server psql -XAtq -v ON_ERROR_STOP=1 -c "LOAD 'smart_parking'" \
		-f "$PRIVATE_DIR/tree/scripts/lib/reference.sql" "$1"
}

# as_installed_of DATABASE: prints sql/operator/as_installed.sql, from the tables as they are there
as_installed_of() {
	cat <<'END'
-- The extension's tables as the install script makes them, for own_changes() to compare with. Made by scripts/reference.

CREATE OR REPLACE FUNCTION smart_parking_internal.as_installed()
RETURNS TABLE (relation text, what text, name text, definition text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT v.relation, v.what, f.key, f.value
	FROM (VALUES
END
	as_server psql -XAtq -v ON_ERROR_STOP=1 -R $',\n' \
		-c 'SELECT format($f$		(%L, %L, %L)$f$, relation, what, jsonb_object_agg(name, definition)) FROM smart_parking_internal.table_facts()
			GROUP BY relation, what ORDER BY relation COLLATE "C", what COLLATE "C"' "$1"
	cat <<'END'
	) AS v (relation, what, facts), jsonb_each_text(v.facts::jsonb) AS f
$$;
COMMENT ON FUNCTION smart_parking_internal.as_installed() IS 'What table_facts() says of a fresh installation.';
END
}
