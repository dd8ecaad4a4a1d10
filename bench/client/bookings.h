/*
 * bookings.h
 *		Ways of booking a spot in PostgreSQL alone, and the row that each of
 *		the contenders leaves.
 */
#ifndef SMART_PARKING_BENCH_BOOKINGS_H
#define SMART_PARKING_BENCH_BOOKINGS_H

#include "contender.h"

extern void prepare_insert(Client *client);
extern void insert_booking(Client *client, const Lot *lot, int spot_no);

extern void connect_smart_parking(Client *client);
extern Answer run_smart_parking(Client *client, Lot *lot);
extern void connect_one_counter(Client *client);
extern void connect_skip_locked(Client *client);
extern Answer run_function(Client *client, Lot *lot);
extern void connect_four_statements(Client *client);
extern Answer run_four_statements(Client *client, Lot *lot);
extern Answer run_bare_insert(Client *client, Lot *lot);

#endif							/* SMART_PARKING_BENCH_BOOKINGS_H */
