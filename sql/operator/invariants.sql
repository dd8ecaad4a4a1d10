-- The promises, recomputed from spots and bookings.
--
-- One statement, hence one snapshot, which the functions below share as they are STABLE: it may run while drivers come and go. It compares no instants of
-- different calls beyond what their order guarantees: who moves a booking on reads the clock when it holds the booking's row, but a clock may be set back.

CREATE OR REPLACE FUNCTION smart_parking_internal.active_bookings()
RETURNS TABLE (id uuid, parking_id uuid, spot_no integer, car_plate text)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT b.id, b.parking_id, b.spot_no, b.car_plate::text AS car_plate
	FROM ONLY smart_parking.booking AS b
	WHERE b.status IN ('pending', 'confirmed')
$$;
COMMENT ON FUNCTION smart_parking_internal.active_bookings() IS 'The bookings that have a spot.';

CREATE OR REPLACE FUNCTION smart_parking_internal.spots_and_bookings()
RETURNS TABLE (parking_id uuid, spot_no integer, kind text, slice_no integer, in_service boolean, retired boolean, bookings bigint,
	first_spot_no integer, counted boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT s.parking_id, s.spot_no, s.kind, s.slice_no, s.in_service, s.retired, a.bookings, c.first_spot_no,
		c.slice_no IS NOT NULL AND s.spot_no BETWEEN c.first_spot_no AND c.first_spot_no + c.spots - 1 AS counted
	FROM ONLY smart_parking.spot AS s
	LEFT JOIN ONLY smart_parking.counter_slice AS c USING (parking_id, kind, slice_no)
	LEFT JOIN (SELECT a.parking_id, a.spot_no, count(*) AS bookings FROM smart_parking_internal.active_bookings() AS a GROUP BY 1, 2) AS a
		USING (parking_id, spot_no)
$$;
COMMENT ON FUNCTION smart_parking_internal.spots_and_bookings() IS
'Each spot with the number of its active bookings, the first spot of its slice, and whether it lies within that slice.';

CREATE OR REPLACE FUNCTION smart_parking_internal.broken_counters() RETURNS TABLE (invariant text, parking_id uuid, booking_id uuid, detail text)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	WITH spot_now AS MATERIALIZED (SELECT * FROM smart_parking_internal.spots_and_bookings()),
	-- what each slice should be
	slice_from_spots AS (
		SELECT s.parking_id, s.kind, s.slice_no, count(*) AS spots,
			coalesce(bit_or(b.bit) FILTER (WHERE s.in_service), 0) AS service_map,
			coalesce(bit_or(b.bit) FILTER (WHERE s.in_service AND s.bookings IS NULL), 0) AS free_map
		FROM spot_now AS s
		CROSS JOIN LATERAL (SELECT 1::bigint << (s.spot_no - s.first_spot_no) AS bit) AS b
		WHERE s.counted
		GROUP BY s.parking_id, s.kind, s.slice_no
	),
	slice AS (
		SELECT c.*, coalesce(t.spots, 0) AS true_spots,
			coalesce(t.service_map, 0) AS true_service_map, coalesce(t.free_map, 0) AS true_free_map,
			format('slice %s %s: ', c.kind, c.slice_no) AS label
		FROM ONLY smart_parking.counter_slice AS c
		LEFT JOIN slice_from_spots AS t USING (parking_id, kind, slice_no)
	)

	SELECT 'counter_in_step', s.parking_id, NULL::uuid,
		s.label || format('free_spots is %s, free_map has %s', s.free_spots, smart_parking_internal.spots_in_map(s.free_map))
	FROM slice AS s WHERE s.free_spots <> smart_parking_internal.spots_in_map(s.free_map)
	UNION ALL
	SELECT 'service_map_in_step', s.parking_id, NULL,
		s.label || format('service_map is %s, its spots say %s', s.service_map::bit(64), s.true_service_map::bit(64))
	FROM slice AS s WHERE s.service_map <> s.true_service_map
	UNION ALL
	SELECT 'free_map_in_step', s.parking_id, NULL,
		s.label || format('free_map is %s, spots and bookings say %s', s.free_map::bit(64), s.true_free_map::bit(64))
	FROM slice AS s WHERE s.free_map <> s.true_free_map
	UNION ALL
	SELECT 'slice_has_its_spots', s.parking_id, NULL, s.label || format('it is for %s spots, %s are there', s.spots, s.true_spots)
	FROM slice AS s WHERE s.spots <> s.true_spots
	UNION ALL
	SELECT 'spot_counted_once', n.parking_id, NULL, format('spot %s is not within slice %s %s', n.spot_no, n.kind, n.slice_no)
	FROM spot_now AS n WHERE NOT n.counted
$$;
COMMENT ON FUNCTION smart_parking_internal.broken_counters() IS 'Promise 1, never oversold: counter slices that are not what spots and bookings say.';

CREATE OR REPLACE FUNCTION smart_parking_internal.broken_balances() RETURNS TABLE (invariant text, parking_id uuid, booking_id uuid, detail text)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	WITH spot_now AS MATERIALIZED (SELECT * FROM smart_parking_internal.spots_and_bookings()),
	lot AS (
		SELECT p.id, p.total_capacity,
			(SELECT coalesce(sum(c.free_spots), 0) FROM ONLY smart_parking.counter_slice AS c WHERE c.parking_id = p.id) AS free_spots,
			coalesce(s.present, 0) AS present, coalesce(s.in_service, 0) AS in_service,
			coalesce(s.bookings, 0) AS bookings, coalesce(s.bookings_out, 0) AS bookings_out
		FROM ONLY smart_parking.parking AS p
		LEFT JOIN (
			SELECT n.parking_id,
				count(*) FILTER (WHERE NOT n.retired) AS present,
				count(*) FILTER (WHERE n.in_service) AS in_service,
				sum(n.bookings) AS bookings,
				sum(n.bookings) FILTER (WHERE NOT n.in_service) AS bookings_out
			FROM spot_now AS n GROUP BY n.parking_id
		) AS s ON s.parking_id = p.id
	)

	SELECT 'capacity_in_step', l.id, NULL::uuid, format('total_capacity is %s, %s spots are not retired', l.total_capacity, l.present)
	FROM lot AS l WHERE l.total_capacity <> l.present
	UNION ALL
	SELECT 'lot_in_balance', l.id, NULL,
		format('%s free + %s booked <> %s in service + %s booked out of service', l.free_spots, l.bookings, l.in_service, l.bookings_out)
	FROM lot AS l WHERE l.free_spots + l.bookings <> l.in_service + l.bookings_out
$$;
COMMENT ON FUNCTION smart_parking_internal.broken_balances() IS 'Promise 3, in step: lots whose capacity, free spots and bookings do not balance.';

CREATE OR REPLACE FUNCTION smart_parking_internal.broken_bookings() RETURNS TABLE (invariant text, parking_id uuid, booking_id uuid, detail text)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	SELECT 'one_booking_per_spot', a.parking_id, max(a.id::text)::uuid, format('spot %s has %s active bookings', a.spot_no, count(*))
	FROM smart_parking_internal.active_bookings() AS a GROUP BY a.parking_id, a.spot_no HAVING count(*) > 1
	UNION ALL
	SELECT 'one_booking_per_plate', a.parking_id, max(a.id::text)::uuid, format('%s has %s active bookings', a.car_plate, count(*))
	FROM smart_parking_internal.active_bookings() AS a GROUP BY a.parking_id, a.car_plate HAVING count(*) > 1
	UNION ALL
	SELECT o.invariant, o.parking_id, o.booking_id, o.detail FROM smart_parking_internal.orphans() AS o
	UNION ALL
	SELECT 'status_fits_instants', b.parking_id, b.id,
		format('%s: confirmed %s, ended %s', b.status, coalesce(b.confirmed_at::text, 'never'), coalesce(b.ended_at::text, 'never'))
	FROM ONLY smart_parking.booking AS b
	WHERE (b.confirmed_at IS NULL) <> (b.status NOT IN ('confirmed', 'completed'))
	OR (b.ended_at IS NULL) <> (b.status IN ('pending', 'confirmed'))
	UNION ALL
	SELECT 'hold_has_a_life', b.parking_id, b.id, format('created %s, expires %s', b.created_at, b.expires_at)
	FROM ONLY smart_parking.booking AS b WHERE b.expires_at <= b.created_at
	UNION ALL
	SELECT 'transition_once', NULL, e.booking_id, format('%s events say %s', count(*), e.event)
	FROM ONLY smart_parking.booking_event AS e
	WHERE e.event IN ('completed', 'cancelled', 'expired')
	GROUP BY e.booking_id, e.event HAVING count(*) > 1

	UNION ALL
	SELECT 'transition_once', b.parking_id, b.id, format('%s with %s entries on record and %s corrections', b.status, e.entries, e.corrections)
	FROM (
		SELECT e.booking_id, count(*) FILTER (WHERE e.event = 'confirmed') AS entries, count(*) FILTER (WHERE e.event = 'entry_corrected') AS corrections
		FROM ONLY smart_parking.booking_event AS e WHERE e.event IN ('confirmed', 'entry_corrected') GROUP BY e.booking_id) AS e
	JOIN ONLY smart_parking.booking AS b ON b.id = e.booking_id
	WHERE e.entries <> e.corrections + (b.status IN ('confirmed', 'completed'))::integer

	UNION ALL
	SELECT 'passed_car_has_moved', b.parking_id, b.id, format('command %s passed (%s), the booking is %s', c.id, p.movement, b.status)
	FROM ONLY smart_parking.barrier_command AS c
	JOIN ONLY smart_parking.passage AS p ON p.id = c.passage_id
	JOIN ONLY smart_parking.booking AS b ON b.id = p.booking_id
	WHERE c.state = 'passed' AND b.status = CASE p.movement WHEN 'in' THEN 'pending' WHEN 'out' THEN 'confirmed' END::smart_parking.booking_status
$$;
COMMENT ON FUNCTION smart_parking_internal.broken_bookings() IS 'Promises 2 and 4, one spot one driver, a transition happens once: bookings, and what refers to them, that cannot be.';

CREATE OR REPLACE FUNCTION smart_parking_internal.broken_history() RETURNS TABLE (invariant text, parking_id uuid, booking_id uuid, detail text)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	-- the event that each transition leaves
	WITH transition AS (
		SELECT b.id, b.parking_id, 'confirmed' AS event FROM ONLY smart_parking.booking AS b
		WHERE b.status IN ('confirmed', 'completed')
		UNION ALL
		SELECT b.id, b.parking_id, b.status::text FROM ONLY smart_parking.booking AS b
		WHERE b.status IN ('completed', 'cancelled', 'expired')
	)

	SELECT 'transition_on_record', t.parking_id, t.id, format('no event says %s', t.event)
	FROM transition AS t
	WHERE NOT EXISTS (SELECT FROM ONLY smart_parking.booking_event AS e WHERE e.booking_id = t.id AND e.event = t.event)
	UNION ALL
	SELECT 'event_has_a_booking', NULL, e.booking_id, format('%s at %s', e.event, e.happened_at)
	FROM ONLY smart_parking.booking_event AS e
	WHERE NOT EXISTS (SELECT FROM ONLY smart_parking.booking AS b WHERE b.id = e.booking_id)
	UNION ALL
	SELECT 'barrier_opened_on_a_verdict', g.parking_id, r.booking_id,
		format('command %s, its read says %s', c.id, coalesce(r.decision, 'nothing: there is none'))
	FROM ONLY smart_parking.barrier_command AS c
	LEFT JOIN ONLY smart_parking.gate AS g ON g.id = c.gate_id
	LEFT JOIN ONLY smart_parking.plate_read AS r ON r.id = c.plate_read_id
	WHERE r.decision IS DISTINCT FROM 'open' AND NOT (c.plate_read_id IS NULL AND c.reason IS NOT NULL)
$$;
COMMENT ON FUNCTION smart_parking_internal.broken_history() IS 'Promise 7, history stays: transitions without their event, and what stands alone on record.';

CREATE OR REPLACE FUNCTION smart_parking.check_invariants()
RETURNS TABLE (invariant text, parking_id uuid, booking_id uuid, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
-- it reads everything, so hash joins are right; others only seem cheap where statistics are old
SET enable_nestloop = off SET enable_mergejoin = off AS $$
	SELECT * FROM smart_parking_internal.broken_counters()
	UNION ALL
	SELECT * FROM smart_parking_internal.broken_balances()
	UNION ALL
	SELECT * FROM smart_parking_internal.broken_bookings()
	UNION ALL
	SELECT * FROM smart_parking_internal.broken_history()
$$;
COMMENT ON FUNCTION smart_parking.check_invariants() IS
'Recomputes counters, maps and balances from spots and bookings, and looks through the history. '
'Result: a row for each violation; none is the healthy answer. invariant is one of counter_in_step, service_map_in_step, '
'free_map_in_step, slice_has_its_spots, spot_counted_once, capacity_in_step, one_booking_per_spot, one_booking_per_plate, '
'booking_has_a_spot, refers_to_what_is_there, lot_in_balance, status_fits_instants, hold_has_a_life, transition_once, transition_on_record, event_has_a_booking, '
'passed_car_has_moved, barrier_opened_on_a_verdict; parking_id and booking_id where they apply; detail for a person to read. '
'Reads every table a few times, so it takes seconds per million bookings; locks nothing.';
