/*
 * compat.h
 *		What differs between the server versions 13 to 18, in one place.
 */
#ifndef SMART_PARKING_COMPAT_H
#define SMART_PARKING_COMPAT_H

#include "postgres.h"

#include "access/tableam.h"
#include "catalog/namespace.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "storage/bufmgr.h"
#include "storage/proc.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* 13 and 14 only warn about unknown settings of a prefix, 15 reserves it */
#if PG_VERSION_NUM < 150000
#define MarkGUCPrefixReserved(prefix) EmitWarningsOnPlaceholders(prefix)
#endif

/* from 15 on SPI_commit() has started the next transaction when it returns */
#if PG_VERSION_NUM < 150000
#define COMMIT_AND_START() (SPI_commit(), SPI_start_transaction())
#else
#define COMMIT_AND_START() SPI_commit()
#endif

/* this backend's place in the process array */
#if PG_VERSION_NUM < 170000
#define MY_PROC_NUMBER (MyProc->pgprocno)
#else
#define MY_PROC_NUMBER MyProcNumber
#endif

/* from 18 on index scans can report to EXPLAIN */
#if PG_VERSION_NUM < 180000
#define INDEX_BEGINSCAN(table, index, snapshot, nkeys) \
	index_beginscan(table, index, snapshot, nkeys, 0)
#else
#define INDEX_BEGINSCAN(table, index, snapshot, nkeys) \
	index_beginscan(table, index, snapshot, NULL, nkeys, 0)
#endif

/* whether a plan's search_path is the present one; renamed in 17 */
#if PG_VERSION_NUM >= 170000
#define SEARCH_PATH_IS_STILL(path) SearchPathMatchesCurrentEnvironment(path)
#else
#define SEARCH_PATH_IS_STILL(path) OverrideSearchPathMatchesCurrent(path)
#endif

/* where a relation's pages are; renamed in 16 */
#if PG_VERSION_NUM >= 160000
typedef RelFileLocator FileLocator;
#define FILE_OF(relation) ((relation)->rd_locator)
#else
typedef RelFileNode FileLocator;
#define FILE_OF(relation) ((relation)->rd_node)
#endif

/*
 * Pins a buffer if it still holds that page: without a look-up, and never
 * reading from disk.  Unknown to 13, where it is never told to.
 */
static inline bool
read_recent_buffer(FileLocator file, BlockNumber block, Buffer buffer)
{
#if PG_VERSION_NUM >= 140000
	return ReadRecentBuffer(file, MAIN_FORKNUM, block, buffer);
#else
	return false;
#endif
}

/* from 16 on an update may have changed summarizing indexes only */
#if PG_VERSION_NUM >= 160000
typedef TU_UpdateIndexes UpdatedIndexes;
#define ALL_INDEXES TU_All
#define HAS_UPDATED_INDEXES(which) ((which) != TU_None)
#define INSERT_INDEX_TUPLES(result, slot, estate, update, which) \
	((void) ExecInsertIndexTuples(result, slot, estate, update, false, NULL, NIL, \
								  (which) == TU_Summarizing))
#else
typedef bool UpdatedIndexes;
#define ALL_INDEXES true
#define HAS_UPDATED_INDEXES(which) (which)
#if PG_VERSION_NUM >= 140000
#define INSERT_INDEX_TUPLES(result, slot, estate, update, which) \
	((void) ExecInsertIndexTuples(result, slot, estate, update, false, NULL, NIL))
#else
#define INSERT_INDEX_TUPLES(result, slot, estate, update, which) \
	((void) ((estate)->es_result_relation_info = (result), \
			 ExecInsertIndexTuples(slot, estate, false, NULL, NIL)))
#endif
#endif

/* intervals can be infinite from 17 on */
#ifndef INTERVAL_NOT_FINITE
#define INTERVAL_NOT_FINITE(i) ((void) (i), false)
#endif

#endif							/* SMART_PARKING_COMPAT_H */
