/*
 * correction.c
 *		A passage turns out to have been another car's.
 *
 * The caller holds the locks of the gate and of both plates.  Both bookings
 * are locked before the first of them changes, and before them the lot's row:
 * one spot may be given back and another one claimed.
 */
#include "postgres.h"

#include "access/move/movement.h"
#include "access/move/stay_on.h"
#include "core/hold.h"
#include "core/incident.h"
#include "core/parking.h"
#include "correction.h"
#include "judge.h"

#define REASON "another car was read at the gate"

static bool
is_movement(const Passage *passage, const char *movement)
{
	return passage->verdict.movement && strcmp(passage->verdict.movement, movement) == 0;
}

/*
 * The passage's booking, locked.  Whether what the passage means for it has
 * happened: where the gate senses passage, not before the car has passed.
 */
static bool
lock_bound(const Passage *passage, BookingStatus after, Booking *bound)
{
	return passage->verdict.has_booking && booking_lock(&passage->verdict.booking_id, bound) &&
		bound->status == after;
}

/* Whether the passage's car has gone through, whatever became of the booking since. */
static bool
is_through(const Gate *gate, const Passage *passage)
{
	return verdict_opens(&passage->verdict) &&
		(!gate->senses_passage || passage_command_is(passage, "passed"));
}

/* A car that is inside stands on its hold, if nobody has released that. */
static bool
may_come_in(const Gate *gate, const Passage *passage, const Booking *booking, TimestampTz now)
{
	if (booking->status != BOOKING_PENDING)
		return false;
	return is_through(gate, passage) || !booking_has_lapsed(booking, now) ||
		(gate->parking.is_open && booking->expires_at > too_late(now));
}

/* The gate as it is for a car that is through already. */
static Gate
gate_after(const Gate *gate, bool has_happened)
{
	Gate		after = *gate;

	if (has_happened)
		after.senses_passage = false;
	return after;
}

/*
 * The car that the barrier opened for was taken for one with another booking,
 * which is a hold now and may lapse.  A camera says so, no person has looked.
 */
static void
raise_taken_back(const Gate *gate, const PlateRead *read, const Passage *passage,
				 const Booking *right, TimestampTz now)
{
	Incident	incident = {0};

	incident.kind = "entry_taken_back";
	incident.gate_id = &gate->id;
	incident.plate_read_id = &read->id;
	incident.booking_id = &passage->verdict.booking_id;
	incident.other_booking_id = &right->id;
	incident.details = details_text(NULL, "plate", passage->verdict.matched_plate);
	incident_raise(&incident, now);
}

static void
rebind_entry(const Gate *gate, const PlateRead *read, const Passage *passage,
			 const Booking *right, TimestampTz now, Verdict *verdict)
{
	Booking		wrong;
	bool		came_in = is_movement(passage, "in");
	bool		has_happened = came_in && lock_bound(passage, BOOKING_CONFIRMED, &wrong);
	Gate		after = gate_after(gate, has_happened || is_through(gate, passage));

	if (has_happened)
		take_back_entry(&wrong, passage->verdict.made_booking, now, REASON);
	else if (passage->verdict.made_booking)
		drop_hold(&passage->verdict.booking_id, now, REASON);
	if (came_in && read->attendant_reason == NULL && (has_happened || passage->is_guessed))
		raise_taken_back(gate, read, passage, right, now);
	let_in(&after, right, now, "entered", verdict);
}

static void
rebind_exit(const Gate *gate, const PlateRead *read, const Passage *passage,
			const Booking *right, TimestampTz now, Verdict *verdict)
{
	Booking		wrong;
	bool		has_happened = is_movement(passage, "out") &&
		lock_bound(passage, BOOKING_COMPLETED, &wrong);
	Gate		after = gate_after(gate, has_happened || is_through(gate, passage));

	if (has_happened)
		stay_on(gate, read, &wrong, passage->verdict.matched_plate, now, REASON);
	let_out(&after, right, now, "exited", verdict);
}

/*
 * Binds a passage that was let through to the booking that a better read
 * means.  False if that one cannot have been it: then all stays as it is.
 */
