/*
 * reach.c
 *		The open lots in reach of a place, nearest first.
 *
 * A few at a time, since most drivers need the first one only.  Read by the
 * calling statement's snapshot.
 */
#include "postgres.h"

#include "utils/float.h"

#include "server/errors.h"
#include "server/geography.h"
#include "server/statements.h"
#include "reach.h"

/* Lots fetched at a time. */
#define FEW_LOTS	4

void
check_coordinates(float8 latitude, float8 longitude)
{
	/* written so that NaN, which compares false with everything, fails too */
	if (!(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180))
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_COORDINATES),
				 errmsg("latitude %s, longitude %s is not a place on Earth",
						float8out_internal(latitude), float8out_internal(longitude)),
				 errhint("Latitude is -90 to 90 degrees, longitude -180 to 180; latitude comes first.")));
}

void
check_radius(float8 radius_m)
{
	if (!(radius_m >= 0 && radius_m <= HALF_EARTH_M))
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_RADIUS),
				 errmsg("a search radius cannot be %s m", float8out_internal(radius_m)),
				 errhint("It is 0 to %.0f m, half way around the Earth.", HALF_EARTH_M)));
}

void
reach_begin(Reach *reach, float8 latitude, float8 longitude, float8 radius_m)
{
	Args		args = {0};

	memset(reach, 0, sizeof(*reach));
	reach->radius_m = radius_m;
	spheroid_distance_function(&reach->distance);
	arg_datum(&args, Float8GetDatum(latitude));
	arg_datum(&args, Float8GetDatum(longitude));
	arg_datum(&args, Float8GetDatum(radius_m / SPHEROID_BY_SPHERE));
	reach->lots = open_statement(STMT_LOTS_TO_TRY, &args);
}

static void
add_lot(Reach *reach, uint64 row)
{
	ReachLot   *lot;

	if (reach->count == reach->size)
	{
		reach->size = Max(reach->size * 2, 2 * FEW_LOTS);
		reach->waiting = reach->waiting ?
			repalloc(reach->waiting, reach->size * sizeof(ReachLot)) :
			palloc(reach->size * sizeof(ReachLot));
	}
	lot = &reach->waiting[reach->count];
	lot->id = column_uuid(row, 1);
	lot->distance_m = spheroid_distance(&reach->distance, column_datum(row, 3), column_datum(row, 4));
	if (lot->distance_m <= reach->radius_m)
		reach->count++;
}

static void
fetch_few(Reach *reach)
{
	uint64		fetched = fetch_rows(reach->lots, FEW_LOTS);

	for (uint64 row = 0; row < fetched; row++)
	{
		add_lot(reach, row);
		reach->seen_to_m = DatumGetFloat8(column_datum(row, 2)) * SPHEROID_BY_SPHERE;
	}
	if (fetched < FEW_LOTS)
		reach->seen_to_m = get_float8_infinity();
}

/* By its number in "waiting"; of equal ones that with the lower id. */
static int
nearest(const Reach *reach)
{
	int			best = 0;

	for (int i = 1; i < reach->count; i++)
	{
		const ReachLot *lot = &reach->waiting[i];
		const ReachLot *other = &reach->waiting[best];

		if (lot->distance_m < other->distance_m ||
			(lot->distance_m == other->distance_m && memcmp(&lot->id, &other->id, UUID_LEN) < 0))
			best = i;
	}
	return best;
}

/* The next lot; what is farther on the sphere may be nearer on the spheroid. */
bool
reach_next(Reach *reach, ReachLot *lot)
{
	int			best;

	while (!isinf(reach->seen_to_m) &&
		   (reach->count == 0 || reach->waiting[nearest(reach)].distance_m >= reach->seen_to_m))
		fetch_few(reach);
	if (reach->count == 0)
		return false;
	best = nearest(reach);
	*lot = reach->waiting[best];
	reach->waiting[best] = reach->waiting[--reach->count];
	return true;
}

void
reach_end(Reach *reach)
{
	close_rows(reach->lots);
}
