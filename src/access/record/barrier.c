/*
 * barrier.c
 *		Orders to a barrier; core/command.c ends them.
 */
#include "postgres.h"

#include "commands/async.h"

#include "core/region_id.h"
#include "server/details.h"
#include "server/statements.h"
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
	Args		args = {0};

	region_id_beside(&gate->parking_id, now, command_id);
	arg_uuid(&args, command_id);
	arg_uuid(&args, &gate->id);
	arg_uuid(&args, plate_read_id);
	arg_time(&args, now);
	arg_time(&args, now + gate->command_life);
	arg_uuid(&args, passage_id);
	arg_text(&args, reason);
	arg_datum(&args, BoolGetDatum(gate->senses_passage));
	run_statement(STMT_ISSUE_COMMAND, &args);
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
