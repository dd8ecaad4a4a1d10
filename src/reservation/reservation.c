/*
 * reservation.c
 *		The reservation plane: hold a spot.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "core/allocation.h"
#include "core/booking.h"
#include "core/full_lots.h"
#include "core/hold.h"
#include "core/parking.h"
#include "core/spot_counter.h"
#include "plate/license_plate.h"
#include "server/answer_count.h"
#include "server/call.h"
#include "server/errors.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "request.h"

PG_FUNCTION_INFO_V1(reserve_spot);

static void
read_request(FunctionCallInfo fcinfo, Request *request)
{
	require_argument(fcinfo, 0, "parking_id");
	require_argument(fcinfo, 1, "user_id");
	require_argument(fcinfo, 2, "car_plate");
	require_argument(fcinfo, 4, "kind");
	request->parking_id = PG_GETARG_UUID_P(0);
	request->user_id = PG_GETARG_UUID_P(1);
	request->car_plate = text_to_cstring(license_plate_of_booking(PG_GETARG_TEXT_PP(2)));
	request->hold = PG_ARGISNULL(3) ? NULL : PG_GETARG_INTERVAL_P(3);
	request->kind = text_to_cstring(PG_GETARG_TEXT_PP(4));
	request->spot_no = 0;
	request->counted = true;
	request->request_id = PG_ARGISNULL(5) ? NULL : PG_GETARG_UUID_P(5);
}

/* A look, unless what was seen before tells. */
static bool
none_has_lapsed(const Request *request, TimestampTz now, Snapshot snapshot)
{
	PageWatch	watch;
	TimestampTz next_lapse;

	if (full_lots_none_lapsed(request->parking_id, request->kind, now))
		return true;
	if (booking_any_lapsed(request->parking_id, now, snapshot))
		return false;
	if (full_lots_wants_lapse(request->parking_id, request->kind))
	{
		page_watch_begin(&watch);
		if (booking_next_lapse(request->parking_id, snapshot, &next_lapse, &watch))
			full_lots_add_lapse(request->parking_id, request->kind, next_lapse, &watch);
	}
	return true;
}

/* No hold of the lot has lapsed, and the car has no booking here to be answered with. */
static bool
only_free_spots_count(const Request *request, TimestampTz now, Snapshot snapshot)
{
	pg_uuid_t	booking_id;
	bool		lapsed;

	return none_has_lapsed(request, now, snapshot) &&
		!booking_of_plate(request->parking_id, request->car_plate, now, snapshot,
						  &booking_id, &lapsed);
}

/*
 * Whether the request can be refused at once: the lot is open, at the
 * snapshot's instant nothing is free, and nothing else matters.  Takes no
 * lock, so that refusals by the thousand cost little.  If the answer is no,
 * what it saw is in *parking and *view.  Not for a snapshot that may be older
 * than the call.
 */
bool
is_plainly_full(const Request *request, TimestampTz now, Snapshot snapshot,
				Parking *parking, SlicesView *view)
{
	PageWatch	watch;

	if (request->request_id == NULL &&
		full_lots_has(request->parking_id, request->kind) &&
		only_free_spots_count(request, now, snapshot))
		return true;

	page_watch_begin(&watch);
	parking_read(request->parking_id, snapshot, &watch, parking);
	*view = spot_counter_look(request->parking_id, request->kind, parking->likely_slices,
							  snapshot, &watch);
	if (view->state != SLICES_EMPTY || !parking->is_open || request->request_id != NULL ||
		parking->has_queue)
		return false;			/* with a queue the answer has its length */
	full_lots_add(request->parking_id, request->kind, &watch);
	return only_free_spots_count(request, now, snapshot);
}

/* lapsed_id: the driver's own lapsed hold in this lot, or NULL. */
static void
hold_a_spot(const Request *request, const Parking *parking, const SlicesView *view,
			const pg_uuid_t *lapsed_id, Reply *reply)
{
	int			spot_no = lapsed_id ?
		allocate_after_own(request->parking_id, request->kind, lapsed_id) :
		allocate_spot(request->parking_id, request->kind, view);

	if (spot_no == 0)
		reply->outcome = "full";
	else
		hold_spot(request, parking, spot_no, GetCurrentTimestamp(), reply);
}

/* The request under its locks, by a snapshot and the clock taken after them. */
static void
reserve_locked(const Request *request, const Parking *parking, const SlicesView *view,
			   Reply *reply)
{
	Snapshot	snapshot = probe_snapshot();
	TimestampTz now = GetCurrentTimestamp();
	pg_uuid_t	booking_id;
	bool		found;
	bool		lapsed;

	if (request->request_id && find_earlier_request(request, reply))
	{
		UnregisterSnapshot(snapshot);
		return;
	}
	found = booking_of_plate(request->parking_id, request->car_plate, now, snapshot,
							 &booking_id, &lapsed);
	if (found && !lapsed && answer_with_active_booking(request, &booking_id, reply))
		 /* answered */ ;
	else if (!parking->is_open)
		reply->outcome = "closed";
	else if (!must_queue(request, parking, snapshot, reply))
	{
		check_holds_of_user(request, 1, now, snapshot);
		hold_a_spot(request, parking, view, found ? &booking_id : NULL, reply);
	}
	UnregisterSnapshot(snapshot);
}

/*
 * Under a snapshot of the whole transaction nothing is answered that is not
 * true of that and of now.  Nor is anything taken from memory: PostgreSQL has
 * to know what was read.
 */
static void
reserve_by_old_snapshot(const Request *request, Snapshot snapshot, Reply *reply)
{
	Parking		parking;
	Parking		latest;

	parking_read(request->parking_id, snapshot, NULL, &parking);
	lock_driver(request);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	parking_read(request->parking_id, snapshot, NULL, &latest);
	UnregisterSnapshot(snapshot);
	if (latest.is_open != parking.is_open)
		snapshot_is_outdated();
	reserve_locked(request, &parking, NULL, reply);
}

static void
reserve(Call *call, const Request *request, Reply *reply)
{
	/* then the clock: what has not lapsed by it had not at the snapshot's instant */
	Snapshot	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	TimestampTz now = GetCurrentTimestamp();
	Parking		parking;
	SlicesView	view;

	if (IsolationUsesXactSnapshot())
	{
		call_connect(call);
		reserve_by_old_snapshot(request, snapshot, reply);
	}
	else if (is_plainly_full(request, now, snapshot, &parking, &view))
		reply->outcome = "full";
	else
	{
		call_connect(call);
		lock_driver(request);
		reserve_locked(request, &parking, &view, reply);
	}
	UnregisterSnapshot(snapshot);
}

static Answer
answer_of(const Reply *reply)
{
	if (reply->repeated)
		return ANSWER_REPEATED;
	if (reply->has_spot)
		return strcmp(reply->outcome, "reserved") == 0 ? ANSWER_RESERVED : ANSWER_ALREADY_RESERVED;
	return strcmp(reply->outcome, "full") == 0 ? ANSWER_FULL : ANSWER_CLOSED;
}

Datum
reserve_spot(PG_FUNCTION_ARGS)
{
	Call		call;
	Request		request;
	Reply		reply = {0};
	Datum		row;

	call_begin(&call, fcinfo);
	read_request(fcinfo, &request);
	if (request.hold)
		(void) hold_end(call.now, request.hold);	/* an error, whatever the lot */
	reserve(&call, &request, &reply);

	count_answer(answer_of(&reply));
	row = reservation_row(&call, &reply);
	call_end(&call);
	return row;
}
