/*
 * row_writer.c
 *		Write one row of a table without a plan.
 *
 * Starting and ending a plan and reading each CHECK from its catalog text are
 * half of what writing a row costs (docs/decisions.md).  The two writes of a
 * reservation do without.  The row still goes into every index, with all
 * uniqueness; what the CHECKs ask, the caller has made sure of in C.
 *
 * That is right only for a table as the install script has made it.  Any other
 * is refused here, and the caller's SQL statement does the work, with all that
 * an owner has added or changed.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "compat.h"
#include "row_writer.h"

static Relation
open_if_as_installed(ShapedTable which)
{
	Relation	table = table_open(relation_named(table_shapes[which].name), RowExclusiveLock);

	if (table_has_its_shape(table, which))
		return table;
	table_close(table, NoLock);
	return NULL;
}

/* Columns behind those of the shape were dropped. */
static TupleTableSlot *
slot_of(Relation table, const TableShape *shape, const Datum *values, const bool *nulls)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsVirtual);

	ExecStoreAllNullTuple(slot);
	memcpy(slot->tts_values, values, shape->columns * sizeof(Datum));
	memcpy(slot->tts_isnull, nulls, shape->columns * sizeof(bool));
	slot->tts_tableOid = RelationGetRelid(table);
	return slot;
}

/*
 * The indexes of a table, as ExecOpenIndices() describes them, with their
 * predicates compiled.
 *
 * An access method may keep things of its own in there, such as a pinned page,
 * that must end with the statement.  B-trees, the only ones of the install
 * script, keep nothing; with any other the indexes are described anew for each
 * row, and let go of as ExecCloseIndices() does it.
 */
typedef struct TableIndexes
{
	Oid			table;
	uint64		as_of;			/* table_changes() */
	EState	   *estate;			/* holds all of it; NULL: there is none */
	ResultRelInfo *result;
	Oid		   *indexes;
	bool		lasting;		/* nothing in it ends with the statement */
} TableIndexes;

/*
 * Those of the table that was written last: a fifth of a reservation's work,
 * and the same each time.  Kept until anything about the table or one of its
 * indexes changes; the relations themselves are opened for each write.
 *
 * An index may call functions of the user's, and these us.  Then what is kept
 * is in use, and the call inside does without.
 */
static TableIndexes kept;
static bool kept_in_use = false;

static void
forget_indexes(TableIndexes *these)
{
	EState	   *estate = these->estate;

	these->estate = NULL;
	if (estate)
		FreeExecutorState(estate);
}

/* In the current memory context; leaves them open. */
static void
describe_indexes(TableIndexes *these, Relation table)
{
	uint64		as_of = table_changes();
	EState	   *estate = CreateExecutorState();
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);

	these->table = RelationGetRelid(table);
	these->result = makeNode(ResultRelInfo);
	InitResultRelInfo(these->result, table, 0, NULL, 0);
	ExecOpenIndices(these->result, false);
	these->indexes = palloc(sizeof(Oid) * Max(these->result->ri_NumIndices, 1));
	these->lasting = true;
	for (int i = 0; i < these->result->ri_NumIndices; i++)
	{
		Relation	index = these->result->ri_IndexRelationDescs[i];

		these->indexes[i] = RelationGetRelid(index);
		if (index->rd_rel->relam != BTREE_AM_OID)
			these->lasting = false;
	}
	these->as_of = as_of;
	these->estate = estate;
	MemoryContextSwitchTo(old);
}

/* The table is locked by now, so no index comes or goes until the transaction ends. */
static void
open_kept_indexes(Relation table)
{
	if (kept.estate == NULL || !kept.lasting || kept.table != RelationGetRelid(table) ||
		kept.as_of != table_changes())
	{
		forget_indexes(&kept);
		describe_indexes(&kept, table);
		MemoryContextSetParent(kept.estate->es_query_cxt, TopMemoryContext);
		return;
	}
	kept.result->ri_RelationDesc = table;
	for (int i = 0; i < kept.result->ri_NumIndices; i++)
		kept.result->ri_IndexRelationDescs[i] = index_open(kept.indexes[i], RowExclusiveLock);
}

