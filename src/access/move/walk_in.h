/*
 * walk_in.h
 *		A car that comes in without a booking, by a right of its own or the lot's.
 */
#ifndef SMART_PARKING_WALK_IN_H
#define SMART_PARKING_WALK_IN_H

#include "access/recognise/rights.h"
#include "access/record/gate.h"
#include "access/record/verdict.h"

/* What such a car gets. */
#define WALK_IN_KIND "standard"

extern const char *walk_in_right(const Gate *gate, const Rights *rights);
extern int	walk_in_spot(const pg_uuid_t *parking_id, const pg_uuid_t *own_lapsed);
extern void walk_in_let(const Gate *gate, const char *car_plate, int spot_no,
						const char *right, TimestampTz at, Verdict *verdict);

#endif							/* SMART_PARKING_WALK_IN_H */
