/*
 * stay_on.h
 *		A car is inside though its booking has ended.
 */
#ifndef SMART_PARKING_STAY_ON_H
#define SMART_PARKING_STAY_ON_H

#include "access/record/gate.h"
#include "access/record/plate_read.h"
#include "core/booking.h"

extern bool stay_on(const Gate *gate, const PlateRead *read, const Booking *ended,
					const char *car_plate, TimestampTz at, const char *reason);

#endif							/* SMART_PARKING_STAY_ON_H */
