/*
 * attendant.c
 *		What a person at the gate does.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "access.h"
#include "barrier.h"
#include "errors.h"
#include "license_plate.h"

PG_FUNCTION_INFO_V1(open_manually);

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
	read.plate_text = text_to_cstring(PG_GETARG_TEXT_PP(2));
	read.car_plate = text_to_cstring(license_plate_from_text(PG_GETARG_TEXT_PP(2)));
	read.read_at = now;
	read.attendant_reason = reason;
	access_judge(&read, now, &verdict);
	*command_id = verdict.command_id;
}

static void
open_for_anybody(const pg_uuid_t *gate_id, const char *reason, TimestampTz now,
				 pg_uuid_t *command_id)
{
	Gate		gate;

	gate_lock(gate_id);
	gate_read(gate_id, &gate);
	barrier_order(&gate, NULL, NULL, reason, now, command_id);
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
		open_for_anybody(PG_GETARG_UUID_P(0), reason, call.now, command_id);
	else
		open_for_plate(fcinfo, reason, call.now, command_id);
	call_end(&call);
	PG_RETURN_UUID_P(command_id);
}
