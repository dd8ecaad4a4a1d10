-- Whether a contender kept what it promised.  Every contender is asked the same, from the tables alone.

-- How many spots of each lot the contender's own counter says are taken.
CREATE FUNCTION bench.taken(load text, contender text) RETURNS TABLE (parking_id uuid, spots bigint)
LANGUAGE sql STABLE AS $$
	SELECT l.id, l.capacity - CASE
		WHEN contender = 'smart_parking' THEN (SELECT sum(s.free_spots) FROM smart_parking.counter_slice s WHERE s.parking_id = l.id)
		WHEN contender = 'skip_locked' THEN (SELECT count(*) FROM bench.free_spot f WHERE f.parking_id = l.id AND f.state = 'free')
		ELSE (SELECT c.free_spots FROM bench.counter c WHERE c.parking_id = l.id) END
	FROM bench.lot l WHERE l.load = taken.load
$$;

CREATE FUNCTION bench.booking_faults(load text, contender text, told bigint) RETURNS SETOF text
LANGUAGE sql STABLE AS $$
	WITH active AS MATERIALIZED (
		SELECT b.parking_id, b.spot_no FROM smart_parking.booking b JOIN bench.lot l ON l.id = b.parking_id
		WHERE l.load = booking_faults.load AND b.ended_at IS NULL
	), made AS (
		SELECT a.parking_id, count(*) AS bookings FROM active a GROUP BY 1
	)
	SELECT format('%s bookings in a lot of %s', m.bookings, l.capacity)
	FROM made m JOIN bench.lot l ON l.id = m.parking_id AND l.load = booking_faults.load WHERE m.bookings > l.capacity
	UNION ALL
	SELECT format('spot %s has %s bookings', spot_no, count(*)) FROM active GROUP BY parking_id, spot_no HAVING count(*) > 1
	UNION ALL
	SELECT format('a lot of %s has a booking of spot %s', l.capacity, a.spot_no)
	FROM active a JOIN bench.lot l ON l.id = a.parking_id AND l.load = booking_faults.load WHERE a.spot_no NOT BETWEEN 1 AND l.capacity
	UNION ALL
	-- the bare INSERT counts nothing
	SELECT format('the counter says %s taken, the bookings %s', t.spots, coalesce(m.bookings, 0))
	FROM bench.taken(load, contender) t LEFT JOIN made m USING (parking_id)
	WHERE contender <> 'bare_insert' AND t.spots IS DISTINCT FROM coalesce(m.bookings, 0)
	UNION ALL
	SELECT format('clients were told of %s bookings, there are %s', told, count(*)) FROM active HAVING count(*) <> told
$$;

-- The gate: each answer on record, and each car that came in or left did so once.
CREATE FUNCTION bench.gate_faults(told bigint) RETURNS SETOF text
LANGUAGE sql STABLE AS $$
	SELECT format('clients were told of %s verdicts, %s are on record', told, count(*)) FROM smart_parking.plate_read HAVING count(*) <> told
	UNION ALL
	SELECT format('%s verdicts, %s commands', told, count(*)) FROM smart_parking.barrier_command HAVING count(*) <> told
	UNION ALL
	SELECT format('%s verdicts, %s transitions of bookings', told, count(confirmed_at) + count(ended_at))
	FROM smart_parking.booking HAVING count(confirmed_at) + count(ended_at) <> told
$$;

-- told: how often the client was told that it was done.
CREATE FUNCTION bench.verdict(load text, contender text, told bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	fault text;
BEGIN
	IF contender = 'validate_plate' THEN
		SELECT f INTO fault FROM bench.gate_faults(told) f LIMIT 1;
	ELSIF contender = 'refusal' THEN
		-- each spot of the lot was booked before: nothing came in addition
		SELECT f INTO fault FROM bench.booking_faults(load, 'smart_parking',
			(SELECT sum(l.capacity) FROM bench.lot l WHERE l.load = verdict.load)) f LIMIT 1;
	ELSIF contender <> 'primary_key' THEN
		SELECT f INTO fault FROM bench.booking_faults(load, contender, told) f LIMIT 1;
	END IF;
	RETURN coalesce('DISQUALIFIED: ' || fault, 'ok');
END
$$;

-- The same for one's own: all that the extension promises, recomputed.
CREATE FUNCTION bench.violated_invariants(load text) RETURNS bigint
LANGUAGE sql STABLE AS $$
	SELECT count(*) FROM smart_parking.check_invariants() i
	WHERE i.parking_id IS NULL OR i.parking_id IN (SELECT id FROM bench.lot l WHERE l.load = violated_invariants.load)
$$;

-- Each lapsed hold of hold_many() was released, once, and its spot is free again.
CREATE FUNCTION bench.sweep_verdict() RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN b.expired = s.spots AND b.events = s.spots AND s.free = s.spots THEN 'ok'
		ELSE format('DISQUALIFIED: of %s holds %s are expired, with %s events and %s free spots', s.spots, b.expired, b.events, s.free) END
	FROM (SELECT sum(c.spots) AS spots, sum(c.free_spots) AS free FROM smart_parking.counter_slice c
			JOIN bench.lot l ON l.id = c.parking_id WHERE l.load = 'many') s,
		(SELECT count(*) AS expired, (SELECT count(*) FROM smart_parking.booking_event WHERE event = 'expired') AS events
			FROM smart_parking.booking WHERE status = 'expired') b
$$;
