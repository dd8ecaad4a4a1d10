# shellcheck shell=bash
# Pictures by gnuplot from the summary that bench_summary.awk makes.
# shellcheck disable=SC2016	# awk's fields

# gnuplot_svg FILE WIDTH HEIGHT: the rest of the program is standard input
gnuplot_svg() {
	{
		printf 'set terminal svg size %s,%s font "sans-serif,12" background "white"\nset output "%s"\n' "$2" "$3" "$1"
		printf 'set grid ytics lc rgb "#dddddd"\nset border 3\nset tics nomirror\nset key top right\n'
		cat
	} | gnuplot
}

# A row for each contender in the order of the summary: name, local, 2 ms
bars_data() {
	awk -F'\t' -v scenario="$2" -v column="$3" '
		$1 == scenario && !($5 in known) { known[$5] = 1; name[++n] = $5 }
		$1 == scenario { v[$5, $2] = $column }
		END { for (i = 1; i <= n; i++) printf "\"%s\" %g %g\n", name[i], v[name[i], "local"], v[name[i], "2ms"] }' "$1"
}

# plot_bars SUMMARY SCENARIO COLUMN LABEL FILE
plot_bars() {
	bars_data "$1" "$2" "$3" >"$PRIVATE_DIR/out/bars"
	gnuplot_svg "$5" 760 360 <<-END
		set ylabel "$4"
		set yrange [0:*]
		set style data histograms
		set style fill solid 0.9 noborder
		set boxwidth 0.85
		set key outside top center horizontal
		set rmargin 12
		set xtics rotate by -25 noenhanced
		plot "$PRIVATE_DIR/out/bars" using 2:xtic(1) title "local flush" lc rgb "#4477aa", "" using 3 title "2 ms flush" lc rgb "#ee6677"
	END
}

# lines_data SUMMARY SELECTION X Y SERIES: gnuplot's blocks, one a series; expressions of awk
lines_data() {
	awk -F'\t' "$2"' { x = '"$3"'; s = '"$5"'; if (!(s in data)) name[++n] = s; data[s] = data[s] x " " '"$4"' "\n" }
		END { for (i = 1; i <= n; i++) printf "\"%s\"\n%s\n\n", name[i], data[name[i]] }' "$1"
}

# plot_lines FILE XLABEL YLABEL [COMMAND...]: of what lines_data printed into out/lines
plot_lines() {
	gnuplot_svg "$1" 760 400 <<-END
		set xlabel "$2"
		set ylabel "$3"
		set yrange [0:*]
		set key outside right noenhanced
		set key autotitle columnheader
		$(printf '%s\n' "${@:4}")
		plot for [i = 0:$(($(grep -c '^"' "$PRIVATE_DIR/out/lines") - 1))] "$PRIVATE_DIR/out/lines" index i using 1:2 with linespoints lw 2 pt 7 ps 0.6
	END
}

# plot SUMMARY SCENARIO DIRECTORY: makes the scenario's pictures and prints their names
plot() {
	local each
	case $2 in
		hot_lot | many_lots | zipf)
			plot_bars "$1" "$2" 6 'bookings a second' "$3/$2.svg"
			echo "$2.svg"
			;;
		flash_crowd)
			plot_bars "$1" "$2" 10 'ms until 500 spots are sold' "$3/$2.svg"
			echo "$2.svg"
			;;
		connections)
			for each in local 2ms; do
				lines_data "$1" "\$1 == \"$2\" && \$2 == \"$each\"" '$3' '$6' '$5' >"$PRIVATE_DIR/out/lines"
				plot_lines "$3/$2_$each.svg" "connections, ${each/2ms/2 ms} flush" 'bookings a second' 'set logscale x 2'
				echo "$2_$each.svg"
			done
			;;
		searches)
			lines_data "$1" "\$1 == \"$2\"" '$4 + 0' '$7' '$5 ($4 ~ /95/ ? ", 95 % full" : ", empty")' >"$PRIVATE_DIR/out/lines"
			plot_lines "$3/$2.svg" lots 'median, ms' 'set logscale x' 'set format x "10^{%L}"'
			echo "$2.svg"
			;;
		history)
			lines_data "$1" "\$1 == \"$2\"" 'substr($5, 6)' '$6' '"reserve_spot"' >"$PRIVATE_DIR/out/lines"
			plot_lines "$3/$2.svg" 'past bookings' 'bookings a second' 'set logscale x' 'set format x "10^{%L}"'
			echo "$2.svg"
			;;
	esac
}
