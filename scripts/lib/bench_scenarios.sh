# shellcheck shell=bash
# What scripts/bench measures.  Wants bench_run.sh to be loaded.
# shellcheck disable=SC2154,SC2034	# rounds, connections, ...: scripts/bench

all_scenarios=(refusal gate hot_lot many_lots zipf flash_crowd connections searches history sweep lapses)
bookers='smart_parking one_counter four_statements skip_locked redis_everysec redis_always bare_insert'

# The contenders that the others are compared with: NAME, or NAME:COLUMN for another column than tps.
declare -A references=(
	[refusal]='primary_key'
	[gate]='bare_insert'
	[hot_lot]='one_counter redis_everysec redis_always bare_insert smart_parking@many'
	[many_lots]='one_counter redis_everysec bare_insert'
	[zipf]='one_counter redis_everysec bare_insert'
	[flash_crowd]='one_counter one_counter:refusals_tps'
	[connections]='one_counter redis_everysec bare_insert'
	[searches]='knn'
	[history]='past_10000'
	[sweep]='quiet'
)

# new_database NAME: an empty one with the extension
new_database() {
	createdb "$1"
	sql -d "$1" -c 'SET client_min_messages = warning; CREATE EXTENSION smart_parking CASCADE'
}

# The database of most scenarios: 500,000 spots.
booking_database() {
	[[ $PGDATABASE != smart_parking_bench ]] || return 0
	new_database smart_parking_bench
	export PGDATABASE=smart_parking_bench
	sql -f "$PRIVATE_DIR/tree/bench/setup.sql" -f "$PRIVATE_DIR/tree/bench/verdict.sql"
	sql -c "CALL bench.add_lots('hot', 1, 100000)" -c "CALL bench.add_lots('many', 1000, 200)" \
		-c "CALL bench.add_lots('zipf', 1000, 20000, zipf => true)" -c "CALL bench.add_lots('flash', 1, 500)" -c 'VACUUM ANALYZE'
	checks_can_fail
}

# No verdict is worth anything if a fault goes unnoticed.
checks_can_fail() {
	local findings
	findings=$(sql -f "$PRIVATE_DIR/tree/bench/verdict_can_fail.sql" 2>&1) || die "$findings"
	printf 'What the checks say to faults:\n%s\n\n' "$findings"
	[[ $(grep -c '^ok' <<<"$findings") == 8 ]] || die 'a fault went unnoticed'
}

# at_each_flush COMMAND...
at_each_flush() {
	local each
	for each in local 2ms; do
		set_flush "$each"
		"$@"
	done
	set_flush local
}

scenario_refusal() {
	take_turns refusal "$connections" flash 'refusal primary_key'
}

scenario_gate() {
	take_turns gate "$connections" hot 'validate_plate bare_insert'
}

scenario_hot_lot() {
	at_each_flush take_turns hot_lot "$connections" hot "$bookers smart_parking@many"
}

scenario_many_lots() {
	at_each_flush take_turns many_lots "$connections" many "$bookers"
}

scenario_zipf() {
	at_each_flush take_turns zipf "$connections" zipf "$bookers" --skew zipf
}

scenario_flash_crowd() {
	at_each_flush take_turns flash_crowd 64 flash "${bookers% bare_insert}" --until-sold-out
}

scenario_connections() {
	local each
	for each in "${connection_list[@]}"; do
		at_each_flush take_turns connections "$each" hot 'smart_parking one_counter redis_everysec bare_insert'
	done
}

scenario_searches() {
	local PGDATABASE=smart_parking_search lots full round contender verdict contenders=(nearby knn redis_geosearch)
	export PGDATABASE
	new_database "$PGDATABASE"
	for lots in 10000 100000 1000000; do
		sql -v lots="$lots" -f "$PRIVATE_DIR/tree/bench/search.sql"
		for full in 0 95; do
			sql -v full="$full" -f "$PRIVATE_DIR/tree/bench/search_fill.sql"
			verdict=$(sql -f "$PRIVATE_DIR/tree/bench/same_answers.sql")
			# full lots taken for free ones and the other way round have to be noticed
			[[ $(sql -c BEGIN -c 'UPDATE bench.place SET free_spots = 2 - free_spots' \
				-f "$PRIVATE_DIR/tree/bench/same_answers.sql" -c ROLLBACK) == DISQUALIFIED* ]] || die 'wrong answers went unnoticed'
			for ((round = 0; round <= rounds; round++)); do
				for contender in "${contenders[@]}"; do
					run_client "$contender" search 1
					# the client itself compares Redis with PostGIS
					record searches 1 "$lots lots, $full % full" "$round" "$contender" \
						"$([[ $contender == redis* ]] && echo ok || echo "$verdict")"
				done
			done
		done
	done
	dropdb "$PGDATABASE"
}

