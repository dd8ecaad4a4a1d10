/*
 * queue.h
 *		Drivers who wait for a spot of a lot.
 */
#ifndef SMART_PARKING_QUEUE_H
#define SMART_PARKING_QUEUE_H

#include "utils/snapshot.h"
#include "utils/uuid.h"

extern int	queue_length(const pg_uuid_t *parking_id, const char *kind, Snapshot snapshot);

#endif							/* SMART_PARKING_QUEUE_H */
