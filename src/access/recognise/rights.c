/*
 * rights.c
 *		What a plate may do in a lot without a booking, or not even with one.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "plate/separators.h"
#include "server/probe.h"
#include "server/tables.h"
#include "rights.h"

static bool
applies_to(Probe *probe, const pg_uuid_t *parking_id)
{
	bool		everywhere;
	Datum		lot = probe_column(probe, Anum_plate_rule_parking_id, &everywhere);

	return everywhere || memcmp(DatumGetUUIDP(lot), parking_id, UUID_LEN) == 0;
}

static void
add_rule(Probe *probe, TimestampTz now, Rights *rights)
{
	bool		isnull;
	bool		endless;
	char	   *kind = TextDatumGetCString(probe_column(probe, Anum_plate_rule_kind, &isnull));
	bool		blocks = strcmp(kind, "blocked") == 0;
	TimestampTz from = DatumGetTimestampTz(probe_column(probe, Anum_plate_rule_valid_from, &isnull));
	Datum		until = probe_column(probe, Anum_plate_rule_valid_until, &endless);

	if (from > now)
		rights->not_yet = rights->not_yet || !blocks;
	else if (!endless && DatumGetTimestampTz(until) <= now)
		rights->expired = rights->expired || !blocks;
	else if (blocks)
		rights->blocked = true;
	else if (rights->allowed == NULL || strcmp(kind, "staff") == 0)
		rights->allowed = kind;
}

void
rights_of_plate(const pg_uuid_t *parking_id, const char *car_plate, TimestampTz now,
				Rights *rights)
{
	Snapshot	snapshot = probe_snapshot();
	Probe		probe = {0};

	memset(rights, 0, sizeof(*rights));
	probe_key(&probe, 1, BTEqualStrategyNumber, F_BYTEAEQ, InvalidOid, CStringGetTextDatum(plate_joined(car_plate)));
	probe_begin(&probe, "plate_rule", "plate_rule_plate", snapshot);
	while (probe_next(&probe))
	{
		if (applies_to(&probe, parking_id))
			add_rule(&probe, now, rights);
	}
	probe_end(&probe);
	UnregisterSnapshot(snapshot);
}
