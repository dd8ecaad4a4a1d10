/*
 * hold.c
 *		How long a hold lasts.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "server/compat.h"
#include "server/errors.h"
#include "hold.h"
#include "settings.h"

static void
invalid_hold(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_SP_INVALID_HOLD),
			 errmsg("%s", what),
			 errhint("A hold is longer than zero and lives at most %d seconds (smart_parking.max_hold).",
					 setting_max_hold)));
}

/* The last instant to which a hold that began at "start" may live. */
TimestampTz
hold_cap(TimestampTz start)
{
	return start + (TimestampTz) setting_max_hold * USECS_PER_SEC;
}

/*
 * "start" plus a positive interval.  Far more than any allowed hold counts
 * as just that, before the addition could leave the range of timestamps.
 */
static TimestampTz
add_positive(TimestampTz start, Interval *hold)
{
	double		days;
	TimestampTz end;

	if (INTERVAL_NOT_FINITE(hold))
		invalid_hold("the hold must be finite");

	days = hold->month * 30.0 + hold->day + (double) hold->time / USECS_PER_DAY;
	if (days > 366)
		return PG_INT64_MAX;
	if (days <= -366)
		invalid_hold("the hold must be longer than zero");

	end = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
												  TimestampTzGetDatum(start),
												  IntervalPGetDatum(hold)));
	if (end <= start)
		invalid_hold("the hold must be longer than zero");
	return end;
}

/* The end of a hold that a caller asks for. */
TimestampTz
hold_end(TimestampTz start, Interval *hold)
{
	TimestampTz end = add_positive(start, hold);

	if (end > hold_cap(start))
		invalid_hold("the hold is longer than allowed");
	return end;
}

/* The same, cut at the cap: for a lot's own hold, and for extensions. */
TimestampTz
hold_end_capped(TimestampTz start, Interval *hold)
{
	TimestampTz end = add_positive(start, hold);

	return Min(end, hold_cap(start));
}

/* Holds that lapsed up to this instant are not made good, released or not. */
TimestampTz
too_late(TimestampTz now)
{
	return now - (TimestampTz) setting_reacquire_window * USECS_PER_SEC;
}
