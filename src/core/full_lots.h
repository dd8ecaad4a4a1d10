/*
 * full_lots.h
 *		Lots that this session has seen full.
 */
#ifndef SMART_PARKING_FULL_LOTS_H
#define SMART_PARKING_FULL_LOTS_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "server/page_watch.h"

extern bool full_lots_has(const pg_uuid_t *parking_id, const char *kind);
extern bool full_lots_none_lapsed(const pg_uuid_t *parking_id, const char *kind, TimestampTz now);
extern bool full_lots_wants_lapse(const pg_uuid_t *parking_id, const char *kind);
extern void full_lots_add_lapse(const pg_uuid_t *parking_id, const char *kind,
								TimestampTz next_lapse, PageWatch *seen);
extern void full_lots_add(const pg_uuid_t *parking_id, const char *kind, PageWatch *seen);

#endif							/* SMART_PARKING_FULL_LOTS_H */
