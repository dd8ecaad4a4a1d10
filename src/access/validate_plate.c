/*
 * validate_plate.c
 *		The access plane: the calls of those who read plates.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "server/errors.h"
#include "access.h"

PG_FUNCTION_INFO_V1(validate_plate);
PG_FUNCTION_INFO_V1(judge_read);

Datum
verdict_row(Call *call, const Verdict *verdict)
{
	Datum		values[8] = {0};
	bool		nulls[8] = {false};

	values[0] = CStringGetTextDatum(verdict->decision);
	values[1] = CStringGetTextDatum(verdict->reason);
	if (verdict->has_booking)
	{
		values[2] = UUIDPGetDatum(&verdict->booking_id);
		values[3] = Int32GetDatum(verdict->spot_no);
		values[4] = CStringGetTextDatum(verdict->spot_label);
		values[5] = CStringGetTextDatum(verdict->matched_plate);
	}
	else
		memset(&nulls[2], true, 4);
	nulls[6] = !verdict->has_command;
	if (verdict->has_command)
		values[6] = UUIDPGetDatum(&verdict->command_id);
	nulls[7] = verdict->details == NULL;
	if (verdict->details)
		values[7] = DirectFunctionCall1(jsonb_in, CStringGetDatum(details_object(verdict->details)));
	return call_row(call, values, nulls);
}

/* The arguments that both functions have in common, in the same places. */
static void
read_arguments(FunctionCallInfo fcinfo, PlateRead *read)
{
	if (PG_NARGS() < 7)
		ereport(ERROR,
				(errcode(ERRCODE_SP_OUTDATED),
				 errmsg("the extension in this database is older than its library"),
				 errhint("ALTER EXTENSION smart_parking UPDATE")));
	require_argument(fcinfo, 0, "gate_id");
	require_argument(fcinfo, 2, "read_at");
	memset(read, 0, sizeof(*read));
	read->gate_id = *PG_GETARG_UUID_P(0);
	if (!PG_ARGISNULL(1))
		plate_read_set_plate(read, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	read->read_at = PG_GETARG_TIMESTAMPTZ(2);
	if (!PG_ARGISNULL(3))
		plate_read_set_confidence(read, PG_GETARG_FLOAT4(3));
	if (!PG_ARGISNULL(4))
		plate_read_set_event(read, text_to_cstring(PG_GETARG_TEXT_PP(4)));
	if (!PG_ARGISNULL(5))
		plate_read_set_candidates(read, PG_GETARG_DATUM(5));
	if (!PG_ARGISNULL(6))
		plate_read_set_vehicle(read, text_to_cstring(PG_GETARG_TEXT_PP(6)));
}

static char *
text_or_null(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

static Datum
judge_call(FunctionCallInfo fcinfo, Call *call, PlateRead *read)
{
	Verdict		verdict = {0};
	Datum		row;

	access_judge(read, &verdict);
	row = verdict_row(call, &verdict);
	call_end(call);
	return row;
}

Datum
validate_plate(PG_FUNCTION_ARGS)
{
	Call		call;
	PlateRead	read;

	call_begin(&call, fcinfo);
	call_connect(&call);
	read_arguments(fcinfo, &read);
	return judge_call(fcinfo, &call, &read);
}

Datum
judge_read(PG_FUNCTION_ARGS)
{
	Call		call;
	PlateRead	read;

	call_begin(&call, fcinfo);
	call_connect(&call);
	read_arguments(fcinfo, &read);
	if (!PG_ARGISNULL(7))
		read.linked_events = PG_GETARG_DATUM(7);
	read.camera = text_or_null(fcinfo, 8);
	read.format = text_or_null(fcinfo, 9);
	if (!PG_ARGISNULL(10))
		read.message = PG_GETARG_DATUM(10);
	read.problem = text_or_null(fcinfo, 11);
	read.happened = !PG_ARGISNULL(12) && PG_GETARG_BOOL(12);
	if (!PG_ARGISNULL(13) && PG_GETARG_BOOL(13))
		read.late = "sent again by the camera";
	return judge_call(fcinfo, &call, &read);
}
