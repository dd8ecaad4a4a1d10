# shellcheck shell=bash
# A throw-away Redis in PRIVATE_DIR, on a Unix socket only, with its log of
# commands on disk.  Wants private_server.sh to be loaded.

REDIS_SOCKET=
redis_group=

start_redis() {
	local tries
	REDIS_SOCKET=$PRIVATE_DIR/socket/redis
	as_server mkdir "$PRIVATE_DIR/redis"
	set -m
	as_server redis-server --port 0 --unixsocket "$REDIS_SOCKET" --unixsocketperm 700 --dir "$PRIVATE_DIR/redis" \
		--appendonly yes --save '' --auto-aof-rewrite-percentage 0 --daemonize no \
		</dev/null >"$PRIVATE_DIR/redis.log" 2>&1 &
	redis_group=$!
	set +m
	for ((tries = 0; tries < 100; tries++)); do
		[[ ! -S $REDIS_SOCKET ]] || return 0
		sleep 0.05
	done
	cat "$PRIVATE_DIR/redis.log" >&2
	die 'the private Redis does not start'
}

stop_redis() {
	[[ -n $redis_group ]] || return 0
	end_processes TERM "-$redis_group" || end_processes KILL "-$redis_group"
	redis_group=
}
