/*
 * group.c
 *		The reservation plane: hold spots for several cars, all or none.
 *
 * A group's bookings are bookings like others; that they were made together
 * stands beside them, in booking_group.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "core/group_spots.h"
#include "core/hold.h"
#include "core/settings.h"
#include "plate/license_plate.h"
#include "server/errors.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "group.h"
#include "request.h"

PG_FUNCTION_INFO_V1(reserve_spots);

typedef struct CarGroup
{
	Request		request;		/* its plate and request_id are set for each car */
	const pg_uuid_t *request_id;	/* or NULL */
	int			count;
	char	   *plates[MAX_GROUP];
	Reply		replies[MAX_GROUP];
	bool		has_id;
	pg_uuid_t	id;
	bool		has_together;
	bool		together;
} CarGroup;

static void
read_plates(ArrayType *array, CarGroup *group)
{
	Datum	   *plates;
	bool	   *nulls;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &plates, &nulls, &group->count);
	if (ARR_NDIM(array) != 1 || group->count > MAX_GROUP)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("a group is 1 to %d cars", MAX_GROUP),
				 errhint("car_plates is an array of one dimension, with a plate for each car.")));
	for (int i = 0; i < group->count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_SP_MISSING_ARGUMENT),
					 errmsg("a plate of a group must not be null"),
					 errhint("Pass the plate of each car.")));
		group->plates[i] = text_to_cstring(license_plate_of_car(DatumGetTextPP(plates[i])));
		for (int other = 0; other < i; other++)
		{
			if (strcmp(group->plates[i], group->plates[other]) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_SP_INVALID_ARGUMENT),
						 errmsg("plate \"%s\" is in the group twice", group->plates[i]),
						 errhint("A car can be expected in a lot once.")));
		}
	}
}

static void
read_request(FunctionCallInfo fcinfo, CarGroup *group)
{
	Request    *request = &group->request;

	require_argument(fcinfo, 0, "parking_id");
	require_argument(fcinfo, 1, "user_id");
	require_argument(fcinfo, 2, "car_plates");
	require_argument(fcinfo, 4, "kind");
	request->parking_id = PG_GETARG_UUID_P(0);
	request->user_id = PG_GETARG_UUID_P(1);
	read_plates(PG_GETARG_ARRAYTYPE_P(2), group);
	request->hold = PG_ARGISNULL(3) ? NULL : PG_GETARG_INTERVAL_P(3);
	request->kind = text_to_cstring(PG_GETARG_TEXT_PP(4));
	group->request_id = PG_ARGISNULL(5) ? NULL : PG_GETARG_UUID_P(5);
}

/* In the order of lock_driver(). */
static void
lock_drivers(const CarGroup *group)
{
	const Request *request = &group->request;

	if (setting_max_holds_per_user > 0)
		lock_until_commit(LOCK_USER, lock_key(request->user_id, NULL, 0));
	if (group->request_id)
		lock_until_commit(LOCK_REQUEST, lock_key(group->request_id, NULL, 0));
	lock_plates_in_lot(request->parking_id, group->plates, group->count);
}

/* How the members of a group are by now; false if one has changed meanwhile. */
static bool
reply_with_members(CarGroup *group, const GroupMembers *members)
{
	GroupSpot	spots[MAX_GROUP];
	int			active = 0;

	for (int i = 0; i < group->count; i++)
	{
		Booking		booking = {0};

		booking.id = members->member[i].id;
		booking.status = members->member[i].status;
		booking.expires_at = members->member[i].expires_at;
		if (!reply_with_fate(&booking, &group->replies[i]))
			return false;
		spots[active].slice_no = booking.spot.slice_no;
		active += group->replies[i].has_spot;
	}
	group->has_id = true;
	group->has_together = active == group->count;
	if (group->has_together)
		group->together = spots_are_together(spots, active);
	return true;
}

static bool
is_of_these_plates(const CarGroup *group, const GroupMembers *members)
{
	bool		same = members->count == group->count;

	for (int i = 0; i < group->count && same; i++)
		same = strcmp(group->plates[i], members->member[i].car_plate) == 0;
	return same;
}

static bool
find_earlier_group(CarGroup *group)
{
	const Request *request = &group->request;
	GroupMembers members;

	do
	{
		Args		args = {0};

		arg_uuid(&args, group->request_id);
		arg_uuid(&args, request->user_id);
		arg_uuid(&args, request->parking_id);
		arg_text(&args, request->kind);
		if (request->hold)
			arg_datum(&args, IntervalPGetDatum(request->hold));
		else
			arg_null(&args);
		if (run_statement(STMT_FIND_GROUP_REQUEST, &args) == 0)
			return false;
		if (column_is_null(0, 1) || !DatumGetBool(column_datum(0, 2)))
			other_request();
		group->id = column_uuid(0, 1);
		group_members_read(&group->id, &members);
		if (!is_of_these_plates(group, &members))
			other_request();
	} while (!reply_with_members(group, &members));
	return true;
}

/*
 * A car has a valid booking in the lot.  That all of them have, and were given
 * them together, is an answer; else the group cannot be had.  False if what was
 * seen has changed meanwhile.
 */
