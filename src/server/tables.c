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

extern Datum booking_in_step(PG_FUNCTION_ARGS);
extern Datum slice_in_step(PG_FUNCTION_ARGS);

const TableShape table_shapes[NUM_SHAPED_TABLES] = {
	[SHAPED_BOOKING] = {
		.name = "booking",
		.command = CMD_INSERT,
		.rights = ACL_INSERT,
		.columns = Natts_booking,
		.column = {
			{"id", UUIDOID, NULL, true},
			{"user_id", UUIDOID, NULL, true},
			{"parking_id", UUIDOID, NULL, true},
			{"spot_no", INT4OID, NULL, true},
			{"status", InvalidOid, "booking_status", true},
			{"car_plate", InvalidOid, "license_plate", true},
			{"created_at", TIMESTAMPTZOID, NULL, true},
			{"expires_at", TIMESTAMPTZOID, NULL, true},
			{"confirmed_at", TIMESTAMPTZOID, NULL, false},
			{"ended_at", TIMESTAMPTZOID, NULL, false},
			{"request_id", UUIDOID, NULL, false},
			{"requested_hold", INTERVALOID, NULL, false}
		},
		/* a new hold meets it */
		.checks = 1,
		.check = {
			{booking_in_step, 3,
				{Anum_booking_status, Anum_booking_confirmed_at, Anum_booking_ended_at}}
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
	}
};
