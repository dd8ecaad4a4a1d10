/*
 * report.h
 *		What came of a run, as one line.
 */
#ifndef SMART_PARKING_BENCH_REPORT_H
#define SMART_PARKING_BENCH_REPORT_H

#include "run.h"

extern void report(const Contender *contender, const Run *run);

#endif							/* SMART_PARKING_BENCH_REPORT_H */