bool
rebind(const Gate *gate, const PlateRead *read, const Match *match, const Passage *passage,
	   TimestampTz now, Verdict *verdict)
{
	Booking		right;

	if (match->plate == NULL)
		return false;
	lock_lot(&gate->parking_id);
	if (!booking_lock_of_plate(&gate->parking_id, match->plate, &right) ||
		(passage->verdict.has_booking &&
		 memcmp(&right.id, &passage->verdict.booking_id, UUID_LEN) == 0))
		return false;

	now = GetCurrentTimestamp();
	memset(verdict, 0, sizeof(*verdict));
	verdict->details = match->details;
	if (gate->lets_in && !is_movement(passage, "out") && may_come_in(gate, passage, &right, now))
		rebind_entry(gate, read, passage, &right, now, verdict);
	else if (gate->lets_out && !is_movement(passage, "in") && right.status == BOOKING_CONFIRMED)
		rebind_exit(gate, read, passage, &right, now, verdict);
	else
		return false;
	verdict->matched_plate = match->plate;
	verdict->matched_by = match->by;
	verdict->has_command = passage->verdict.has_command;
	verdict->command_id = passage->verdict.command_id;
	return true;
}

/* What the passage meant for its booking is undone; whether it had happened. */
static bool
unbind(const Gate *gate, const PlateRead *read, const Passage *passage, TimestampTz now)
{
	Booking		wrong;
	bool		came_in = is_movement(passage, "in") && lock_bound(passage, BOOKING_CONFIRMED, &wrong);
	bool		went_out = is_movement(passage, "out") && lock_bound(passage, BOOKING_COMPLETED, &wrong);

	if (came_in)
		take_back_entry(&wrong, passage->verdict.made_booking, now, REASON);
	else if (went_out)
		stay_on(gate, read, &wrong, passage->verdict.matched_plate, now, REASON);
	else if (passage->verdict.made_booking)
		drop_hold(&passage->verdict.booking_id, now, REASON);
	return came_in || went_out;
}

static bool
means_same_booking(const Match *match, const Passage *passage)
{
	return match->plate && passage->verdict.has_booking &&
		strcmp(match->plate, passage->verdict.matched_plate) == 0;
}

/* It had a hold, which has ended, and there is no spot for it now. */
static bool
is_late(const Verdict *verdict)
{
	return !verdict_opens(verdict) && verdict->has_booking && strcmp(verdict->reason, "already_inside") != 0;
}

static void
raise_without_spot(const Gate *gate, const PlateRead *read, const Verdict *verdict, TimestampTz now)
{
	Incident	incident = {0};

	incident.kind = "inside_without_spot";
	incident.gate_id = &gate->id;
	incident.plate_read_id = &read->id;
	incident.booking_id = &verdict->booking_id;
	incident.details = details_text(NULL, "verdict", verdict->reason);
	incident_raise(&incident, now);
}

/*
 * A person says which car it was.  Where the passage was let through, the
 * booking that moved by mistake is put back, and the right one moves; without
 * one, the verdict is what that car would have got.
 */
void
correct(const Gate *gate, const PlateRead *read, const Match *match, const Passage *passage,
		TimestampTz now, Verdict *verdict)
{
	if (!verdict_opens(&passage->verdict) || means_same_booking(match, passage))
		*verdict = passage->verdict;
	else if (!rebind(gate, read, match, passage, now, verdict))
	{
		Booking		meant;
		bool		has_happened;
		Gate		after;
		bool		came_in = is_movement(passage, "in") || !gate->lets_out;

		/* all that judging may wait for, before the first slice is held */
		lock_lot(&gate->parking_id);
		(void) booking_lock_of_plate(&gate->parking_id,
									 match->plate ? match->plate : read->car_plate, &meant);
		has_happened = unbind(gate, read, passage, now);
		after = gate_after(gate, has_happened || is_through(gate, passage));
		judge(&after, read, match, &now, verdict);
		verdict->has_command = passage->verdict.has_command;
		verdict->command_id = passage->verdict.command_id;
		if (came_in && !after.senses_passage && is_late(verdict))
			raise_without_spot(gate, read, verdict, now);
	}
	verdict->matched_by = "attendant";
}
