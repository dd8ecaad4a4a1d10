/*
 * options.h
 *		What the command line asks for: main.c writes it, everybody reads it.
 */
#ifndef SMART_PARKING_BENCH_OPTIONS_H
#define SMART_PARKING_BENCH_OPTIONS_H

#include <stdbool.h>

#define MAX_CONNECTIONS 500

typedef struct Options
{
	const char *contender;
	const char *load;			/* which lots of bench.lot */
	const char *redis_socket;
	int			connections;
	int			lots;			/* the first so many of them; 0: all */
	double		seconds;
	bool		zipf;
	bool		until_sold_out;
} Options;

extern Options options;

#endif							/* SMART_PARKING_BENCH_OPTIONS_H */
