/*
 * access.c
 *		The access plane: decide on the plate that a camera read at a gate.
 *
 * validate_plate() never fails because of what a camera sends as a plate:
 * every read is put on record, unreadable ones for a person to look at.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "allocation.h"
#include "booking.h"
#include "call.h"
#include "errors.h"
#include "hold.h"
#include "license_plate.h"
#include "locks.h"
#include "parking.h"
#include "probe.h"
#include "region_id.h"
#include "settings.h"
#include "spot_counter.h"
#include "statements.h"

#define MAX_EVENT_ID_BYTES 200

PG_FUNCTION_INFO_V1(validate_plate);

typedef struct PlateRead
{
	pg_uuid_t  *gate_id;
	char	   *plate_text;		/* as the camera gave it, or NULL */
	char	   *car_plate;		/* canonical, or NULL if it is no plate */
	Datum		confidence;
	bool		has_confidence;
	TimestampTz read_at;
	char	   *event_id;		/* or NULL */
} PlateRead;

typedef struct Gate
{
	pg_uuid_t	parking_id;
	bool		lets_in;
	bool		lets_out;
	Parking		parking;
} Gate;

typedef struct Verdict
{
	const char *decision;
	const char *reason;
	bool		has_booking;
	pg_uuid_t	booking_id;
	int			spot_no;
	const char *spot_label;
	const char *matched_plate;
	bool		has_command;
	pg_uuid_t	command_id;
} Verdict;

/*
 * The canonical plate, or NULL if the text is no plate.  Cameras write ? for
 * a character that they could not read; nothing but those is no plate either.
 */
static char *
plate_or_null(const char *plate_text)
{
	char		canonical[PLATE_MAX_BYTES + 1] = {0};
	size_t		length;

	if (license_plate_canonical(plate_text, strlen(plate_text), canonical, &length) != PLATE_OK)
		return NULL;
	return strspn(canonical, "?") >= length ? NULL : pnstrdup(canonical, length);
}

static void
read_arguments(FunctionCallInfo fcinfo, PlateRead *read)
{
	require_argument(fcinfo, 0, "gate_id");
	require_argument(fcinfo, 2, "read_at");
	memset(read, 0, sizeof(*read));
	read->gate_id = PG_GETARG_UUID_P(0);
	if (!PG_ARGISNULL(1))
	{
		read->plate_text = text_to_cstring(PG_GETARG_TEXT_PP(1));
		read->car_plate = plate_or_null(read->plate_text);
	}
	read->read_at = PG_GETARG_TIMESTAMPTZ(2);
	if (!PG_ARGISNULL(3))
	{
		float4		confidence = PG_GETARG_FLOAT4(3);

		if (isnan(confidence) || confidence < 0 || confidence > 1)
			ereport(ERROR,
					(errcode(ERRCODE_SP_INVALID_ARGUMENT),
					 errmsg("confidence must be between 0 and 1"),
					 errhint("Divide by 100 what a camera gives in percent.")));
		read->confidence = Float4GetDatum(confidence);
		read->has_confidence = true;
	}
	/* some cameras send an empty id with every event: that is no id */
	if (!PG_ARGISNULL(4) && VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(4)) > 0)
	{
		read->event_id = text_to_cstring(PG_GETARG_TEXT_PP(4));
		if (strlen(read->event_id) > MAX_EVENT_ID_BYTES)
			ereport(ERROR,
					(errcode(ERRCODE_SP_INVALID_ARGUMENT),
					 errmsg("event_id must have at most %d bytes", MAX_EVENT_ID_BYTES),
					 errhint("Pass the camera's own id of the event, not the message.")));
	}
}

static void
read_gate(const pg_uuid_t *gate_id, Gate *gate)
{
	Args		args = {0};
	char	   *direction;
	Snapshot	snapshot;

	arg_uuid(&args, gate_id);
	if (run_statement(STMT_READ_GATE, &args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_SP_UNKNOWN_GATE),
				 errmsg("there is no gate %s",
						DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(gate_id)))),
				 errhint("Use a gate_id that add_gate returned.")));

	direction = column_text(0, 2);
	gate->parking_id = column_uuid(0, 1);
	gate->lets_in = strcmp(direction, "exit") != 0;
	gate->lets_out = strcmp(direction, "entry") != 0;

	snapshot = probe_snapshot();
	parking_read(&gate->parking_id, snapshot, NULL, &gate->parking);
	UnregisterSnapshot(snapshot);
}

