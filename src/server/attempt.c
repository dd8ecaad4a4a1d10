/*
 * attempt.c
 *		Do something that can be taken back.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/resowner.h"

#include "attempt.h"
#include "lock_order.h"

/*
 * Runs a step in a subtransaction, as a block with an exception handler is
 * run in PL/pgSQL, and returns what it returns.  After false, and after an
 * error, nothing of it remains, row locks included.
 */
bool
attempt(bool (*step) (void *arg), void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	LockOrder	held = lock_order;
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		done = step(arg);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		RollbackAndReleaseCurrentSubTransaction();
		CurrentResourceOwner = owner;
		PG_RE_THROW();
	}
	PG_END_TRY();

	if (done)
		ReleaseCurrentSubTransaction();
	else
	{
		RollbackAndReleaseCurrentSubTransaction();
		lock_order = held;
	}
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return done;
}

/*
 * Whether an error is about what was being done.  Not those that end the call
 * from outside, lack of resources, and a snapshot that cannot be gone on with.
 */
static bool
can_be_handled(const ErrorData *error)
{
	switch (ERRCODE_TO_CATEGORY(error->sqlerrcode))
	{
		case ERRCODE_OPERATOR_INTERVENTION:
		case ERRCODE_INSUFFICIENT_RESOURCES:
			return false;
		case ERRCODE_TRANSACTION_ROLLBACK:
			return !IsolationUsesXactSnapshot();
		default:
			return true;
	}
}

/*
 * The same, but an error comes back as a value, NULL if there was none.  What
 * the step did stays unless there was an error.
 */
ErrorData *
attempt_or_error(void (*step) (void *arg), void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	LockOrder	held = lock_order;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		step(arg);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();

	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (error)
		lock_order = held;
	if (error && !can_be_handled(error))
		ReThrowError(error);
	return error;
}
