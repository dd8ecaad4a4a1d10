/*
 * no_plate_sql.c
 *		SQL functions about words that say that there is no plate.
 */
#include "postgres.h"

#include "fmgr.h"

#include "server/compat.h"
#include "license_plate.h"

/* SQL's view of the rule; NULL, the empty and separators alone are no plate either. */
PG_FUNCTION_INFO_V1(is_no_plate);
Datum
is_no_plate(PG_FUNCTION_ARGS)
{
	text	   *plate;
	char		canonical[PLATE_MAX_BYTES];
	size_t		length;

	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(true);
	plate = PG_GETARG_TEXT_PP(0);
	switch (license_plate_canonical(VARDATA_ANY(plate), VARSIZE_ANY_EXHDR(plate), canonical, &length))
	{
		case PLATE_OK:
			PG_RETURN_BOOL(license_plate_means_none(canonical, length));
		case PLATE_EMPTY:
			PG_RETURN_BOOL(true);
		case PLATE_TOO_LONG:
		case PLATE_CONTROL_CHARACTER:
		case PLATE_INVALID_UTF8:
			break;
	}
	PG_RETURN_BOOL(false);
}

/* The plate of a car that is to be known by it, for functions in SQL. */
PG_FUNCTION_INFO_V1(plate_of_car);
Datum
plate_of_car(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(license_plate_of_car(PG_GETARG_TEXT_PP(0)));
}
