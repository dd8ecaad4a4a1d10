/*
 * booking_rows.c
 *		Bookings locked and moved on without a plan, where nobody else is at
 *		work on them and the table is as installed; else statements do it.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "server/row_writer.h"
#include "server/tables.h"
#include "booking.h"
#include "parking.h"

static void
read_row(Probe *probe, Booking *booking)
{
	Datum		confirmed_at;
	bool		isnull;

	/* the last column first: all of them at once */
	confirmed_at = probe_column(probe, Anum_booking_confirmed_at, &isnull);
	booking->confirmed_at = isnull ? 0 : DatumGetTimestampTz(confirmed_at);
	booking->id = *DatumGetUUIDP(probe_column(probe, Anum_booking_id, &isnull));
	booking->user_id = *DatumGetUUIDP(probe_column(probe, Anum_booking_user_id, &isnull));
	booking->parking_id = *DatumGetUUIDP(probe_column(probe, Anum_booking_parking_id, &isnull));
	booking->spot_no = DatumGetInt32(probe_column(probe, Anum_booking_spot_no, &isnull));
	booking->status = booking_status_of(DatumGetObjectId(probe_column(probe, Anum_booking_status, &isnull)));
	booking->created_at = DatumGetTimestampTz(probe_column(probe, Anum_booking_created_at, &isnull));
	booking->expires_at = DatumGetTimestampTz(probe_column(probe, Anum_booking_expires_at, &isnull));
}

/*
 * Finds the active booking of a plate in a lot, and locks it unless that would
 * mean to wait: then only its id counts.
 */
bool
booking_row_look(const pg_uuid_t *parking_id, const char *car_plate, Booking *booking, bool *locked)
{
	Snapshot	snapshot = probe_snapshot();
	Probe		probe = {0};
	bool		found;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_BYTEAEQ, InvalidOid, CStringGetTextDatum(car_plate));
	probe_key(&probe, 2, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_begin(&probe, "booking", "booking_one_per_plate", snapshot);
	found = probe_next(&probe);
	if (found)
	{
		RowVersion	version = probe_row(&probe);

		read_row(&probe, booking);
		booking->place = version.place;
		*locked = lock_row_version("booking", &version, false) &&
			spot_read(parking_id, booking->spot_no, snapshot, &booking->spot_label, &booking->spot);
	}
	probe_end(&probe);
	UnregisterSnapshot(snapshot);
	return found;
}

/*
 * The row as the transaction sees it, and has it locked.  It is where it was
 * locked, unless we have changed it since: then it is not seen there any more.
 */
static bool
begin_change(const Booking *booking, Snapshot snapshot, RowUpdate *update)
{
	RowVersion	version = {booking->place, snapshot};

	if (!ItemPointerIsValid(&booking->place))
	{
		Probe		probe = {0};
		bool		found;

		probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(&booking->id));
		probe_begin(&probe, "booking", "booking_pkey", snapshot);
		found = probe_next(&probe);
		if (found)
			version = probe_row(&probe);
		probe_end(&probe);
		if (!found)
			return false;
	}
	return row_update_begin(update, SHAPED_BOOKING_CHANGE, &version);
}

/*
 * Moves a booking that is locked on to a status, of which this is the instant.
 * False if the table is not as installed, or the guard or the CHECK would have
 * something to say: then the statement has it said.
 */
bool
booking_row_move(const Booking *booking, BookingStatus to, TimestampTz at)
{
	Snapshot	snapshot = probe_snapshot();
	RowUpdate	update;
	bool		moved = false;

	if (begin_change(booking, snapshot, &update))
	{
		bool		was_inside = !update.nulls[Anum_booking_confirmed_at - 1];
		bool		has_ended = !update.nulls[Anum_booking_ended_at - 1];
		AttrNumber	instant = to == BOOKING_CONFIRMED ? Anum_booking_confirmed_at : Anum_booking_ended_at;

		moved = to != BOOKING_PENDING && !has_ended && was_inside == (to == BOOKING_COMPLETED);
		if (moved)
		{
			update.values[Anum_booking_status - 1] = ObjectIdGetDatum(booking_status_value(to));
			update.values[instant - 1] = TimestampTzGetDatum(at);
			update.nulls[instant - 1] = false;
			row_update_finish(&update);
		}
		else
			row_update_abandon(&update);
	}
	UnregisterSnapshot(snapshot);
	return moved;
}
