/*
 * calls.c
 *		One call of one driver, in a transaction that ends in one of many ways.
 */
#include <stdio.h>
#include <string.h>

#include "stress.h"

typedef enum Ending
{
	BY_ITSELF,					/* no transaction block */
	COMMIT,
	ROLLBACK,
	AFTER_SAVEPOINT,			/* a call that is rolled back, then one that counts */
	IN_A_HURRY,					/* under timeouts of a few milliseconds */
	PREPARE_COMMIT,
	PREPARE_ROLLBACK
} Ending;

#define MAX_CARS 3

typedef struct Call
{
	Entry		entry;
	bool		answered;		/* without an error */
	bool		lost;			/* the connection is gone */
	int			own;			/* which of our bookings it is about, or -1 */
	Own			made;			/* a booking that it made or found */
	int			cars;			/* of a group */
	Entry		car_entry[MAX_CARS];
	Own			car_made[MAX_CARS];
} Call;

static void
copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static void
random_uuid(Client *client, char *uuid)
{
	snprintf(uuid, UUID_TEXT, "%08x-%04x-4%03x-8%03x-%08x%04x", draw(client, UINT32_MAX),
			 draw(client, 0x10000), draw(client, 0x1000), draw(client, 0x1000),
			 draw(client, UINT32_MAX), draw(client, 0x10000));
}

/* Columns of every answer: outcome, booking_id, spot_no, expires_at in seconds. */
static void
read_answer(Client *client, Call *call, PGresult *result)
{
	Entry	   *entry = &call->entry;

	call->answered = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
	if (call->answered)
	{
		copy(entry->outcome, sizeof(entry->outcome), PQgetvalue(result, 0, 0));
		copy(entry->booking_id, sizeof(entry->booking_id), PQgetvalue(result, 0, 1));
		copy(entry->spot_no, sizeof(entry->spot_no), PQgetvalue(result, 0, 2));
		sscanf(PQgetvalue(result, 0, 3), "%lf", &entry->expires_at);
	}
	else
	{
		const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

		call->lost = PQstatus(client->connection) != CONNECTION_OK;
		copy(entry->sqlstate, sizeof(entry->sqlstate), sqlstate ? sqlstate : "");
	}
	PQclear(result);
}

static void
reserve(Client *client, Call *call)
{
	Own		   *made = &call->made;
	char		hold[32];
	char		spot[12];
	const char *args[5] = {NULL, made->user_id, made->plate, hold, spot};
	bool		certain = draw(client, 8) == 0;

	if (client->own_count > 0 && draw(client, 8) == 0)
		*made = client->own[draw(client, client->own_count)];	/* again */
	else
	{
		/* the last lot is the large one: small ones are full most of the time */
		made->lot = draw(client, 4) > 0 ? lot_count - 1 : (int) draw(client, lot_count);
		random_uuid(client, made->user_id);
		snprintf(made->plate, sizeof(made->plate), "S%dX%d", client->number, client->cars++);
	}
	args[0] = lots[made->lot].id;
	snprintf(hold, sizeof(hold), "%u milliseconds", 20 + draw(client, 600));
	if (draw(client, 20) == 0)
		args[3] = NULL;			/* the lot's own: it outlives the run */

	call->entry.action = "reserve";
	copy(call->entry.parking_id, UUID_TEXT, args[0]);
	copy(call->entry.plate, sizeof(call->entry.plate), made->plate);
	snprintf(spot, sizeof(spot), "%u", draw(client, 500));
	if (certain)
		read_answer(client, call, ask(client,
									  "SELECT outcome, booking_id, spot_no, extract(epoch FROM expires_at)"
									  " FROM smart_parking.reserve_certain_spot($1, $2, $3, (SELECT 1 + $5::integer %"
									  " total_capacity FROM smart_parking.parking WHERE id = $1), hold => $4::interval)", 5, args));
	else
		read_answer(client, call, ask(client,
									  "SELECT outcome, booking_id, spot_no, extract(epoch FROM expires_at)"
									  " FROM smart_parking.reserve_spot($1, $2, $3, $4::interval)", 4, args));
	copy(made->id, UUID_TEXT, call->entry.booking_id);
}