static bool
answer_with_active_group(CarGroup *group, int car, const pg_uuid_t *booking_id)
{
	GroupMembers members = {0};
	Args		args = {0};
	Reply		one = {0};
	Request		request = group->request;

	request.car_plate = group->plates[car];
	if (!answer_with_active_booking(&request, booking_id, &one))
		return false;
	arg_uuid(&args, booking_id);
	if (run_statement(STMT_GROUP_OF_BOOKING, &args) == 1)
	{
		group->id = column_uuid(0, 1);
		group_members_read(&group->id, &members);
	}
	if (!is_of_these_plates(group, &members))
		ereport(ERROR,
				(errcode(ERRCODE_SP_PLATE_TAKEN),
				 errmsg("plate \"%s\" has an active booking in this lot", group->plates[car]),
				 errhint("Leave that car out: it has its spot.")));
	if (!reply_with_members(group, &members))
		return false;
	for (int i = 0; i < group->count; i++)
	{
		if (!group->replies[i].has_spot)
			ereport(ERROR,
					(errcode(ERRCODE_SP_PLATE_TAKEN),
					 errmsg("plate \"%s\" has an active booking in this lot", group->plates[car]),
					 errhint("It is of a group of which others have ended. Leave that car out: it has its spot.")));
		group->replies[i].outcome = "already_reserved";
	}
	return true;
}

static void
answer_all(CarGroup *group, const char *outcome)
{
	for (int i = 0; i < group->count; i++)
		group->replies[i].outcome = outcome;
}

/* Books the spots that were claimed, all from one instant on. */
static void
hold_spots(CarGroup *group, const Parking *parking, const GroupSpot *spots)
{
	TimestampTz now = GetCurrentTimestamp();

	for (int i = 0; i < group->count; i++)
	{
		Request		request = group->request;
		Args		args = {0};

		request.car_plate = group->plates[i];
		request.request_id = i == 0 ? group->request_id : NULL;
		hold_spot(&request, parking, spots[i].spot_no, now, &group->replies[i]);
		if (i == 0)
			group->id = group->replies[0].booking_id;
		arg_uuid(&args, &group->replies[i].booking_id);
		arg_uuid(&args, &group->id);
		arg_datum(&args, Int32GetDatum(i + 1));
		run_statement(STMT_INSERT_GROUP_MEMBER, &args);
	}
	group->has_id = true;
	group->has_together = true;
	group->together = spots_are_together(spots, group->count);
}

static void
allocate_and_hold(CarGroup *group, const Parking *parking, List *own_lapsed)
{
	const Request *request = &group->request;
	GroupSpot	spots[MAX_GROUP];

	/* a refusal without the lot's row, for which operators may wait */
	if (lot_is_full_for(request->parking_id, request->kind, group->count))
	{
		answer_all(group, "full");
		return;
	}
	lock_lot(request->parking_id);
	if (allocate_group(request->parking_id, request->kind, group->count, own_lapsed, spots))
		hold_spots(group, parking, spots);
	else
		answer_all(group, "full");
}

/* Under the drivers' locks.  Without an outcome something has changed: to be looked at again. */
static void
reserve_locked(CarGroup *group)
{
	const Request *request = &group->request;
	Snapshot	snapshot = probe_snapshot();
	TimestampTz now = GetCurrentTimestamp();
	List	   *own_lapsed = NIL;
	Parking		parking;
	bool		answered = false;

	parking_read_latest(request->parking_id, &parking);
	for (int i = 0; i < group->count && !answered; i++)
	{
		pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));
		bool		lapsed;

		if (!booking_of_plate(request->parking_id, group->plates[i], now, snapshot, id, &lapsed))
			continue;
		if (lapsed)
			own_lapsed = lappend(own_lapsed, id);
		else
		{
			(void) answer_with_active_group(group, i, id);
			answered = true;
		}
	}
	if (answered)
		 /* or to be looked at again */ ;
	else if (!parking.is_open)
		answer_all(group, "closed");
	else if (must_queue(request, &parking, snapshot, &group->replies[0]))
		answer_all(group, "full");
	else
	{
		check_holds_of_user(request, setting_group_counts_once ? 1 : group->count, now, snapshot);
		allocate_and_hold(group, &parking, own_lapsed);
	}
	UnregisterSnapshot(snapshot);
}

static void
return_row(const CarGroup *group, int car, RowSet *rows)
{
	const Reply *reply = &group->replies[car];
	Datum		values[] = {
		CStringGetTextDatum(reply->outcome), UUIDPGetDatum(&group->id), UUIDPGetDatum(&reply->booking_id),
		CStringGetTextDatum(group->plates[car]), Int32GetDatum(reply->spot_no),
		reply->has_spot ? CStringGetTextDatum(reply->spot_label) : (Datum) 0,
		TimestampTzGetDatum(reply->expires_at), BoolGetDatum(group->together)
	};
	bool		nulls[lengthof(values)] = {
		false, !group->has_id, !reply->has_booking, false, !reply->has_spot, !reply->has_spot,
		!reply->has_spot, !group->has_together
	};

	tuplestore_putvalues(rows->store, rows->descriptor, values, nulls);
}

Datum
reserve_spots(PG_FUNCTION_ARGS)
{
	Call		call;
	CarGroup	   *group = palloc0(sizeof(CarGroup));
	RowSet		rows;
	Parking		parking;

	call_begin(&call, fcinfo);
	read_request(fcinfo, group);
	if (group->request.hold)
		(void) hold_end(call.now, group->request.hold); /* an error, whatever the lot */
	call_rows(&call, &rows);
	call_connect(&call);
	parking_read_latest(group->request.parking_id, &parking);	/* an error, if there is no such lot */
	lock_drivers(group);
	if (group->request_id)
		(void) find_earlier_group(group);
	while (group->replies[group->count - 1].outcome == NULL)
		reserve_locked(group);
	for (int i = 0; i < group->count; i++)
		return_row(group, i, &rows);
	call_end(&call);
	PG_RETURN_NULL();
}
