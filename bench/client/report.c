/*
 * report.c
 *		What came of a run: one line of name=value, separated by tabs.
 */
#include <stdio.h>

#include "histogram.h"
#include "options.h"
#include "report.h"

static void
print_percentiles(const char *prefix, const Histogram *histogram)
{
	printf("\t%sp50_ms=%.3f\t%sp95_ms=%.3f\t%sp99_ms=%.3f", prefix, histogram_percentile_ms(histogram, 50),
		   prefix, histogram_percentile_ms(histogram, 95), prefix, histogram_percentile_ms(histogram, 99));
}

/*
 * Transactions a second are those done until the last one of them was, refusals
 * a second those from the first one on.
 */
void
report(const Contender *contender, const Run *run)
{
	static Histogram done;
	static Histogram refused;
	double		last_done = run->started;
	double		finished = run->started;
	double		first_refused = 0;
	double		selling;

	for (int i = 0; i < options.connections; i++)
	{
		const Client *client = &run->clients[i];

		histogram_merge(&done, &client->done);
		histogram_merge(&refused, &client->refused);
		if (client->last_done > last_done)
			last_done = client->last_done;
		if (client->finished > finished)
			finished = client->finished;
		if (client->refused.count > 0 && (first_refused == 0 || client->first_refused < first_refused))
			first_refused = client->first_refused;
	}
	selling = last_done - run->started;
	printf("contender=%s\tconnections=%d\tseconds=%.3f\tdone=%llu\ttps=%.1f", contender->name, options.connections,
		   finished - run->started, (unsigned long long) done.count, selling > 0 ? done.count / selling : 0);
	print_percentiles("", &done);
	printf("\trefused=%llu\tsold_out_ms=%.1f\trefusals_tps=%.1f", (unsigned long long) refused.count,
		   refused.count > 0 ? selling * 1000 : 0,
		   refused.count > 0 && finished > first_refused ? refused.count / (finished - first_refused) : 0);
	print_percentiles("refusal_", &refused);
	printf("\n");
}
