/*
 * outside_count.c
 *		Free spots as others measured them.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"

#include "server/probe.h"
#include "server/tables.h"
#include "outside_count.h"
#include "settings.h"

/*
 * The newest usable count of a lot, of a kind or of all kinds together for
 * NULL, whoever measured it.  False if there is none that is fresh.
 */
bool
outside_count_find(const pg_uuid_t *parking_id, const char *kind, TimestampTz now,
				   Snapshot snapshot, OutsideCount *count)
{
	TimestampTz newest = now - setting_count_lifetime * USECS_PER_SEC;
	Probe		probe = {0};
	bool		found = false;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_begin(&probe, "outside_count", "outside_count_pkey", snapshot);
	while (probe_next(&probe))
	{
		bool		isnull;
		TimestampTz as_of =
			DatumGetTimestampTz(probe_column(&probe, Anum_outside_count_usable_as_of, &isnull));

		if (isnull || as_of <= newest ||
			strcmp(TextDatumGetCString(probe_column(&probe, Anum_outside_count_kind, &isnull)),
				   kind ? kind : "") != 0)
			continue;
		newest = as_of;
		found = true;
		count->as_of = as_of;
		count->free_spots =
			DatumGetInt32(probe_column(&probe, Anum_outside_count_usable_spots, &isnull));
		count->source = datumCopy(probe_column(&probe, Anum_outside_count_source, &isnull),
								  false, -1);
	}
	probe_end(&probe);
	return found;
}
