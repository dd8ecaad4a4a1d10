/*
 * lock_order.h
 *		What a call holds, and that it waits for things in order.
 */
#ifndef SMART_PARKING_LOCK_ORDER_H
#define SMART_PARKING_LOCK_ORDER_H

#include "utils/uuid.h"

/* What is waited for and held, in the order in which calls take it. */
typedef enum LockKind
{
	ORDER_USER = 1,				/* as in LockSubject, up to the plate */
	ORDER_REQUEST,
	ORDER_GATE,
	ORDER_PLATE,
	ORDER_LOT,					/* the lot's row */
	ORDER_BOOKING,
	ORDER_HOLD,					/* a booking that others may take over once it lapses */
	ORDER_LAPSED_HOLD,			/* waited for, to be taken over */
	ORDER_QUEUE,				/* for a spot of the lot */
	ORDER_SLICE
} LockKind;

#define MAX_NOTED 16

/* What the call under way has locked. */
typedef struct LockOrder
{
	bool		slice;
#ifdef SMART_PARKING_CHECK_LOCK_ORDER
	uint32		kinds;			/* a bit each */
	int			bookings;
	pg_uuid_t	booking[MAX_NOTED];
	int			slices;
	uint64		slice_key[MAX_NOTED];
#endif
} LockOrder;

extern LockOrder lock_order;

static inline bool
holds_a_slice(void)
{
	return lock_order.slice;
}

#ifdef SMART_PARKING_CHECK_LOCK_ORDER
extern void order_wait(LockKind kind);
extern void order_hold(LockKind kind);
extern void order_release(LockKind kind);
extern void order_wait_slice(uint64 key);
extern void order_hold_slice(uint64 key);
extern void order_got_booking(const pg_uuid_t *id, bool pending, bool waited);
#define SLICE_KEY(spots) \
	(lock_key(&(spots)->parking_id, (spots)->kind, strlen((spots)->kind)) + (spots)->slice_no)
#else
#define order_wait(kind) ((void) 0)
#define order_hold(kind) ((void) 0)
#define order_release(kind) ((void) 0)
#define order_wait_slice(key) ((void) 0)
#define order_hold_slice(key) ((void) (lock_order.slice = true))
#define order_got_booking(id, pending, waited) ((void) 0)
#endif

#endif							/* SMART_PARKING_LOCK_ORDER_H */
