/*
 * passage.c
 *		One car at one gate, once, however many reads tell of it.
 *
 * The caller holds the gate's lock, so the last passage stays the last one.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "core/region_id.h"
#include "plate/separators.h"
#include "server/new_row.h"
#include "server/tables.h"
#include "glance.h"
#include "passage.h"

/*
 * So long after its last read a camera's id of a car still means that car
 * (assumed): some cameras count anew when they restart.
 */
#define VEHICLE_LIFE (10 * USECS_PER_MINUTE)

static void
read_verdict(Verdict *verdict)
{
	verdict->decision = column_text(0, 7);
	verdict->reason = column_text(0, 8);
	verdict->has_booking = !column_is_null(0, 9);
	if (verdict->has_booking)
	{
		verdict->booking_id = column_uuid(0, 9);
		verdict->spot_no = DatumGetInt32(column_datum(0, 14));
		verdict->spot_label = column_text(0, 15);
		verdict->matched_plate = column_text(0, 16);
	}
	verdict->matched_by = column_text(0, 10);
	verdict->details = details_members(column_text(0, 11));
	verdict->movement = column_text(0, 12);
	verdict->made_booking = DatumGetBool(column_datum(0, 13));
	verdict->has_command = !column_is_null(0, 17);
	if (verdict->has_command)
		verdict->command_id = column_uuid(0, 17);
}

static bool
read_passage(Statement statement, Args *args, Passage *passage)
{
	if (run_statement(statement, args) == 0)
		return false;
	memset(passage, 0, sizeof(*passage));
	passage->id = column_uuid(0, 1);
	passage->last_read_at = DatumGetTimestampTz(column_datum(0, 2));
	passage->vehicle = column_text(0, 3);
	passage->car_plate = column_text(0, 4);
	passage->has_confidence = !column_is_null(0, 5);
	if (passage->has_confidence)
		passage->confidence = DatumGetFloat4(column_datum(0, 5));
	passage->agreeing = DatumGetInt32(column_datum(0, 6));
	read_verdict(&passage->verdict);
	passage->command_state = column_text(0, 18);
	if (passage->command_state)
	{
		passage->command_expires_at = DatumGetTimestampTz(column_datum(0, 19));
		passage->command_issued_at = DatumGetTimestampTz(column_datum(0, 21));
	}
	passage->is_last = DatumGetBool(column_datum(0, 20));
	return true;
}

bool
passage_by_id(const pg_uuid_t *id, Passage *passage)
{
	Args		args = {0};

	arg_uuid(&args, id);
	return read_passage(STMT_PASSAGE_BY_ID, &args, passage);
}

static bool
passage_of_events(const Gate *gate, Datum events, Passage *passage)
{
	Args		args = {0};
	pg_uuid_t	id;

	arg_uuid(&args, &gate->id);
	arg_datum(&args, events);
	if (run_statement(STMT_PASSAGE_OF_EVENTS, &args) == 0)
		return false;
	id = column_uuid(0, 1);
	return passage_by_id(&id, passage);
}

static bool
passage_of_vehicle(const Gate *gate, const char *vehicle, TimestampTz now, Passage *passage)
{
	Args		args = {0};

	arg_uuid(&args, &gate->id);
	arg_text(&args, vehicle);
	arg_time(&args, now - VEHICLE_LIFE);
	return read_passage(STMT_PASSAGE_OF_VEHICLE, &args, passage);
}

static bool
last_passage(const Gate *gate, Passage *passage)
{
	Args		args = {0};

	arg_uuid(&args, &gate->id);
	return read_passage(STMT_LAST_PASSAGE, &args, passage);
}

/*
 * A server's clock may be set back, by a correction or by a server that takes
 * over.  Then the gate's last passages lie ahead, new ones would stand before
 * them, and the same car be another one at each read.  Nobody knows how long ago
 * the last read was; so it counts as of now.
 */
static bool
heed_clock(const Gate *gate, TimestampTz now, Passage *passage)
{
	Args		args = {0};
	pg_uuid_t	id = passage->id;

	if (passage->last_read_at <= now)
		return true;
	arg_uuid(&args, &gate->id);
	arg_time(&args, now);
	run_statement(STMT_SET_PASSAGES_BACK, &args);
	return passage_by_id(&id, passage);
}