/* Two or three cars at once: an entry for each, whether there is an answer or not. */
static void
reserve_group(Client *client, Call *call)
{
	char		plates[80] = "{";
	char		hold[32];
	const char *args[4] = {NULL, NULL, plates, hold};
	PGresult   *result;

	call->made.lot = (int) draw(client, lot_count);
	random_uuid(client, call->made.user_id);
	call->cars = 2 + (int) draw(client, MAX_CARS - 1);
	for (int i = 0; i < call->cars; i++)
	{
		Own		   *made = &call->car_made[i];
		size_t		used = strlen(plates);

		*made = call->made;
		snprintf(made->plate, sizeof(made->plate), "S%dX%d", client->number, client->cars++);
		snprintf(plates + used, sizeof(plates) - used, "%s%s", made->plate, i + 1 < call->cars ? "," : "}");
		call->car_entry[i].action = "reserve";
		call->car_entry[i].started = call->entry.started;
		copy(call->car_entry[i].parking_id, UUID_TEXT, lots[made->lot].id);
		copy(call->car_entry[i].plate, sizeof(call->car_entry[i].plate), made->plate);
	}
	args[0] = lots[call->made.lot].id;
	args[1] = call->made.user_id;
	snprintf(hold, sizeof(hold), "%u milliseconds", 20 + draw(client, 600));
	call->entry.action = "group";
	result = ask(client, "SELECT outcome, booking_id, spot_no, extract(epoch FROM expires_at)"
				 " FROM smart_parking.reserve_spots($1, $2, $3, $4::interval)", 4, args);
	call->answered = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == call->cars;
	for (int i = 0; call->answered && i < call->cars; i++)
	{
		Entry	   *entry = &call->car_entry[i];

		copy(entry->outcome, sizeof(entry->outcome), PQgetvalue(result, i, 0));
		copy(entry->booking_id, sizeof(entry->booking_id), PQgetvalue(result, i, 1));
		copy(call->car_made[i].id, UUID_TEXT, entry->booking_id);
		copy(entry->spot_no, sizeof(entry->spot_no), PQgetvalue(result, i, 2));
		sscanf(PQgetvalue(result, i, 3), "%lf", &entry->expires_at);
	}
	if (!call->answered)
	{
		const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

		call->lost = PQstatus(client->connection) != CONNECTION_OK;
		copy(call->entry.sqlstate, sizeof(call->entry.sqlstate), sqlstate ? sqlstate : "");
	}
	PQclear(result);
}

/* Joins a queue, or asks what has come of it; an offer that is accepted is a booking like others. */
static void
queue_up(Client *client, Call *call)
{
	Own		   *queued = &client->queued;
	const char *args[3] = {queued->id, NULL, NULL};

	if (!client->queues)
	{
		call->entry.action = "join";
		queued->lot = (int) draw(client, lot_count);
		random_uuid(client, queued->user_id);
		snprintf(queued->plate, sizeof(queued->plate), "S%dX%d", client->number, client->cars++);
		args[0] = lots[queued->lot].id;
		args[1] = queued->user_id;
		args[2] = queued->plate;
		read_answer(client, call, ask(client, "SELECT outcome, entry_id, '', '' FROM smart_parking.join_queue($1, $2, $3)", 3, args));
		copy(call->made.id, UUID_TEXT, call->entry.booking_id);
		call->entry.booking_id[0] = '\0';
	}
	else
	{
		call->entry.action = "accept";
		read_answer(client, call, ask(client,
									  "SELECT CASE WHEN outcome = 'taken' AND spot_no IS NOT NULL THEN 'accepted' ELSE outcome END,"
									  " booking_id, spot_no, extract(epoch FROM expires_at) FROM smart_parking.accept_offer($1)", 1, args));
		call->made = *queued;
		copy(call->made.id, UUID_TEXT, call->entry.booking_id);
	}
	copy(call->entry.parking_id, UUID_TEXT, lots[queued->lot].id);
	copy(call->entry.plate, sizeof(call->entry.plate), queued->plate);
}

/* A place in a queue is good for one try: then another one is asked for. */
static void
learn_of_queue(Client *client, const Call *call, Fate fate)
{
	if (strcmp(call->entry.action, "join") == 0)
	{
		client->queues = fate == COMMITTED && call->made.id[0] != '\0';
		copy(client->queued.id, UUID_TEXT, call->made.id);
		return;
	}
	if (fate == COMMITTED && strcmp(call->entry.outcome, "waiting") == 0)
		return;
	if (fate == COMMITTED && strcmp(call->entry.outcome, "accepted") == 0)
		client->own[client->own_count++] = call->made;
	client->queues = fate == ABORTED;
}

