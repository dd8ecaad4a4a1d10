/*
 * request.c
 *		What calls for a spot have in common: the driver's locks, the answers
 *		that need no spot, the booking on one that was claimed.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "core/hold.h"
#include "core/queue.h"
#include "core/settings.h"
#include "server/answer_count.h"
#include "server/attempt.h"
#include "server/errors.h"
#include "server/locks.h"
#include "server/statements.h"
#include "request.h"

/*
 * What could change between the checks and the insert is locked before the
 * checks.  All of it belongs to one driver, so strangers never wait here.
 */
void
lock_driver(const Request *request)
{
	if (setting_max_holds_per_user > 0)
		lock_until_commit(LOCK_USER, lock_key(request->user_id, NULL, 0));
	if (request->request_id)
		lock_until_commit(LOCK_REQUEST, lock_key(request->request_id, NULL, 0));
	lock_until_commit(LOCK_PLATE_IN_LOT, plate_key(request));
}

uint64
plate_key(const Request *request)
{
	return lock_key(request->parking_id, request->car_plate, strlen(request->car_plate));
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

static void
reply_with(const char *outcome, const Booking *booking, Reply *reply)
{
	reply->outcome = outcome;
	reply->has_booking = true;
	reply->has_spot = true;
	reply->booking_id = booking->id;
	reply->spot_no = booking->spot_no;
	reply->spot_label = booking->spot_label;
	reply->expires_at = booking->expires_at;
}

void
other_request(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_SP_REQUEST_MISMATCH),
			 errmsg("this request_id was used for another request"),
			 errhint("Make a new request_id for each request, and repeat one only with the same arguments.")));
}

static bool
read_earlier_request(const Request *request, Booking *booking)
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
	if (request->spot_no > 0)
		arg_datum(&args, Int32GetDatum(request->spot_no));
	else
		arg_null(&args);
	if (run_statement(STMT_FIND_REQUEST, &args) == 0)
		return false;

	if (!DatumGetBool(column_datum(0, 4)))
		other_request();
	booking->id = column_uuid(0, 1);
	booking->status = booking_status_from_name(column_text(0, 2));
	booking->expires_at = DatumGetTimestampTz(column_datum(0, 3));
	return true;
}

/*
 * What became of a booking that answered a request: the first answer again
 * while it is active, how it ended from then on.  A hold that has lapsed is not
 * valid, swept or not.  False if it has changed meanwhile, and has to be read
 * anew.
 */
bool
reply_with_fate(Booking *booking, Reply *reply)
{
	reply->repeated = true;
	if (booking_has_lapsed(booking, GetCurrentTimestamp()))
		booking->status = BOOKING_EXPIRED;
	if (booking->status == BOOKING_PENDING || booking->status == BOOKING_CONFIRMED)
	{
		if (!attempt(lock_if_valid, booking))
			return false;
		reply_with("reserved", booking, reply);
		return true;
	}
	reply->outcome = booking_status_name(booking->status);
	reply->has_booking = true;
	reply->booking_id = booking->id;
	return true;
}

bool
find_earlier_request(const Request *request, Reply *reply)
{
	Booking		booking;

	do
	{
		if (!read_earlier_request(request, &booking))
			return false;
	} while (!reply_with_fate(&booking, reply));
	return true;
}

/*
 * The plate has a valid booking in this lot: answers with it, unless it is not
 * valid any more.  Then its row is left unlocked: who goes on to wait for a
 * spot holds no booking.
 */
bool
answer_with_active_booking(const Request *request, const pg_uuid_t *booking_id, Reply *reply)
{
	Booking		booking;

	booking.id = *booking_id;
	if (!attempt(lock_if_valid, &booking))
		return false;

	if (memcmp(&booking.user_id, request->user_id, UUID_LEN) != 0)
	{
		if (request->counted)
			count_answer(ANSWER_PLATE_TAKEN);
		ereport(ERROR,
				(errcode(ERRCODE_SP_PLATE_TAKEN),
				 errmsg("plate \"%s\" has an active booking of another user in this lot",
						request->car_plate),
				 errhint("Check the plate; a car can be expected in a lot once.")));
	}
	reply_with("already_reserved", &booking, reply);
	return true;
}

