/*
 * bookings.c
 *		Ways of booking a spot in PostgreSQL alone.  Each leaves the same row in
 *		smart_parking.booking.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bookings.h"
#include "common.h"

/* The row that all contenders without a function of their own insert. */
void
prepare_insert(Client *client)
{
	prepare(client, "insert",
			"INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at)"
			" VALUES (smart_parking_internal.new_region_id($1::uuid), $2::uuid, $1::uuid, $3::integer, 'pending',"
			" $4::text::smart_parking.license_plate, clock_timestamp(), clock_timestamp() + interval '15 minutes')"
			" RETURNING id, spot_no, expires_at");
}

void
insert_booking(Client *client, const Lot *lot, int spot_no)
{
	char		spot[12];
	const char *args[4] = {lot->id, client->user_id, spot, client->plate};

	snprintf(spot, sizeof(spot), "%d", spot_no);
	PQclear(ask(client, "insert", 4, args));
}

/* A function of (parking_id, user_id, car_plate). */
static PGresult *
ask_to_book(Client *client, const Lot *lot)
{
	const char *args[3] = {lot->id, client->user_id, client->plate};

	return ask(client, "book", 3, args);
}

void
connect_smart_parking(Client *client)
{
	prepare(client, "book", "SELECT * FROM smart_parking.reserve_spot($1, $2, $3)");
}

Answer
run_smart_parking(Client *client, Lot *lot)
{
	PGresult   *result = ask_to_book(client, lot);
	const char *outcome = PQgetvalue(result, 0, 0);
	Answer		answer = strcmp(outcome, "reserved") == 0 ? DONE : REFUSED;

	if (answer == REFUSED && strcmp(outcome, "full") != 0)
		fail("reserve_spot", outcome);
	PQclear(result);
	return answer;
}

void
connect_one_counter(Client *client)
{
	prepare(client, "book", "SELECT bench.one_counter($1, $2, $3)");
}

void
connect_skip_locked(Client *client)
{
	prepare(client, "book", "SELECT bench.skip_locked($1, $2, $3)");
}

/* These functions return the booking's id, or NULL. */
Answer
run_function(Client *client, Lot *lot)
{
	PGresult   *result = ask_to_book(client, lot);
	Answer		answer = PQgetisnull(result, 0, 0) ? REFUSED : DONE;

	PQclear(result);
	return answer;
}

void
connect_four_statements(Client *client)
{
	prepare(client, "begin", "BEGIN");
	prepare(client, "take",
			"UPDATE bench.counter SET free_spots = free_spots - 1"
			" WHERE parking_id = $1 AND free_spots > 0 RETURNING free_spots + 1");
	prepare_insert(client);
	prepare(client, "commit", "COMMIT");
	prepare(client, "rollback", "ROLLBACK");
}

Answer
run_four_statements(Client *client, Lot *lot)
{
	const char *args[1] = {lot->id};
	PGresult   *result;
	bool		taken;

	PQclear(ask(client, "begin", 0, NULL));
	result = ask(client, "take", 1, args);
	taken = PQntuples(result) == 1;
	if (taken)
		insert_booking(client, lot, atoi(PQgetvalue(result, 0, 0)));
	PQclear(result);
	PQclear(ask(client, taken ? "commit" : "rollback", 0, NULL));
	return taken ? DONE : REFUSED;
}

Answer
run_bare_insert(Client *client, Lot *lot)
{
	int			spot_no = next_spot(client, lot);

	if (spot_no == 0)
		return REFUSED;
	insert_booking(client, lot, spot_no);
	return DONE;
}
