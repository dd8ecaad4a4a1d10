/*
 * group_spots.c
 *		Get spots of a lot for several new bookings, near each other, or none.
 *
 * Whoever holds several slices of a lot holds the lot's row, so that nobody
 * else in the lot does (docs/decisions.md, "Who waits for whom"): the others
 * hold one and wait for nothing.  So slices may be waited for here, in whatever
 * order.  Lapsed holds are taken over before, without waiting; where that is
 * what is missing, everything is taken back before one is waited for.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "server/attempt.h"
#include "server/errors.h"
#include "server/lock_order.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "server/tables.h"
#include "booking.h"
#include "group_choice.h"
#include "group_spots.h"
#include "parking.h"

typedef enum ClaimState
{
	CLAIM_FULL,
	CLAIM_HELD,					/* others hold what may be free, or were faster */
	CLAIM_LAPSED_HELD,			/* the same of lapsed holds */
	CLAIM_DONE
} ClaimState;

typedef struct Search
{
	const pg_uuid_t *parking_id;
	const char *kind;
	int			wanted;
	List	   *own_lapsed;		/* ids of lapsed holds of the group's cars */
	bool		wait;			/* for the slices */
	ClaimState	state;
	GroupSpot  *spots;
} Search;

/* Tries without waiting. */
#define MAX_TRIES 4

static Candidate *
add_candidate(Candidates *found, int spot_no, int slice_no)
{
	Candidate  *candidate;

	if (found->count == found->size)
	{
		found->size = Max(found->size * 2, 64);
		found->all = found->all ? repalloc(found->all, found->size * sizeof(Candidate)) :
			palloc(found->size * sizeof(Candidate));
	}
	candidate = &found->all[found->count++];
	memset(candidate, 0, sizeof(*candidate));
	candidate->at.spot_no = spot_no;
	candidate->at.slice_no = slice_no;
	return candidate;
}

static void
add_free(const Search *search, Snapshot snapshot, Candidates *found)
{
	Probe		probe = {0};
	bool		isnull;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(search->parking_id));
	probe_key(&probe, 2, BTEqualStrategyNumber, F_TEXTEQ, C_COLLATION_OID, CStringGetTextDatum(search->kind));
	probe_begin(&probe, "counter_slice", "counter_slice_pkey", snapshot);
	while (probe_next(&probe))
	{
		int			slice_no = DatumGetInt32(probe_column(&probe, Anum_counter_slice_slice_no, &isnull));
		int			first = DatumGetInt32(probe_column(&probe, Anum_counter_slice_first_spot_no, &isnull));
		uint64		map = (uint64) DatumGetInt64(probe_column(&probe, Anum_counter_slice_free_map, &isnull));
		bool		held = map != 0 && probe_row_is_held(&probe);

		found->has_kind = true;
		for (int i = 0; map != 0; i++, map >>= 1)
		{
			if (map & 1)
			{
				Candidate  *candidate = add_candidate(found, first + i, slice_no);

				candidate->bit = INT64CONST(1) << i;
				candidate->row = probe_row(&probe);
				candidate->held = held;
			}
		}
	}
	probe_end(&probe);
}

static void
add_lapsed(const Search *search, Snapshot snapshot, Candidates *found)
{
	Args		args = {0};
	uint64		count;

	arg_uuid(&args, search->parking_id);
	arg_text(&args, search->kind);
	arg_time(&args, GetCurrentTimestamp());
	count = run_statement_as_of(STMT_LAPSED_SPOTS, &args, snapshot);
	for (uint64 i = 0; i < count; i++)
	{
		Candidate  *candidate = add_candidate(found, DatumGetInt32(column_datum(i, 3)),
											  DatumGetInt32(column_datum(i, 4)));

		candidate->is_lapsed = true;
		candidate->booking_id = column_uuid(i, 1);
		candidate->row.place = *(ItemPointer) DatumGetPointer(column_datum(i, 2));
		candidate->row.snapshot = snapshot;
	}
}

static int
compare_candidates(const void *a, const void *b)
{
	return ((const Candidate *) a)->at.spot_no - ((const Candidate *) b)->at.spot_no;
}

/* All that could be had at the snapshot's instant, in the order of spot numbers. */
static Candidates
find_candidates(const Search *search, Snapshot snapshot)
{
	Candidates	found = {0};

	add_free(search, snapshot, &found);
	add_lapsed(search, snapshot, &found);
	if (found.count > 0)
		qsort(found.all, found.count, sizeof(Candidate), compare_candidates);
	return found;
}

/*
 * Whether the lot has too few spots, without a lock; an error if it has none of
 * the kind.  Under a snapshot of the whole transaction both that and now say so.
 */
bool
lot_is_full_for(const pg_uuid_t *parking_id, const char *kind, int wanted)
{
	Search		search = {parking_id, kind, wanted};
	Snapshot	snapshot = probe_snapshot();
	Candidates	found = find_candidates(&search, snapshot);
	bool		is_full = found.count < wanted;

	UnregisterSnapshot(snapshot);
	if (!found.has_kind)
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_KIND),
				 errmsg("the lot has no spots of kind \"%s\"", kind),
				 errhint("The kinds of a lot stand in smart_parking.spot.")));
	if (IsolationUsesXactSnapshot())
	{
		snapshot = RegisterSnapshot(GetLatestSnapshot());
		if ((find_candidates(&search, snapshot).count < wanted) != is_full)
			snapshot_is_outdated();
		UnregisterSnapshot(snapshot);
	}
	return is_full;
}

