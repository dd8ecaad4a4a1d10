/*
 * run.h
 *		One run of a contender from many connections.
 */
#ifndef SMART_PARKING_BENCH_RUN_H
#define SMART_PARKING_BENCH_RUN_H

#include "contender.h"

typedef struct Run
{
	double		started;
	Client	   *clients;		/* one a connection */
} Run;

extern Run	run_contender(const Contender *contender);

#endif							/* SMART_PARKING_BENCH_RUN_H */
