# shellcheck shell=bash
# What docs/reference.md has to say, from the COMMENTs of the extension.

# reference_of DATABASE: prints it; the extension is installed there
reference_of() {
	as_server psql -XAtq -v ON_ERROR_STOP=1 -c "LOAD 'smart_parking'" \
		-f "$PRIVATE_DIR/tree/scripts/lib/reference.sql" "$1"
}
