# Finds the includes in src/ that go up or across.
#
#     awk -f floors.awk -v headers="server/call.h core/booking.h ..." src/floors src/*/*.c src/*/*.h ...
#
# headers: all of ours, relative to src/.  Prints each offending line; exit status 1 if there is one.

function folder_of(path) {
	return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : "."
}

BEGIN {
	count = split(headers, all, " ")
	for (i = 1; i <= count; i++)
		ours[all[i]] = 1
	depth["."] = 0
	name["."] = "."
}

# src/floors: the planes are on one height, each floor is below all lines before it.
FNR == NR {
	if ($1 == "plane" || $1 == "floor") {
		if ($1 == "floor")
			below++
		for (i = 2; i <= NF; i++) {
			depth[$i] = below * 100 + i
			room[$i] = NR
		}
		is_plane[NR] = $1 == "plane"
	}
	next
}

/^#include "/ {
	file = FILENAME
	sub(/^src\//, "", file)
	from = folder_of(file)
	split($0, part, "\"")
	header = (from != "." && (from "/" part[2]) in ours) ? from "/" part[2] : part[2]
	if (!(header in ours))
		next
	to = folder_of(header)
	if (from == "." || to == from)
		next
	if (!(from in depth) || !(to in depth))
		complaint = "a folder that src/floors does not name"
	else if (is_plane[room[from]] && is_plane[room[to]] && room[from] != room[to])
		complaint = "across, to another plane"
	else if (depth[to] < depth[from])
		complaint = "up"
	else
		next
	printf "%s:%d: %s goes %s\n", FILENAME, FNR, $0, complaint
	failed = 1
}

END {
	exit failed
}
