/*
 * row_writer.c
 *		Write one row of a table without a plan.
 *
 * Starting and ending a plan and reading each CHECK from its catalog text are
 * half of what writing a row costs (docs/decisions.md).  The writes of a
 * reservation and of a read at a gate do without.  The row still goes into
 * every index, with all uniqueness; what the CHECKs ask, the caller has made
 * sure of in C, or they are compiled once and run here.
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
 * What is made of a table to write it: its indexes, as ExecOpenIndices()
 * describes them, with their predicates compiled, and its CHECKs.
 *
 * An access method may keep things of its own in there, such as a pinned page,
 * that must end with the statement.  B-trees, the only ones of the install
 * script, keep nothing; with any other the indexes are described anew for each
 * row, and let go of as ExecCloseIndices() does it.
 */
typedef struct TableWriter
{
	EState	   *estate;			/* holds all of it; NULL: there is none */
	ResultRelInfo *result;
	Oid		   *indexes;
	uint64		as_of;			/* table_changes() */
	Oid			table;
	bool		lasting;		/* nothing in it ends with the statement */
	bool		in_use;
	bool		spoilt;			/* an error left it half done */
} TableWriter;

/*
 * Half of what it costs to write a row, and the same each time.  Kept until
 * anything about a table or an index changes; the relations themselves are
 * opened for each write.
 *
 * An index may call functions of the user's, and these us.  Then what is kept
 * is in use, and the call inside does without.
 */
static TableWriter kept[NUM_SHAPED_TABLES];

/* What a function was in the midst of when it failed is not to be ended now. */
static void
forget_writer(TableWriter *writer)
{
	EState	   *estate = writer->estate;

	writer->estate = NULL;
	if (estate && writer->spoilt)
		MemoryContextDelete(estate->es_query_cxt);
	else if (estate)
		FreeExecutorState(estate);
	writer->spoilt = false;
}

/* In the current memory context; leaves the indexes open. */
static void
make_writer(TableWriter *writer, Relation table)
{
	uint64		as_of = table_changes();
	EState	   *estate = CreateExecutorState();
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);

	writer->table = RelationGetRelid(table);
	writer->result = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->result, table, 0, NULL, 0);
	ExecOpenIndices(writer->result, false);
	writer->indexes = palloc(sizeof(Oid) * Max(writer->result->ri_NumIndices, 1));
	writer->lasting = true;
	for (int i = 0; i < writer->result->ri_NumIndices; i++)
	{
		Relation	index = writer->result->ri_IndexRelationDescs[i];

		writer->indexes[i] = RelationGetRelid(index);
		if (index->rd_rel->relam != BTREE_AM_OID)
			writer->lasting = false;
	}
	writer->as_of = as_of;
	writer->estate = estate;
	MemoryContextSwitchTo(old);
}

/* The table is locked by now, so no index comes or goes until the transaction ends. */
static void
open_kept_writer(TableWriter *writer, Relation table)
{
	if (writer->estate == NULL || !writer->lasting || writer->spoilt ||
		writer->table != RelationGetRelid(table) || writer->as_of != table_changes())
	{
		forget_writer(writer);
		make_writer(writer, table);
		MemoryContextSetParent(writer->estate->es_query_cxt, TopMemoryContext);
		return;
	}
	writer->result->ri_RelationDesc = table;
	for (int i = 0; i < writer->result->ri_NumIndices; i++)
		writer->result->ri_IndexRelationDescs[i] = index_open(writer->indexes[i], RowExclusiveLock);
}

/* The one that is kept or, where a call around this one uses that, own. */
static TableWriter *
open_writer(ShapedTable which, Relation table, TableWriter *own)
{
	if (kept[which].in_use)
	{
		make_writer(own, table);
		return own;
	}
	open_kept_writer(&kept[which], table);
	kept[which].in_use = true;
	return &kept[which];
}

static void
close_writer(TableWriter *writer, TableWriter *own)
{
	writer->in_use = false;
	if (!writer->lasting)
		ExecCloseIndices(writer->result);
	else
	{
		for (int i = 0; i < writer->result->ri_NumIndices; i++)
			index_close(writer->result->ri_IndexRelationDescs[i], NoLock);
	}
	if (!writer->lasting || writer == own)
		forget_writer(writer);
}

static void
spoil_writer(TableWriter *writer)
{
	writer->in_use = false;
	writer->spoilt = true;
}

/* Puts a row that is in the table into its indexes. */
static void
insert_into_indexes(TableWriter *writer, TupleTableSlot *slot, bool update, UpdatedIndexes which)
{
	ResetPerTupleExprContext(writer->estate);
	INSERT_INDEX_TUPLES(writer->result, slot, writer->estate, update, which);
	ResetPerTupleExprContext(writer->estate);
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
 * Inserts a row, or returns false if the table is not as installed.  What the
 * table's CHECKs and NOT NULLs ask, the caller has checked, unless the shape
 * says that they are run.
 */
bool
row_insert(ShapedTable which, const Datum *values, const bool *nulls)
{
	const TableShape *shape = &table_shapes[which];
	Relation	table = open_if_as_installed(which);
	TableWriter own = {0};
	TableWriter *writer;
	TupleTableSlot *slot;

	if (table == NULL)
		return false;
	PreventCommandIfReadOnly("INSERT");
	slot = slot_of(table, shape, values, nulls);
	writer = open_writer(which, table, &own);
	PG_TRY();
	{
		if (shape->runs_checks && RelationGetDescr(table)->constr)
			ExecConstraints(writer->result, slot, writer->estate);
		table_tuple_insert(table, slot, GetCurrentCommandId(true), 0, NULL);
		insert_into_indexes(writer, slot, false, ALL_INDEXES);
	}
	PG_CATCH();
	{
		spoil_writer(writer);
		PG_RE_THROW();
	}
	PG_END_TRY();
	close_writer(writer, &own);
	finish(table, slot);
	return true;
}

/* For who finds that the row is not to be changed so. */
void
row_update_abandon(RowUpdate *update)
{
	table_close(update->table, NoLock);
}

/*
 * Reads the row version, which the caller has locked by lock_row_version(),
 * for its values to be changed.  False if the table is not as installed, or the
 * snapshot does not see this version.
 */
bool
row_update_begin(RowUpdate *update, ShapedTable which, const RowVersion *version)
{
	const TableShape *shape = &table_shapes[which];
	TupleTableSlot *slot;

	update->which = which;
	update->table = open_if_as_installed(which);
	if (update->table == NULL)
		return false;
	CheckCmdReplicaIdentity(update->table, CMD_UPDATE);
	update->version = *version;
	slot = table_slot_create(update->table, NULL);
	if (!table_tuple_fetch_row_version(update->table, &update->version.place,
									   update->version.snapshot, slot))
	{
		ExecDropSingleTupleTableSlot(slot);
		row_update_abandon(update);
		return false;
	}
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

static void
update_indexes(RowUpdate *update, TupleTableSlot *slot, UpdatedIndexes updated_indexes)
{
	TableWriter own = {0};
	TableWriter *writer = open_writer(update->which, update->table, &own);

	PG_TRY();
	{
		insert_into_indexes(writer, slot, true, updated_indexes);
	}
	PG_CATCH();
	{
		spoil_writer(writer);
		PG_RE_THROW();
	}
	PG_END_TRY();
	close_writer(writer, &own);
}

/* Writes the values back. */
void
row_update_finish(RowUpdate *update)
{
	TupleTableSlot *slot = slot_of(update->table, &table_shapes[update->which], update->values,
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
		update_indexes(update, slot, updated_indexes);
	finish(update->table, slot);
}
