/*
 * expiry.h
 *		End what is due in batches.
 */
#ifndef SMART_PARKING_EXPIRY_H
#define SMART_PARKING_EXPIRY_H

#include "fmgr.h"
#include "utils/timestamp.h"

#include "chore.h"

/* why a hold ended whose car did not pass the barrier that was opened for it */
#define COMMAND_EXPIRY_REASON "the car did not pass: timed_out"

extern int	end_batch(Statement statement, TimestampTz now, int max, const char *reason,
					  Datum lots_or_ids);
extern int	do_by_hand(FunctionCallInfo fcinfo, const Chore *chore, const char *reason,
					   const char *max_name);

#endif							/* SMART_PARKING_EXPIRY_H */
