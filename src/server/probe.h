/*
 * probe.h
 *		Read a few rows by an index, without a plan.
 */
#ifndef SMART_PARKING_PROBE_H
#define SMART_PARKING_PROBE_H

#include "access/genam.h"
#include "access/skey.h"
#include "executor/tuptable.h"
#include "storage/itemptr.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#define MAX_PROBE_KEYS 4

/* One version of a row, as a snapshot sees it. */
typedef struct RowVersion
{
	ItemPointerData place;
	Snapshot	snapshot;
} RowVersion;

typedef struct Probe
{
	Relation	table;
	Relation	index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	int			key_count;
	ScanKeyData keys[MAX_PROBE_KEYS];
} Probe;

extern void probe_key(Probe *probe, AttrNumber column, StrategyNumber strategy, RegProcedure function,
					  Oid collation, Datum value);
extern void probe_begin(Probe *probe, const char *table, const char *index, Snapshot snapshot);
extern void probe_again(Probe *probe, int key, Datum value);
extern bool probe_next(Probe *probe);
extern bool probe_previous(Probe *probe);
extern RowVersion probe_row(Probe *probe);
extern Datum probe_column(Probe *probe, AttrNumber column, bool *isnull);
extern bool probe_row_is_held(Probe *probe);
extern bool probe_row_is_settled(Probe *probe);
extern Buffer probe_buffer(Probe *probe);
extern void probe_end(Probe *probe);

extern Oid	own_schema(void);
extern Oid	relation_named(const char *name);
extern Snapshot probe_snapshot(void);
extern void snapshot_is_outdated(void);
extern bool lock_row_version(const char *table, RowVersion *version, bool wait);
extern bool keep_row_version(const char *table, RowVersion *version);

#endif							/* SMART_PARKING_PROBE_H */
