/*
 * driver_statements.h
 *		The statements of groups, certain spots, renewals and the nearest lot: a
 *		part of the array in statements.c, which alone includes it.
 */
	[STMT_HOLDS_BY_GROUP] = {
		"SELECT pg_catalog.count(DISTINCT COALESCE(g.group_id, b.id)) FROM ONLY smart_parking.booking b"
		" LEFT JOIN ONLY smart_parking.booking_group g ON g.booking_id" EQ "b.id"
		" WHERE b.user_id" EQ "$1 AND b.status" EQ PENDING "AND b.expires_at" GT "$2",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[STMT_LAPSED_SPOTS] = {
		"SELECT b.id, b.ctid, b.spot_no, p.slice_no" LAPSED_IN_LOT "ORDER BY b.spot_no",
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	/* in the order in which operators' calls do */
	[STMT_LOCK_SLICES] = {
		"SELECT s.slice_no FROM ONLY smart_parking.counter_slice s"
		" WHERE s.parking_id" EQ "$1 AND s.kind" EQ "$2 ORDER BY s.slice_no FOR NO KEY UPDATE",
		2, {UUIDOID, TEXTOID}
	},
	[STMT_INSERT_GROUP_MEMBER] = {
		"INSERT INTO smart_parking.booking_group (booking_id, group_id, nth) VALUES ($1, $2, $3)",
		3, {UUIDOID, UUIDOID, INT4OID}
	},
	[STMT_GROUP_OF_BOOKING] = {
		"SELECT g.group_id FROM ONLY smart_parking.booking_group g WHERE g.booking_id" EQ "$1",
		1, {UUIDOID}
	},
	[STMT_FIND_GROUP_REQUEST] = {
		"SELECT g.group_id, b.user_id" EQ "$2 AND b.parking_id" EQ "$3 AND p.kind" EQ "$4"
		" AND COALESCE(b.requested_hold" EQ "$5, b.requested_hold IS NULL AND $5 IS NULL) "
		"FROM ONLY smart_parking.booking b"
		" JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING
		" LEFT JOIN ONLY smart_parking.booking_group g ON g.booking_id" EQ "b.id"
		" WHERE b.request_id" EQ "$1",
		5, {UUIDOID, UUIDOID, UUIDOID, TEXTOID, INTERVALOID}
	},
	[STMT_GROUP_MEMBERS] = {
		"SELECT b.id, b.status::pg_catalog.text, b.expires_at, b.car_plate::pg_catalog.text, b.parking_id"
		" FROM ONLY smart_parking.booking_group g"
		" JOIN ONLY smart_parking.booking b ON b.id" EQ "g.booking_id"
		" WHERE g.group_id" EQ "$1 ORDER BY g.nth",
		1, {UUIDOID}
	},
	[STMT_HOLD_TO_RENEW] = {
		"SELECT b.parking_id, b.user_id, b.car_plate::pg_catalog.text, b.requested_hold, p.kind,"
		" b.status::pg_catalog.text, b.spot_no, b.expires_at FROM ONLY smart_parking.booking b"
		" JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING "WHERE b.id" EQ "$1",
		1, {UUIDOID}
	},
	/* two rows are enough to tell that a label is on several */
	[STMT_SPOT_BY_NO] = {
		FIND_SPOT("p.spot_no" EQ "$2"),
		2, {UUIDOID, INT4OID}
	},
	[STMT_SPOT_BY_LABEL] = {
		FIND_SPOT("p.label" EQ "$2"),
		2, {UUIDOID, TEXTOID}
	},

	/* those that anybody may use, with what it takes to try them one after the other */
	[STMT_LOTS_TO_TRY] = {
		"SELECT p.id, p.location OPERATOR(" POSTGIS "<->) " HERE ", p.location, " HERE
		"FROM ONLY smart_parking.parking p"
		" WHERE p.is_open AND p.access" EQ "'public'"
		" AND " POSTGIS "ST_DWithin(p.location, " HERE ", $3, false)"
		" ORDER BY p.location OPERATOR(" POSTGIS "<->) " HERE,
		3, {FLOAT8OID, FLOAT8OID, FLOAT8OID}
	},
	/* of a plate, in reach; the caller has seen that there is one somewhere */
	[STMT_ACTIVE_IN_REACH] = {
		"SELECT b.id, b.parking_id FROM ONLY smart_parking.booking b"
		" JOIN ONLY smart_parking.parking p ON p.id" EQ "b.parking_id"
		" WHERE b.car_plate OPERATOR(smart_parking.=) $4::smart_parking.license_plate AND b.ended_at IS NULL"
		" AND b.user_id" EQ "$5 AND (b.confirmed_at IS NOT NULL OR b.expires_at" GT "$6)"
		" AND " POSTGIS "ST_DWithin(p.location, " HERE ", $3)"
		" ORDER BY b.created_at LIMIT 1",
		6, {FLOAT8OID, FLOAT8OID, FLOAT8OID, TEXTOID, UUIDOID, TIMESTAMPTZOID}
	},
