# shellcheck shell=bash
# The programs in examples/, each against a server of its own making: Debian's
# drivers, unpacked and not installed. Wants packages.sh and private_server.sh.

# shellcheck disable=SC2034	# the caller's
client_languages=(c go java node python)

# Debian's names of the drivers and what they stand on, as far as this release has them.
client_packages() {
	local go
	go=$(LC_ALL=C apt-cache depends golang-go | sed -n 's/^ *Depends: \(golang-[0-9.]*\)-go$/\1/p')
	known_packages "$go-go" "$go-src" golang-github-jackc-{pgx-v4,pgconn,pgio,pgpassfile,pgproto3-v2,pgservicefile,pgtype,chunkreader-v2}-dev \
		golang-golang-x-{crypto,text}-dev python3-psycopg python3-typing-extensions libpostgresql-jdbc-java \
		node-pg node-split2 node-xtend node-readable-stream node-inherits node-string-decoder node-util-deprecate node-safe-buffer
}

# What runs them is the machine's, if it has one; sets CLIENTS.
prepare_clients() {
	local needed=()
	command -v /usr/bin/python3 >/dev/null || needed+=(python3)
	command -v node >/dev/null || needed+=(nodejs)
	command -v javac >/dev/null || needed+=(default-jdk-headless)
	if ((${#needed[@]})); then
		apt_get update
		apt_get install --no-install-recommends "${needed[@]}"
	fi
	CLIENTS=$PRIVATE_DIR/clients
	known_packages golang-go >/dev/null
	mapfile -t needed < <(client_packages)
	unpack_packages "$CLIENTS" "${needed[@]}"
	# pgx wants a module or a folder of the old kind
	ln -s "$CLIENTS/usr/share/gocode" "$CLIENTS/go"
	mkdir "$PRIVATE_DIR/go-cache"
	((EUID != 0)) || chown "$SERVER_USER:" "$PRIVATE_DIR/go-cache"
}

# client_command LANGUAGE: makes the program, and sets the array client_run.
client_command() {
	local source=$PRIVATE_DIR/tree/examples/$1 goroot
	case $1 in
	c)
		as_server cc -std=c99 -D_GNU_SOURCE -Wall -Wextra -Wno-missing-field-initializers -Werror -I"$("$PG_CONFIG" --includedir)" "$source/drive.c" -lpq -o "$PRIVATE_DIR/out/drive_c" || return
		client_run=("$PRIVATE_DIR/out/drive_c")
		;;
	go)
		goroot=$(echo "$CLIENTS"/usr/lib/go-*)
		as_server env GOROOT="$goroot" GOPATH="$CLIENTS/go" GO111MODULE=off GOCACHE="$PRIVATE_DIR/go-cache" \
			"$goroot/bin/go" build -o "$PRIVATE_DIR/out/drive_go" "$source/drive.go" || return
		client_run=("$PRIVATE_DIR/out/drive_go")
		;;
	java)
		client_run=(java -cp "$CLIENTS/usr/share/java/postgresql.jar" "$source/Drive.java")
		;;
	node)
		client_run=(env NODE_PATH="$CLIENTS/usr/share/nodejs" node "$source/drive.js")
		;;
	python)
		client_run=(env PYTHONPATH="$CLIENTS/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$source/drive.py")
		;;
	esac
}

# run_client LANGUAGE: its differences from what is expected, on standard output; fails if there are any.
run_client() {
	local database=clients_$1 tests=$PRIVATE_DIR/tree/test/clients relay status=0
	local mark=$PRIVATE_DIR/out/$1.cut port=$PRIVATE_DIR/out/$1.port

	client_command "$1" || return
	psql -Xq -c 'SET client_min_messages = warning' -c "CREATE DATABASE $database TEMPLATE template0" || return
	PGDATABASE=$database PGOPTIONS='-c client_min_messages=warning' psql -XAtq -v ON_ERROR_STOP=1 -f "$tests/setup.sql" >"$PRIVATE_DIR/out/$1.setup" || return

	as_server "$tests/relay" "$PGHOST/.s.PGSQL.$PGPORT" "$port" "$mark" &
	while [[ ! -s $port ]]; do
		kill -0 $! || return
		sleep 0.05
	done
	read -r port relay <"$port"
	PGHOST=127.0.0.1 PGPORT=$port PGDATABASE=$database PGSSLMODE=disable \
		as_server timeout 60 "${client_run[@]}" >"$PRIVATE_DIR/out/$1.lines" || status=$?
	kill "$relay"
	wait $! 2>/dev/null || true

	((status == 0)) || echo "it ended with $status"
	[[ -e $mark ]] || echo 'no connection was cut'
	diff -u "$tests/expected" "$PRIVATE_DIR/out/$1.lines" || status=1
	PGDATABASE=$database psql -XAtq -f "$tests/afterwards.sql" >"$PRIVATE_DIR/out/$1.afterwards"
	diff -u - "$PRIVATE_DIR/out/$1.afterwards" <<<'booking 1 confirmed|booking 2 cancelled|trips 1|violated 0' || status=1
	[[ -e $mark ]] && ((status == 0))
}

# The same over HTTP, by examples/http; prints what differs. Needs npm.
run_http() {
	local database=clients_http tests=$PRIVATE_DIR/tree/test/clients port served status=0
	local folder=$PRIVATE_DIR/tree/examples/http

	# nothing that comes from there runs at its installation
	(cd "$folder" && as_server npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || return
	psql -Xq -c 'SET client_min_messages = warning' -c "CREATE DATABASE $database TEMPLATE template0" || return
	PGDATABASE=$database PGOPTIONS='-c client_min_messages=warning' psql -XAtq -v ON_ERROR_STOP=1 -f "$tests/setup.sql" >"$PRIVATE_DIR/out/http.setup" || return

	port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport')
	# shellcheck disable=SC2016	# for that shell
	PGDATABASE=$database as_server sh -c 'echo $$ >"$1"; exec "$2" "$3"' - "$PRIVATE_DIR/out/http.pid" "$folder/serve" "$port" >"$PRIVATE_DIR/out/http.log" 2>&1 &
	served=$!
	timeout 60 "$tests/ask_http" "$port" >"$PRIVATE_DIR/out/http.lines" || status=$?
	kill "$(<"$PRIVATE_DIR/out/http.pid")" || true
	wait "$served" 2>/dev/null || true

	((status == 0)) || cat "$PRIVATE_DIR/out/http.log"
	diff -u "$tests/expected_http" "$PRIVATE_DIR/out/http.lines" && ((status == 0))
}
