/*
 * contender.h
 *		What a run measures.
 */
#ifndef SMART_PARKING_BENCH_CONTENDER_H
#define SMART_PARKING_BENCH_CONTENDER_H

#include "client.h"
#include "load.h"

typedef enum Answer
{
	DONE,
	REFUSED,					/* the lot is sold out */
	NOTHING_LEFT				/* nothing more to measure with: not counted */
} Answer;

typedef struct Contender
{
	const char *name;
	/* once, before the clients; NULL: nothing to do */
	void		(*begin) (PGconn *connection);
	/* once for each client */
	void		(*connect) (Client *client);
	Answer		(*run) (Client *client, Lot *lot);
	/* once, afterwards; NULL: nothing to do */
	void		(*end) (PGconn *connection);
} Contender;

extern const Contender *find_contender(const char *name);

#endif							/* SMART_PARKING_BENCH_CONTENDER_H */
