/*
 * nearby.c
 *		The reservation plane: hold a spot in the nearest lot that has one.
 *
 * Lots are tried nearest first.  While a lot is tried the plate is locked in
 * it, and in no other: so drivers who come from different sides do not close a
 * circle.  A lot whose free spots are all in other hands is passed over, and
 * waited for only when no lot has a spot at hand.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "core/allocation.h"
#include "core/hold.h"
#include "core/queue.h"
#include "core/reach.h"
#include "plate/license_plate.h"
#include "server/attempt.h"
#include "server/errors.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "request.h"

PG_FUNCTION_INFO_V1(reserve_nearby);

typedef enum LotState
{
	LOT_UNFIT,					/* without the kind, or closed by now */
	LOT_FULL,
	LOT_BUSY,					/* what may be free there is in other hands */
	LOT_TOOK_DRIVER
} LotState;

typedef struct Trial
{
	Request		request;		/* in the lot that is tried */
	const pg_uuid_t *request_id;
	float8		latitude;
	float8		longitude;
	float8		radius_m;
	bool		wait;			/* for those who hold what may be free */
	Parking		parking;
	SlicesView	view;
	bool		has_view;
	const pg_uuid_t *own_lapsed;	/* the driver's own lapsed hold there, or NULL */
	LotState	state;
	Reply		reply;
	pg_uuid_t	parking_id;		/* where the answer's booking is */
	float8		distance_m;
	int			count;			/* lots tried, and room for more */
	int			size;
	ReachLot   *tried;
	bool	   *busy;			/* of each of them */
} Trial;

static void
read_request(FunctionCallInfo fcinfo, Trial *trial)
{
	Request    *request = &trial->request;

	require_argument(fcinfo, 0, "latitude");
	require_argument(fcinfo, 1, "longitude");
	require_argument(fcinfo, 2, "user_id");
	require_argument(fcinfo, 3, "car_plate");
	require_argument(fcinfo, 4, "radius_m");
	require_argument(fcinfo, 5, "kind");
	trial->latitude = PG_GETARG_FLOAT8(0);
	trial->longitude = PG_GETARG_FLOAT8(1);
	check_coordinates(trial->latitude, trial->longitude);
	request->user_id = PG_GETARG_UUID_P(2);
	request->car_plate = text_to_cstring(license_plate_of_car(PG_GETARG_TEXT_PP(3)));
	trial->radius_m = PG_GETARG_FLOAT8(4);
	check_radius(trial->radius_m);
	request->kind = text_to_cstring(PG_GETARG_TEXT_PP(5));
	request->hold = PG_ARGISNULL(6) ? NULL : PG_GETARG_INTERVAL_P(6);
	trial->request_id = PG_ARGISNULL(7) ? NULL : PG_GETARG_UUID_P(7);
}

/*
 * The driver's requests come one after the other: the same car must not get a
 * spot in each of two lots because it asked twice.
 */
static void
lock_request(const Trial *trial)
{
	lock_until_commit(LOCK_USER, lock_key(trial->request.user_id, NULL, 0));
	if (trial->request_id)
		lock_until_commit(LOCK_REQUEST, lock_key(trial->request_id, NULL, 0));
}

static bool
answer_earlier_request(Trial *trial)
{
	Request		request = trial->request;
	Args		args = {0};

	request.request_id = trial->request_id;
	if (!find_earlier_request(&request, &trial->reply))
		return false;
	arg_uuid(&args, &trial->reply.booking_id);
	(void) run_statement(STMT_PLATE_OF_BOOKING, &args);
	trial->parking_id = column_uuid(0, 2);
	return true;
}