/* The same event again gets the first answer. */
static bool
find_earlier_read(const PlateRead *read, Verdict *verdict)
{
	Args		args = {0};

	lock_until_commit(LOCK_GATE_EVENT,
					  lock_key(read->gate_id, read->event_id, strlen(read->event_id)));
	arg_uuid(&args, read->gate_id);
	arg_text(&args, read->event_id);
	if (run_statement(STMT_FIND_READ, &args) == 0)
		return false;

	verdict->decision = column_text(0, 1);
	verdict->reason = column_text(0, 2);
	verdict->has_booking = !column_is_null(0, 3);
	if (verdict->has_booking)
	{
		verdict->booking_id = column_uuid(0, 3);
		verdict->spot_no = DatumGetInt32(column_datum(0, 4));
		verdict->spot_label = column_text(0, 5);
		verdict->matched_plate = column_text(0, 6);
	}
	verdict->has_command = !column_is_null(0, 7);
	if (verdict->has_command)
		verdict->command_id = column_uuid(0, 7);
	return true;
}

static void
decide(Verdict *verdict, const char *decision, const char *reason)
{
	verdict->decision = decision;
	verdict->reason = reason;
}

static void
decide_on(Verdict *verdict, const char *decision, const char *reason, const Booking *booking)
{
	decide(verdict, decision, reason);
	verdict->has_booking = true;
	verdict->booking_id = booking->id;
	verdict->spot_no = booking->spot_no;
	verdict->spot_label = booking->spot_label;
}

/*
 * A hold that was released is gone; the car that comes after all gets a new
 * booking, on the same spot if that is free, else on any of its kind.
 */
static void
reacquire(const Gate *gate, const PlateRead *read, TimestampTz now, Booking *lapsed,
		  Verdict *verdict)
{
	NewBooking	stay = {0};
	Interval	hold_duration = gate->parking.hold_duration;
	Booking		booking = *lapsed;
	bool		same_spot = spot_counter_claim_this(&lapsed->spot);

	booking.spot_no = same_spot ? lapsed->spot_no :
		allocate_spot(&gate->parking_id, lapsed->spot.kind, NULL);
	if (booking.spot_no == 0)
	{
		decide_on(verdict, "deny", "hold_lapsed_lot_full", lapsed);
		return;
	}

	stay.user_id = &lapsed->user_id;
	stay.parking_id = &gate->parking_id;
	stay.spot_no = booking.spot_no;
	stay.car_plate = read->car_plate;
	stay.created_at = now;
	stay.expires_at = hold_end_capped(now, &hold_duration);
	booking.spot_label = spot_for_booking(&gate->parking_id, booking.spot_no);
	booking_insert_stay(&stay, &booking.id);
	booking_log(&booking.id, now, "reacquired",
				same_spot ? "late arrival, same spot" : "late arrival, another spot",
				psprintf("{\"lapsed_booking\": \"%s\"}",
						 DatumGetCString(DirectFunctionCall1(uuid_out,
															 UUIDPGetDatum(&lapsed->id)))));
	booking_log(&booking.id, now, "confirmed", "plate read at the gate", NULL);
	decide_on(verdict, "open",
			  same_spot ? "reacquired_same_spot" : "reacquired_other_spot", &booking);
}

/* Holds that lapsed up to this instant are not made good, released or not. */
static TimestampTz
too_late(TimestampTz now)
{
	return now - (TimestampTz) setting_reacquire_window * USECS_PER_SEC;
}

/* No active booking: perhaps one that lapsed a while ago. */
static void
enter_without_booking(const Gate *gate, const PlateRead *read, TimestampTz now, Verdict *verdict)
{
	Booking		lapsed;

	if (!booking_find_expired(&gate->parking_id, read->car_plate, too_late(now), &lapsed))
		decide(verdict, "deny", "no_booking");
	else if (!gate->parking.is_open)
		decide_on(verdict, "deny", "hold_lapsed_lot_closed", &lapsed);
	else
		reacquire(gate, read, now, &lapsed, verdict);
}

/*
 * Until somebody releases it, a lapsed hold still has its spot: nobody took
 * it, so the late driver may.
 */
static void
enter(const Gate *gate, const Booking *booking, TimestampTz now, Verdict *verdict)
{
	if (!booking_has_lapsed(booking, now))
	{
		booking_confirm(booking, now, "plate read at the gate");
		decide_on(verdict, "open", "entered", booking);
	}
	else if (booking->expires_at <= too_late(now))
		decide(verdict, "deny", "no_booking");
	else if (!gate->parking.is_open)
		decide_on(verdict, "deny", "hold_lapsed_lot_closed", booking);
	else
	{
		booking_log(&booking->id, now, "reacquired", "late arrival, same spot", NULL);
		booking_confirm(booking, now, "plate read at the gate");
		decide_on(verdict, "open", "reacquired_same_spot", booking);
	}
}

