/*
 * row_writer.c
 *		Write one row of a table without a plan.
 *
 * Starting and ending a plan, reading each CHECK from its catalog text and
 * running another plan for the foreign key are half of what writing a row
 * costs (docs/decisions.md).  The two writes of a reservation do without.
 * The row still goes into every index, with all uniqueness; what the CHECKs
 * and foreign keys ask, the caller has made sure of in C.
 *
 * That is right only for the CHECKs, keys and triggers that the caller knows:
 * those of the install script.  A table that was given more than that, be it a
 * trigger, a CHECK, a key, a column, a rule or a policy, is refused here, and
 * the caller's SQL statement does the work, with all that was added.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "compat.h"
#include "row_writer.h"

static bool
fires_on(const Trigger *trigger, CmdType command)
{
	return command == CMD_INSERT ? TRIGGER_FOR_INSERT(trigger->tgtype) :
		TRIGGER_FOR_UPDATE(trigger->tgtype);
}

/* Whether nothing but the shape's own keys wants to see this command. */
static bool
has_only_its_keys(const TriggerDesc *triggers, CmdType command, int foreign_keys)
{
	int			keys = 0;

	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (!fires_on(trigger, command))
			continue;
		if (RI_FKey_trigger_type(trigger->tgfoid) != RI_TRIGGER_FK)
			return false;
		keys++;
	}
	return keys == foreign_keys;
}

/* A value of another length than the column's would be read past its end. */
static bool
has_its_columns(TupleDesc descriptor, const TableShape *shape)
{
	if (descriptor->natts != shape->columns)
		return false;
	for (int i = 0; i < shape->columns; i++)
	{
		if (TupleDescAttr(descriptor, i)->attlen != shape->lengths[i])
			return false;
	}
	return true;
}

static bool
is_as_installed(Relation table, const TableShape *shape, CmdType command)
{
	const TupleConstr *constraints = RelationGetDescr(table)->constr;

	return table->rd_rel->relkind == RELKIND_RELATION &&
		has_its_columns(RelationGetDescr(table), shape) &&
		constraints && constraints->num_check == shape->checks &&
		!constraints->has_generated_stored &&
		table->rd_rules == NULL && !table->rd_rel->relrowsecurity &&
		has_only_its_keys(table->trigdesc, command, shape->foreign_keys);
}

static Relation
open_if_as_installed(const TableShape *shape, CmdType command)
{
	Relation	table = table_open(relation_named(shape->table), RowExclusiveLock);

	if (is_as_installed(table, shape, command))
		return table;
	table_close(table, NoLock);
	return NULL;
}

static TupleTableSlot *
slot_of(Relation table, const Datum *values, const bool *nulls)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsVirtual);
	int			columns = RelationGetNumberOfAttributes(table);

	memcpy(slot->tts_values, values, columns * sizeof(Datum));
	memcpy(slot->tts_isnull, nulls, columns * sizeof(bool));
	ExecStoreVirtualTuple(slot);
	slot->tts_tableOid = RelationGetRelid(table);
	return slot;
}

/*
 * The indexes of the table that was written last, as ExecOpenIndices()
 * describes them, with their predicates compiled: a fifth of a reservation's
 * work, and the same each time.  Kept until anything about the table or one of
 * its indexes changes; the relations themselves are opened for each write.
 *
 * An access method may keep things of its own in there, such as a pinned page,
 * that must end with the statement.  B-trees, the only ones of the install
 * script, keep nothing; with any other the indexes are described anew for each
 * row, and let go of as ExecCloseIndices() does it.
 */
static struct
{
	bool		valid;
	bool		lasting;		/* nothing in it ends with the statement */
	Oid			table;
	EState	   *estate;			/* holds all of it */
	ResultRelInfo *result;
	Oid		   *indexes;
}			kept;
static uint64 catalog_changes = 0;

