/*
 * group_choice.h
 *		Which of the spots that could be had a group takes.
 */
#ifndef SMART_PARKING_GROUP_CHOICE_H
#define SMART_PARKING_GROUP_CHOICE_H

#include "utils/uuid.h"

#include "group_spots.h"

/* A spot that could be had. */
typedef struct Candidate
{
	GroupSpot	at;
	int64		bit;
	RowVersion	row;			/* of its slice, or of the lapsed hold on it */
	bool		held;			/* by somebody else; to be waited for */
	bool		is_lapsed;
	pg_uuid_t	booking_id;		/* if is_lapsed */
} Candidate;

typedef struct Candidates
{
	bool		has_kind;
	int			count;
	int			size;
	Candidate  *all;
} Candidates;

extern Candidate *choose_spots(Candidates *found, int wanted, bool held_too);

#endif							/* SMART_PARKING_GROUP_CHOICE_H */
