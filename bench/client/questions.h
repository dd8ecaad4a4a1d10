/*
 * questions.h
 *		Calls about bookings that are there.
 */
#ifndef SMART_PARKING_BENCH_QUESTIONS_H
#define SMART_PARKING_BENCH_QUESTIONS_H

#include "contender.h"

extern void begin_questions(PGconn *connection);
extern void connect_refusal(Client *client);
extern Answer run_refusal(Client *client, Lot *lot);
extern void connect_primary_key(Client *client);
extern Answer run_primary_key(Client *client, Lot *lot);
extern void connect_validate_plate(Client *client);
extern Answer run_validate_plate(Client *client, Lot *lot);

#endif							/* SMART_PARKING_BENCH_QUESTIONS_H */
