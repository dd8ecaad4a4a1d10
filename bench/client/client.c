/*
 * client.c
 *		A connection, a die, and drivers that come once.
 */
#include <stdio.h>

#include "client.h"
#include "common.h"

/* splitmix64 */
static uint64_t
draw_bits(Client *client)
{
	uint64_t	z = (client->random += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

uint32_t
draw(Client *client, uint32_t below)
{
	return (uint32_t) ((draw_bits(client) >> 32) * below >> 32);
}

/* From 0 to below 1. */
double
draw_fraction(Client *client)
{
	return (draw_bits(client) >> 11) / 9007199254740992.0;
}

/*
 * Every statement reaches its rows by an index, whatever statistics the newly
 * filled tables have: no contender shall lose by a bad plan.
 */
PGconn *
connect_server(void)
{
	PGconn	   *connection = PQconnectdb("");

	if (PQstatus(connection) != CONNECTION_OK)
		fail("the server", PQerrorMessage(connection));
	PQclear(ask_once(connection, "SELECT set_config('enable_seqscan', 'off', false),"
					 " set_config('enable_bitmapscan', 'off', false),"
					 " set_config('plan_cache_mode', 'force_generic_plan', false)", 0, NULL));
	return connection;
}

/*
 * Fills in user_id and plate.  Plates must be unique in the table: they begin
 * with a tag of the run, so that they do not meet those of another run.
 */
void
next_driver(Client *client)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static uint32_t run;
	uint32_t	tag;
	char	   *p = client->plate;

	if (run == 0)
		run = (uint32_t) (now() * 1000) | 1;
	snprintf(client->user_id, UUID_TEXT, "%08x-%04x-4%03x-8%03x-%08x%04x",
			 draw(client, UINT32_MAX), draw(client, 0x10000), draw(client, 0x1000),
			 draw(client, 0x1000), draw(client, UINT32_MAX), draw(client, 0x10000));
	tag = run;
	for (int i = 0; i < 4; i++, tag /= 36)
		*p++ = digits[tag % 36];
	snprintf(p, PLATE_TEXT - 4, "%dX%d", client->number, client->cars++);
}

void
prepare(Client *client, const char *name, const char *sql)
{
	PGresult   *result = PQprepare(client->connection, name, sql, 0, NULL);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fail(sql, PQerrorMessage(client->connection));
	PQclear(result);
}

/* An error ends the whole run: none of the contenders has an excuse for one. */
static PGresult *
checked(PGconn *connection, const char *what, PGresult *result)
{
	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
		fail(what, PQerrorMessage(connection));
	return result;
}

PGresult *
ask(Client *client, const char *name, int nargs, const char *const *args)
{
	return checked(client->connection, name,
				   PQexecPrepared(client->connection, name, nargs, args, NULL, NULL, 0));
}

PGresult *
ask_once(PGconn *connection, const char *sql, int nargs, const char *const *args)
{
	return checked(connection, sql, PQexecParams(connection, sql, nargs, NULL, args, NULL, NULL, 0));
}
