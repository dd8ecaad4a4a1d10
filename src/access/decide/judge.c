/*
 * judge.c
 *		Decide on a read, and do what the decision says.
 *
 * The caller holds the locks of the gate and of the plate that is meant.
 */
#include "postgres.h"

#include "utils/snapmgr.h"

#include "access/move/movement.h"
#include "access/move/walk_in.h"
#include "core/allocation.h"
#include "core/hold.h"
#include "core/queue.h"
#include "core/spot_counter.h"
#include "server/probe.h"
#include "server/statements.h"
#include "judge.h"

/* A read that is judged. */
typedef struct Case
{
	const Gate *gate;
	const PlateRead *read;
	const char *car_plate;
	TimestampTz now;			/* the clock, after whatever was waited for */
	Rights		rights;
} Case;

/*
 * A hold that was released is gone; the car that comes after all gets a new
 * booking, on the same spot if that is free, else on any of its kind.
 */
static void
reacquire(Case *c, Booking *lapsed, Verdict *verdict)
{
	NewStay		stay = {0};
	bool		same_spot = spot_counter_claim_this(&lapsed->spot);

	stay.spot_no = same_spot ? lapsed->spot_no :
		allocate_spot(&c->gate->parking_id, lapsed->spot.kind, NULL);
	c->now = GetCurrentTimestamp();
	if (stay.spot_no == 0)
	{
		decide_on(verdict, "deny", "hold_lapsed_lot_full", lapsed);
		return;
	}
	stay.user_id = &lapsed->user_id;
	stay.car_plate = c->car_plate;
	stay.event = "reacquired";
	stay.event_reason = same_spot ? "late arrival, same spot" : "late arrival, another spot";
	stay.event_details = details_text(NULL, "lapsed_booking", uuid_text(&lapsed->id));
	let_in_anew(c->gate, &stay, c->now,
				same_spot ? "reacquired_same_spot" : "reacquired_other_spot", verdict);
}

/* Newcomers do not overtake those who wait for a spot; who has a right of its own does. */
static bool
has_to_queue(const Case *c, const char *right)
{
	Snapshot	snapshot;
	int			waiting;

	if (!c->gate->parking.has_queue || strcmp(right, "walk_in") != 0)
		return false;
	snapshot = probe_snapshot();
	waiting = queue_length(&c->gate->parking_id, WALK_IN_KIND, snapshot);
	UnregisterSnapshot(snapshot);
	return waiting > 0;
}

/*
 * The lot takes cars without a booking, or this one has a permit.  own: a hold
 * of the car's that lapsed too long ago and was not released, or NULL.
 */
static void
enter_by_right(Case *c, const Booking *own, Verdict *verdict)
{
	/* a stay on half a plate would match anything on the way out */
	if (strchr(c->car_plate, PLATE_UNREAD))
		verdict_set(verdict, "manual", "plate_unreadable");
	else if (!c->gate->parking.is_open)
		verdict_set(verdict, "deny", "lot_closed");
	else
	{
		const char *right = walk_in_right(c->gate, &c->rights);
		int			spot_no = has_to_queue(c, right) ? 0 :
			walk_in_spot(&c->gate->parking_id, own ? &own->id : NULL);

		if (spot_no == 0)
		{
			verdict_set(verdict, "deny", "lot_full");
			return;
		}
		c->now = GetCurrentTimestamp();
		walk_in_let(c->gate, c->car_plate, spot_no, right, c->now, verdict);
	}
}

static char *
name_of_lot(const pg_uuid_t *id)
{
	Args		args = {0};

	arg_uuid(&args, id);
	return run_statement(STMT_NAME_OF_LOT, &args) == 1 ? column_text(0, 1) : NULL;
}

/* The car is expected next door. */
static bool
is_in_wrong_lot(const Case *c, Verdict *verdict)
{
	Snapshot	snapshot = probe_snapshot();
	pg_uuid_t	booking_id;
	pg_uuid_t	lot;
	bool		found = booking_elsewhere(&c->gate->parking_id, c->car_plate, c->now, snapshot,
										  &booking_id, &lot);

	UnregisterSnapshot(snapshot);
	if (!found)
		return false;
	verdict_set(verdict, "deny", "wrong_lot");
	verdict->details = details_text(verdict->details, "parking_id", uuid_text(&lot));
	verdict->details = details_text(verdict->details, "parking", name_of_lot(&lot));
	verdict->details = details_text(verdict->details, "booking_id", uuid_text(&booking_id));
	return true;
}

/* No booking that is good still; own as above. */
static void
enter_without_booking(Case *c, const Booking *own, Verdict *verdict)
{
	Booking		lapsed;

	if (own == NULL &&
		booking_find_expired(&c->gate->parking_id, c->car_plate, too_late(c->now), &lapsed))
	{
		if (c->gate->parking.is_open)
			reacquire(c, &lapsed, verdict);
		else
			decide_on(verdict, "deny", "hold_lapsed_lot_closed", &lapsed);
	}
	else if (walk_in_right(c->gate, &c->rights))
		enter_by_right(c, own, verdict);
	else if (!is_in_wrong_lot(c, verdict))
		verdict_set(verdict, "deny", c->rights.not_yet ? "permit_not_yet_valid" :
					c->rights.expired ? "permit_expired" : "no_booking");
}