/* Newcomers do not overtake those who wait: the lot is full for them. */
bool
must_queue(const Request *request, const Parking *parking, Snapshot snapshot, Reply *reply)
{
	if (!parking->has_queue)
		return false;
	reply->queue_length = queue_length(request->parking_id, request->kind, snapshot);
	if (reply->queue_length == 0)
		return false;
	reply->outcome = "full";
	return true;
}

/* Counted further only where the plain count is past the limit. */
static bool
too_many_holds(const pg_uuid_t *user_id, int wanted, TimestampTz now, Snapshot snapshot)
{
	int			limit = setting_max_holds_per_user;

	if (booking_holds_of_user(user_id, now, limit, snapshot) + wanted <= limit)
		return false;
	return !setting_group_counts_once ||
		booking_holds_by_group(user_id, now, snapshot) + wanted > limit;
}

/* "wanted": as how many holds the new ones count. */
void
check_holds_of_user(const Request *request, int wanted, TimestampTz now, Snapshot snapshot)
{
	int			limit = setting_max_holds_per_user;

	if (limit == 0)
		return;
	if (too_many_holds(request->user_id, wanted, now, snapshot))
	{
		if (request->counted)
			count_answer(ANSWER_TOO_MANY_HOLDS);
		ereport(ERROR,
				(errcode(ERRCODE_SP_TOO_MANY_HOLDS),
				 wanted == 1 ? errmsg("this user has %d holds already", limit) :
				 errmsg("this user would have more than %d holds", limit),
				 errhint("Cancel one of them first; smart_parking.max_holds_per_user sets the limit.")));
	}
	if (IsolationUsesXactSnapshot())
	{
		snapshot = RegisterSnapshot(GetLatestSnapshot());
		if (too_many_holds(request->user_id, wanted, now, snapshot))
			snapshot_is_outdated();
		UnregisterSnapshot(snapshot);
	}
}

/*
 * Books a spot that this transaction has claimed.  The hold begins now, read
 * when there is nothing more to wait for.
 */
void
hold_spot(const Request *request, const Parking *parking, int spot_no, TimestampTz now,
		  Reply *reply)
{
	NewBooking	booking = {0};
	Interval	hold_duration = parking->hold_duration;

	reply->spot_label = spot_for_booking(request->parking_id, spot_no);
	booking.user_id = request->user_id;
	booking.parking_id = request->parking_id;
	booking.spot_no = spot_no;
	booking.car_plate = request->car_plate;
	booking.created_at = now;
	booking.expires_at = hold_end_capped(now, request->hold ? request->hold : &hold_duration);
	booking.request_id = request->request_id;
	booking.requested_hold = request->hold;
	booking_insert_hold(&booking, &reply->booking_id);

	reply->outcome = "reserved";
	reply->has_booking = true;
	reply->has_spot = true;
	reply->spot_no = spot_no;
	reply->expires_at = booking.expires_at;
}

/* A row of smart_parking.reservation. */
Datum
reservation_row(Call *call, const Reply *reply)
{
	Datum		values[RESERVATION_COLUMNS];
	bool		nulls[RESERVATION_COLUMNS];

	memset(nulls, true, sizeof(nulls));
	values[0] = CStringGetTextDatum(reply->outcome);
	nulls[0] = false;
	if (reply->has_booking)
	{
		values[1] = UUIDPGetDatum(&reply->booking_id);
		nulls[1] = false;
	}
	if (reply->has_spot)
	{
		values[2] = Int32GetDatum(reply->spot_no);
		values[3] = CStringGetTextDatum(reply->spot_label);
		values[4] = TimestampTzGetDatum(reply->expires_at);
		memset(&nulls[2], false, 3);
	}
	values[5] = Int32GetDatum(reply->queue_length);
	nulls[5] = reply->queue_length == 0;
	return call_row(call, values, nulls);
}
