/*
 * matching.h
 *		Which booking of the lot a read means.
 */
#ifndef SMART_PARKING_MATCHING_H
#define SMART_PARKING_MATCHING_H

#include "access/record/plate_read.h"

typedef enum MatchKind
{
	MATCHED_NONE,				/* nothing booked is like it */
	MATCHED_EXACTLY,			/* an active booking has just this plate */
	MATCHED_BY_LIKENESS,
	MATCHED_UNCLEARLY			/* a person decides; reason and details say why */
} MatchKind;

typedef struct Match
{
	MatchKind	kind;
	bool		known;			/* the plate that was read is known here */
	char	   *plate;			/* of the booking, canonical; NULL: none */
	pg_uuid_t	booking_id;
	const char *by;				/* exact, candidate, distance */
	const char *reason;			/* if a person decides */
	char	   *details;		/* members of a JSON object, or NULL */
} Match;

extern void match_read(const Gate *gate, const PlateRead *read, TimestampTz now, Match *match);
extern bool plate_is_known(const Gate *gate, const char *car_plate, TimestampTz now);
extern bool plates_alike(const char *a, const char *b);

#endif							/* SMART_PARKING_MATCHING_H */
