# shellcheck shell=bash
# Builds and runs the stress client of test/stress on a private server.
# Wants packages.sh and private_server.sh to be loaded, and start_server to
# have been given "${stress_settings[@]}".

stress_settings=(max_prepared_transactions=64)

# Leaves the program in $STRESS.
build_stress() {
	export STRESS=$PRIVATE_DIR/out/stress
	run as_server bash -c "cc -std=c99 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -I'$("$PG_CONFIG" --includedir)' \
		-o '$STRESS' '$PRIVATE_DIR'/tree/test/stress/*.c -L'$("$PG_CONFIG" --libdir)' -lpq -lpthread" \
		>"$PRIVATE_DIR/out/stress_build.log" 2>&1 || {
		cat "$PRIVATE_DIR/out/stress_build.log" >&2
		die 'the stress client does not build'
	}
}

# stress_run DATABASE SECONDS CLIENTS SEED: makes the database, runs, and
# prints one line for each thing that was verified, "ok" or "FAILED" first.
stress_run() {
	local database=$1 seconds=$2 clients=$3 seed=$4
	local ledger=$PRIVATE_DIR/out/$database.ledger log=$PRIVATE_DIR/out/$database.log

	if ! run as_server psql -X -q -v ON_ERROR_STOP=1 -c "CREATE DATABASE $database" -c "\\connect $database" \
		-c 'SET client_min_messages = warning' -c 'CREATE EXTENSION smart_parking CASCADE' \
		-f "$PRIVATE_DIR/tree/test/stress/setup.sql" >"$log" 2>&1 ||
		! PGDATABASE=$database run as_server "$STRESS" --ledger "$ledger" --seconds "$seconds" \
			--clients "$clients" --seed "$seed" >>"$log" 2>&1; then
		echo "FAILED  the stress client ran: $(tail -n 3 "$log" | tr '\n' ' ')"
		return
	fi
	run as_server psql -X -d "$database" -v ledger="$ledger" -f "$PRIVATE_DIR/tree/test/stress/verify.sql" 2>&1 |
		sed '/^\(ok\|FAILED\) /!s/^/FAILED  /'
}
