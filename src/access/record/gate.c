/*
 * gate.c
 *		A gate as the access plane reads it.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "server/errors.h"
#include "server/locks.h"
#include "server/probe.h"
#include "server/statements.h"
#include "server/tables.h"
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
column_interval_us(Probe *probe, AttrNumber column)
{
	bool		isnull;

	return DatumGetIntervalP(probe_column(probe, column, &isnull))->time;
}

static char *
column_string(Probe *probe, AttrNumber column)
{
	bool		isnull;

	return TextDatumGetCString(probe_column(probe, column, &isnull));
}

static bool
look_at_gate(const pg_uuid_t *id, Snapshot snapshot, Gate *gate, RowVersion *version)
{
	Probe		probe = {0};
	char	   *direction;
	bool		isnull;
	bool		found;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(id));
	probe_begin(&probe, "gate", "gate_pkey", snapshot);
	found = probe_next(&probe);
	if (found)
	{
		*version = probe_row(&probe);
		direction = column_string(&probe, Anum_gate_direction);
		gate->id = *id;
		gate->parking_id = *DatumGetUUIDP(probe_column(&probe, Anum_gate_parking_id, &isnull));
		gate->lets_in = strcmp(direction, "exit") != 0;
		gate->lets_out = strcmp(direction, "entry") != 0;
		gate->senses_passage = DatumGetBool(probe_column(&probe, Anum_gate_senses_passage, &isnull));
		gate->window = column_interval_us(&probe, Anum_gate_passage_window);
		gate->command_life = column_interval_us(&probe, Anum_gate_command_life);
		gate->soft = strcmp(column_string(&probe, Anum_gate_anti_passback), "soft") == 0;
		gate->notifies = DatumGetBool(probe_column(&probe, Anum_gate_notifies, &isnull));
	}
	probe_end(&probe);
	return found;
}

/* Waits for who is at work on the gate's row; false if it is gone. */
static bool
keep_gate(const pg_uuid_t *id)
{
	Args		args = {0};

	arg_uuid(&args, id);
	return run_statement(STMT_KEEP_GATE, &args) == 1;
}

/*
 * SP003 if there is no such gate.  What is written of it refers to it, so it is
 * kept from being deleted until the transaction ends.
 */
void
gate_read(const pg_uuid_t *id, Gate *gate)
{
	Snapshot	snapshot = probe_snapshot();
	RowVersion	version;
	bool		found = look_at_gate(id, snapshot, gate, &version);

	if (found && !keep_row_version("gate", &version))
	{
		UnregisterSnapshot(snapshot);
		found = keep_gate(id);
		snapshot = probe_snapshot();
		found = found && look_at_gate(id, snapshot, gate, &version);
	}
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_GATE),
				 errmsg("there is no gate %s",
						DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)))),
				 errhint("Use a gate_id that add_gate returned.")));
	parking_read_for_gate(&gate->parking_id, snapshot, &gate->parking, &gate->walk_in);
	UnregisterSnapshot(snapshot);
}
