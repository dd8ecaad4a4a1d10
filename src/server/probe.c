/*
 * probe.c
 *		Read a few rows by an index, without a plan.
 *
 * A plan costs some 4 us to start and end, a probe 1 us, and a refusal by a
 * full lot is nothing but a handful of lookups.  Only reads are done this
 * way; row_writer.c says what may be written without a plan.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/multixact.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "miscadmin.h"
#include "storage/procarray.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "errors.h"
#include "probe.h"

/* Adds a condition on a column of the index; in the index's order of columns. */
void
probe_key(Probe *probe, AttrNumber column, StrategyNumber strategy, RegProcedure function,
		  Oid collation, Datum value)
{
	ScanKey		key = &probe->keys[probe->key_count++];

	Assert(probe->key_count <= MAX_PROBE_KEYS);
	ScanKeyInit(key, column, strategy, function, value);
	key->sk_collation = collation;
}

#define MAX_KNOWN_RELATIONS 48

/* Relations by name: two look-ups in the catalog cache saved on each. */
static struct
{
	const char *name;
	Oid			relation;
}			known[MAX_KNOWN_RELATIONS];
static int	known_count = 0;

static void
forget_relations(Datum argument, Oid relation)
{
	known_count = 0;
}

/*
 * Our schema has its name in every SQL body, and PostgreSQL lets its owner
 * rename it, members of extensions included.  Then nothing works, and this
 * says what to do.
 */
Oid
own_schema(void)
{
	Oid			schema = get_namespace_oid("smart_parking", true);

	if (!OidIsValid(schema))
		ereport(ERROR,
				(errcode(ERRCODE_SP_SCHEMA_MISSING),
				 errmsg("schema smart_parking was renamed"),
				 errhint("ALTER SCHEMA ... RENAME TO smart_parking; the extension's functions name it.")));
	return schema;
}

/* The OID of a table or index of the schema smart_parking. */
Oid
relation_named(const char *name)
{
	static bool listening = false;
	Oid			relation;

	for (int i = 0; i < known_count; i++)
	{
		if (known[i].name == name || strcmp(known[i].name, name) == 0)
			return known[i].relation;
	}

	if (!listening)
		CacheRegisterRelcacheCallback(forget_relations, (Datum) 0);
	listening = true;
	relation = get_relname_relid(name, own_schema());
	if (!OidIsValid(relation))
		ereport(ERROR,
				(errcode(ERRCODE_SP_SCHEMA_MISSING),
				 errmsg("smart_parking.%s was renamed or moved", name),
				 errhint("Give it its name and schema back; the extension's functions name it.")));
	if (known_count < MAX_KNOWN_RELATIONS)
	{
		known[known_count].name = name;
		known[known_count++].relation = relation;
	}
	return relation;
}

void
probe_begin(Probe *probe, const char *table, const char *index, Snapshot snapshot)
{
	probe->table = table_open(relation_named(table), AccessShareLock);
	probe->index = index_open(relation_named(index), AccessShareLock);
	probe->slot = NULL;
	probe->scan = INDEX_BEGINSCAN(probe->table, probe->index, snapshot, probe->key_count);
	index_rescan(probe->scan, probe->keys, probe->key_count, NULL, 0);
}

/* Starts anew with another value for one of the keys, counted from 0. */
void
probe_again(Probe *probe, int key, Datum value)
{
	probe->keys[key].sk_argument = value;
	index_rescan(probe->scan, probe->keys, probe->key_count, NULL, 0);
}

/*
 * What index_getnext_slot() does for a snapshot of transactions, but for the
 * slot: many probes find nothing to put into one.
 */
static bool
next_row(Probe *probe, ScanDirection direction)
{
	while (index_getnext_tid(probe->scan, direction) != NULL)
	{
		if (probe->slot == NULL)
			probe->slot = table_slot_create(probe->table, NULL);
		if (index_fetch_heap(probe->scan, probe->slot))
			return true;
	}
	return false;
}

bool
probe_next(Probe *probe)
{
	return next_row(probe, ForwardScanDirection);
}

/* From the last one on, in place of probe_next(). */
bool
probe_previous(Probe *probe)
{
	return next_row(probe, BackwardScanDirection);
}

/* The version of the row just read, for lock_row_version(). */
RowVersion
probe_row(Probe *probe)
{
	RowVersion	version;

	version.place = probe->slot->tts_tid;
	version.snapshot = probe->scan->xs_snapshot;
	return version;
}

/* Valid until the next row is read. */
Datum
probe_column(Probe *probe, AttrNumber column, bool *isnull)
{
	return slot_getattr(probe->slot, column, isnull);
}

