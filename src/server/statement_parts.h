/*
 * statement_parts.h
 *		What the texts in statements.c have in common.  For that file alone, as
 *		is the rule about names that stands there.
 */
#ifndef SMART_PARKING_STATEMENT_PARTS_H
#define SMART_PARKING_STATEMENT_PARTS_H

#define EQ	" OPERATOR(pg_catalog.=) "
#define LT	" OPERATOR(pg_catalog.<) "
#define LE	" OPERATOR(pg_catalog.<=) "
#define GT	" OPERATOR(pg_catalog.>) "
#define GE	" OPERATOR(pg_catalog.>=) "
#define ADD	" OPERATOR(pg_catalog.+) "
#define SUB	" OPERATOR(pg_catalog.-) "
#define AND_BITS	" OPERATOR(pg_catalog.&) "
#define OR_BITS		" OPERATOR(pg_catalog.|) "
#define SHIFT_LEFT	" OPERATOR(pg_catalog.<<) "

#define PENDING " 'pending'::smart_parking.booking_status "

#define THIS_SLICE \
	" s.parking_id" EQ "$1 AND s.kind" EQ "$2 AND s.slice_no" EQ "$3 "

/* the slice that counts spot p */
#define SLICE_OF_SPOT \
	" s.parking_id" EQ "p.parking_id AND s.kind" EQ "p.kind AND s.slice_no" EQ "p.slice_no "

#define SPOT_OF_BOOKING \
	" p.parking_id" EQ "b.parking_id AND p.spot_no" EQ "b.spot_no "

/* a spot of lot $1, with the slice that counts it */
#define FIND_SPOT(condition) \
	"SELECT p.spot_no, p.kind, p.slice_no," \
	" 1::pg_catalog.int8" SHIFT_LEFT "(p.spot_no" SUB "s.first_spot_no) " \
	"FROM ONLY smart_parking.spot p" \
	" JOIN ONLY smart_parking.counter_slice s ON" SLICE_OF_SPOT \
	"WHERE p.parking_id" EQ "$1 AND NOT p.retired AND " condition " LIMIT 2"

#define INSERT_BOOKING(status, confirmed_at, on_conflict) \
	"INSERT INTO smart_parking.booking AS b (id, user_id, parking_id, spot_no, status," \
	" car_plate, created_at, expires_at, confirmed_at, request_id, requested_hold) " \
	"VALUES ($1, $2, $3, $4, '" status "', $5::smart_parking.license_plate," \
	" $6, $7, " confirmed_at ", $8, $9) " on_conflict

/* what booking.c reads into a Booking */
#define READ_BOOKING(condition) \
	"SELECT b.id, b.user_id, b.parking_id, b.spot_no, b.status::pg_catalog.text," \
	" b.created_at, b.expires_at, p.label, p.kind, p.slice_no," \
	" 1::pg_catalog.int8" SHIFT_LEFT "(b.spot_no" SUB "s.first_spot_no), b.confirmed_at " \
	"FROM ONLY smart_parking.booking b" \
	" JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING \
	" JOIN ONLY smart_parking.counter_slice s ON" SLICE_OF_SPOT \
	"WHERE " condition

#define LOCK_BOOKING(condition) READ_BOOKING(condition) " FOR NO KEY UPDATE OF b"

/* the last one that ended of a plate in a lot and suits */
#define ENDED_OF_PLATE(suits) \
	READ_BOOKING("b.id" EQ "(SELECT b.id FROM ONLY smart_parking.booking b" \
				 " WHERE b.parking_id" EQ "$1" \
				 " AND b.car_plate OPERATOR(smart_parking.=) $2::smart_parking.license_plate" \
				 " AND b.ended_at IS NOT NULL AND b.created_at" LE "$3 AND " suits \
				 " ORDER BY b.ended_at DESC LIMIT 1)")

/* a hold that its car did not come on, and that was not made good later */
#define UNUSED_HOLD \
	"b.confirmed_at IS NULL AND NOT EXISTS (SELECT FROM ONLY smart_parking.booking n" \
	" JOIN ONLY smart_parking.booking_event e ON e.booking_id" EQ "n.id" \
	" WHERE n.parking_id" EQ "b.parking_id AND n.car_plate OPERATOR(smart_parking.=) b.car_plate" \
	" AND COALESCE(e.details OPERATOR(pg_catalog.->>) 'ended_booking'," \
	" e.details OPERATOR(pg_catalog.->>) 'lapsed_booking')" EQ "b.id::pg_catalog.text)"

