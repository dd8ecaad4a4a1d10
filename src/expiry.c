/*
 * expiry.c
 *		The async plane: release holds whose driver did not come.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "booking.h"
#include "call.h"
#include "errors.h"
#include "expiry.h"
#include "spot_counter.h"
#include "statements.h"

#define MAX_BATCH 100000

PG_FUNCTION_INFO_V1(release_expired);
PG_FUNCTION_INFO_V1(expire_booking);

/*
 * Ends up to max_bookings bookings that are due by "now".  Those whose booking
 * or slice others hold, or that changed just now, are passed over: the next
 * sweep looks again.
 */
int
run_end_batch(Statement statement, TimestampTz now, int max_bookings, const char *reason)
{
	Args		args = {0};

	arg_time(&args, now);
	arg_datum(&args, Int64GetDatum(max_bookings));
	arg_text(&args, reason);
	run_statement(statement, &args);

	if (DatumGetInt64(column_datum(0, 2)) != DatumGetInt64(column_datum(0, 3)))
		ereport(ERROR,
				(errcode(ERRCODE_SP_COUNTER_DRIFT),
				 errmsg("the spot of a booking that is due is free already"),
				 errhint("SELECT * FROM smart_parking.check_invariants() tells what disagrees.")));
	return (int) DatumGetInt64(column_datum(0, 1));
}

/* Releases holds that have lapsed. */
int
expire_batch(TimestampTz now, int max_bookings, const char *reason)
{
	return run_end_batch(STMT_EXPIRE_BATCH, now, max_bookings, reason);
}

/* How many to work on in one call. */
int
batch_size(FunctionCallInfo fcinfo, int argument, const char *name)
{
	int			size;

	require_argument(fcinfo, argument, name);
	size = PG_GETARG_INT32(argument);
	if (size < 1 || size > MAX_BATCH)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_LIMIT),
				 errmsg("%s must be between 1 and %d", name, MAX_BATCH),
				 errhint("Call %s again, in a transaction of its own, until it returns 0.",
						 get_func_name(fcinfo->flinfo->fn_oid))));
	return size;
}

Datum
release_expired(PG_FUNCTION_ARGS)
{
	Call		call;
	int			max_bookings = batch_size(fcinfo, 0, "max_bookings");
	int			released;

	call_begin(&call, fcinfo);
	call_connect(&call);
	released = expire_batch(call.now, max_bookings, "lapsed");
	call_end(&call);
	PG_RETURN_INT32(released);
}

Datum
expire_booking(PG_FUNCTION_ARGS)
{
	Call		call;
	Booking		booking;
	bool		lapsed;

	require_argument(fcinfo, 0, "booking_id");
	call_begin(&call, fcinfo);
	call_connect(&call);
	if (!booking_lock(PG_GETARG_UUID_P(0), &booking))
		unknown_booking(PG_GETARG_UUID_P(0));

	lapsed = booking_has_lapsed(&booking, call.now);
	if (lapsed)
	{
		booking_end(&booking, BOOKING_EXPIRED, call.now, "lapsed");
		spot_counter_give_back(&booking.spot);
	}
	call_end(&call);
	PG_RETURN_BOOL(lapsed);
}
