/*
 * spot_counter.c
 *		The spot counter of a lot: claim and give back spots.
 *
 * The counter is cut into slices, rows of counter_slice.  Whoever changes a
 * slice holds its row until commit.  Claimers pass over rows that others
 * hold; those who give back or work on a whole lot wait, and take several
 * slices in the order (parking_id, kind, slice_no).
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_collation.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "errors.h"
#include "probe.h"
#include "spot_counter.h"
#include "statements.h"
#include "tables.h"
#include "waiting.h"

#define MAX_SPOTS_IN_SLICE 62	/* a map is a non-negative int64 */

PG_FUNCTION_INFO_V1(slice_in_step);
PG_FUNCTION_INFO_V1(spots_in_map);

Datum
slice_in_step(PG_FUNCTION_ARGS)
{
	int32		spots = PG_GETARG_INT32(0);
	int32		free_spots = PG_GETARG_INT32(1);
	uint64		free_map = (uint64) PG_GETARG_INT64(2);
	uint64		service_map = (uint64) PG_GETARG_INT64(3);

	PG_RETURN_BOOL(spots >= 1 && spots <= MAX_SPOTS_IN_SLICE &&
				   (service_map >> spots) == 0 &&
				   (free_map & ~service_map) == 0 &&
				   pg_popcount64(free_map) == free_spots);
}

Datum
spots_in_map(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(pg_popcount64((uint64) PG_GETARG_INT64(0)));
}

/* Where this session claimed last. */
static struct
{
	pg_uuid_t	parking_id;
	int			slice_no;
}			last_claim;

/*
 * Where to start looking.  A session goes on in the slice that it claimed
 * from last, else begins anywhere, so that rivals seldom meet and nobody
 * walks over exhausted slices again and again.  Both numbers are hints only.
 */
static int
first_slice_to_try(const pg_uuid_t *parking_id, int likely_slices)
{
	static uint32 draws = 0;

	if (memcmp(&last_claim.parking_id, parking_id, UUID_LEN) == 0)
		return last_claim.slice_no;
	return (int) (murmurhash32((uint32) MyProcPid + draws++ * 7919) % (uint32) Max(likely_slices, 1));
}

/* Looks at the slices from first_slice to the one before end. */
static FreeSlice
find_free_between(const pg_uuid_t *parking_id, Datum kind, int first_slice, int end,
				  Snapshot snapshot, int *slice_no)
{
	Probe		probe = {0};
	FreeSlice	found = NO_SLICES;
	bool		isnull;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_key(&probe, 2, BTEqualStrategyNumber, F_TEXTEQ, C_COLLATION_OID, kind);
	probe_key(&probe, 3, BTGreaterEqualStrategyNumber, F_INT4GE, InvalidOid,
			  Int32GetDatum(first_slice));
	if (end < PG_INT32_MAX)
		probe_key(&probe, 3, BTLessStrategyNumber, F_INT4LT, InvalidOid, Int32GetDatum(end));
	probe_begin(&probe, "counter_slice", "counter_slice_pkey", snapshot);
	while (found != SLICE_FOUND && probe_next(&probe))
	{
		found = ALL_SLICES_EMPTY;
		if (DatumGetInt32(probe_column(&probe, Anum_counter_slice_free_spots, &isnull)) > 0)
		{
			found = SLICE_FOUND;
			*slice_no = DatumGetInt32(probe_column(&probe, Anum_counter_slice_slice_no, &isnull));
		}
	}
	probe_end(&probe);
	return found;
}

/*
 * Looks for a slice with a free spot, without a lock.  ALL_SLICES_EMPTY is
 * true of one instant, since both halves of the walk use one snapshot.
 */
