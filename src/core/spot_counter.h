/*
 * spot_counter.h
 *		Claim and give back one spot of a lot.
 */
#ifndef SMART_PARKING_SPOT_COUNTER_H
#define SMART_PARKING_SPOT_COUNTER_H

#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "server/page_watch.h"
#include "server/probe.h"

/* Spots of one slice; bit i of map is the slice's i-th spot. */
typedef struct SliceSpots
{
	pg_uuid_t	parking_id;
	char	   *kind;
	int			slice_no;
	int64		map;			/* 0: this spot's bit, to be asked for */
	int			spot_no;
} SliceSpots;

typedef struct Availability
{
	bool		has_free;		/* a spot is free in the counter */
	bool		has_lapsed;		/* a lapsed hold stands on a spot in service */
	bool		has_kind;		/* the lot has spots of this kind at all */
} Availability;

typedef enum SlicesState
{
	SLICE_AT_HAND,				/* a slice has a free spot and nobody holds it */
	SLICES_HELD,				/* others hold the slices that have free spots */
	SLICES_EMPTY,				/* no spot is free */
	NO_SLICES					/* the lot does not have the kind */
} SlicesState;

/* What a look at the slices of one kind found. */
typedef struct SlicesView
{
	SlicesState state;
	/* if SLICE_AT_HAND: */
	RowVersion	row;
	int			slice_no;
	int			first_spot_no;
	int64		free_map;
} SlicesView;

extern SlicesView spot_counter_look(const pg_uuid_t *parking_id, const char *kind,
									int likely_slices, Snapshot snapshot,
									PageWatch *watch);
extern int	spot_counter_claim_any(const pg_uuid_t *parking_id, const char *kind,
								   const SlicesView *view);
extern int	spot_counter_claim_after_rival(const pg_uuid_t *parking_id, const char *kind);
extern bool spot_counter_is_free(const SliceSpots *spot, Snapshot snapshot, RowVersion *row);
extern bool spot_counter_claim_seen(const SliceSpots *spots, RowVersion *row, bool wait);
extern bool spot_counter_claim_this(const SliceSpots *spot);
extern void spot_counter_give_back(const SliceSpots *given);
extern void spot_counter_free_begin(Probe *probe, const char *kind, Snapshot snapshot);
extern int	spot_counter_free_in(Probe *probe, const pg_uuid_t *parking_id);
extern bool spot_counter_has_kind(const pg_uuid_t *parking_id, const char *kind);
extern Availability spot_counter_availability(const pg_uuid_t *parking_id, const char *kind,
											  TimestampTz now, Snapshot snapshot);

#endif							/* SMART_PARKING_SPOT_COUNTER_H */
