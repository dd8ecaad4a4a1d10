/*
 * full_lots.c
 *		Lots that this session has seen full.
 *
 * When a lot is sold out, refusals come by the thousand, and each would look
 * at all slices of the lot again.  A session remembers instead which pages it
 * saw them on.  While those pages stay as they were, the lot is as it was:
 * open, and without a free spot of the kind.
 */
#include "postgres.h"

#include "full_lots.h"
#include "locks.h"

#define REMEMBERED 8
#define KIND_SIZE 32

typedef struct FullLot
{
	pg_uuid_t	parking_id;
	char		kind[KIND_SIZE];
	bool		confirmed;
	PageWatch	watch;
} FullLot;

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
	}
}