/*
 * Until somebody releases it, a lapsed hold still has its spot: nobody took
 * it, so the late driver may.
 */
static void
enter(Case *c, const Booking *booking, Verdict *verdict)
{
	if (!booking_has_lapsed(booking, c->now))
		let_in(c->gate, booking, c->now, "entered", verdict);
	else if (booking->expires_at <= too_late(c->now))
		enter_without_booking(c, booking, verdict);
	else if (!c->gate->parking.is_open)
		decide_on(verdict, "deny", "hold_lapsed_lot_closed", booking);
	else
	{
		booking_log(&booking->id, c->now, "reacquired", "late arrival, same spot", NULL);
		let_in(c->gate, booking, c->now, "reacquired_same_spot", verdict);
	}
}

/* Anti-passback: the car is inside, as far as we know. */
static void
enter_again(const Case *c, const Booking *booking, Verdict *verdict)
{
	if (!c->gate->soft)
	{
		decide_on(verdict, "deny", "already_inside", booking);
		return;
	}
	booking_log(&booking->id, c->now, "entered_over_open_stay", "soft anti-passback", NULL);
	decide_on(verdict, "open", "entered_over_open_stay", booking);
}

/* Anti-passback: the car never came in, as far as we know. */
static void
leave_without_entry(const Case *c, const Booking *hold, Verdict *verdict)
{
	const char *decision = c->gate->soft ? "open" : "manual";

	if (hold == NULL)
		verdict_set(verdict, decision, "exit_without_entry");
	else if (!c->gate->soft)
		decide_on(verdict, decision, "exit_without_entry", hold);
	else
		let_out_unentered(c->gate, hold, c->now, "exit_without_entry", verdict);
}

/* The sweeper closed its stay; it leaves now, once. */
static bool
leaves_after_overstay(const Case *c, Verdict *verdict)
{
	Args		args = {0};
	Booking		closed = {0};

	arg_uuid(&args, &c->gate->parking_id);
	arg_text(&args, c->car_plate);
	arg_text(&args, OVERSTAY_REASON);
	if (run_statement(STMT_CLOSED_STAY_OF_PLATE, &args) == 0 || !DatumGetBool(column_datum(0, 4)))
		return false;
	closed.id = column_uuid(0, 1);
	closed.spot_no = DatumGetInt32(column_datum(0, 2));
	closed.spot_label = column_text(0, 3);
	booking_log(&closed.id, c->now, "left", "after its stay was closed", NULL);
	decide_on(verdict, "open", "exited_after_overstay", &closed);
	return true;
}

/* Also where a booking is like the plate that was read: that one is blocked. */
static bool
is_blocked(const Case *c)
{
	const char *read_plate = c->read->car_plate;
	Rights		rights;

	if (c->rights.blocked || read_plate == NULL || strcmp(read_plate, c->car_plate) == 0)
		return c->rights.blocked;
	rights_of_plate(&c->gate->parking_id, read_plate, c->now, &rights);
	return rights.blocked;
}

static void
judge_plate(Case *c, Verdict *verdict)
{
	Booking		booking;
	bool		found = booking_lock_of_plate(&c->gate->parking_id, c->car_plate, &booking);
	bool		inside = found && booking.status == BOOKING_CONFIRMED;

	c->now = GetCurrentTimestamp();
	rights_of_plate(&c->gate->parking_id, c->car_plate, c->now, &c->rights);
	if (inside && c->gate->lets_out)
		let_out(c->gate, &booking, c->now, "exited", verdict);
	else if (!found && c->gate->lets_out && leaves_after_overstay(c, verdict))
		 /* decided */ ;
	else if (!c->gate->lets_in)
		leave_without_entry(c, found ? &booking : NULL, verdict);
	else if (is_blocked(c))
		verdict_set(verdict, "deny", "plate_blocked");
	else if (inside)
		enter_again(c, &booking, verdict);
	else if (found)
		enter(c, &booking, verdict);
	else
		enter_without_booking(c, NULL, verdict);
}

/*
 * *now comes back as the instant of the decision, after whatever was waited
 * for.  A hold that was made to last as long as an order from that instant on
 * stays so; where no passage is sensed no hold is, and the order is not to be
 * older than it must: the car's spot was given back before it.
 */
void
judge(const Gate *gate, const PlateRead *read, const Match *match, TimestampTz *now,
	  Verdict *verdict)
{
	Case		c = {gate, read, match->plate ? match->plate : read->car_plate, *now};

	memset(verdict, 0, sizeof(*verdict));
	verdict->details = match->details;
	if (match->kind == MATCHED_UNCLEARLY)
		verdict_set(verdict, "manual", match->reason);
	else if (c.car_plate == NULL)
		verdict_set(verdict, "manual", "plate_unreadable");
	else
		judge_plate(&c, verdict);
	*now = gate->senses_passage ? c.now : GetCurrentTimestamp();

	if (verdict->has_booking)
	{
		verdict->matched_plate = c.car_plate;
		verdict->matched_by = match->by;
	}
}
