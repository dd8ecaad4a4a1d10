/*
 * access.c
 *		The access plane: decide on the plate that a camera read at a gate.
 *
 * No call here fails because of what a camera sends as a plate: every read is
 * put on record, unreadable ones for a person to look at.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "access.h"
#include "barrier.h"
#include "booking.h"
#include "correction.h"
#include "errors.h"
#include "judge.h"
#include "locks.h"
#include "movement.h"
#include "offline.h"
#include "passage.h"
#include "region_id.h"

PG_FUNCTION_INFO_V1(validate_plate);
PG_FUNCTION_INFO_V1(judge_read);

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

/* A person opens, whatever the verdict: that is kept as it would have been. */
static void
open_anyway(Verdict *verdict)
{
	if (!verdict_opens(verdict))
	{
		verdict->details = details_text(verdict->details, "verdict", verdict->reason);
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
			open_anyway(verdict);
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
	}
	else
	{
		match_read(gate, read, happened_at(read, now), &match);
		lock_plates(gate, read, &match, NULL);
		now = GetCurrentTimestamp();
		judge_happened(gate, read, &match, now, verdict);
		passage_begin(read, happened_at(read, now), verdict, &passage_id);
	}
	plate_read_record(read, &passage_id, now, verdict);
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
		return;

	if (read->happened)
	{
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
		(void) passage_by_id(&passage_id, &passage);
		now = GetCurrentTimestamp();
		judge_again(&gate, read, &match, &passage, &now, verdict);
	}
	else
	{
		lock_plates(&gate, read, &match, NULL);
		judge(&gate, read, &match, &now, verdict);
		if (read->attendant_reason)
			open_anyway(verdict);
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

Datum
verdict_row(Call *call, const Verdict *verdict)
{
	Datum		values[8] = {0};
	bool		nulls[8] = {false};

	values[0] = CStringGetTextDatum(verdict->decision);
	values[1] = CStringGetTextDatum(verdict->reason);
	if (verdict->has_booking)
	{
		values[2] = UUIDPGetDatum(&verdict->booking_id);
		values[3] = Int32GetDatum(verdict->spot_no);
		values[4] = CStringGetTextDatum(verdict->spot_label);
		values[5] = CStringGetTextDatum(verdict->matched_plate);
	}
	else
		memset(&nulls[2], true, 4);
	nulls[6] = !verdict->has_command;
	if (verdict->has_command)
		values[6] = UUIDPGetDatum(&verdict->command_id);
	nulls[7] = verdict->details == NULL;
	if (verdict->details)
		values[7] = DirectFunctionCall1(jsonb_in, CStringGetDatum(details_object(verdict->details)));
	return call_row(call, values, nulls);
}

/* The arguments that both functions have in common, in the same places. */
static void
read_arguments(FunctionCallInfo fcinfo, PlateRead *read)
{
	if (PG_NARGS() < 7)
		ereport(ERROR,
				(errcode(ERRCODE_SP_OUTDATED),
				 errmsg("the extension in this database is older than its library"),
				 errhint("ALTER EXTENSION smart_parking UPDATE")));
	require_argument(fcinfo, 0, "gate_id");
	require_argument(fcinfo, 2, "read_at");
	memset(read, 0, sizeof(*read));
	read->gate_id = *PG_GETARG_UUID_P(0);
	if (!PG_ARGISNULL(1))
		plate_read_set_plate(read, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	read->read_at = PG_GETARG_TIMESTAMPTZ(2);
	if (!PG_ARGISNULL(3))
		plate_read_set_confidence(read, PG_GETARG_FLOAT4(3));
	if (!PG_ARGISNULL(4))
		plate_read_set_event(read, text_to_cstring(PG_GETARG_TEXT_PP(4)));
	if (!PG_ARGISNULL(5))
		plate_read_set_candidates(read, PG_GETARG_DATUM(5));
	if (!PG_ARGISNULL(6))
		plate_read_set_vehicle(read, text_to_cstring(PG_GETARG_TEXT_PP(6)));
}

static char *
text_or_null(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

static Datum
judge_call(FunctionCallInfo fcinfo, Call *call, PlateRead *read)
{
	Verdict		verdict = {0};
	Datum		row;

	access_judge(read, &verdict);
	row = verdict_row(call, &verdict);
	call_end(call);
	return row;
}

Datum
validate_plate(PG_FUNCTION_ARGS)
{
	Call		call;
	PlateRead	read;

	call_begin(&call, fcinfo);
	call_connect(&call);
	read_arguments(fcinfo, &read);
	return judge_call(fcinfo, &call, &read);
}

Datum
judge_read(PG_FUNCTION_ARGS)
{
	Call		call;
	PlateRead	read;

	call_begin(&call, fcinfo);
	call_connect(&call);
	read_arguments(fcinfo, &read);
	if (!PG_ARGISNULL(7))
		read.linked_events = PG_GETARG_DATUM(7);
	read.camera = text_or_null(fcinfo, 8);
	read.format = text_or_null(fcinfo, 9);
	if (!PG_ARGISNULL(10))
		read.message = PG_GETARG_DATUM(10);
	read.problem = text_or_null(fcinfo, 11);
	read.happened = !PG_ARGISNULL(12) && PG_GETARG_BOOL(12);
	return judge_call(fcinfo, &call, &read);
}
