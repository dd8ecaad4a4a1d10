/*
 * load.c
 *		Which lot the next driver wants, and a spot in it for contenders that do
 *		not pick one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common.h"
#include "load.h"
#include "options.h"

Lot		   *lots;
int			lot_count;

/* cumulative[i]: how likely it is that one of the lots 0 to i is wanted */
static double *cumulative;

static void
weigh_lots(void)
{
	double		sum = 0;

	cumulative = malloc(lot_count * sizeof(double));
	for (int i = 0; i < lot_count; i++)
		cumulative[i] = sum += options.zipf ? 1.0 / (i + 1) : 1.0;
	for (int i = 0; i < lot_count; i++)
		cumulative[i] /= sum;
}

void
read_lots(PGconn *connection)
{
	const char *args[1] = {options.load};
	PGresult   *result = ask_once(connection,
								  "SELECT id, capacity FROM bench.lot WHERE load = $1 ORDER BY n", 1, args);

	lot_count = PQntuples(result);
	if (options.lots > 0 && options.lots < lot_count)
		lot_count = options.lots;
	if (lot_count == 0 || options.lots > lot_count)
		fail(options.load, "bench.lot has too few lots for this load\n");
	lots = calloc(lot_count, sizeof(Lot));
	for (int i = 0; i < lot_count; i++)
	{
		snprintf(lots[i].id, UUID_TEXT, "%s", PQgetvalue(result, i, 0));
		lots[i].capacity = atoi(PQgetvalue(result, i, 1));
	}
	PQclear(result);
	weigh_lots();
}

Lot *
draw_lot(Client *client)
{
	double		fraction;
	int			low = 0;
	int			high = lot_count - 1;

	if (lot_count == 1)
		return lots;
	fraction = draw_fraction(client);
	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (cumulative[middle] <= fraction)
			low = middle + 1;
		else
			high = middle;
	}
	return &lots[low];
}

/*
 * A spot nobody else books in this run, or 0 if the lot has none left.  A
 * connection takes several at a time, so that connections do not insert into
 * the same place of the index.
 */
int
next_spot(Client *client, Lot *lot)
{
	Range	   *range = &client->ranges[lot - lots];

	if (range->next == range->end)
	{
		int			share = lot->capacity / 1000 > 1 ? lot->capacity / 1000 : 1;

		range->next = __atomic_fetch_add(&lot->next_spot, share, __ATOMIC_RELAXED);
		range->end = range->next + share;
	}
	return range->next < lot->capacity ? ++range->next : 0;
}
