/*
 * offline.c
 *		What a gate did while it was cut off, put on record afterwards.
 *
 * The car has passed: there is nothing to allow, only to follow.  Reads come
 * late, more than once and in any order, and the same set of them must end in
 * the same state.  So an exit ends the stay whatever is known of the entry, and
 * an entry that an ended stay explains changes nothing.
 */
#include "postgres.h"

#include "access/move/movement.h"
#include "access/move/stay_on.h"
#include "access/move/walk_in.h"
#include "core/hold.h"
#include "core/incident.h"
#include "plate/plate_pattern.h"
#include "server/statements.h"
#include "offline.h"

typedef struct Replay
{
	const Gate *gate;
	const PlateRead *read;
	const char *car_plate;
	TimestampTz at;
	TimestampTz now;
} Replay;

/* Why the camera's clock is not believed; NULL: it is. */
static const char *
doubt_about_clock(const PlateRead *read, TimestampTz now)
{
	if (read->read_at > now)
		return "later than now";
	return read->read_at < now - LONGEST_OUTAGE ? "too long ago" : NULL;
}

/* The camera's clock, or ours where it cannot be right. */
TimestampTz
happened_at(const PlateRead *read, TimestampTz now)
{
	return doubt_about_clock(read, now) ? now : read->read_at;
}

static void
disbelieve(Verdict *verdict, const char *why)
{
	verdict->details = details_text(verdict->details, "read_at", why);
}

/* Nothing happens to a booking before it was made: then the camera's clock is wrong. */
static TimestampTz
instant_of(const Replay *replay, const Booking *booking, Verdict *verdict)
{
	if (replay->at >= booking->created_at)
		return replay->at;
	disbelieve(verdict, "before the booking was made");
	return replay->now;
}

/*
 * The passage of another read of this car that the same gate made just before or
 * after, be it out of the same log or when the line was up.
 */
bool
offline_passage(const Gate *gate, const PlateRead *read, TimestampTz now, Passage *passage)
{
	TimestampTz at = happened_at(read, now);
	Args		args = {0};
	pg_uuid_t	id;

	if (read->car_plate == NULL || gate->window == 0)
		return false;
	arg_uuid(&args, &gate->id);
	arg_text(&args, read->car_plate);
	arg_time(&args, at - gate->window);
	arg_time(&args, at + gate->window);
	if (run_statement(STMT_PASSAGE_OF_REPLAY, &args) == 0 &&
		run_statement(STMT_PASSAGE_AROUND, &args) == 0)
		return false;
	id = column_uuid(0, 1);
	return passage_by_id(&id, passage);
}

static bool
find_ended(Statement statement, const Replay *replay, Booking *booking)
{
	Args		args = {0};

	arg_uuid(&args, &replay->gate->parking_id);
	arg_text(&args, replay->car_plate);
	arg_time(&args, replay->at);
	if (statement == STMT_HOLD_THAT_LAPSED)
		arg_time(&args, too_late(replay->at));
	return booking_find(statement, &args, booking);
}

static void
came_in(const Replay *replay, const Booking *hold, Verdict *verdict)
{
	booking_confirm(hold, instant_of(replay, hold, verdict), OFFLINE_REASON);
	decide_on(verdict, "open", "entered", hold);
}

static void
went_out(const Replay *replay, const Booking *booking, Verdict *verdict)
{
	TimestampTz at = instant_of(replay, booking, verdict);

	if (booking->status == BOOKING_CONFIRMED)
	{
		complete_stay(booking, Max(at, booking->confirmed_at), OFFLINE_REASON);
		decide_on(verdict, "open", "exited", booking);
		return;
	}
	complete_unentered(booking, at, "exit_without_entry");
	decide_on(verdict, "open", "exit_without_entry", booking);
}

static void
follow_active(const Replay *replay, const Booking *booking, Verdict *verdict)
{
	const Gate *gate = replay->gate;
	bool		inside = booking->status == BOOKING_CONFIRMED;

	if (!gate->lets_in || (gate->lets_out && inside && replay->at > booking->confirmed_at))
		went_out(replay, booking, verdict);
	else if (inside)
		decide_on(verdict, "open", "entered_over_open_stay", booking);
	else
		came_in(replay, booking, verdict);
}

/* Its hold was good when it came in; it was released before we heard of it. */
static void
came_in_after_all(const Replay *replay, const Booking *lapsed, Verdict *verdict)
{
	Booking		stay;

	if (!stay_on(replay->gate, replay->read, lapsed, replay->car_plate, replay->at, OFFLINE_REASON))
		decide_on(verdict, "open", "entered_offline_without_spot", lapsed);
	else if (booking_lock_of_plate(&replay->gate->parking_id, replay->car_plate, &stay))
		decide_on(verdict, "open",
				  stay.spot_no == lapsed->spot_no ? "reacquired_same_spot" : "reacquired_other_spot",
				  &stay);
}

