/*
 * booking.c
 *		The booking: the record and its locks.
 *
 * Whoever moves a booking on has locked its row first and looked at its
 * status under that lock, so each transition happens once.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "server/errors.h"
#include "server/lock_order.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/row_writer.h"
#include "server/statements.h"
#include "server/tables.h"
#include "booking.h"
#include "region_id.h"

static const char *const status_names[] = {
	[BOOKING_PENDING] = "pending",
	[BOOKING_CONFIRMED] = "confirmed",
	[BOOKING_COMPLETED] = "completed",
	[BOOKING_CANCELLED] = "cancelled",
	[BOOKING_EXPIRED] = "expired"
};

const char *
booking_status_name(BookingStatus status)
{
	return status_names[status];
}

PG_FUNCTION_INFO_V1(booking_in_step);

BookingStatus
booking_status_from_name(const char *name)
{
	for (int i = 0; i < lengthof(status_names); i++)
	{
		if (strcmp(status_names[i], name) == 0)
			return (BookingStatus) i;
	}
	elog(ERROR, "unknown booking status \"%s\"", name);
}

BookingStatus
booking_status_of(Oid value)
{
	HeapTuple	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));
	BookingStatus status;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "unknown booking status %u", value);
	status = booking_status_from_name(NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel));
	ReleaseSysCache(tuple);
	return status;
}

/* The enum's value. */
Oid
booking_status_value(BookingStatus status)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum("booking_status"),
									   ObjectIdGetDatum(own_schema()));
	Oid			value = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
										ObjectIdGetDatum(type),
										CStringGetDatum(status_names[status]));

	if (!OidIsValid(value))
		elog(ERROR, "booking_status has no value \"%s\"", status_names[status]);
	return value;
}

Datum
booking_in_step(PG_FUNCTION_ARGS)
{
	bool		is_or_was_inside = !PG_ARGISNULL(1);
	bool		has_ended = !PG_ARGISNULL(2);

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	switch (booking_status_of(PG_GETARG_OID(0)))
	{
		case BOOKING_PENDING:
			PG_RETURN_BOOL(!is_or_was_inside && !has_ended);
		case BOOKING_CONFIRMED:
			PG_RETURN_BOOL(is_or_was_inside && !has_ended);
		case BOOKING_COMPLETED:
			PG_RETURN_BOOL(is_or_was_inside && has_ended);
		case BOOKING_CANCELLED:
		case BOOKING_EXPIRED:
			PG_RETURN_BOOL(!is_or_was_inside && has_ended);
	}
	PG_RETURN_NULL();
}

void
unknown_booking(const pg_uuid_t *id)
{
	ereport(ERROR,
			(errcode(ERRCODE_SP_UNKNOWN_BOOKING),
			 errmsg("there is no booking %s",
					DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)))),
			 errhint("Use the booking_id that reserve_spot returned.")));
}

static void
insert_booking(Statement statement, const NewBooking *booking, const pg_uuid_t *id)
{
	Args		args = {0};

	arg_uuid(&args, id);
	arg_uuid(&args, booking->user_id);
	arg_uuid(&args, booking->parking_id);
	arg_datum(&args, Int32GetDatum(booking->spot_no));
	arg_text(&args, booking->car_plate);
	arg_time(&args, booking->created_at);
	arg_time(&args, booking->expires_at);
	arg_uuid(&args, booking->request_id);
	if (booking->requested_hold)
		arg_datum(&args, IntervalPGetDatum(booking->requested_hold));
	else
		arg_null(&args);

	if (run_statement(statement, &args) == 1)
		return;
	if (statement == STMT_INSERT_HOLD)	/* no ON CONFLICT there */
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
				 errmsg("the booking was not written"),
				 errhint("A trigger or a rule on smart_parking.booking has left it out; to refuse one, raise an error there.")));
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to a concurrent booking")));
}

