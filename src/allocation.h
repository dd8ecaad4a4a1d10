/*
 * allocation.h
 *		Get a spot of a lot for a new booking.
 */
#ifndef SMART_PARKING_ALLOCATION_H
#define SMART_PARKING_ALLOCATION_H

#include "utils/uuid.h"

extern int	allocate_spot(const pg_uuid_t *parking_id, const char *kind, int first_slice);

#endif							/* SMART_PARKING_ALLOCATION_H */
