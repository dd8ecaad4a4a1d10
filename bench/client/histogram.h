/*
 * histogram.h
 *		Latencies in microseconds, within 1/64 of their value.
 */
#ifndef SMART_PARKING_BENCH_HISTOGRAM_H
#define SMART_PARKING_BENCH_HISTOGRAM_H

#include <stdint.h>

#define SUB_BUCKETS 64
#define BUCKETS (40 * SUB_BUCKETS)

typedef struct Histogram
{
	uint64_t	count;
	uint64_t	bucket[BUCKETS];
} Histogram;

extern void histogram_add(Histogram *histogram, double seconds);
extern void histogram_merge(Histogram *to, const Histogram *from);
extern double histogram_percentile_ms(const Histogram *histogram, double percent);

#endif							/* SMART_PARKING_BENCH_HISTOGRAM_H */
