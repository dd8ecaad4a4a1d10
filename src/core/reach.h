/*
 * reach.h
 *		The open lots in reach of a place, nearest first.
 */
#ifndef SMART_PARKING_REACH_H
#define SMART_PARKING_REACH_H

#include "executor/spi.h"
#include "utils/uuid.h"

/* WGS 84: the equator's radius, 6,378,137 m, times pi */
#define HALF_EARTH_M	20037508.0

/*
 * The index gives lots in the order of their distance on a sphere.  Lengths on
 * the spheroid are at least this part of those: the least radius of curvature
 * of WGS 84, 6,335,439 m, by PostGIS's sphere, 6,371,009 m.
 */
#define SPHEROID_BY_SPHERE	0.994

typedef struct ReachLot
{
	pg_uuid_t	id;
	float8		distance_m;		/* on the spheroid */
} ReachLot;

typedef struct Reach
{
	float8		radius_m;
	Portal		lots;
	FmgrInfo	distance;
	float8		seen_to_m;		/* all lots up to so far have been read */
	int			count;			/* read, and not given out yet */
	int			size;
	ReachLot   *waiting;
} Reach;

extern void check_coordinates(float8 latitude, float8 longitude);
extern void check_radius(float8 radius_m);
extern void reach_begin(Reach *reach, float8 latitude, float8 longitude, float8 radius_m);
extern bool reach_next(Reach *reach, ReachLot *lot);
extern void reach_end(Reach *reach);

#endif							/* SMART_PARKING_REACH_H */
