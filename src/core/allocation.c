/*
 * allocation.c
 *		Get a spot of a lot for a new booking: a free one, or that of a hold
 *		that has lapsed.
 *
 * Nobody waits here while holding a slice, but for who has given one back
 * under the lot's row (lock_lot).  Those who hold one and wait for another are
 * operators, who take slices in the order of their key, and those who end one
 * booking and wait for its slice.  So no circle of waiting closes
 * (docs/decisions.md).
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "server/attempt.h"
#include "server/errors.h"
#include "server/lock_order.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "allocation.h"
#include "booking.h"
#include "parking.h"
#include "spot_counter.h"

typedef struct Search
{
	const pg_uuid_t *parking_id;
	const char *kind;
	const pg_uuid_t *own_lapsed_id; /* the driver's own lapsed hold in the lot, or NULL */
	Availability seen;			/* when it was looked last */
	int			spot_no;		/* what was claimed, or 0 */
} Search;

/*
 * The spot of a lapsed hold goes to the new driver without passing through
 * the counter: it was taken before and is taken after.
 */
static int
take_over_lapsed(const Search *search, bool wait)
{
	Booking		lapsed;

	if (!booking_lock_lapsed(search->parking_id, search->kind, GetCurrentTimestamp(), wait,
							 &lapsed))
		return 0;
	if (IsolationUsesXactSnapshot() && !spot_in_service(search->parking_id, lapsed.spot_no))
		snapshot_is_outdated();
	booking_end(&lapsed, BOOKING_EXPIRED, GetCurrentTimestamp(),
				"lapsed; its spot went to the next driver");
	return lapsed.spot_no;
}

static bool
is_full(const Availability *seen)
{
	return !seen->has_free && !seen->has_lapsed;
}

/*
 * What the lot has as the transaction sees it.  "Full" has to be true during
 * the call, too: 40001 where an older snapshot has it otherwise.
 */
static Availability
look_at_lot(const Search *search)
{
	Snapshot	snapshot = probe_snapshot();
	TimestampTz now = GetCurrentTimestamp();
	Availability seen = spot_counter_availability(search->parking_id, search->kind, now, snapshot);
	Availability latest;

	UnregisterSnapshot(snapshot);
	if (IsolationUsesXactSnapshot())
	{
		latest = spot_counter_availability(search->parking_id, search->kind, now,
										   GetLatestSnapshot());
		if (is_full(&seen) != is_full(&latest))
			snapshot_is_outdated();
	}
	return seen;
}

/*
 * Claims a spot that nobody holds, or finds the lot full, which one snapshot
 * tells without a lock.  False if others hold what may be free.
 */
static bool
allocate_unheld(Search *search)
{
	search->seen = look_at_lot(search);
	if (!search->seen.has_kind)
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_KIND),
				 errmsg("the lot has no spots of kind \"%s\"", search->kind),
				 errhint("The kinds of a lot stand in smart_parking.spot.")));

	search->spot_no = 0;
	if (search->seen.has_free)
		search->spot_no = spot_counter_claim_any(search->parking_id, search->kind, NULL);
	if (search->spot_no == 0 && search->seen.has_lapsed)
		search->spot_no = take_over_lapsed(search, false);
	return search->spot_no != 0 || is_full(&search->seen);
}

/* Waits for one of those who hold what may be free; claims it if it is. */
static bool
allocate_after_rival(Search *search)
{
	if (search->seen.has_free)
		search->spot_no = spot_counter_claim_after_rival(search->parking_id, search->kind);
	else
		search->spot_no = take_over_lapsed(search, true);
	return search->spot_no != 0;
}

/*
 * Under a snapshot of the whole transaction, what comes free stays out of
 * sight.  Who has given a spot back in this call may wait for another slice,
 * not for a lapsed hold: who has that may wait for the slice given back.
 */
static void
before_waiting(const Search *search)
{
	CHECK_FOR_INTERRUPTS();
	if (holds_a_slice() && !search->seen.has_free)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not take over a lapsed hold that somebody else is changing"),
				 errhint("Repeat the call.")));
	if (IsolationUsesXactSnapshot())
		snapshot_is_outdated();
}

/*
 * Claims a spot of the lot; returns its number, or 0: at some instant during
 * the call no spot of this kind was free, lapsed holds counted as free.  view
 * is what the caller has seen of the slices, or NULL.
 *
 * Those who have to wait queue up on one lock for the lot and kind, so that
 * one at a time watches the holders.
 */
int
allocate_spot(const pg_uuid_t *parking_id, const char *kind, const SlicesView *view)
{
	Search		search = {parking_id, kind};
	uint64		queue = lock_key(parking_id, kind, strlen(kind));
	bool		queued = false;

	search.spot_no = spot_counter_claim_any(parking_id, kind, view);
	if (search.spot_no != 0)
		return search.spot_no;

	while (!allocate_unheld(&search))
	{
		before_waiting(&search);
		if (!queued && !holds_a_slice())
		{
			lock_until_commit(LOCK_LOT_QUEUE, queue);
			queued = true;
		}
		else if (allocate_after_rival(&search))
			break;
	}
	if (queued)
		unlock_early(LOCK_LOT_QUEUE, queue);
	return search.spot_no;
}

/*
 * The same without waiting.  0 with *busy: others hold what may be free, and
 * nothing is held here.
 */
int
allocate_at_hand(const pg_uuid_t *parking_id, const char *kind, const SlicesView *view, bool *busy)
{
	Search		search = {parking_id, kind};

	search.spot_no = spot_counter_claim_any(parking_id, kind, view);
	*busy = search.spot_no == 0 && !allocate_unheld(&search);
	return search.spot_no;
}

/* The driver's own lapsed hold ends; its spot suits if it is of this kind. */
static bool
allocate_over_own(void *arg)
{
	Search	   *search = arg;
	Booking		own;
	bool		locked = booking_lock(search->own_lapsed_id, &own);
	TimestampTz now = GetCurrentTimestamp();

	if (locked && booking_has_lapsed(&own, now))
	{
		booking_end(&own, BOOKING_EXPIRED, now, "lapsed; the driver reserved again");
		if (strcmp(own.spot.kind, search->kind) == 0 &&
			spot_in_service(search->parking_id, own.spot_no))
		{
			search->spot_no = own.spot_no;
			return true;
		}
		spot_counter_give_back(&own.spot);
	}
	return allocate_unheld(search);
}

static bool
only_wait(void *arg)
{
	(void) allocate_after_rival(arg);
	return false;
}

/*
 * The same for a driver who has a lapsed hold in the lot, which ends.  It has
 * to end before there is a new one, and giving its spot back holds a slice:
 * so that is taken back again before any waiting.
 */
int
allocate_after_own(const pg_uuid_t *parking_id, const char *kind, const pg_uuid_t *lapsed_id)
{
	Search		search = {parking_id, kind, lapsed_id};

	while (!attempt(allocate_over_own, &search))
	{
		before_waiting(&search);
		(void) attempt(only_wait, &search);
	}
	return search.spot_no;
}
