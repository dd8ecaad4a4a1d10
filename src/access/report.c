/*
 * report.c
 *		What a gate controller reports: an order taken up, a car that has passed.
 *
 * Where the gate senses passage, this is when a booking moves on.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "access/decide/through.h"
#include "access/move/movement.h"
#include "access/recognise/passage.h"
#include "access/record/gate.h"
#include "core/command.h"
#include "core/incident.h"
#include "server/call.h"
#include "server/compat.h"
#include "server/errors.h"
#include "server/statements.h"

/* So long a report's event_id is remembered at its gate (assumed). */
#define EVENT_LIFE USECS_PER_DAY

PG_FUNCTION_INFO_V1(acknowledge_command);
PG_FUNCTION_INFO_V1(report_passage);
PG_FUNCTION_INFO_V1(report_gate_passage);

typedef struct Report
{
	char	   *outcome;		/* passed, reversed, failed */
	char	   *event_id;		/* or NULL */
	char	   *details;		/* members of a JSON object, or NULL */
} Report;

typedef struct Command
{
	pg_uuid_t	id;
	bool		has_passage;
	pg_uuid_t	passage_id;
	char	   *state;
	TimestampTz expires_at;
	char	   *end_event_id;
} Command;

static bool
has_state(const Command *command, const char *state)
{
	return strcmp(command->state, state) == 0;
}

static bool
has_ended(const Command *command)
{
	return !has_state(command, "issued") && !has_state(command, "acknowledged");
}

pg_noreturn static void unknown_command(const pg_uuid_t *id);

static void
unknown_command(const pg_uuid_t *id)
{
	ereport(ERROR,
			(errcode(ERRCODE_SP_UNKNOWN_COMMAND),
			 errmsg("there is no command %s", uuid_text(id)),
			 errhint("Use a command_id that validate_plate or pending_commands returned.")));
}

/* The gate of a command, by which it is locked. */
static pg_uuid_t
gate_of_command(const pg_uuid_t *id)
{
	Args		args = {0};

	arg_uuid(&args, id);
	if (run_statement(STMT_GATE_OF_COMMAND, &args) == 0)
		unknown_command(id);
	return column_uuid(0, 1);
}

/* Its row, which sweeps and acknowledgements write without the gate's lock. */
static void
lock_command(const pg_uuid_t *id, Command *command)
{
	Args		args = {0};

	arg_uuid(&args, id);
	if (run_statement(STMT_LOCK_COMMAND, &args) == 0)
		unknown_command(id);
	command->id = *id;
	command->has_passage = !column_is_null(0, 1);
	if (command->has_passage)
		command->passage_id = column_uuid(0, 1);
	command->state = column_text(0, 2);
	command->expires_at = DatumGetTimestampTz(column_datum(0, 3));
	command->end_event_id = column_text(0, 4);
}

/* The car did not pass: what was booked for this passage alone ends. */
static void
leave_booking(const Command *command, const char *outcome, TimestampTz now)
{
	Passage		passage;

	if (command->has_passage && passage_by_id(&command->passage_id, &passage) &&
		passage.verdict.made_booking)
		drop_hold(&passage.verdict.booking_id, now, psprintf("the car did not pass: %s", outcome));
}

static void
raise_for(const Gate *gate, const Command *command, const char *kind, const Report *report,
	  TimestampTz now)
{
	Incident	incident = {0};

	incident.kind = kind;
	incident.gate_id = &gate->id;
	incident.command_id = command ? &command->id : NULL;
	incident.event_id = report->event_id;
	incident.details = report->details;
	incident_raise(&incident, now);
}

static void
end_command(const Command *command, const Report *report, TimestampTz now)
{
	char	   *details = report->details;

	if (has_ended(command) || command->expires_at <= now)
		details = details_text(details, "late", command->state);
	command_end(&command->id, report->outcome, report->event_id, details, now);
}

/* Returns the command's state after. */
static const char *
take_report(const Gate *gate, const Command *command, const Report *report, TimestampTz now)
{
	bool		passed = strcmp(report->outcome, "passed") == 0;
	bool		again = !report->event_id ||
		(command->end_event_id && strcmp(report->event_id, command->end_event_id) == 0);

	if (has_state(command, "passed"))
	{
		/* without an id, or with the same one, it cannot be told from a repetition */
		if (passed && !again)
			raise_for(gate, command, "tailgating", report, now);
		return command->state;
	}
	if (has_ended(command) && (!passed || has_state(command, report->outcome)))
		return command->state;

	/* a car that passed did pass, whatever was reported or assumed before */
	end_command(command, report, now);
	if (passed && command->has_passage)
		follow_passage(gate, &command->passage_id, NULL, "passed the gate");
	else if (!passed)
		leave_booking(command, report->outcome, now);
	if (strcmp(report->outcome, "failed") == 0)
		raise_for(gate, command, "barrier_failed", report, now);
	return report->outcome;
}

