/*
 * group.h
 *		Bookings that were made together.
 */
#ifndef SMART_PARKING_GROUP_H
#define SMART_PARKING_GROUP_H

#include "core/booking.h"
#include "core/group_spots.h"

typedef struct GroupMember
{
	pg_uuid_t	id;
	BookingStatus status;
	TimestampTz expires_at;
	char	   *car_plate;
} GroupMember;

typedef struct GroupMembers
{
	int			count;
	pg_uuid_t	parking_id;
	GroupMember member[MAX_GROUP];
} GroupMembers;

extern void group_members_read(const pg_uuid_t *group_id, GroupMembers *members);
extern void lock_plates_in_lot(const pg_uuid_t *parking_id, char *const *plates, int count);

#endif							/* SMART_PARKING_GROUP_H */
