/*
 * queue.c
 *		Drivers who wait for a spot of a lot.
 *
 * Looked at only where the lot's row says that somebody is waiting, which every
 * reservation reads anyway.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_collation.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "server/probe.h"
#include "queue.h"

/* How many wait for a spot of this kind. */
int
queue_length(const pg_uuid_t *parking_id, const char *kind, Snapshot snapshot)
{
	Probe		probe = {0};
	int			waiting = 0;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_key(&probe, 2, BTEqualStrategyNumber, F_TEXTEQ, C_COLLATION_OID, CStringGetTextDatum(kind));
	probe_begin(&probe, "queue_entry", "queue_entry_waiting", snapshot);
	while (probe_next(&probe))
		waiting++;
	probe_end(&probe);
	return waiting;
}
