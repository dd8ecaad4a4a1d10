/*
 * redis.c
 *		Contenders that count, or search, in Redis and keep the bookings in
 *		PostgreSQL.  The counters are read from bench.counter before a run and
 *		written back after it, so that one check in SQL serves all.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hiredis/hiredis.h>

#include "bookings.h"
#include "common.h"
#include "options.h"
#include "redis.h"
#include "searches.h"

/* The spot's number, or 0 if there is none. */
static const char take_spot[] =
"local free = tonumber(redis.call('GET', KEYS[1]))\n"
"if free > 0 then redis.call('DECR', KEYS[1]) end\n"
"return free";

/*
 * The nearest lots that have a free spot.  Redis knows nothing of free spots
 * while it searches, so the search widens until there are 20 or no more lots.
 */
static const char find_lots[] =
"local wanted, asked = 20, 20\n"
"while true do\n"
"  local near = redis.call('GEOSEARCH', KEYS[1], 'FROMLONLAT', ARGV[1], ARGV[2],"
"    'BYRADIUS', 2000, 'm', 'ASC', 'COUNT', asked, 'WITHDIST')\n"
"  local found = {}\n"
"  local names = {}\n"
"  for i, lot in ipairs(near) do names[i] = lot[1] end\n"
"  local free = #near > 0 and redis.call('HMGET', KEYS[2], unpack(names)) or {}\n"
"  for i, lot in ipairs(near) do\n"
"    if #found < wanted and tonumber(free[i]) > 0 then found[#found + 1] = {lot[1], lot[2], free[i]} end\n"
"  end\n"
"  if #found == wanted or #near < asked then return found end\n"
"  asked = asked * 8\n"
"end";

static char script[41];			/* SHA-1 of the one that the clients call */

static redisContext *
connect_redis(void)
{
	redisContext *redis;

	if (!options.redis_socket)
		fail(options.contender, "--redis SOCKET is missing\n");
	redis = redisConnectUnix(options.redis_socket);
	if (!redis || redis->err)
		fail("Redis", redis ? redis->errstr : "out of memory\n");
	return redis;
}

static redisReply *
checked(redisContext *redis, redisReply *reply)
{
	if (!reply || reply->type == REDIS_REPLY_ERROR)
		fail("Redis", reply ? reply->str : redis->errstr);
	return reply;
}

static void
tell(redisContext *redis, const char *format,...)
{
	va_list		args;

	va_start(args, format);
	freeReplyObject(checked(redis, redisvCommand(redis, format, args)));
	va_end(args);
}

static void
load_script(redisContext *redis, const char *source)
{
	redisReply *reply = checked(redis, redisCommand(redis, "SCRIPT LOAD %s", source));

	snprintf(script, sizeof(script), "%s", reply->str);
	freeReplyObject(reply);
}

static void
begin_counters(PGconn *connection, const char *appendfsync)
{
	redisContext *redis = connect_redis();

	tell(redis, "CONFIG SET appendfsync %s", appendfsync);
	tell(redis, "FLUSHALL");
	load_script(redis, take_spot);
	for (int i = 0; i < lot_count; i++)
	{
		const char *args[1] = {lots[i].id};
		PGresult   *result = ask_once(connection, "SELECT free_spots FROM bench.counter WHERE parking_id = $1", 1, args);

		if (PQntuples(result) != 1)
			fail("bench.counter", "a lot is missing\n");
		tell(redis, "SET free:%s %s", lots[i].id, PQgetvalue(result, 0, 0));
		PQclear(result);
	}
	redisFree(redis);
}

void
begin_redis_everysec(PGconn *connection)
{
	begin_counters(connection, "everysec");
}

void
begin_redis_always(PGconn *connection)
{
	begin_counters(connection, "always");
}

void
connect_redis_insert(Client *client)
{
	client->redis = connect_redis();
	prepare_insert(client);
}

Answer
run_redis_insert(Client *client, Lot *lot)
{
	redisReply *reply = checked(client->redis, redisCommand(client->redis, "EVALSHA %s 1 free:%s", script, lot->id));
	int			spot_no = (int) reply->integer;

	freeReplyObject(reply);
	if (spot_no == 0)
		return REFUSED;
	insert_booking(client, lot, spot_no);
	return DONE;
}

void
end_redis(PGconn *connection)
{
	redisContext *redis = connect_redis();

	for (int i = 0; i < lot_count; i++)
	{
		redisReply *reply = checked(redis, redisCommand(redis, "GET free:%s", lots[i].id));
		const char *args[2] = {lots[i].id, reply->str};

		PQclear(ask_once(connection, "UPDATE bench.counter SET free_spots = $2::integer WHERE parking_id = $1", 2, args));
		freeReplyObject(reply);
	}
	redisFree(redis);
}

