/*
 * discovery.c
 *		Search: lots near a place that have free spots.
 *
 * One index scan gives the open lots in reach, nearest first; their free spots
 * are counted by index probes, and only until there are enough lots.  Those of
 * a lot that is not booked here are what was measured there last.  Reads only,
 * under the calling statement's snapshot, so that it works on a hot standby.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/snapmgr.h"

#include "core/booking.h"
#include "core/outside_count.h"
#include "core/parking.h"
#include "core/reach.h"
#include "core/spot_counter.h"
#include "server/call.h"
#include "server/errors.h"
#include "server/geography.h"
#include "server/statements.h"

#define MAX_RESULTS		1000

/* Lots fetched at a time, once there may be enough. */
#define FEW_LOTS	4

PG_FUNCTION_INFO_V1(nearby_parking);

typedef struct Place
{
	float8		latitude;
	float8		longitude;
	float8		radius_m;
	int			max_results;
	char	   *kind;			/* NULL: any */
	int			min_free;
	Datum		access;			/* an array of text */
	bool		any_access;
} Place;

/* Columns of smart_parking.nearby_lot. */
typedef struct NearbyLot
{
	pg_uuid_t	id;
	Datum		name;
	Datum		address;
	bool		has_address;
	float8		latitude;
	float8		longitude;
	float8		distance_m;		/* on the spheroid */
	int			total_capacity;
	int			free_spots;
	bool		can_book;
	OutsideCount outside;		/* unless it can be booked */
} NearbyLot;

typedef struct Found
{
	TimestampTz now;
	bool		any_lapsed;		/* in whatever lot */
	Probe		slices;
	FmgrInfo	distance;
	int			count;
	int			size;
	NearbyLot  *lots;
	float8		farthest_m;
} Found;

static void
check_place(const Place *place)
{
	check_coordinates(place->latitude, place->longitude);
	check_radius(place->radius_m);
	if (place->max_results < 1 || place->max_results > MAX_RESULTS)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_LIMIT),
				 errmsg("max_results cannot be %d", place->max_results),
				 errhint("It is 1 to %d.", MAX_RESULTS)));
	if (place->min_free < 1)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_LIMIT),
				 errmsg("min_free cannot be %d", place->min_free),
				 errhint("It is 1 or more.")));
}

static void
read_place(FunctionCallInfo fcinfo, Place *place)
{
	require_argument(fcinfo, 0, "latitude");
	require_argument(fcinfo, 1, "longitude");
	require_argument(fcinfo, 2, "radius_m");
	require_argument(fcinfo, 3, "max_results");
	require_argument(fcinfo, 5, "min_free");
	place->latitude = PG_GETARG_FLOAT8(0);
	place->longitude = PG_GETARG_FLOAT8(1);
	place->radius_m = PG_GETARG_FLOAT8(2);
	place->max_results = PG_GETARG_INT32(3);
	place->kind = PG_ARGISNULL(4) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(4));
	place->min_free = PG_GETARG_INT32(5);
	place->any_access = PG_ARGISNULL(6);
	place->access = PG_GETARG_DATUM(6);
	check_place(place);
}

/* Spots that a driver could get: those in the counter, and those of lapsed holds. */
static int
free_spots_of(Found *found, const pg_uuid_t *lot, const char *kind)
{
	Snapshot	snapshot = GetActiveSnapshot();
	int			free_spots = spot_counter_free_in(&found->slices, lot);
	ListCell   *cell;

	if (!found->any_lapsed)
		return free_spots;
	foreach(cell, booking_lapsed_spots(lot, found->now, snapshot))
	{
		if (spot_can_be_given(lot, lfirst_int(cell), kind, snapshot))
			free_spots++;
	}
	return free_spots;
}

/* Spots as whoever counts the lot says: its bookings, or others. */
static int
count_lot(const Place *place, Found *found, NearbyLot *lot)
{
	if (lot->can_book)
		return free_spots_of(found, &lot->id, place->kind);
	if (!outside_count_find(&lot->id, place->kind, found->now, GetActiveSnapshot(), &lot->outside))
		return 0;
	return lot->outside.free_spots;
}

/* A text of the row, which the next fetch replaces. */
static Datum
kept_text(uint64 row, int column)
{
	return datumCopy(column_datum(row, column), false, -1);
}

/*
 * Counts the lot in a row of STMT_LOTS_IN_REACH, and takes it if it suits.
 * Its distance is worked out after that: in a town that is full, most do not.
 */