static void
forget_indexes(Datum argument, Oid relation)
{
	kept.valid = false;
	catalog_changes++;
}

static void
keep_indexes(Relation table)
{
	static bool listening = false;
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	uint64		changes = catalog_changes;

	kept.valid = false;
	if (!listening)
		CacheRegisterRelcacheCallback(forget_indexes, (Datum) 0);
	listening = true;
	if (kept.estate)
		FreeExecutorState(kept.estate);
	kept.estate = NULL;
	kept.estate = CreateExecutorState();
	MemoryContextSwitchTo(kept.estate->es_query_cxt);
	kept.table = RelationGetRelid(table);
	kept.result = makeNode(ResultRelInfo);
	InitResultRelInfo(kept.result, table, 0, NULL, 0);
	ExecOpenIndices(kept.result, false);
	kept.indexes = palloc(sizeof(Oid) * Max(kept.result->ri_NumIndices, 1));
	kept.lasting = true;
	for (int i = 0; i < kept.result->ri_NumIndices; i++)
	{
		Relation	index = kept.result->ri_IndexRelationDescs[i];

		kept.indexes[i] = RelationGetRelid(index);
		if (index->rd_rel->relam != BTREE_AM_OID)
			kept.lasting = false;
	}
	kept.valid = kept.lasting && catalog_changes == changes;
	MemoryContextSwitchTo(old);
}

/* The table is locked by now, so no index comes or goes until the transaction ends. */
static void
open_indexes(Relation table)
{
	if (!kept.valid || kept.table != RelationGetRelid(table))
	{
		keep_indexes(table);
		return;
	}
	kept.result->ri_RelationDesc = table;
	for (int i = 0; i < kept.result->ri_NumIndices; i++)
		kept.result->ri_IndexRelationDescs[i] = index_open(kept.indexes[i], RowExclusiveLock);
}

static void
close_indexes(void)
{
	ResetPerTupleExprContext(kept.estate);
	if (!kept.lasting)
	{
		ExecCloseIndices(kept.result);
		FreeExecutorState(kept.estate);
		kept.estate = NULL;
		return;
	}
	for (int i = 0; i < kept.result->ri_NumIndices; i++)
		index_close(kept.result->ri_IndexRelationDescs[i], NoLock);
}

/* Puts a row that is in the table into its indexes. */
static void
insert_into_indexes(Relation table, TupleTableSlot *slot, bool update, UpdatedIndexes which)
{
	open_indexes(table);
	ResetPerTupleExprContext(kept.estate);
	INSERT_INDEX_TUPLES(kept.result, slot, kept.estate, update, which);
	close_indexes();
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
 * caller has checked what the table's CHECKs and NOT NULLs ask, and holds the
 * keys that the row refers to.
 */
bool
row_insert(const TableShape *shape, const Datum *values, const bool *nulls)
{
	Relation	table = open_if_as_installed(shape, CMD_INSERT);
	TupleTableSlot *slot;

	if (table == NULL)
		return false;
	PreventCommandIfReadOnly("INSERT");
	slot = slot_of(table, values, nulls);
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
row_update_begin(RowUpdate *update, const TableShape *shape, const RowVersion *version)
{
	TupleTableSlot *slot;

	update->table = open_if_as_installed(shape, CMD_UPDATE);
	if (update->table == NULL)
		return false;
	CheckCmdReplicaIdentity(update->table, CMD_UPDATE);
	update->version = *version;
	slot = table_slot_create(update->table, NULL);
	if (!table_tuple_fetch_row_version(update->table, &update->version.place,
									   update->version.snapshot, slot))
		elog(ERROR, "the locked row of \"%s\" is gone", shape->table);
	slot_getallattrs(slot);
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

/* Writes the values back.  No column of a foreign key has changed. */
void
row_update_finish(RowUpdate *update)
{
	TupleTableSlot *slot = slot_of(update->table, update->values, update->nulls);
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