static bool
same_plate(const Passage *passage, const PlateRead *read)
{
	return passage->car_plate && read->car_plate &&
		strcmp(passage->car_plate, read->car_plate) == 0;
}

static bool
same_booking(const Passage *passage, const Match *match)
{
	return match->plate && passage->verdict.has_booking &&
		memcmp(&match->booking_id, &passage->verdict.booking_id, UUID_LEN) == 0;
}

static bool
by_attendant(const Passage *passage)
{
	return passage->verdict.matched_by && strcmp(passage->verdict.matched_by, "attendant") == 0;
}

/* Which of two plates the readings speak for, whatever is booked. */
static Standing
weigh_readings(const Passage *passage, const PlateRead *read)
{
	int			agreeing = plate_reads_agreeing(&passage->id, read->car_plate) + 1;

	if (agreeing != passage->agreeing)
		return agreeing > passage->agreeing ? READ_IS_BETTER : READ_IS_NO_BETTER;
	return read->has_confidence && passage->has_confidence &&
		read->confidence > passage->confidence ? READ_IS_BETTER : READ_IS_NO_BETTER;
}

/* The camera says that this read and those of the passage were two events. */
static bool
is_other_event(const Passage *passage, const PlateRead *read)
{
	Args		args = {0};

	if (read->event_id == NULL)
		return false;
	arg_uuid(&args, &passage->id);
	run_statement(STMT_PASSAGE_HAS_EVENT, &args);
	return DatumGetBool(column_datum(0, 1));
}

/*
 * Both plates are known here: two cars one after the other, unless this read is
 * the better one of a car that was misread first.  Of another event it is not:
 * chance makes a likeness, but hardly a plate that is known.
 */
static bool
is_next_car(const Gate *gate, const Passage *passage, const PlateRead *read, const Match *match,
			TimestampTz now)
{
	/* a person looked: the camera that misread this car goes on to */
	return !by_attendant(passage) && match->known && plate_is_known(gate, passage->car_plate, now) &&
		(weigh_readings(passage, read) != READ_IS_BETTER || is_other_event(passage, read));
}

/* Told by the plates alone, whatever became of the passage. */
static bool
is_plainly_another(const Passage *passage, const PlateRead *read, const Match *match)
{
	return passage->car_plate && read->car_plate &&
		!same_plate(passage, read) && !same_booking(passage, match) &&
		!plates_alike(read->car_plate, passage->car_plate);
}

/* Whether a read soon after the last one is of the same car. */
static bool
is_same_car(const Gate *gate, const Passage *passage, const PlateRead *read, const Match *match,
			TimestampTz now)
{
	if (match->plate && passage->verdict.has_booking &&
		plates_differ_by_separator(match->plate, passage->verdict.matched_plate))
		return false;			/* two cars that read the same */
	if (same_plate(passage, read) || same_booking(passage, match))
		return true;
	if (passage_command_is(passage, "passed"))
		return false;			/* that car is gone */
	if (passage->car_plate == NULL || read->car_plate == NULL)
		return true;
	return plates_alike(read->car_plate, passage->car_plate) &&
		!is_next_car(gate, passage, read, match, now);
}

/*
 * The passage that a read belongs to: that of its event, of the events that it
 * sums up, of the same vehicle; else the last one of the gate, if that was
 * within the gate's window and may be the same car.  Times are the server's.
 */
bool
passage_of_read(const Gate *gate, const PlateRead *read, const Match *match,
				const pg_uuid_t *of_event, TimestampTz now, Passage *passage)
{
	if (of_event)
		return passage_by_id(of_event, passage) && heed_clock(gate, now, passage);
	if (read->linked_events && passage_of_events(gate, read->linked_events, passage))
		return heed_clock(gate, now, passage);
	if (read->vehicle && passage_of_vehicle(gate, read->vehicle, now, passage))
		return heed_clock(gate, now, passage);
	if (!glance_at_last(gate, now, passage) || !heed_clock(gate, now, passage) || gate->window == 0)
		return false;
	/* the camera tells them apart */
	if (read->vehicle && passage->vehicle && strcmp(read->vehicle, passage->vehicle) != 0)
		return false;
	if (is_plainly_another(passage, read, match) || !last_passage(gate, passage))
		return false;
	passage->is_guessed = true;
	return is_same_car(gate, passage, read, match, now);
}

