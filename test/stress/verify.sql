-- Compares the ledger with the tables: psql -v ledger=FILE -f verify.sql
-- Prints what was found, one line a finding; the first column is ok or FAILED.
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;

CREATE TEMP TABLE ledger (
	fate text, action text, outcome text, booking_id uuid, parking_id uuid, spot_no integer, plate text, expires_at float8,
	started float8, acked float8, sqlstate text, isolation text, client integer);
\set copy '\\copy ledger FROM ' :'ledger' ' (FORMAT csv)'
:copy
CREATE INDEX ON ledger (booking_id);
CREATE INDEX ON ledger (plate, parking_id) WHERE fate = 'unknown';
ANALYZE ledger;

CREATE TEMP TABLE finding (what text, bad bigint, said text);

-- Reservations and late arrivals: what was told is what there is.
INSERT INTO finding
SELECT 'acknowledged reservations are in the table', count(*) FILTER (WHERE b.id IS NULL),
	format('%s acknowledged', count(*))
FROM ledger l LEFT JOIN smart_parking.booking b ON b.id = l.booking_id
WHERE l.fate = 'committed' AND l.outcome IN ('reserved', 'already_reserved', 'accepted', 'reacquired_same_spot', 'reacquired_other_spot');

INSERT INTO finding
SELECT 'with the lot, the spot and the plate that the driver was told',
	count(*) FILTER (WHERE (b.parking_id, b.spot_no, b.car_plate::text) IS DISTINCT FROM (l.parking_id, l.spot_no, l.plate)), NULL
FROM ledger l JOIN smart_parking.booking b ON b.id = l.booking_id
WHERE l.fate = 'committed' AND l.action IN ('reserve', 'accept', 'enter', 'exit') AND l.spot_no IS NOT NULL;

INSERT INTO finding
SELECT 'rolled-back reservations are not', count(b.id), format('%s rolled back', count(*))
FROM (SELECT booking_id FROM ledger WHERE outcome = 'reserved' AND booking_id IS NOT NULL
	GROUP BY booking_id HAVING bool_and(fate = 'aborted')) l
LEFT JOIN smart_parking.booking b ON b.id = l.booking_id;

INSERT INTO finding
SELECT 'no booking came out of nothing', count(*), format('%s bookings', (SELECT count(*) FROM smart_parking.booking))
FROM smart_parking.booking b
WHERE NOT EXISTS (SELECT FROM ledger l WHERE l.booking_id = b.id AND l.fate <> 'aborted')
AND NOT EXISTS (SELECT FROM ledger l WHERE l.fate = 'unknown' AND l.parking_id = b.parking_id AND l.plate = b.car_plate::text)
-- offered: by whoever made offers
AND NOT EXISTS (SELECT FROM smart_parking.queue_entry q WHERE q.booking_id = b.id);

-- Transitions, both ways.
INSERT INTO finding
SELECT format('acknowledged: %s', said), count(*) FILTER (WHERE NOT coalesce(holds, false)), format('%s acknowledged', count(*))
FROM (
	SELECT CASE WHEN l.outcome IN ('entered', 'reacquired_same_spot', 'reacquired_other_spot') THEN 'the car is inside, or was'
			WHEN l.outcome = 'exited' THEN 'completed' WHEN l.outcome = 't' THEN 'expired'
			WHEN l.action = 'extend' THEN 'extended' ELSE l.outcome END AS said,
		CASE WHEN l.outcome IN ('entered', 'reacquired_same_spot', 'reacquired_other_spot') THEN b.confirmed_at IS NOT NULL
			WHEN l.outcome = 'exited' THEN b.status = 'completed' WHEN l.outcome = 't' THEN b.status = 'expired'
			WHEN l.action = 'extend' THEN extract(epoch FROM b.expires_at) > l.expires_at - 0.00001
			ELSE b.status::text = l.outcome END AS holds
	FROM ledger l LEFT JOIN smart_parking.booking b ON b.id = l.booking_id
	WHERE l.fate = 'committed' AND (l.action IN ('cancel', 'extend') OR (l.action, l.outcome) = ('expire', 't')
		OR l.outcome IN ('entered', 'reacquired_same_spot', 'reacquired_other_spot', 'exited'))) t
GROUP BY said;

INSERT INTO finding
SELECT 'each booking inside, completed or cancelled was told so', count(*), NULL
FROM smart_parking.booking b
WHERE (b.status = 'cancelled' AND NOT EXISTS (SELECT FROM ledger l WHERE l.booking_id = b.id AND l.action = 'cancel' AND l.fate <> 'aborted')
	OR b.status = 'completed' AND NOT EXISTS (SELECT FROM ledger l WHERE l.booking_id = b.id AND l.action = 'exit' AND l.fate <> 'aborted')
	OR b.confirmed_at IS NOT NULL AND NOT EXISTS (SELECT FROM ledger l WHERE l.booking_id = b.id AND l.action = 'enter' AND l.fate <> 'aborted'))
AND NOT EXISTS (SELECT FROM ledger l WHERE l.fate = 'unknown' AND l.parking_id = b.parking_id AND l.plate = b.car_plate::text);

INSERT INTO finding
SELECT 'each booking ended at most once', count(*), NULL
FROM (SELECT FROM smart_parking.booking_event WHERE event IN ('completed', 'cancelled', 'expired') GROUP BY booking_id HAVING count(*) > 1) twice;

