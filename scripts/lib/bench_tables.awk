# Markdown tables of one scenario: awk -F'\t' -v scenario=NAME -f bench_tables.awk summary.tsv

function ratio(text,	part) {
	split(text, part, " ")
	if (part[1] == $5 || part[1] == $5 ":refusals_tps")
		return "1"
	if (part[2] == "-")
		return "-"
	return sprintf("%.2f (%.2f to %.2f)", part[2], part[3], part[4])
}

function name_of(text,	part) {
	split(text, part, " ")
	sub(/:refusals_tps$/, ", refusals", part[1])
	return part[1]
}

# What was not measured is 0.
function figure(format, value) {
	return value > 0 ? sprintf(format, value) : "-"
}

$1 != scenario { next }

# Groups come one after the other, except where another number of connections is measured in between.
{
	group = $2 FS $3 FS $4
	if (!(group in table)) {
		order[++groups] = group
		head = "| contender | a second | p50 ms | p95 ms | p99 ms |"
		rule = "| --- | ---: | ---: | ---: | ---: |"
		if (scenario == "flash_crowd") {
			head = "| contender | sold out after ms | booked a second | p99 ms | refused a second | p99 ms |"
			rule = "| --- | ---: | ---: | ---: | ---: | ---: |"
		}
		for (i = 14; i <= NF; i++) {
			head = head " / " name_of($i) " |"
			rule = rule " ---: |"
		}
		title = ($2 == "2ms" ? "2 ms" : $2) " flush, " $3 ($3 == 1 ? " connection" : " connections") ($4 == "-" ? "" : ", " $4)
		table[group] = "**" title "**\n\n" head " check |\n" rule " --- |\n"
	}
	if (scenario == "flash_crowd")
		row = sprintf("| %s | %s | %.0f | %s | %s | %s |", $5, figure("%.0f", $10), $6, figure("%.2f", $9),
			figure("%.0f", $11), figure("%.2f", $12))
	else
		row = sprintf("| %s | %.0f | %s | %s | %s |", $5, $6, figure("%.2f", $7), figure("%.2f", $8), figure("%.2f", $9))
	for (i = 14; i <= NF; i++)
		row = row " " ratio($i) " |"
	table[group] = table[group] row " " $13 " |\n"
}

END {
	for (g = 1; g <= groups; g++)
		print table[order[g]]
}
