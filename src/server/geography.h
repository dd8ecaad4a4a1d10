/*
 * geography.h
 *		PostGIS, wherever the user has put it.
 */
#ifndef SMART_PARKING_GEOGRAPHY_H
#define SMART_PARKING_GEOGRAPHY_H

#include "fmgr.h"

extern Oid	postgis_schema(void);
extern void spheroid_distance_function(FmgrInfo *function);
extern float8 spheroid_distance(FmgrInfo *function, Datum a, Datum b);

#endif							/* SMART_PARKING_GEOGRAPHY_H */
