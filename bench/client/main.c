/*
 * main.c
 *		Runs one contender from many connections and prints what came of it, one
 *		line of name=value, separated by tabs.
 *
 *		bench --contender NAME --load NAME [--lots N] [--skew none|zipf]
 *			[--connections N] [--seconds S] [--until-sold-out] [--redis SOCKET]
 *
 * Where the server is: as libpq finds it (PGHOST, PGPORT, PGDATABASE, ...).
 * The run ends at the first refusal, as there is nothing left to sell then.
 * With --until-sold-out the S seconds begin there, and are for refusals.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <hiredis/hiredis.h>

#include "bench.h"

#define MAX_CONNECTIONS 500
#define LONGEST_SALE 30			/* seconds, with --until-sold-out */

Options		options = {.load = "hot", .connections = 32, .seconds = 2};

static const Contender *contender;
static pthread_barrier_t everybody_ready;
static double started;
static double deadline;			/* atomic */
static bool sold_out;			/* atomic */

double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

void
fail(const char *what, const char *why)
{
	size_t		length = strlen(why);

	fprintf(stderr, "%s: %s%s", what, why, length > 0 && why[length - 1] == '\n' ? "" : "\n");
	exit(2);
}

static double
end_of_run(void)
{
	double		end;

	__atomic_load(&deadline, &end, __ATOMIC_RELAXED);
	return end;
}

static void
end_run_at(double end)
{
	__atomic_store(&deadline, &end, __ATOMIC_RELAXED);
}

static void
one_transaction(Client *client)
{
	double		begun;
	Answer		answer;
	Lot		   *lot;

	next_driver(client);
	lot = draw_lot(client);
	begun = now();
	answer = contender->run(client, lot);
	client->finished = now();
	if (answer == DONE)
	{
		histogram_add(&client->done, client->finished - begun);
		client->last_done = client->finished;
	}
	else if (answer == REFUSED)
	{
		if (client->refused.count == 0)
			client->first_refused = client->finished;
		histogram_add(&client->refused, client->finished - begun);
	}

	if (answer == REFUSED && options.until_sold_out)
	{
		if (!__atomic_test_and_set(&sold_out, __ATOMIC_RELAXED))
			end_run_at(client->finished + options.seconds);
	}
	else if (answer != DONE)
		end_run_at(client->finished);
}

static void *
work(void *arg)
{
	Client	   *client = arg;

	client->connection = connect_server();
	client->ranges = calloc(lot_count > 0 ? lot_count : 1, sizeof(Range));
	contender->connect(client);

	/* twice: the clock starts when all are there */
	pthread_barrier_wait(&everybody_ready);
	pthread_barrier_wait(&everybody_ready);
	while (now() < end_of_run())
		one_transaction(client);
	PQfinish(client->connection);
	if (client->redis)
		redisFree(client->redis);
	free(client->ranges);
	return NULL;
}

static void
run_clients(Client *clients)
{
	pthread_t	threads[MAX_CONNECTIONS];

	pthread_barrier_init(&everybody_ready, NULL, options.connections + 1);
	for (int i = 0; i < options.connections; i++)
	{
		clients[i].number = i;
		clients[i].random = (uint64_t) (now() * 1e9) * (i + 1);
		if (pthread_create(&threads[i], NULL, work, &clients[i]) != 0)
			fail("pthread_create", "no more threads");
	}
	pthread_barrier_wait(&everybody_ready);
	started = now();
	end_run_at(started + (options.until_sold_out ? LONGEST_SALE : options.seconds));
	pthread_barrier_wait(&everybody_ready);
	for (int i = 0; i < options.connections; i++)
		pthread_join(threads[i], NULL);
}

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
static void
report(const Client *clients)
{
	static Histogram done;
	static Histogram refused;
	double		last_done = started;
	double		finished = started;
	double		first_refused = 0;
	double		selling;

	for (int i = 0; i < options.connections; i++)
	{
		histogram_merge(&done, &clients[i].done);
		histogram_merge(&refused, &clients[i].refused);
		if (clients[i].last_done > last_done)
			last_done = clients[i].last_done;
		if (clients[i].finished > finished)
			finished = clients[i].finished;
		if (clients[i].refused.count > 0 && (first_refused == 0 || clients[i].first_refused < first_refused))
			first_refused = clients[i].first_refused;
	}
	selling = last_done - started;
	printf("contender=%s\tconnections=%d\tseconds=%.3f\tdone=%llu\ttps=%.1f", contender->name, options.connections,
		   finished - started, (unsigned long long) done.count, selling > 0 ? done.count / selling : 0);
	print_percentiles("", &done);
	printf("\trefused=%llu\tsold_out_ms=%.1f\trefusals_tps=%.1f", (unsigned long long) refused.count,
		   refused.count > 0 ? selling * 1000 : 0,
		   refused.count > 0 && finished > first_refused ? refused.count / (finished - first_refused) : 0);
	print_percentiles("refusal_", &refused);
	printf("\n");
}

static void
usage(void)
{
	fprintf(stderr, "usage: bench --contender NAME --load NAME [--lots N] [--skew none|zipf]\n"
			"\t[--connections N] [--seconds S] [--until-sold-out] [--redis SOCKET]\n");
	exit(2);
}

static void
read_options(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
	{
		const char *option = argv[i];
		const char *value;

		if (strcmp(option, "--until-sold-out") == 0)
		{
			options.until_sold_out = true;
			continue;
		}
		if (++i == argc)
			usage();
		value = argv[i];
		if (strcmp(option, "--contender") == 0)
			options.contender = value;
		else if (strcmp(option, "--load") == 0)
			options.load = value;
		else if (strcmp(option, "--lots") == 0)
			options.lots = atoi(value);
		else if (strcmp(option, "--connections") == 0)
			options.connections = atoi(value);
		else if (strcmp(option, "--seconds") == 0)
			options.seconds = atof(value);
		else if (strcmp(option, "--redis") == 0)
			options.redis_socket = value;
		else if (strcmp(option, "--skew") == 0 && (strcmp(value, "zipf") == 0 || strcmp(value, "none") == 0))
			options.zipf = strcmp(value, "zipf") == 0;
		else
			usage();
	}
	if (options.connections < 1 || options.connections > MAX_CONNECTIONS || options.seconds <= 0 || !options.contender)
		usage();
	contender = find_contender(options.contender);
	if (!contender)
		fail(options.contender, "there is no such contender");
}

int
main(int argc, char **argv)
{
	Client	   *clients;
	PGconn	   *connection;

	read_options(argc, argv);
	setenv("PGAPPNAME", "bench", 1);
	connection = connect_server();
	read_lots(connection);
	if (contender->begin)
		contender->begin(connection);
	clients = calloc(options.connections, sizeof(Client));
	run_clients(clients);
	if (contender->end)
		contender->end(connection);
	report(clients);
	PQfinish(connection);
	free(clients);
	return 0;
}
