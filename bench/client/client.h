/*
 * client.h
 *		One of the connections that a run is made of, and its statements.
 */
#ifndef SMART_PARKING_BENCH_CLIENT_H
#define SMART_PARKING_BENCH_CLIENT_H

#include <stdint.h>
#include <libpq-fe.h>

#include "histogram.h"

#define UUID_TEXT 37
#define PLATE_TEXT 17

/* Spots of one lot that only one connection books. */
typedef struct Range
{
	int			next;
	int			end;
} Range;

typedef struct Client
{
	int			number;
	uint64_t	random;
	PGconn	   *connection;
	struct redisContext *redis;
	int			cars;
	Range	   *ranges;			/* one a lot */
	char		user_id[UUID_TEXT];
	char		plate[PLATE_TEXT];
	char		entry[UUID_TEXT];	/* its gates, where it has some */
	char		exit[UUID_TEXT];
	Histogram	done;
	Histogram	refused;
	double		last_done;
	double		first_refused;
	double		finished;
} Client;

extern uint32_t draw(Client *client, uint32_t below);
extern double draw_fraction(Client *client);
extern PGconn *connect_server(void);
extern void next_driver(Client *client);
extern void prepare(Client *client, const char *name, const char *sql);
extern PGresult *ask(Client *client, const char *name, int nargs, const char *const *args);
extern PGresult *ask_once(PGconn *connection, const char *sql, int nargs, const char *const *args);

#endif							/* SMART_PARKING_BENCH_CLIENT_H */
