/*
 * lot_counters.c
 *		What the counters of many lots say, at once.
 *
 * For feeds and tiles, which want all lots of a city many times a minute.
 * The executor takes three times as long to add up the same slices.  Reads
 * only, under the calling statement's snapshot.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/array.h"
#include "utils/hsearch.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/snapmgr.h"

#include "core/spot_counter.h"
#include "server/call.h"
#include "server/probe.h"
#include "server/tables.h"

PG_FUNCTION_INFO_V1(lot_counters);

/* Spots of a kind that is not the standard one. */
typedef struct KindCount
{
	struct KindCount *next;
	text	   *kind;
	int			spots;
	int			free_spots;
} KindCount;

typedef struct LotCounter
{
	pg_uuid_t	id;				/* hash key */
	int			spots;
	int			free_spots;
	KindCount  *kinds;
} LotCounter;

static bool
is_standard(const text *kind)
{
	static const char standard[] = "standard";

	return VARSIZE_ANY_EXHDR(kind) == sizeof(standard) - 1 &&
		memcmp(VARDATA_ANY(kind), standard, sizeof(standard) - 1) == 0;
}

static void
add_kind(LotCounter *lot, text *kind, int spots, int free_spots)
{
	KindCount  *count = lot->kinds;

	while (count != NULL &&
		   (VARSIZE_ANY_EXHDR(count->kind) != VARSIZE_ANY_EXHDR(kind) ||
			memcmp(VARDATA_ANY(count->kind), VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind)) != 0))
		count = count->next;
	if (count == NULL)
	{
		count = palloc0(sizeof(KindCount));
		count->kind = (text *) pg_detoast_datum_copy((struct varlena *) kind);
		count->next = lot->kinds;
		lot->kinds = count;
	}
	count->spots += spots;
	count->free_spots += free_spots;
}

static void
add_spots(LotCounter *lot, text *kind, int spots, int free_spots)
{
	lot->spots += spots;
	lot->free_spots += free_spots;
	if (!is_standard(kind))
		add_kind(lot, kind, spots, free_spots);
}

static void
add_slice(LotCounter *lot, TupleTableSlot *slice)
{
	bool		isnull;
	int			spots = DatumGetInt32(slot_getattr(slice, Anum_counter_slice_spots, &isnull));
	int			free_spots =
		DatumGetInt32(slot_getattr(slice, Anum_counter_slice_free_spots, &isnull));

	add_spots(lot, DatumGetTextPP(slot_getattr(slice, Anum_counter_slice_kind, &isnull)),
			  spots, free_spots);
}

/* The slices of a lot lie next to each other, as a rule. */
static void
scan_all_slices(HTAB *lots, Relation table, Snapshot snapshot)
{
	TableScanDesc scan = table_beginscan(table, snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(table, NULL);
	pg_uuid_t	last;
	LotCounter *lot = NULL;
	bool		any = false;

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		isnull;
		pg_uuid_t  *id = DatumGetUUIDP(slot_getattr(slot, Anum_counter_slice_parking_id, &isnull));

		CHECK_FOR_INTERRUPTS();
		if (!any || memcmp(id, &last, UUID_LEN) != 0)
		{
			last = *id;
			any = true;
			lot = hash_search(lots, id, HASH_FIND, NULL);
		}
		if (lot != NULL)
			add_slice(lot, slot);
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
}

static void
probe_slices(HTAB *lots, Snapshot snapshot)
{
	HASH_SEQ_STATUS each;
	LotCounter *lot;
	Probe		probe = {0};

	spot_counter_free_begin(&probe, NULL, snapshot);
	hash_seq_init(&each, lots);
	while ((lot = hash_seq_search(&each)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		probe_again(&probe, 0, UUIDPGetDatum(&lot->id));
		while (probe_next(&probe))
			add_slice(lot, probe.slot);
	}
	probe_end(&probe);
}

/* A few lots by the index; as many as would read most pages anyway, by reading all. */
static void
count_slices(HTAB *lots)
{
	Snapshot	snapshot = GetActiveSnapshot();
	Relation	table = table_open(relation_named("counter_slice"), AccessShareLock);

	if (hash_get_num_entries(lots) > RelationGetNumberOfBlocks(table) / 4)
		scan_all_slices(lots, table, snapshot);
	else
		probe_slices(lots, snapshot);
	table_close(table, NoLock);
}

static Datum *
array_values(FunctionCallInfo fcinfo, int argument, Oid type, int *count)
{
	Datum	   *values;
	bool	   *nulls;

	if (type == UUIDOID)
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), UUIDOID, UUID_LEN, false, TYPALIGN_CHAR,
						  &values, &nulls, count);
	else
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), TEXTOID, -1, false, TYPALIGN_INT,
						  &values, &nulls, count);
	return values;
}

