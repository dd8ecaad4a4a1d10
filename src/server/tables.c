/*
 * tables.c
 *		The tables that are written without a plan, as the install script makes
 *		them.
 *
 * What stands here, the writer in C has made sure of by itself.  Whatever else
 * a table is found with makes it write by its SQL statement: see table_shape.c.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/fmgrprotos.h"

#include "table_shape.h"
#include "tables.h"

extern Datum booking_guard(PG_FUNCTION_ARGS);
extern Datum booking_in_step(PG_FUNCTION_ARGS);
extern Datum slice_in_step(PG_FUNCTION_ARGS);

#define BOOKING_COLUMNS \
	{"id", UUIDOID, NULL, true}, \
	{"user_id", UUIDOID, NULL, true}, \
	{"parking_id", UUIDOID, NULL, true}, \
	{"spot_no", INT4OID, NULL, true}, \
	{"status", InvalidOid, "booking_status", true}, \
	{"car_plate", InvalidOid, "license_plate", true}, \
	{"created_at", TIMESTAMPTZOID, NULL, true}, \
	{"expires_at", TIMESTAMPTZOID, NULL, true}, \
	{"confirmed_at", TIMESTAMPTZOID, NULL, false}, \
	{"ended_at", TIMESTAMPTZOID, NULL, false}, \
	{"request_id", UUIDOID, NULL, false}, \
	{"requested_hold", INTERVALOID, NULL, false}
#define BOOKING_CHECK \
	{booking_in_step, 3, {Anum_booking_status, Anum_booking_confirmed_at, Anum_booking_ended_at}}

/* The same for all of them: a column of text, and of the writer's. */
#define TEXT(not_null) TEXTOID, NULL, not_null, DEFAULT_COLLATION_OID, GIVEN
#define ACTOR {"actor", NAMEOID, NULL, true, C_COLLATION_OID, SESSION_USER}

