/*
 * command.c
 *		How an order to a barrier ends: the car passed, or the time was over.
 */
#include "postgres.h"

#include "server/details.h"
#include "server/statements.h"
#include "command.h"

/* "details" are members of a JSON object; they come on top of those it has. */
void
command_end(const pg_uuid_t *command_id, const char *state, const char *event_id,
			const char *details, TimestampTz now)
{
	Args		args = {0};

	arg_uuid(&args, command_id);
	arg_text(&args, state);
	arg_time(&args, now);
	arg_text(&args, event_id);
	arg_text(&args, details_object(details));
	run_statement(STMT_END_COMMAND, &args);
}
