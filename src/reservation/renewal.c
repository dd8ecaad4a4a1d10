/*
 * renewal.c
 *		The reservation plane: a hold that has just lapsed is made good.
 *
 * As at the gate, within reacquire_window: the same spot if nobody has it, else
 * another one of the kind.  The new hold is a booking of its own, since an end
 * is final, and a hold's whole life has a limit.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "core/allocation.h"
#include "core/certain_spot.h"
#include "core/hold.h"
#include "server/attempt.h"
#include "server/details.h"
#include "server/errors.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "request.h"

PG_FUNCTION_INFO_V1(renew_hold);

/* The hold that is to be made good. */
typedef struct Lapsed
{
	const pg_uuid_t *id;
	pg_uuid_t	parking_id;
	pg_uuid_t	user_id;
	Interval	requested_hold;
	const char *status;
	int			spot_no;
	TimestampTz expires_at;
	Request		request;		/* what it was made by */
} Lapsed;

/* Not locked: what has to be locked first stands in it. */
static void
read_hold(Lapsed *lapsed)
{
	Request    *request = &lapsed->request;
	Args		args = {0};

	arg_uuid(&args, lapsed->id);
	if (run_statement(STMT_HOLD_TO_RENEW, &args) == 0)
		unknown_booking(lapsed->id);
	lapsed->parking_id = column_uuid(0, 1);
	lapsed->user_id = column_uuid(0, 2);
	request->parking_id = &lapsed->parking_id;
	request->user_id = &lapsed->user_id;
	request->car_plate = column_text(0, 3);
	request->hold = NULL;
	if (!column_is_null(0, 4))
	{
		lapsed->requested_hold = *DatumGetIntervalP(column_datum(0, 4));
		request->hold = &lapsed->requested_hold;
	}
	request->kind = column_text(0, 5);
	lapsed->status = column_text(0, 6);
	lapsed->spot_no = DatumGetInt32(column_datum(0, 7));
	lapsed->expires_at = DatumGetTimestampTz(column_datum(0, 8));
}

/* The driver may have come with another car until the hold lapsed. */
static void
lock_hold(Lapsed *lapsed)
{
	char	   *car_plate;

	read_hold(lapsed);
	car_plate = lapsed->request.car_plate;
	lock_driver(&lapsed->request);
	read_hold(lapsed);
	if (strcmp(lapsed->request.car_plate, car_plate) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not renew the hold due to a concurrent change of its plate")));
}

static void
refuse(const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_SP_INVALID_TRANSITION),
			 errmsg("the hold cannot be renewed: %s", why),
			 errhint("A hold can be renewed for as long as smart_parking.reacquire_window after it lapsed, once; reserve_spot makes a new one.")));
}

/* Nobody has released it yet, so it still has its spot. */
static bool
take_over_own(void *arg)
{
	Lapsed	   *lapsed = arg;
	Booking		own;
	TimestampTz now;

	if (!booking_lock(lapsed->id, &own))
		return false;
	now = GetCurrentTimestamp();
	if (!booking_has_lapsed(&own, now))
		return false;
	booking_end(&own, BOOKING_EXPIRED, now, "lapsed; the driver renewed it");
	return true;
}

/*
 * Its spot while nobody has released it, or one of its kind; 0: none.  False if
 * it was released, or made good at the gate, meanwhile.
 */
static bool
spot_of_unreleased(Lapsed *lapsed, int *spot_no)
{
	if (lapsed->expires_at <= too_late(GetCurrentTimestamp()))
		refuse("it lapsed too long ago");
	*spot_no = lapsed->spot_no;
	if (spot_in_service(&lapsed->parking_id, lapsed->spot_no))
		return attempt(take_over_own, lapsed);
	*spot_no = allocate_after_own(&lapsed->parking_id, lapsed->request.kind, lapsed->id);
	return true;
}

/* The same for one that was released: it has to be the last booking of its plate here. */
static int
spot_of_released(const Lapsed *lapsed)
{
	Booking		ended;

	if (strcmp(lapsed->status, booking_status_name(BOOKING_EXPIRED)) != 0)
		refuse(psprintf("it is %s", lapsed->status));
	if (!booking_find_expired(&lapsed->parking_id, lapsed->request.car_plate,
							  too_late(GetCurrentTimestamp()), &ended) ||
		memcmp(&ended.id, lapsed->id, UUID_LEN) != 0)
		refuse("it lapsed too long ago, or the car has had another booking since");
	if (allocate_certain_spot(&ended.spot, ended.spot_no))
		return ended.spot_no;
	return allocate_spot(&lapsed->parking_id, lapsed->request.kind, NULL);
}

static void
hold_anew(const Lapsed *lapsed, const Parking *parking, int spot_no, Reply *reply)
{
	bool		same_spot = spot_no == lapsed->spot_no;

	if (spot_no == 0)
	{
		reply->outcome = "full";
		return;
	}
	hold_spot(&lapsed->request, parking, spot_no, GetCurrentTimestamp(), reply);
	booking_log(&reply->booking_id, GetCurrentTimestamp(), "reacquired",
				same_spot ? "renewed, same spot" : "renewed, another spot",
				details_object(details_text(NULL, "lapsed_booking", uuid_text(lapsed->id))));
}

/* Without an outcome the hold has changed meanwhile: to be looked at again. */
static void
renew_locked(Lapsed *lapsed, Reply *reply)
{
	Snapshot	snapshot = probe_snapshot();
	TimestampTz now = GetCurrentTimestamp();
	Parking		parking;
	pg_uuid_t	found_id;
	int			spot_no;
	bool		is_lapsed;
	bool		found = booking_of_plate(&lapsed->parking_id, lapsed->request.car_plate, now,
										 snapshot, &found_id, &is_lapsed);

	parking_read_latest(&lapsed->parking_id, &parking);
	read_hold(lapsed);
	if (found && is_lapsed && memcmp(&found_id, lapsed->id, UUID_LEN) != 0)
		refuse("the car has had another booking since");
	if (found && !is_lapsed)
		(void) answer_with_active_booking(&lapsed->request, &found_id, reply);
	else if (!parking.is_open)
		reply->outcome = "closed";
	else
	{
		check_holds_of_user(&lapsed->request, 1, now, snapshot);
		if (!found)
			hold_anew(lapsed, &parking, spot_of_released(lapsed), reply);
		else if (spot_of_unreleased(lapsed, &spot_no))
			hold_anew(lapsed, &parking, spot_no, reply);
	}
	UnregisterSnapshot(snapshot);
}

Datum
renew_hold(PG_FUNCTION_ARGS)
{
	Call		call;
	Lapsed		lapsed = {0};
	Reply		reply = {0};
	Datum		row;

	require_argument(fcinfo, 0, "booking_id");
	call_begin(&call, fcinfo);
	call_connect(&call);
	lapsed.id = PG_GETARG_UUID_P(0);
	lock_hold(&lapsed);
	while (reply.outcome == NULL)
		renew_locked(&lapsed, &reply);
	row = reservation_row(&call, &reply);
	call_end(&call);
	return row;
}
