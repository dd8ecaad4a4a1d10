/*
 * likeness.h
 *		Which of the lot's live bookings a read is like.
 */
#ifndef SMART_PARKING_LIKENESS_H
#define SMART_PARKING_LIKENESS_H

#include "plate/plate_match.h"
#include "utils/snapshot.h"
#include "matching.h"

extern PlateReading reading_of(const PlateRead *read);
extern void match_live_bookings(const Gate *gate, const PlateRead *read, TimestampTz now,
								Snapshot snapshot, Match *match);

#endif							/* SMART_PARKING_LIKENESS_H */
