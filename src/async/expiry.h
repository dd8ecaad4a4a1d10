/*
 * expiry.h
 *		Release lapsed holds in batches.
 */
#ifndef SMART_PARKING_EXPIRY_H
#define SMART_PARKING_EXPIRY_H

#include "fmgr.h"
#include "utils/timestamp.h"

#include "server/statements.h"

extern int	expire_batch(TimestampTz now, int max_bookings, const char *reason);

extern int	run_end_batch(Statement statement, TimestampTz now, int max_bookings,
						  const char *reason);
extern int	close_overstays_batch(TimestampTz now, int max_stays);
extern int	expire_commands_batch(TimestampTz now, int max_commands);
extern int	batch_size(FunctionCallInfo fcinfo, int argument, const char *name);

#endif							/* SMART_PARKING_EXPIRY_H */
