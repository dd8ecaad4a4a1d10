/*
 * gate.c
 *		A gate as the access plane reads it.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "server/errors.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "gate.h"

/*
 * Reads, commands and reports of one gate come one after the other: which
 * passage a read belongs to depends on the one before.
 */
void
gate_lock(const pg_uuid_t *id)
{
	lock_until_commit(LOCK_GATE, lock_key(id, NULL, 0));
}

/* Both are bounded by CHECKs to some minutes, without days and months. */
static TimestampTz
column_interval_us(int column)
{
	Interval   *interval = DatumGetIntervalP(column_datum(0, column));

	return interval->time;
}

/* SP003 if there is no such gate. */
void
gate_read(const pg_uuid_t *id, Gate *gate)
{
	Args		args = {0};
	char	   *direction;
	Snapshot	snapshot;

	arg_uuid(&args, id);
	if (run_statement(STMT_READ_GATE, &args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_GATE),
				 errmsg("there is no gate %s",
						DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)))),
				 errhint("Use a gate_id that add_gate returned.")));

	direction = column_text(0, 2);
	gate->id = *id;
	gate->parking_id = column_uuid(0, 1);
	gate->lets_in = strcmp(direction, "exit") != 0;
	gate->lets_out = strcmp(direction, "entry") != 0;
	gate->senses_passage = DatumGetBool(column_datum(0, 3));
	gate->window = column_interval_us(4);
	gate->command_life = column_interval_us(5);
	gate->soft = DatumGetBool(column_datum(0, 6));
	gate->notifies = DatumGetBool(column_datum(0, 7));
	gate->walk_in = DatumGetBool(column_datum(0, 8));

	snapshot = probe_snapshot();
	parking_read(&gate->parking_id, snapshot, NULL, &gate->parking);
	UnregisterSnapshot(snapshot);
}
