/*
 * through.h
 *		The car of an order is through.
 */
#ifndef SMART_PARKING_THROUGH_H
#define SMART_PARKING_THROUGH_H

#include "access/recognise/passage.h"

extern void follow_passage(const Gate *gate, const pg_uuid_t *passage_id, const TimestampTz *at,
						   const char *reason);

#endif							/* SMART_PARKING_THROUGH_H */