/* The same as STMT_INSERT_HOLD.  A new hold meets the CHECK. */
static bool
insert_hold_row(const NewBooking *booking, const pg_uuid_t *id)
{
	Datum		values[Natts_booking] = {0};
	bool		nulls[Natts_booking] = {false};

	values[Anum_booking_id - 1] = UUIDPGetDatum(id);
	values[Anum_booking_user_id - 1] = UUIDPGetDatum(booking->user_id);
	values[Anum_booking_parking_id - 1] = UUIDPGetDatum(booking->parking_id);
	values[Anum_booking_spot_no - 1] = Int32GetDatum(booking->spot_no);
	values[Anum_booking_status - 1] = ObjectIdGetDatum(booking_status_value(BOOKING_PENDING));
	values[Anum_booking_car_plate - 1] = CStringGetTextDatum(booking->car_plate);
	values[Anum_booking_created_at - 1] = TimestampTzGetDatum(booking->created_at);
	values[Anum_booking_expires_at - 1] = TimestampTzGetDatum(booking->expires_at);
	values[Anum_booking_request_id - 1] = UUIDPGetDatum(booking->request_id);
	values[Anum_booking_requested_hold - 1] = IntervalPGetDatum(booking->requested_hold);
	nulls[Anum_booking_confirmed_at - 1] = true;
	nulls[Anum_booking_ended_at - 1] = true;
	nulls[Anum_booking_request_id - 1] = booking->request_id == NULL;
	nulls[Anum_booking_requested_hold - 1] = booking->requested_hold == NULL;
	return row_insert(SHAPED_BOOKING, values, nulls);
}

/*
 * Inserts a hold on a spot that this transaction has claimed.  The caller
 * holds LOCK_PLATE_IN_LOT, has seen no active booking of the plate, and knows
 * that the spot stays (spot_for_booking).
 */
void
booking_insert_hold(const NewBooking *booking, pg_uuid_t *id)
{
	region_id_beside(booking->parking_id, booking->created_at, id);
	order_got_booking(id, false, false);
	if (IsolationUsesXactSnapshot())
		insert_booking(STMT_INSERT_HOLD_SERIALIZED, booking, id);
	else if (!insert_hold_row(booking, id))
		insert_booking(STMT_INSERT_HOLD, booking, id);
}

/* The same for a car that comes in right now. */
void
booking_insert_stay(const NewBooking *booking, pg_uuid_t *id)
{
	region_id_beside(booking->parking_id, booking->created_at, id);
	order_got_booking(id, false, false);
	insert_booking(STMT_INSERT_STAY, booking, id);
}

/*
 * The stay of a car that came on a hold, whatever became of that, and has left
 * by now: it takes no spot.
 */
void
booking_insert_past(const Booking *lapsed, const char *car_plate, TimestampTz at, pg_uuid_t *id)
{
	Args		args = {0};

	region_id_beside(&lapsed->parking_id, at, id);
	arg_uuid(&args, id);
	arg_uuid(&args, &lapsed->id);
	arg_text(&args, car_plate);
	arg_time(&args, at);
	run_statement(STMT_INSERT_PAST, &args);
}

/* Only what locks takes part in the order of locks. */
static void
note_lock(Statement statement, const Booking *booking)
{
	if (statement == STMT_LOCK_BOOKING || statement == STMT_LOCK_BOOKING_OF_PLATE)
		order_got_booking(&booking->id, booking->status == BOOKING_PENDING, true);
	else if (statement == STMT_LOCK_BOOKING_IF_FREE)
	{
		order_got_booking(&booking->id, booking->status == BOOKING_PENDING, false);
		order_hold_slice(SLICE_KEY(&booking->spot));
	}
}

/* The booking that a statement finds, with what booking_lock() reads. */
bool
booking_find(Statement statement, Args *args, Booking *booking)
{
	if (run_statement(statement, args) == 0)
		return false;

	booking->id = column_uuid(0, 1);
	booking->user_id = column_uuid(0, 2);
	booking->parking_id = column_uuid(0, 3);
	booking->spot_no = DatumGetInt32(column_datum(0, 4));
	booking->status = booking_status_from_name(column_text(0, 5));
	booking->created_at = DatumGetTimestampTz(column_datum(0, 6));
	booking->expires_at = DatumGetTimestampTz(column_datum(0, 7));
	booking->spot_label = column_text(0, 8);
	booking->spot.parking_id = booking->parking_id;
	booking->spot.kind = column_text(0, 9);
	booking->spot.slice_no = DatumGetInt32(column_datum(0, 10));
	booking->spot.map = DatumGetInt64(column_datum(0, 11));
	ItemPointerSetInvalid(&booking->place);
	booking->confirmed_at = column_is_null(0, 12) ? 0 :
		DatumGetTimestampTz(column_datum(0, 12));
	note_lock(statement, booking);
	return true;
}

