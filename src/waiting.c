/*
 * waiting.c
 *		Wait for other transactions without locking what they hold.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"

#include "statements.h"
#include "waiting.h"

/*
 * The last statement returned the xmax of rows that somebody else has locked
 * or changed.  Waits until one of those transactions has ended; false if none
 * of them is running any more, or none can be told.
 *
 * Locking the rows themselves would leave a lock on each row that turns out
 * to be useless, held until our commit: two callers that collect such locks
 * deadlock.  This way a waiter holds nothing of what it waits for.
 *
 * An xmax may be a multixact, if rows were locked by hand in share mode.  Its
 * number then means some other transaction or none; at worst we wait for an
 * unrelated one, and callers that are told false lock the row after all.
 */
bool
wait_for_row_holder(uint64 rows)
{
	for (uint64 row = 0; row < rows; row++)
	{
		TransactionId holder = DatumGetTransactionId(column_datum(row, 1));

		if (TransactionIdIsNormal(holder) &&
			!TransactionIdIsCurrentTransactionId(holder) &&
			TransactionIdIsInProgress(holder))
		{
			XactLockTableWait(holder, NULL, NULL, XLTW_None);
			return true;
		}
	}
	return false;
}
