/*
 * others.c
 *		Those who are no drivers: the operator, the sweeper, and mishap.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "stress.h"

static void
pause_ms(int ms)
{
	struct timespec pause = {ms / 1000, (ms % 1000) * 1000000L};

	nanosleep(&pause, NULL);
}

/* Errors that are not about the connection go to the ledger, to be judged there. */
static void
call_and_record(Client *client, const char *action, const char *sql)
{
	Entry		entry = {.action = action, .started = now()};
	PGresult   *result = PQexec(client->connection, sql);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	bool		done = PQresultStatus(result) == PGRES_TUPLES_OK ||
		PQresultStatus(result) == PGRES_COMMAND_OK;
	Fate		fate = done ? COMMITTED : ABORTED;

	if (done && PQntuples(result) == 1)
		snprintf(entry.outcome, sizeof(entry.outcome), "%s", PQgetvalue(result, 0, 0));
	if (PQstatus(client->connection) != CONNECTION_OK)
		fate = UNKNOWN;
	if (sqlstate)
		snprintf(entry.sqlstate, sizeof(entry.sqlstate), "%s", sqlstate);
	PQclear(result);
	ledger_write(client, &entry, fate);
	if (PQstatus(client->connection) != CONNECTION_OK)
		connect_client(client);
}

void
operate(Client *client)
{
	char		sql[400];
	const Lot  *lot = &lots[draw(client, lot_count)];

	switch (draw(client, 4))
	{
		case 0:
			snprintf(sql, sizeof(sql),
					 "SELECT smart_parking.resize_parking(id, capacity + %d) FROM stress.lot"
					 " WHERE capacity > 1 AND id = '%s'", (int) draw(client, 5) - 2, lot->id);
			call_and_record(client, "resize", sql);
			break;
		case 1:
			snprintf(sql, sizeof(sql),
					 "SELECT count(*) FROM smart_parking.import_parkings(jsonb_build_object('type', 'FeatureCollection', 'features',"
					 " jsonb_build_array(jsonb_build_object('type', 'Feature', 'geometry',"
					 " jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(13.7, 51.0)), 'properties',"
					 " jsonb_build_object('id', 'three', 'name', 'Three', 'total', %d)))), 'stress')", 3 + (int) draw(client, 2));
			call_and_record(client, "import", sql);
			break;
		default:
			snprintf(sql, sizeof(sql),
					 "SELECT smart_parking.set_spot_service(id, 1 + %u %% capacity, %s) FROM stress.lot WHERE id = '%s'",
					 draw(client, 500), draw(client, 3) == 0 ? "false" : "true", lot->id);
			call_and_record(client, "service", sql);
	}
	pause_ms(2);
}

void
sweep(Client *client)
{
	if (draw(client, 2) == 0)
		call_and_record(client, "sweep", "CALL smart_parking.sweep('20 milliseconds', '60 milliseconds')");
	else
		call_and_record(client, "sweep", "SELECT smart_parking.release_expired(20)");
	pause_ms(5);
}

void
kill_somebody(Client *client)
{
	char		sql[300];

	snprintf(sql, sizeof(sql),
			 "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
			 " WHERE application_name = 'stress' AND pid <> pg_backend_pid() ORDER BY pid LIMIT 1 OFFSET %u) victim",
			 draw(client, 24));
	call_and_record(client, "kill", sql);
	pause_ms(150);
}
