/*
 * histogram.c
 *		Latencies in buckets that grow with their value, so that a client keeps
 *		a fixed amount of memory however long it runs.
 */
#include "histogram.h"

/*
 * Values below SUB_BUCKETS have a bucket each; above, each doubling has
 * SUB_BUCKETS of them.
 */
static int
bucket_of(uint64_t us)
{
	int			doublings = 0;
	int			bucket;

	while (us >= 2 * SUB_BUCKETS)
	{
		us >>= 1;
		doublings++;
	}
	bucket = doublings * SUB_BUCKETS + (int) us;
	return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/* The middle of a bucket, in microseconds. */
static double
value_of(int bucket)
{
	int			doublings = bucket < 2 * SUB_BUCKETS ? 0 : bucket / SUB_BUCKETS - 1;
	uint64_t	width = (uint64_t) 1 << doublings;

	return (bucket - doublings * SUB_BUCKETS) * (double) width + width / 2.0;
}

void
histogram_add(Histogram *histogram, double seconds)
{
	histogram->count++;
	histogram->bucket[bucket_of(seconds > 0 ? (uint64_t) (seconds * 1e6) : 0)]++;
}

void
histogram_merge(Histogram *to, const Histogram *from)
{
	to->count += from->count;
	for (int i = 0; i < BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}

/* 0 if nothing was counted. */
double
histogram_percentile_ms(const Histogram *histogram, double percent)
{
	uint64_t	wanted = (uint64_t) (histogram->count * percent / 100);
	uint64_t	seen = 0;

	for (int i = 0; i < BUCKETS; i++)
	{
		seen += histogram->bucket[i];
		if (seen > wanted || (seen == histogram->count && seen > 0))
			return value_of(i) / 1000;
	}
	return 0;
}