/* Reads a booking and locks it, waiting for who has it locked. */
bool
booking_lock(const pg_uuid_t *id, Booking *booking)
{
	Args		args = {0};

	arg_uuid(&args, id);
	return booking_find(STMT_LOCK_BOOKING, &args, booking);
}

/* The same with its slice, and not if somebody else has one of them. */
bool
booking_lock_if_free(const pg_uuid_t *id, Booking *booking)
{
	Args		args = {0};

	arg_uuid(&args, id);
	return booking_find(STMT_LOCK_BOOKING_IF_FREE, &args, booking);
}

/* The same for the active booking of a plate in a lot, lapsed or not. */
bool
booking_lock_of_plate(const pg_uuid_t *parking_id, const char *car_plate, Booking *booking)
{
	Args		args = {0};
	bool		locked;

	if (!booking_row_look(parking_id, car_plate, booking, &locked))
		return false;
	if (locked)
	{
		note_lock(STMT_LOCK_BOOKING_OF_PLATE, booking);
		return true;
	}
	arg_uuid(&args, &booking->id);
	arg_text(&args, car_plate);
	return booking_find(STMT_LOCK_BOOKING_OF_PLATE, &args, booking);
}

/*
 * The hold of a car that comes late: the plate's last booking in the lot, if
 * that is expired and lapsed after "since".  A hold that was made good already
 * is not the last one any more.
 */
bool
booking_find_expired(const pg_uuid_t *parking_id, const char *car_plate,
					 TimestampTz since, Booking *booking)
{
	Args		args = {0};

	arg_uuid(&args, parking_id);
	arg_text(&args, car_plate);
	arg_time(&args, since);
	if (run_statement(STMT_LAST_ENDED_OF_PLATE, &args) == 0 ||
		!DatumGetBool(column_datum(0, 3)))
		return false;

	memset(booking, 0, sizeof(*booking));
	booking->id = column_uuid(0, 1);
	booking->user_id = column_uuid(0, 2);
	booking->parking_id = *parking_id;
	booking->spot_no = DatumGetInt32(column_datum(0, 4));
	booking->status = BOOKING_EXPIRED;
	booking->spot_label = column_text(0, 5);
	booking->spot.parking_id = *parking_id;
	booking->spot.kind = column_text(0, 6);
	booking->spot.slice_no = DatumGetInt32(column_datum(0, 7));
	booking->spot.map = DatumGetInt64(column_datum(0, 8));
	return true;
}

/*
 * Locks a lapsed hold of the lot whose spot can be given on.  Passes over
 * those that others hold or, told to wait, waits for them; no lock stays on
 * one that is not returned.  In service as the transaction sees it.
 */
bool
booking_lock_lapsed(const pg_uuid_t *parking_id, const char *kind, TimestampTz now,
					bool wait, Booking *booking)
{
	Args		args = {0};
	uint64		found;
	pg_uuid_t  *ids;
	RowVersion *versions;
	Snapshot	snapshot;
	bool		locked = false;
	uint64		i;

	arg_uuid(&args, parking_id);
	arg_text(&args, kind);
	arg_time(&args, now);
	snapshot = probe_snapshot();
	found = run_statement_as_of(STMT_FIND_LAPSED_IN_LOT, &args, snapshot);

	/* each statement replaces the result of the one before */
	ids = palloc(sizeof(pg_uuid_t) * Max(found, 1));
	versions = palloc(sizeof(RowVersion) * Max(found, 1));
	for (i = 0; i < found; i++)
	{
		ids[i] = column_uuid(i, 1);
		versions[i].place = *(ItemPointer) DatumGetPointer(column_datum(i, 2));
		versions[i].snapshot = snapshot;
	}
	if (wait)
		order_wait(ORDER_LAPSED_HOLD);
	for (i = 0; i < found; i++)
	{
		locked = lock_row_version("booking", &versions[i], wait);
		if (locked || wait)
			break;				/* having waited, the caller looks again */
	}
	UnregisterSnapshot(snapshot);
	if (locked)
		order_got_booking(&ids[i], true, false);
	return locked && booking_lock(&ids[i], booking);
}
