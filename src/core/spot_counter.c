/*
 * spot_counter.c
 *		The spot counter of a lot: claim and give back spots.
 *
 * The counter is cut into slices, rows of counter_slice.  Whoever changes a
 * slice holds its row until commit.  Claimers choose a slice by a look that
 * locks nothing, then lock the very version that they saw, so a claim never
 * waits unless it is told to and never keeps a row that it cannot use.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "server/lock_order.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "server/tables.h"
#include "slice.h"
#include "spot_counter.h"

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

static void
view_slice(Probe *probe, SlicesView *view)
{
	bool		isnull;

	view->state = SLICE_AT_HAND;
	view->row = probe_row(probe);
	view->slice_no = DatumGetInt32(probe_column(probe, Anum_counter_slice_slice_no, &isnull));
	view->first_spot_no =
		DatumGetInt32(probe_column(probe, Anum_counter_slice_first_spot_no, &isnull));
	view->free_map = DatumGetInt64(probe_column(probe, Anum_counter_slice_free_map, &isnull));
}

/*
 * Looks at the slices from first_slice to the one before end, until it finds
 * one to claim from: with a free spot, and, unless held_too, held by nobody.
 */
static void
look_between(const pg_uuid_t *parking_id, Datum kind, int first_slice, int end,
			 bool held_too, Snapshot snapshot, PageWatch *watch, SlicesView *view)
{
	Probe		probe = {0};
	bool		isnull;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_key(&probe, 2, BTEqualStrategyNumber, F_TEXTEQ, C_COLLATION_OID, kind);
	if (end == first_slice + 1)
		probe_key(&probe, 3, BTEqualStrategyNumber, F_INT4EQ, InvalidOid,
				  Int32GetDatum(first_slice));
	else
		probe_key(&probe, 3, BTGreaterEqualStrategyNumber, F_INT4GE, InvalidOid,
				  Int32GetDatum(first_slice));
	if (end > first_slice + 1 && end < PG_INT32_MAX)
		probe_key(&probe, 3, BTLessStrategyNumber, F_INT4LT, InvalidOid, Int32GetDatum(end));
	probe_begin(&probe, "counter_slice", "counter_slice_pkey", snapshot);
	while (view->state != SLICE_AT_HAND && probe_next(&probe))
	{
		if (DatumGetInt32(probe_column(&probe, Anum_counter_slice_free_spots, &isnull)) == 0)
		{
			view->state = Min(view->state, SLICES_EMPTY);
			if (watch)
				page_watch_row(watch, &probe);
		}
		else if (!held_too && probe_row_is_held(&probe))
			view->state = Min(view->state, SLICES_HELD);
		else
			view_slice(&probe, view);
	}
	probe_end(&probe);
}

static SlicesView
look_from(const pg_uuid_t *parking_id, const char *kind, int first_slice, bool held_too,
		  Snapshot snapshot, PageWatch *watch)
{
	SlicesView	view = {NO_SLICES};
	Datum		kind_datum = CStringGetTextDatum(kind);

	/*
	 * Most often the first one does.  It is asked for by itself, since a scan
	 * of a range reads all that is in it on a page of the index at once.
	 */
	look_between(parking_id, kind_datum, first_slice, first_slice + 1, held_too, snapshot,
				 watch, &view);
	if (view.state != SLICE_AT_HAND)
		look_between(parking_id, kind_datum, first_slice + 1, PG_INT32_MAX, held_too, snapshot,
					 watch, &view);
	if (view.state != SLICE_AT_HAND && first_slice > 0)
		look_between(parking_id, kind_datum, 0, first_slice, held_too, snapshot, watch,
					 &view);
	return view;
}

/*
 * Looks for a slice to claim from, without a lock.  That all are empty is
 * true of one instant, since the whole walk uses one snapshot; then the
 * slices are in "watch".
 */
SlicesView
spot_counter_look(const pg_uuid_t *parking_id, const char *kind, int likely_slices,
				  Snapshot snapshot, PageWatch *watch)
{
	return look_from(parking_id, kind, first_slice_to_try(parking_id, likely_slices), false,
					 snapshot, watch);
}

/*
 * Claims spots of a slice which are free in the version of its row that was
 * seen.  False if the slice has changed since the look or, without "wait", if
 * somebody else holds it.
 */
bool
spot_counter_claim_seen(const SliceSpots *spots, RowVersion *row, bool wait)
{
	if (wait)
		order_wait_slice(SLICE_KEY(spots));
	if (!lock_row_version("counter_slice", row, wait))
		return false;
	order_hold_slice(SLICE_KEY(spots));
	if (!slice_row_take(spots, row))
	{
		Args		args = {0};

		arg_datum(&args, PointerGetDatum(&row->place));
		arg_datum(&args, Int64GetDatum(spots->map));
		if (run_statement(STMT_CLAIM, &args) != 1)
			slice_drift("could not claim what is free in", spots);
	}
	last_claim.parking_id = spots->parking_id;
	last_claim.slice_no = spots->slice_no;
	return true;
}

/*
 * Claims the lowest spot that is free in the slice in view; its number, or 0
 * as above.
 */
static int
claim_lowest(const pg_uuid_t *parking_id, const char *kind, SlicesView *view, bool wait)
{
	int			bit = pg_rightmost_one_pos64((uint64) view->free_map);
	SliceSpots	spot = {*parking_id, unconstify(char *, kind), view->slice_no,
	INT64CONST(1) << bit, view->first_spot_no + bit};

	return spot_counter_claim_seen(&spot, &view->row, wait) ? view->first_spot_no + bit : 0;
}

