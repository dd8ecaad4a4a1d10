/*
 * allocation.c
 *		Get a spot of a lot for a new booking: a free one, or that of a hold
 *		that has lapsed.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "allocation.h"
#include "booking.h"
#include "errors.h"
#include "locks.h"
#include "spot_counter.h"

/* Rounds in which nobody is to be seen who holds a spot, before rows are locked by force. */
#define FRUITLESS_ROUNDS 3

/*
 * Releases a lapsed hold and claims its spot; 0 if others have all lapsed
 * holds locked, or if the spot just left service.
 */
static int
take_over_lapsed(const pg_uuid_t *parking_id, const char *kind, TimestampTz now)
{
	Booking		lapsed;

	if (!booking_pick_lapsed(parking_id, kind, now, &lapsed))
		return 0;
	booking_end(&lapsed, BOOKING_EXPIRED, now, "lapsed; its spot went to the next driver");
	spot_counter_give_back(&lapsed.spot);
	return spot_counter_claim_this(&lapsed.spot) ? lapsed.spot_no : 0;
}

static void
check_kind(const Availability *availability, const char *kind)
{
	if (!availability->has_kind)
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_KIND),
				 errmsg("the lot has no spots of kind \"%s\"", kind),
				 errhint("The kinds of a lot stand in smart_parking.spot.")));
}

/*
 * Nothing could be claimed at once.  Either the lot is full, which a snapshot
 * tells without a lock, or others hold what is free.  Those who have to wait
 * queue up on one lock for the lot and kind, so that one at a time watches
 * the holders; see waiting.c for what it waits for.
 */
static int
allocate_under_contention(const pg_uuid_t *parking_id, const char *kind)
{
	uint64		queue = lock_key(parking_id, kind, strlen(kind));
	bool		queued = false;
	int			fruitless = 0;
	int			spot_no = 0;

	for (;;)
	{
		TimestampTz now = GetCurrentTimestamp();
		Availability availability = spot_counter_availability(parking_id, kind, now);
		bool		by_force = fruitless >= FRUITLESS_ROUNDS;

		CHECK_FOR_INTERRUPTS();
		check_kind(&availability, kind);
		if (!availability.has_free && !availability.has_lapsed)
			break;

		if (availability.has_free)
			spot_no = spot_counter_claim_any(parking_id, kind, NULL, by_force);
		if (spot_no == 0 && availability.has_lapsed)
			spot_no = take_over_lapsed(parking_id, kind, now);
		if (spot_no != 0)
			break;

		/* the transaction's own snapshot will never show what is free now */
		if (IsolationUsesXactSnapshot())
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("could not serialize access due to concurrent reservations")));

		if (!queued)
		{
			lock_until_commit(LOCK_LOT_QUEUE, queue);
			queued = true;
		}
		else if (!(availability.has_free &&
				   spot_counter_wait_for_rival(parking_id, kind)) &&
				 !(availability.has_lapsed &&
				   booking_wait_for_lapsed(parking_id, kind, now)))
			fruitless++;
	}

	if (queued)
		unlock_early(LOCK_LOT_QUEUE, queue);
	return spot_no;
}

/*
 * Claims a spot of the lot; returns its number, or 0: at some instant during
 * the call no spot of this kind was free, lapsed holds counted as free.  view is
 * what the caller has seen of the slices, or NULL.
 */
int
allocate_spot(const pg_uuid_t *parking_id, const char *kind, const SlicesView *view)
{
	int			spot_no = spot_counter_claim_any(parking_id, kind, view, false);

	if (spot_no == 0)
		spot_no = allocate_under_contention(parking_id, kind);
	return spot_no;
}
