/*
 * main.c
 *		A day at the gates of a small lot.  Makes a lot of its own in the
 *		database that PGHOST, PGDATABASE and their like name, plays cameras and
 *		barriers there, and prints what goes to and fro.
 *
 * Exit status: 0 all went as expected, 1 something did not, 2 an error.
 */
#include <stdio.h>
#include <string.h>

#include "simulator.h"

static PGconn *app;				/* drivers' phones and the attendant's desk */
static char lot[40];
static char run[40];
static Controller in = {.name = "entry box", .version = "0", .run = run};
static Controller out = {.name = "exit box", .version = "0", .run = run};

static void
add_gate(Controller *controller, const char *name)
{
	snprintf(controller->gate, sizeof(controller->gate), "%s",
			 ask(app, "SELECT smart_parking.add_gate($1, $2, $2)", lot, name));
	ask(app, "SELECT smart_parking.set_gate($1, senses_passage => true)", controller->gate);
	line_up(controller);
}

static void
open_lot(void)
{
	app = server_connect();
	snprintf(run, sizeof(run), "%.6f", clock_now());
	snprintf(lot, sizeof(lot), "%s",
			 ask(app, "SELECT smart_parking.add_parking('Gate simulator ' || $1, 51.05, 13.74, 6)", run));
	add_gate(&in, "entry");
	add_gate(&out, "exit");
}

static void
hold(const char *plate)
{
	const char *outcome = ask(app, "SELECT outcome FROM smart_parking.reserve_spot($1, gen_random_uuid(), $2)", lot, plate);

	sends("driver", "database", "reserve_spot %s: %s", plate, outcome);
	expect(outcome, "reserved");
}

static void
expect_status(const char *plate, const char *wanted)
{
	const char *status = ask(app, "SELECT status FROM smart_parking.booking WHERE parking_id = $1 AND car_plate::text = $2"
							 " ORDER BY created_at DESC LIMIT 1", lot, plate);

	says("the booking of %s is %s", plate, status);
	expect(status, wanted);
}

static void
misread_and_revised(void)
{
	const char *order;

	scene("A misread plate, sent twice, then revised: one car, one order");
	hold("DDAN1206");
	expect(deliver(&in, frigate(run, 1, "DDAN12O6", 0.71)), "open entered");
	expect(deliver(&in, frigate(run, 1, "DDAN12O6", 0.71)), "open entered");
	expect(deliver(&in, frigate(run, 1, "DDAN1206", 0.93)), "open entered");
	order = take_order(&in);
	expect_status("DDAN1206", "pending");
	expect(report(&in, order, "passed"), "passed");
	expect(report_again(&in, order, "passed"), "passed");
	expect(take_order(&in), "");
	expect_status("DDAN1206", "confirmed");
}

static void
stranger(void)
{
	scene("A car without a booking stays outside");
	expect(deliver(&in, frigate(run, 2, "MXY7788", 0.95)), "deny no_booking");
	expect(take_order(&in), "");
}

static void
turned_round(void)
{
	scene("A car turns round under the open barrier, and comes back");
	hold("CBE404");
	expect(deliver(&in, frigate(run, 3, "CBE404", 0.90)), "open entered");
	expect(report(&in, take_order(&in), "reversed"), "reversed");
	expect_status("CBE404", "pending");
	expect(deliver(&in, frigate(run, 3, "CBE404", 0.94)), "open entered");
	expect(report(&in, take_order(&in), "passed"), "passed");
	expect_status("CBE404", "confirmed");
}

static void
broken_barrier(void)
{
	const char *incident;

	scene("The barrier does not move; the attendant opens");
	hold("HHX77");
	expect(deliver(&in, frigate(run, 4, "HHX77", 0.92)), "open entered");
	expect(report(&in, take_order(&in), "failed"), "failed");
	expect_status("HHX77", "pending");
	incident = ask(app, "SELECT id FROM smart_parking.gate_incident WHERE gate_id = $1 AND kind = 'barrier_failed' AND resolved_at IS NULL", in.gate);
	sends("attendant", "database", "open_manually: barrier was stuck");
	ask(app, "SELECT smart_parking.open_manually($1, 'barrier was stuck', 'HHX77')", in.gate);
	expect(report(&in, take_order(&in), "passed"), "passed");
	sends("attendant", "database", "resolve_incident");
	expect(ask(app, "SELECT smart_parking.resolve_incident($1, 'freed the arm')", incident), "t");
	expect_status("HHX77", "confirmed");
}

static void
way_out(void)
{
	scene("Out: two frames, then the group that sums them up");
	expect(deliver(&out, openalpr_frame(run, 1, "DDAN1206", 88.5)), "open exited");
	expect(deliver(&out, openalpr_frame(run, 2, "DDAN1206", 91.0)), "open exited");
	expect(report(&out, take_order(&out), "passed"), "passed");
	expect(deliver(&out, openalpr_group(run, 1, 2, "DDAN1206", 93.0)), "open exited");
	expect(take_order(&out), "");
	expect_status("DDAN1206", "completed");
}

static void
offline(void)
{
	scene("The line goes down: the boxes decide by their lists");
	hold("LDO12");
	fetch_list(&in);
	fetch_list(&out);
	line_down(&in);
	line_down(&out);
	says("no connection");
	drive_up_offline(&in, "LDO12", "enter");
	drive_up_offline(&in, "MXY7788", "enter");
	drive_up_offline(&out, "CBE404", "leave");

	scene("The line is up: they say what they did, twice, as the first answer was lost");
	line_up(&in);
	line_up(&out);
	expect(replay(&in), "open entered, ignore nothing_to_decide");
	expect(replay(&in), "open entered, ignore nothing_to_decide");
	expect(replay(&out), "open exited");
	expect_status("LDO12", "confirmed");
	expect_status("CBE404", "completed");
	fetch_list(&in);
	fetch_list(&out);
}

static void
evening(void)
{
	const char *inside;

	scene("In the evening");
	inside = ask(app, "SELECT car_plate FROM smart_parking.cars_inside WHERE parking_id = $1 ORDER BY car_plate", lot);
	says("inside: %s", inside);
	expect(inside, "HHX77, LDO12");
	expect(ask(app, "SELECT car_plate FROM smart_parking.open_commands WHERE parking_id = $1", lot), "");
	expect(ask(app, "SELECT read_id FROM smart_parking.reads_for_attention WHERE parking_id = $1", lot), "");
	expect(ask(app, "SELECT i.kind FROM smart_parking.gate_incident i JOIN smart_parking.gate g ON g.id = i.gate_id"
			   " WHERE g.parking_id = $1 AND i.resolved_at IS NULL", lot), "");
	expect(ask(app, "SELECT invariant, detail FROM smart_parking.check_invariants() WHERE parking_id = $1 OR parking_id IS NULL", lot), "");
	says("nothing waits for a person, and no invariant is broken");
}

int
main(void)
{
	open_lot();
	misread_and_revised();
	stranger();
	turned_round();
	broken_barrier();
	way_out();
	offline();
	evening();

	line_down(&in);
	line_down(&out);
	PQfinish(app);
	printf("\n%s\n", surprises() ? "Not all went as expected." : "All went as expected.");
	return surprises() ? 1 : 0;
}
