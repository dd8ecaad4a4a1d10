/*
 * page_watch.h
 *		Notice whether rows that were read have changed, by their pages' LSNs.
 */
#ifndef SMART_PARKING_PAGE_WATCH_H
#define SMART_PARKING_PAGE_WATCH_H

#include "access/xlogdefs.h"
#include "storage/block.h"
#include "storage/buf.h"

#include "compat.h"
#include "probe.h"

#define MAX_WATCHED_PAGES 64

typedef struct WatchedPage
{
	FileLocator file;			/* of the table */
	BlockNumber block;
	Buffer		buffer;			/* where it was */
	XLogRecPtr	lsn;
} WatchedPage;

typedef struct PageWatch
{
	bool		hopeless;		/* these rows cannot be watched */
	uint64		redefinitions;	/* how many there had been when it began */
	int			count;
	WatchedPage pages[MAX_WATCHED_PAGES];
} PageWatch;

extern void page_watch_begin(PageWatch *watch);
extern void page_watch_row(PageWatch *watch, Probe *probe);
extern void page_watch_page(PageWatch *watch, Relation relation, BlockNumber block,
							Buffer buffer);
extern bool page_watch_arm(PageWatch *watch);
extern bool page_watch_quiet(const PageWatch *watch);
extern bool page_watch_same(const PageWatch *watch, const PageWatch *other);

#endif							/* SMART_PARKING_PAGE_WATCH_H */
