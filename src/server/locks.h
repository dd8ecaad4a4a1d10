/*
 * locks.h
 *		Heavyweight locks of smart_parking's own.
 */
#ifndef SMART_PARKING_LOCKS_H
#define SMART_PARKING_LOCKS_H

#include "utils/uuid.h"

/*
 * What a lock is about.  Callers that need several take them in this order,
 * so that calls of the extension cannot deadlock with each other; the rest of
 * the order stands in allocation.c.  Two plates are locked by lock_both().
 */
typedef enum LockSubject
{
	LOCK_USER = 1,				/* the holds of one user */
	LOCK_REQUEST,				/* one request_id */
	LOCK_GATE,					/* the reads and commands of one gate */
	LOCK_PLATE_IN_LOT,			/* the active booking of one plate in one lot */
	LOCK_LOT_QUEUE,				/* claimers of one lot that have to wait */
	LOCK_SWEEPER = 7			/* the sweeper of the database; sweeper_status() looks for it */
} LockSubject;

extern void lock_until_commit(LockSubject subject, uint64 key);
extern bool try_lock_until_commit(LockSubject subject, uint64 key);
extern void lock_both(LockSubject subject, uint64 one_key, uint64 other_key);
extern void lock_all(LockSubject subject, uint64 *keys, int count);
extern void unlock_early(LockSubject subject, uint64 key);

extern bool try_lock_session(LockSubject subject);
extern void unlock_session(LockSubject subject);

extern uint64 lock_key(const pg_uuid_t *id, const char *more, size_t length);

#endif							/* SMART_PARKING_LOCKS_H */