/* The car has a valid booking of this user in reach. */
static bool
answer_with_booking_in_reach(Trial *trial)
{
	static const pg_uuid_t no_lot = {{0}};
	Snapshot	snapshot = probe_snapshot();
	TimestampTz now = GetCurrentTimestamp();
	Request		request = trial->request;
	Args		args = {0};
	pg_uuid_t	id;
	bool		found = booking_elsewhere(&no_lot, request.car_plate, now, snapshot, &id,
										  &trial->parking_id);

	UnregisterSnapshot(snapshot);
	if (!found)
		return false;
	arg_datum(&args, Float8GetDatum(trial->latitude));
	arg_datum(&args, Float8GetDatum(trial->longitude));
	arg_datum(&args, Float8GetDatum(trial->radius_m));
	arg_text(&args, request.car_plate);
	arg_uuid(&args, request.user_id);
	arg_time(&args, now);
	if (run_statement(STMT_ACTIVE_IN_REACH, &args) == 0)
		return false;
	id = column_uuid(0, 1);
	trial->parking_id = column_uuid(0, 2);
	return answer_with_active_booking(&request, &id, &trial->reply);
}

static int
spot_in_lot(Trial *trial)
{
	const Request *request = &trial->request;
	const SlicesView *view = trial->has_view ? &trial->view : NULL;
	bool		busy = false;
	int			spot_no;

	if (trial->own_lapsed)
		spot_no = allocate_after_own(request->parking_id, request->kind, trial->own_lapsed);
	else if (trial->wait)
		spot_no = allocate_spot(request->parking_id, request->kind, view);
	else
		spot_no = allocate_at_hand(request->parking_id, request->kind, view, &busy);
	if (spot_no == 0)
		trial->state = busy ? LOT_BUSY : LOT_FULL;
	return spot_no;
}

static bool
hold_in_lot(void *arg)
{
	Trial	   *trial = arg;
	Request		request = trial->request;
	int			spot_no = spot_in_lot(trial);

	request.request_id = trial->request_id;
	if (spot_no != 0)
		hold_spot(&request, &trial->parking, spot_no, GetCurrentTimestamp(), &trial->reply);
	return spot_no != 0;
}

/* Under the lock of the plate in this lot. */
static void
try_locked(Trial *trial)
{
	Request		request = trial->request;
	Snapshot	snapshot = probe_snapshot();
	TimestampTz now = GetCurrentTimestamp();
	pg_uuid_t	booking_id;
	bool		lapsed;
	bool		found = booking_of_plate(request.parking_id, request.car_plate, now, snapshot,
										 &booking_id, &lapsed);

	trial->own_lapsed = found ? &booking_id : NULL;
	if (found && !lapsed && answer_with_active_booking(&request, &booking_id, &trial->reply))
		 /* answered */ ;
	else if (!trial->parking.is_open)
		trial->state = LOT_UNFIT;
	else if (trial->parking.has_queue &&
			 queue_length(request.parking_id, request.kind, snapshot) > 0)
		trial->state = LOT_FULL;
	else if (found)
		(void) attempt(hold_in_lot, trial); /* or that hold stays as it is */
	else
		(void) hold_in_lot(trial);
	trial->own_lapsed = NULL;
	UnregisterSnapshot(snapshot);
}

/*
 * Tries one lot; the answer is in trial->state.  Where it is no, nothing is
 * held, the plate's lock included.
 */
static void
try_lot(Trial *trial, const ReachLot *lot)
{
	Snapshot	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	TimestampTz now = GetCurrentTimestamp();
	uint64		key;

	CHECK_FOR_INTERRUPTS();
	trial->parking_id = lot->id;
	trial->request.parking_id = &trial->parking_id;
	trial->state = LOT_TOOK_DRIVER;
	trial->has_view = !IsolationUsesXactSnapshot();
	if (!trial->has_view)
	{
		parking_read_latest(&lot->id, &trial->parking);
		if (!spot_counter_has_kind(&lot->id, trial->request.kind))
			trial->state = LOT_UNFIT;
	}
	else if (is_plainly_full(&trial->request, now, snapshot, &trial->parking, &trial->view))
		trial->state = LOT_FULL;
	else if (trial->view.state == NO_SLICES)
		trial->state = LOT_UNFIT;
	if (trial->state == LOT_TOOK_DRIVER)
	{
		key = plate_key(&trial->request);
		lock_until_commit(LOCK_PLATE_IN_LOT, key);
		try_locked(trial);
		if (trial->state != LOT_TOOK_DRIVER)
			unlock_early(LOCK_PLATE_IN_LOT, key);
	}
	UnregisterSnapshot(snapshot);
	trial->distance_m = lot->distance_m;
}

