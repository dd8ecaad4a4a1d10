/*
 * settings.c
 *		The settings smart_parking.*
 *
 * They are limits on callers, so callers cannot change them: superusers (and
 * roles granted SET on them) can, best with ALTER DATABASE ... SET.
 */
#include "postgres.h"

#include "compat.h"
#include "settings.h"

#define SECONDS_PER_WEEK (7 * 24 * 60 * 60)

int			setting_max_hold = 2 * 60 * 60;
int			setting_max_holds_per_user = 3;
int			setting_reacquire_window = 2 * 60 * 60;

void
define_settings(void)
{
	DefineCustomIntVariable("smart_parking.max_hold",
							"Longest life of a hold, extensions included.",
							NULL,
							&setting_max_hold,
							2 * 60 * 60, 1, SECONDS_PER_WEEK,
							PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);

	DefineCustomIntVariable("smart_parking.max_holds_per_user",
							"Most holds that a user may have at a time, over all lots; 0: no limit.",
							NULL,
							&setting_max_holds_per_user,
							3, 0, 10000,
							PGC_SUSET, 0,
							NULL, NULL, NULL);

	DefineCustomIntVariable("smart_parking.reacquire_window",
							"How long after its hold lapsed a car still gets a spot at the gate, if there is one.",
							NULL,
							&setting_reacquire_window,
							2 * 60 * 60, 0, SECONDS_PER_WEEK,
							PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);

	MarkGUCPrefixReserved("smart_parking");
}