static void
act_on(Client *client, Call *call, const char *action, const char *sql)
{
	const Own  *own = &client->own[call->own];
	const char *args[1] = {own->id};

	call->entry.action = action;
	copy(call->entry.parking_id, UUID_TEXT, lots[own->lot].id);
	copy(call->entry.plate, sizeof(call->entry.plate), own->plate);
	read_answer(client, call, ask(client, sql, 1, args));
}

/* For the ledger a reservation like others. */
static void
renew(Client *client, Call *call)
{
	act_on(client, call, "reserve",
		   "SELECT outcome, booking_id, spot_no, extract(epoch FROM expires_at) FROM smart_parking.renew_hold($1)");
	call->made = client->own[call->own];
	copy(call->made.id, UUID_TEXT, call->entry.booking_id);
}

static void
read_plate(Client *client, Call *call, const char *action, const char *gate)
{
	const Own  *own = &client->own[call->own];
	const char *args[2] = {gate, own->plate};

	call->entry.action = action;
	copy(call->entry.parking_id, UUID_TEXT, lots[own->lot].id);
	copy(call->entry.plate, sizeof(call->entry.plate), own->plate);
	read_answer(client, call, ask(client,
								  "SELECT reason, booking_id, spot_no, ''"
								  " FROM smart_parking.validate_plate($1, $2)", 2, args));
	call->made = *own;
	copy(call->made.id, UUID_TEXT, call->entry.booking_id);
}

static void
make_call(Client *client, Call *call)
{
	uint32_t	die = draw(client, 100);

	memset(call, 0, sizeof(*call));
	call->own = -1;
	call->entry.started = now();
	if (client->own_count == 0 || (die < 45 && client->own_count < MAX_OWN))
	{
		if (client->own_count < MAX_OWN && draw(client, 10) == 0)
			queue_up(client, call);
		else if (client->own_count + MAX_CARS <= MAX_OWN && draw(client, 8) == 0)
			reserve_group(client, call);
		else
			reserve(client, call);
		return;
	}

	call->own = draw(client, client->own_count);
	if (die < 55)
		act_on(client, call, "cancel", "SELECT smart_parking.cancel_booking($1), $1::uuid, '', ''");
	else if (die < 61)
		act_on(client, call, "extend",
			   "SELECT 'extended', $1::uuid, '',"
			   " extract(epoch FROM smart_parking.extend_hold($1, '0.3 seconds'))");
	else if (die < 64)
		renew(client, call);
	else if (die < 68)
		act_on(client, call, "expire", "SELECT smart_parking.expire_booking($1), $1::uuid, '', ''");
	else if (die < 82)
		read_plate(client, call, "enter", lots[client->own[call->own].lot].entry);
	else
		read_plate(client, call, "exit", lots[client->own[call->own].lot].exit);
}

static void
forget(Client *client, int own)
{
	client->own[own] = client->own[--client->own_count];
}

/* What the client knows after a transaction of its own. */
static void
learn(Client *client, const Call *call, Fate fate)
{
	const char *action = call->entry.action;
	const char *outcome = call->entry.outcome;

	if (strcmp(action, "reserve") == 0 && call->own >= 0)
	{
		if (fate == UNKNOWN)
			forget(client, call->own);
		else if (fate == COMMITTED && call->entry.booking_id[0] != '\0')
			client->own[call->own] = call->made;
	}
	else if (strcmp(action, "reserve") == 0)
	{
		if (fate == COMMITTED && strcmp(outcome, "reserved") == 0)
			client->own[client->own_count++] = call->made;
	}
	else if (fate == UNKNOWN)
		forget(client, call->own);
	else if (fate != COMMITTED)
		 /* as before */ ;
	else if (strncmp(outcome, "reacquired", 10) == 0)
		client->own[call->own] = call->made;
	else if (strcmp(action, "cancel") == 0 || strcmp(outcome, "t") == 0 ||
			 strcmp(outcome, "exited") == 0 || strncmp(outcome, "hold_lapsed", 11) == 0 ||
			 strcmp(outcome, "no_booking") == 0 ||
			 (strcmp(outcome, "exit_without_entry") == 0 && call->entry.booking_id[0] == '\0'))
		forget(client, call->own);
}

static void
write_entries(const Client *client, const Call *call, Fate fate)
{
	ledger_write(client, &call->entry, fate);
	for (int i = 0; i < call->cars; i++)
		ledger_write(client, &call->car_entry[i], fate);
}

