/*
 * contenders.c
 *		All that can be measured, by name.
 */
#include <stddef.h>
#include <string.h>

<<<<<<< HEAD
#include "bench.h"

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

static void
connect_smart_parking(Client *client)
{
	prepare(client, "book", "SELECT * FROM smart_parking.reserve_spot($1, $2, $3)");
}

static Answer
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

static void
connect_one_counter(Client *client)
{
	prepare(client, "book", "SELECT bench.one_counter($1, $2, $3)");
}

static void
connect_skip_locked(Client *client)
{
	prepare(client, "book", "SELECT bench.skip_locked($1, $2, $3)");
}

/* These functions return the booking's id, or NULL. */
static Answer
run_function(Client *client, Lot *lot)
{
	PGresult   *result = ask_to_book(client, lot);
	Answer		answer = PQgetisnull(result, 0, 0) ? REFUSED : DONE;

	PQclear(result);
	return answer;
}

static void
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

static Answer
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

static Answer
run_bare_insert(Client *client, Lot *lot)
{
	int			spot_no = next_spot(client, lot);

	if (spot_no == 0)
		return REFUSED;
	insert_booking(client, lot, spot_no);
	return DONE;
}
=======
#include "bookings.h"
#include "contender.h"
#include "questions.h"
#include "redis.h"
#include "searches.h"
>>>>>>> 53f94a84de7533e7f3df7197267a8ca5d8e7b134

static const Contender contenders[] = {
	{"smart_parking", NULL, connect_smart_parking, run_smart_parking, NULL},
	{"one_counter", NULL, connect_one_counter, run_function, NULL},
	{"four_statements", NULL, connect_four_statements, run_four_statements, NULL},
	{"skip_locked", NULL, connect_skip_locked, run_function, NULL},
	{"redis_everysec", begin_redis_everysec, connect_redis_insert, run_redis_insert, end_redis},
	{"redis_always", begin_redis_always, connect_redis_insert, run_redis_insert, end_redis},
	{"bare_insert", NULL, prepare_insert, run_bare_insert, NULL},
	{"refusal", begin_questions, connect_refusal, run_refusal, NULL},
	{"primary_key", begin_questions, connect_primary_key, run_primary_key, NULL},
	{"validate_plate", begin_questions, connect_validate_plate, run_validate_plate, NULL},
	{"nearby", begin_search, connect_nearby, run_search, NULL},
	{"knn", begin_search, connect_knn, run_search, NULL},
	{"redis_geosearch", begin_redis_geosearch, connect_redis_geosearch, run_redis_geosearch, NULL},
};

const Contender *
find_contender(const char *name)
{
	for (size_t i = 0; i < sizeof(contenders) / sizeof(contenders[0]); i++)
	{
		if (strcmp(contenders[i].name, name) == 0)
			return &contenders[i];
	}
	return NULL;
}
