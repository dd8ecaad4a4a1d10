/*
 * hold.h
 *		How long a hold lasts.
 */
#ifndef SMART_PARKING_HOLD_H
#define SMART_PARKING_HOLD_H

#include "utils/timestamp.h"

extern TimestampTz hold_end(TimestampTz start, Interval *hold);
extern TimestampTz hold_end_capped(TimestampTz start, Interval *hold);
extern TimestampTz hold_cap(TimestampTz start);
extern TimestampTz too_late(TimestampTz now);

#endif							/* SMART_PARKING_HOLD_H */