/* It was here and has left; whose spot that was meanwhile does not matter any more. */
static void
was_here(const Replay *replay, const Booking *lapsed, Verdict *verdict)
{
	Booking		stay = *lapsed;

	booking_insert_past(lapsed, replay->car_plate, replay->at, &stay.id);
	booking_log(&stay.id, replay->at, "stayed_on", OFFLINE_REASON,
				details_object(details_text(NULL, "ended_booking", uuid_text(&lapsed->id))));
	booking_log(&stay.id, replay->at, "confirmed", "exit_without_entry", NULL);
	booking_log(&stay.id, replay->at, "completed", OFFLINE_REASON, NULL);
	decide_on(verdict, "open", "exit_without_entry", &stay);
}

/* The earliest read at an exit after this one of which nobody knew whose car it was. */
static bool
left_later(const Replay *replay, TimestampTz *at)
{
	Args		args = {0};

	arg_uuid(&args, &replay->gate->parking_id);
	arg_text(&args, replay->car_plate);
	arg_time(&args, replay->at);
	if (run_statement(STMT_LEFT_AFTER, &args) == 0)
		return false;
	*at = DatumGetTimestampTz(column_datum(0, 1));
	return true;
}

static void
came_in_without_spot(const Replay *replay, const char *right, Verdict *verdict)
{
	Incident	incident = {0};

	incident.kind = "inside_without_spot";
	incident.gate_id = &replay->gate->id;
	incident.details = details_text(NULL, "plate", replay->car_plate);
	incident.details = details_text(incident.details, "right", right);
	incident.details = details_text(incident.details, "plate_read", uuid_text(&replay->read->id));
	incident_raise(&incident, replay->at);
	verdict_set(verdict, "open", "entered_offline_without_spot");
}

/*
 * The gate let it in without a booking, as export_gate_list() or its own rule
 * for walk-ins told it.  Perhaps we heard of its exit first.
 */
static bool
came_in_by_right(const Replay *replay, Verdict *verdict)
{
	Gate		gate = *replay->gate;
	Rights		rights;
	const char *right;
	int			spot_no;
	Booking		stay;
	TimestampTz left_at;

	if (!gate.lets_in || strchr(replay->car_plate, PLATE_UNREAD))
		return false;
	rights_of_plate(&gate.parking_id, replay->car_plate, replay->at, &rights);
	right = walk_in_right(&gate, &rights);
	if (right == NULL)
		return false;

	spot_no = walk_in_spot(&gate.parking_id, NULL);
	if (spot_no == 0)
	{
		came_in_without_spot(replay, right, verdict);
		return true;
	}
	gate.senses_passage = false;	/* it has passed */
	walk_in_let(&gate, replay->car_plate, spot_no, right, replay->at, verdict);
	if (left_later(replay, &left_at) && booking_lock(&verdict->booking_id, &stay))
		complete_stay(&stay, left_at, OFFLINE_REASON);
	return true;
}

static void
follow_ended(const Replay *replay, Verdict *verdict)
{
	Booking		booking;

	if (find_ended(STMT_STAY_AROUND, replay, &booking))
		decide_on(verdict, "open", replay->gate->lets_in ? "entered" : "exited", &booking);
	else if (!replay->gate->lets_in && find_ended(STMT_HOLD_BEFORE, replay, &booking))
		was_here(replay, &booking, verdict);
	else if (replay->gate->lets_in && find_ended(STMT_HOLD_THAT_LAPSED, replay, &booking))
		came_in_after_all(replay, &booking, verdict);
	else if (!came_in_by_right(replay, verdict))
		verdict_set(verdict, "manual", "unknown_offline");
}

/* The caller holds the locks of the gate and of the plate that is meant. */
void
judge_happened(const Gate *gate, const PlateRead *read, const Match *match, TimestampTz now,
			   Verdict *verdict)
{
	Replay		replay = {gate, read, match->plate ? match->plate : read->car_plate,
	happened_at(read, now), now};
	const char *doubt = doubt_about_clock(read, now);
	Booking		booking;

	memset(verdict, 0, sizeof(*verdict));
	verdict->details = match->details;
	if (doubt)
		disbelieve(verdict, doubt);
	if (match->kind == MATCHED_UNCLEARLY)
		verdict_set(verdict, "manual", match->reason);
	else if (replay.car_plate == NULL)
		verdict_set(verdict, "manual", "plate_unreadable");
	else if (booking_lock_of_plate(&gate->parking_id, replay.car_plate, &booking))
		follow_active(&replay, &booking, verdict);
	else
		follow_ended(&replay, verdict);

	if (verdict->has_booking)
	{
		verdict->matched_plate = replay.car_plate;
		verdict->matched_by = match->by;
	}
}
