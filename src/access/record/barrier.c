/*
 * barrier.c
 *		Orders to a barrier; core/command.c ends them.
 */
#include "postgres.h"

#include "commands/async.h"

#include "core/region_id.h"
#include "server/details.h"
#include "server/new_row.h"
#include "server/tables.h"
#include "barrier.h"

#define CHANNEL "smart_parking_gate"

/*
 * Orders the barrier to open.  NOTIFY takes a lock of the whole database until
 * commit, so only where the gate asks for it.
 */
void
barrier_order(const Gate *gate, const pg_uuid_t *passage_id, const pg_uuid_t *plate_read_id,
			  const char *reason, TimestampTz now, pg_uuid_t *command_id)
{
	NewRow		row;

	region_id_beside(&gate->parking_id, now, command_id);
	new_row_begin(&row, SHAPED_BARRIER_COMMAND);
	new_row_uuid(&row, Anum_barrier_command_id, command_id);
	new_row_uuid(&row, Anum_barrier_command_gate_id, &gate->id);
	new_row_uuid(&row, Anum_barrier_command_plate_read_id, plate_read_id);
	new_row_text(&row, Anum_barrier_command_command, "open");
	new_row_time(&row, Anum_barrier_command_issued_at, now);
	new_row_time(&row, Anum_barrier_command_expires_at, now + gate->command_life);
	new_row_text(&row, Anum_barrier_command_state, "issued");
	new_row_uuid(&row, Anum_barrier_command_passage_id, passage_id);
	new_row_text(&row, Anum_barrier_command_reason, reason);
	new_row_datum(&row, Anum_barrier_command_awaits_passage, BoolGetDatum(gate->senses_passage));
	new_row_insert(&row, STMT_ISSUE_COMMAND);
	if (gate->notifies)
		Async_Notify(CHANNEL, psprintf("%s %s", uuid_text(&gate->id), uuid_text(command_id)));
}

/* An order from before the clock was set back, for a car that stands there now. */
void
barrier_renew(const pg_uuid_t *command_id, TimestampTz now)
{
	Args		args = {0};

	arg_uuid(&args, command_id);
	arg_time(&args, now);
	run_statement(STMT_RENEW_COMMAND, &args);
}
