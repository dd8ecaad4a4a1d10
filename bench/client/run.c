/*
 * run.c
 *		Many connections at once, which begin together and end together.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <hiredis/hiredis.h>

#include "common.h"
#include "options.h"
#include "run.h"

#define LONGEST_SALE 30			/* seconds, with --until-sold-out */

static const Contender *contender;
static pthread_barrier_t everybody_ready;
static double deadline;			/* atomic */
static bool sold_out;			/* atomic */

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

/* The caller frees the clients. */
Run
run_contender(const Contender *measured)
{
	pthread_t	threads[MAX_CONNECTIONS];
	Run			run;

	contender = measured;
	run.clients = calloc(options.connections, sizeof(Client));
	pthread_barrier_init(&everybody_ready, NULL, options.connections + 1);
	for (int i = 0; i < options.connections; i++)
	{
		run.clients[i].number = i;
		run.clients[i].random = (uint64_t) (now() * 1e9) * (i + 1);
		if (pthread_create(&threads[i], NULL, work, &run.clients[i]) != 0)
			fail("pthread_create", "no more threads");
	}
	pthread_barrier_wait(&everybody_ready);
	run.started = now();
	end_run_at(run.started + (options.until_sold_out ? LONGEST_SALE : options.seconds));
	pthread_barrier_wait(&everybody_ready);
	for (int i = 0; i < options.connections; i++)
		pthread_join(threads[i], NULL);
	return run;
}
