/*
 * command_expiry.c
 *		The async plane: orders to a barrier that nobody passed on.
 */
#include "postgres.h"

#include "core/booking.h"
#include "core/command.h"
#include "core/incident.h"
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
	pg_uuid_t	gate_id;
	bool		is_unreported;	/* its car may be inside, on a booking that is a hold */
	pg_uuid_t	booking_id;
} DueCommand;

static void
read_due(uint64 row, DueCommand *due)
{
	due->id = column_uuid(row, 1);
	due->has_hold = !column_is_null(row, 2);
	if (due->has_hold)
		due->hold_id = column_uuid(row, 2);
	due->gate_id = column_uuid(row, 3);
	due->is_unreported = !column_is_null(row, 4);
	if (due->is_unreported)
		due->booking_id = column_uuid(row, 4);
}

/*
 * The barrier opened, and nobody says whether the car came in or turned round.
 * If it came in, its hold lapses with the car inside.
 */
static void
raise_unreported(const DueCommand *due, TimestampTz now)
{
	Incident	incident = {0};

	incident.kind = "passage_not_reported";
	incident.gate_id = &due->gate_id;
	incident.command_id = &due->id;
	incident.booking_id = &due->booking_id;
	incident_raise(&incident, now);
}

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
		read_due(i, &due[i]);
	for (uint64 i = 0; i < found; i++)
	{
		if (due[i].has_hold && !drop_hold_if_free(&due[i].hold_id, now, reason))
			continue;
		if (due[i].is_unreported)
			raise_unreported(&due[i], now);
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
