/*
 * call.h
 *		What every SQL-callable function of the three planes begins and ends
 *		with: the owner's rights, an SPI connection, a result row.
 */
#ifndef SMART_PARKING_CALL_H
#define SMART_PARKING_CALL_H

#include "access/tupdesc.h"
#include "fmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "lock_order.h"

typedef struct Call
{
	FunctionCallInfo fcinfo;
	MemoryContext caller_context;	/* where the result is built */
	TimestampTz now;			/* the clock at the call: for what waits for
								 * nobody; else it is read after the locks */
	Oid			saved_user;
	int			saved_security;
	bool		connected;		/* to SPI */
	LockOrder	saved_locks;	/* of a call around this one: a user's trigger */
} Call;

/* Where a set-returning function puts its rows. */
typedef struct RowSet
{
	Tuplestorestate *store;
	TupleDesc	descriptor;
} RowSet;

extern void call_begin(Call *call, FunctionCallInfo fcinfo);
extern void call_connect(Call *call);
extern void call_end(Call *call);
extern Datum call_row(Call *call, Datum *values, bool *nulls);
extern void call_rows(Call *call, RowSet *rows);
extern Datum text_in_caller(Call *call, const char *string);

extern void require_argument(FunctionCallInfo fcinfo, int argument, const char *name);

#endif							/* SMART_PARKING_CALL_H */
