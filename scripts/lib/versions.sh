# shellcheck shell=bash
# Which versions of PostgreSQL are claimed (src/server/compat.h says it to the
# compiler), and which of them are tested, by Debian's releases that have them.
# scripts/lint compares what README.md and META.json say.  Wants $project.

tested_releases=(15:bookworm 17:trixie 18:sid)

# release_of VERSION
release_of() {
	local tested
	for tested in "${tested_releases[@]}"; do
		[[ ${tested%%:*} != "$1" ]] || printf '%s\n' "${tested#*:}"
	done
}

claimed_versions() {
	# shellcheck disable=SC2154	# the caller sets it
	seq "$(sed -n 's/^#define FIRST_SERVER_VERSION //p' "$project/src/server/compat.h")" \
		"$(sed -n 's/^#define LAST_SERVER_VERSION //p' "$project/src/server/compat.h")"
}

tested_versions() {
	printf '%s\n' "${tested_releases[@]%%:*}"
}

# Claimed, and yet nothing was ever compiled with it.
untested_versions() {
	comm -23 <(claimed_versions | sort) <(tested_versions | sort)
}

# Lines on standard input as "15, 17 and 18".
enumerated() {
	paste -sd, | sed 's/,/, /g; s/\(.*\), /\1 and /'
}

# What README.md has to say.
claim_in_words() {
	printf 'PostgreSQL %s to %s' "$(claimed_versions | head -n 1)" "$(claimed_versions | tail -n 1)"
	printf ' (%s are compiled and tested%s)' "$(tested_versions | enumerated)" \
		"$(untested_versions | enumerated | sed 's/^..*/; nothing was compiled with &/')"
}

# What META.json has to say.
claim_in_ranges() {
	printf '"PostgreSQL": ">= %d.0.0, < %d.0.0"' "$(claimed_versions | head -n 1)" "$(($(claimed_versions | tail -n 1) + 1))"
}

# Whether all say the same; names what does not.
versions_agree() {
	local status=0 unclaimed
	grep -qF -- "$(claim_in_words)" "$project/README.md" || {
		printf 'README.md does not say: %s\n' "$(claim_in_words)"
		status=1
	}
	grep -qF -- "$(claim_in_ranges)" "$project/META.json" || {
		printf 'META.json does not say: %s\n' "$(claim_in_ranges)"
		status=1
	}
	unclaimed=$(comm -13 <(claimed_versions | sort) <(tested_versions | sort) | enumerated)
	[[ -z $unclaimed ]] || {
		printf 'tested, but not claimed in src/server/compat.h: %s\n' "$unclaimed"
		status=1
	}
	return "$status"
}
