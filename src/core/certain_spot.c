/*
 * certain_spot.c
 *		Get one certain spot of a lot for a new booking: it is free, or that of
 *		a hold that has lapsed.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"

#include "server/attempt.h"
#include "booking.h"
#include "certain_spot.h"
#include "parking.h"

typedef enum SpotState
{
	SPOT_FREE,
	SPOT_LAPSED,				/* a hold stands on it that has lapsed */
	SPOT_TAKEN					/* or out of service */
} SpotState;

typedef struct SpotView
{
	RowVersion	slice;			/* if SPOT_FREE */
	pg_uuid_t	booking_id;		/* if SPOT_LAPSED */
} SpotView;

/* All of it at one instant: a hold that has not lapsed by the clock had not at the snapshot's. */
static SpotState
look_at_spot(const SliceSpots *spot, int spot_no, Snapshot snapshot, SpotView *view)
{
	LiveBooking booking;

	if (spot_counter_is_free(spot, snapshot, &view->slice))
		return SPOT_FREE;
	if (!booking_standing_on(&spot->parking_id, spot_no, snapshot, &booking) || booking.inside ||
		booking.expires_at > GetCurrentTimestamp() ||
		!spot_can_be_given(&spot->parking_id, spot_no, NULL, snapshot))
		return SPOT_TAKEN;
	view->booking_id = booking.id;
	return SPOT_LAPSED;
}

/* "Taken" and its opposite have to be true by the transaction's snapshot and now. */
static void
check_latest(const SliceSpots *spot, int spot_no, SpotState seen)
{
	Snapshot	latest = RegisterSnapshot(GetLatestSnapshot());
	SpotView	view;

	if ((look_at_spot(spot, spot_no, latest, &view) == SPOT_TAKEN) != (seen == SPOT_TAKEN))
		snapshot_is_outdated();
	UnregisterSnapshot(latest);
}

/* The spot does not pass through the counter: it was taken before and is taken after. */
static bool
take_over(void *arg)
{
	SpotView   *view = arg;
	Booking		lapsed;
	TimestampTz now;

	if (!booking_lock(&view->booking_id, &lapsed))
		return false;
	now = GetCurrentTimestamp();
	if (!booking_has_lapsed(&lapsed, now) || !spot_in_service(&lapsed.parking_id, lapsed.spot_no))
		return false;
	booking_end(&lapsed, BOOKING_EXPIRED, now, "lapsed; its spot went to the next driver");
	return true;
}

/*
 * Claims the spot, or takes it over from a hold that has lapsed.  False if it
 * was taken, or out of service, at some instant during the call.  Waits for who
 * holds its slice or that hold; if the answer is false, nothing is held.
 */
bool
allocate_certain_spot(const SliceSpots *spot, int spot_no)
{
	SpotState	state;
	bool		done = false;

	do
	{
		Snapshot	snapshot = probe_snapshot();
		SpotView	view;

		CHECK_FOR_INTERRUPTS();
		state = look_at_spot(spot, spot_no, snapshot, &view);
		if (IsolationUsesXactSnapshot())
			check_latest(spot, spot_no, state);
		if (state == SPOT_FREE)
			done = spot_counter_claim_seen(spot, &view.slice, true);
		else if (state == SPOT_LAPSED)
			done = attempt(take_over, &view);
		UnregisterSnapshot(snapshot);
		if (!done && state != SPOT_TAKEN && IsolationUsesXactSnapshot())
			snapshot_is_outdated();
	} while (!done && state != SPOT_TAKEN);
	return done;
}