static HTAB *
lots_asked_for(FunctionCallInfo fcinfo)
{
	HASHCTL		control = {.keysize = UUID_LEN, .entrysize = sizeof(LotCounter), .hcxt = CurrentMemoryContext};
	int			count;
	Datum	   *ids = array_values(fcinfo, 0, UUIDOID, &count);
	HTAB	   *lots = hash_create("lots", Max(count, 16), &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);

	for (int i = 0; i < count; i++)
	{
		bool		found;
		LotCounter *lot = hash_search(lots, DatumGetUUIDP(ids[i]), HASH_ENTER, &found);

		lot->spots = lot->free_spots = 0;
		lot->kinds = NULL;
	}
	return lots;
}

/* Spots of lapsed holds: the caller knows them, one by one. */
static void
add_lapsed(HTAB *lots, FunctionCallInfo fcinfo)
{
	int			count;
	Datum	   *ids = array_values(fcinfo, 1, UUIDOID, &count);
	Datum	   *kinds = array_values(fcinfo, 2, TEXTOID, &count);

	for (int i = 0; i < count; i++)
	{
		LotCounter *lot = hash_search(lots, DatumGetUUIDP(ids[i]), HASH_FIND, NULL);

		if (lot != NULL)
			add_spots(lot, DatumGetTextPP(kinds[i]), 0, 1);
	}
}

static void
push_kinds(JsonbParseState **state, const KindCount *kinds, bool free_ones)
{
	for (const KindCount *count = kinds; count != NULL; count = count->next)
	{
		JsonbValue	key;
		JsonbValue	number;

		key.type = jbvString;
		key.val.string.val = VARDATA_ANY(count->kind);
		key.val.string.len = VARSIZE_ANY_EXHDR(count->kind);
		pushJsonbValue(state, WJB_KEY, &key);
		number.type = jbvNumeric;
		number.val.numeric = int64_to_numeric(free_ones ? count->free_spots : count->spots);
		pushJsonbValue(state, WJB_VALUE, &number);
	}
}

/* {kind: number}, of spots or of free ones. */
static Datum
kinds_object(const KindCount *kinds, bool free_ones)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_kinds(&state, kinds, free_ones);
	return JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
}

static void
return_counters(HTAB *lots, RowSet *rows)
{
	HASH_SEQ_STATUS each;
	LotCounter *lot;

	hash_seq_init(&each, lots);
	while ((lot = hash_seq_search(&each)) != NULL)
	{
		Datum		values[5] = {UUIDPGetDatum(&lot->id), Int32GetDatum(lot->spots), Int32GetDatum(lot->free_spots)};
		bool		nulls[5] = {false, false, false, lot->kinds == NULL, lot->kinds == NULL};

		if (lot->kinds != NULL)
		{
			values[3] = kinds_object(lot->kinds, false);
			values[4] = kinds_object(lot->kinds, true);
		}
		tuplestore_putvalues(rows->store, rows->descriptor, values, nulls);
	}
}

Datum
lot_counters(PG_FUNCTION_ARGS)
{
	Call		call;
	RowSet		rows;
	HTAB	   *lots;

	call_begin(&call, fcinfo);
	call_rows(&call, &rows);
	lots = lots_asked_for(fcinfo);
	count_slices(lots);
	add_lapsed(lots, fcinfo);
	return_counters(lots, &rows);
	hash_destroy(lots);
	call_end(&call);
	PG_RETURN_NULL();
}
