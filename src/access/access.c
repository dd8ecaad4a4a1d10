/*
 * access.c
 *		The access plane: what every read at a gate goes through.
 *
 * No call here fails because of what a camera sends as a plate: every read is
 * put on record, unreadable ones for a person to look at.
 */
#include "postgres.h"

#include "access/decide/correction.h"
#include "access/decide/judge.h"
#include "access/decide/offline.h"
#include "access/decide/through.h"
#include "access/move/movement.h"
#include "access/recognise/passage.h"
#include "access/record/barrier.h"
#include "core/booking.h"
#include "core/command.h"
#include "core/region_id.h"
#include "server/locks.h"
#include "access.h"

static uint64
plate_key(const Gate *gate, const char *car_plate)
{
	return lock_key(&gate->parking_id, car_plate, strlen(car_plate));
}

/*
 * A reservation of the same plate in this lot waits for our verdict, and we
 * for it.  The passage's booking may have to be taken back, so it is locked
 * with the one that the read means, in the order of their keys.
 */
static void
lock_plates(const Gate *gate, const PlateRead *read, const Match *match, const Passage *passage)
{
	const char *meant = match->plate ? match->plate : read->car_plate;
	const char *bound = passage ? passage->verdict.matched_plate : NULL;

	if (meant == NULL)
		meant = bound;
	if (meant == NULL)
		return;
	lock_both(LOCK_PLATE_IN_LOT, plate_key(gate, meant), plate_key(gate, bound ? bound : meant));
}

/* The passage now rests on this read. */
static void
rest_on(Passage *passage, const PlateRead *read, const Verdict *verdict, Standing standing)
{
	passage->verdict = *verdict;
	if (standing == READ_AGREES)
		return;					/* counted by the caller */
	passage->car_plate = read->car_plate;
	passage->has_confidence = read->has_confidence;
	passage->confidence = read->confidence;
	passage->agreeing = read->car_plate ?
		plate_reads_agreeing(&passage->id, read->car_plate) + 1 : 1;
}

static void
agree(Passage *passage, const PlateRead *read)
{
	passage->agreeing++;
	if (read->has_confidence && (!passage->has_confidence || read->confidence > passage->confidence))
	{
		passage->confidence = read->confidence;
		passage->has_confidence = true;
	}
}

/* An order that nobody carried out, and that nobody will: the car still waits. */
static bool
waits_for_another_order(const Passage *passage, TimestampTz now)
{
	return passage->is_last && passage->verdict.has_command &&
		!passage_command_lives(passage, now) &&
		!passage_command_is(passage, "passed") && !passage_command_is(passage, "acknowledged");
}

/* Whether the verdict is to be worked out anew with this read. */
static bool
is_to_be_judged(const Gate *gate, const Passage *passage, Standing standing, TimestampTz now)
{
	/* who has gone, opened or not, is not let in by a late read */
	if (!passage->is_last || standing == READ_IS_NO_BETTER)
		return false;
	if (!verdict_opens(&passage->verdict))
		return true;
	return gate->senses_passage && waits_for_another_order(passage, now);
}

/*
 * A person opens, whatever the verdict: that is kept as it would have been.  A
 * car that comes in so comes in on its hold, if it has one.
 */
static void
open_anyway(const Gate *gate, const PlateRead *read, const Match *match, TimestampTz now,
			Verdict *verdict)
{
	const char *plate = match->plate ? match->plate : read->car_plate;
	Booking		booking;

	if (!verdict_opens(verdict))
	{
		verdict->details = details_text(verdict->details, "verdict", verdict->reason);
		if (gate->lets_in &&
			booking_lock_of_plate(&gate->parking_id, plate, &booking) &&
			booking.status == BOOKING_PENDING)
		{
			let_in(gate, &booking, now, "opened_manually", verdict);
			verdict->matched_plate = plate;
		}
		else
			verdict_set(verdict, "open", "opened_manually");
	}
	verdict->matched_by = "attendant";
}

