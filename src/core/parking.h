/*
 * parking.h
 *		Lots and spots as the planes read them.
 */
#ifndef SMART_PARKING_PARKING_H
#define SMART_PARKING_PARKING_H

#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "server/page_watch.h"
#include "spot_counter.h"

typedef struct Parking
{
	bool		is_open;
	Interval	hold_duration;
	bool		has_queue;
	int			likely_slices;	/* of the most frequent kind, as made */
} Parking;

extern void parking_read(const pg_uuid_t *id, Snapshot snapshot, PageWatch *watch,
						 Parking *parking);
extern void parking_read_latest(const pg_uuid_t *id, Parking *parking);
extern void parking_read_for_gate(const pg_uuid_t *id, Snapshot snapshot, Parking *parking,
								  bool *walk_in);
extern bool spot_read(const pg_uuid_t *parking_id, int spot_no, Snapshot snapshot, char **label,
					  SliceSpots *spot);
extern bool spot_in_service(const pg_uuid_t *parking_id, int spot_no);
extern bool spot_can_be_given(const pg_uuid_t *parking_id, int spot_no, const char *kind,
							  Snapshot snapshot);
extern char *spot_for_booking(const pg_uuid_t *parking_id, int spot_no);
extern void lock_lot(const pg_uuid_t *parking_id);

#endif							/* SMART_PARKING_PARKING_H */
