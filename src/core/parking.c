/*
 * parking.c
 *		Lots and spots as the planes read them.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "server/errors.h"
#include "server/lock_order.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "server/tables.h"
#include "parking.h"

/*
 * A column that came with an update, where it most likely is: an owner may have
 * added others before.  False in a database that is not updated yet.
 */
static bool
flag_of_lot(Probe *probe, const char *name, int likely)
{
	TupleDesc	columns = RelationGetDescr(probe->table);
	int			column = likely;
	bool		isnull;

	if (columns->natts < likely ||
		strcmp(NameStr(TupleDescAttr(columns, likely - 1)->attname), name) != 0)
	{
		for (column = columns->natts; column > 0; column--)
		{
			if (strcmp(NameStr(TupleDescAttr(columns, column - 1)->attname), name) == 0)
				break;
		}
	}
	return column > 0 && DatumGetBool(probe_column(probe, column, &isnull));
}

/* SP001 if there is no such lot. */
static void
read_lot(Probe *probe, const pg_uuid_t *id, Snapshot snapshot, Parking *parking)
{
	bool		isnull;

	probe_key(probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(id));
	probe_begin(probe, "parking", "parking_pkey", snapshot);
	if (!probe_next(probe))
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_PARKING),
				 errmsg("there is no lot %s",
						DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)))),
				 errhint("Use a parking_id that nearby_parking or add_parking returned.")));

	parking->is_open = DatumGetBool(probe_column(probe, Anum_parking_is_open, &isnull));
	parking->hold_duration =
		*DatumGetIntervalP(probe_column(probe, Anum_parking_hold_duration, &isnull));
	parking->has_queue = flag_of_lot(probe, "has_queue", Anum_parking_has_queue);
	parking->likely_slices =
		DatumGetInt32(probe_column(probe, Anum_parking_total_capacity, &isnull)) /
		DatumGetInt16(probe_column(probe, Anum_parking_slice_size, &isnull));
}

/* Reads a lot, and puts it into "watch" if there is one. */
void
parking_read(const pg_uuid_t *id, Snapshot snapshot, PageWatch *watch, Parking *parking)
{
	Probe		probe = {0};

	read_lot(&probe, id, snapshot, parking);
	if (watch)
		page_watch_row(watch, &probe);
	probe_end(&probe);
}

/* The same, and whether it takes cars without a booking. */
void
parking_read_for_gate(const pg_uuid_t *id, Snapshot snapshot, Parking *parking, bool *walk_in)
{
	Probe		probe = {0};

	read_lot(&probe, id, snapshot, parking);
	*walk_in = flag_of_lot(&probe, "walk_in", Anum_parking_walk_in);
	probe_end(&probe);
}

/*
 * Reads a lot as the transaction sees it; 40001 if it was opened or closed
 * since.
 */
void
parking_read_latest(const pg_uuid_t *id, Parking *parking)
{
	Snapshot	snapshot = probe_snapshot();
	Parking		latest;

	parking_read(id, snapshot, NULL, parking);
	UnregisterSnapshot(snapshot);
	if (!IsolationUsesXactSnapshot())
		return;
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	parking_read(id, snapshot, NULL, &latest);
	UnregisterSnapshot(snapshot);
	if (latest.is_open != parking->is_open)
		snapshot_is_outdated();
}

static bool
probe_spot(Probe *probe, const pg_uuid_t *parking_id, int spot_no, Snapshot snapshot)
{
	probe_key(probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_key(probe, 2, BTEqualStrategyNumber, F_INT4EQ, InvalidOid, Int32GetDatum(spot_no));
	probe_begin(probe, "spot", "spot_pkey", snapshot);
	return probe_next(probe);
}

/* Whether a spot is in service and of this kind (NULL: of any). */
bool
spot_can_be_given(const pg_uuid_t *parking_id, int spot_no, const char *kind, Snapshot snapshot)
{
	Probe		probe = {0};
	bool		isnull;
	bool		suits;

	suits = probe_spot(&probe, parking_id, spot_no, snapshot) &&
		DatumGetBool(probe_column(&probe, Anum_spot_in_service, &isnull));
	if (suits && kind)
		suits = strcmp(TextDatumGetCString(probe_column(&probe, Anum_spot_kind, &isnull)),
					   kind) == 0;
	probe_end(&probe);
	return suits;
}

/*
 * As things are now: an older answer could hand out a spot that is closed off.
 * 40001 where the transaction's snapshot says otherwise.
 */
bool
spot_in_service(const pg_uuid_t *parking_id, int spot_no)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	bool		in_service = spot_can_be_given(parking_id, spot_no, NULL, snapshot);

	UnregisterSnapshot(snapshot);
	if (IsolationUsesXactSnapshot())
	{
		snapshot = probe_snapshot();
		if (spot_can_be_given(parking_id, spot_no, NULL, snapshot) != in_service)
			snapshot_is_outdated();
		UnregisterSnapshot(snapshot);
	}
	return in_service;
}

/* In which slice a spot is counted, and its label.  False if it is not there. */
bool
spot_read(const pg_uuid_t *parking_id, int spot_no, Snapshot snapshot, char **label,
		  SliceSpots *spot)
{
	Probe		probe = {0};
	bool		isnull;
	bool		found = probe_spot(&probe, parking_id, spot_no, snapshot);

	if (found)
	{
		*label = TextDatumGetCString(probe_column(&probe, Anum_spot_label, &isnull));
		spot->parking_id = *parking_id;
		spot->kind = TextDatumGetCString(probe_column(&probe, Anum_spot_kind, &isnull));
		spot->slice_no = DatumGetInt32(probe_column(&probe, Anum_spot_slice_no, &isnull));
		spot->map = 0;
		spot->spot_no = spot_no;
	}
	probe_end(&probe);
	return found;
}

static char *
label_of_spot(const pg_uuid_t *parking_id, int spot_no, Snapshot snapshot)
{
	Probe		probe = {0};
	bool		isnull;
	char	   *label = NULL;

	snapshot = RegisterSnapshot(snapshot);
	if (probe_spot(&probe, parking_id, spot_no, snapshot))
		label = TextDatumGetCString(probe_column(&probe, Anum_spot_label, &isnull));
	probe_end(&probe);
	UnregisterSnapshot(snapshot);
	return label;
}

/*
 * The label of a spot for which a booking is about to be made.  It cannot be
 * deleted until the transaction ends: who deletes a spot waits for who holds
 * its slice, or finds a booking that was there before (reference_guard).
 */
char *
spot_for_booking(const pg_uuid_t *parking_id, int spot_no)
{
	char	   *label = label_of_spot(parking_id, spot_no, GetTransactionSnapshot());

	if (label == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_SP_COUNTER_DRIFT),
				 errmsg("the counter has spot %d, which the lot does not have", spot_no)));
	if (IsolationUsesXactSnapshot() &&
		label_of_spot(parking_id, spot_no, GetLatestSnapshot()) == NULL)
		snapshot_is_outdated();
	return label;
}

/*
 * Locks the lot's row, as operators' calls do.  For who claims one spot and
 * gives another one back in one call: one at a time in a lot, and not while an
 * operator changes its slices.
 */
void
lock_lot(const pg_uuid_t *parking_id)
{
	Args		args = {0};

	arg_uuid(&args, parking_id);
	order_wait(ORDER_LOT);
	run_statement(STMT_LOCK_LOT, &args);
	order_hold(ORDER_LOT);
}
