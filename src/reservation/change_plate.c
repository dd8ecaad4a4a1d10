/*
 * change_plate.c
 *		The reservation plane: a driver comes with another car.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "core/booking.h"
#include "core/spot_counter.h"
#include "plate/license_plate.h"
#include "server/call.h"
#include "server/details.h"
#include "server/errors.h"
#include "server/locks.h"
#include "server/statements.h"

PG_FUNCTION_INFO_V1(change_plate);

/* The plate and lot of a booking, unlocked: what is to be locked. */
static char *
plate_of_booking(const pg_uuid_t *id, pg_uuid_t *parking_id)
{
	Args		args = {0};

	arg_uuid(&args, id);
	if (run_statement(STMT_PLATE_OF_BOOKING, &args) == 0)
		unknown_booking(id);
	*parking_id = column_uuid(0, 2);
	return column_text(0, 1);
}

/*
 * Locks both plates and then the booking.  It may have been given yet another
 * plate before we had the locks; waiting for more of them could close a circle.
 */
static char *
lock_booking_and_plates(const pg_uuid_t *id, const char *new_plate, Booking *booking)
{
	pg_uuid_t	lot;
	char	   *old_plate = plate_of_booking(id, &lot);
	pg_uuid_t	same_lot;

	lock_both(LOCK_PLATE_IN_LOT, lock_key(&lot, old_plate, strlen(old_plate)),
			  lock_key(&lot, new_plate, strlen(new_plate)));
	(void) booking_lock(id, booking);
	if (strcmp(plate_of_booking(id, &same_lot), old_plate) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not change the plate due to a concurrent change of it")));
	return old_plate;
}

static void
require_valid(const Booking *booking, TimestampTz now)
{
	if (booking->status != BOOKING_PENDING || booking_has_lapsed(booking, now))
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_TRANSITION),
				 errmsg("the booking is %s and its plate cannot be changed",
						booking->status == BOOKING_PENDING ? "lapsed" : booking_status_name(booking->status)),
				 errhint("Only a hold that is still valid can be given to another car.")));
}

/* Somebody else's hold of the plate that has lapsed is in nobody's way. */
static void
require_free_plate(const Booking *booking, const char *new_plate)
{
	Booking		other;
	TimestampTz now;

	if (!booking_lock_of_plate(&booking->parking_id, new_plate, &other))
		return;
	now = GetCurrentTimestamp();
	require_valid(booking, now);
	if (!booking_has_lapsed(&other, now))
		ereport(ERROR,
				(errcode(ERRCODE_SP_PLATE_TAKEN),
				 errmsg("plate \"%s\" has an active booking in this lot", new_plate),
				 errhint("Check the plate; a car can be expected in a lot once.")));
	booking_end(&other, BOOKING_EXPIRED, now, "lapsed; its plate is expected on another booking");
	spot_counter_give_back(&other.spot);
}

static void
write_plate(const Booking *booking, const char *old_plate, const char *new_plate)
{
	Args		args = {0};
	char	   *details = details_text(NULL, "from", old_plate);

	booking_log(&booking->id, GetCurrentTimestamp(), "plate_changed", NULL,
				details_object(details_text(details, "to", new_plate)));
	arg_uuid(&args, &booking->id);
	arg_text(&args, new_plate);
	run_statement(STMT_CHANGE_PLATE, &args);
}

Datum
change_plate(PG_FUNCTION_ARGS)
{
	Call		call;
	Booking		booking;
	char	   *new_plate;
	char	   *old_plate;
	Datum		result;

	require_argument(fcinfo, 0, "booking_id");
	require_argument(fcinfo, 1, "car_plate");
	call_begin(&call, fcinfo);
	call_connect(&call);
	new_plate = text_to_cstring(license_plate_of_booking(PG_GETARG_TEXT_PP(1)));
	old_plate = lock_booking_and_plates(PG_GETARG_UUID_P(0), new_plate, &booking);
	require_valid(&booking, GetCurrentTimestamp());
	if (strcmp(old_plate, new_plate) != 0)
	{
		require_free_plate(&booking, new_plate);
		write_plate(&booking, old_plate, new_plate);
	}
	result = text_in_caller(&call, new_plate);
	call_end(&call);
	return result;
}
