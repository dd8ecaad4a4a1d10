-- What operators and attendants watch. Plates are text here, so that any SQL client can read and compare them.

CREATE OR REPLACE VIEW smart_parking.cars_inside AS
	SELECT b.parking_id, p.name AS parking, b.car_plate::text AS car_plate, b.spot_no, s.label AS spot_label, b.confirmed_at AS since,
		clock_timestamp() - b.confirmed_at AS inside_for, coalesce(clock_timestamp() - b.confirmed_at > p.max_stay, false) AS overstays,
		b.id AS booking_id, NULL::uuid AS incident_id
	FROM smart_parking.booking AS b
	JOIN smart_parking.parking AS p ON p.id = b.parking_id
	LEFT JOIN smart_parking.spot AS s ON s.parking_id = b.parking_id AND s.spot_no = b.spot_no
	WHERE b.status = 'confirmed' AND b.ended_at IS NULL
	UNION ALL
	SELECT g.parking_id, p.name, coalesce(r.car_plate, b.car_plate)::text, NULL, NULL, i.raised_at, clock_timestamp() - i.raised_at,
		coalesce(clock_timestamp() - i.raised_at > p.max_stay, false), NULL, i.id
	FROM smart_parking.gate_incident AS i
	JOIN smart_parking.gate AS g ON g.id = i.gate_id
	JOIN smart_parking.parking AS p ON p.id = g.parking_id
	LEFT JOIN smart_parking.plate_read AS r ON r.id = i.plate_read_id
	LEFT JOIN smart_parking.booking AS b ON b.id = i.booking_id
	WHERE i.kind = 'inside_without_spot' AND i.resolved_at IS NULL;
COMMENT ON VIEW smart_parking.cars_inside IS
'A row for each car inside. Those that came in while there was no spot for them have no spot and no booking, but the incident that says so, until it is resolved.';
COMMENT ON COLUMN smart_parking.cars_inside.since IS 'When it came in; without a spot: when that was found out.';
COMMENT ON COLUMN smart_parking.cars_inside.overstays IS 'Whether that is longer than the lot''s max_stay.';

CREATE OR REPLACE VIEW smart_parking.reads_for_attention AS
	SELECT r.id AS read_id, r.passage_id, g.parking_id, l.name AS parking, r.gate_id, g.name AS gate, r.received_at, clock_timestamp() - r.received_at AS waiting,
		r.plate_text, r.confidence, r.reason, r.details -> 'contenders' AS contenders, r.details, r.candidates, r.camera, r.read_at
	FROM smart_parking.plate_read AS r
	JOIN smart_parking.gate AS g ON g.id = r.gate_id
	JOIN smart_parking.parking AS l ON l.id = g.parking_id
	LEFT JOIN smart_parking.passage AS p ON p.id = r.passage_id
	WHERE r.decision = 'manual'
	AND coalesce(p.decision, 'manual') = 'manual'
	-- one row a passage: the read that its verdict came last with
	AND NOT EXISTS (SELECT FROM smart_parking.plate_read AS n WHERE n.passage_id = r.passage_id AND n.decision = 'manual' AND (n.received_at, n.id) > (r.received_at, r.id))
	AND NOT EXISTS (SELECT FROM smart_parking.plate_read AS c WHERE c.corrects = r.id)
	AND NOT EXISTS (SELECT FROM smart_parking.plate_read AS o JOIN smart_parking.plate_read AS c ON c.corrects = o.id WHERE o.passage_id = r.passage_id)
	AND NOT EXISTS (SELECT FROM smart_parking.barrier_command AS c WHERE c.passage_id = r.passage_id)
	-- an attendant who opens need not say for which read, nor be as quick as passage_window
	AND NOT EXISTS (SELECT FROM smart_parking.barrier_command AS c WHERE c.gate_id = r.gate_id AND c.reason IS NOT NULL
		AND c.issued_at BETWEEN r.received_at AND r.received_at + interval '10 minutes')
	ORDER BY r.received_at DESC, r.id DESC;
COMMENT ON VIEW smart_parking.reads_for_attention IS
'Reads that a person has to decide on, newest first: manual, and nothing has come of their passage since: no other verdict, no correction, and nobody opened this gate by hand within 10 minutes. '
'One row a passage, however many reads it had. Older ones than the attendant cares for are left out by received_at, for which there is an index.';
COMMENT ON COLUMN smart_parking.reads_for_attention.contenders IS 'The bookings that the read may mean, nearest first; NULL: there is none.';

CREATE OR REPLACE VIEW smart_parking.open_commands AS
	SELECT c.id AS command_id, g.parking_id, l.name AS parking, c.gate_id, g.name AS gate, coalesce(p.car_plate, r.car_plate)::text AS car_plate,
		c.state, c.issued_at, c.expires_at, c.expires_at <= clock_timestamp() OR c.issued_at > clock_timestamp() + interval '1 second' AS overdue, coalesce(p.booking_id, r.booking_id) AS booking_id, c.reason, c.actor
	FROM smart_parking.barrier_command AS c
	JOIN smart_parking.gate AS g ON g.id = c.gate_id
	JOIN smart_parking.parking AS l ON l.id = g.parking_id
	LEFT JOIN smart_parking.plate_read AS r ON r.id = c.plate_read_id
	LEFT JOIN smart_parking.passage AS p ON p.id = coalesce(c.passage_id, r.passage_id)
	WHERE c.ended_at IS NULL AND (c.awaits_passage OR (c.expires_at > clock_timestamp() AND c.issued_at <= clock_timestamp() + interval '1 second'));
COMMENT ON VIEW smart_parking.open_commands IS
'Orders to barriers that are under way. At a gate that does not sense passage an order is over when its life is. '
'overdue: the life is over and expire_commands() has not come by yet. car_plate: as read; booking_id tells whose booking it is.';

