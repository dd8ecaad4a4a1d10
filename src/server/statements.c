/*
 * statements.c
 *		Every SQL statement that the C code runs.
 *
 * They run with the owner's rights under the caller's search_path.  So each
 * name is qualified, operators included: an unqualified "=" would run
 * whatever operator the caller put before pg_catalog.  For the same reason
 * there is no IN, BETWEEN, IS DISTINCT FROM or CASE x WHEN here; they look
 * operators up by name.  Parameters are of built-in types only, so that a
 * kept plan survives DROP and CREATE EXTENSION.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "statement_parts.h"
#include "statements.h"

const StatementText statements[NUM_STATEMENTS] = {

	/* by its place, since the caller has just locked the row there */
	[STMT_CLAIM] = {
		"UPDATE ONLY smart_parking.counter_slice s"
		" SET free_spots = s.free_spots" SUB BITS_IN("$2") ", free_map = s.free_map" SUB "$2 "
		"WHERE s.ctid" EQ "$1 AND (s.free_map" AND_BITS "$2)" EQ "$2"
		" AND s.free_spots" GE BITS_IN("$2"),
		2, {TIDOID, INT8OID}
	},

	/*
	 * A spot that is free already leaves the row untouched, which the caller
	 * takes for the error it is.
	 */
	[STMT_GIVE_BACK] = {
		"UPDATE ONLY smart_parking.counter_slice s"
		" SET " GIVE_BACK("$4") "WHERE" THIS_SLICE "AND (s.free_map" AND_BITS "$4)" EQ "0",
		4, {UUIDOID, TEXTOID, INT4OID, INT8OID}
	},

	/* one statement, so that all answers hold at one instant */
	[STMT_AVAILABILITY] = {
		"SELECT EXISTS (SELECT FROM ONLY smart_parking.counter_slice s"
		" WHERE s.parking_id" EQ "$1 AND s.kind" EQ "$2 AND s.free_spots" GT "0),"
		" EXISTS (SELECT" LAPSED_IN_LOT "),"
		" EXISTS (SELECT FROM ONLY smart_parking.counter_slice s"
		" WHERE s.parking_id" EQ "$1 AND s.kind" EQ "$2)",
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},

	[STMT_INSERT_HOLD] = {
		INSERT_BOOKING("pending", "NULL", ""),
		9, {UUIDOID, UUIDOID, UUIDOID, INT4OID, TEXTOID,
		TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, INTERVALOID}
	},

	/*
	 * Under a snapshot of the whole transaction a rival's booking may be
	 * invisible to the checks before; ON CONFLICT turns that into 40001.
	 */
	[STMT_INSERT_HOLD_SERIALIZED] = {
		INSERT_BOOKING("pending", "NULL", "ON CONFLICT DO NOTHING"),
		9, {UUIDOID, UUIDOID, UUIDOID, INT4OID, TEXTOID,
		TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, INTERVALOID}
	},
	[STMT_INSERT_STAY] = {
		INSERT_BOOKING("confirmed", "$6", "ON CONFLICT DO NOTHING"),
		9, {UUIDOID, UUIDOID, UUIDOID, INT4OID, TEXTOID,
		TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, INTERVALOID}
	},
	[STMT_LOCK_BOOKING] = {
		LOCK_BOOKING("b.id" EQ "$1"),
		1, {UUIDOID}
	},
	[STMT_LOCK_BOOKING_IF_FREE] = {
		LOCK_BOOKING("b.id" EQ "$1") ", s SKIP LOCKED",
		1, {UUIDOID}
	},
	[STMT_LOCK_BOOKING_OF_PLATE] = {
		LOCK_BOOKING("b.id" EQ "$1"
					 " AND b.car_plate OPERATOR(smart_parking.=) $2::smart_parking.license_plate"
					 " AND b.ended_at IS NULL"),
		2, {UUIDOID, TEXTOID}
	},
	[STMT_FIND_REQUEST] = {
		"SELECT b.id, b.status::pg_catalog.text, b.expires_at,"
		" b.user_id" EQ "$2 AND COALESCE(b.parking_id" EQ "$3, true)"
		" AND b.car_plate OPERATOR(smart_parking.=) $4::smart_parking.license_plate"
		" AND COALESCE(p.kind" EQ "$5, true)"
		" AND COALESCE(b.requested_hold" EQ "$6, b.requested_hold IS NULL AND $6 IS NULL)"
		" AND COALESCE(b.spot_no" EQ "$7, true) "
		"FROM ONLY smart_parking.booking b"
		" JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING
		"WHERE b.request_id" EQ "$1",
		7, {UUIDOID, UUIDOID, UUIDOID, TEXTOID, TEXTOID, INTERVALOID, INT4OID}
	},
	[STMT_LAST_ENDED_OF_PLATE] = {
		"SELECT b.id, b.user_id, b.status" EQ "'expired'::smart_parking.booking_status"
		" AND b.expires_at" GT "$3,"
		" b.spot_no, p.label, p.kind, p.slice_no,"
		" 1::pg_catalog.int8" SHIFT_LEFT "(b.spot_no" SUB "s.first_spot_no) "
		"FROM (SELECT * FROM ONLY smart_parking.booking b"
		" WHERE b.parking_id" EQ "$1"
		" AND b.car_plate OPERATOR(smart_parking.=) $2::smart_parking.license_plate"
		" AND b.ended_at IS NOT NULL"
		" ORDER BY b.ended_at DESC LIMIT 1) b"
		" JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING
		" JOIN ONLY smart_parking.counter_slice s ON" SLICE_OF_SPOT,
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	[STMT_EXTEND] = {
		"UPDATE ONLY smart_parking.booking b SET expires_at = $2 WHERE b.id" EQ "$1",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[STMT_CONFIRM] = {
		"UPDATE ONLY smart_parking.booking b SET status = 'confirmed', confirmed_at = $2"
		" WHERE b.id" EQ "$1",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[STMT_UNCONFIRM] = {
		"UPDATE ONLY smart_parking.booking b"
		" SET status = 'pending', confirmed_at = NULL, expires_at = $2 WHERE b.id" EQ "$1",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[STMT_END] = {
		"UPDATE ONLY smart_parking.booking b"
		" SET status = $2::smart_parking.booking_status, ended_at = $3"
		" WHERE b.id" EQ "$1",
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	[STMT_LOG_EVENT] = {
		"INSERT INTO smart_parking.booking_event (booking_id, happened_at, event, reason, details)"
		" VALUES ($1, $2, $3, $4, $5)",
		5, {UUIDOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, JSONBOID}
	},
	[STMT_FIND_LAPSED_IN_LOT] = {
		"SELECT b.id, b.ctid" LAPSED_IN_LOT "ORDER BY b.expires_at LIMIT 100",
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},

	/* the last ended booking of a plate in a lot, and whether it was closed for $3 and the car has not left since */
	[STMT_CLOSED_STAY_OF_PLATE] = {
		"SELECT b.id, b.spot_no, p.label,"
		" b.status" EQ "'completed'::smart_parking.booking_status"
		" AND EXISTS (SELECT FROM ONLY smart_parking.booking_event e WHERE e.booking_id" EQ "b.id"
		" AND e.event" EQ "'completed' AND e.reason" EQ "$3)"
		" AND NOT EXISTS (SELECT FROM ONLY smart_parking.booking_event e WHERE e.booking_id" EQ "b.id"
		" AND e.event" EQ "'left') "
		"FROM (SELECT * FROM ONLY smart_parking.booking b"
		" WHERE b.parking_id" EQ "$1"
		" AND b.car_plate OPERATOR(smart_parking.=) $2::smart_parking.license_plate"
		" AND b.ended_at IS NOT NULL"
		" ORDER BY b.ended_at DESC LIMIT 1) b"
		" JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING,
		3, {UUIDOID, TEXTOID, TEXTOID}
	},
	[STMT_PLATE_OF_BOOKING] = {
		"SELECT b.car_plate::pg_catalog.text, b.parking_id FROM ONLY smart_parking.booking b WHERE b.id" EQ "$1",
		1, {UUIDOID}
	},
	[STMT_CHANGE_PLATE] = {
		"UPDATE ONLY smart_parking.booking b SET car_plate = $2::smart_parking.license_plate WHERE b.id" EQ "$1",
		2, {UUIDOID, TEXTOID}
	},
	[STMT_NAME_OF_LOT] = {
		"SELECT k.name FROM ONLY smart_parking.parking k WHERE k.id" EQ "$1",
		1, {UUIDOID}
	},
	[STMT_FIND_REPLAY] = {
		READ_ANSWER
		"FROM ONLY smart_parking.plate_read r"
		" LEFT JOIN ONLY smart_parking.booking b ON b.id" EQ "r.booking_id"
		" LEFT JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING
		"WHERE r.happened AND r.gate_id" EQ "$1 AND r.read_at" EQ "$2"
		" AND COALESCE(r.car_plate::pg_catalog.text, '')" EQ "COALESCE($3, '') LIMIT 1",
		3, {UUIDOID, TIMESTAMPTZOID, TEXTOID}
	},
	[STMT_LEFT_AFTER] = {
		"SELECT r.read_at FROM ONLY smart_parking.gate g"
		" JOIN ONLY smart_parking.plate_read r ON r.gate_id" EQ "g.id"
		" WHERE g.parking_id" EQ "$1 AND g.direction" EQ "'exit' AND r.happened AND r.read_at" GT "$3"
		" AND r.car_plate OPERATOR(smart_parking.=) $2::smart_parking.license_plate"
		" AND r.reason" EQ "'unknown_offline' ORDER BY r.read_at LIMIT 1",
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	[STMT_PASSAGE_OF_REPLAY] = {
		"SELECT r.passage_id FROM ONLY smart_parking.plate_read r WHERE r.happened AND r.gate_id" EQ "$1"
		" AND r.read_at" GT "$3 AND r.read_at" LT "$4 AND r.decision" EQ "'open'"
		" AND r.car_plate OPERATOR(smart_parking.=) $2::smart_parking.license_plate"
		" ORDER BY r.read_at LIMIT 1",
		4, {UUIDOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
	},
	/* the passage of a read that was judged when it came, by the camera's clock between $3 and $4; clocks differ by minutes at most (assumed) */
	[STMT_PASSAGE_AROUND] = {
		"SELECT r.passage_id FROM ONLY smart_parking.plate_read r WHERE NOT r.happened AND r.gate_id" EQ "$1"
		" AND r.received_at" GT "($3" SUB "'10 minutes'::pg_catalog.interval)"
		" AND r.received_at" LT "($4" ADD "'10 minutes'::pg_catalog.interval)"
		" AND r.read_at" GT "$3 AND r.read_at" LT "$4 AND r.decision" EQ "'open'"
		" AND r.car_plate OPERATOR(smart_parking.=) $2::smart_parking.license_plate AND r.passage_id IS NOT NULL"
		" ORDER BY r.received_at LIMIT 1",
		4, {UUIDOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
	},
	/*
	 * Of a camera's last reads: whether its clock was right when one came that
	 * was judged then, and whether one came long before $3 and was as late as
	 * one of $4 that comes now.
	 */
	[STMT_CAMERA_CLOCK] = {
		"SELECT COALESCE(pg_catalog.bool_or(NOT r.happened AND r.lag" LT "'30 seconds' AND r.lag" GT "'-30 seconds'), false),"
		" COALESCE(pg_catalog.bool_or(r.received_at" LT "($3" SUB "'30 seconds'::pg_catalog.interval)"
		" AND r.lag" LT "($3" SUB "$4" ADD "'5 seconds'::pg_catalog.interval)"
		" AND r.lag" GT "($3" SUB "$4" SUB "'5 seconds'::pg_catalog.interval)), false)"
		" FROM (SELECT l.happened, l.received_at, l.received_at" SUB "l.read_at AS lag"
		" FROM (SELECT p.happened, p.received_at, p.read_at, p.camera, p.matched_by FROM ONLY smart_parking.plate_read p"
		" WHERE p.gate_id" EQ "$1 ORDER BY p.received_at DESC LIMIT 50) l"
		" WHERE l.read_at" GT "($3" SUB "'366 days'::pg_catalog.interval) AND l.read_at" LT "($3" ADD "'366 days'::pg_catalog.interval)"
		" AND COALESCE(l.camera, '')" EQ "COALESCE($2, '') AND COALESCE(l.matched_by" EQ "'attendant', false) IS FALSE"
		" ORDER BY l.received_at DESC LIMIT 10) r",
		4, {UUIDOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
	},
	/* a stay that the instant $3 falls into */
	[STMT_STAY_AROUND] = {
		ENDED_OF_PLATE("b.confirmed_at IS NOT NULL AND b.ended_at OPERATOR(pg_catalog.>=) $3"),
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	[STMT_HOLD_BEFORE] = {
		ENDED_OF_PLATE(UNUSED_HOLD),
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	/* one that was good at $3, or lapsed after $4; a cancelled one was good until then */
	[STMT_HOLD_THAT_LAPSED] = {
		ENDED_OF_PLATE(UNUSED_HOLD " AND b.expires_at" GT "$4"
					   " AND (b.status" EQ "'expired'::smart_parking.booking_status OR b.ended_at" GT "$3)"),
		4, {UUIDOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
	},
	[STMT_INSERT_PAST] = {
		"INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate,"
		" created_at, expires_at, confirmed_at, ended_at) "
		"SELECT $1, b.user_id, b.parking_id, b.spot_no, 'completed', $3::smart_parking.license_plate,"
		" b.created_at, b.expires_at, $4, $4 FROM ONLY smart_parking.booking b WHERE b.id" EQ "$2",
		4, {UUIDOID, UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	[STMT_READ_TO_CORRECT] = {
		"SELECT r.gate_id, r.passage_id FROM ONLY smart_parking.plate_read r WHERE r.id" EQ "$1",
		1, {UUIDOID}
	},

	/*
	 * Open lots within $3 m on a sphere of latitude $1, longitude $2, nearest
	 * first.  Bounded by ST_DWithin and ordered by <->, both by one scan of
	 * parking_location: neither a sort of a large neighbourhood nor a walk over
	 * the Earth for a full one.
	 */
	[STMT_LOTS_IN_REACH] = {
		"SELECT p.id, p.is_open, p.name, p.address,"
		" " POSTGIS "ST_Y(p.location::" POSTGIS "geometry),"
		" " POSTGIS "ST_X(p.location::" POSTGIS "geometry), p.total_capacity,"
		" p.location OPERATOR(" POSTGIS "<->) " HERE ", p.location, " HERE
		"FROM ONLY smart_parking.parking p"
		" WHERE (p.is_open OR p.outside_open) AND ($4 IS NULL OR p.access" EQ "ANY ($4))"
		" AND " POSTGIS "ST_DWithin(p.location, " HERE ", $3, false)"
		" ORDER BY p.location OPERATOR(" POSTGIS "<->) " HERE,
		4, {FLOAT8OID, FLOAT8OID, FLOAT8OID, TEXTARRAYOID}
	},

#include "driver_statements.h"
#include "gate_statements.h"

	[STMT_RAISE_INCIDENT] = {
		"INSERT INTO smart_parking.gate_incident"
		" (id, gate_id, raised_at, kind, plate_read_id, command_id, booking_id, other_booking_id,"
		" event_id, details)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::pg_catalog.jsonb)"
		" ON CONFLICT (gate_id, kind, event_id) WHERE event_id IS NOT NULL DO NOTHING",
		10, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TEXTOID, UUIDOID, UUIDOID, UUIDOID, UUIDOID,
		TEXTOID, TEXTOID}
	},
	/* as operators' calls do; reservations and gates take no part in it */
	[STMT_LOCK_LOT] = {
		"SELECT k.id FROM ONLY smart_parking.parking k WHERE k.id" EQ "$1 FOR NO KEY UPDATE",
		1, {UUIDOID}
	},
	[STMT_BOOKING_ON_SPOT] = {
		"SELECT b.id FROM ONLY smart_parking.booking b"
		" WHERE b.parking_id" EQ "$1 AND b.spot_no" EQ "$2 AND b.ended_at IS NULL",
		2, {UUIDOID, INT4OID}
	},

	/* so that what would fail at commit fails in its batch */
	[STMT_CHECK_AT_ONCE] = {
		"SET CONSTRAINTS ALL IMMEDIATE",
		0, {InvalidOid}
	},
	[STMT_FIND_LAPSED] = {
		"SELECT b.id, b.parking_id FROM ONLY smart_parking.booking b"
		" WHERE" IS_LAPSED OUTSIDE("b.parking_id", "$3") "ORDER BY b.expires_at LIMIT $2",
		3, {TIMESTAMPTZOID, INT8OID, UUIDARRAYOID}
	},
	[STMT_EXPIRE_BATCH] = {
		EXPIRE(OUTSIDE("b.parking_id", "$4")),
		4, {TIMESTAMPTZOID, INT8OID, TEXTOID, UUIDARRAYOID}
	},
	[STMT_EXPIRE_THESE] = {
		EXPIRE(AMONG("b.id", "$4")),
		4, {TIMESTAMPTZOID, INT8OID, TEXTOID, UUIDARRAYOID}
	},
	[STMT_FIND_OVERSTAYS] = {
		"SELECT b.id, b.parking_id FROM ONLY smart_parking.booking b" LOT_WITH_MAX_STAY
		" WHERE" STAYS_TOO_LONG OUTSIDE("b.parking_id", "$3") "ORDER BY b.confirmed_at LIMIT $2",
		3, {TIMESTAMPTZOID, INT8OID, UUIDARRAYOID}
	},
	[STMT_CLOSE_OVERSTAYS] = {
		CLOSE_OVERSTAYS(OUTSIDE("b.parking_id", "$4")),
		4, {TIMESTAMPTZOID, INT8OID, TEXTOID, UUIDARRAYOID}
	},
	[STMT_CLOSE_THESE_OVERSTAYS] = {
		CLOSE_OVERSTAYS(AMONG("b.id", "$4")),
		4, {TIMESTAMPTZOID, INT8OID, TEXTOID, UUIDARRAYOID}
	},
	[STMT_FIND_DUE_COMMANDS] = {
		DUE_COMMANDS("t.parking_id", OUTSIDE("t.parking_id", "$3")),
		3, {TIMESTAMPTZOID, INT8OID, UUIDARRAYOID}
	},
	[STMT_DUE_COMMANDS] = {
		DUE_COMMANDS(HOLD_OF_COMMAND UNREPORTED_ENTRY, OUTSIDE("t.parking_id", "$3")) IF_FREE,
		3, {TIMESTAMPTZOID, INT8OID, UUIDARRAYOID}
	},
	[STMT_THESE_DUE_COMMANDS] = {
		DUE_COMMANDS(HOLD_OF_COMMAND UNREPORTED_ENTRY, AMONG("c.id", "$3")) IF_FREE,
		3, {TIMESTAMPTZOID, INT8OID, UUIDARRAYOID}
	},
	[STMT_MAKE_OFFERS] = {
		"SELECT smart_parking.make_offers()",
		0, {InvalidOid}
	},
	[STMT_RECORD_SWEEP_FAILURE] = {
		"INSERT INTO smart_parking.sweep_failure"
		" (chore, subject_id, parking_id, first_failed_at, last_failed_at, error_code, message)"
		" VALUES ($1, $2, $3, $4, $4, $5, $6)"
		" ON CONFLICT (chore, subject_id) DO UPDATE SET last_failed_at = EXCLUDED.last_failed_at,"
		" error_code = EXCLUDED.error_code, message = EXCLUDED.message",
		6, {TEXTOID, UUIDOID, UUIDOID, TIMESTAMPTZOID, TEXTOID, TEXTOID}
	},
	[STMT_SETTLE_SWEEP_FAILURES] = {
		"DELETE FROM ONLY smart_parking.sweep_failure f WHERE f.ctid" EQ "ANY (ARRAY("
		"SELECT g.ctid FROM ONLY smart_parking.sweep_failure g"
		" WHERE g.chore" EQ "$1 AND g.last_failed_at" LT "$2 FOR UPDATE SKIP LOCKED))",
		2, {TEXTOID, TIMESTAMPTZOID}
	}
};
