/*
 * expiry.h
 *		Release lapsed holds in batches.
 */
#ifndef SMART_PARKING_EXPIRY_H
#define SMART_PARKING_EXPIRY_H

#include "utils/timestamp.h"

extern int	expire_batch(TimestampTz now, int max_bookings, const char *reason);

#endif							/* SMART_PARKING_EXPIRY_H */
