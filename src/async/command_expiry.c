/*
 * command_expiry.c
 *		The async plane: orders to a barrier that nobody passed on.
 */
#include "postgres.h"

#include "core/booking.h"
#include "core/command.h"
#include "core/spot_counter.h"
#include "server/call.h"
#include "server/errors.h"
#include "server/statements.h"
#include "expiry.h"

PG_FUNCTION_INFO_V1(expire_commands);

typedef struct DueCommand
{
	pg_uuid_t	id;
	bool		has_hold;		/* a booking was made for it */
	pg_uuid_t	hold_id;
} DueCommand;

/*
 * Ends the hold that was made for the command.  False if somebody else has it
 * or its slice: the next sweep looks again.
 */
static bool
drop_hold_if_free(const pg_uuid_t *id, TimestampTz now, const char *reason)
{
	Booking		hold;

	if (!booking_lock_if_free(id, &hold))
		return false;
	if (hold.status == BOOKING_PENDING)
	{
		booking_end(&hold, BOOKING_CANCELLED, now, reason);
		spot_counter_give_back(&hold.spot);
	}
	return true;
}

/* Times out up to max orders; waits for nobody, as end_batch(). */
static int
end_commands(Statement statement, TimestampTz now, int max, const char *reason,
			 Datum lots_or_ids)
{
	Args		args = {0};
	uint64		found;
	DueCommand *due;
	int			ended = 0;

	arg_time(&args, now);
	arg_datum(&args, Int64GetDatum(max));
	arg_datum(&args, lots_or_ids);
	found = run_statement(statement, &args);
	due = palloc0(sizeof(DueCommand) * Max(found, 1));
	/* each statement replaces the result of the one before */
	for (uint64 i = 0; i < found; i++)
	{
		due[i].id = column_uuid(i, 1);
		due[i].has_hold = !column_is_null(i, 2);
		if (due[i].has_hold)
			due[i].hold_id = column_uuid(i, 2);
	}
	for (uint64 i = 0; i < found; i++)
	{
		if (due[i].has_hold && !drop_hold_if_free(&due[i].hold_id, now, reason))
			continue;
		command_end(&due[i].id, "timed_out", NULL, NULL, now);
		ended++;
	}
	return ended;
}

const Chore due_commands = {
	"command", "order to the barrier", STMT_FIND_DUE_COMMANDS, STMT_DUE_COMMANDS,
	STMT_THESE_DUE_COMMANDS, end_commands
};

Datum
expire_commands(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(do_by_hand(fcinfo, &due_commands, COMMAND_EXPIRY_REASON, "max_commands"));
}
