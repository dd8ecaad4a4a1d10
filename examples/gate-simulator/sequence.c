/*
 * sequence.c
 *		Prints the exchange between camera, barrier and database, and remembers
 *		what was not as expected.
 */
#include <stdio.h>
#include <string.h>

#include "simulator.h"

static int	scenes;
static int	surprised;

void
scene(const char *title)
{
	printf("\n%d. %s\n\n", ++scenes, title);
}

void
expect(const char *got, const char *wanted)
{
	if (strcmp(got, wanted) == 0)
		return;
	surprised++;
	printf("   NOT AS EXPECTED: \"%s\" instead of \"%s\"\n", got, wanted);
}

int
surprises(void)
{
	return surprised;
}
