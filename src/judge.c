/*
 * judge.c
 *		Decide on a read, and do what the decision says.
 *
 * The caller holds the locks of the gate and of the plate that is meant.
 */
#include "postgres.h"

#include "allocation.h"
#include "judge.h"
#include "movement.h"
#include "spot_counter.h"

/*
 * A hold that was released is gone; the car that comes after all gets a new
 * booking, on the same spot if that is free, else on any of its kind.
 */
static void
reacquire(const Gate *gate, const char *car_plate, TimestampTz now, Booking *lapsed,
		  Verdict *verdict)
{
	NewStay		stay = {0};
	bool		same_spot = spot_counter_claim_this(&lapsed->spot);

	stay.spot_no = same_spot ? lapsed->spot_no :
		allocate_spot(&gate->parking_id, lapsed->spot.kind, NULL);
	if (stay.spot_no == 0)
	{
		decide_on(verdict, "deny", "hold_lapsed_lot_full", lapsed);
		return;
	}
	stay.user_id = &lapsed->user_id;
	stay.car_plate = car_plate;
	stay.event = "reacquired";
	stay.event_reason = same_spot ? "late arrival, same spot" : "late arrival, another spot";
	stay.event_details = details_text(NULL, "lapsed_booking", uuid_text(&lapsed->id));
	let_in_anew(gate, &stay, now,
				same_spot ? "reacquired_same_spot" : "reacquired_other_spot", verdict);
}

/* No active booking: perhaps one that lapsed a while ago. */
static void
enter_without_booking(const Gate *gate, const char *car_plate, TimestampTz now, Verdict *verdict)
{
	Booking		lapsed;

	if (!booking_find_expired(&gate->parking_id, car_plate, too_late(now), &lapsed))
		verdict_set(verdict, "deny", "no_booking");
	else if (!gate->parking.is_open)
		decide_on(verdict, "deny", "hold_lapsed_lot_closed", &lapsed);
	else
		reacquire(gate, car_plate, now, &lapsed, verdict);
}

/*
 * Until somebody releases it, a lapsed hold still has its spot: nobody took
 * it, so the late driver may.
 */
static void
enter(const Gate *gate, const Booking *booking, TimestampTz now, Verdict *verdict)
{
	if (!booking_has_lapsed(booking, now))
		let_in(gate, booking, now, "entered", verdict);
	else if (booking->expires_at <= too_late(now))
		verdict_set(verdict, "deny", "no_booking");
	else if (!gate->parking.is_open)
		decide_on(verdict, "deny", "hold_lapsed_lot_closed", booking);
	else
	{
		booking_log(&booking->id, now, "reacquired", "late arrival, same spot", NULL);
		let_in(gate, booking, now, "reacquired_same_spot", verdict);
	}
}

static void
judge_plate(const Gate *gate, const char *car_plate, TimestampTz now, Verdict *verdict)
{
	Booking		booking;
	bool		found = booking_lock_of_plate(&gate->parking_id, car_plate, &booking);

	if (found && booking.status == BOOKING_CONFIRMED)
	{
		if (gate->lets_out)
			let_out(gate, &booking, now, "exited", verdict);
		else
			decide_on(verdict, "deny", "already_inside", &booking);
	}
	else if (!gate->lets_in)
	{
		if (found)
			decide_on(verdict, "manual", "exit_without_entry", &booking);
		else
			verdict_set(verdict, "manual", "exit_without_entry");
	}
	else if (found)
		enter(gate, &booking, now, verdict);
	else
		enter_without_booking(gate, car_plate, now, verdict);
}

void
judge(const Gate *gate, const PlateRead *read, const Match *match, TimestampTz now,
	  Verdict *verdict)
{
	const char *car_plate = match->plate ? match->plate : read->car_plate;

	memset(verdict, 0, sizeof(*verdict));
	verdict->details = match->details;
	if (match->kind == MATCHED_UNCLEARLY)
		verdict_set(verdict, "manual", match->reason);
	else if (car_plate == NULL)
		verdict_set(verdict, "manual", "plate_unreadable");
	else
		judge_plate(gate, car_plate, now, verdict);

	if (verdict->has_booking)
	{
		verdict->matched_plate = car_plate;
		verdict->matched_by = match->by;
	}
}
