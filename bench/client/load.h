/*
 * load.h
 *		The lots that the drivers of a run want.
 */
#ifndef SMART_PARKING_BENCH_LOAD_H
#define SMART_PARKING_BENCH_LOAD_H

#include "client.h"

typedef struct Lot
{
	char		id[UUID_TEXT];
	int			capacity;
	int			next_spot;		/* what next_spot() gave out; atomic */
} Lot;

extern Lot *lots;
extern int	lot_count;

extern void read_lots(PGconn *connection);
extern Lot *draw_lot(Client *client);
extern int	next_spot(Client *client, Lot *lot);

#endif							/* SMART_PARKING_BENCH_LOAD_H */