static void
close_books(Client *client, const Call *call, Fate fate)
{
	write_entries(client, call, fate);
	for (int i = 0; i < call->cars && fate == COMMITTED; i++)
	{
		if (strcmp(call->car_entry[i].outcome, "reserved") == 0)
			client->own[client->own_count++] = call->car_made[i];
	}
	if (strcmp(call->entry.action, "join") == 0 || strcmp(call->entry.action, "accept") == 0)
		learn_of_queue(client, call, fate);
	else if (call->cars == 0)
		learn(client, call, fate);
	if (PQstatus(client->connection) != CONNECTION_OK)
		connect_client(client);
}

/* Runs what ends a transaction; the fate if it succeeds is "wanted". */
static Fate
end_with(Client *client, Call *call, const char *sql, Fate wanted)
{
	PGresult   *result = PQexec(client->connection, sql);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	Fate		fate = wanted;

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
	{
		fate = PQstatus(client->connection) != CONNECTION_OK ? UNKNOWN : ABORTED;
		copy(call->entry.sqlstate, sizeof(call->entry.sqlstate), sqlstate ? sqlstate : "");
	}
	PQclear(result);
	/* cancelled before it began, COMMIT leaves a failed block */
	if (PQtransactionStatus(client->connection) == PQTRANS_INERROR)
		tell(client, "ROLLBACK");
	return fate;
}

static Fate
end_prepared(Client *client, Call *call, bool commit)
{
	char		prepare[60];
	char		end[60];
	Fate		fate;

	snprintf(prepare, sizeof(prepare), "PREPARE TRANSACTION 'stress_%d'", client->number);
	snprintf(end, sizeof(end), "%s PREPARED 'stress_%d'", commit ? "COMMIT" : "ROLLBACK", client->number);
	fate = end_with(client, call, prepare, COMMITTED);
	return fate == COMMITTED ? end_with(client, call, end, commit ? COMMITTED : ABORTED) : fate;
}

static Ending
draw_ending(Client *client)
{
	static const Ending endings[] = {
		BY_ITSELF, BY_ITSELF, BY_ITSELF, BY_ITSELF, BY_ITSELF, BY_ITSELF, BY_ITSELF, BY_ITSELF,
		COMMIT, COMMIT, COMMIT, COMMIT, ROLLBACK, ROLLBACK,
		AFTER_SAVEPOINT, AFTER_SAVEPOINT, IN_A_HURRY, IN_A_HURRY, PREPARE_COMMIT, PREPARE_ROLLBACK
	};

	return endings[draw(client, sizeof(endings) / sizeof(endings[0]))];
}

static bool
begin(Client *client)
{
	char		sql[60];

	snprintf(sql, sizeof(sql), "BEGIN ISOLATION LEVEL %s", client->isolation);
	return tell(client, sql);
}

static void
in_block(Client *client, Ending ending)
{
	Call		call;
	Fate		fate = ABORTED;

	if (!begin(client) || (ending == IN_A_HURRY && !tell(client, "SET LOCAL statement_timeout = 4; SET LOCAL lock_timeout = 2")))
	{
		connect_client(client);
		return;
	}
	if (ending == AFTER_SAVEPOINT)
	{
		tell(client, "SAVEPOINT before");
		make_call(client, &call);
		tell(client, "ROLLBACK TO before");
		write_entries(client, &call, ABORTED);
		if (PQstatus(client->connection) != CONNECTION_OK)
		{
			connect_client(client);
			return;
		}
	}

	make_call(client, &call);
	if (!call.answered)
		tell(client, "ROLLBACK");
	else if (ending == ROLLBACK)
		tell(client, "ROLLBACK");
	else if (ending == PREPARE_COMMIT || ending == PREPARE_ROLLBACK)
		fate = end_prepared(client, &call, ending == PREPARE_COMMIT);
	else
		fate = end_with(client, &call, "COMMIT", COMMITTED);
	close_books(client, &call, fate);
}

void
one_transaction(Client *client)
{
	Ending		ending = draw_ending(client);
	Call		call;

	client->isolation = "READ COMMITTED";
	if (ending != BY_ITSELF)
	{
		uint32_t	die = draw(client, 10);

		if (die < 2)
			client->isolation = die == 0 ? "REPEATABLE READ" : "SERIALIZABLE";
		in_block(client, ending);
		return;
	}
	make_call(client, &call);
	close_books(client, &call, call.answered ? COMMITTED : call.lost ? UNKNOWN : ABORTED);
}
