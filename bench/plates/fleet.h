/*
 * fleet.h
 *		A study: a gate whose cars are few, come again, and have plates that are alike.
 */
#ifndef SMART_PARKING_FLEET_H
#define SMART_PARKING_FLEET_H

#include "plates.h"

#define FLEET_CARS	108

typedef struct FleetStudy
{
	Engine		engine;
	MatchRules	rules;
	bool		remembers;		/* the lot knows its traffic */
	double		booked;			/* share of the cars */
	double		alike;			/* share of them that are of a series, or a digit from another one */
	double		stuck;			/* share of the cars that are misread in one way, each second time */
	int			sites;
	int			reads;			/* at each site's entry */
	uint64_t	seed;
} FleetStudy;

typedef enum FleetCar
{
	BOOKED_READ_RIGHT,
	BOOKED_MISREAD,
	STRANGER_AT_FIRST,			/* not read right before */
	STRANGER_SEEN,
	FLEET_CAR_KINDS
} FleetCar;

/* by lot.h's Outcome */
typedef struct FleetTally
{
	long		count[FLEET_CAR_KINDS][4];
} FleetTally;

extern void study_fleet(const FleetStudy *study, FleetTally *tally);

#endif							/* SMART_PARKING_FLEET_H */
