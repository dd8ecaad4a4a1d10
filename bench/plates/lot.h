/*
 * lot.h
 *		A study: which lots, which cars, which camera, which rules.
 */
#ifndef SMART_PARKING_LOT_H
#define SMART_PARKING_LOT_H

#include "plates.h"

#define MAX_BOOKINGS	3000

typedef struct Study
{
	Country		country;
	Engine		engine;
	MatchRules	rules;
	int			bookings;		/* live, in the lot */
	double		strangers;		/* share of reads that are of cars without a booking */
	bool		with_confidence;
	bool		with_candidates;
	bool		with_strays;
	int			lots;
	int			reads;			/* in each */
	uint64_t	seed;
} Study;

typedef enum Outcome
{
	OPENED,						/* for the booking of the car */
	MANUAL,
	NOT_MATCHED,
	WRONGLY_OPENED,
	OUTCOMES
} Outcome;

typedef struct Tally
{
	long		reads;
	long		right[OUTCOMES];	/* booked cars, read right */
	long		misread[OUTCOMES];	/* booked cars, misread */
	long		stranger[OUTCOMES];
} Tally;

/* what is known of real misreads, counted in the model's */
typedef struct Fit
{
	long		misreads;
	long		one_off;
	long		two_off;
	long		empty;
	long		folded;			/* alike to the true plate alone once folded */
	long		one_edit;		/* no plate but the true one within one edit */
	long		one_edit_wrong; /* no plate but a wrong one within one edit */
} Fit;

extern void study_lots(const Study *study, Tally *tally);
extern void study_fit(const Study *study, int reads, Fit *fit);
extern int	match_misreads(const Study *study, int reads);

#endif							/* SMART_PARKING_LOT_H */
