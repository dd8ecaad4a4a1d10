/*
 * plate_match.h
 *		Which booked plate a camera's read means, if it means one.
 *
 * Pure logic on canonical plates: standard C only, no memory of its own, so
 * that it can be fuzzed alone and tuned by a program without a server.
 *
 * docs/plate_matching.md says what the defaults give on reads as real ones are.
 */
#ifndef SMART_PARKING_PLATE_MATCH_H
#define SMART_PARKING_PLATE_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plate_pattern.h"

/* readings of one car: the read and the camera's other candidates */
#define MATCH_MAX_CANDIDATES	10
#define MATCH_MAX_READINGS		(1 + MATCH_MAX_CANDIDATES)

/* how many bookings a person at the gate is shown */
#define MATCH_MAX_CONTENDERS	5

/* a camera that says nothing about a reading */
#define MATCH_NO_CONFIDENCE		(-1.0)

#define MATCH_DEFAULT_CANDIDATE_COST	30
#define MATCH_DEFAULT_BOUND_PER_CHAR	20
#define MATCH_DEFAULT_MARGIN			110
#define MATCH_DEFAULT_NEAR_MISS			30
#define MATCH_DEFAULT_MIN_CHARS			4
#define MATCH_DEFAULT_MIN_CONFIDENCE	0.2
#define MATCH_DEFAULT_SURE_CONFIDENCE	0.97
#define MATCH_DEFAULT_FIT_CHARS			5
#define MATCH_DEFAULT_KNOWN_MARGIN		31

#define MATCH_DEFAULT_RULES \
	{ \
		PLATE_DEFAULT_COSTS, MATCH_DEFAULT_CANDIDATE_COST, \
		MATCH_DEFAULT_BOUND_PER_CHAR, MATCH_DEFAULT_MARGIN, \
		MATCH_DEFAULT_NEAR_MISS, MATCH_DEFAULT_MIN_CHARS, \
		MATCH_DEFAULT_MIN_CONFIDENCE, \
		MATCH_DEFAULT_SURE_CONFIDENCE, \
		MATCH_DEFAULT_FIT_CHARS, MATCH_DEFAULT_KNOWN_MARGIN \
	}

typedef struct MatchRules
{
	PlateCosts	costs;
	int			candidate_cost; /* added where a candidate matched, 1 to PLATE_EDIT */

	/* what may open by itself */
	int			bound_per_char; /* highest cost per character that was read */
	int			margin;			/* by how much all others cost more, 1 or more */
	int			near_miss;		/* so far past the bound a person is asked */
	int			min_chars;		/* fewest characters that were read */
	double		min_confidence; /* lowest of a reading that opens by likeness */
	double		sure_confidence;	/* from here on no plain edit opens; above 1: off */
	int			fit_chars;		/* read so many, the only one that fits a read with ? opens */
	int			known_margin;	/* by how much known cars without a booking cost more, 1 or more */
} MatchRules;

/* one reading of the car: a canonical plate and 0 to 1 or MATCH_NO_CONFIDENCE */
typedef struct PlateReading
{
	const char *plate;
	size_t		length;
	double		confidence;
} PlateReading;

typedef struct MatchContender
{
	int64_t		handle;			/* the caller's name for the booking */
	int			cost;
	int			edits;			/* the cost, but for marks that a plain read lacks */
	int			bound;			/* at which of these it may still open */
	int			reading;		/* 0: the read; from 1 on: a candidate */
	int			known;			/* of its characters, how many were read */
	bool		fits;			/* the read is this plate but for what it has as ? */
} MatchContender;

typedef struct MatchState
{
	MatchRules	rules;
	int			readings;
	double		confidence[MATCH_MAX_READINGS];
	int			number[MATCH_MAX_READINGS]; /* as the caller counts them */
	PlatePattern pattern[MATCH_MAX_READINGS];
	int			limit;			/* what costs more makes no difference */
	int			contenders;
	MatchContender contender[MATCH_MAX_CONTENDERS]; /* best first */
} MatchState;

typedef enum MatchVerdict
{
	MATCH_NONE,					/* nothing booked is like it */
	MATCH_UNIQUE,				/* one booking, and nothing speaks against it */
	MATCH_AMBIGUOUS,			/* several: a person decides */
	MATCH_DOUBTFUL				/* one, but too cheap an accident: a person decides */
} MatchVerdict;

/* why a verdict is MATCH_DOUBTFUL */
typedef enum MatchDoubt
{
	MATCH_NO_DOUBT,
	MATCH_DOUBT_FAR,			/* costs more than its length allows */
	MATCH_DOUBT_SHORT,			/* fewer characters than min_chars */
	MATCH_DOUBT_CONFIDENCE,		/* the reading's confidence is low */
	MATCH_DOUBT_SURE			/* read too surely to be a plain edit off */
} MatchDoubt;

typedef struct MatchResult
{
	MatchVerdict verdict;
	MatchDoubt	doubt;
	int			contenders;		/* 1 if MATCH_UNIQUE or MATCH_DOUBTFUL */
	MatchContender contender[MATCH_MAX_CONTENDERS]; /* best first */
} MatchResult;

/*
 * Whether a booking that is equal to the read needs no look at the others that
 * are like it.  Not if the read has a ?, and not if its confidence is low:
 * another booking a confusable character away would be nearly as likely then.
 * Those that only marks tell from a plain read are to be looked at all the same.
 */
extern bool plate_match_exact_suffices(const MatchRules *rules,
									   const PlateReading *read);

/*
 * begin, offer for each live booking of the lot in any order, finish.  Begin
 * copies what it needs.  Candidates past MATCH_MAX_CANDIDATES, and those with
 * a confidence below min_confidence, are left out.
 */
extern void plate_match_begin(MatchState *state, const MatchRules *rules,
							  const PlateReading *read,
							  const PlateReading *candidates,
							  int candidate_count);
extern void plate_match_offer(MatchState *state, const char *plate,
							  size_t length, int64_t handle);
extern void plate_match_finish(const MatchState *state, MatchResult *result);

/*
 * Whether a car that is known but not booked may be meant as well as the only
 * booking that the matcher found.
 */
extern bool plate_match_is_rival(const MatchState *state, const MatchContender *winner,
								 const char *plate, size_t length);

#endif							/* SMART_PARKING_PLATE_MATCH_H */
