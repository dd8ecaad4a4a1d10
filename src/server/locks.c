/*
 * locks.c
 *		Heavyweight locks of smart_parking's own.
 *
 * They are advisory locks as far as pg_locks shows, but with values of the
 * tag's fourth field that no SQL function can produce (those use 1 and 2), so
 * they never meet an application's advisory locks.  Keys are 64-bit hashes:
 * two subjects with one key would wait for each other, nothing worse.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lock.h"

#include "lock_order.h"
#include "locks.h"

#define FIELD4_BASE 0x5350		/* "SP" */

static void
make_tag(LOCKTAG *tag, LockSubject subject, uint64 key)
{
	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId,
						 (uint32) (key >> 32), (uint32) key,
						 FIELD4_BASE + subject);
}

static void
wait_for_lock(LockSubject subject, uint64 key)
{
	LOCKTAG		tag;

	make_tag(&tag, subject, key);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

#define KIND_OF(subject) \
	((subject) == LOCK_LOT_QUEUE ? ORDER_QUEUE : (LockKind) (subject))

/* Waits; held until the transaction or the savepoint around it ends. */
void
lock_until_commit(LockSubject subject, uint64 key)
{
	order_wait(KIND_OF(subject));
	wait_for_lock(subject, key);
	order_hold(KIND_OF(subject));
}

/* The same without waiting; whether it is held now. */
bool
try_lock_until_commit(LockSubject subject, uint64 key)
{
	LOCKTAG		tag;

	make_tag(&tag, subject, key);
	if (LockAcquire(&tag, ExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL)
		return false;
	order_hold(KIND_OF(subject));
	return true;
}

/* Two locks of one subject, always in the same order. */
void
lock_both(LockSubject subject, uint64 one_key, uint64 other_key)
{
	lock_until_commit(subject, Min(one_key, other_key));
	if (one_key != other_key)
		wait_for_lock(subject, Max(one_key, other_key));
}

static int
compare_keys(const void *a, const void *b)
{
	uint64		left = *(const uint64 *) a;
	uint64		right = *(const uint64 *) b;

	return left < right ? -1 : left > right;
}

/* The same for any number of them, at least one; sorts the keys. */
void
lock_all(LockSubject subject, uint64 *keys, int count)
{
	qsort(keys, count, sizeof(uint64), compare_keys);
	lock_until_commit(subject, keys[0]);
	for (int i = 1; i < count; i++)
	{
		if (keys[i] != keys[i - 1])
			wait_for_lock(subject, keys[i]);
	}
}

/* Gives a lock of lock_until_commit() back before the transaction ends. */
void
unlock_early(LockSubject subject, uint64 key)
{
	LOCKTAG		tag;

	make_tag(&tag, subject, key);
	(void) LockRelease(&tag, ExclusiveLock, false);
	order_release(KIND_OF(subject));
}

/* Does not wait; held over commits until unlock_session(). */
bool
try_lock_session(LockSubject subject)
{
	LOCKTAG		tag;

	make_tag(&tag, subject, 0);
	return LockAcquire(&tag, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL;
}

void
unlock_session(LockSubject subject)
{
	LOCKTAG		tag;

	make_tag(&tag, subject, 0);
	(void) LockRelease(&tag, ExclusiveLock, true);
}

/* The key of an id, or of an id and some bytes more. */
uint64
lock_key(const pg_uuid_t *id, const char *more, size_t length)
{
	uint64		key = 0;

	if (length > 0)
		key = hash_bytes_extended((const unsigned char *) more, (int) length, 0);
	return hash_bytes_extended(id->data, UUID_LEN, key);
}
