/*
 * offline.h
 *		What a gate did while it was cut off.
 */
#ifndef SMART_PARKING_OFFLINE_H
#define SMART_PARKING_OFFLINE_H

#include "access/recognise/matching.h"
#include "access/recognise/passage.h"

/* why a booking changes by what an offline gate did */
#define OFFLINE_REASON "read by a gate that was offline"

extern bool offline_passage(const Gate *gate, const PlateRead *read, TimestampTz now,
							Passage *passage);
extern void judge_happened(const Gate *gate, const PlateRead *read, const Match *match,
						   TimestampTz now, Verdict *verdict);
extern TimestampTz happened_at(const PlateRead *read, TimestampTz now);

#endif							/* SMART_PARKING_OFFLINE_H */
