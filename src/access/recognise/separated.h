/*
 * separated.h
 *		Which booking a read means where separators tell plates apart.
 */
#ifndef SMART_PARKING_SEPARATED_H
#define SMART_PARKING_SEPARATED_H

#include "matching.h"

extern int	separated_bookings(const Gate *gate, const PlateRead *read, TimestampTz now,
							   Snapshot snapshot, Match *match);
extern char *separated_history(const Gate *gate, const PlateRead *read, TimestampTz since,
							   Snapshot snapshot);
extern bool separated_is_booked(const Gate *gate, const char *plain, TimestampTz now,
								Snapshot snapshot);
extern bool separated_otherwise(const PlateRead *read, const char *booked);

#endif							/* SMART_PARKING_SEPARATED_H */
