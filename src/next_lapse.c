/*
 * next_lapse.c
 *		When the next hold of a lot lapses, and the pages of the index on which
 *		an earlier one would have to come.
 *
 * Each leaf page of a B-tree has a range of keys, and the ranges of neighbours
 * adjoin.  What a scan passes over as dead stays where it is, so the lot's next
 * hold may stand on a page that begins in the middle of the lot: then the
 * pages before it count too, back to one that begins before the lot.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "catalog/pg_am.h"
#include "utils/fmgroids.h"

#include "booking.h"
#include "probe.h"

/* booking_due_in_lot: parking_id, expires_at */
#define PARKING_ID_IN_INDEX 1
#define EXPIRES_AT_IN_INDEX 2

/* What a look at a leaf page tells of where its range of keys begins. */
typedef struct PageStart
{
	bool		in_use;			/* not about to be deleted */
	bool		before_lot;
	BlockNumber left;
	BlockNumber right;
} PageStart;

/*
 * The range begins before the lot if the page is the first one of all, or its
 * first entry, dead or not, is another lot's.
 */
static PageStart
look_at_page(Relation index, Buffer buffer, const pg_uuid_t *parking_id)
{
	PageStart	start;
	Page		page = BufferGetPage(buffer);
	BTPageOpaque opaque;
	OffsetNumber first;
	bool		isnull;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	opaque = (BTPageOpaque) PageGetSpecialPointer(page);
	start.in_use = !P_IGNORE(opaque);
	start.before_lot = P_LEFTMOST(opaque);
	start.left = opaque->btpo_prev;
	start.right = opaque->btpo_next;
	first = P_FIRSTDATAKEY(opaque);
	if (start.in_use && !start.before_lot && first <= PageGetMaxOffsetNumber(page))
	{
		IndexTuple	entry = (IndexTuple) PageGetItem(page, PageGetItemId(page, first));
		Datum		lot = index_getattr(entry, PARKING_ID_IN_INDEX, RelationGetDescr(index), &isnull);

		start.before_lot = !isnull && memcmp(DatumGetUUIDP(lot), parking_id, UUID_LEN) != 0;
	}
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	return start;
}

/*
 * Watches the page in the buffer and those before it, back to one whose range
 * begins before the lot.  False if they do not adjoin, or are too many.
 *
 * They are looked at one by one; that all this holds at one instant follows
 * from a second look with the same LSNs (full_lots.c).
 */
static bool
watch_back_to_start(Relation index, Buffer last, const pg_uuid_t *parking_id, PageWatch *watch)
{
	Buffer		buffer = last;
	BlockNumber right = InvalidBlockNumber;
	PageStart	start;
	bool		adjoins;

	for (;;)
	{
		start = look_at_page(index, buffer, parking_id);
		adjoins = start.in_use && (buffer == last || start.right == right);
		right = BufferGetBlockNumber(buffer);
		page_watch_page(watch, index, right, buffer);
		if (buffer != last)
			ReleaseBuffer(buffer);
		if (!adjoins || watch->hopeless)
			return false;
		if (start.before_lot)
			return true;
		buffer = ReadBuffer(index, start.left);
	}
}

/* As the install script makes it: a tree, soonest first. */
static bool
is_ascending_btree(Relation index)
{
	return index->rd_rel->relam == BTREE_AM_OID && index->rd_indoption[EXPIRES_AT_IN_INDEX - 1] == 0;
}

/*
 * When the first hold of the lot lapses that the index has, be it dead or not
 * committed yet; what changes on none of the watched pages leaves that so.
 * False if there is none, or the pages cannot be watched.
 */
bool
booking_next_lapse(const pg_uuid_t *parking_id, Snapshot snapshot, TimestampTz *expires_at,
				   PageWatch *watch)
{
	Probe		probe = {0};
	bool		found;
	bool		isnull;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(parking_id));
	probe_begin(&probe, "booking", "booking_due_in_lot", snapshot);
	probe.scan->xs_want_itup = true;	/* which keeps the page pinned, too */
	probe_again(&probe, 0, UUIDPGetDatum(parking_id));
	found = is_ascending_btree(probe.index) &&
		index_getnext_tid(probe.scan, ForwardScanDirection) != NULL;
	if (found)
	{
		Buffer		buffer = ((BTScanOpaque) probe.scan->opaque)->currPos.buf;

		*expires_at = DatumGetTimestampTz(index_getattr(probe.scan->xs_itup, EXPIRES_AT_IN_INDEX,
														probe.scan->xs_itupdesc, &isnull));
		found = BufferIsValid(buffer) &&
			watch_back_to_start(probe.index, buffer, parking_id, watch);
	}
	probe_end(&probe);
	return found;
}
