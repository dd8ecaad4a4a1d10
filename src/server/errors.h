/*
 * errors.h
 *		The SQLSTATEs of smart_parking, all of class SP.
 *
 * Class codes that begin with S are free for implementations by the SQL
 * standard.  SQL functions of the install script use the same codes as text;
 * docs/reference.md lists them.
 */
#ifndef SMART_PARKING_ERRORS_H
#define SMART_PARKING_ERRORS_H

#include "utils/elog.h"

/* something named does not exist */
#define ERRCODE_SP_UNKNOWN_PARKING		MAKE_SQLSTATE('S','P','0','0','1')
#define ERRCODE_SP_UNKNOWN_BOOKING		MAKE_SQLSTATE('S','P','0','0','2')
#define ERRCODE_SP_UNKNOWN_GATE			MAKE_SQLSTATE('S','P','0','0','3')
#define ERRCODE_SP_UNKNOWN_SPOT			MAKE_SQLSTATE('S','P','0','0','4')
#define ERRCODE_SP_UNKNOWN_COMMAND		MAKE_SQLSTATE('S','P','0','0','5')
#define ERRCODE_SP_UNKNOWN_READ			MAKE_SQLSTATE('S','P','0','0','6')

/* an argument is not usable */
#define ERRCODE_SP_INVALID_PLATE		MAKE_SQLSTATE('S','P','0','1','0')
#define ERRCODE_SP_INVALID_HOLD			MAKE_SQLSTATE('S','P','0','1','1')
#define ERRCODE_SP_INVALID_CAPACITY		MAKE_SQLSTATE('S','P','0','1','2')
#define ERRCODE_SP_INVALID_COORDINATES	MAKE_SQLSTATE('S','P','0','1','3')
#define ERRCODE_SP_INVALID_RADIUS		MAKE_SQLSTATE('S','P','0','1','4')
#define ERRCODE_SP_UNKNOWN_KIND			MAKE_SQLSTATE('S','P','0','1','5')
#define ERRCODE_SP_MISSING_ARGUMENT		MAKE_SQLSTATE('S','P','0','1','6')
#define ERRCODE_SP_INVALID_LIMIT		MAKE_SQLSTATE('S','P','0','1','7')
#define ERRCODE_SP_INVALID_GEOJSON		MAKE_SQLSTATE('S','P','0','1','8')
#define ERRCODE_SP_INVALID_ARGUMENT		MAKE_SQLSTATE('S','P','0','1','9')

/* the call is well formed, but not allowed as things stand */
#define ERRCODE_SP_TOO_MANY_HOLDS		MAKE_SQLSTATE('S','P','0','2','0')
#define ERRCODE_SP_REQUEST_MISMATCH		MAKE_SQLSTATE('S','P','0','2','1')
#define ERRCODE_SP_PLATE_TAKEN			MAKE_SQLSTATE('S','P','0','2','2')
#define ERRCODE_SP_INVALID_TRANSITION	MAKE_SQLSTATE('S','P','0','2','3')
#define ERRCODE_SP_HISTORY_KEPT			MAKE_SQLSTATE('S','P','0','2','4')

/* the installation lacks something */
#define ERRCODE_SP_STILL_REFERRED		MAKE_SQLSTATE('S','P','0','2','5')
#define ERRCODE_SP_NO_SCHEDULER			MAKE_SQLSTATE('S','P','0','3','0')
#define ERRCODE_SP_OUTDATED				MAKE_SQLSTATE('S','P','0','3','1')
#define ERRCODE_SP_NOT_OWNER			MAKE_SQLSTATE('S','P','0','3','2')
#define ERRCODE_SP_SCHEMA_MISSING		MAKE_SQLSTATE('S','P','0','3','3')

/* counter, spots and bookings disagree: never clamped, always raised */
#define ERRCODE_SP_COUNTER_DRIFT		MAKE_SQLSTATE('S','P','0','9','0')

#endif							/* SMART_PARKING_ERRORS_H */
