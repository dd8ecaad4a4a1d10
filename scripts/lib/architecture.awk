# Finds what docs/architecture.md names and the tree does not have.
#
#     awk -f architecture.awk -v files="..." -v functions="..." docs/architecture.md
#
# files: all files and folders of the project; functions: all functions of C and SQL.

BEGIN {
	split(files, all, " ")
	for (i in all)
		there[all[i]] = 1
	split(functions, all, " ")
	for (i in all)
		defined[all[i]] = 1
}

{
	line = $0
	while (match(line, /`[^`]+`/)) {
		word = substr(line, RSTART + 1, RLENGTH - 2)
		line = substr(line, RSTART + RLENGTH)
		if (word ~ /^(src|sql|test|docs|scripts|expected)\//) {
			sub(/\/$/, "", word)
			missing = !(word in there)
		} else if (word ~ /^[a-z_]+\(\)$/) {
			missing = !(substr(word, 1, length(word) - 2) in defined)
		} else
			continue
		if (missing) {
			printf "%s:%d: there is no %s\n", FILENAME, FNR, word
			failed = 1
		}
	}
}

# | `src/core/` | | begins a table of its rooms
/^\| `src\/[a-z]+\/` \| \|$/ {
	split($0, part, "`")
	folder = part[2]
	next
}

/^$/ { folder = "" }

folder && /^\| `/ {
	rooms = $0
	sub(/ \|.*/, "", rooms)
	for (cells = split(rooms, part, "`"); cells > 1; cells -= 2)
		if (!((folder part[cells - 1] ".c") in there) && !((folder part[cells - 1] ".h") in there)) {
			printf "%s:%d: there is no %s in %s\n", FILENAME, FNR, part[cells - 1], folder
			failed = 1
		}
}

END { exit failed }
