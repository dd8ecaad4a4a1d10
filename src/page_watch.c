/*
 * page_watch.c
 *		Notice whether rows that were read have changed, by their pages' LSNs.
 *
 * Whatever changes a row writes WAL first and marks its page with the WAL's
 * position, before it can commit.  So while the LSN of a page stays the same,
 * each row on it is what it was, provided that nothing was under way on these
 * rows to begin with: a commit by itself marks no page.
 */
#include "postgres.h"

#include "access/relation.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"

#include "compat.h"
#include "page_watch.h"

void
page_watch_begin(PageWatch *watch)
{
	watch->hopeless = false;
	watch->count = 0;
}

/* Adds the page of the row just read.  A row that is being changed cannot be watched. */
void
page_watch_row(PageWatch *watch, Probe *probe)
{
	BlockNumber block = ItemPointerGetBlockNumber(&probe->slot->tts_tid);
	Oid			table = RelationGetRelid(probe->table);
	WatchedPage *page;

	if (watch->hopeless)
		return;
	if (!probe_row_is_settled(probe) || !RelationNeedsWAL(probe->table))
	{
		watch->hopeless = true;
		return;
	}
	for (int i = watch->count - 1; i >= 0; i--)
	{
		if (watch->pages[i].block == block && watch->pages[i].table == table)
			return;
	}
	if (watch->count == MAX_WATCHED_PAGES)
	{
		watch->hopeless = true;
		return;
	}
	page = &watch->pages[watch->count++];
	page->table = table;
	page->block = block;
	page->buffer = probe_buffer(probe);
	page->lsn = InvalidXLogRecPtr;
}

/*
 * InvalidXLogRecPtr if the page is not where it was.  Without a lock on its
 * content, an LSN that is being written may be read half old and half new;
 * it equals the old one only if what was read is the old one.
 */
static XLogRecPtr
current_lsn(Relation table, const WatchedPage *page)
{
	XLogRecPtr	lsn;

	if (!read_recent_buffer(table, page->block, page->buffer))
		return InvalidXLogRecPtr;
	lsn = BufferGetLSNAtomic(page->buffer);
	ReleaseBuffer(page->buffer);
	return lsn;
}

static int
compare_pages(const void *a, const void *b)
{
	const WatchedPage *left = a;
	const WatchedPage *right = b;

	if (left->table != right->table)
		return left->table < right->table ? -1 : 1;
	return left->block < right->block ? -1 : left->block > right->block;
}

/* Notes where the pages stand now; false if that cannot be told. */
bool
page_watch_arm(PageWatch *watch)
{
	if (watch->hopeless)
		return false;
	qsort(watch->pages, watch->count, sizeof(WatchedPage), compare_pages);
	for (int i = 0; i < watch->count; i++)
	{
		WatchedPage *page = &watch->pages[i];
		Relation	table = relation_open(page->table, AccessShareLock);

		page->lsn = current_lsn(table, page);
		relation_close(table, NoLock);
		if (XLogRecPtrIsInvalid(page->lsn))
			return false;
	}
	return true;
}

/*
 * Whether all pages are as they were when the watch was armed.  The tables
 * are opened anew: a table that was rewritten has its rows in other files.
 */
bool
page_watch_quiet(const PageWatch *watch)
{
	Relation	table = NULL;
	bool		quiet = true;

	for (int i = 0; quiet && i < watch->count; i++)
	{
		const WatchedPage *page = &watch->pages[i];

		if (table == NULL || RelationGetRelid(table) != page->table)
		{
			if (table)
				relation_close(table, NoLock);
			table = try_relation_open(page->table, AccessShareLock);
			if (table == NULL)
				return false;
		}
		quiet = current_lsn(table, page) == page->lsn;
	}
	if (table)
		relation_close(table, NoLock);
	return quiet;
}

/* Whether two watches were armed on the same pages at the same LSNs. */
bool
page_watch_same(const PageWatch *watch, const PageWatch *other)
{
	if (watch->count != other->count)
		return false;
	for (int i = 0; i < watch->count; i++)
	{
		if (compare_pages(&watch->pages[i], &other->pages[i]) != 0 ||
			watch->pages[i].lsn != other->pages[i].lsn)
			return false;
	}
	return true;
}
