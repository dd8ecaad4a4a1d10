/*
 * searches.h
 *		Lots with free spots around a random place, by SQL.
 */
#ifndef SMART_PARKING_BENCH_SEARCHES_H
#define SMART_PARKING_BENCH_SEARCHES_H

#include "contender.h"

extern void begin_search(PGconn *connection);
extern void draw_place(Client *client, double *latitude, double *longitude);
extern void connect_nearby(Client *client);
extern void connect_knn(Client *client);
extern Answer run_search(Client *client, Lot *lot);

#endif							/* SMART_PARKING_BENCH_SEARCHES_H */
