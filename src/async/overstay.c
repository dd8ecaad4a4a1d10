/*
 * overstay.c
 *		The async plane: stays that last longer than the lot allows.
 */
#include "postgres.h"

#include "core/booking.h"
#include "server/call.h"
#include "server/statements.h"
#include "expiry.h"

PG_FUNCTION_INFO_V1(close_overstays);

int
close_overstays_batch(TimestampTz now, int max_stays)
{
	return run_end_batch(STMT_CLOSE_OVERSTAYS, now, max_stays, OVERSTAY_REASON);
}

Datum
close_overstays(PG_FUNCTION_ARGS)
{
	Call		call;
	int			max_stays = batch_size(fcinfo, 0, "max_stays");
	int			closed;

	call_begin(&call, fcinfo);
	call_connect(&call);
	closed = close_overstays_batch(call.now, max_stays);
	call_end(&call);
	PG_RETURN_INT32(closed);
}
