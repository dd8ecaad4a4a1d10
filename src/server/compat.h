/*
 * compat.h
 *		What differs between the server versions, in one place.
 */
#ifndef SMART_PARKING_COMPAT_H
#define SMART_PARKING_COMPAT_H

#include "postgres.h"

#include "access/tableam.h"
#include "catalog/namespace.h"
#include "executor/executor.h"
#include "storage/proc.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* scripts/lib/versions.sh says which of them it is compiled and tested with */
#define FIRST_SERVER_VERSION 15
#define LAST_SERVER_VERSION 18
StaticAssertDecl(PG_VERSION_NUM / 10000 >= FIRST_SERVER_VERSION &&
				 PG_VERSION_NUM / 10000 <= LAST_SERVER_VERSION,
				 "smart_parking is not for this version of PostgreSQL, see compat.h");

/* what is behind VARDATA and its like; a header of its own from 16 on */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* before 16, input functions cannot report an error softly */
#if PG_VERSION_NUM < 160000
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#endif

/* before the declaration: up to 17 there is pg_attribute_noreturn() behind it */
#if PG_VERSION_NUM < 180000
#define pg_noreturn __attribute__((noreturn))
#endif

/* memory of a setting's check hook: malloc's until 15, the server's own from 16 on */
#if PG_VERSION_NUM < 160000
#define guc_malloc(level, size) malloc(size)
#define GUC_FREE(pointer) free(pointer)
#else
#define GUC_FREE(pointer) guc_free(pointer)
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
#define INSERT_INDEX_TUPLES(result, slot, estate, update, which) \
	((void) ExecInsertIndexTuples(result, slot, estate, update, false, NULL, NIL))
#endif

/* calls of a function that this session has not told the shared statistics yet */
#if PG_VERSION_NUM >= 160000
#define PENDING_FUNCTION_CALLS(entry) (((PgStat_FunctionCounts *) (entry)->pending)->numcalls)
#else
#define PENDING_FUNCTION_CALLS(entry) \
	(((PgStat_BackendFunctionEntry *) (entry)->pending)->f_counts.f_numcalls)
#endif

/* intervals can be infinite from 17 on */
#ifndef INTERVAL_NOT_FINITE
#define INTERVAL_NOT_FINITE(i) ((void) (i), false)
#endif

#endif							/* SMART_PARKING_COMPAT_H */