static void
consider_lot(const Place *place, uint64 row, Found *found)
{
	NearbyLot  *lot = &found->lots[found->count];

	lot->id = column_uuid(row, 1);
	lot->can_book = DatumGetBool(column_datum(row, 2));
	lot->free_spots = count_lot(place, found, lot);
	if (lot->free_spots < place->min_free)
		return;
	lot->distance_m = spheroid_distance(&found->distance, column_datum(row, 9),
										column_datum(row, 10));
	if (lot->distance_m > place->radius_m)
		return;
	lot->name = kept_text(row, 3);
	lot->has_address = !column_is_null(row, 4);
	if (lot->has_address)
		lot->address = kept_text(row, 4);
	lot->latitude = DatumGetFloat8(column_datum(row, 5));
	lot->longitude = DatumGetFloat8(column_datum(row, 6));
	lot->total_capacity = DatumGetInt32(column_datum(row, 7));
	found->farthest_m = Max(found->farthest_m, lot->distance_m);
	if (++found->count == found->size)
	{
		found->size *= 2;
		found->lots = repalloc(found->lots, found->size * sizeof(NearbyLot));
	}
}

/*
 * The nearest lots on the sphere, as many as are asked for, and those after
 * them that may be nearer on the spheroid.
 */
static void
find_lots(const Place *place, Found *found)
{
	Args		args = {0};
	Portal		lots;
	uint64		fetched;
	bool		enough = false;

	found->any_lapsed = booking_any_lapsed_anywhere(found->now, GetActiveSnapshot());
	spot_counter_free_begin(&found->slices, place->kind, GetActiveSnapshot());
	spheroid_distance_function(&found->distance);
	found->size = place->max_results + 1;
	found->lots = palloc(found->size * sizeof(NearbyLot));
	arg_datum(&args, Float8GetDatum(place->latitude));
	arg_datum(&args, Float8GetDatum(place->longitude));
	arg_datum(&args, Float8GetDatum(place->radius_m / SPHEROID_BY_SPHERE));
	if (place->any_access)
		arg_null(&args);
	else
		arg_datum(&args, place->access);
	lots = open_statement(STMT_LOTS_IN_REACH, &args);
	do
	{
		fetched = fetch_rows(lots, Max(place->max_results - found->count, FEW_LOTS));
		for (uint64 row = 0; row < fetched && !enough; row++)
		{
			CHECK_FOR_INTERRUPTS();
			enough = found->count >= place->max_results &&
				DatumGetFloat8(column_datum(row, 8)) * SPHEROID_BY_SPHERE > found->farthest_m;
			if (!enough)
				consider_lot(place, row, found);
		}
	} while (fetched > 0 && !enough);
	close_rows(lots);
	probe_end(&found->slices);
}

static int
compare_lots(const void *a, const void *b)
{
	const NearbyLot *left = a;
	const NearbyLot *right = b;

	if (left->distance_m != right->distance_m)
		return left->distance_m < right->distance_m ? -1 : 1;
	return memcmp(&left->id, &right->id, UUID_LEN);
}

static void
return_lot(const NearbyLot *lot, TimestampTz now, Datum bookings, RowSet *rows)
{
	static Interval no_age;
	Datum		counted_by = lot->can_book ? bookings : lot->outside.source;
	Datum		age = lot->can_book ? IntervalPGetDatum(&no_age) :
		DirectFunctionCall2(timestamp_mi, TimestampTzGetDatum(now),
							TimestampTzGetDatum(lot->outside.as_of));
	Datum		values[] = {
		UUIDPGetDatum(&lot->id), lot->name, lot->address,
		Float8GetDatum(lot->latitude), Float8GetDatum(lot->longitude),
		Float8GetDatum(lot->distance_m),
		Int32GetDatum(lot->total_capacity), Int32GetDatum(lot->free_spots),
		BoolGetDatum(lot->can_book), counted_by, age
	};
	bool		nulls[lengthof(values)] = {false};

	nulls[2] = !lot->has_address;
	tuplestore_putvalues(rows->store, rows->descriptor, values, nulls);
}

Datum
nearby_parking(PG_FUNCTION_ARGS)
{
	Call		call;
	Place		place;
	Found		found = {0};
	RowSet		rows;
	Datum		bookings;

	read_place(fcinfo, &place);
	call_begin(&call, fcinfo);
	call_rows(&call, &rows);
	call_connect(&call);
	found.now = call.now;
	find_lots(&place, &found);
	qsort(found.lots, found.count, sizeof(NearbyLot), compare_lots);
	bookings = CStringGetTextDatum("bookings");
	for (int i = 0; i < Min(found.count, place.max_results); i++)
		return_lot(&found.lots[i], found.now, bookings, &rows);
	call_end(&call);
	PG_RETURN_NULL();
}
