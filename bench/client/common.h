/*
 * common.h
 *		The clock, and the end of a run that cannot go on.
 */
#ifndef SMART_PARKING_BENCH_COMMON_H
#define SMART_PARKING_BENCH_COMMON_H

extern double now(void);
extern void fail(const char *what, const char *why) __attribute__((noreturn));

#endif							/* SMART_PARKING_BENCH_COMMON_H */
