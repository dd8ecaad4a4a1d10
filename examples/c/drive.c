/*
 * A driver's trip with libpq:
 *		cc -I$(pg_config --includedir) drive.c -lpq -o drive
 * and ./drive, with PGHOST, PGPORT and PGDATABASE as for psql.  docs/clients.md says
 * what each step is for; the programs beside this one do the same in other languages.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "libpq-fe.h"

typedef struct Session
{
	const char *user;
	PGconn	   *connection;
} Session;

/* What a piece of work is given and leaves behind.  Texts are short here: ids, plates, outcomes. */
typedef struct Work
{
	const char *sql;
	const char *after;			/* a statement whose $1 is the second column, in the same transaction, or NULL */
	const char *values[4];
	char		columns[3][64];
	char		sqlstate[6];	/* of an error; "" is no answer of the server */
} Work;

static bool
run_statement(Session *session, const char *sql, int count, const char *const *values, Work *work)
{
	PGresult   *result = PQexecParams(session->connection, sql, count, NULL, values, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	snprintf(work->sqlstate, sizeof(work->sqlstate), "%s", state ? state : "");
	for (int i = 0; status == PGRES_TUPLES_OK && i < PQnfields(result) && i < 3; i++)
		snprintf(work->columns[i], sizeof(work->columns[i]), "%s", PQgetvalue(result, 0, i));
	PQclear(result);
	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/* In one transaction. */
static bool
try_once(Session *session, Work *work)
{
	const char *key[1] = {work->columns[1]};
	int			count = 0;
	Work		ignored = {0};

	while (count < 4 && work->values[count])
		count++;
	if (PQstatus(session->connection) != CONNECTION_OK)
	{
		char		info[64];

		PQfinish(session->connection);
		snprintf(info, sizeof(info), "user=%s", session->user);
		session->connection = PQconnectdb(info);
	}
	if (run_statement(session, "BEGIN", 0, NULL, work) &&
		run_statement(session, work->sql, count, work->values, work) &&
		(!work->after || run_statement(session, work->after, 1, key, work)) &&
		run_statement(session, "COMMIT", 0, NULL, work))
		return true;
	if (PQstatus(session->connection) == CONNECTION_OK)
		run_statement(session, "ROLLBACK", 0, NULL, &ignored);
	return false;
}

/* Does the work, and again from its beginning where that is right: work may be repeated. */
static bool
run(Session *session, Work *work)
{
	for (int attempt = 1;; attempt++)
	{
		struct timespec pause = {0, 50000000L << (attempt - 1)};
		bool		lost;

		if (try_once(session, work))
			return true;
		lost = PQstatus(session->connection) != CONNECTION_OK;
		if (attempt == 5 ||
			!(lost || strcmp(work->sqlstate, "40001") == 0 || strcmp(work->sqlstate, "40P01") == 0))
			return false;
		printf("once more: %s\n", lost ? "connection lost" : work->sqlstate);
		nanosleep(&pause, NULL);
	}
}

static void
must(Session *session, Work *work)
{
	if (run(session, work))
		return;
	fprintf(stderr, "%s: %s\n", work->sql, PQerrorMessage(session->connection));
	exit(1);
}

static const char *
failure(Session *session, Work *work)
{
	return run(session, work) ? "none" : work->sqlstate;
}

static const char *
new_id(char id[37])
{
	unsigned char b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		exit(1);
	snprintf(id, 37, "%02x%02x%02x%02x-%02x%02x-4%01x%02x-8%01x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
			 b[4], b[5], b[6] & 15, b[7], b[8] & 15, b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
	return id;
}

/* The payload is "gate command".  After a lost connection there are none to wait for: ask pending_commands(). */
static bool
await_order(PGconn *connection, char command[64])
{
	struct pollfd socket = {PQsocket(connection), POLLIN, 0};

	for (; PQconsumeInput(connection); poll(&socket, 1, -1))
	{
		PGnotify   *order = PQnotifies(connection);
		const char *space = order ? strchr(order->extra, ' ') : NULL;

		if (space)
			snprintf(command, 64, "%s", space + 1);
		PQfreemem(order);
		if (space)
			return true;
	}
	return false;
}

#define RESERVE "SELECT outcome, booking_id FROM smart_parking.reserve_spot($1, $2, $3, request_id => $4)"
#define DRIVER "00000000-0000-0000-0000-00000000000"
#define CANCEL "SELECT smart_parking.cancel_booking($1, 'plans changed')"

int
main(void)
{
	Session		app = {"parking_app", NULL},
				gate = {"parking_gate", NULL};
	char		ids[4][37],
				command[64];
	Work		lot = {.sql = "SELECT name, parking_id, free_spots FROM smart_parking.nearby_parking(51.05, 13.74)"};

	must(&app, &lot);
	printf("search: %s, %s free\n", lot.columns[0], lot.columns[2]);

	/* One id for one wish: made before the first try, kept through all of them. */
	Work		hold = {RESERVE, NULL, {lot.columns[1], DRIVER "1", "DD-AN 1", new_id(ids[0])}};
	Work		again = hold;

	must(&app, &hold);
	printf("hold: %s\n", hold.columns[0]);
	must(&app, &again);
	printf("repeated: %s\n", strcmp(hold.columns[1], again.columns[1]) == 0 ? "the same booking" : "another one");

	Work		trip = {RESERVE, "INSERT INTO trip (booking_id, note) VALUES ($1, 'paid') ON CONFLICT DO NOTHING",
	{lot.columns[1], DRIVER "2", "DD-AN 2", new_id(ids[1])}};
	Work		third = {RESERVE, NULL, {lot.columns[1], DRIVER "3", "DD-AN 3", new_id(ids[2])}};
	Work		no_plate = {RESERVE, NULL, {lot.columns[1], DRIVER "3", "", new_id(ids[3])}};

	must(&app, &trip);
	printf("hold and own row: %s\n", trip.columns[0]);
	must(&app, &third);
	printf("third car: %s\n", third.columns[0]);
	printf("no plate: %s\n", failure(&app, &no_plate));

	/* The gate's controller listens for orders; a camera, here in the same program, reads a plate. */
	Work		listen = {.sql = "LISTEN smart_parking_gate"};
	Work		entry = {.sql = "SELECT properties ->> 'entry' FROM smart_parking.parking WHERE id = $1", .values = {lot.columns[1]}};
	Work		seen = {.sql = "SELECT decision, reason FROM smart_parking.validate_plate($1, 'DD AN 1', event_id => 'e1')", .values = {entry.columns[0]}};
	Work		order = {.sql = "SELECT smart_parking.acknowledge_command($1)", .values = {command}};

	must(&gate, &listen);
	must(&app, &entry);
	must(&gate, &seen);
	printf("gate: %s %s\n", seen.columns[0], seen.columns[1]);
	if (!await_order(gate.connection, command))
		return 1;
	must(&gate, &order);
	printf("order: %s\n", order.columns[0]);

	Work		cancel = {.sql = CANCEL, .values = {trip.columns[1]}};
	Work		too_late = {.sql = CANCEL, .values = {hold.columns[1]}};

	must(&app, &cancel);
	printf("cancel: %s\n", cancel.columns[0]);
	printf("cancel a car inside: %s\n", failure(&app, &too_late));
	PQfinish(app.connection);
	PQfinish(gate.connection);
	return 0;
}
