/*
 * redis.h
 *		Contenders that count, or search, in Redis.
 */
#ifndef SMART_PARKING_BENCH_REDIS_H
#define SMART_PARKING_BENCH_REDIS_H

#include "contender.h"

extern void begin_redis_everysec(PGconn *connection);
extern void begin_redis_always(PGconn *connection);
extern void begin_redis_geosearch(PGconn *connection);
extern void connect_redis_insert(Client *client);
extern Answer run_redis_insert(Client *client, Lot *lot);
extern void end_redis(PGconn *connection);
extern void connect_redis_geosearch(Client *client);
extern Answer run_redis_geosearch(Client *client, Lot *lot);

#endif							/* SMART_PARKING_BENCH_REDIS_H */