/* Replies are awaited a thousand at a time: a round trip each takes minutes. */
static void
collect(redisContext *redis, int replies)
{
	while (replies-- > 0)
	{
		void	   *reply = NULL;

		if (redisGetReply(redis, &reply) != REDIS_OK)
			fail("Redis", redis->errstr);
		freeReplyObject(checked(redis, reply));
	}
}

/* Copies the places only if Redis has not those of this filling already. */
static void
copy_places(redisContext *redis, PGconn *connection)
{
	PGresult   *result = ask_once(connection, "SELECT filling FROM bench.area", 0, NULL);
	redisReply *reply = checked(redis, redisCommand(redis, "GET filling"));
	bool		there = reply->type == REDIS_REPLY_STRING && strcmp(reply->str, PQgetvalue(result, 0, 0)) == 0;
	char		filling[UUID_TEXT];

	snprintf(filling, sizeof(filling), "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	freeReplyObject(reply);
	if (there)
		return;

	tell(redis, "CONFIG SET appendfsync everysec");
	tell(redis, "FLUSHALL");
	result = ask_once(connection, "SELECT id, ST_Y(location::geometry), ST_X(location::geometry), free_spots FROM bench.place", 0, NULL);
	for (int i = 0; i < PQntuples(result); i++)
	{
		redisAppendCommand(redis, "GEOADD lots %s %s %s", PQgetvalue(result, i, 2), PQgetvalue(result, i, 1),
						   PQgetvalue(result, i, 0));
		redisAppendCommand(redis, "HSET free %s %s", PQgetvalue(result, i, 0), PQgetvalue(result, i, 3));
		if (i % 1000 == 999 || i == PQntuples(result) - 1)
			collect(redis, 2 * (i % 1000 + 1));
	}
	PQclear(result);
	tell(redis, "SET filling %s", filling);
}

static redisReply *
search(redisContext *redis, double latitude, double longitude)
{
	char		texts[2][32];

	snprintf(texts[0], sizeof(texts[0]), "%.6f", latitude);
	snprintf(texts[1], sizeof(texts[1]), "%.6f", longitude);
	return checked(redis, redisCommand(redis, "EVALSHA %s 2 lots free %s %s", script, texts[1], texts[0]));
}

/*
 * Does Redis find as many lots as PostGIS?  Not quite: it measures on a sphere,
 * and rounds places to 52 bits.
 */
static void
compare_answers(redisContext *redis, PGconn *connection)
{
	Client		client = {.random = 1};
	int			found = 0;
	int			expected = 0;

	for (int i = 0; i < 100; i++)
	{
		double		latitude;
		double		longitude;
		char		texts[2][32];
		const char *args[2] = {texts[0], texts[1]};
		redisReply *reply;
		PGresult   *result;

		draw_place(&client, &latitude, &longitude);
		snprintf(texts[0], sizeof(texts[0]), "%.6f", latitude);
		snprintf(texts[1], sizeof(texts[1]), "%.6f", longitude);
		reply = search(redis, latitude, longitude);
		result = ask_once(connection, "SELECT least(count(*), 20) FROM bench.place WHERE free_spots > 0 AND"
						  " ST_DWithin(location, ST_SetSRID(ST_MakePoint($2::float8, $1::float8), 4326)::geography, 2000)", 2, args);
		found += (int) reply->elements;
		expected += atoi(PQgetvalue(result, 0, 0));
		freeReplyObject(reply);
		PQclear(result);
	}
	if (abs(found - expected) > 2 + expected / 30)
	{
		char		difference[80];

		snprintf(difference, sizeof(difference), "found %d lots, PostGIS %d", found, expected);
		fail("GEOSEARCH", difference);
	}
}

void
begin_redis_geosearch(PGconn *connection)
{
	redisContext *redis = connect_redis();

	begin_search(connection);
	copy_places(redis, connection);
	load_script(redis, find_lots);
	compare_answers(redis, connection);
	redisFree(redis);
}

void
connect_redis_geosearch(Client *client)
{
	client->redis = connect_redis();
}

Answer
run_redis_geosearch(Client *client, Lot *lot)
{
	double		latitude;
	double		longitude;

	(void) lot;
	draw_place(client, &latitude, &longitude);
	freeReplyObject(search(client->redis, latitude, longitude));
	return DONE;
}
