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
#include "core/settings.h"
#include "core/spot_counter.h"
#include "plate/license_plate.h"
#include "server/answer_count.h"
#include "server/attempt.h"
#include "server/call.h"
#include "server/errors.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"

PG_FUNCTION_INFO_V1(reserve_spot);

typedef struct Request
{
	pg_uuid_t  *parking_id;
	pg_uuid_t  *user_id;
	char	   *car_plate;		/* canonical */
	Interval   *hold;			/* NULL: the lot's */
	char	   *kind;
	pg_uuid_t  *request_id;		/* or NULL */
} Request;

/* errors have none */
static const char *const outcomes[NUM_ANSWERS] = {
	[ANSWER_RESERVED] = "reserved",
	[ANSWER_REPEATED] = "reserved",
	[ANSWER_ALREADY_RESERVED] = "already_reserved",
	[ANSWER_FULL] = "full",
	[ANSWER_CLOSED] = "closed",
};

typedef struct Reply
{
	Answer		answer;
	bool		has_booking;
	pg_uuid_t	booking_id;
	int			spot_no;
	char	   *spot_label;
	TimestampTz expires_at;
} Reply;

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
	request->request_id = PG_ARGISNULL(5) ? NULL : PG_GETARG_UUID_P(5);
}

/*
 * What could change between the checks and the insert is locked before the
 * checks.  All of it belongs to one driver, so strangers never wait here.
 */
static void
lock_request(const Request *request)
{
	if (setting_max_holds_per_user > 0)
		lock_until_commit(LOCK_USER, lock_key(request->user_id, NULL, 0));
	if (request->request_id)
		lock_until_commit(LOCK_REQUEST, lock_key(request->request_id, NULL, 0));
	lock_until_commit(LOCK_PLATE_IN_LOT,
					  lock_key(request->parking_id, request->car_plate,
							   strlen(request->car_plate)));
}

static bool
find_earlier_request(const Request *request, Reply *reply)
{
	Args		args = {0};

	arg_uuid(&args, request->request_id);
	arg_uuid(&args, request->user_id);
	arg_uuid(&args, request->parking_id);
	arg_text(&args, request->car_plate);
	arg_text(&args, request->kind);
	if (request->hold)
		arg_datum(&args, IntervalPGetDatum(request->hold));
	else
		arg_null(&args);
	if (run_statement(STMT_FIND_REQUEST, &args) == 0)
		return false;

	if (!DatumGetBool(column_datum(0, 5)))
		ereport(ERROR,
				(errcode(ERRCODE_SP_REQUEST_MISMATCH),
				 errmsg("this request_id was used for another request"),
				 errhint("Make a new request_id for each request, and repeat one only with the same arguments.")));
	reply->answer = ANSWER_REPEATED;
	reply->has_booking = true;
	reply->booking_id = column_uuid(0, 1);
	reply->spot_no = DatumGetInt32(column_datum(0, 2));
	reply->spot_label = column_text(0, 3);
	reply->expires_at = DatumGetTimestampTz(column_datum(0, 4));
	return true;
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
static bool
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
	if (view->state != SLICES_EMPTY || !parking->is_open || request->request_id != NULL)
		return false;
	full_lots_add(request->parking_id, request->kind, &watch);
	return only_free_spots_count(request, now, snapshot);
}

/* Locks a booking, unless it ends or lapses while we wait for its row. */
static bool
lock_if_valid(void *arg)
{
	Booking    *booking = arg;

	return booking_lock(&booking->id, booking) &&
		(booking->status == BOOKING_PENDING || booking->status == BOOKING_CONFIRMED) &&
		!booking_has_lapsed(booking, GetCurrentTimestamp());
}

/*
 * The plate has a valid booking in this lot: answers with it, unless it is not
 * valid any more.  Then its row is left unlocked: who goes on to wait for a
 * spot holds no booking.
 */
