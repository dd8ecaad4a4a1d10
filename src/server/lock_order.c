/*
 * lock_order.c
 *		What a call holds, and that it waits for things in order.
 *
 * docs/decisions.md, "Who waits for whom", says why no circle of waiting
 * closes in that order.  Builds for tests (make CHECK_LOCK_ORDER=1) raise an
 * error where a call waits out of it, whether somebody is in the way or not.
 * In a transaction with several calls each is looked at by itself: their order
 * is the application's.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "lock_order.h"

LockOrder	lock_order;

#ifdef SMART_PARKING_CHECK_LOCK_ORDER

PG_FUNCTION_INFO_V1(try_lock_order);

#define BIT(kind) (1U << (kind))
#define FROM(kind) (~(BIT(kind) - 1))

/* Who waits for one of these must not hold one of those. */
static const struct
{
	const char *name;
	uint32		forbidden;
}			rules[] = {
	[ORDER_USER] = {"a user", FROM(ORDER_USER)},
	[ORDER_REQUEST] = {"a request", FROM(ORDER_REQUEST)},
	[ORDER_GATE] = {"a gate", FROM(ORDER_GATE)},
	[ORDER_PLATE] = {"a plate", FROM(ORDER_PLATE)},
	/* who holds the lot's row waits for a hold, but for no stay that a gate has locked */
	[ORDER_LOT] = {"a lot's row", FROM(ORDER_HOLD)},
	[ORDER_BOOKING] = {"a booking", FROM(ORDER_QUEUE)},
	[ORDER_HOLD] = {"a hold", FROM(ORDER_QUEUE)},
	/* one's own lapsed hold is of another kind then, or out of service: nobody waits for it in turn */
	[ORDER_LAPSED_HOLD] = {"a lapsed hold", BIT(ORDER_SLICE)},
	[ORDER_QUEUE] = {"a lot's queue", FROM(ORDER_HOLD)},
	/* a second one only under the lot's row: nobody else in the lot holds two then */
	[ORDER_SLICE] = {"a slice", BIT(ORDER_SLICE)}
};

void
order_wait(LockKind kind)
{
	uint32		held = lock_order.kinds & rules[kind].forbidden;

	if (kind == ORDER_LOT && (lock_order.kinds & BIT(ORDER_LOT)))
		return;					/* no call has two lots */
	for (LockKind other = ORDER_USER; other <= ORDER_SLICE; other++)
	{
		if (held & BIT(other))
			elog(ERROR, "lock order: the call waits for %s while it holds %s",
				 rules[kind].name, rules[other].name);
	}
}

void
order_hold(LockKind kind)
{
	lock_order.kinds |= BIT(kind);
}

void
order_release(LockKind kind)
{
	lock_order.kinds &= ~BIT(kind);
}

static bool
has_slice(uint64 key)
{
	for (int i = 0; i < lock_order.slices; i++)
	{
		if (lock_order.slice_key[i] == key)
			return true;
	}
	return false;
}

void
order_wait_slice(uint64 key)
{
	if (!has_slice(key) && !(lock_order.kinds & BIT(ORDER_LOT)))
		order_wait(ORDER_SLICE);
}

void
order_hold_slice(uint64 key)
{
	lock_order.slice = true;
	order_hold(ORDER_SLICE);
	if (!has_slice(key) && lock_order.slices < MAX_NOTED)
		lock_order.slice_key[lock_order.slices++] = key;
}

/* Told afterwards: which booking a plate has is known only when it is locked. */
void
order_got_booking(const pg_uuid_t *id, bool pending, bool waited)
{
	for (int i = 0; i < lock_order.bookings; i++)
	{
		if (memcmp(&lock_order.booking[i], id, UUID_LEN) == 0)
			return;
	}
	if (waited)
		order_wait(ORDER_BOOKING);
	order_hold(pending ? ORDER_HOLD : ORDER_BOOKING);
	if (lock_order.bookings < MAX_NOTED)
		lock_order.booking[lock_order.bookings++] = *id;
}

static void
try_step(char step, int n)
{
	static const char letters[] = "urgplbhwq";
	const char *letter = strchr(letters, step);
	LockKind	kind = letter ? (LockKind) (ORDER_USER + (letter - letters)) : ORDER_SLICE;
	pg_uuid_t	id = {{(unsigned char) (n + 1)}};

	if (kind == ORDER_BOOKING || kind == ORDER_HOLD)
		order_got_booking(&id, kind == ORDER_HOLD, true);
	else if (kind == ORDER_SLICE)
	{
		order_wait_slice(step == 's' ? (uint64) n : 0);
		order_hold_slice(step == 's' ? (uint64) n : 0);
	}
	else
	{
		order_wait(kind);
		order_hold(kind);
	}
}

/*
 * Takes steps named by letters: user, request, gate, plate, lot, booking,
 * hold, w for a lapsed hold, queue, s for another slice, 0 for the first one
 * again.  For the test that shows that the checks can fail.
 */
Datum
try_lock_order(PG_FUNCTION_ARGS)
{
	const char *steps = text_to_cstring(PG_GETARG_TEXT_PP(0));

	memset(&lock_order, 0, sizeof(lock_order));
	for (int i = 0; steps[i] != '\0'; i++)
		try_step(steps[i], i);
	PG_RETURN_VOID();
}

#endif							/* SMART_PARKING_CHECK_LOCK_ORDER */
