# shellcheck shell=bash
# What must be on the machine before a private server can run: Debian's
# packages and the extension itself.  Only this file asks for root.

# A script may define before_dying for a last word on standard output.
die() {
	! declare -F before_dying >/dev/null || before_dying
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

as_root() {
	if ((EUID == 0)); then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		die "needs root for \"$1\": run it as root, or install sudo"
	fi
}

missing_packages() {
	local name
	for name in "${packages[@]}"; do
		[[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || printf '%s\n' "$name"
	done
}

# Waits for another apt to finish, as one often runs on a machine just set up.
apt_get() {
	local output
	output=$(as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
		apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null 2>&1) || {
		printf '%s\n' "$output" >&2
		die "apt-get $1 failed"
	}
}

# The major version that apt would install, by Debian's package "postgresql"
# (17+278+deb13u1); nothing if apt knows no packages yet.
packaged_major() {
	LC_ALL=C apt-cache policy postgresql 2>/dev/null | sed -n 's/^  Candidate: \([0-9]*\).*/\1/p'
}

# The newest server that is installed, if one is.
installed_major() {
	find /usr/lib/postgresql/*/bin/postgres 2>/dev/null | cut -d/ -f5 | sort -n | tail -n 1
}

# Sets what names PostgreSQL's major version, unless PG_MAJOR is given.
find_server() {
	command -v apt-get >/dev/null ||
		die "this script sets up Debian; elsewhere install PostgreSQL, PostGIS, pg_cron and pgTAP, then: make && make install"

	PG_MAJOR=${PG_MAJOR:-$(packaged_major)}
	PG_MAJOR=${PG_MAJOR:-$(installed_major)}
	if [[ -z $PG_MAJOR ]]; then
		apt_get update
		PG_MAJOR=$(packaged_major)
	fi
	[[ $PG_MAJOR =~ ^[1-9][0-9]$ ]] || die "no PostgreSQL among apt's packages; PG_MAJOR names another"
	PG_BIN=${PG_BIN:-/usr/lib/postgresql/$PG_MAJOR/bin}
	PG_CONFIG=$PG_BIN/pg_config
}

# Installs what is missing, and only that: a package that is there is not
# upgraded, so no running server is restarted.
ensure_packages() {
	local missing
	mapfile -t missing < <(missing_packages)
	((${#missing[@]})) || return 0

	printf 'Installing %d Debian packages: %s\n' "${#missing[@]}" "${missing[*]}"
	(
		# The server's package makes and starts a cluster "main" when it is new
		# on a machine.  Nobody asked for one.
		local drop_in=/etc/postgresql-common/createcluster.d/smart-parking-scripts.conf
		if [[ " ${missing[*]} " == *" postgresql-$PG_MAJOR "* ]]; then
			trap 'as_root rm -f "$drop_in"' EXIT
			as_root mkdir -p "${drop_in%/*}"
			echo 'create_main_cluster = false' | as_root tee "$drop_in" >/dev/null
		fi
		apt_get update
		apt_get install --no-install-recommends "${missing[@]}"
	)

	mapfile -t missing < <(missing_packages)
	((${#missing[@]} == 0)) || die "packages are still missing: ${missing[*]}"
}

# known_packages NAME...: those that this release of Debian has.
known_packages() {
	if [[ -z $(apt-cache pkgnames postgresql-common) ]]; then
		apt_get update
	fi
	comm -12 <(apt-cache pkgnames | sort -u) <(printf '%s\n' "$@" | sort -u)
}

# unpack_packages DIRECTORY NAME...: Debian's packages unpacked there and not
# installed, so that no daemon of theirs starts and nothing depends on them.
unpack_packages() {
	local directory=$1 package
	shift
	mkdir -p "$directory/deb"
	(cd "$directory/deb" && apt_get download "$@")
	for package in "$directory"/deb/*.deb; do
		dpkg-deb -x "$package" "$directory"
	done
	rm -r "$directory/deb"
}

# Builds the copy of the project in directory $1, which belongs to user
# SERVER_USER, and installs it.  Two runs at once take turns.
install_extension() {
	local tree=$1 log=$PRIVATE_DIR/build.log
	if ! run as_server make -C "$tree" -j"$(nproc)" PG_CONFIG="$PG_CONFIG" >"$log" 2>&1 ||
		! as_root flock "$("$PG_CONFIG" --pkglibdir)" \
			make -C "$tree" install PG_CONFIG="$PG_CONFIG" >>"$log" 2>&1; then
		cat "$log" >&2
		die 'the extension does not build'
	fi
}

find_server
packages=(
	build-essential
	"postgresql-$PG_MAJOR"
	"postgresql-server-dev-$PG_MAJOR"
	"postgresql-$PG_MAJOR-postgis-3"
	"postgresql-$PG_MAJOR-postgis-3-scripts"
	"postgresql-$PG_MAJOR-cron"
	"postgresql-$PG_MAJOR-pgtap"
	"postgresql-$PG_MAJOR-pgaudit"
	libtap-parser-sourcehandler-pgtap-perl
	faketime
	libipc-run-perl
	libpq-dev
	perl
)