CREATE OR REPLACE FUNCTION smart_parking.passages(day date, parking_id uuid)
RETURNS TABLE (started_at timestamptz, local_time timestamp, gate text, direction text, car_plate text, matched_plate text, decision text, reason text, matched_by text,
	spot_label text, reads integer, command_state text, booking_id uuid, passage_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	zone text;
BEGIN
	PERFORM smart_parking_internal.require_argument('day', day IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('parking_id', passages.parking_id IS NOT NULL);
	SELECT l.time_zone INTO zone FROM smart_parking.parking AS l WHERE l.id = passages.parking_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no lot %', passages.parking_id USING ERRCODE = 'SP001', HINT = 'Lots stand in smart_parking.parking.';
	END IF;
	RETURN QUERY
		SELECT p.started_at, p.started_at AT TIME ZONE zone, g.name, g.direction, p.car_plate::text, b.car_plate::text, p.decision, p.reason, p.matched_by,
			s.label, p.reads, c.state, p.booking_id, p.id
		FROM smart_parking.passage AS p
		JOIN smart_parking.gate AS g ON g.id = p.gate_id
		LEFT JOIN smart_parking.booking AS b ON b.id = p.booking_id
		LEFT JOIN smart_parking.spot AS s ON s.parking_id = b.parking_id AND s.spot_no = b.spot_no
		LEFT JOIN LATERAL (
			SELECT o.state FROM smart_parking.barrier_command AS o WHERE o.passage_id = p.id ORDER BY o.issued_at DESC LIMIT 1
		) AS c ON true
		WHERE g.parking_id = passages.parking_id
		-- the index is by the last read, which is not before the first
		AND p.last_read_at >= day::timestamp AT TIME ZONE zone
		AND p.started_at >= day::timestamp AT TIME ZONE zone AND p.started_at < (day + 1)::timestamp AT TIME ZONE zone
		ORDER BY p.started_at, p.id;
END $$;
COMMENT ON FUNCTION smart_parking.passages(date, uuid) IS
'The passages of a day at the gates of a lot, in their order. Arguments: day, in the lot''s time zone; parking_id. '
'Result: a row for each car that came to a gate: when it was read first, there and on the lot''s clock; car_plate as read, matched_plate as booked; the verdict that stands; '
'command_state: how the last order to the barrier for it stands. Errors: SP001 unknown lot, SP016 NULL.';

CREATE OR REPLACE VIEW smart_parking.camera_quality AS
	WITH recent AS (
		SELECT r.gate_id, r.camera, r.received_at > statement_timestamp() - interval '24 hours' AS within_day, r.received_at,
			r.car_plate IS NULL AS unreadable, coalesce(r.matched_by IN ('candidate', 'distance'), false) AS likened,
			EXISTS (SELECT FROM smart_parking.plate_read AS c WHERE c.corrects = r.id) AS misread
		FROM smart_parking.gate AS g
		JOIN smart_parking.plate_read AS r ON r.gate_id = g.id AND r.received_at > statement_timestamp() - interval '7 days'
		-- what an attendant typed is no work of the camera
		WHERE r.corrects IS NULL
	), counted AS (
		SELECT gate_id, camera, max(received_at) AS last_read,
			count(*) FILTER (WHERE within_day) AS reads_24h,
			(count(*) FILTER (WHERE within_day AND unreadable))::numeric / nullif(count(*) FILTER (WHERE within_day), 0) AS unreadable_24h,
			(count(*) FILTER (WHERE within_day AND likened))::numeric / nullif(count(*) FILTER (WHERE within_day), 0) AS likened_24h,
			(count(*) FILTER (WHERE within_day AND misread))::numeric / nullif(count(*) FILTER (WHERE within_day), 0) AS misread_24h,
			count(*) AS reads_7d,
			(count(*) FILTER (WHERE unreadable))::numeric / count(*) AS unreadable_7d,
			(count(*) FILTER (WHERE likened))::numeric / count(*) AS likened_7d,
			(count(*) FILTER (WHERE misread))::numeric / count(*) AS misread_7d
		FROM recent GROUP BY gate_id, camera
	)
	SELECT g.parking_id, l.name AS parking, g.id AS gate_id, g.name AS gate, c.camera,
		coalesce(c.reads_24h, 0) AS reads_24h, round(c.unreadable_24h, 4) AS unreadable_24h, round(c.likened_24h, 4) AS likened_24h, round(c.misread_24h, 4) AS misread_24h,
		coalesce(c.reads_7d, 0) AS reads_7d, round(c.unreadable_7d, 4) AS unreadable_7d, round(c.likened_7d, 4) AS likened_7d, round(c.misread_7d, 4) AS misread_7d,
		-- heartbeats are the gate's: with several cameras nobody knows whose
		CASE WHEN count(*) OVER (PARTITION BY g.id) = 1 THEN greatest(c.last_read, g.camera_seen_at) ELSE c.last_read END AS silent_since
	FROM smart_parking.gate AS g
	JOIN smart_parking.parking AS l ON l.id = g.parking_id
	LEFT JOIN counted AS c ON c.gate_id = g.id;
COMMENT ON VIEW smart_parking.camera_quality IS
'How well each camera reads, a row for each camera of a gate, or one for a gate without reads in the last 7 days. Shares are 0 to 1 of the camera''s reads, NULL without reads: '
'unreadable, without a plate; likened, whose booking was found by another reading or a likeness instead of the plate as read; misread, corrected by an attendant. '
'Messages are counted, so a camera that sends many of one car weighs each.';
COMMENT ON COLUMN smart_parking.camera_quality.silent_since IS
'The last sign of life: a read, or any message that came by record_read(). NULL: none ever, or, without a heartbeat, none in 7 days.';
