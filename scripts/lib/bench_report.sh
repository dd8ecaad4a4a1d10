# shellcheck shell=bash
# Tables and pictures from $results.  Wants bench_scenarios.sh and
# private_server.sh to be loaded, and "project", "rounds" and "seconds" set.
# shellcheck disable=SC2154	# all these

# shellcheck source=scripts/lib/bench_plots.sh
source "$project/scripts/lib/bench_plots.sh"

title_of() {
	case $1 in
		refusal) echo '"full" from a lot of 500 spots, beside a SELECT by primary key' ;;
		gate) echo 'cars come in and leave, one read of a plate each time; each connection is an entry and an exit of the lot' ;;
		hot_lot) echo 'one lot of 100,000 spots' ;;
		many_lots) echo '1,000 lots, each as likely as the other' ;;
		zipf) echo '1,000 lots, the nth wanted as often as 1/n' ;;
		flash_crowd) echo '500 spots, everybody at once, and refusals once they are sold' ;;
		connections) echo 'one lot of 100,000 spots' ;;
		searches) echo '20 lots with free spots within 2,000 m' ;;
		history) echo 'reservations in one lot, with past bookings in the table' ;;
		lapses) echo 'how late lapsed holds are released, with a sweep each second; p99 is the greatest of all' ;;
		sweep) echo '200,000 lapsed holds in 1,000 lots' ;;
	esac
}

describe_machine() {
	printf '%s, %s cores; PostgreSQL %s, Redis %s; rounds of 1 to 2 s, after one to warm up; %s\n' \
		"$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(sql -c 'SHOW server_version')" \
		"$(redis-server --version | sed 's/.* v=\([0-9.]*\).*/\1/')" "$(date -u +%F)"
}

preface() {
	cat <<'END'
Made by `scripts/bench`; do not edit. Server and clients are on one machine, so only ratios within a round mean something. Contenders take
turns in rounds; figures are medians over the rounds, ratios are of transactions a second within a round: median (least to greatest).
After each run SQL compares the bookings with the contender's own counter, the lot's spots, and what the clients were told;
`DISQUALIFIED` says what was wrong.

- `smart_parking`: `reserve_spot`
- `one_counter`: a conditional UPDATE of one counter row a lot and the INSERT, in one PL/pgSQL function
- `four_statements`: BEGIN, that UPDATE, the INSERT, COMMIT as four statements of the client
- `skip_locked`: a row a spot, `FOR UPDATE SKIP LOCKED LIMIT 1`, and the INSERT
- `redis_everysec`, `redis_always`: a Lua script that decrements a counter in Redis if it is above 0, then the INSERT; log of commands flushed each second, or always
- `bare_insert`: the INSERT alone, which counts nothing

All insert the same row into `smart_parking.booking`, with its indexes and checks. 2 ms flush: `commit_delay = 2000`,
`commit_siblings = 0`, so that each commit in PostgreSQL waits as for a disk that takes 2 ms. Redis flushes its log at the local disk's speed either way.
`knn` is a bare PostGIS query on a table that has the free spots in the lot's own row; `redis_geosearch` returns ids, distances and free spots.
END
}

# print_tables SUMMARY SCENARIO
print_tables() {
	printf '## %s: %s\n\n%s rounds.\n\n' "$2" "$(title_of "$2")" "$(awk -F'\t' -v scenario="$2" '$1 == scenario && $5 > n { n = $5 } END { print n }' "$results")"
	awk -F'\t' -v scenario="$2" -f "$PRIVATE_DIR/tree/scripts/lib/bench_tables.awk" "$1"
}

report() {
	local summary=$PRIVATE_DIR/out/summary.tsv scenario list='' missing=() measured_ones=() picture
	for scenario in "${!references[@]}"; do
		list+="$scenario=${references[$scenario]// /,};"
	done
	awk -F'\t' -v references="$list" -f "$PRIVATE_DIR/tree/scripts/lib/bench_summary.awk" "$results" >"$summary"

	for scenario in "${all_scenarios[@]}"; do
		if grep -q "^$scenario	" "$summary"; then
			measured_ones+=("$scenario")
		else
			missing+=("$scenario")
		fi
	done
	for scenario in "${measured_ones[@]}"; do
		print_tables "$summary" "$scenario"
	done
	if ((${#missing[@]})); then
		printf 'docs/benchmarks.md stays as it is: no results of %s.\n' "${missing[*]}"
		return
	fi

	mkdir -p "$project/docs/images"
	{
		printf '# Benchmarks\n\n'
		cat "${results%/*}/machine"
		echo
		preface
		echo
		for scenario in "${all_scenarios[@]}"; do
			for picture in $(plot "$summary" "$scenario" "$project/docs/images"); do
				printf '![%s](images/%s)\n\n' "$scenario" "$picture"
			done
			print_tables "$summary" "$scenario"
		done
	} >"$PRIVATE_DIR/out/benchmarks.md"
	cat -s "$PRIVATE_DIR/out/benchmarks.md" >"$project/docs/benchmarks.md"
	printf 'Wrote docs/benchmarks.md and docs/images.\n'
}
