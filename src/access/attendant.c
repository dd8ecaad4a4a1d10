/*
 * attendant.c
 *		What a person at the gate does.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "access/record/barrier.h"
#include "server/compat.h"
#include "server/errors.h"
#include "server/statements.h"
#include "access.h"

PG_FUNCTION_INFO_V1(open_manually);
PG_FUNCTION_INFO_V1(correct_read);

/*
 * With a plate, the attendant's word is a read: it binds the booking as a
 * camera's would.  It opens whatever the verdict.
 */
static void
open_for_plate(FunctionCallInfo fcinfo, const char *reason, TimestampTz now, pg_uuid_t *command_id)
{
	PlateRead	read;
	Verdict		verdict = {0};

	memset(&read, 0, sizeof(read));
	read.gate_id = *PG_GETARG_UUID_P(0);
	plate_read_set_car(&read, PG_GETARG_TEXT_PP(2));
	read.read_at = now;
	read.attendant_reason = reason;
	access_judge(&read, &verdict);
	*command_id = verdict.command_id;
}

static void
open_for_anybody(const pg_uuid_t *gate_id, const char *reason, pg_uuid_t *command_id)
{
	Gate		gate;

	gate_lock(gate_id);
	gate_read(gate_id, &gate);
	barrier_order(&gate, NULL, NULL, reason, GetCurrentTimestamp(), command_id);
}

Datum
open_manually(PG_FUNCTION_ARGS)
{
	Call		call;
	char	   *reason;
	pg_uuid_t  *command_id = palloc(sizeof(pg_uuid_t));

	require_argument(fcinfo, 0, "gate_id");
	require_argument(fcinfo, 1, "reason");
	call_begin(&call, fcinfo);
	call_connect(&call);
	reason = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (PG_ARGISNULL(2))
		open_for_anybody(PG_GETARG_UUID_P(0), reason, command_id);
	else
		open_for_plate(fcinfo, reason, call.now, command_id);
	call_end(&call);
	PG_RETURN_UUID_P(command_id);
}

pg_noreturn static void without_passage(void);

static void
without_passage(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_SP_INVALID_TRANSITION),
			 errmsg("the read belongs to no passage and cannot be corrected"),
			 errhint("Its message could not be read, or it is from before version 1.1, or its passage was removed; open_manually(gate_id, reason, car_plate) puts the car on record.")));
}

/* The gate and the passage of a read. */
static void
find_read(const pg_uuid_t *read_id, PlateRead *read, pg_uuid_t *passage_id)
{
	Args		args = {0};

	arg_uuid(&args, read_id);
	if (run_statement(STMT_READ_TO_CORRECT, &args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_READ),
				 errmsg("there is no read %s", uuid_text(read_id)),
				 errhint("Reads stand in smart_parking.plate_read.")));
	if (column_is_null(0, 2))
		without_passage();
	read->gate_id = column_uuid(0, 1);
	*passage_id = column_uuid(0, 2);
}

Datum
correct_read(PG_FUNCTION_ARGS)
{
	Call		call;
	PlateRead	read;
	pg_uuid_t	passage_id;
	Verdict		verdict = {0};
	Datum		row;

	require_argument(fcinfo, 0, "read_id");
	require_argument(fcinfo, 1, "car_plate");
	require_argument(fcinfo, 2, "reason");
	call_begin(&call, fcinfo);
	call_connect(&call);
	memset(&read, 0, sizeof(read));
	plate_read_set_car(&read, PG_GETARG_TEXT_PP(1));
	read.read_at = call.now;
	read.attendant_reason = text_to_cstring(PG_GETARG_TEXT_PP(2));
	read.corrects = PG_GETARG_UUID_P(0);
	find_read(read.corrects, &read, &passage_id);
	if (!access_correct(&read, &passage_id, &verdict))
		without_passage();
	row = verdict_row(&call, &verdict);
	call_end(&call);
	return row;
}
