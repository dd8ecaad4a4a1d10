/*
 * client.c
 *		A connection that comes back when it is lost, and a seeded die.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stress.h"

double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* splitmix64: each client has its own stream, so its choices repeat with the seed. */
uint32_t
draw(Client *client, uint32_t below)
{
	uint64_t	z = (client->random += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return (uint32_t) ((z >> 32) * below >> 32);
}

static void
ignore_notice(void *arg, const char *message)
{
	(void) arg;
	(void) message;
}

/*
 * What this client had prepared when it lost its connection is committed: left
 * alone, it would hold its rows for good.
 */
static void
settle_prepared(Client *client)
{
	char		sql[120];
	PGresult   *result;

	snprintf(sql, sizeof(sql), "SELECT 1 FROM pg_prepared_xacts WHERE gid = 'stress_%d'", client->number);
	result = PQexec(client->connection, sql);
	if (PQntuples(result) > 0)
	{
		snprintf(sql, sizeof(sql), "COMMIT PREPARED 'stress_%d'", client->number);
		PQclear(PQexec(client->connection, sql));
	}
	PQclear(result);
}

/* Waits for a server that is restarting, for a minute. */
void
connect_client(Client *client)
{
	struct timespec pause = {0, 20 * 1000 * 1000};
	int			tries = 0;

	for (;;)
	{
		if (client->connection)
			PQfinish(client->connection);
		client->connection = PQconnectdb("");
		if (PQstatus(client->connection) == CONNECTION_OK)
			break;
		if (++tries > (stopping || now() > deadline ? 500 : 3000))
		{
			fprintf(stderr, "client %d: %s", client->number, PQerrorMessage(client->connection));
			exit(2);
		}
		nanosleep(&pause, NULL);
	}
	PQsetNoticeProcessor(client->connection, ignore_notice, NULL);
	settle_prepared(client);
}

PGresult *
ask(Client *client, const char *sql, int nargs, const char *const *args)
{
	return PQexecParams(client->connection, sql, nargs, NULL, args, NULL, NULL, 0);
}

/* For commands without a result; true if it was done. */
bool
tell(Client *client, const char *sql)
{
	PGresult   *result = PQexec(client->connection, sql);
	bool		done = PQresultStatus(result) == PGRES_COMMAND_OK ||
		PQresultStatus(result) == PGRES_TUPLES_OK;

	if (!done && PQstatus(client->connection) == CONNECTION_OK)
		fprintf(stderr, "client %d: %s: %s", client->number, sql, PQerrorMessage(client->connection));
	PQclear(result);
	return done;
}
