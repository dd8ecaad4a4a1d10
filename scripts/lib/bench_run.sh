# shellcheck shell=bash
# One measurement after another: sets the tables up, runs the client, asks
# whether the contender kept its promises, and writes a line to $results.
# Wants private_server.sh and redis.sh to be loaded.
# shellcheck disable=SC2154	# results, rounds, seconds: scripts/bench

columns=(scenario flush connections variant round contender 'done' tps p50_ms p95_ms p99_ms
	refused sold_out_ms refusals_tps refusal_p99_ms verdict)
flush=local

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# Leaves the program in $BENCH.
build_client() {
	BENCH=$PRIVATE_DIR/out/bench
	run as_server bash -c "cc -std=c99 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -I'$("$PG_CONFIG" --includedir)' \
		-o '$BENCH' '$PRIVATE_DIR'/tree/bench/client/*.c -L'$("$PG_CONFIG" --libdir)' -lpq -lhiredis -lpthread" \
		>"$PRIVATE_DIR/out/bench_build.log" 2>&1 || {
		cat "$PRIVATE_DIR/out/bench_build.log" >&2
		die 'the client does not build'
	}
}

# set_flush local|2ms
set_flush() {
	flush=$1
	case $flush in
		local) sql -c 'ALTER SYSTEM RESET commit_delay' -c 'ALTER SYSTEM RESET commit_siblings' ;;
		# commit_siblings = 0: every commit waits, as with a disk that takes 2 ms
		2ms) sql -c 'ALTER SYSTEM SET commit_delay = 2000' -c 'ALTER SYSTEM SET commit_siblings = 0' ;;
	esac
	sql -c 'SELECT pg_reload_conf()' >/dev/null
	sleep 0.2
}

# run_client CONTENDER LOAD CONNECTIONS [OPTION...]: what it printed, in "measured"
declare -A measured
run_client() {
	local out=$PRIVATE_DIR/out/client.out field
	run as_server "$BENCH" --contender "$1" --load "$2" --connections "$3" --seconds "$seconds" \
		--redis "$REDIS_SOCKET" "${@:4}" >"$out" 2>&1 || {
		cat "$out" >&2
		die "the client failed at $1"
	}
	measured=()
	for field in $(<"$out"); do
		measured[${field%%=*}]=${field#*=}
	done
}

# forget_results SCENARIO: a scenario that is measured again replaces its lines
forget_results() {
	[[ -s $results ]] || (IFS=$'\t'; printf '%s\n' "${columns[*]}") >"$results"
	awk -F'\t' -v scenario="$1" '$1 != scenario' "$results" >"$results.new"
	mv "$results.new" "$results"
}

# record SCENARIO CONNECTIONS VARIANT ROUND CONTENDER VERDICT: round 0 warms up, its verdict counts
record() {
	local line
	printf -v line '%s\t' "$1" "$flush" "$2" "$3" "$4" "$5" "${measured[done]:-0}" "${measured[tps]:-0}" \
		"${measured[p50_ms]:-0}" "${measured[p95_ms]:-0}" "${measured[p99_ms]:-0}" "${measured[refused]:-0}" \
		"${measured[sold_out_ms]:-0}" "${measured[refusals_tps]:-0}" "${measured[refusal_p99_ms]:-0}"
	printf '%s%s\n' "$line" "$6" >>"$results"
	printf '  %-12s %-6s %4s connections  %-22s %s %-20s %9.0f /s  p99 %8.2f ms  %s\n' "$1" "$flush" "$2" "$3" \
		"$( (($4)) && echo "round $4" || echo warm-up)" "$5" "${measured[tps]:-0}" "${measured[p99_ms]:-0}" "$6"
}

# book SCENARIO CONNECTIONS ROUND CONTENDER[@LOAD] LOAD [OPTION...]: one measurement in the booking tables
book() {
	local scenario=$1 connections=$2 round=$3 contender=${4%@*} load=$5 verdict
	local options=("${@:6}")
	if [[ $4 == *@* ]]; then
		load=${4#*@}
		options=()
	fi
	# the checkpoint, so that each contender begins with the same pages still to be written in full
	sql -c "CALL bench.prepare('$load', '$contender')" -c CHECKPOINT
	run_client "$contender" "$load" "$connections" "${options[@]}"
	verdict=$(sql -c "SELECT bench.verdict('$load', '$contender', ${measured[done]})")
	if [[ ${options[*]} == *--until-sold-out* && ${measured[refused]} == 0 ]]; then
		verdict='not sold out in time'
	fi
	# it reads everything, so not each time
	if [[ $contender == smart_parking && $verdict == ok ]] && ((round == rounds)); then
		[[ $(sql -c "SELECT bench.violated_invariants('$load')") == 0 ]] || verdict='DISQUALIFIED: violated invariants'
	fi
	record "$scenario" "$connections" - "$round" "$4" "$verdict"
}

# take_turns SCENARIO CONNECTIONS LOAD "CONTENDER..." [OPTION...]: rounds, each beginning with the next contender
take_turns() {
	local scenario=$1 connections=$2 load=$3 round i contenders
	read -ra contenders <<<"$4"
	for ((round = 0; round <= rounds; round++)); do
		for ((i = 0; i < ${#contenders[@]}; i++)); do
			book "$scenario" "$connections" "$round" "${contenders[(i + round) % ${#contenders[@]}]}" "$load" "${@:5}"
		done
	done
}