FreeSlice
spot_counter_find_free(const pg_uuid_t *parking_id, const char *kind, int likely_slices,
					   Snapshot snapshot, int *slice_no)
{
	Datum		kind_datum = CStringGetTextDatum(kind);
	int			first_slice = first_slice_to_try(parking_id, likely_slices);
	FreeSlice	upper = find_free_between(parking_id, kind_datum, first_slice, PG_INT32_MAX,
										  snapshot, slice_no);
	FreeSlice	lower = NO_SLICES;

	if (upper != SLICE_FOUND && first_slice > 0)
		lower = find_free_between(parking_id, kind_datum, 0, first_slice, snapshot, slice_no);
	return lower == NO_SLICES ? upper : lower;
}

/*
 * Claims a free spot of this kind from first_slice on; returns its number, 0
 * if there is none.  Without wait, passes over slices that others hold, so 0
 * does not mean that the lot is full.
 */
int
spot_counter_claim_any(const pg_uuid_t *parking_id, const char *kind, int first_slice, bool wait)
{
	Args		args = {0};
	uint64		rows;

	arg_uuid(&args, parking_id);
	arg_text(&args, kind);
	arg_datum(&args, Int32GetDatum(first_slice));
	rows = run_statement(wait ? STMT_CLAIM_ANY_SPOT_WAIT : STMT_CLAIM_ANY_SPOT, &args);
	if (rows == 0)
		return 0;
	if (rows > 1)
		ereport(ERROR,
				(errcode(ERRCODE_SP_COUNTER_DRIFT),
				 errmsg("one claim took spots of %d counter slices", (int) rows)));

	last_claim.parking_id = *parking_id;
	last_claim.slice_no = DatumGetInt32(column_datum(0, 3));
	return DatumGetInt32(column_datum(0, 1)) +
		pg_rightmost_one_pos64((uint64) DatumGetInt64(column_datum(0, 2)));
}

static uint64
change_slice(Statement statement, const SliceSpots *spots)
{
	Args		args = {0};

	arg_uuid(&args, &spots->parking_id);
	arg_text(&args, spots->kind);
	arg_datum(&args, Int32GetDatum(spots->slice_no));
	arg_datum(&args, Int64GetDatum(spots->map));
	return run_statement(statement, &args);
}

/* Claims the spots named, if all are free.  Waits for who holds the slice. */
bool
spot_counter_claim_this(const SliceSpots *spot)
{
	return change_slice(STMT_CLAIM_THIS_SPOT, spot) == 1;
}

/*
 * Gives spots back.  Waits for who holds the slice.  The caller has ended the
 * bookings on them in this transaction.
 */
void
spot_counter_give_back(const SliceSpots *spots)
{
	if (change_slice(STMT_GIVE_BACK, spots) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_SP_COUNTER_DRIFT),
				 errmsg("a spot of counter slice %d (%s) that was given back is free already",
						spots->slice_no, spots->kind),
				 errhint("SELECT * FROM smart_parking.check_invariants() tells what disagrees.")));
}

/*
 * What the lot has at this instant, also where the transaction's snapshot is
 * older: "full" must be true during the call.
 */
Availability
spot_counter_availability(const pg_uuid_t *parking_id, const char *kind, TimestampTz now)
{
	Args		args = {0};
	Availability availability;

	arg_uuid(&args, parking_id);
	arg_text(&args, kind);
	arg_time(&args, now);
	run_statement_as_of(STMT_AVAILABILITY, &args, GetLatestSnapshot());
	availability.has_free = DatumGetBool(column_datum(0, 1));
	availability.has_lapsed = DatumGetBool(column_datum(0, 2));
	availability.has_kind = DatumGetBool(column_datum(0, 3));
	return availability;
}

/* Waits for one transaction that holds a slice with free spots, see waiting.c. */
bool
spot_counter_wait_for_rival(const pg_uuid_t *parking_id, const char *kind)
{
	Args		args = {0};

	arg_uuid(&args, parking_id);
	arg_text(&args, kind);
	return wait_for_row_holder(run_statement_as_of(STMT_WHO_HOLDS_SLICES, &args,
												   GetLatestSnapshot()));
}
