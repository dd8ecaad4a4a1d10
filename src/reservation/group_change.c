/*
 * group_change.c
 *		The reservation plane: extend or cancel the holds of a group.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "core/hold.h"
#include "core/parking.h"
#include "server/call.h"
#include "server/errors.h"
#include "server/locks.h"
#include "server/statements.h"
#include "group.h"

PG_FUNCTION_INFO_V1(cancel_group);
PG_FUNCTION_INFO_V1(extend_group);

/* In the order in which they were made; unlocked. */
void
group_members_read(const pg_uuid_t *group_id, GroupMembers *members)
{
	Args		args = {0};

	arg_uuid(&args, group_id);
	members->count = (int) run_statement(STMT_GROUP_MEMBERS, &args);
	for (int i = 0; i < members->count; i++)
	{
		GroupMember *member = &members->member[i];

		member->id = column_uuid(i, 1);
		member->status = booking_status_from_name(column_text(i, 2));
		member->expires_at = DatumGetTimestampTz(column_datum(i, 3));
		member->car_plate = column_text(i, 4);
		members->parking_id = column_uuid(i, 5);
	}
}

/* At least one of them. */
void
lock_plates_in_lot(const pg_uuid_t *parking_id, char *const *plates, int count)
{
	uint64		keys[MAX_GROUP];

	for (int i = 0; i < count; i++)
		keys[i] = lock_key(parking_id, plates[i], strlen(plates[i]));
	lock_all(LOCK_PLATE_IN_LOT, keys, count);
}

/*
 * Locks the plates, the lot's row, and then the bookings, whose spots may be of
 * several slices.  A plate may have been changed before we had its lock.
 */
static Booking *
lock_group(const pg_uuid_t *group_id, GroupMembers *members)
{
	Booking    *bookings = palloc0(sizeof(Booking) * MAX_GROUP);
	GroupMembers before = {0};
	char	   *plates[MAX_GROUP];

	group_members_read(group_id, &before);
	if (before.count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_BOOKING),
				 errmsg("there is no group %s", DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(group_id)))),
				 errhint("Use the group_id that reserve_spots returned.")));
	for (int i = 0; i < before.count; i++)
		plates[i] = before.member[i].car_plate;
	lock_plates_in_lot(&before.parking_id, plates, before.count);
	lock_lot(&before.parking_id);
	for (int i = 0; i < before.count; i++)
	{
		if (!booking_lock(&before.member[i].id, &bookings[i]))
			unknown_booking(&before.member[i].id);
	}
	group_members_read(group_id, members);
	for (int i = 0; i < members->count; i++)
	{
		if (strcmp(members->member[i].car_plate, before.member[i].car_plate) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("could not change the group due to a concurrent change of a plate")));
	}
	return bookings;
}

static void
return_members(const GroupMembers *members, const Booking *bookings, RowSet *rows)
{
	Oid			status_type = TupleDescAttr(rows->descriptor, 2)->atttypid;

	for (int i = 0; i < members->count; i++)
	{
		Datum		values[] = {
			UUIDPGetDatum(&bookings[i].id), CStringGetTextDatum(members->member[i].car_plate),
			DirectFunctionCall2(enum_in, CStringGetDatum(booking_status_name(bookings[i].status)),
								ObjectIdGetDatum(status_type)),
			TimestampTzGetDatum(bookings[i].expires_at)
		};
		bool		nulls[lengthof(values)] = {false};

		tuplestore_putvalues(rows->store, rows->descriptor, values, nulls);
	}
}

/* Bookings first, then slices, as everybody does. */
static void
cancel_pending(Booking *bookings, int count, const char *reason)
{
	TimestampTz now = GetCurrentTimestamp();
	bool		ended[MAX_GROUP] = {false};

	for (int i = 0; i < count; i++)
	{
		if (bookings[i].status != BOOKING_PENDING)
			continue;
		bookings[i].status = booking_has_lapsed(&bookings[i], now) ?
			BOOKING_EXPIRED : BOOKING_CANCELLED;
		booking_end(&bookings[i], bookings[i].status, now, reason);
		ended[i] = true;
	}
	for (int i = 0; i < count; i++)
	{
		if (ended[i])
			spot_counter_give_back(&bookings[i].spot);
	}
}

static void
extend_pending(Booking *bookings, int count, Interval *extra)
{
	TimestampTz now = GetCurrentTimestamp();
	int			extended = 0;

	for (int i = 0; i < count; i++)
	{
		Booking    *booking = &bookings[i];
		TimestampTz expires_at = hold_end_capped(booking->expires_at, extra);

		if (booking->status != BOOKING_PENDING)
			continue;
		if (booking_has_lapsed(booking, now))
			ereport(ERROR,
					(errcode(ERRCODE_SP_INVALID_TRANSITION),
					 errmsg("a hold of the group has lapsed, and the group cannot be extended"),
					 errhint("extend_hold extends those that are valid, one by one; renew_hold makes one good that has just lapsed.")));
		expires_at = Max(Min(expires_at, hold_cap(booking->created_at)), booking->expires_at);
		if (expires_at > booking->expires_at)
			booking_extend(booking, expires_at, now, NULL);
		booking->expires_at = expires_at;
		extended++;
	}
	if (extended == 0)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_TRANSITION),
				 errmsg("no hold of the group is waiting for its car"),
				 errhint("Only holds can be extended, not bookings whose cars have come in or that have ended.")));
}

Datum
cancel_group(PG_FUNCTION_ARGS)
{
	Call		call;
	GroupMembers members = {0};
	Booking    *bookings;
	RowSet		rows;
	char	   *reason;

	require_argument(fcinfo, 0, "group_id");
	call_begin(&call, fcinfo);
	call_rows(&call, &rows);
	call_connect(&call);
	reason = PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1));
	bookings = lock_group(PG_GETARG_UUID_P(0), &members);
	cancel_pending(bookings, members.count, reason);
	return_members(&members, bookings, &rows);
	call_end(&call);
	PG_RETURN_NULL();
}

Datum
extend_group(PG_FUNCTION_ARGS)
{
	Call		call;
	GroupMembers members = {0};
	Booking    *bookings;
	RowSet		rows;

	require_argument(fcinfo, 0, "group_id");
	require_argument(fcinfo, 1, "extra");
	call_begin(&call, fcinfo);
	call_rows(&call, &rows);
	call_connect(&call);
	bookings = lock_group(PG_GETARG_UUID_P(0), &members);
	extend_pending(bookings, members.count, PG_GETARG_INTERVAL_P(1));
	return_members(&members, bookings, &rows);
	call_end(&call);
	PG_RETURN_NULL();
}
