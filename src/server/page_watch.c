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

#include "access/tableam.h"
#include "storage/bufmgr.h"
#include "utils/inval.h"
#include "utils/rel.h"

#include "compat.h"
#include "page_watch.h"

#define MAX_WATCHED_RELATIONS 8

static Oid	watched_relations[MAX_WATCHED_RELATIONS];
static int	watched_relation_count = 0;
static uint64 redefinitions = 0;

/* A relation may have been rewritten: its pages are in other files then. */
static void
notice_redefinition(Datum argument, Oid relation)
{
	for (int i = 0; i < watched_relation_count; i++)
	{
		if (!OidIsValid(relation) || watched_relations[i] == relation)
		{
			redefinitions++;
			return;
		}
	}
}

/* False if there is no room for one more. */
static bool
watch_relation(Oid relation)
{
	static bool listening = false;

	for (int i = 0; i < watched_relation_count; i++)
	{
		if (watched_relations[i] == relation)
			return true;
	}
	if (!listening)
		CacheRegisterRelcacheCallback(notice_redefinition, (Datum) 0);
	listening = true;
	if (watched_relation_count == MAX_WATCHED_RELATIONS)
	{
		/* the extension was dropped and made again, and again */
		watched_relation_count = 0;
		redefinitions++;
		return false;
	}
	watched_relations[watched_relation_count++] = relation;
	return true;
}

void
page_watch_begin(PageWatch *watch)
{
	watch->hopeless = false;
	watch->redefinitions = redefinitions;
	watch->count = 0;
}

static int
compare_pages(const void *a, const void *b)
{
	const WatchedPage *left = a;
	const WatchedPage *right = b;
	int			files = memcmp(&left->file, &right->file, sizeof(FileLocator));

	if (files != 0)
		return files;
	return left->block < right->block ? -1 : left->block > right->block;
}

/* Adds a page, which the caller has pinned. */
void
page_watch_page(PageWatch *watch, Relation relation, BlockNumber block, Buffer buffer)
{
	WatchedPage page = {FILE_OF(relation), block, buffer, InvalidXLogRecPtr};

	if (watch->hopeless)
		return;
	for (int i = watch->count - 1; i >= 0; i--)
	{
		if (compare_pages(&watch->pages[i], &page) == 0)
			return;
	}
	if (watch->count == MAX_WATCHED_PAGES || !RelationNeedsWAL(relation) ||
		!watch_relation(RelationGetRelid(relation)))
		watch->hopeless = true;
	else
		watch->pages[watch->count++] = page;
}

/*
 * Adds the page of the row just read.  A row that is being changed cannot be
 * watched, nor one that somebody has moved to storage of another kind.
 */
void
page_watch_row(PageWatch *watch, Probe *probe)
{
	if (probe->table->rd_tableam == GetHeapamTableAmRoutine() && probe_row_is_settled(probe))
		page_watch_page(watch, probe->table, ItemPointerGetBlockNumber(&probe->slot->tts_tid),
						probe_buffer(probe));
	else
		watch->hopeless = true;
}

/*
 * InvalidXLogRecPtr if the page is not where it was.  Without a lock on its
 * content, an LSN that is being written may be read half old and half new;
 * it equals the old one only if what was read is the old one.
 */
static XLogRecPtr
current_lsn(const WatchedPage *page)
{
	XLogRecPtr	lsn;

	if (!ReadRecentBuffer(page->file, MAIN_FORKNUM, page->block, page->buffer))
		return InvalidXLogRecPtr;
	lsn = BufferGetLSNAtomic(page->buffer);
	ReleaseBuffer(page->buffer);
	return lsn;
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
		watch->pages[i].lsn = current_lsn(&watch->pages[i]);
		if (XLogRecPtrIsInvalid(watch->pages[i].lsn))
			return false;
	}
	return true;
}

/*
 * Whether all pages are as they were when the watch was armed.  The tables are
 * not opened for it: that would be half of the work.  Who rewrites a table
 * tells so before anybody can change the new one.
 */
bool
page_watch_quiet(const PageWatch *watch)
{
	AcceptInvalidationMessages();
	if (watch->redefinitions != redefinitions)
		return false;
	for (int i = 0; i < watch->count; i++)
	{
		if (current_lsn(&watch->pages[i]) != watch->pages[i].lsn)
			return false;
	}
	return true;
}

/* Whether two watches were armed on the same pages at the same LSNs. */
bool
page_watch_same(const PageWatch *watch, const PageWatch *other)
{
	if (watch->count != other->count || watch->redefinitions != other->redefinitions)
		return false;
	for (int i = 0; i < watch->count; i++)
	{
		if (compare_pages(&watch->pages[i], &other->pages[i]) != 0 ||
			watch->pages[i].lsn != other->pages[i].lsn)
			return false;
	}
	return true;
}
