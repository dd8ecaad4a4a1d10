/*
 * traffic.h
 *		What the lot's passages say of a read that is like one booking.
 */
#ifndef SMART_PARKING_TRAFFIC_H
#define SMART_PARKING_TRAFFIC_H

#include "access/record/plate_read.h"
#include "plate/plate_traffic.h"

/* The booking that the read is about to be taken for. */
typedef struct LikeBooking
{
	const pg_uuid_t *id;
	TimestampTz created_at;
	bool		inside;
	const char *car_plate;
} LikeBooking;

extern TrafficWord traffic_of_read(const Gate *gate, const PlateRead *read, const LikeBooking *booking,
								   TimestampTz now, PlateTraffic *traffic);
extern char *traffic_details(const PlateTraffic *traffic, TrafficWord word, const char *details);

#endif							/* SMART_PARKING_TRAFFIC_H */