/*
 * One more read of a passage: either its verdict stands, or this read is the
 * better one and the verdict is worked out anew.  What was opened stays open.
 */
static void
judge_again(const Gate *gate, const PlateRead *read, const Match *match, Passage *passage,
			TimestampTz *now, Verdict *verdict)
{
	Standing	standing = passage_weigh(passage, read, match);
	bool		judged = true;

	if (is_to_be_judged(gate, passage, standing, *now))
	{
		judge(gate, read, match, now, verdict);
		verdict->has_command = false;
		/* what was made for the first order is what the next one is about */
		if (passage->verdict.made_booking && verdict->has_booking &&
			memcmp(&verdict->booking_id, &passage->verdict.booking_id, UUID_LEN) == 0)
			verdict->made_booking = true;
		if (read->attendant_reason)
			open_anyway(gate, read, match, *now, verdict);
	}
	else
		judged = standing == READ_IS_BETTER && verdict_opens(&passage->verdict) &&
			rebind(gate, read, match, passage, *now, verdict);

	if (standing == READ_AGREES)
		agree(passage, read);
	if (judged)
		rest_on(passage, read, verdict, standing);
	else
	{
		*verdict = passage->verdict;
		verdict->matched_by = verdict->matched_by ? "passage" : NULL;
		if ((!gate->senses_passage && verdict_opens(verdict) && waits_for_another_order(passage, *now)) ||
			(read->attendant_reason && !passage_command_lives(passage, *now)))
			verdict->has_command = false;
	}
	passage_go_on(passage, read, *now);
}

/* Records the read, with the order to the barrier if there has to be one. */
static void
conclude(const Gate *gate, PlateRead *read, const pg_uuid_t *passage_id, TimestampTz now,
		 Verdict *verdict)
{
	plate_read_record(read, passage_id, now, verdict);
	if (!verdict_opens(verdict))
		verdict->has_command = false;
	else if (!verdict->has_command)
	{
		barrier_order(gate, passage_id, &read->id, read->attendant_reason, now, &verdict->command_id);
		verdict->has_command = true;
	}
}

/*
 * The gate says that a car went through on a read that had its answer before:
 * if the order that it got was not heard of since, this is what came of it.
 */
static void
follow_replay(const Gate *gate, const PlateRead *read, const pg_uuid_t *passage_id,
			  TimestampTz now)
{
	TimestampTz at = happened_at(read, now);
	Passage		passage;

	if (!gate->senses_passage || !passage_by_id(passage_id, &passage) ||
		!passage.verdict.has_command || passage_command_is(&passage, "passed"))
		return;
	command_end(&passage.verdict.command_id, "passed", NULL,
				details_text(NULL, "late", passage.command_state), now);
	follow_passage(gate, passage_id, &at, OFFLINE_REASON);
}

/* One more read of a passage that an offline gate reported. */
static void
join_replay(const PlateRead *read, Passage *passage, TimestampTz now, Verdict *verdict)
{
	const Match no_match = {MATCHED_NONE};

	*verdict = passage->verdict;
	verdict->matched_by = verdict->matched_by ? "passage" : NULL;
	verdict->has_command = false;
	if (passage_weigh(passage, read, &no_match) == READ_AGREES)
		agree(passage, read);
	passage_go_on(passage, read, passage->last_read_at);
}

/* The same as access_judge() for what an offline gate has done already. */
static void
access_replay(const Gate *gate, PlateRead *read, const pg_uuid_t *of_event, TimestampTz now,
			  Verdict *verdict)
{
	Match		match;
	Passage		passage;
	pg_uuid_t	passage_id;

	if (plate_read_replayed(read, verdict))
		return;
	region_id_beside(&gate->parking_id, now, &read->id);
	if (of_event ? passage_by_id(of_event, &passage) : offline_passage(gate, read, now, &passage))
	{
		passage_id = passage.id;
		join_replay(read, &passage, now, verdict);
		if (of_event && read->late == NULL)
			follow_replay(gate, read, of_event, now);
	}
	else
	{
		match_read(gate, read, happened_at(read, now), &match);
		lock_plates(gate, read, &match, NULL);
		now = GetCurrentTimestamp();
		judge_happened(gate, read, &match, now, verdict);
		passage_begin(read, happened_at(read, now), verdict, &passage_id);
	}
	if (read->late)
		verdict->details = details_text(verdict->details, "late", read->late);
	plate_read_record(read, &passage_id, now, verdict);
}

