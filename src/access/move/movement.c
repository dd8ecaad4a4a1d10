/*
 * movement.c
 *		A car comes in or goes out: what becomes of its booking.
 *
 * Where the gate senses passage, nothing but the barrier moves before the car
 * has passed: the hold is made to last as long as the command, and that is all.
 */
#include "postgres.h"

#include "core/hold.h"
#include "core/parking.h"
#include "core/spot_counter.h"
#include "movement.h"

/* A driver whose entry is taken back has at least so long to come (assumed). */
#define TIME_AFTER_CORRECTION (5 * USECS_PER_MINUTE)

void
decide_on(Verdict *verdict, const char *decision, const char *reason, const Booking *booking)
{
	verdict_set(verdict, decision, reason);
	verdict->has_booking = true;
	verdict->booking_id = booking->id;
	verdict->spot_no = booking->spot_no;
	verdict->spot_label = booking->spot_label;
}

/* Opens for the booking's car, whose hold the caller has locked. */
void
let_in(const Gate *gate, const Booking *booking, TimestampTz now, const char *reason,
	   Verdict *verdict)
{
	TimestampTz until = now + gate->command_life;

	if (!gate->senses_passage)
		booking_confirm(booking, now, "plate read at the gate");
	else if (booking->expires_at < until)
		booking_extend(booking, until, now, "the barrier is open for it");
	decide_on(verdict, "open", reason, booking);
	verdict->movement = "in";
}

/* Opens for a car that gets a booking here and now, on a spot that was claimed. */
void
let_in_anew(const Gate *gate, const NewStay *stay, TimestampTz now, const char *reason,
			Verdict *verdict)
{
	NewBooking	new_booking = {0};
	Interval	hold_duration = gate->parking.hold_duration;
	Booking		booking = {0};

	new_booking.user_id = stay->user_id;
	new_booking.parking_id = &gate->parking_id;
	new_booking.spot_no = stay->spot_no;
	new_booking.car_plate = stay->car_plate;
	new_booking.created_at = now;
	new_booking.expires_at = gate->senses_passage ? now + gate->command_life :
		hold_end_capped(now, &hold_duration);
	booking.spot_no = stay->spot_no;
	booking.spot_label = spot_for_booking(&gate->parking_id, stay->spot_no);
	if (gate->senses_passage)
		booking_insert_hold(&new_booking, &booking.id);
	else
		booking_insert_stay(&new_booking, &booking.id);
	booking_log(&booking.id, now, stay->event, stay->event_reason,
				details_object(stay->event_details));
	if (!gate->senses_passage)
		booking_log(&booking.id, now, "confirmed", "plate read at the gate", NULL);
	decide_on(verdict, "open", reason, &booking);
	verdict->movement = "in";
	verdict->made_booking = true;
}

/* The car has left its spot; not before it came, though the clock was set back. */
void
complete_stay(const Booking *booking, TimestampTz at, const char *reason)
{
	booking_end(booking, BOOKING_COMPLETED, Max(at, booking->confirmed_at), reason);
	spot_counter_give_back(&booking->spot);
}

void
let_out(const Gate *gate, const Booking *booking, TimestampTz now, const char *reason,
		Verdict *verdict)
{
	if (!gate->senses_passage)
		complete_stay(booking, now, "plate read at the gate");
	decide_on(verdict, "open", reason, booking);
	verdict->movement = "out";
}

/* It was inside, though nobody saw it come in. */
void
complete_unentered(const Booking *hold, TimestampTz at, const char *reason)
{
	booking_confirm(hold, at, reason);
	complete_stay(hold, at, reason);
}

void
let_out_unentered(const Gate *gate, const Booking *hold, TimestampTz now, const char *reason,
				  Verdict *verdict)
{
	TimestampTz until = now + gate->command_life;

	if (!gate->senses_passage)
		complete_unentered(hold, now, reason);
	else if (hold->expires_at < until)
		booking_extend(hold, until, now, "the barrier is open for it");
	decide_on(verdict, "open", reason, hold);
	verdict->movement = "out";
}

/*
 * Another car came in than was thought.  The booking that was confirmed waits
 * for its own driver again; one that was made for the entry is not needed.
 */
void
take_back_entry(const Booking *booking, bool made_for_it, TimestampTz now, const char *reason)
{
	TimestampTz until = Max(booking->expires_at, now + TIME_AFTER_CORRECTION);

	booking_unconfirm(booking, until, now, reason);
	if (!made_for_it)
		return;
	booking_end(booking, BOOKING_CANCELLED, now, reason);
	spot_counter_give_back(&booking->spot);
}

/* Ends a hold that was made for a command, unless it has gone on meanwhile. */
void
drop_hold(const pg_uuid_t *booking_id, TimestampTz now, const char *reason)
{
	Booking		booking;

	if (!booking_lock(booking_id, &booking) || booking.status != BOOKING_PENDING)
		return;
	now = GetCurrentTimestamp();
	booking_end(&booking, BOOKING_CANCELLED, now, reason);
	spot_counter_give_back(&booking.spot);
}
