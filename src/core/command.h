/*
 * command.h
 *		How an order to a barrier ends.
 */
#ifndef SMART_PARKING_COMMAND_H
#define SMART_PARKING_COMMAND_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

extern void command_end(const pg_uuid_t *command_id, const char *state, const char *event_id,
						const char *details, TimestampTz now);

#endif							/* SMART_PARKING_COMMAND_H */
