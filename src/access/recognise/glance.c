/*
 * glance.c
 *		The last car at a gate, as far as it takes to see that a read is of the
 *		next one.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "server/probe.h"
#include "server/tables.h"
#include "passage.h"
#include "glance.h"

static char *
string_or_null(Probe *probe, AttrNumber column)
{
	bool		isnull;
	Datum		value = probe_column(probe, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/*
 * The gate's last passage, if that was within its window.  A scan reads all of
 * a page that suits, so at a busy gate the last part of the window is asked for
 * by itself.
 */
static bool
probe_last_passage(Probe *probe, const Gate *gate, TimestampTz now, Snapshot snapshot)
{
	probe_key(probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(&gate->id));
	probe_key(probe, 2, BTGreaterStrategyNumber, F_TIMESTAMP_GT, InvalidOid,
			  TimestampTzGetDatum(now - gate->window / 32));
	probe_begin(probe, "passage", "passage_gate", snapshot);
	if (probe_previous(probe))
		return true;
	probe_again(probe, 1, TimestampTzGetDatum(now - gate->window));
	return probe_previous(probe);
}

/*
 * What is needed of it to tell most cars from it: the statement is four times
 * as much work as the rest of what is done here.
 */
bool
glance_at_last(const Gate *gate, TimestampTz now, Passage *passage)
{
	Snapshot	snapshot = probe_snapshot();
	Probe		probe = {0};
	Datum		booking_id;
	bool		isnull;
	bool		found = probe_last_passage(&probe, gate, now, snapshot);

	memset(passage, 0, sizeof(*passage));
	if (found)
	{
		passage->id = *DatumGetUUIDP(probe_column(&probe, Anum_passage_id, &isnull));
		passage->last_read_at = DatumGetTimestampTz(probe_column(&probe, Anum_passage_last_read_at, &isnull));
		passage->vehicle = string_or_null(&probe, Anum_passage_vehicle);
		passage->car_plate = string_or_null(&probe, Anum_passage_car_plate);
		booking_id = probe_column(&probe, Anum_passage_booking_id, &isnull);
		passage->verdict.has_booking = !isnull;
		if (!isnull)
			passage->verdict.booking_id = *DatumGetUUIDP(booking_id);
	}
	probe_end(&probe);
	UnregisterSnapshot(snapshot);
	return found;
}
