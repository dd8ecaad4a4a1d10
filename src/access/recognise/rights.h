/*
 * rights.h
 *		What a plate may do in a lot without a booking, or not even with one.
 */
#ifndef SMART_PARKING_RIGHTS_H
#define SMART_PARKING_RIGHTS_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

typedef struct Rights
{
	bool		blocked;
	const char *allowed;		/* permit or staff; NULL: neither */
	bool		not_yet;		/* a permit that begins later */
	bool		expired;		/* one that has ended */
} Rights;

extern void rights_of_plate(const pg_uuid_t *parking_id, const char *car_plate,
							TimestampTz now, Rights *rights);

#endif							/* SMART_PARKING_RIGHTS_H */