/* lapsed holds of kind $2 in lot $1 at $3 whose spot can be given on */
#define LAPSED_IN_LOT \
	" FROM ONLY smart_parking.booking b" \
	" JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING \
	" WHERE b.parking_id" EQ "$1 AND b.status" EQ PENDING "AND b.expires_at" LE "$3" \
	" AND p.kind" EQ "$2 AND p.in_service "

#define BITS_IN(map) "pg_catalog.bit_count((" map ")::pg_catalog.bit(64))::pg_catalog.int4"

/* spots of a map come back into the counter, those out of service do not */
#define GIVE_BACK(map) \
	"free_spots = s.free_spots" ADD BITS_IN("(s.service_map" AND_BITS map ")") "," \
	" free_map = s.free_map" OR_BITS "(s.service_map" AND_BITS map ") "

/*
 * Ends bookings that are due, and gives their spots back.  Bookings and slices
 * are locked with SKIP LOCKED, so that a sweep waits for nobody.  From then on
 * they are ours, and bookings are reached by the place where they were locked.
 * A booking that another commit changed after our snapshot was locked where
 * the snapshot sees nothing: it is not ended, and the next batch sees it.  So
 * what each slice gets back comes from the bookings that were ended.  The last
 * two counts tell whether each slice was changed that should be.
 */
#define END_BATCH(more_tables, due, order, status) \
	"WITH due AS MATERIALIZED (" \
	" SELECT b.ctid AS place, p.parking_id, p.kind, p.slice_no," \
	" 1::pg_catalog.int8" SHIFT_LEFT "(b.spot_no" SUB "s.first_spot_no) AS bit" \
	" FROM ONLY smart_parking.booking b" more_tables \
	" JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING \
	" JOIN ONLY smart_parking.counter_slice s ON" SLICE_OF_SPOT \
	" WHERE " due \
	" ORDER BY " order " LIMIT $2 FOR NO KEY UPDATE OF b, s SKIP LOCKED)," \
	" ended AS (" \
	" UPDATE ONLY smart_parking.booking b SET status = '" status "', ended_at = $1" \
	" FROM due WHERE b.ctid" EQ "due.place" \
	" RETURNING b.id, due.parking_id, due.kind, due.slice_no, due.bit)," \
	" logged AS (" \
	" INSERT INTO smart_parking.booking_event (booking_id, happened_at, event, reason)" \
	" SELECT ended.id, $1, '" status "', $3 FROM ended)," \
	" slices AS MATERIALIZED (" \
	" SELECT ended.parking_id, ended.kind, ended.slice_no, pg_catalog.bit_or(ended.bit) AS map" \
	" FROM ended GROUP BY ended.parking_id, ended.kind, ended.slice_no)," \
	" given_back AS (" \
	" UPDATE ONLY smart_parking.counter_slice s" \
	" SET " GIVE_BACK("slices.map") \
	" FROM slices" \
	" WHERE s.parking_id" EQ "slices.parking_id AND s.kind" EQ "slices.kind" \
	" AND s.slice_no" EQ "slices.slice_no AND (s.free_map" AND_BITS "slices.map)" EQ "0" \
	" RETURNING 1) " \
	"SELECT (SELECT pg_catalog.count(*) FROM ended)," \
	" (SELECT pg_catalog.count(*) FROM slices), (SELECT pg_catalog.count(*) FROM given_back)"

/* outside of the lots $n, and those of a list $n */
#define OUTSIDE(column, n) " AND " column " OPERATOR(pg_catalog.<>) ALL (" n ") "
#define AMONG(column, n) " AND " column EQ "ANY (" n ") "

#define IS_LAPSED " b.status" EQ PENDING "AND b.expires_at" LE "$1 "

/*
 * Lengths are compared, not instants: that no max_stay, however long, can
 * leave the range of timestamps, and no time zone matters.
 */
#define STAYS_TOO_LONG \
	" b.ended_at IS NULL AND pg_catalog.isfinite(b.confirmed_at)" \
	" AND k.max_stay" LE "($1" SUB "b.confirmed_at) "

#define LOT_WITH_MAX_STAY \
	" JOIN ONLY smart_parking.parking k ON k.id" EQ "b.parking_id AND k.max_stay IS NOT NULL"

#define EXPIRE(which) END_BATCH("", IS_LAPSED which, "b.expires_at", "expired")
#define CLOSE_OVERSTAYS(which) \
	END_BATCH(LOT_WITH_MAX_STAY, STAYS_TOO_LONG which, "b.confirmed_at", "completed")

/* with the hold that was made for it, unless a later command goes on with that */
#define DUE_COMMANDS(columns, which) \
	"SELECT c.id, " columns \
	" FROM ONLY smart_parking.barrier_command c JOIN ONLY smart_parking.gate t ON t.id" EQ "c.gate_id" \
	" WHERE c.awaits_passage AND c.ended_at IS NULL AND (c.expires_at" LE "$1 OR " ISSUED_AHEAD("c", "$1") ")" which \
	" ORDER BY c.expires_at LIMIT $2"
