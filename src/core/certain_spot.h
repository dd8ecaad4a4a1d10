/*
 * certain_spot.h
 *		Get one certain spot of a lot for a new booking.
 */
#ifndef SMART_PARKING_CERTAIN_SPOT_H
#define SMART_PARKING_CERTAIN_SPOT_H

#include "spot_counter.h"

extern bool allocate_certain_spot(const SliceSpots *spot, int spot_no);

#endif							/* SMART_PARKING_CERTAIN_SPOT_H */