const TableShape table_shapes[NUM_SHAPED_TABLES] = {
	[SHAPED_BOOKING] = {
		.name = "booking",
		.command = CMD_INSERT,
		.rights = ACL_INSERT,
		.columns = Natts_booking,
		.column = {BOOKING_COLUMNS},
		/* a new hold meets it */
		.checks = 1,
		.check = {BOOKING_CHECK}
	},
	/* change_row() makes only such changes as the guard and the CHECK let pass */
	[SHAPED_BOOKING_CHANGE] = {
		.name = "booking",
		.command = CMD_UPDATE,
		.rights = ACL_SELECT | ACL_UPDATE,
		.guard = booking_guard,
		.columns = Natts_booking,
		.column = {BOOKING_COLUMNS},
		.checks = 1,
		.check = {BOOKING_CHECK}
	},
	[SHAPED_BOOKING_EVENT] = {
		.name = "booking_event",
		.command = CMD_INSERT,
		.rights = ACL_INSERT,
		.runs_checks = true,
		.columns = Natts_booking_event,
		.column = {
			{"booking_id", UUIDOID, NULL, true, 0, GIVEN},
			{"happened_at", TIMESTAMPTZOID, NULL, true, 0, GIVEN},
			{"event", TEXT(true)},
			ACTOR,
			{"reason", TEXT(false)},
			{"details", JSONBOID, NULL, false, 0, GIVEN}
		}
	},
	[SHAPED_COUNTER_SLICE] = {
		.name = "counter_slice",
		.command = CMD_UPDATE,
		.rights = ACL_SELECT | ACL_UPDATE,
		.columns = Natts_counter_slice,
		.column = {
			{"parking_id", UUIDOID, NULL, true},
			{"slice_no", INT4OID, NULL, true},
			{"first_spot_no", INT4OID, NULL, true},
			{"spots", INT4OID, NULL, true},
			{"free_spots", INT4OID, NULL, true},
			{"free_map", INT8OID, NULL, true},
			{"service_map", INT8OID, NULL, true},
			{"kind", TEXTOID, NULL, true, C_COLLATION_OID}
		},
		/* take_from_row() asks the same */
		.checks = 2,
		.check = {
			{int4ge, 2, {Anum_counter_slice_free_spots, 0}},
			{slice_in_step, 4,
				{Anum_counter_slice_spots, Anum_counter_slice_free_spots,
				Anum_counter_slice_free_map, Anum_counter_slice_service_map}}
		}
	},
	[SHAPED_PLATE_READ] = {
		.name = "plate_read",
		.command = CMD_INSERT,
		.rights = ACL_INSERT | ACL_SELECT,
		.runs_checks = true,
		.columns = Natts_plate_read,
		.column = {
			{"id", UUIDOID, NULL, true, 0, GIVEN},
			{"gate_id", UUIDOID, NULL, true, 0, GIVEN},
			{"event_id", TEXT(false)},
			{"plate_text", TEXT(false)},
			{"car_plate", InvalidOid, "license_plate", false, 0, GIVEN},
			{"confidence", FLOAT4OID, NULL, false, 0, GIVEN},
			{"read_at", TIMESTAMPTZOID, NULL, true, 0, GIVEN},
			{"received_at", TIMESTAMPTZOID, NULL, true, 0, GIVEN},
			{"decision", TEXT(true)},
			{"reason", TEXT(true)},
			{"booking_id", UUIDOID, NULL, false, 0, GIVEN},
			{"passage_id", UUIDOID, NULL, false, 0, GIVEN},
			{"matched_by", TEXT(false)},
			{"candidates", JSONBOID, NULL, false, 0, GIVEN},
			{"details", JSONBOID, NULL, false, 0, GIVEN},
			{"corrects", UUIDOID, NULL, false, 0, GIVEN},
			ACTOR,
			{"format", TEXT(false)},
			{"camera", TEXT(false)},
			{"vehicle", TEXT(false)},
			{"message", JSONBOID, NULL, false, 0, GIVEN},
			{"happened", BOOLOID, NULL, true, 0, GIVEN}
		}
	},
	[SHAPED_PASSAGE] = {
		.name = "passage",
		.command = CMD_INSERT,
		.rights = ACL_INSERT,
		.runs_checks = true,
		.columns = Natts_passage,
		.column = {
			{"id", UUIDOID, NULL, true, 0, GIVEN},
			{"gate_id", UUIDOID, NULL, true, 0, GIVEN},
			{"started_at", TIMESTAMPTZOID, NULL, true, 0, GIVEN},
			{"last_read_at", TIMESTAMPTZOID, NULL, true, 0, GIVEN},
			{"reads", INT4OID, NULL, true, 0, GIVEN},
			{"vehicle", TEXT(false)},
			{"car_plate", InvalidOid, "license_plate", false, 0, GIVEN},
			{"confidence", FLOAT4OID, NULL, false, 0, GIVEN},
			{"agreeing", INT4OID, NULL, true, 0, GIVEN},
			{"decision", TEXT(true)},
			{"reason", TEXT(true)},
			{"booking_id", UUIDOID, NULL, false, 0, GIVEN},
			{"matched_by", TEXT(false)},
			{"details", JSONBOID, NULL, false, 0, GIVEN},
			{"movement", TEXT(false)},
			{"made_booking", BOOLOID, NULL, true, 0, GIVEN}
		}
	},
	[SHAPED_BARRIER_COMMAND] = {
		.name = "barrier_command",
		.command = CMD_INSERT,
		.rights = ACL_INSERT,
		.runs_checks = true,
		.columns = Natts_barrier_command,
		.column = {
			{"id", UUIDOID, NULL, true, 0, GIVEN},
			{"gate_id", UUIDOID, NULL, true, 0, GIVEN},
			{"plate_read_id", UUIDOID, NULL, false, 0, GIVEN},
			{"command", TEXT(true)},
			{"issued_at", TIMESTAMPTZOID, NULL, true, 0, GIVEN},
			{"expires_at", TIMESTAMPTZOID, NULL, true, 0, GIVEN},
			{"state", TEXT(true)},
			{"passage_id", UUIDOID, NULL, false, 0, GIVEN},
			{"acknowledged_at", TIMESTAMPTZOID, NULL, false},
			{"ended_at", TIMESTAMPTZOID, NULL, false},
			{"end_event_id", TEXTOID, NULL, false, DEFAULT_COLLATION_OID},
			{"details", JSONBOID, NULL, false},
			ACTOR,
			{"reason", TEXT(false)},
			{"awaits_passage", BOOLOID, NULL, true, 0, GIVEN}
		}
	}
};