#define HOLD_OF_COMMAND \
	"(SELECT g.booking_id FROM ONLY smart_parking.passage g WHERE g.id" EQ "c.passage_id" \
	" AND g.made_booking AND NOT EXISTS (SELECT FROM ONLY smart_parking.barrier_command n" \
	" WHERE n.passage_id" EQ "g.id AND n.issued_at" GT "c.issued_at))"
/*
 * A clock may be set back.  An order that was issued later than now is over: how
 * long ago that was nobody knows.  A second is no step.
 */
#define ISSUED_AHEAD(command, now) \
	command ".issued_at" GT "(" now ADD "'1 second'::pg_catalog.interval)"
#define NOT_AHEAD(command, now) \
	command ".issued_at" LE "(" now ADD "'1 second'::pg_catalog.interval)"

/* the gate, and the booking of a car that the barrier opened for and of which nothing was heard since */
#define UNREPORTED_ENTRY \
	", c.gate_id, (SELECT b.id FROM ONLY smart_parking.passage g" \
	" JOIN ONLY smart_parking.booking b ON b.id" EQ "g.booking_id" \
	" WHERE g.id" EQ "c.passage_id AND c.state" EQ "'acknowledged' AND g.movement" EQ "'in'" \
	" AND b.confirmed_at IS NULL)"
#define IF_FREE " FOR NO KEY UPDATE OF c SKIP LOCKED"

/* what passage.c reads into a Passage: with its booking, its last command, and whether a later one came */
#define READ_PASSAGE(condition) \
	"SELECT g.id, g.last_read_at, g.vehicle, g.car_plate::pg_catalog.text, g.confidence, g.agreeing," \
	" g.decision, g.reason, g.booking_id, g.matched_by, g.details::pg_catalog.text, g.movement," \
	" g.made_booking, b.spot_no, p.label, b.car_plate::pg_catalog.text, c.id, c.state, c.expires_at," \
	" NOT EXISTS (SELECT FROM ONLY smart_parking.passage n WHERE n.gate_id" EQ "g.gate_id" \
	" AND n.last_read_at" GT "g.last_read_at), c.issued_at " \
	"FROM ONLY smart_parking.passage g" \
	" LEFT JOIN ONLY smart_parking.booking b ON b.id" EQ "g.booking_id" \
	" LEFT JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING \
	" LEFT JOIN LATERAL (SELECT c.id, c.state, c.expires_at, c.issued_at FROM ONLY smart_parking.barrier_command c" \
	" WHERE c.passage_id" EQ "g.id ORDER BY c.issued_at DESC LIMIT 1) c ON true " \
	"WHERE " condition

/*
 * What a passage g says of the plate that it went by, as SightingKind; NULL: nothing.
 * Nor does one that was read too badly for a likeness, and of which nobody said what it was.
 */
#define KIND_OF_SIGHTING \
	"CASE g.matched_by WHEN 'attendant' THEN 3 WHEN 'distance' THEN 2 WHEN 'candidate' THEN 2" \
	" WHEN 'exact' THEN CASE WHEN g.made_booking THEN 1 ELSE 0 END" \
	" ELSE CASE WHEN g.decision" EQ "'deny' OR COALESCE(g.details OPERATOR(pg_catalog.->>) 'doubt', g.reason)" \
	EQ "ANY ('{plate_ambiguous,sure,seen,neighbour}') THEN 1 END END"

/* what plate_read.c reads of a read r that has been answered */
#define READ_ANSWER \
	"SELECT r.car_plate::pg_catalog.text, r.confidence, r.decision, r.reason, r.booking_id," \
	" b.spot_no, p.label, b.car_plate::pg_catalog.text, r.details::pg_catalog.text, r.passage_id," \
	" COALESCE((SELECT c.id FROM ONLY smart_parking.barrier_command c WHERE c.plate_read_id" EQ "r.id)," \
	" (SELECT c.id FROM ONLY smart_parking.barrier_command c WHERE c.passage_id" EQ "r.passage_id" \
	" ORDER BY c.issued_at DESC LIMIT 1)) "

/* replaced by the quoted name of PostGIS's schema, which the user chose, and a dot */
#define POSTGIS POSTGIS_MARKER "."

/* a subquery, so that it is worked out once */
#define HERE \
	"(SELECT " POSTGIS "ST_SetSRID(" POSTGIS "ST_MakePoint($2, $1), 4326)::" POSTGIS "geography) "

#endif							/* SMART_PARKING_STATEMENT_PARTS_H */