static bool
runs_elsewhere(TransactionId xid)
{
	return !TransactionIdIsCurrentTransactionId(xid) && TransactionIdIsInProgress(xid);
}

/*
 * Whether another running transaction has locked or changed the row.  Reads
 * the row's header with a pin but no lock on the page: the answer may be out
 * of date by the time the caller has it, as any answer would be.
 */
bool
probe_row_is_held(Probe *probe)
{
	HeapTupleHeader row = ExecFetchSlotHeapTuple(probe->slot, false, NULL)->t_data;
	uint16		infomask = row->t_infomask;
	TransactionId xmax = HeapTupleHeaderGetRawXmax(row);

	if ((infomask & HEAP_XMAX_INVALID) || !TransactionIdIsValid(xmax))
		return false;
	if (infomask & HEAP_XMAX_IS_MULTI)
	{
		MultiXactMember *members;
		int			count = GetMultiXactIdMembers(xmax, &members, false,
												  HEAP_XMAX_IS_LOCKED_ONLY(infomask));

		/* our own savepoints make multixacts too */
		for (int i = 0; i < count; i++)
		{
			if (runs_elsewhere(members[i].xid))
				return true;
		}
		return false;
	}
	return runs_elsewhere(xmax);
}

/*
 * Whether this version is committed and the last one, and no transaction, our
 * own included, is at work on it.  As for how fresh that is, see above.
 */
bool
probe_row_is_settled(Probe *probe)
{
	HeapTupleHeader row = ExecFetchSlotHeapTuple(probe->slot, false, NULL)->t_data;
	uint16		infomask = row->t_infomask;

	if (!HeapTupleHeaderXminCommitted(row) &&
		TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(row)))
		return false;
	if ((infomask & HEAP_XMAX_INVALID) || !TransactionIdIsValid(HeapTupleHeaderGetRawXmax(row)))
		return true;
	return HEAP_XMAX_IS_LOCKED_ONLY(infomask) && !(infomask & HEAP_XMAX_IS_MULTI) &&
		!TransactionIdIsInProgress(HeapTupleHeaderGetRawXmax(row));
}

/* The buffer that holds the row just read. */
Buffer
probe_buffer(Probe *probe)
{
	Assert(TTS_IS_BUFFERTUPLE(probe->slot));
	return ((BufferHeapTupleTableSlot *) probe->slot)->buffer;
}

/* Locks stay until the transaction ends, as an executor run leaves them. */
void
probe_end(Probe *probe)
{
	index_endscan(probe->scan);
	if (probe->slot)
		ExecDropSingleTupleTableSlot(probe->slot);
	index_close(probe->index, NoLock);
	table_close(probe->table, NoLock);
}

static bool
lock_version(const char *table, RowVersion *version, LockTupleMode mode, LockWaitPolicy waiting)
{
	Relation	relation = table_open(relation_named(table), RowShareLock);
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	TM_FailureData failure;
	TM_Result	result;

	result = table_tuple_lock(relation, &version->place, version->snapshot, slot,
							  GetCurrentCommandId(true), mode, waiting, 0, &failure);
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
	return result == TM_Ok;
}

/*
 * Locks a row against changes if it still is as the snapshot saw it, and says
 * whether.  Without "wait", a row that somebody else holds counts as changed;
 * with it, the holder is waited for.
 *
 * What this is for: where the answer is false, no lock is left behind.
 * SELECT ... FOR UPDATE and UPDATE, having waited, lock the newest version
 * before they check whether it still suits, and keep that lock until commit;
 * callers that collect such locks and go on to wait deadlock with each other.
 *
 * The version's snapshot must still be registered, or else the calling
 * statement hold one: then the place cannot have been given to another row.
 */
bool
lock_row_version(const char *table, RowVersion *version, bool wait)
{
	PreventCommandIfReadOnly("SELECT FOR NO KEY UPDATE");
	return lock_version(table, version, LockTupleNoKeyExclusive, wait ? LockWaitBlock : LockWaitSkip);
}

/* The same against its going, or a change of its key; does not wait. */
bool
keep_row_version(const char *table, RowVersion *version)
{
	PreventCommandIfReadOnly("SELECT FOR KEY SHARE");
	return lock_version(table, version, LockTupleKeyShare, LockWaitSkip);
}

/*
 * The snapshot that a new statement of the transaction would have, registered.
 * It sees what the transaction has done so far.
 */
Snapshot
probe_snapshot(void)
{
	CommandCounterIncrement();
	return RegisterSnapshot(GetTransactionSnapshot());
}

/*
 * Under a snapshot of the whole transaction: what that shows is not so any
 * more.  No answer would be true of both, so the caller has to begin anew.
 */
void
snapshot_is_outdated(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent reservations")));
}
