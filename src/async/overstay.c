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

const Chore overstays = {
	"overstay", "stay", STMT_FIND_OVERSTAYS, STMT_CLOSE_OVERSTAYS, STMT_CLOSE_THESE_OVERSTAYS,
	end_batch
};

Datum
close_overstays(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(do_by_hand(fcinfo, &overstays, OVERSTAY_REASON, "max_stays"));
}
