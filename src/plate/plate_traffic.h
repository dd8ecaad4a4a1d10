/*
 * plate_traffic.h
 *		What a lot knows of its traffic, where a read is about to be taken for a
 *		booked plate that it is not equal to.
 *
 * Pure logic, as plate_match.h; docs/plate_matching.md lists what follows from
 * which sighting, and why.
 */
#ifndef SMART_PARKING_PLATE_TRAFFIC_H
#define SMART_PARKING_PLATE_TRAFFIC_H

#include "plate_match.h"

#define SIGHTING_ID_BYTES	16
#define TRAFFIC_MAX_STAYS	128
#define TRAFFIC_MAX_RIVALS	16

/* a car that stands at a gate is read there again for so long (assumed), in seconds */
#define TRAFFIC_SAME_VISIT	600

typedef enum SightingKind
{
	SIGHTED_BOOKED,				/* it equalled a booking that it came or went on */
	SIGHTED_ALONE,				/* nothing that was booked was it */
	SIGHTED_ALIKE,				/* it was taken for a booked plate that is like it */
	SIGHTED_BY_PERSON			/* a person said so */
} SightingKind;

typedef enum SightingWay
{
	SIGHTED_STAYING,			/* nothing came of it */
	SIGHTED_COMING,
	SIGHTED_GOING
} SightingWay;

/* one car at one gate, before */
typedef struct PlateSighting
{
	const char *plate;			/* that it went by, canonical */
	size_t		length;
	SightingKind kind;
	SightingWay way;
	const char *taken_for;		/* if SIGHTED_ALIKE */
	size_t		taken_for_length;
	const unsigned char *booking;	/* its id, or NULL */
	int64_t		at;				/* in seconds */
	bool		was_read_so;	/* if SIGHTED_BY_PERSON: and a camera had read what is read now */
} PlateSighting;

/* A booking that a car came or went on. */
typedef struct TrafficStay
{
	unsigned char booking[SIGHTING_ID_BYTES];
	SightingWay way;
	int64_t		at;
} TrafficStay;

typedef struct TrafficStays
{
	int			count;
	TrafficStay stay[TRAFFIC_MAX_STAYS];
} TrafficStays;

/* Another known car that may be meant as well as the booking. */
typedef struct TrafficRival
{
	size_t		length;
	char		plate[PLATE_MAX_BYTES];
	int			own;			/* sightings of it, as below */
	int			seen;			/* all */
} TrafficRival;

typedef struct PlateTraffic
{
	const MatchState *match;
	const MatchContender *winner;
	const char *read;
	size_t		read_length;
	const char *booked;			/* the winner's plate */
	size_t		booked_length;
	int			own;			/* sightings of what was read: a booking of its own, or a person's word */
	int			alone;
	int			alike;
	bool		was_corrected;	/* a person said that it was the winner */
	bool		booked_was_read;
	TrafficStays as_read;		/* taken for the winner's plate */
	TrafficStays as_booked;		/* read as the winner's plate */
	int			rivals;
	TrafficRival rival[TRAFFIC_MAX_RIVALS];
} PlateTraffic;

typedef enum TrafficWord
{
	TRAFFIC_SAYS_NOTHING,
	TRAFFIC_SAYS_SEEN,			/* what was read may be a car of its own: a person decides */
	TRAFFIC_SAYS_OWN,			/* it is one */
	TRAFFIC_SAYS_NEIGHBOUR		/* another known car is as like what was read */
} TrafficWord;

/*
 * begin, offer for each sighting that the lot remembers but those of the car
 * that is judged now, in any order, finish.  What begin and offer are given stays
 * the caller's and has to last until finish, sightings excepted.
 */
extern void plate_traffic_begin(PlateTraffic *traffic, const MatchState *match,
								const MatchContender *winner, const PlateReading *read,
								const char *booked, size_t booked_length);
extern void plate_traffic_offer(PlateTraffic *traffic, const PlateSighting *sighting);
extern TrafficWord plate_traffic_finish(const PlateTraffic *traffic);

/* The neighbour, if there is one. */
extern const TrafficRival *plate_traffic_rival(const PlateTraffic *traffic);

#endif							/* SMART_PARKING_PLATE_TRAFFIC_H */
