/*
 * gate_statements.h
 *		The statements of gates, reads, passages and commands: a part of the
 *		array in statements.c, which alone includes it.
 */
	[STMT_KEEP_GATE] = {
		"SELECT g.id FROM ONLY smart_parking.gate g WHERE g.id" EQ "$1 FOR KEY SHARE",
		1, {UUIDOID}
	},

	/* an event's reads: the one that has its id, and those that revise it */
	[STMT_FIND_EVENT] = {
		READ_ANSWER
		"FROM (SELECT * FROM ONLY smart_parking.plate_read r WHERE r.gate_id" EQ "$1 AND r.event_id" EQ "$2"
		" UNION ALL SELECT v.* FROM ONLY smart_parking.plate_read r"
		" JOIN ONLY smart_parking.plate_read v ON v.passage_id" EQ "r.passage_id"
		" WHERE r.gate_id" EQ "$1 AND r.event_id" EQ "$2"
		" AND (v.details OPERATOR(pg_catalog.->>) 'revises')" EQ "$2) r"
		" LEFT JOIN ONLY smart_parking.booking b ON b.id" EQ "r.booking_id"
		" LEFT JOIN ONLY smart_parking.spot p ON" SPOT_OF_BOOKING,
		2, {UUIDOID, TEXTOID}
	},
	[STMT_COUNT_AGREEING] = {
		"SELECT pg_catalog.count(*) FROM ONLY smart_parking.plate_read r WHERE r.passage_id" EQ "$1"
		" AND r.car_plate OPERATOR(smart_parking.=) $2::smart_parking.license_plate",
		2, {UUIDOID, TEXTOID}
	},
	/* ON CONFLICT: see STMT_INSERT_HOLD_SERIALIZED */
	[STMT_RECORD_READ] = {
		"INSERT INTO smart_parking.plate_read"
		" (id, gate_id, event_id, plate_text, car_plate, confidence, read_at, received_at,"
		" decision, reason, booking_id, passage_id, matched_by, candidates, details, corrects, format,"
		" camera, vehicle, message, happened) "
		"VALUES ($1, $2, $3, $4, $5::smart_parking.license_plate, $6, $7, $8, $9, $10, $11, $12, $13,"
		" $14, $15, $16, $17, $18, $19, $20, $21) "
		"ON CONFLICT (gate_id, event_id) WHERE event_id IS NOT NULL DO NOTHING",
		21, {UUIDOID, UUIDOID, TEXTOID, TEXTOID, TEXTOID, FLOAT4OID,
		TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, UUIDOID, UUIDOID, TEXTOID,
		JSONBOID, JSONBOID, UUIDOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID, BOOLOID}
	},
	[STMT_LAST_PASSAGE] = {
		READ_PASSAGE("g.gate_id" EQ "$1 ORDER BY g.last_read_at DESC LIMIT 1"),
		1, {UUIDOID}
	},
	[STMT_PASSAGE_BY_ID] = {
		READ_PASSAGE("g.id" EQ "$1"),
		1, {UUIDOID}
	},
	[STMT_PASSAGE_OF_EVENTS] = {
		"SELECT r.passage_id FROM ONLY smart_parking.plate_read r"
		" WHERE r.gate_id" EQ "$1 AND r.event_id" EQ "ANY ($2) AND r.passage_id IS NOT NULL"
		" ORDER BY r.received_at DESC LIMIT 1",
		2, {UUIDOID, TEXTARRAYOID}
	},
	[STMT_PASSAGE_OF_VEHICLE] = {
		READ_PASSAGE("g.gate_id" EQ "$1 AND g.vehicle" EQ "$2 AND g.last_read_at" GT "$3"
					 " ORDER BY g.last_read_at DESC LIMIT 1"),
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	/* the last passages of a lot's gates, the newest first, as far as they tell of read $3 */
	[STMT_TRAFFIC] = {
		"SELECT g.gate_id, g.last_read_at, g.vehicle, g.car_plate::pg_catalog.text, " KIND_OF_SIGHTING ","
		" CASE WHEN g.decision" EQ "'open' THEN g.movement END, g.booking_id,"
		" CASE WHEN g.matched_by" EQ "ANY ('{distance,candidate}') THEN (SELECT b.car_plate::pg_catalog.text"
		" FROM ONLY smart_parking.booking b WHERE b.id" EQ "g.booking_id) END,"
		" CASE WHEN g.matched_by" EQ "'attendant' THEN EXISTS (SELECT FROM ONLY smart_parking.plate_read r"
		" WHERE r.passage_id" EQ "g.id AND r.car_plate OPERATOR(smart_parking.=) $3::smart_parking.license_plate) END,"
		" g.decision" EQ "'manual' "
		"FROM ONLY smart_parking.gate t CROSS JOIN LATERAL (SELECT * FROM ONLY smart_parking.passage p"
		" WHERE p.gate_id" EQ "t.id AND p.last_read_at" GT "$2 ORDER BY p.last_read_at DESC"
		" LIMIT $4 OPERATOR(pg_catalog./) (SELECT pg_catalog.count(*) FROM ONLY smart_parking.gate n"
		" WHERE n.parking_id" EQ "$1)) g "
		"WHERE t.parking_id" EQ "$1 ORDER BY g.last_read_at DESC",
		4, {UUIDOID, TIMESTAMPTZOID, TEXTOID, INT8OID}
	},
	[STMT_PASSAGE_HAS_EVENT] = {
		"SELECT EXISTS (SELECT FROM ONLY smart_parking.plate_read r WHERE r.passage_id" EQ "$1"
		" AND r.event_id IS NOT NULL)",
		1, {UUIDOID}
	},
	/*
	 * The clock was set back: what was last stays last, as if it had been just
	 * now, and the first read of a passage is not after its last one.
	 */
	[STMT_SET_PASSAGES_BACK] = {
		"UPDATE ONLY smart_parking.passage g SET last_read_at = g.last_read_at" SUB "n.ahead,"
		" started_at = LEAST(g.started_at, g.last_read_at" SUB "n.ahead)"
		" FROM (SELECT pg_catalog.max(l.last_read_at)" SUB "$2 AS ahead FROM ONLY smart_parking.passage l WHERE l.gate_id" EQ "$1) n"
		" WHERE g.gate_id" EQ "$1 AND g.last_read_at" GT "$2",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[STMT_RENEW_COMMAND] = {
		"UPDATE ONLY smart_parking.barrier_command c SET issued_at = $2, expires_at = $2" ADD "(c.expires_at" SUB "c.issued_at),"
		" details = COALESCE(c.details, '{}'::pg_catalog.jsonb) OPERATOR(pg_catalog.||)"
		" pg_catalog.jsonb_build_object('issued_before_the_clock_was_set_back', c.issued_at)"
		" WHERE c.id" EQ "$1 AND c.ended_at IS NULL",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[STMT_BEGIN_PASSAGE] = {
		"INSERT INTO smart_parking.passage (id, gate_id, started_at, last_read_at, reads, vehicle,"
		" car_plate, confidence, agreeing, decision, reason, booking_id, matched_by, details, movement,"
		" made_booking) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7::smart_parking.license_plate, $8, $9, $10, $11, $12, $13,"
		" $14, $15, $16)",
		16, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, TEXTOID, TEXTOID, FLOAT4OID,
		INT4OID, TEXTOID, TEXTOID, UUIDOID, TEXTOID, JSONBOID, TEXTOID, BOOLOID}
	},
	[STMT_GO_ON_WITH_PASSAGE] = {
		"UPDATE ONLY smart_parking.passage g SET last_read_at = $2, reads = g.reads" ADD "1, vehicle = $3,"
		" car_plate = $4::smart_parking.license_plate, confidence = $5, decision = $6, reason = $7,"
		" booking_id = $8, matched_by = $9, details = $10::pg_catalog.jsonb, movement = $11,"
		" made_booking = $12, agreeing = $13 WHERE g.id" EQ "$1",
		13, {UUIDOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, FLOAT4OID, TEXTOID, TEXTOID, UUIDOID,
		TEXTOID, TEXTOID, TEXTOID, BOOLOID, INT4OID}
	},
	[STMT_ISSUE_COMMAND] = {
		"INSERT INTO smart_parking.barrier_command"
		" (id, gate_id, plate_read_id, command, issued_at, expires_at, state, passage_id, reason,"
		" awaits_passage)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		10, {UUIDOID, UUIDOID, UUIDOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, UUIDOID,
		TEXTOID, BOOLOID}
	},
	[STMT_ACKNOWLEDGE] = {
		"UPDATE ONLY smart_parking.barrier_command c SET state = 'acknowledged', acknowledged_at = $2"
		" WHERE c.id" EQ "$1 AND c.state" EQ "'issued' AND c.expires_at" GT "$2 AND " NOT_AHEAD("c", "$2"),
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[STMT_COMMAND_STATE] = {
		"SELECT CASE WHEN c.ended_at IS NULL AND (c.expires_at" LE "$2 OR " ISSUED_AHEAD("c", "$2") ") THEN 'timed_out' ELSE c.state END"
		" FROM ONLY smart_parking.barrier_command c WHERE c.id" EQ "$1",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[STMT_GATE_OF_COMMAND] = {
		"SELECT c.gate_id FROM ONLY smart_parking.barrier_command c WHERE c.id" EQ "$1",
		1, {UUIDOID}
	},
	[STMT_LOCK_COMMAND] = {
		"SELECT c.passage_id, c.state, c.expires_at, c.end_event_id"
		" FROM ONLY smart_parking.barrier_command c WHERE c.id" EQ "$1 FOR NO KEY UPDATE",
		1, {UUIDOID}
	},
	/* not issued after it has ended, whatever became of the clock: the last order of a passage is found by that */
	[STMT_END_COMMAND] = {
		"UPDATE ONLY smart_parking.barrier_command c SET state = $2, ended_at = $3, end_event_id = $4,"
		" issued_at = LEAST(c.issued_at, $3),"
		" details = COALESCE(c.details OPERATOR(pg_catalog.||) $5::pg_catalog.jsonb,"
		" $5::pg_catalog.jsonb, c.details) WHERE c.id" EQ "$1",
		5, {UUIDOID, TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID}
	},
	[STMT_COMMAND_OF_EVENT] = {
		"SELECT c.id FROM ONLY smart_parking.barrier_command c WHERE c.gate_id" EQ "$1"
		" AND c.issued_at" GT "$3 AND c.end_event_id" EQ "$2 ORDER BY c.issued_at DESC LIMIT 1",
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	/* no command lives longer than gate.command_life may be; the first car first, and one from before the clock was set back last */
	[STMT_LIVE_COMMAND] = {
		"SELECT c.id FROM ONLY smart_parking.barrier_command c WHERE c.gate_id" EQ "$1"
		" AND c.issued_at" GT "($2" SUB "'10 minutes'::pg_catalog.interval)"
		" AND c.ended_at IS NULL AND c.expires_at" GT "$2"
		" ORDER BY " ISSUED_AHEAD("c", "$2") ", c.issued_at LIMIT 1",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
