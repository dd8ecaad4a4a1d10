/*
 * expiry.c
 *		The async plane: release holds whose driver did not come.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "core/booking.h"
#include "core/spot_counter.h"
#include "server/call.h"
#include "server/errors.h"
#include "server/statements.h"
#include "expiry.h"

#define MAX_BATCH 100000

PG_FUNCTION_INFO_V1(release_expired);
PG_FUNCTION_INFO_V1(expire_booking);

/*
 * Ends up to max bookings that are due by "now": in all lots but some, or of a
 * list of ids.  Those whose booking or slice others hold, or that changed just
 * now, are passed over: the next sweep looks again.
 */
int
end_batch(Statement statement, TimestampTz now, int max, const char *reason, Datum lots_or_ids)
{
	Args		args = {0};

	arg_time(&args, now);
	arg_datum(&args, Int64GetDatum(max));
	arg_text(&args, reason);
	arg_datum(&args, lots_or_ids);
	run_statement(statement, &args);

	if (DatumGetInt64(column_datum(0, 2)) != DatumGetInt64(column_datum(0, 3)))
		ereport(ERROR,
				(errcode(ERRCODE_SP_COUNTER_DRIFT),
				 errmsg("the spot of a booking that is due is free already"),
				 errhint("SELECT * FROM smart_parking.check_invariants() tells what disagrees.")));
	return (int) DatumGetInt64(column_datum(0, 1));
}

const Chore lapsed_holds = {
	"lapsed_hold", "hold", STMT_FIND_LAPSED, STMT_EXPIRE_BATCH, STMT_EXPIRE_THESE, end_batch
};

/* How many to work on in one call. */
static int
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

/* A chore by hand, in the caller's transaction. */
int
do_by_hand(FunctionCallInfo fcinfo, const Chore *chore, const char *reason, const char *max_name)
{
	Call		call;
	ChoreRun	run;
	int			max = batch_size(fcinfo, 0, max_name);
	int			done;

	call_begin(&call, fcinfo);
	call_connect(&call);
	chore_begin(&run, chore, reason, call.now);
	done = chore_batch(&run, call.now, max);
	call_end(&call);
	return done;
}

Datum
release_expired(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(do_by_hand(fcinfo, &lapsed_holds, "lapsed", "max_bookings"));
}

Datum
expire_booking(PG_FUNCTION_ARGS)
{
	Call		call;
	Booking		booking;
	TimestampTz now;
	bool		lapsed;

	require_argument(fcinfo, 0, "booking_id");
	call_begin(&call, fcinfo);
	call_connect(&call);
	if (!booking_lock(PG_GETARG_UUID_P(0), &booking))
		unknown_booking(PG_GETARG_UUID_P(0));

	now = GetCurrentTimestamp();
	lapsed = booking_has_lapsed(&booking, now);
	if (lapsed)
	{
		booking_end(&booking, BOOKING_EXPIRED, now, "lapsed");
		spot_counter_give_back(&booking.spot);
	}
	call_end(&call);
	PG_RETURN_BOOL(lapsed);
}
