# shellcheck shell=bash
# What failed, kept until the end of a run and then said once more, a line
# each, so that the last screen of a log tells it.

failures=()

# note_failure TEST WHAT
note_failure() {
	failures+=("$1: ${2:-nothing said why}")
}

# note_failures TEST: one a line on standard input, of many the first five
note_failures() {
	local test=$1 line lines
	mapfile -t lines
	((${#lines[@]})) || lines=('')
	for line in "${lines[@]:0:5}"; do
		note_failure "$test" "$line"
	done
	((${#lines[@]} <= 5)) || note_failure "$test" "and $((${#lines[@]} - 5)) more"
}

# What a test of pg_regress printed first that was not expected, or did not print.
first_difference() {
	awk -v results="/results/$2.out" '
		/^diff / { ours = index($0, results) > 0; next }
		ours && /^[-+]/ && !/^(---|\+\+\+) / { print "first difference: " $0; exit }' "$1" 2>/dev/null
}

# failed_assertions LOG [OUTPUT]: those in a log of prove; if there are none, how
# the test ended, as OUTPUT tells where the test keeps what it says for itself.
failed_assertions() {
	local said=$1
	sed -n 's/^not ok \([0-9]\)/\1/p' "$1" | grep . || {
		[[ ! -f ${2-} ]] || said=$2
		awk '
			/^(Test Summary|Failed|Dubious|No subtests|All [0-9]+ subtests)/ { exit }
			/^(#|while running|ok [0-9]|[0-9]+\.\.[0-9]|\/.* \.\. *$)/ { next }
			/ERROR:|FATAL:|PANIC:| line [0-9]+\.$/ { error = $0 }
			NF { last = $0 }
			END { print "ended early: " (error ? error : last) }' "$said"
	}
}

print_failures() {
	((${#failures[@]})) || return 0
	printf '\nFailed:\n'
	printf '  %s\n' "${failures[@]}"
}
