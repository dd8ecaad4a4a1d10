/*
 * call.c
 *		What every SQL-callable function of the three planes begins and ends
 *		with.
 *
 * The functions run with the rights of their owner.  They are not SECURITY
 * DEFINER with a SET clause: switching the user here, as foreign key triggers
 * do, costs a fraction of it (docs/decisions.md), and no search_path matters
 * since statements.c names everything in full, operators too.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "call.h"
#include "errors.h"

static Oid
function_owner(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return owner;
}

/*
 * From here to call_end() the current user is the function's owner.  After an
 * error the end of the (sub)transaction brings the caller's back.
 */
void
call_begin(Call *call, FunctionCallInfo fcinfo)
{
	call->fcinfo = fcinfo;
	call->caller_context = CurrentMemoryContext;
	call->now = GetCurrentTimestamp();
	call->connected = false;
	call->saved_locks = lock_order;
	memset(&lock_order, 0, sizeof(lock_order));
	GetUserIdAndSecContext(&call->saved_user, &call->saved_security);
	SetUserIdAndSecContext(function_owner(fcinfo->flinfo->fn_oid),
						   call->saved_security | SECURITY_LOCAL_USERID_CHANGE);
}

/* Before the first statement: probes do without SPI. */
void
call_connect(Call *call)
{
	SPI_connect();
	call->connected = true;
}

void
call_end(Call *call)
{
	if (call->connected)
		SPI_finish();
	lock_order = call->saved_locks;
	SetUserIdAndSecContext(call->saved_user, call->saved_security);
}

/* The function's result, built where it outlives the SPI connection. */
Datum
call_row(Call *call, Datum *values, bool *nulls)
{
	MemoryContext old = MemoryContextSwitchTo(call->caller_context);
	Oid			type = get_func_rettype(call->fcinfo->flinfo->fn_oid);
	TupleDesc	descriptor = lookup_rowtype_tupdesc(type, -1);
	Datum		row = HeapTupleGetDatum(heap_form_tuple(descriptor, values, nulls));

	ReleaseTupleDesc(descriptor);
	MemoryContextSwitchTo(old);
	return row;
}

/* Makes the place for a set of rows, which becomes the function's result. */
void
call_rows(Call *call, RowSet *rows)
{
	ReturnSetInfo *result = (ReturnSetInfo *) call->fcinfo->resultinfo;
	MemoryContext old;

	if (result == NULL || !IsA(result, ReturnSetInfo) ||
		!(result->allowedModes & SFRM_Materialize))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a set of rows cannot be returned here"),
				 errhint("Call the function in FROM.")));
	old = MemoryContextSwitchTo(result->econtext->ecxt_per_query_memory);
	rows->descriptor = lookup_rowtype_tupdesc_copy(get_func_rettype(call->fcinfo->flinfo->fn_oid), -1);
	rows->store = tuplestore_begin_heap((result->allowedModes & SFRM_Materialize_Random) != 0,
										false, work_mem);
	result->returnMode = SFRM_Materialize;
	result->setResult = rows->store;
	result->setDesc = rows->descriptor;
	MemoryContextSwitchTo(old);
}

Datum
text_in_caller(Call *call, const char *string)
{
	MemoryContext old = MemoryContextSwitchTo(call->caller_context);
	Datum		result = CStringGetTextDatum(string);

	MemoryContextSwitchTo(old);
	return result;
}

void
require_argument(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_SP_MISSING_ARGUMENT),
				 errmsg("argument \"%s\" must not be null", name),
				 errhint("Pass a value; arguments that may be left out have a default.")));
}
