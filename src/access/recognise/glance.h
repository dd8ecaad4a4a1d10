/*
 * glance.h
 *		The last car at a gate, seen with a probe.
 */
#ifndef SMART_PARKING_GLANCE_H
#define SMART_PARKING_GLANCE_H

#include "passage.h"

extern bool glance_at_last(const Gate *gate, TimestampTz now, Passage *passage);

#endif							/* SMART_PARKING_GLANCE_H */
