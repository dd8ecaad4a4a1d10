/*
 * region_id.c
 *		Making region ids in the server, and the SQL functions for them.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/timestamp.h"

#include "server/errors.h"
#include "home_cell.h"
#include "region_id.h"

StaticAssertDecl(UUID_LEN == REGION_ID_BYTES, "a region id is a uuid");

/*
 * Returns 32 bits that nobody can predict.  Ids show up in links, and one must
 * not tell the next.  Bytes are drawn for 64 ids at a time: the system call
 * would cost as much as all the rest of making an id.  The store belongs to
 * one backend, as the postmaster makes no ids before it forks.
 */
static uint32
random_bits(void)
{
	static uint32 store[64];
	static int	left = 0;

	if (left == 0)
	{
		if (!pg_strong_random(store, sizeof(store)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate random values")));
		left = lengthof(store);
	}
	return store[--left];
}

static uint64
unix_microseconds(TimestampTz at)
{
	const int64 epoch = (int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) *
		SECS_PER_DAY * USECS_PER_SEC;

	Assert(!TIMESTAMP_NOT_FINITE(at) && at >= -epoch);
	return (uint64) (at + epoch);
}

void
region_id_beside(const pg_uuid_t *neighbour, TimestampTz at, pg_uuid_t *id)
{
	uint32		cell = region_id_cell(neighbour->data);

	region_id_make(id->data, unix_microseconds(at), cell, random_bits());
}

static void
check_region_id(pg_uuid_t *id)
{
	if (!region_id_is_valid(id->data))
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("id %s has no home cell",
						DatumGetCString(DirectFunctionCall1(uuid_out,
															UUIDPGetDatum(id)))),
				 errhint("Only ids that smart_parking made have one: UUIDs of version 7.")));
}

PG_FUNCTION_INFO_V1(home_cell);
Datum
home_cell(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *id = PG_GETARG_UUID_P(0);
	char		geohash[HOME_CELL_CHARS + 1];

	check_region_id(id);
	home_cell_to_text(region_id_cell(id->data), geohash);
	PG_RETURN_TEXT_P(cstring_to_text(geohash));
}

PG_FUNCTION_INFO_V1(new_region_id);
Datum
new_region_id(PG_FUNCTION_ARGS)
{
	float8		latitude = PG_GETARG_FLOAT8(0);
	float8		longitude = PG_GETARG_FLOAT8(1);
	pg_uuid_t  *id;

	/* written so that NaN, which compares false with everything, fails too */
	if (!(latitude >= -90 && latitude <= 90 &&
		  longitude >= -180 && longitude <= 180))
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_COORDINATES),
				 errmsg("invalid coordinates: latitude %s, longitude %s",
						float8out_internal(latitude),
						float8out_internal(longitude)),
				 errhint("Latitude is -90 to 90, longitude -180 to 180, in degrees; latitude comes first.")));

	id = palloc(sizeof(*id));
	region_id_make(id->data, unix_microseconds(GetCurrentTimestamp()),
				   home_cell_at(latitude, longitude), random_bits());
	PG_RETURN_UUID_P(id);
}

PG_FUNCTION_INFO_V1(new_region_id_beside);
Datum
new_region_id_beside(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *neighbour = PG_GETARG_UUID_P(0);
	pg_uuid_t  *id = palloc(sizeof(*id));

	check_region_id(neighbour);
	region_id_beside(neighbour, GetCurrentTimestamp(), id);
	PG_RETURN_UUID_P(id);
}