/* Puts the row into the indexes, which are open, and closes them. */
static void
insert_and_close(TableIndexes *these, TupleTableSlot *slot, bool update, UpdatedIndexes which)
{
	ResetPerTupleExprContext(these->estate);
	INSERT_INDEX_TUPLES(these->result, slot, these->estate, update, which);
	ResetPerTupleExprContext(these->estate);
	if (!these->lasting)
	{
		ExecCloseIndices(these->result);
		forget_indexes(these);
		return;
	}
	for (int i = 0; i < these->result->ri_NumIndices; i++)
		index_close(these->result->ri_IndexRelationDescs[i], NoLock);
}

/* Puts a row that is in the table into its indexes. */
static void
insert_into_indexes(Relation table, TupleTableSlot *slot, bool update, UpdatedIndexes which)
{
	TableIndexes own = {0};

	if (kept_in_use)
	{
		describe_indexes(&own, table);
		insert_and_close(&own, slot, update, which);
		forget_indexes(&own);
		return;
	}
	kept_in_use = true;
	PG_TRY();
	{
		open_kept_indexes(table);
		insert_and_close(&kept, slot, update, which);
	}
	PG_FINALLY();
	{
		kept_in_use = false;
	}
	PG_END_TRY();
}

/* Ends a write as a statement ends: what comes next in the transaction sees it. */
static void
finish(Relation table, TupleTableSlot *slot)
{
	ExecDropSingleTupleTableSlot(slot);
	table_close(table, NoLock);
	CommandCounterIncrement();
}

/*
 * Inserts a row, or returns false if the table is not as installed.  The
 * caller has checked what the table's CHECKs and NOT NULLs ask.
 */
bool
row_insert(ShapedTable which, const Datum *values, const bool *nulls)
{
	Relation	table = open_if_as_installed(which);
	TupleTableSlot *slot;

	if (table == NULL)
		return false;
	PreventCommandIfReadOnly("INSERT");
	slot = slot_of(table, &table_shapes[which], values, nulls);
	table_tuple_insert(table, slot, GetCurrentCommandId(true), 0, NULL);
	insert_into_indexes(table, slot, false, ALL_INDEXES);
	finish(table, slot);
	return true;
}

/*
 * Reads the row version, which the caller has locked by lock_row_version(),
 * for its values to be changed.  False if the table is not as installed.
 */
bool
row_update_begin(RowUpdate *update, ShapedTable which, const RowVersion *version)
{
	const TableShape *shape = &table_shapes[which];
	TupleTableSlot *slot;

	update->shape = shape;
	update->table = open_if_as_installed(which);
	if (update->table == NULL)
		return false;
	CheckCmdReplicaIdentity(update->table, CMD_UPDATE);
	update->version = *version;
	slot = table_slot_create(update->table, NULL);
	if (!table_tuple_fetch_row_version(update->table, &update->version.place,
									   update->version.snapshot, slot))
		elog(ERROR, "the locked row of \"%s\" is gone", shape->name);
	slot_getsomeattrs(slot, shape->columns);
	for (int i = 0; i < shape->columns; i++)
	{
		Form_pg_attribute column = TupleDescAttr(RelationGetDescr(update->table), i);

		update->nulls[i] = slot->tts_isnull[i];
		if (!slot->tts_isnull[i])
			update->values[i] = datumCopy(slot->tts_values[i], column->attbyval, column->attlen);
	}
	ExecDropSingleTupleTableSlot(slot);
	return true;
}

/* Writes the values back. */
void
row_update_finish(RowUpdate *update)
{
	TupleTableSlot *slot = slot_of(update->table, update->shape, update->values,
								   update->nulls);
	UpdatedIndexes updated_indexes;
	TM_FailureData failure;
	LockTupleMode mode;

	if (table_tuple_update(update->table, &update->version.place, slot,
						   GetCurrentCommandId(true), update->version.snapshot,
						   InvalidSnapshot, true, &failure, &mode,
						   &updated_indexes) != TM_Ok)
		elog(ERROR, "could not update the locked row of \"%s\"",
			 RelationGetRelationName(update->table));
	if (HAS_UPDATED_INDEXES(updated_indexes))
		insert_into_indexes(update->table, slot, true, updated_indexes);
	finish(update->table, slot);
}
