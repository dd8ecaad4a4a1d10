/*
 * group_spots.h
 *		Get spots of a lot for several new bookings, or none.
 */
#ifndef SMART_PARKING_GROUP_SPOTS_H
#define SMART_PARKING_GROUP_SPOTS_H

#include "nodes/pg_list.h"
#include "spot_counter.h"

#define MAX_GROUP 50

/* One car's spot, in the order of spot numbers. */
typedef struct GroupSpot
{
	int			spot_no;
	int			slice_no;
} GroupSpot;

extern bool lot_is_full_for(const pg_uuid_t *parking_id, const char *kind, int wanted);
extern bool allocate_group(const pg_uuid_t *parking_id, const char *kind, int wanted,
						   List *own_lapsed, GroupSpot *spots);
extern bool spots_are_together(const GroupSpot *spots, int count);

#endif							/* SMART_PARKING_GROUP_SPOTS_H */
