/*
 * outside_count.h
 *		Free spots as others measured them.
 */
#ifndef SMART_PARKING_OUTSIDE_COUNT_H
#define SMART_PARKING_OUTSIDE_COUNT_H

#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

typedef struct OutsideCount
{
	int			free_spots;
	TimestampTz as_of;
	Datum		source;			/* text */
} OutsideCount;

extern bool outside_count_find(const pg_uuid_t *parking_id, const char *kind, TimestampTz now,
							   Snapshot snapshot, OutsideCount *count);

#endif							/* SMART_PARKING_OUTSIDE_COUNT_H */
