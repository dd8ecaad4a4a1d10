/*
 * questions.c
 *		Calls about bookings that are there: the refusal by a full lot, the
 *		gate's read of a plate, and the SELECT by primary key beside them.
 *		bench.prepare() has booked every spot of the lot, spot n for plate Gn.
 */
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "options.h"
#include "questions.h"

static char booking_id[UUID_TEXT];

void
begin_questions(PGconn *connection)
{
	const char *args[1] = {lots[0].id};
	PGresult   *result = ask_once(connection,
								  "SELECT id FROM smart_parking.booking WHERE parking_id = $1 AND spot_no = 1", 1, args);

	snprintf(booking_id, UUID_TEXT, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
}

void
connect_refusal(Client *client)
{
	prepare(client, "book", "SELECT * FROM smart_parking.reserve_spot($1, $2, $3)");
}

/* The refusal is what is measured here, so it counts as done. */
Answer
run_refusal(Client *client, Lot *lot)
{
	const char *args[3] = {lot->id, client->user_id, client->plate};
	PGresult   *result = ask(client, "book", 3, args);

	if (strcmp(PQgetvalue(result, 0, 0), "full") != 0)
		fail("reserve_spot in a full lot", PQgetvalue(result, 0, 0));
	PQclear(result);
	return DONE;
}

void
connect_primary_key(Client *client)
{
	prepare(client, "look", "SELECT id, status, spot_no, car_plate, expires_at FROM smart_parking.booking WHERE id = $1");
}

Answer
run_primary_key(Client *client, Lot *lot)
{
	const char *args[1] = {booking_id};
	PGresult   *result = ask(client, "look", 1, args);

	(void) lot;
	if (PQntuples(result) != 1)
		fail("primary_key", "the booking is not there\n");
	PQclear(result);
	return DONE;
}

/* A gate takes its reads one after the other, so each connection is a gate's, as in life. */
void
connect_validate_plate(Client *client)
{
	char		number[12];
	const char *args[2] = {lots[0].id, number};
	PGresult   *result;

	snprintf(number, sizeof(number), "%d", client->number);
	result = ask_once(client->connection,
					  "SELECT (SELECT id FROM smart_parking.gate WHERE parking_id = $1 AND name = 'in ' || $2),"
					  " (SELECT id FROM smart_parking.gate WHERE parking_id = $1 AND name = 'out ' || $2)", 2, args);
	snprintf(client->entry, UUID_TEXT, "%s", PQgetvalue(result, 0, 0));
	snprintf(client->exit, UUID_TEXT, "%s", PQgetvalue(result, 0, 1));
	PQclear(result);
	prepare(client, "gate", "SELECT * FROM smart_parking.validate_plate($1, $2)");
}

/* Each car of the client comes in, and leaves at the next call. */
Answer
run_validate_plate(Client *client, Lot *lot)
{
	/* next_driver() has counted this call already */
	int			call = client->cars - 1;
	int			car = client->number + call / 2 * options.connections;
	char		plate[PLATE_TEXT];
	const char *args[2] = {call % 2 == 0 ? client->entry : client->exit, plate};
	PGresult   *result;

	if (car >= lot->capacity)
		return NOTHING_LEFT;
	snprintf(plate, sizeof(plate), "G%d", car + 1);
	result = ask(client, "gate", 2, args);
	if (strcmp(PQgetvalue(result, 0, 0), "open") != 0)
		fail("validate_plate", PQgetvalue(result, 0, 1));
	PQclear(result);
	return DONE;
}
