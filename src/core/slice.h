/*
 * slice.h
 *		One slice of the spot counter, changed without a plan.
 */
#ifndef SMART_PARKING_SLICE_H
#define SMART_PARKING_SLICE_H

#include "server/compat.h"
#include "spot_counter.h"

extern bool slice_row_take(const SliceSpots *spots, const RowVersion *row);
extern bool slice_give_back(SliceSpots *spots);
pg_noreturn extern void slice_drift(const char *what, const SliceSpots *spots);

#endif							/* SMART_PARKING_SLICE_H */
