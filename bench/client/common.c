/*
 * common.c
 *		The clock, and the end of a run that cannot go on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common.h"

double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

void
fail(const char *what, const char *why)
{
	size_t		length = strlen(why);

	fprintf(stderr, "%s: %s%s", what, why, length > 0 && why[length - 1] == '\n' ? "" : "\n");
	exit(2);
}
