/*
 * stress.c
 *		Many drivers, an operator, two sweepers and mishap at one server; what
 *		the server acknowledges goes to a ledger.
 *
 *		stress --ledger FILE [--seconds N] [--clients N] [--seed N]
 *
 * Where the server is: as libpq finds it (PGHOST, PGPORT, PGDATABASE, ...).
 * Lots and gates are those of stress.lot (setup.sql); verify.sql judges.  Ends
 * early, in good order, at SIGTERM or SIGINT.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress.h"

#define MAX_CLIENTS 200

Lot			lots[MAX_LOTS];
int			lot_count;
double		deadline;
atomic_bool stopping;

typedef struct Worker
{
	Client		client;
	void		(*step) (Client *client);
	pthread_t	thread;
} Worker;

static void *
work(void *arg)
{
	Worker	   *worker = arg;

	connect_client(&worker->client);
	while (!stopping && now() < deadline)
		worker->step(&worker->client);
	connect_client(&worker->client);	/* settles what is prepared */
	PQfinish(worker->client.connection);
	return NULL;
}

static void
stop(int signal)
{
	(void) signal;
	stopping = true;
}

static void
read_lots(void)
{
	Client		client = {.number = -1};
	PGresult   *result;

	connect_client(&client);
	result = ask(&client, "SELECT id, entry, exit FROM stress.lot ORDER BY n", 0, NULL);
	lot_count = PQntuples(result);
	if (lot_count < 1 || lot_count > MAX_LOTS)
	{
		fprintf(stderr, "stress.lot: %s\n", PQerrorMessage(client.connection));
		exit(2);
	}
	for (int i = 0; i < lot_count; i++)
	{
		snprintf(lots[i].id, UUID_TEXT, "%s", PQgetvalue(result, i, 0));
		snprintf(lots[i].entry, UUID_TEXT, "%s", PQgetvalue(result, i, 1));
		snprintf(lots[i].exit, UUID_TEXT, "%s", PQgetvalue(result, i, 2));
	}
	PQclear(result);
	PQfinish(client.connection);
}

static int
number_after(int argc, char **argv, const char *option, int otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
	{
		if (strcmp(argv[i], option) == 0)
			return atoi(argv[i + 1]);
	}
	return otherwise;
}

int
main(int argc, char **argv)
{
	static Worker workers[MAX_CLIENTS + 4];
	int			clients = number_after(argc, argv, "--clients", 24);
	int			seed = number_after(argc, argv, "--seed", 1);
	int			count = 0;

	if (clients < 1 || clients > MAX_CLIENTS || argc < 3 || strcmp(argv[1], "--ledger") != 0)
	{
		fprintf(stderr, "usage: stress --ledger FILE [--seconds N] [--clients N] [--seed N]\n");
		return 2;
	}
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	setenv("PGAPPNAME", "stress", 1);
	deadline = now() + number_after(argc, argv, "--seconds", 30);
	ledger_open(argv[2]);
	read_lots();

	while (count < clients)
		workers[count++].step = one_transaction;
	workers[count++].step = operate;
	workers[count++].step = sweep;
	workers[count++].step = sweep;
	workers[count++].step = kill_somebody;
	for (int i = 0; i < count; i++)
	{
		workers[i].client.number = i;
		workers[i].client.isolation = "READ COMMITTED";
		workers[i].client.random = (uint64_t) seed * 1000003 + i;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
		{
			perror("pthread_create");
			return 2;
		}
	}
	for (int i = 0; i < count; i++)
		pthread_join(workers[i].thread, NULL);
	return 0;
}