static void
leave(const Booking *booking, TimestampTz now, Verdict *verdict)
{
	booking_end(booking, BOOKING_COMPLETED, now, "plate read at the gate");
	spot_counter_give_back(&booking->spot);
	decide_on(verdict, "open", "exited", booking);
}

static void
judge(const Gate *gate, const PlateRead *read, TimestampTz now, Verdict *verdict)
{
	Booking		booking;
	bool		found;

	if (read->car_plate == NULL)
	{
		decide(verdict, "manual", "plate_unreadable");
		return;
	}

	/* a reservation of the same plate in this lot waits for our verdict, and we for it */
	lock_until_commit(LOCK_PLATE_IN_LOT,
					  lock_key(&gate->parking_id, read->car_plate, strlen(read->car_plate)));
	found = booking_lock_of_plate(&gate->parking_id, read->car_plate, &booking);

	if (found && booking.status == BOOKING_CONFIRMED)
	{
		if (gate->lets_out)
			leave(&booking, now, verdict);
		else
			decide_on(verdict, "deny", "already_inside", &booking);
	}
	else if (!gate->lets_in)
	{
		if (found)
			decide_on(verdict, "manual", "exit_without_entry", &booking);
		else
			decide(verdict, "manual", "exit_without_entry");
	}
	else if (found)
		enter(gate, &booking, now, verdict);
	else
		enter_without_booking(gate, read, now, verdict);

	if (verdict->has_booking)
		verdict->matched_plate = read->car_plate;
}

static void
record(const Gate *gate, const PlateRead *read, TimestampTz now, Verdict *verdict)
{
	Args		args = {0};
	pg_uuid_t	read_id;

	region_id_beside(&gate->parking_id, now, &read_id);
	arg_uuid(&args, &read_id);
	arg_uuid(&args, read->gate_id);
	arg_text(&args, read->event_id);
	arg_text(&args, read->plate_text);
	arg_text(&args, read->car_plate);
	if (read->has_confidence)
		arg_datum(&args, read->confidence);
	else
		arg_null(&args);
	arg_time(&args, read->read_at);
	arg_time(&args, now);
	arg_text(&args, verdict->decision);
	arg_text(&args, verdict->reason);
	arg_uuid(&args, verdict->has_booking ? &verdict->booking_id : NULL);
	run_statement(STMT_RECORD_READ, &args);

	if (strcmp(verdict->decision, "open") == 0)
	{
		Args		command = {0};

		region_id_beside(&gate->parking_id, now, &verdict->command_id);
		verdict->has_command = true;
		arg_uuid(&command, &verdict->command_id);
		arg_uuid(&command, read->gate_id);
		arg_uuid(&command, &read_id);
		arg_time(&command, now);
		run_statement(STMT_ISSUE_COMMAND, &command);
	}
}

static Datum
verdict_row(Call *call, const Verdict *verdict)
{
	Datum		values[7] = {0};
	bool		nulls[7] = {false};

	values[0] = CStringGetTextDatum(verdict->decision);
	values[1] = CStringGetTextDatum(verdict->reason);
	if (verdict->has_booking)
	{
		values[2] = UUIDPGetDatum(&verdict->booking_id);
		values[3] = Int32GetDatum(verdict->spot_no);
		values[4] = CStringGetTextDatum(verdict->spot_label);
		values[5] = CStringGetTextDatum(verdict->matched_plate);
	}
	else
		memset(&nulls[2], true, 4);
	nulls[6] = !verdict->has_command;
	if (verdict->has_command)
		values[6] = UUIDPGetDatum(&verdict->command_id);
	return call_row(call, values, nulls);
}

Datum
validate_plate(PG_FUNCTION_ARGS)
{
	Call		call;
	PlateRead	read;
	Gate		gate;
	Verdict		verdict = {0};
	Datum		row;

	call_begin(&call, fcinfo);
	call_connect(&call);
	read_arguments(fcinfo, &read);
	read_gate(read.gate_id, &gate);
	if (read.event_id == NULL || !find_earlier_read(&read, &verdict))
	{
		judge(&gate, &read, call.now, &verdict);
		record(&gate, &read, call.now, &verdict);
	}
	row = verdict_row(&call, &verdict);
	call_end(&call);
	return row;
}
