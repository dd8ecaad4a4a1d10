/*
 * barrier.h
 *		Orders to a barrier.
 */
#ifndef SMART_PARKING_BARRIER_H
#define SMART_PARKING_BARRIER_H

#include "gate.h"

extern void barrier_order(const Gate *gate, const pg_uuid_t *passage_id,
						  const pg_uuid_t *plate_read_id, const char *reason, TimestampTz now,
						  pg_uuid_t *command_id);

extern void barrier_renew(const pg_uuid_t *command_id, TimestampTz now);

#endif							/* SMART_PARKING_BARRIER_H */