INSERT INTO finding
SELECT 'each ended booking has the event', count(*), format('%s ended', (SELECT count(*) FROM smart_parking.booking WHERE ended_at IS NOT NULL))
FROM smart_parking.booking b
WHERE b.ended_at IS NOT NULL AND NOT EXISTS (SELECT FROM smart_parking.booking_event e WHERE e.booking_id = b.id AND e.event = b.status::text);

-- One spot, one driver.  A driver surely has the spot from the instant at
-- which he was told until the call that ended it began, and without one until
-- the hold was to lapse.
CREATE TEMP TABLE had AS
SELECT b.id, b.parking_id, b.spot_no, min(l.acked) AS since,
	least(coalesce((SELECT min(e.started) FROM ledger e WHERE e.booking_id = b.id AND e.action IN ('cancel', 'exit', 'expire')
			AND e.fate <> 'aborted' AND e.outcome IS DISTINCT FROM 'f'), 'infinity'),
		CASE WHEN b.confirmed_at IS NULL THEN extract(epoch FROM b.expires_at) ELSE 'infinity' END,
		coalesce((SELECT min(e.started) FROM ledger e WHERE e.fate = 'unknown' AND e.parking_id = b.parking_id
			AND e.plate = b.car_plate::text AND e.started > min(l.acked)), 'infinity')) AS until
FROM smart_parking.booking b
JOIN ledger l ON l.booking_id = b.id AND l.fate = 'committed' AND l.outcome IN ('reserved', 'accepted', 'reacquired_same_spot', 'reacquired_other_spot')
GROUP BY b.id;

INSERT INTO finding
SELECT 'no spot was with two drivers', count(*), format('%s times had', (SELECT count(*) FROM had))
FROM (SELECT since < max(until) OVER (PARTITION BY parking_id, spot_no ORDER BY since, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS at_once
	FROM had WHERE since < until) h
WHERE at_once;

-- Errors.
INSERT INTO finding
SELECT 'no deadlock', count(*), NULL FROM ledger WHERE sqlstate = '40P01';
INSERT INTO finding
SELECT '40001 only under stricter isolation', count(*) FILTER (WHERE isolation = 'READ COMMITTED'),
	format('%s met under it', count(*) FILTER (WHERE isolation <> 'READ COMMITTED'))
FROM ledger WHERE sqlstate = '40001';
INSERT INTO finding
SELECT format('no error %s', sqlstate), count(*), string_agg(DISTINCT action, ' ')
FROM ledger
WHERE sqlstate NOT IN ('40P01', '40001', '57014', '55P03', '57P01', '57P02', '57P03', 'SP023', 'SP004', 'SP012')
GROUP BY sqlstate;

-- The queue.
INSERT INTO finding
SELECT 'each offer is made once, and to its entry''s car', count(*), format('%s offers', (SELECT count(booking_id) FROM smart_parking.queue_entry))
FROM (SELECT booking_id FROM smart_parking.queue_entry GROUP BY booking_id HAVING booking_id IS NOT NULL AND count(*) > 1
	UNION ALL SELECT q.booking_id FROM smart_parking.queue_entry q JOIN smart_parking.booking b ON b.id = q.booking_id
	WHERE (b.car_plate::text, b.user_id, b.parking_id) IS DISTINCT FROM (q.car_plate::text, q.user_id, q.parking_id)) twice;
INSERT INTO finding
SELECT 'offers are made in the order of the queue', count(*), NULL
FROM smart_parking.queue_entry q
WHERE q.offered_at IS NOT NULL AND EXISTS (SELECT FROM smart_parking.queue_entry e WHERE e.parking_id = q.parking_id AND e.kind = q.kind AND e.nth < q.nth
	AND coalesce(e.offered_at, e.ended_at, 'infinity') > q.offered_at);
INSERT INTO finding
SELECT 'acknowledged places in a queue are there', count(*) FILTER (WHERE q.id IS NULL), format('%s acknowledged', count(*))
FROM ledger l LEFT JOIN smart_parking.queue_entry q ON q.parking_id = l.parking_id AND q.car_plate::text = l.plate
WHERE l.action = 'join' AND l.fate = 'committed' AND l.outcome <> 'closed';
INSERT INTO finding
SELECT 'a group has all its bookings', count(*), format('%s groups', (SELECT count(DISTINCT group_id) FROM smart_parking.booking_group))
FROM (SELECT group_id FROM smart_parking.booking_group GROUP BY 1 HAVING min(nth) <> 1 OR max(nth) <> count(*) OR count(*) < 2) g;
INSERT INTO finding
SELECT 'no transaction is left prepared', count(*), NULL FROM pg_prepared_xacts WHERE database = current_database();
INSERT INTO finding
SELECT 'the invariants hold', count(*), string_agg(DISTINCT v.invariant, ' ') FROM smart_parking.check_invariants() AS v;

SELECT format('%-6s  %s%s%s', CASE WHEN bad = 0 THEN 'ok' ELSE 'FAILED' END, what, CASE WHEN bad > 0 THEN format(': %s', bad) END,
	CASE WHEN said <> '' THEN format(' (%s)', said) END)
FROM finding;
