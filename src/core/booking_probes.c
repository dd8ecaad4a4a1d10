/*
 * booking_probes.c
 *		Bookings as a snapshot shows them, read by index probes: nothing is locked.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "plate/plate_pattern.h"
#include "server/probe.h"
#include "server/tables.h"
#include "booking.h"

/*
 * The id of the active booking of a plate in a lot, unlocked, and whether it
 * has lapsed.
 */
bool
booking_of_plate(const pg_uuid_t *parking_id, const char *car_plate, TimestampTz now,
				 Snapshot snapshot, pg_uuid_t *id, bool *lapsed)
{
	Probe		probe = {0};
	bool		found;
	bool		isnull;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_BYTEAEQ, InvalidOid, CStringGetTextDatum(car_plate));
	probe_key(&probe, 2, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_begin(&probe, "booking", "booking_one_per_plate", snapshot);
	found = probe_next(&probe);
	if (found)
	{
		*id = *DatumGetUUIDP(probe_column(&probe, Anum_booking_id, &isnull));
		*lapsed = DatumGetTimestampTz(probe_column(&probe, Anum_booking_expires_at, &isnull)) <= now;
		(void) probe_column(&probe, Anum_booking_confirmed_at, &isnull);
		*lapsed = *lapsed && isnull;
	}
	probe_end(&probe);
	return found;
}

/* A plate that begins as this one, up to its at-th letter, and goes on with a byte. */
static Datum
plate_beginning(const char *car_plate, int at, unsigned char byte)
{
	text	   *beginning = palloc(VARHDRSZ + at + 1);

	SET_VARSIZE(beginning, VARHDRSZ + at + 1);
	memcpy(VARDATA(beginning), car_plate, at);
	VARDATA(beginning)[at] = (char) byte;
	return PointerGetDatum(beginning);
}

/* Of the plates that a probe finds, one that only marks tell from the plain one. */
static bool
finds_marked_plate(Probe *probe, const PlatePattern *plain)
{
	bool		isnull;

	while (probe_next(probe))
	{
		struct varlena *plate = PG_DETOAST_DATUM_PACKED(probe_column(probe, Anum_booking_car_plate, &isnull));
		PlatePattern pattern;

		if (plate_pattern_make(VARDATA_ANY(plate), VARSIZE_ANY_EXHDR(plate), &pattern) &&
			plate_pattern_only_marks_apart(plain, &pattern))
			return true;
	}
	return false;
}

/*
 * Whether another active booking in the lot has a plate that only marks tell
 * from this one.  Such plates stand together in the index: they begin alike and
 * go on with a letter of UTF-8's Latin blocks (C3 to CD).  So it is one descent
 * for each letter that could have a mark, however large the lot.
 */
bool
booking_of_marked_plate(const pg_uuid_t *parking_id, const char *car_plate, Snapshot snapshot)
{
	Probe		probe = {0};
	PlatePattern plain;
	bool		found = false;

	if (!plate_pattern_make(car_plate, strlen(car_plate), &plain) || plain.marks > 0)
		return false;
	for (int at = 0; car_plate[at] != '\0' && !found; at++)
	{
		if (car_plate[at] < 'A' || car_plate[at] > 'Z')
			continue;
		if (probe.scan == NULL)
		{
			probe_key(&probe, 1, BTGreaterEqualStrategyNumber, F_BYTEAGE, InvalidOid, plate_beginning(car_plate, at, 0xC3));
			probe_key(&probe, 1, BTLessStrategyNumber, F_BYTEALT, InvalidOid, plate_beginning(car_plate, at, 0xCE));
			probe_key(&probe, 2, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
			probe_begin(&probe, "booking", "booking_one_per_plate", snapshot);
		}
		else
		{
			probe.keys[1].sk_argument = plate_beginning(car_plate, at, 0xCE);
			probe_again(&probe, 0, plate_beginning(car_plate, at, 0xC3));
		}
		found = finds_marked_plate(&probe, &plain);
	}
	if (probe.scan)
		probe_end(&probe);
	return found;
}

/* The active booking of a plate in another lot; of holds only a valid one. */
bool
booking_elsewhere(const pg_uuid_t *parking_id, const char *car_plate, TimestampTz now,
				  Snapshot snapshot, pg_uuid_t *id, pg_uuid_t *other_parking_id)
{
	Probe		probe = {0};
	bool		found = false;
	bool		isnull;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_BYTEAEQ, InvalidOid, CStringGetTextDatum(car_plate));
	probe_begin(&probe, "booking", "booking_one_per_plate", snapshot);
	while (!found && probe_next(&probe))
	{
		*id = *DatumGetUUIDP(probe_column(&probe, Anum_booking_id, &isnull));
		*other_parking_id = *DatumGetUUIDP(probe_column(&probe, Anum_booking_parking_id, &isnull));
		found = DatumGetTimestampTz(probe_column(&probe, Anum_booking_expires_at, &isnull)) > now;
		(void) probe_column(&probe, Anum_booking_confirmed_at, &isnull);
		found = (found || !isnull) && memcmp(other_parking_id, parking_id, UUID_LEN) != 0;
	}
	probe_end(&probe);
	return found;
}

/* Whether a booking of the plate in the lot has ended after "since". */
bool
booking_ended_since(const pg_uuid_t *parking_id, const char *car_plate, TimestampTz since,
					Snapshot snapshot)
{
	Probe		probe = {0};
	bool		found;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_BYTEAEQ, InvalidOid, CStringGetTextDatum(car_plate));
	probe_key(&probe, 2, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_key(&probe, 3, BTGreaterStrategyNumber, F_TIMESTAMP_GT, InvalidOid, TimestampTzGetDatum(since));
	probe_begin(&probe, "booking", "booking_history_of_plate", snapshot);
	found = probe_next(&probe);
	probe_end(&probe);
	return found;
}

