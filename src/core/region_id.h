/*
 * region_id.h
 *		Making region ids in the server; see home_cell.h for what they are.
 */
#ifndef SMART_PARKING_REGION_ID_H
#define SMART_PARKING_REGION_ID_H

#include "datatype/timestamp.h"
#include "utils/uuid.h"

/*
 * Makes an id with neighbour's home cell and the instant at, a reading of the
 * clock: finite and after 1970.  neighbour is a region id, which is not
 * checked; *id may be the same variable.
 */
extern void region_id_beside(const pg_uuid_t *neighbour, TimestampTz at,
							 pg_uuid_t *id);

#endif							/* SMART_PARKING_REGION_ID_H */
