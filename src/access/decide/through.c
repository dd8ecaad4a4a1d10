/*
 * through.c
 *		The car of an order is through: its booking follows.
 */
#include "postgres.h"

#include "access/move/movement.h"
#include "access/move/stay_on.h"
#include "server/locks.h"
#include "through.h"

/* When it was: at an instant that is known, but not before the booking was made; or now. */
static TimestampTz
instant_of(const Booking *booking, const TimestampTz *at)
{
	return at && *at >= Max(booking->created_at, booking->confirmed_at) ? *at : GetCurrentTimestamp();
}

static void
follow_out(const Booking *booking, TimestampTz at, const char *reason)
{
	if (booking->status == BOOKING_CONFIRMED)
		complete_stay(booking, at, reason);
	else if (booking->status == BOOKING_PENDING)
		complete_unentered(booking, at, "exit_without_entry");
}

/*
 * A hold that ended while the car was on its way leaves it inside without one,
 * so it gets another.
 */
static void
follow_in(const Gate *gate, const Booking *booking, const char *plate, TimestampTz at,
		  const char *reason)
{
	if (booking->status == BOOKING_PENDING)
		booking_confirm(booking, at, reason);
	else if (booking->status == BOOKING_CANCELLED || booking->status == BOOKING_EXPIRED)
		(void) stay_on(gate, NULL, booking, plate, at,
					   psprintf("%s after its hold had ended", reason));
}

/* The caller holds the gate's lock.  at: when it was, if that is known. */
void
follow_passage(const Gate *gate, const pg_uuid_t *passage_id, const TimestampTz *at,
			   const char *reason)
{
	Passage		passage;
	Booking		booking;
	const char *plate;

	if (!passage_by_id(passage_id, &passage) || passage.verdict.movement == NULL)
		return;
	plate = passage.verdict.matched_plate;
	lock_until_commit(LOCK_PLATE_IN_LOT, lock_key(&gate->parking_id, plate, strlen(plate)));
	if (!booking_lock(&passage.verdict.booking_id, &booking))
		return;
	if (strcmp(passage.verdict.movement, "out") == 0)
		follow_out(&booking, instant_of(&booking, at), reason);
	else
		follow_in(gate, &booking, plate, instant_of(&booking, at), reason);
}