scenario_history() {
	local PGDATABASE past round verdict
	export PGDATABASE=smart_parking_bench
	for past in "${past_list[@]}"; do
		PGDATABASE=smart_parking_past_$past
		new_database "$PGDATABASE"
		sql -f "$PRIVATE_DIR/tree/bench/setup.sql" -f "$PRIVATE_DIR/tree/bench/verdict.sql" -c "CALL bench.add_lots('hot', 1, 100000)"
		sql -v past="$past" -f "$PRIVATE_DIR/tree/bench/past_bookings.sql"
	done
	for ((round = 0; round <= rounds; round++)); do
		for past in "${past_list[@]}"; do
			PGDATABASE=smart_parking_past_$past
			sql -c "CALL bench.prepare('hot', 'smart_parking')" -c 'VACUUM smart_parking.booking' -c CHECKPOINT
			run_client smart_parking hot "$connections"
			verdict=$(sql -c "SELECT bench.verdict('hot', 'smart_parking', ${measured[done]})")
			record history "$connections" - "$round" "past_$past" "$verdict"
		done
	done
	for past in "${past_list[@]}"; do
		dropdb "smart_parking_past_$past"
	done
}

# A million holds that are good for two hours, short ones among them, and a sweeper: alone, and beside reservations.
scenario_lapses() {
	local PGDATABASE round load sweeper client released verdict
	export PGDATABASE=smart_parking_lapses
	new_database "$PGDATABASE"
	sql -f "$PRIVATE_DIR/tree/bench/setup.sql" -f "$PRIVATE_DIR/tree/bench/verdict.sql" \
		-c "CALL bench.add_lots('live', 1000, 1000)" -c "CALL bench.add_lots('hot', 5, 100000)" -c "CALL bench.add_lots('short', 1, 200)" \
		-c "DO \$\$ BEGIN PERFORM bench.pass_guards_by(); CALL bench.fill_bookings('live', 'L', now() + interval '2 hours'); END \$\$" \
		-c 'VACUUM ANALYZE'
	for ((round = 0; round <= rounds; round++)); do
		for load in alone busy; do
			sql -c "CALL smart_parking.sweep('1 second', '1 minute')" >/dev/null 2>&1 &
			sweeper=$!
			if [[ $load == busy ]]; then
				seconds=8 run_client smart_parking hot "$connections" &
				client=$!
			fi
			released=$(sql -f "$PRIVATE_DIR/tree/bench/lapses.sql")
			[[ $load == alone ]] || wait "$client"
			sql -c 'SELECT pg_cancel_backend(pid) FROM smart_parking_internal.sweeper_backend()' >/dev/null
			wait "$sweeper" || true
			measured=()
			IFS='|' read -r measured[done] measured[p50_ms] measured[p95_ms] measured[p99_ms] <<<"$released"
			verdict=ok
			((measured[done] == 150)) || verdict="DISQUALIFIED: ${measured[done]} of 150 holds were released"
			((measured[p99_ms] <= 2000)) || verdict+=', but later than 2 s'
			sql -c "CALL bench.forget_short()"
			record lapses "$([[ $load == alone ]] && echo 1 || echo "$connections")" 'a million live bookings' "$round" "$load" "$verdict"
		done
	done
	dropdb "$PGDATABASE"
}

# hold_many LAPSED: the 200,000 holds
hold_many() {
	sql -c "CALL bench.prepare('hot', 'smart_parking')" -c "CALL bench.hold_many($1)" \
		-c 'ANALYZE smart_parking.booking' -c CHECKPOINT
}

scenario_sweep() {
	local round begun sweeper verdict
	# no longer than the sweep itself
	local seconds=$((seconds > 2 ? 2 : seconds))
	for ((round = 0; round <= rounds; round++)); do
		hold_many true
		begun=$EPOCHREALTIME
		sql -c "CALL smart_parking.sweep(run_for => '0')"
		measured=([tps]=$(awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { print 200000 / (b - a) }'))
		record sweep 1 'holds released' "$round" sweep "$(sql -c 'SELECT bench.sweep_verdict()')"

		hold_many false
		run_client smart_parking hot "$connections"
		record sweep "$connections" reservations "$round" quiet "$(sql -c "SELECT bench.verdict('hot', 'smart_parking', ${measured[done]})")"

		# as pg_cron runs it; by hand, as above, it takes all it can get
		hold_many true
		sql -c "CALL smart_parking.sweep('1 second', '1 minute')" >/dev/null 2>&1 &
		sweeper=$!
		run_client smart_parking hot "$connections"
		verdict=$(sql -c "SELECT bench.verdict('hot', 'smart_parking', ${measured[done]})")
		# it must have lasted as long as the measurement
		[[ $(sql -c 'SELECT overdue_bookings > 0 FROM smart_parking.sweeper_status()') == t ]] || verdict+=', but the sweep ended first'
		sql -c 'SELECT pg_cancel_backend(pid) FROM smart_parking_internal.sweeper_backend()' >/dev/null
		wait "$sweeper" || true
		record sweep "$connections" reservations "$round" during_a_sweep "$verdict"
	done
}
