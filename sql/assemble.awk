# Puts an extension script together: prints its arguments, and in the place of
#
#     \ir FILE          what is in sql/FILE
#     \comments FILE    the COMMENTs in sql/FILE, for what is there already

$1 == "\\ir" || $1 == "\\comments" {
	part = "sql/" $2
	while ((status = (getline line < part)) > 0) {
		inside = inside || line ~ /^COMMENT ON/
		if ($1 == "\\ir" || inside)
			print line
		if (line ~ /;$/)
			inside = 0
	}
	close(part)
	if (status < 0) {
		printf "%s:%d: cannot read %s\n", FILENAME, FNR, part > "/dev/stderr"
		exit failed = 1
	}
	next
}

{ print }
