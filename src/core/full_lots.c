/*
 * full_lots.c
 *		Lots that this session has seen full.
 *
 * When a lot is sold out, refusals come by the thousand, and each would look
 * at all slices of the lot again.  A session remembers instead which pages it
 * saw them on.  While those pages stay as they were, the lot is as it was:
 * open, and without a free spot of the kind.
 *
 * The same for its holds: the index of pending ones has the next to lapse on
 * one of its pages, and while that page stays as it was, none has lapsed before
 * that instant.  Holds of other lots are on the page, too, so this is forgotten
 * and learned again more often.
 */
#include "postgres.h"

#include "server/locks.h"
#include "full_lots.h"

#define REMEMBERED 8
#define KIND_SIZE 32

typedef struct FullLot
{
	pg_uuid_t	parking_id;
	char		kind[KIND_SIZE];
	PageWatch	watch;
	PageWatch	lapse_watch;
	TimestampTz next_lapse;
	uint32		lapse_misses;
	bool		confirmed;
	bool		lapse_confirmed;
} FullLot;

/* Learning costs what a look costs: two in so many, where it does not help. */
#define LEARN_TWO_IN 16

static FullLot lots[REMEMBERED];

static FullLot *
place_for(const pg_uuid_t *parking_id, const char *kind)
{
	return &lots[lock_key(parking_id, kind, strlen(kind)) % REMEMBERED];
}

static bool
is_about(const FullLot *lot, const pg_uuid_t *parking_id, const char *kind)
{
	return memcmp(&lot->parking_id, parking_id, UUID_LEN) == 0 && strcmp(lot->kind, kind) == 0;
}

/*
 * Whether the lot, open and full of this kind when it was seen, is so still.
 * True at the instant of any snapshot taken before the call, in this call of
 * ours: nothing that happened since the lot was seen is older than our look.
 */
bool
full_lots_has(const pg_uuid_t *parking_id, const char *kind)
{
	FullLot    *lot = place_for(parking_id, kind);

	if (!lot->confirmed || !is_about(lot, parking_id, kind))
		return false;
	lot->confirmed = page_watch_quiet(&lot->watch);
	return lot->confirmed;
}

/*
 * Whether no hold of such a lot has lapsed, without a look.  True as above: a
 * hold that any snapshot taken before the call shows is in the index by now.
 */
bool
full_lots_none_lapsed(const pg_uuid_t *parking_id, const char *kind, TimestampTz now)
{
	FullLot    *lot = place_for(parking_id, kind);

	if (!lot->lapse_confirmed || !is_about(lot, parking_id, kind) || now >= lot->next_lapse)
		return false;
	lot->lapse_confirmed = page_watch_quiet(&lot->lapse_watch);
	return lot->lapse_confirmed;
}

/* Whether to look when the next hold lapses, for full_lots_add_lapse(). */
bool
full_lots_wants_lapse(const pg_uuid_t *parking_id, const char *kind)
{
	FullLot    *lot = place_for(parking_id, kind);

	return is_about(lot, parking_id, kind) && lot->lapse_misses++ % LEARN_TWO_IN < 2;
}

/* next_lapse stands on the page in "seen".  As below, one look does not do. */
void
full_lots_add_lapse(const pg_uuid_t *parking_id, const char *kind, TimestampTz next_lapse,
					PageWatch *seen)
{
	FullLot    *lot = place_for(parking_id, kind);

	lot->lapse_confirmed = false;
	if (!is_about(lot, parking_id, kind) || !page_watch_arm(seen))
		return;
	lot->lapse_confirmed = lot->next_lapse == next_lapse &&
		page_watch_same(&lot->lapse_watch, seen);
	lot->next_lapse = next_lapse;
	lot->lapse_watch = *seen;
}

/*
 * The caller has seen an open lot without a free spot of this kind, and its
 * row and all its slices are in "seen".
 *
 * One look does not do: a page may have changed between the look at its rows
 * and the look at its LSN.  If the LSNs after this look are those after the
 * look before, nothing changed during this one.
 */
void
full_lots_add(const pg_uuid_t *parking_id, const char *kind, PageWatch *seen)
{
	FullLot    *lot = place_for(parking_id, kind);

	if (strlen(kind) >= KIND_SIZE || !page_watch_arm(seen))
		lot->confirmed = false;
	else if (is_about(lot, parking_id, kind) && page_watch_same(&lot->watch, seen))
		lot->confirmed = true;
	else
	{
		lot->parking_id = *parking_id;
		strcpy(lot->kind, kind);
		lot->confirmed = false;
		lot->watch = *seen;
		lot->lapse_confirmed = false;
		lot->lapse_watch.count = 0;
		lot->lapse_misses = 0;
	}
}