/*
 * Whether the verdict should rest on this read rather than on the one before.
 * One that equals a booking is worth more than one that led to none: chance
 * makes a likeness, but hardly an identity.
 */
Standing
passage_weigh(const Passage *passage, const PlateRead *read, const Match *match)
{
	if (read->car_plate == NULL)
		return passage->car_plate == NULL ? READ_AGREES : READ_IS_NO_BETTER;
	if (same_plate(passage, read))
		return READ_AGREES;
	if (read->attendant_reason)
		return READ_IS_BETTER;
	if (by_attendant(passage))
		return READ_IS_NO_BETTER;
	if (passage->car_plate == NULL ||
		(match->kind == MATCHED_EXACTLY && !passage->verdict.has_booking))
		return READ_IS_BETTER;
	return weigh_readings(passage, read);
}

static void
arg_reading(Args *args, const char *car_plate, bool has_confidence, float4 confidence)
{
	arg_text(args, car_plate);
	if (has_confidence)
		arg_datum(args, Float4GetDatum(confidence));
	else
		arg_null(args);
}

static void
arg_verdict(Args *args, const Verdict *verdict)
{
	arg_text(args, verdict->decision);
	arg_text(args, verdict->reason);
	arg_uuid(args, verdict->has_booking ? &verdict->booking_id : NULL);
	arg_text(args, verdict->matched_by);
	arg_text(args, details_object(verdict->details));
	arg_text(args, verdict->movement);
	arg_datum(args, BoolGetDatum(verdict->made_booking));
}

void
passage_begin(const PlateRead *read, TimestampTz now, const Verdict *verdict, pg_uuid_t *id)
{
	NewRow		row;

	region_id_beside(&read->gate_id, now, id);
	new_row_begin(&row, SHAPED_PASSAGE);
	new_row_uuid(&row, Anum_passage_id, id);
	new_row_uuid(&row, Anum_passage_gate_id, &read->gate_id);
	new_row_time(&row, Anum_passage_started_at, now);
	new_row_time(&row, Anum_passage_last_read_at, now);
	new_row_datum(&row, Anum_passage_reads, Int32GetDatum(1));
	new_row_text(&row, Anum_passage_vehicle, read->vehicle);
	new_row_text(&row, Anum_passage_car_plate, read->car_plate);
	if (read->has_confidence)
		new_row_datum(&row, Anum_passage_confidence, Float4GetDatum(read->confidence));
	new_row_datum(&row, Anum_passage_agreeing, Int32GetDatum(1));
	new_row_text(&row, Anum_passage_decision, verdict->decision);
	new_row_text(&row, Anum_passage_reason, verdict->reason);
	new_row_uuid(&row, Anum_passage_booking_id, verdict->has_booking ? &verdict->booking_id : NULL);
	new_row_text(&row, Anum_passage_matched_by, verdict->matched_by);
	new_row_json(&row, Anum_passage_details, details_object(verdict->details));
	new_row_text(&row, Anum_passage_movement, verdict->movement);
	new_row_datum(&row, Anum_passage_made_booking, BoolGetDatum(verdict->made_booking));
	new_row_insert(&row, STMT_BEGIN_PASSAGE);
}

/*
 * Writes the passage as it is after one more read.  A late read of a car that
 * has gone does not make its passage the last one again.
 */
void
passage_go_on(const Passage *passage, const PlateRead *read, TimestampTz now)
{
	Args		args = {0};

	arg_uuid(&args, &passage->id);
	arg_time(&args, passage->is_last ? now : passage->last_read_at);
	arg_text(&args, passage->vehicle ? passage->vehicle : read->vehicle);
	arg_reading(&args, passage->car_plate, passage->has_confidence, passage->confidence);
	arg_verdict(&args, &passage->verdict);
	arg_datum(&args, Int32GetDatum(passage->agreeing));
	run_statement(STMT_GO_ON_WITH_PASSAGE, &args);
}
