# Medians of the results: awk -F'\t' -v references="scenario=name,name:column;..." -f bench_summary.awk results.tsv
#
# One line for each contender in a scenario, flush, number of connections and
# variant: those, the medians of the columns in "fields", the verdict, and for
# each reference "name median min max" of the ratio within a round.

function sort_values(n,	i, j, v) {
	for (i = 2; i <= n; i++) {
		v = values[i]
		for (j = i - 1; j >= 1 && values[j] > v; j--)
			values[j + 1] = values[j]
		values[j + 1] = v
	}
}

function median(n) {
	if (n == 0)
		return 0
	sort_values(n)
	return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}

function median_of(group, contender, column,	r, n) {
	n = 0
	for (r = 1; r <= rounds; r++)
		if ((group, contender, r, column) in result)
			values[++n] = result[group, contender, r, column]
	return median(n)
}

# "name median min max", or nothing if there is no such reference
function ratio(group, contender, reference,	part, column, r, n, m) {
	column = split(reference, part, ":") > 1 ? part[2] : "tps"
	n = 0
	for (r = 1; r <= rounds; r++)
		if ((group, part[1], r, column) in result && result[group, part[1], r, column] > 0 && (group, contender, r, column) in result)
			values[++n] = result[group, contender, r, column] / result[group, part[1], r, column]
	if (n == 0)
		return reference " - - -"
	m = median(n)
	return sprintf("%s %.3f %.3f %.3f", reference, m, values[1], values[n])
}

BEGIN {
	field_count = split("tps p50_ms p95_ms p99_ms sold_out_ms refusals_tps refusal_p99_ms", field, " ")
	n = split(references, part, ";")
	for (i = 1; i <= n; i++) {
		split(part[i], pair, "=")
		reference_of[pair[1]] = pair[2]
	}
}

FNR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}

{
	group = $column["scenario"] FS $column["flush"] FS $column["connections"] FS $column["variant"]
	contender = $column["contender"]
	round = $column["round"]
	if (!((group, contender) in seen)) {
		seen[group, contender] = 1
		lines++
		group_of[lines] = group
		contender_of[lines] = contender
		scenario_of[lines] = $column["scenario"]
		verdict[group, contender] = "ok"
	}
	if ($column["verdict"] != "ok" && verdict[group, contender] !~ /^DISQUALIFIED/)
		verdict[group, contender] = $column["verdict"]
	if (round == 0)
		next
	if (round > rounds)
		rounds = round
	for (i = 1; i <= field_count; i++)
		result[group, contender, round, field[i]] = $column[field[i]] + 0
}

END {
	for (l = 1; l <= lines; l++) {
		line = group_of[l] FS contender_of[l]
		for (i = 1; i <= field_count; i++)
			line = line FS median_of(group_of[l], contender_of[l], field[i])
		line = line FS verdict[group_of[l], contender_of[l]]
		n = split(reference_of[scenario_of[l]], reference, ",")
		for (i = 1; i <= n; i++)
			line = line FS ratio(group_of[l], contender_of[l], reference[i])
		print line
	}
}