/* Without waiting. */
static bool
take_lapsed(Candidate *chosen)
{
	Booking		lapsed;
	TimestampTz now;

	if (!lock_row_version("booking", &chosen->row, false))
		return false;
	order_got_booking(&chosen->booking_id, true, false);
	if (!booking_lock(&chosen->booking_id, &lapsed))
		return false;
	now = GetCurrentTimestamp();
	if (!booking_has_lapsed(&lapsed, now) || !spot_in_service(&lapsed.parking_id, lapsed.spot_no))
		return false;
	booking_end(&lapsed, BOOKING_EXPIRED, now, "lapsed; its spot went to the next driver");
	return true;
}

/* All of one slice at once: its row is changed once. */
static bool
take_slice(const Search *search, Candidate *chosen, int from)
{
	SliceSpots	spots = {*search->parking_id, unconstify(char *, search->kind), chosen[from].at.slice_no, 0};

	for (int i = 0; i < search->wanted; i++)
	{
		if (chosen[i].is_lapsed || chosen[i].at.slice_no != spots.slice_no)
			continue;
		if (i < from)
			return true;		/* done already */
		spots.map |= chosen[i].bit;
	}
	return spot_counter_claim_seen(&spots, &chosen[from].row, false);
}

static ClaimState
take(const Search *search, Candidate *chosen)
{
	for (int i = 0; i < search->wanted; i++)
	{
		if (chosen[i].is_lapsed && !take_lapsed(&chosen[i]))
			return CLAIM_LAPSED_HELD;
	}
	for (int i = 0; i < search->wanted; i++)
	{
		if (!chosen[i].is_lapsed && !take_slice(search, chosen, i))
			return CLAIM_HELD;
	}
	for (int i = 0; i < search->wanted; i++)
		search->spots[i] = chosen[i].at;
	return CLAIM_DONE;
}

/* The cars' own lapsed holds end, and give their spots back: a plate is booked once in a lot. */
static void
end_own_lapsed(const Search *search)
{
	List	   *ended = NIL;
	ListCell   *cell;

	foreach(cell, search->own_lapsed)
	{
		Booking    *own = palloc(sizeof(Booking));
		TimestampTz now;

		if (!booking_lock(lfirst(cell), own))
			continue;
		now = GetCurrentTimestamp();
		if (!booking_has_lapsed(own, now))
			continue;
		booking_end(own, BOOKING_EXPIRED, now, "lapsed; the driver reserved again");
		ended = lappend(ended, own);
	}
	foreach(cell, ended)
	{
		spot_counter_give_back(&((Booking *) lfirst(cell))->spot);
	}
}

static void
lock_slices(const Search *search)
{
	Args		args = {0};

	arg_uuid(&args, search->parking_id);
	arg_text(&args, search->kind);
	order_wait_slice(0);
	run_statement(STMT_LOCK_SLICES, &args);
	order_hold_slice(0);
}

static bool
try_group(void *arg)
{
	Search	   *search = arg;
	Snapshot	snapshot;
	Candidates	found;
	Candidate  *chosen;

	end_own_lapsed(search);
	if (search->wait)
		lock_slices(search);
	snapshot = probe_snapshot();
	found = find_candidates(search, snapshot);
	chosen = choose_spots(&found, search->wanted, search->wait);
	if (chosen)
		search->state = take(search, chosen);
	else
		search->state = found.count < search->wanted ? CLAIM_FULL : CLAIM_HELD;
	UnregisterSnapshot(snapshot);
	return search->state == CLAIM_DONE;
}

/* Waits for a lapsed hold that somebody else has locked, and keeps nothing. */
static bool
wait_for_lapsed(void *arg)
{
	Search	   *search = arg;
	Booking		lapsed;

	(void) booking_lock_lapsed(search->parking_id, search->kind, GetCurrentTimestamp(), true, &lapsed);
	return false;
}

/*
 * Claims as many spots as are wanted, near each other if there are such; or
 * finds that there were too few at some instant during the call, and changes
 * nothing.  The caller holds the lot's row and has asked lot_is_full_for().
 */
bool
allocate_group(const pg_uuid_t *parking_id, const char *kind, int wanted, List *own_lapsed,
			   GroupSpot *spots)
{
	Search		search = {parking_id, kind, wanted, own_lapsed, false, CLAIM_HELD, spots};

	for (int tries = 0; !attempt(try_group, &search); tries++)
	{
		CHECK_FOR_INTERRUPTS();
		if (IsolationUsesXactSnapshot())
			snapshot_is_outdated();
		if (search.state == CLAIM_FULL)
			return false;
		search.wait = tries >= MAX_TRIES || search.state == CLAIM_HELD;
		if (search.state == CLAIM_LAPSED_HELD)
			(void) attempt(wait_for_lapsed, &search);
	}
	return true;
}