/* The passage as it is now. */
static void
read_again(Passage *passage)
{
	pg_uuid_t	id = passage->id;
	bool		is_guessed = passage->is_guessed;

	(void) passage_by_id(&id, passage);
	passage->is_guessed = is_guessed;
}

/* The clock was set back while the car stands there: its order is not over. */
static void
renew_order(Passage *passage, TimestampTz now)
{
	if (!passage->is_last || !passage_command_is_ahead(passage, now))
		return;
	barrier_renew(&passage->verdict.command_id, now);
	read_again(passage);
}

/* Judges a read and records it. */
void
access_judge(PlateRead *read, Verdict *verdict)
{
	Gate		gate;
	Match		match;
	Passage		passage;
	pg_uuid_t	passage_id;
	TimestampTz now;
	bool		known;

	gate_lock(&read->gate_id);
	gate_read(&read->gate_id, &gate);
	now = GetCurrentTimestamp();
	known = false;
	if (read->event_id && plate_read_seen(read, verdict, &passage_id, &known))
	{
		if (read->happened && read->late == NULL && known)
			follow_replay(&gate, read, &passage_id, now);
		return;
	}

	if (!read->happened && read->late == NULL && plate_read_is_backlog(read, now))
		read->late = "older than smart_parking.backlog_age";
	if (read->happened || read->late)
	{
		read->happened = true;
		access_replay(&gate, read, known ? &passage_id : NULL, now, verdict);
		return;
	}
	region_id_beside(&gate.parking_id, now, &read->id);
	match_read(&gate, read, now, &match);
	if (passage_of_read(&gate, read, &match, known ? &passage_id : NULL, now, &passage))
	{
		lock_plates(&gate, read, &match, &passage);
		/* while we waited its order may have been taken up, or come to its end */
		passage_id = passage.id;
		read_again(&passage);
		now = GetCurrentTimestamp();
		renew_order(&passage, now);
		judge_again(&gate, read, &match, &passage, &now, verdict);
	}
	else
	{
		lock_plates(&gate, read, &match, NULL);
		judge(&gate, read, &match, &now, verdict);
		if (read->attendant_reason)
			open_anyway(&gate, read, &match, now, verdict);
		passage_begin(read, now, verdict, &passage_id);
	}
	conclude(&gate, read, &passage_id, now, verdict);
}

/*
 * A person corrects a read after the fact: no order to the barrier comes of it.
 * False if its passage is not on record any more.
 */
bool
access_correct(PlateRead *read, const pg_uuid_t *passage_id, Verdict *verdict)
{
	Gate		gate;
	Match		match;
	Passage		passage;
	TimestampTz now;

	gate_lock(&read->gate_id);
	gate_read(&read->gate_id, &gate);
	now = GetCurrentTimestamp();
	if (!passage_by_id(passage_id, &passage))
		return false;
	region_id_beside(&gate.parking_id, now, &read->id);
	match_read(&gate, read, now, &match);
	lock_plates(&gate, read, &match, &passage);
	now = GetCurrentTimestamp();
	correct(&gate, read, &match, &passage, now, verdict);
	rest_on(&passage, read, verdict, READ_IS_BETTER);
	passage_go_on(&passage, read, passage.last_read_at);
	verdict->details = details_text(verdict->details, "correction", read->attendant_reason);
	plate_read_record(read, passage_id, now, verdict);
	return true;
}
