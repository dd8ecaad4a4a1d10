/*
 * allocation.h
 *		Get a spot of a lot for a new booking.
 */
#ifndef SMART_PARKING_ALLOCATION_H
#define SMART_PARKING_ALLOCATION_H

#include "spot_counter.h"

extern int	allocate_spot(const pg_uuid_t *parking_id, const char *kind,
						  const SlicesView *view);
extern int	allocate_at_hand(const pg_uuid_t *parking_id, const char *kind,
							 const SlicesView *view, bool *busy);
extern int	allocate_after_own(const pg_uuid_t *parking_id, const char *kind,
							   const pg_uuid_t *lapsed_id);

#endif							/* SMART_PARKING_ALLOCATION_H */
