/*
 * slice.c
 *		One slice of the spot counter, changed without a plan.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_collation.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "server/errors.h"
#include "server/row_writer.h"
#include "server/tables.h"
#include "slice.h"

#define MAX_SPOTS_IN_SLICE 62	/* a map is a non-negative int64 */

PG_FUNCTION_INFO_V1(slice_in_step);
PG_FUNCTION_INFO_V1(spots_in_map);

static bool
in_step(int32 spots, int32 free_spots, uint64 free_map, uint64 service_map)
{
	return spots >= 1 && spots <= MAX_SPOTS_IN_SLICE &&
		(service_map >> spots) == 0 &&
		(free_map & ~service_map) == 0 &&
		pg_popcount64(free_map) == free_spots;
}

Datum
slice_in_step(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(in_step(PG_GETARG_INT32(0), PG_GETARG_INT32(1),
						   (uint64) PG_GETARG_INT64(2), (uint64) PG_GETARG_INT64(3)));
}

Datum
spots_in_map(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(pg_popcount64((uint64) PG_GETARG_INT64(0)));
}

void
slice_drift(const char *what, const SliceSpots *spots)
{
	ereport(ERROR,
			(errcode(ERRCODE_SP_COUNTER_DRIFT),
			 errmsg("%s counter slice %d (%s)", what, spots->slice_no, spots->kind),
			 errhint("SELECT * FROM smart_parking.check_invariants() tells what disagrees.")));
}

/* Sets what is free, and asks what the CHECKs of the table ask. */
static bool
set_free(RowUpdate *update, int32 free_spots, int64 free_map)
{
	if (free_spots < 0 ||
		!in_step(DatumGetInt32(update->values[Anum_counter_slice_spots - 1]), free_spots,
				 (uint64) free_map,
				 (uint64) DatumGetInt64(update->values[Anum_counter_slice_service_map - 1])))
		return false;
	update->values[Anum_counter_slice_free_spots - 1] = Int32GetDatum(free_spots);
	update->values[Anum_counter_slice_free_map - 1] = Int64GetDatum(free_map);
	return true;
}

/*
 * Takes spots out of the row, as STMT_CLAIM does.  False if the table is not as
 * installed.
 */
bool
slice_row_take(const SliceSpots *spots, const RowVersion *row)
{
	RowUpdate	update;
	int32		free_spots;
	int64		free_map;

	if (!row_update_begin(&update, SHAPED_COUNTER_SLICE, row))
		return false;
	free_spots = DatumGetInt32(update.values[Anum_counter_slice_free_spots - 1]);
	free_map = DatumGetInt64(update.values[Anum_counter_slice_free_map - 1]);
	if ((free_map & spots->map) != spots->map ||
		!set_free(&update, free_spots - pg_popcount64((uint64) spots->map), free_map - spots->map))
		slice_drift("could not claim what is free in", spots);
	row_update_finish(&update);
	return true;
}

static bool
find_slice(Probe *probe, const SliceSpots *spots, Snapshot snapshot)
{
	probe_key(probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(&spots->parking_id));
	probe_key(probe, 2, BTEqualStrategyNumber, F_TEXTEQ, C_COLLATION_OID, CStringGetTextDatum(spots->kind));
	probe_key(probe, 3, BTEqualStrategyNumber, F_INT4EQ, InvalidOid, Int32GetDatum(spots->slice_no));
	probe_begin(probe, "counter_slice", "counter_slice_pkey", snapshot);
	return probe_next(probe);
}

/* Those of the spots that are in service come back, as in STMT_GIVE_BACK. */
static bool
give_to_row(const SliceSpots *spots, const RowVersion *row)
{
	RowUpdate	update;
	int64		free_map;
	int64		in_service;

	if (!row_update_begin(&update, SHAPED_COUNTER_SLICE, row))
		return false;
	free_map = DatumGetInt64(update.values[Anum_counter_slice_free_map - 1]);
	in_service = spots->map & DatumGetInt64(update.values[Anum_counter_slice_service_map - 1]);
	if ((free_map & spots->map) != 0 ||
		!set_free(&update,
				  DatumGetInt32(update.values[Anum_counter_slice_free_spots - 1]) +
				  pg_popcount64((uint64) in_service), free_map | in_service))
	{
		row_update_abandon(&update);
		return false;
	}
	row_update_finish(&update);
	return true;
}

/*
 * Gives spots back if nobody holds the slice.  False if somebody does, or it is
 * not as it has to be: the statement waits, or says what is wrong.
 */
bool
slice_give_back(SliceSpots *spots)
{
	Snapshot	snapshot = probe_snapshot();
	Probe		probe = {0};
	RowVersion	row;
	bool		isnull;
	bool		done = false;

	if (find_slice(&probe, spots, snapshot))
	{
		row = probe_row(&probe);
		if (spots->map == 0)
			spots->map = INT64CONST(1) <<
				(spots->spot_no - DatumGetInt32(probe_column(&probe, Anum_counter_slice_first_spot_no, &isnull)));
		done = lock_row_version("counter_slice", &row, false) && give_to_row(spots, &row);
	}
	probe_end(&probe);
	UnregisterSnapshot(snapshot);
	return done;
}
