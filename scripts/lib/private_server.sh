# shellcheck shell=bash
# A throw-away PostgreSQL server of one's own: its data, its socket and every
# process of it live in one directory and end with the script, whether that
# ends well, fails, or is interrupted.  It listens on no network port, so it
# meets no other server, and only its own user (and root) can reach it.
#
# Wants packages.sh to be loaded.  The script calls private_dir first.

SERVER_PORT=5432	# names the socket file, nothing else: see above
PRIVATE_DIR=
SERVER_USER=
KEEP_PRIVATE_DIR=
running_group=
signal_as=()	# where what runs is root's: (sudo -n)
patience=5	# seconds that it has to end after a signal

# Makes PRIVATE_DIR with a copy of the project in PRIVATE_DIR/tree, since
# PostgreSQL refuses to run as root and its user may not be able to read the
# project where it is.
private_dir() {
	local project=$1 base

	umask 022
	unset CDPATH GREP_OPTIONS MAKEFLAGS MAKELEVEL MFLAGS PERL5LIB PERL5OPT POSIXLY_CORRECT PSQLRC
	# shellcheck disable=SC2046	# names only
	unset $(compgen -e PG | grep -Ev '^PG_(MAJOR|BIN|CONFIG)$')
	export LANG=C.UTF-8 LC_ALL=C.UTF-8 TZ=UTC

	if ((EUID == 0)); then
		SERVER_USER=postgres
	else
		SERVER_USER=$(id -un)
	fi

	# A socket's path has room for 107 bytes.
	base=${TMPDIR:-/tmp}
	if ((${#base} > 40)) || [[ $base != /* ]] || ! as_server test -w "$base"; then
		base=/tmp
	fi

	trap stop_everything EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	PRIVATE_DIR=$(mktemp -d "$base/smart_parking.XXXXXX")
	mkdir "$PRIVATE_DIR"/{tree,tmp,socket,out}

	# Everything but what a build or an editor has left behind.
	tar -C "$project" -cf - --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' \
		--exclude='./smart_parking--*.sql' --exclude=./smart_parking.control \
		--exclude=./results --exclude='./regression.*' --exclude=node_modules . |
		tar -C "$PRIVATE_DIR/tree" -xf - --no-same-owner --no-same-permissions
	chmod -R u+rwX,go+rX "$PRIVATE_DIR/tree"
	((EUID != 0)) || chown -R "$SERVER_USER:" "$PRIVATE_DIR"
	cd "$PRIVATE_DIR" || die "cannot enter $PRIVATE_DIR"
}

# Runs a command as the server's user.
as_server() {
	local as=()
	((EUID != 0)) || as=(setpriv --reuid="$SERVER_USER" --regid="$SERVER_USER" --init-groups)
	"${as[@]}" env PATH="$PG_BIN:/usr/local/bin:/usr/bin:/bin" HOME="${PRIVATE_DIR:-/}" \
		TMPDIR="${PRIVATE_DIR:+$PRIVATE_DIR/tmp}" "$@"
}

# Runs a command in a process group of its own and waits for it, so that an
# interrupt reaches this script at once and ends the whole group.
run() {
	local status=0
	set -m
	"$@" </dev/null &
	running_group=$!
	set +m
	wait "$running_group" || status=$?
	running_group=
	return "$status"
}

# start_server [setting=value ...]: afterwards psql and its like find the
# server by themselves (PGHOST, PGPORT, PGUSER, PGDATABASE).  SERVER_PROGRAM may
# name a program to be started in place of postgres.
start_server() {
	local data=$PRIVATE_DIR/data setting
	local log=$PRIVATE_DIR/server.log

	run as_server initdb --pgdata="$data" --username=postgres --auth=trust \
		--encoding=UTF8 --locale=C.UTF-8 --no-sync >"$PRIVATE_DIR/initdb.log" 2>&1 || {
		cat "$PRIVATE_DIR/initdb.log" >&2
		die 'could not make a data directory'
	}
	{
		printf '%s\n' \
			"listen_addresses = ''" \
			"unix_socket_directories = '$PRIVATE_DIR/socket'" \
			'unix_socket_permissions = 0700' \
			"port = $SERVER_PORT" \
			"timezone = 'UTC'" \
			"log_timezone = 'UTC'" \
			"shared_preload_libraries = 'pg_cron'" \
			"cron.host = '$PRIVATE_DIR/socket'"
		for setting in "$@"; do
			printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}"
		done
	} | as_server tee -a "$data/postgresql.conf" >/dev/null

	run as_server pg_ctl --pgdata="$data" --log="$log" --wait --timeout=120 ${SERVER_PROGRAM:+-p "$SERVER_PROGRAM"} \
		start >"$PRIVATE_DIR/start.log" 2>&1 || {
		tail -n 30 "$PRIVATE_DIR/start.log" "$log" >&2 || true
		die 'the private server does not start'
	}
	export PGHOST=$PRIVATE_DIR/socket PGPORT=$SERVER_PORT PGUSER=postgres PGDATABASE=postgres
}

# The server processes that live in PRIVATE_DIR: no other server's data lies there.
server_processes() {
	local process exe cwd
	for process in /proc/[0-9]*; do
		exe=$(readlink "$process/exe" 2>/dev/null) || continue
		cwd=$(readlink "$process/cwd" 2>/dev/null) || continue
		if [[ $exe == "$PG_BIN"/postgres* && $cwd == "$PRIVATE_DIR"/* ]]; then
			printf '%s\n' "${process#/proc/}"
		fi
	done
}

# Sends a signal to the processes given and waits till they are gone.
end_processes() {
	local signal=$1 tries
	shift
	(($#)) || return 0
	"${signal_as[@]}" kill -s "$signal" -- "$@" 2>/dev/null || return 0
	for ((tries = 0; tries < patience * 20; tries++)); do
		"${signal_as[@]}" kill -s 0 -- "$@" 2>/dev/null || return 0
		sleep 0.05
	done
	return 1
}

# The EXIT trap: ends what is running, then removes the directory.
stop_everything() {
	local status=$? servers
	trap - EXIT
	trap '' HUP INT TERM
	set +e

	[[ -z $running_group ]] || end_processes TERM "-$running_group" || end_processes KILL "-$running_group"
	if [[ -n $PRIVATE_DIR && -z $KEEP_PRIVATE_DIR ]]; then
		cd /
		[[ ! -f $PRIVATE_DIR/data/postmaster.pid ]] ||
			as_server pg_ctl --pgdata="$PRIVATE_DIR/data" --mode=immediate --wait --timeout=30 stop >/dev/null 2>&1
		# Servers that a test started, or whose start was interrupted.
		mapfile -t servers < <(server_processes)
		end_processes QUIT "${servers[@]}" || {
			mapfile -t servers < <(server_processes)
			end_processes KILL "${servers[@]}"
		}
		rm -rf -- "$PRIVATE_DIR"
	fi
	exit "$status"
}
