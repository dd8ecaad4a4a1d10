/*
 * hold_change.c
 *		The reservation plane: extend a hold, cancel it.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "core/booking.h"
#include "core/hold.h"
#include "core/spot_counter.h"
#include "server/call.h"
#include "server/errors.h"

PG_FUNCTION_INFO_V1(extend_hold);
PG_FUNCTION_INFO_V1(cancel_booking);

static void
lock_existing_booking(const pg_uuid_t *id, Booking *booking)
{
	if (!booking_lock(id, booking))
		unknown_booking(id);
}

Datum
extend_hold(PG_FUNCTION_ARGS)
{
	Call		call;
	Booking		booking;
	TimestampTz now;
	TimestampTz expires_at;

	require_argument(fcinfo, 0, "booking_id");
	require_argument(fcinfo, 1, "extra");
	call_begin(&call, fcinfo);
	call_connect(&call);
	lock_existing_booking(PG_GETARG_UUID_P(0), &booking);
	now = GetCurrentTimestamp();

	expires_at = hold_end_capped(booking.expires_at, PG_GETARG_INTERVAL_P(1));
	if (booking.status != BOOKING_PENDING || booking_has_lapsed(&booking, now))
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_TRANSITION),
				 errmsg("the booking is %s and cannot be extended",
						booking.status == BOOKING_PENDING ? "lapsed" :
						booking_status_name(booking.status)),
				 errhint("Only a hold that is still valid can be extended; reserve_spot makes a new one.")));

	expires_at = Min(expires_at, hold_cap(booking.created_at));
	expires_at = Max(expires_at, booking.expires_at);
	if (expires_at > booking.expires_at)
		booking_extend(&booking, expires_at, now, NULL);
	call_end(&call);
	PG_RETURN_TIMESTAMPTZ(expires_at);
}

/* The status of a booking as a value of the SQL type. */
static Datum
status_datum(FunctionCallInfo fcinfo, BookingStatus status)
{
	return DirectFunctionCall2(enum_in, CStringGetDatum(booking_status_name(status)),
							   ObjectIdGetDatum(get_func_rettype(fcinfo->flinfo->fn_oid)));
}

Datum
cancel_booking(PG_FUNCTION_ARGS)
{
	Call		call;
	Booking		booking;
	TimestampTz now;
	char	   *reason;

	require_argument(fcinfo, 0, "booking_id");
	call_begin(&call, fcinfo);
	call_connect(&call);
	reason = PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1));
	lock_existing_booking(PG_GETARG_UUID_P(0), &booking);
	now = GetCurrentTimestamp();

	switch (booking.status)
	{
		case BOOKING_PENDING:
			booking.status = booking_has_lapsed(&booking, now) ?
				BOOKING_EXPIRED : BOOKING_CANCELLED;
			booking_end(&booking, booking.status, now, reason);
			spot_counter_give_back(&booking.spot);
			break;
		case BOOKING_CANCELLED:
		case BOOKING_EXPIRED:
			break;
		case BOOKING_CONFIRMED:
		case BOOKING_COMPLETED:
			ereport(ERROR,
					(errcode(ERRCODE_SP_INVALID_TRANSITION),
					 errmsg("the booking is %s and cannot be cancelled",
							booking_status_name(booking.status)),
					 errhint("The car has come in; the booking ends when it leaves.")));
	}
	call_end(&call);
	return status_datum(fcinfo, booking.status);
}
