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

#define REASON "the car did not pass: timed_out"

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
drop_hold_if_free(const pg_uuid_t *id, TimestampTz now)
{
	Booking		hold;

	if (!booking_lock_if_free(id, &hold))
		return false;
	if (hold.status == BOOKING_PENDING)
	{
		booking_end(&hold, BOOKING_CANCELLED, now, REASON);
		spot_counter_give_back(&hold.spot);
	}
	return true;
}

/* Times out up to max_commands orders; waits for nobody, as expire_batch(). */
int
expire_commands_batch(TimestampTz now, int max_commands)
{
	Args		args = {0};
	uint64		found;
	DueCommand *due;
	int			ended = 0;

	arg_time(&args, now);
	arg_datum(&args, Int64GetDatum(max_commands));
	found = run_statement(STMT_DUE_COMMANDS, &args);
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
		if (due[i].has_hold && !drop_hold_if_free(&due[i].hold_id, now))
			continue;
		command_end(&due[i].id, "timed_out", NULL, NULL, now);
		ended++;
	}
	return ended;
}

Datum
expire_commands(PG_FUNCTION_ARGS)
{
	Call		call;
	int			max_commands = batch_size(fcinfo, 0, "max_commands");
	int			ended;

	call_begin(&call, fcinfo);
	call_connect(&call);
	ended = expire_commands_batch(call.now, max_commands);
	call_end(&call);
	PG_RETURN_INT32(ended);
}
