/*
 * certain_spot.c
 *		The reservation plane: hold the spot that the driver has chosen.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "core/certain_spot.h"
#include "core/hold.h"
#include "plate/license_plate.h"
#include "server/attempt.h"
#include "server/errors.h"
#include "server/probe.h"
#include "server/statements.h"
#include "request.h"

PG_FUNCTION_INFO_V1(reserve_certain_spot);

/* What a step in a subtransaction needs to know. */
typedef struct Change
{
	const SliceSpots *spot;		/* the one that is wanted */
	int			spot_no;
	const pg_uuid_t *own_id;	/* the driver's own lapsed hold in the lot */
	bool		own_lives;		/* it was made good meanwhile */
} Change;

/* The spot by its number or its label, of which one is given. */
static int
find_spot(FunctionCallInfo fcinfo, const pg_uuid_t *parking_id, SliceSpots *spot)
{
	bool		by_no = !PG_ARGISNULL(3);
	Args		args = {0};
	uint64		found;

	arg_uuid(&args, parking_id);
	arg_datum(&args, by_no ? PG_GETARG_DATUM(3) : PG_GETARG_DATUM(4));
	found = run_statement(by_no ? STMT_SPOT_BY_NO : STMT_SPOT_BY_LABEL, &args);
	if (found == 0)
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_SPOT),
				 by_no ? errmsg("the lot has no spot %d", PG_GETARG_INT32(3)) :
				 errmsg("the lot has no spot with the label \"%s\"", text_to_cstring(PG_GETARG_TEXT_PP(4))),
				 errhint("Its spots stand in smart_parking.spot; retired ones are not given.")));
	if (found > 1)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("several spots of the lot have the label \"%s\"", text_to_cstring(PG_GETARG_TEXT_PP(4))),
				 errhint("Say which one by its number.")));
	spot->parking_id = *parking_id;
	spot->kind = column_text(0, 2);
	spot->slice_no = DatumGetInt32(column_datum(0, 3));
	spot->map = DatumGetInt64(column_datum(0, 4));
	return DatumGetInt32(column_datum(0, 1));
}

/*
 * The driver's own lapsed hold ends, and the wanted spot is claimed, in this
 * order, since a plate is booked once in a lot.
 */
static bool
take_instead_of_own(void *arg)
{
	Change	   *change = arg;
	Booking		own;
	TimestampTz now;
	bool		ended;

	if (!booking_lock(change->own_id, &own))
		return false;
	now = GetCurrentTimestamp();
	ended = booking_has_lapsed(&own, now);
	if (ended)
		booking_end(&own, BOOKING_EXPIRED, now, "lapsed; the driver reserved again");
	change->own_lives = !ended &&
		(own.status == BOOKING_PENDING || own.status == BOOKING_CONFIRMED);
	if (change->own_lives)
		return false;
	if (ended && own.spot_no == change->spot_no)
		return spot_in_service(&own.parking_id, own.spot_no);
	if (!allocate_certain_spot(change->spot, change->spot_no))
		return false;
	if (ended)
		spot_counter_give_back(&own.spot);
	return true;
}

/*
 * own_lapsed: the driver's own lapsed hold in this lot, or NULL.  Whoever
 * gives one spot back and claims another one locks the lot's row first; if the
 * wanted one is taken, all of that is taken back.
 */
static const char *
take_spot(const SliceSpots *spot, int spot_no, const pg_uuid_t *own_lapsed)
{
	Change		change = {spot, spot_no, own_lapsed};
	bool		got;

	if (own_lapsed == NULL)
		got = allocate_certain_spot(spot, spot_no);
	else
	{
		lock_lot(&spot->parking_id);
		got = attempt(take_instead_of_own, &change);
	}
	return got ? "reserved" : change.own_lives ? NULL : "taken";
}

/*
 * Under the driver's locks, by a snapshot and the clock taken after them.
 * Without an outcome the driver's own hold has changed: to be looked at again.
 */
static void
reserve_locked(const Request *request, const SliceSpots *spot, Reply *reply)
{
	Snapshot	snapshot = probe_snapshot();
	TimestampTz now = GetCurrentTimestamp();
	Parking		parking;
	pg_uuid_t	booking_id;
	bool		found;
	bool		lapsed;

	parking_read_latest(request->parking_id, &parking);
	found = booking_of_plate(request->parking_id, request->car_plate, now, snapshot,
							 &booking_id, &lapsed);
	if (found && !lapsed && answer_with_active_booking(request, &booking_id, reply))
		 /* answered */ ;
	else if (!parking.is_open)
		reply->outcome = "closed";
	else if (!must_queue(request, &parking, snapshot, reply))
	{
		check_holds_of_user(request, 1, now, snapshot);
		reply->outcome = take_spot(spot, request->spot_no, found ? &booking_id : NULL);
		if (reply->outcome && strcmp(reply->outcome, "reserved") == 0)
			hold_spot(request, &parking, request->spot_no, GetCurrentTimestamp(), reply);
	}
	UnregisterSnapshot(snapshot);
}

static void
read_request(FunctionCallInfo fcinfo, Request *request)
{
	require_argument(fcinfo, 0, "parking_id");
	require_argument(fcinfo, 1, "user_id");
	require_argument(fcinfo, 2, "car_plate");
	if (PG_ARGISNULL(3) == PG_ARGISNULL(4))
		ereport(ERROR,
				(errcode(PG_ARGISNULL(3) ? ERRCODE_SP_MISSING_ARGUMENT : ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("the spot is named by spot_no or by spot_label, by one of them"),
				 errhint("free_spots_of() lists numbers and labels.")));
	request->parking_id = PG_GETARG_UUID_P(0);
	request->user_id = PG_GETARG_UUID_P(1);
	request->car_plate = text_to_cstring(license_plate_of_car(PG_GETARG_TEXT_PP(2)));
	request->hold = PG_ARGISNULL(5) ? NULL : PG_GETARG_INTERVAL_P(5);
	request->request_id = PG_ARGISNULL(6) ? NULL : PG_GETARG_UUID_P(6);
}

Datum
reserve_certain_spot(PG_FUNCTION_ARGS)
{
	Call		call;
	Request		request = {0};
	Reply		reply = {0};
	SliceSpots	spot;
	Parking		parking;
	Datum		row;

	call_begin(&call, fcinfo);
	read_request(fcinfo, &request);
	if (request.hold)
		(void) hold_end(call.now, request.hold);	/* an error, whatever the lot */
	call_connect(&call);
	parking_read_latest(request.parking_id, &parking);	/* an error, if there is no such lot */
	request.spot_no = find_spot(fcinfo, request.parking_id, &spot);
	request.kind = spot.kind;
	lock_driver(&request);
	if (request.request_id)
		(void) find_earlier_request(&request, &reply);
	while (reply.outcome == NULL)
		reserve_locked(&request, &spot, &reply);
	row = reservation_row(&call, &reply);
	call_end(&call);
	return row;
}
