/*
 * load.c
 *		Which lot the next driver wants.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

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
