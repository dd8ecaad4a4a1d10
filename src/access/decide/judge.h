/*
 * judge.h
 *		Decide on a read.
 */
#ifndef SMART_PARKING_JUDGE_H
#define SMART_PARKING_JUDGE_H

#include "access/recognise/matching.h"

extern void judge(const Gate *gate, const PlateRead *read, const Match *match, TimestampTz *now,
				  Verdict *verdict);

#endif							/* SMART_PARKING_JUDGE_H */