static bool
answer_with_active_booking(const Request *request, const pg_uuid_t *booking_id, Reply *reply)
{
	Booking		booking;

	booking.id = *booking_id;
	if (!attempt(lock_if_valid, &booking))
		return false;

	if (memcmp(&booking.user_id, request->user_id, UUID_LEN) != 0)
	{
		count_answer(ANSWER_PLATE_TAKEN);
		ereport(ERROR,
				(errcode(ERRCODE_SP_PLATE_TAKEN),
				 errmsg("plate \"%s\" has an active booking of another user in this lot",
						request->car_plate),
				 errhint("Check the plate; a car can be expected in a lot once.")));
	}
	reply->answer = ANSWER_ALREADY_RESERVED;
	reply->has_booking = true;
	reply->booking_id = booking.id;
	reply->spot_no = booking.spot_no;
	reply->spot_label = booking.spot_label;
	reply->expires_at = booking.expires_at;
	return true;
}

static void
check_holds_of_user(const Request *request, TimestampTz now, Snapshot snapshot)
{
	int			limit = setting_max_holds_per_user;

	if (limit == 0)
		return;
	if (booking_holds_of_user(request->user_id, now, limit, snapshot) >= limit)
	{
		count_answer(ANSWER_TOO_MANY_HOLDS);
		ereport(ERROR,
				(errcode(ERRCODE_SP_TOO_MANY_HOLDS),
				 errmsg("this user has %d holds already", limit),
				 errhint("Cancel one of them first; smart_parking.max_holds_per_user sets the limit.")));
	}
	if (IsolationUsesXactSnapshot())
	{
		snapshot = RegisterSnapshot(GetLatestSnapshot());
		if (booking_holds_of_user(request->user_id, now, limit, snapshot) >= limit)
			snapshot_is_outdated();
		UnregisterSnapshot(snapshot);
	}
}

/*
 * lapsed_id: the driver's own lapsed hold in this lot, or NULL.  The hold begins
 * when there is nothing more to wait for.
 */
static void
hold_a_spot(const Request *request, const Parking *parking, const SlicesView *view,
			const pg_uuid_t *lapsed_id, Reply *reply)
{
	NewBooking	booking = {0};
	Interval	hold_duration = parking->hold_duration;
	TimestampTz now;

	booking.spot_no = lapsed_id ?
		allocate_after_own(request->parking_id, request->kind, lapsed_id) :
		allocate_spot(request->parking_id, request->kind, view);
	if (booking.spot_no == 0)
	{
		reply->answer = ANSWER_FULL;
		return;
	}

	reply->spot_label = spot_for_booking(request->parking_id, booking.spot_no);
	now = GetCurrentTimestamp();
	booking.user_id = request->user_id;
	booking.parking_id = request->parking_id;
	booking.car_plate = request->car_plate;
	booking.created_at = now;
	booking.expires_at = request->hold ? hold_end(now, request->hold) :
		hold_end_capped(now, &hold_duration);
	booking.request_id = request->request_id;
	booking.requested_hold = request->hold;
	booking_insert_hold(&booking, &reply->booking_id);

	reply->answer = ANSWER_RESERVED;
	reply->has_booking = true;
	reply->spot_no = booking.spot_no;
	reply->expires_at = booking.expires_at;
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
		reply->answer = ANSWER_CLOSED;
	else
	{
		check_holds_of_user(request, now, snapshot);
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
	lock_request(request);
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
		reply->answer = ANSWER_FULL;
	else
	{
		call_connect(call);
		lock_request(request);
		reserve_locked(request, &parking, &view, reply);
	}
	UnregisterSnapshot(snapshot);
}

Datum
reserve_spot(PG_FUNCTION_ARGS)
{
	Call		call;
	Request		request;
	Reply		reply = {0};
	Datum		values[5];
	bool		nulls[5] = {false};
	Datum		row;

	call_begin(&call, fcinfo);
	read_request(fcinfo, &request);
	if (request.hold)
		(void) hold_end(call.now, request.hold);	/* an error, whatever the lot */
	reserve(&call, &request, &reply);

	count_answer(reply.answer);
	values[0] = CStringGetTextDatum(outcomes[reply.answer]);
	if (reply.has_booking)
	{
		values[1] = UUIDPGetDatum(&reply.booking_id);
		values[2] = Int32GetDatum(reply.spot_no);
		values[3] = CStringGetTextDatum(reply.spot_label);
		values[4] = TimestampTzGetDatum(reply.expires_at);
	}
	else
		memset(&nulls[1], true, 4);

	row = call_row(&call, values, nulls);
	call_end(&call);
	return row;
}
