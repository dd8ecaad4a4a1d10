/*
 * plate_match_sql.c
 *		SQL's view of plate matching: the distance of two plates.
 */
#include "postgres.h"

#include "fmgr.h"

#include "server/compat.h"
#include "license_plate.h"
#include "plate_pattern.h"

PG_FUNCTION_INFO_V1(plate_distance);

/* Too many characters only where the server encoding is read byte by byte. */
static void
pattern_of(text *plate, PlatePattern *pattern)
{
	text	   *canonical = license_plate_from_text(plate);

	if (!plate_pattern_make(VARDATA_ANY(canonical), VARSIZE_ANY_EXHDR(canonical), pattern))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("license plate is too long to be compared in this server encoding")));
}

/*
 * IMMUTABLE, so by the default costs, whatever the settings are.  Without the
 * matcher's bound: who tunes it asks about what lies beyond.
 */
Datum
plate_distance(PG_FUNCTION_ARGS)
{
	static const PlateCosts costs = PLATE_DEFAULT_COSTS;
	PlatePattern read;
	PlatePattern plate;

	pattern_of(PG_GETARG_TEXT_PP(0), &read);
	pattern_of(PG_GETARG_TEXT_PP(1), &plate);
	PG_RETURN_INT32(plate_pattern_distance(&costs, &read, &plate, PLATE_MAX_DISTANCE));
}
