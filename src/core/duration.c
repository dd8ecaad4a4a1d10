/*
 * duration.c
 *		Lengths of time that lots and gates are set to.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(duration_within);

/*
 * Whether an interval is a length of time between two others.  "1 month -29
 * days" is none: it is longer than nothing, and shorter than nothing in
 * February.  With no negative part, and a sum below the bound, no addition to
 * an instant can fail.  Infinity is above every bound.
 */
Datum
duration_within(PG_FUNCTION_ARGS)
{
	Interval   *duration = PG_GETARG_INTERVAL_P(0);

	if (duration->month < 0 || duration->day < 0 || duration->time < 0)
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(DatumGetBool(DirectFunctionCall2(interval_ge, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1))) &&
				   DatumGetBool(DirectFunctionCall2(interval_le, PG_GETARG_DATUM(0), PG_GETARG_DATUM(2))));
}