/*
 * Claims a free spot of this kind, the one in view or, if there is no view or
 * rivals were faster, another; returns its number.  0 does not mean that the
 * lot is full: others may hold what is free.  Does not wait.
 */
int
spot_counter_claim_any(const pg_uuid_t *parking_id, const char *kind, const SlicesView *view)
{
#define MAX_TRIES 8
	SlicesView	next = {SLICES_HELD};
	int			spot_no = 0;

	if (view)
		next = *view;
	for (int tries = 0; spot_no == 0 && tries < MAX_TRIES; tries++)
	{
		Snapshot	snapshot = NULL;

		if (view == NULL || tries > 0)
		{
			int			first_slice = tries > 0 ? next.slice_no + 1 : 0;

			snapshot = probe_snapshot();
			next = look_from(parking_id, kind, first_slice, false, snapshot, NULL);
		}
		if (next.state == SLICE_AT_HAND)
			spot_no = claim_lowest(parking_id, kind, &next, false);
		if (snapshot)
			UnregisterSnapshot(snapshot);
		if (next.state != SLICE_AT_HAND)
			break;
	}
	return spot_no;
}

/*
 * The same for when others hold all slices with free spots: waits for one of
 * them.
 */
int
spot_counter_claim_after_rival(const pg_uuid_t *parking_id, const char *kind)
{
	Snapshot	snapshot = probe_snapshot();
	SlicesView	view = look_from(parking_id, kind, 0, true, snapshot, NULL);
	int			spot_no = 0;

	if (view.state == SLICE_AT_HAND)
		spot_no = claim_lowest(parking_id, kind, &view, true);
	UnregisterSnapshot(snapshot);
	return spot_no;
}

/* Whether a certain spot is free; in which version of its slice's row. */
bool
spot_counter_is_free(const SliceSpots *spot, Snapshot snapshot, RowVersion *row)
{
	SlicesView	view = {NO_SLICES};

	look_between(&spot->parking_id, CStringGetTextDatum(spot->kind), spot->slice_no,
				 spot->slice_no + 1, true, snapshot, NULL, &view);
	*row = view.row;
	return view.state == SLICE_AT_HAND && (view.free_map & spot->map) == spot->map;
}

/* Claims one certain spot if it is free.  Waits for who holds its slice. */
bool
spot_counter_claim_this(const SliceSpots *spot)
{
	bool		claimed = false;
	bool		is_free;

	do
	{
		Snapshot	snapshot = probe_snapshot();
		RowVersion	row;

		is_free = spot_counter_is_free(spot, snapshot, &row);
		claimed = is_free && spot_counter_claim_seen(spot, &row, true);
		UnregisterSnapshot(snapshot);
	} while (is_free && !claimed && !IsolationUsesXactSnapshot());
	return claimed;
}

/*
 * Gives spots back.  Waits for who holds the slice.  The caller has ended the
 * bookings on them in this transaction.
 */
void
spot_counter_give_back(const SliceSpots *given)
{
	SliceSpots	spots = *given;
	Args		args = {0};

	order_wait_slice(SLICE_KEY(&spots));
	order_hold_slice(SLICE_KEY(&spots));
	if (slice_give_back(&spots))
		return;
	arg_uuid(&args, &spots.parking_id);
	arg_text(&args, spots.kind);
	arg_datum(&args, Int32GetDatum(spots.slice_no));
	arg_datum(&args, Int64GetDatum(spots.map));
	if (run_statement(STMT_GIVE_BACK, &args) != 1)
		slice_drift("a spot that was given back is free already in", &spots);
}

/*
 * Prepares to count the free spots of many lots, of a kind or of all kinds for
 * NULL.  The caller ends the probe.
 */
void
spot_counter_free_begin(Probe *probe, const char *kind, Snapshot snapshot)
{
	static const pg_uuid_t no_lot = {{0}};

	probe_key(probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(&no_lot));
	if (kind)
		probe_key(probe, 2, BTEqualStrategyNumber, F_TEXTEQ, C_COLLATION_OID,
				  CStringGetTextDatum(kind));
	probe_begin(probe, "counter_slice", "counter_slice_pkey", snapshot);
}

int
spot_counter_free_in(Probe *probe, const pg_uuid_t *parking_id)
{
	bool		isnull;
	int			free_spots = 0;

	probe_again(probe, 0, UUIDPGetDatum(parking_id));
	while (probe_next(probe))
		free_spots += DatumGetInt32(probe_column(probe, Anum_counter_slice_free_spots, &isnull));
	return free_spots;
}

bool
spot_counter_has_kind(const pg_uuid_t *parking_id, const char *kind)
{
	Snapshot	snapshot = probe_snapshot();
	SlicesView	view = look_from(parking_id, kind, 0, true, snapshot, NULL);

	UnregisterSnapshot(snapshot);
	return view.state != NO_SLICES;
}

/* What the lot has at the snapshot's instant, by the clock. */
Availability
spot_counter_availability(const pg_uuid_t *parking_id, const char *kind, TimestampTz now,
						  Snapshot snapshot)
{
	Args		args = {0};
	Availability availability;

	arg_uuid(&args, parking_id);
	arg_text(&args, kind);
	arg_time(&args, now);
	run_statement_as_of(STMT_AVAILABILITY, &args, snapshot);
	availability.has_free = DatumGetBool(column_datum(0, 1));
	availability.has_lapsed = DatumGetBool(column_datum(0, 2));
	availability.has_kind = DatumGetBool(column_datum(0, 3));
	return availability;
}