/* All active bookings of a lot, lapsed holds among them; the caller ends the probe. */
void
booking_live_begin(Probe *probe, const pg_uuid_t *parking_id, Snapshot snapshot)
{
	probe_key(probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_begin(probe, "booking", "booking_one_per_spot", snapshot);
}

bool
booking_live_next(Probe *probe, LiveBooking *booking)
{
	struct varlena *plate;
	bool		isnull;

	if (!probe_next(probe))
		return false;
	/* all columns up to the last one at once */
	(void) probe_column(probe, Anum_booking_confirmed_at, &isnull);
	booking->inside = !isnull;
	booking->id = *DatumGetUUIDP(probe_column(probe, Anum_booking_id, &isnull));
	booking->spot_no = DatumGetInt32(probe_column(probe, Anum_booking_spot_no, &isnull));
	booking->created_at = DatumGetTimestampTz(probe_column(probe, Anum_booking_created_at, &isnull));
	booking->expires_at = DatumGetTimestampTz(probe_column(probe, Anum_booking_expires_at, &isnull));
	plate = PG_DETOAST_DATUM_PACKED(probe_column(probe, Anum_booking_car_plate, &isnull));
	booking->car_plate = VARDATA_ANY(plate);
	booking->plate_length = VARSIZE_ANY_EXHDR(plate);
	return true;
}

/* How many holds of a user are valid; counts no further than "limit". */
int
booking_holds_of_user(const pg_uuid_t *user_id, TimestampTz now, int limit, Snapshot snapshot)
{
	Probe		probe = {0};
	int			holds = 0;
	bool		isnull;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(user_id));
	probe_begin(&probe, "booking", "booking_holds_of_user", snapshot);
	while (holds < limit && probe_next(&probe))
	{
		if (DatumGetTimestampTz(probe_column(&probe, Anum_booking_expires_at, &isnull)) > now)
			holds++;
	}
	probe_end(&probe);
	return holds;
}

/* The active booking on a spot; its plate is left out. */
bool
booking_standing_on(const pg_uuid_t *parking_id, int spot_no, Snapshot snapshot, LiveBooking *booking)
{
	Probe		probe = {0};
	bool		found;
	bool		isnull;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_key(&probe, 2, BTEqualStrategyNumber, F_INT4EQ, InvalidOid, Int32GetDatum(spot_no));
	probe_begin(&probe, "booking", "booking_one_per_spot", snapshot);
	found = probe_next(&probe);
	if (found)
	{
		booking->id = *DatumGetUUIDP(probe_column(&probe, Anum_booking_id, &isnull));
		booking->spot_no = spot_no;
		booking->expires_at = DatumGetTimestampTz(probe_column(&probe, Anum_booking_expires_at, &isnull));
		(void) probe_column(&probe, Anum_booking_confirmed_at, &isnull);
		booking->inside = !isnull;
		booking->car_plate = NULL;
	}
	probe_end(&probe);
	return found;
}

/* The same, where those of a group count as one; no further limit. */
int
booking_holds_by_group(const pg_uuid_t *user_id, TimestampTz now, Snapshot snapshot)
{
	Args		args = {0};

	arg_uuid(&args, user_id);
	arg_time(&args, now);
	run_statement_as_of(STMT_HOLDS_BY_GROUP, &args, snapshot);
	return (int) DatumGetInt64(column_datum(0, 1));
}

/* Holds of the lot that have lapsed and were not released yet. */
static void
probe_lapsed(Probe *probe, const pg_uuid_t *parking_id, TimestampTz now, Snapshot snapshot)
{
	probe_key(probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_key(probe, 2, BTLessEqualStrategyNumber, F_TIMESTAMP_LE, InvalidOid,
			  TimestampTzGetDatum(now));
	probe_begin(probe, "booking", "booking_due_in_lot", snapshot);
}

bool
booking_any_lapsed(const pg_uuid_t *parking_id, TimestampTz now, Snapshot snapshot)
{
	Probe		probe = {0};
	bool		found;

	probe_lapsed(&probe, parking_id, now, snapshot);
	found = probe_next(&probe);
	probe_end(&probe);
	return found;
}

/* Whether any hold has lapsed, in whatever lot. */
bool
booking_any_lapsed_anywhere(TimestampTz now, Snapshot snapshot)
{
	Probe		probe = {0};
	bool		found;

	probe_key(&probe, 1, BTLessEqualStrategyNumber, F_TIMESTAMP_LE, InvalidOid,
			  TimestampTzGetDatum(now));
	probe_begin(&probe, "booking", "booking_due", snapshot);
	found = probe_next(&probe);
	probe_end(&probe);
	return found;
}

/* The numbers of the spots of a lot's lapsed holds. */
List *
booking_lapsed_spots(const pg_uuid_t *parking_id, TimestampTz now, Snapshot snapshot)
{
	Probe		probe = {0};
	bool		isnull;
	List	   *spots = NIL;

	probe_lapsed(&probe, parking_id, now, snapshot);
	while (probe_next(&probe))
		spots = lappend_int(spots, DatumGetInt32(probe_column(&probe, Anum_booking_spot_no, &isnull)));
	probe_end(&probe);
	return spots;
}