static void
note_lot(Trial *trial, const ReachLot *lot)
{
	if (trial->count == trial->size)
	{
		trial->size = Max(trial->size * 2, 16);
		trial->tried = trial->tried ? repalloc(trial->tried, trial->size * sizeof(ReachLot)) :
			palloc(trial->size * sizeof(ReachLot));
		trial->busy = trial->busy ? repalloc(trial->busy, trial->size * sizeof(bool)) :
			palloc(trial->size * sizeof(bool));
	}
	trial->tried[trial->count] = *lot;
	trial->busy[trial->count++] = trial->state == LOT_BUSY;
}

static void
try_lots(Trial *trial)
{
	Reach		reach;
	ReachLot	lot;

	trial->state = LOT_UNFIT;
	reach_begin(&reach, trial->latitude, trial->longitude, trial->radius_m);
	while (trial->state != LOT_TOOK_DRIVER && reach_next(&reach, &lot))
	{
		try_lot(trial, &lot);
		if (trial->state != LOT_UNFIT)
			note_lot(trial, &lot);
	}
	reach_end(&reach);
	trial->wait = true;
	for (int i = 0; i < trial->count && trial->state != LOT_TOOK_DRIVER; i++)
	{
		if (trial->busy[i])
			try_lot(trial, &trial->tried[i]);
	}
	if (trial->state != LOT_TOOK_DRIVER)
		trial->reply.outcome = trial->count > 0 ? "full" : "no_parking";
}

static void
reserve(Trial *trial)
{
	Snapshot	snapshot;

	lock_request(trial);
	if (trial->request_id && answer_earlier_request(trial))
		return;
	if (answer_with_booking_in_reach(trial))
		return;
	snapshot = probe_snapshot();
	check_holds_of_user(&trial->request, 1, GetCurrentTimestamp(), snapshot);
	UnregisterSnapshot(snapshot);
	try_lots(trial);
}

static Datum
tried_lots(const Trial *trial)
{
	Datum	   *ids = palloc(sizeof(Datum) * Max(trial->count, 1));

	for (int i = 0; i < trial->count; i++)
		ids[i] = UUIDPGetDatum(&trial->tried[i].id);
	return PointerGetDatum(construct_array(ids, trial->count, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR));
}

Datum
reserve_nearby(PG_FUNCTION_ARGS)
{
	Call		call;
	Trial		trial = {0};
	const Reply *reply = &trial.reply;
	Datum		values[8];
	bool		nulls[8];
	Datum		row;

	call_begin(&call, fcinfo);
	read_request(fcinfo, &trial);
	if (trial.request.hold)
		(void) hold_end(call.now, trial.request.hold);	/* an error, whatever the lot */
	call_connect(&call);
	reserve(&trial);

	values[0] = CStringGetTextDatum(reply->outcome);
	values[1] = UUIDPGetDatum(&trial.parking_id);
	values[2] = UUIDPGetDatum(&reply->booking_id);
	values[3] = Int32GetDatum(reply->spot_no);
	values[4] = reply->has_spot ? CStringGetTextDatum(reply->spot_label) : (Datum) 0;
	values[5] = TimestampTzGetDatum(reply->expires_at);
	values[6] = Float8GetDatum(trial.distance_m);
	values[7] = tried_lots(&trial);
	nulls[0] = nulls[7] = false;
	nulls[1] = nulls[2] = !reply->has_booking;
	nulls[3] = nulls[4] = nulls[5] = !reply->has_spot;
	nulls[6] = !reply->has_booking || trial.count == 0;
	row = call_row(&call, values, nulls);
	call_end(&call);
	return row;
}
