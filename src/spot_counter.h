/*
 * spot_counter.h
 *		Claim and give back one spot of a lot.
 */
#ifndef SMART_PARKING_SPOT_COUNTER_H
#define SMART_PARKING_SPOT_COUNTER_H

#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

/* Spots of one slice; bit i of map is the slice's i-th spot. */
typedef struct SliceSpots
{
	pg_uuid_t	parking_id;
	char	   *kind;
	int			slice_no;
	int64		map;
} SliceSpots;

typedef struct Availability
{
	bool		has_free;		/* a spot is free in the counter */
	bool		has_lapsed;		/* a lapsed hold stands on a spot in service */
	bool		has_kind;		/* the lot has spots of this kind at all */
} Availability;

/* What a look at the slices of one kind found. */
typedef enum FreeSlice
{
	SLICE_FOUND,
	ALL_SLICES_EMPTY,
	NO_SLICES					/* the lot does not have the kind */
} FreeSlice;

extern FreeSlice spot_counter_find_free(const pg_uuid_t *parking_id, const char *kind,
										int likely_slices, Snapshot snapshot,
										int *slice_no);
extern int	spot_counter_claim_any(const pg_uuid_t *parking_id, const char *kind,
								   int first_slice, bool wait);
extern bool spot_counter_claim_this(const SliceSpots *spot);
extern void spot_counter_give_back(const SliceSpots *spots);
extern Availability spot_counter_availability(const pg_uuid_t *parking_id, const char *kind,
											  TimestampTz now);
extern bool spot_counter_wait_for_rival(const pg_uuid_t *parking_id, const char *kind);

#endif							/* SMART_PARKING_SPOT_COUNTER_H */