static void
read_details(FunctionCallInfo fcinfo, int argument, Report *report)
{
	Jsonb	   *json;
	char	   *text;

	if (PG_ARGISNULL(argument))
		return;
	json = PG_GETARG_JSONB_P(argument);
	text = JsonbToCString(NULL, &json->root, VARSIZE(json));
	report->details = JB_ROOT_IS_OBJECT(json) ? details_members(text) :
		details_member(NULL, "report", text);
}

static char *
read_event(FunctionCallInfo fcinfo, int argument)
{
	PlateRead	read = {0};

	if (PG_ARGISNULL(argument))
		return NULL;
	plate_read_set_event(&read, text_to_cstring(PG_GETARG_TEXT_PP(argument)));
	return read.event_id;
}

/*
 * From expires_at on the answer is timed_out, whether anybody has noticed
 * before: a controller that hears it must not open.
 */
Datum
acknowledge_command(PG_FUNCTION_ARGS)
{
	Call		call;
	Command		command;
	Args		args = {0};
	Datum		state;

	require_argument(fcinfo, 0, "command_id");
	call_begin(&call, fcinfo);
	call_connect(&call);
	lock_command(PG_GETARG_UUID_P(0), &command);
	arg_uuid(&args, PG_GETARG_UUID_P(0));
	arg_time(&args, GetCurrentTimestamp());
	run_statement(STMT_ACKNOWLEDGE, &args);
	run_statement(STMT_COMMAND_STATE, &args);
	state = text_in_caller(&call, column_text(0, 1));
	call_end(&call);
	return state;
}

Datum
report_passage(PG_FUNCTION_ARGS)
{
	Call		call;
	Report		report = {0};
	Command		command;
	Gate		gate;
	pg_uuid_t	gate_id;
	Datum		state;

	require_argument(fcinfo, 0, "command_id");
	require_argument(fcinfo, 1, "outcome");
	call_begin(&call, fcinfo);
	call_connect(&call);
	report.outcome = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (strcmp(report.outcome, "passed") != 0 && strcmp(report.outcome, "reversed") != 0 &&
		strcmp(report.outcome, "failed") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("unknown outcome \"%s\"", report.outcome),
				 errhint("A passage is passed, reversed or failed.")));
	report.event_id = read_event(fcinfo, 2);
	read_details(fcinfo, 3, &report);

	gate_id = gate_of_command(PG_GETARG_UUID_P(0));
	gate_lock(&gate_id);
	gate_read(&gate_id, &gate);
	lock_command(PG_GETARG_UUID_P(0), &command);
	state = text_in_caller(&call, take_report(&gate, &command, &report, GetCurrentTimestamp()));
	call_end(&call);
	return state;
}

static bool
find_command(Statement statement, Args *args, pg_uuid_t *id)
{
	if (run_statement(statement, args) == 0)
		return false;
	*id = column_uuid(0, 1);
	return true;
}

static bool
command_of_event(const Gate *gate, const char *event_id, TimestampTz now, pg_uuid_t *id)
{
	Args		args = {0};

	arg_uuid(&args, &gate->id);
	arg_text(&args, event_id);
	arg_time(&args, now - EVENT_LIFE);
	return event_id && find_command(STMT_COMMAND_OF_EVENT, &args, id);
}

static bool
live_command(const Gate *gate, TimestampTz now, pg_uuid_t *id)
{
	Args		args = {0};

	arg_uuid(&args, &gate->id);
	arg_time(&args, now);
	return find_command(STMT_LIVE_COMMAND, &args, id);
}

Datum
report_gate_passage(PG_FUNCTION_ARGS)
{
	Call		call;
	Report		report = {"passed"};
	Command		command;
	Gate		gate;
	pg_uuid_t	id;
	TimestampTz now;
	const char *state = "passage_without_command";
	Datum		result;

	require_argument(fcinfo, 0, "gate_id");
	call_begin(&call, fcinfo);
	call_connect(&call);
	report.event_id = read_event(fcinfo, 1);
	read_details(fcinfo, 2, &report);
	gate_lock(PG_GETARG_UUID_P(0));
	gate_read(PG_GETARG_UUID_P(0), &gate);
	now = GetCurrentTimestamp();

	if (command_of_event(&gate, report.event_id, now, &id) || live_command(&gate, now, &id))
	{
		lock_command(&id, &command);
		state = take_report(&gate, &command, &report, GetCurrentTimestamp());
	}
	else
		raise_for(&gate, NULL, state, &report, now);
	result = text_in_caller(&call, state);
	call_end(&call);
	return result;
}
