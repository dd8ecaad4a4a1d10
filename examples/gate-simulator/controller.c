/*
 * controller.c
 *		The box at the gate: passes the camera's messages on, moves the barrier,
 *		and decides alone while the line is down.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulator.h"

void
line_up(Controller *controller)
{
	controller->line = server_connect();
}

void
line_down(Controller *controller)
{
	PQfinish(controller->line);
	controller->line = NULL;
}

const char *
deliver(Controller *controller, const char *message)
{
	const char *verdict;

	sends("camera", "database", "record_read %s", message);
	verdict = ask(controller->line,
				  "SELECT decision, reason FROM smart_parking.record_read($1, $2)",
				  controller->gate, message);
	sends("database", "camera", "%s", verdict);
	return verdict;
}

/* The oldest order that nobody took up; empty if there is none. */
const char *
take_order(Controller *controller)
{
	const char *order = ask(controller->line,
							"SELECT id FROM smart_parking.pending_commands($1) WHERE state = 'issued' ORDER BY issued_at LIMIT 1",
							controller->gate);
	const char *state;

	if (order[0] == '\0')
	{
		says("%s: no order to take up", controller->name);
		return order;
	}
	sends("database", "barrier", "open");
	state = ask(controller->line, "SELECT smart_parking.acknowledge_command($1)", order);
	sends("barrier", "database", "acknowledge_command: %s", state);
	expect(state, "acknowledged");
	return order;
}

static const char *
send_report(Controller *controller, const char *order, const char *outcome)
{
	char		event[80];
	const char *state;

	snprintf(event, sizeof(event), "%s-%s-%d", controller->run, controller->name, controller->reports);
	state = ask(controller->line, "SELECT smart_parking.report_passage($1, $2, $3)",
				order, outcome, event);
	sends("barrier", "database", "report_passage %s: %s", outcome, state);
	return state;
}

const char *
report(Controller *controller, const char *order, const char *outcome)
{
	controller->reports++;
	return send_report(controller, order, outcome);
}

/* The answer was lost, so the same report goes out once more. */
const char *
report_again(Controller *controller, const char *order, const char *outcome)
{
	return send_report(controller, order, outcome);
}

static Permission *
permission(Controller *controller, const char *plate, const char *kind)
{
	for (int i = 0; i < controller->listed; i++)
		if (strcmp(controller->list[i].plate, plate) == 0 && strcmp(controller->list[i].kind, kind) == 0)
			return &controller->list[i];
	if (controller->listed == MAX_LIST)
	{
		fprintf(stderr, "the list is full\n");
		exit(2);
	}
	return &controller->list[controller->listed++];
}

/*
 * One row for each plate and kind: the last one said.  This controller lives
 * too short to meet a list whose versions are below its own, which it would have to
 * take in place of its list.
 */
void
fetch_list(Controller *controller)
{
	const char *parameters[] = {controller->gate, controller->version};
	PGresult   *result = PQexecParams(controller->line,
									  "SELECT version, car_plate, kind, may, coalesce(extract(epoch FROM valid_until), 0)"
									  " FROM smart_parking.export_gate_list($1, $2) ORDER BY version",
									  2, NULL, parameters, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
	{
		fprintf(stderr, "%s", PQresultErrorMessage(result));
		exit(2);
	}
	for (int row = 0; row < PQntuples(result); row++)
	{
		Permission *p = permission(controller, PQgetvalue(result, row, 1), PQgetvalue(result, row, 2));

		snprintf(controller->version, sizeof(controller->version), "%s", PQgetvalue(result, row, 0));
		snprintf(p->plate, sizeof(p->plate), "%s", PQgetvalue(result, row, 1));
		snprintf(p->kind, sizeof(p->kind), "%s", PQgetvalue(result, row, 2));
		snprintf(p->may, sizeof(p->may), "%s", PQgetvalue(result, row, 3));
		p->until = atof(PQgetvalue(result, row, 4));
	}
	sends("database", controller->name, "export_gate_list: %d changes, version %s",
		  PQntuples(result), controller->version);
	PQclear(result);
}

/* Blocked comes before all else; then one row that lets it is enough. */
static bool
allowed(const Controller *controller, const char *plate, const char *may)
{
	bool		found = false;

	for (int i = 0; i < controller->listed; i++)
	{
		const Permission *p = &controller->list[i];

		if (strcmp(p->plate, plate) != 0 || (p->until > 0 && p->until <= clock_now()))
			continue;
		if (strcmp(p->kind, "blocked") == 0 && strcmp(may, "enter") == 0)
			return false;
		found = found || strcmp(p->may, may) == 0;
	}
	return found;
}

void
drive_up_offline(Controller *controller, const char *plate, const char *may)
{
	bool		opened = allowed(controller, plate, may);
	size_t		used = strlen(controller->log);

	controller->reports++;
	snprintf(controller->log + used, MAX_LOG - used,
			 "%s{\"plate\": \"%s\", \"read_at\": %.3f, \"confidence\": 0.95, \"event_id\": \"%s-%s-%d\", \"opened\": %s}",
			 used > 0 ? ", " : "", plate, clock_now(), controller->run, controller->name,
			 controller->reports, opened ? "true" : "false");
	sends("camera", controller->name, "%s wants to %s", plate, may);
	sends(controller->name, "barrier", opened ? "open" : "stay closed");
}

const char *
replay(Controller *controller)
{
	char		messages[MAX_LOG + 3];
	const char *answer;

	snprintf(messages, sizeof(messages), "[%s]", controller->log);
	sends(controller->name, "database", "replay_reads %s", messages);
	answer = ask(controller->line,
				 "SELECT decision, reason FROM smart_parking.replay_reads($1, $2)",
				 controller->gate, messages);
	sends("database", controller->name, "%s", answer);
	return answer;
}
