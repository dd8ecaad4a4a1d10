/*
 * correction.h
 *		A passage turns out to have been another car's.
 */
#ifndef SMART_PARKING_CORRECTION_H
#define SMART_PARKING_CORRECTION_H

#include "access/recognise/passage.h"

extern bool rebind(const Gate *gate, const PlateRead *read, const Match *match,
				   const Passage *passage, TimestampTz now, Verdict *verdict);

extern void correct(const Gate *gate, const PlateRead *read, const Match *match,
					const Passage *passage, TimestampTz now, Verdict *verdict);

#endif							/* SMART_PARKING_CORRECTION_H */
