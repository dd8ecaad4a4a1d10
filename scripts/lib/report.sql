-- What scripts/report draws, by :day and :lot: rows whose first column is their kind. Instants are hours since the day
-- began at the lot; a day on which clocks are changed has 23 or 25 of them.
--
-- lot: name, spots, hours of the day, holds of the day without a driver, holds of the day, most spots taken
-- occupancy: hour, cars inside, valid holds, every 5 minutes until now
-- hour: hour, holds that lapsed without a driver in it, holds that were cancelled
-- tic: hour, the clock at the lot
CREATE TEMPORARY TABLE report_lot AS
SELECT p.id, p.name, p.total_capacity, p.time_zone, d.starts, d.ends, extract(epoch FROM d.ends - d.starts) / 3600 AS hours
FROM smart_parking.parking AS p
CROSS JOIN LATERAL (
	SELECT :'day'::date::timestamp AT TIME ZONE p.time_zone AS starts, (:'day'::date + 1)::timestamp AT TIME ZONE p.time_zone AS ends
) AS d
WHERE p.id::text = lower(:'lot') OR p.name = :'lot';

-- a hold is valid until its car comes, it is cancelled, or its time is over
CREATE TEMPORARY TABLE report_booking AS
SELECT b.id, b.created_at, b.confirmed_at, b.ended_at, b.status, l.starts, l.ends,
	CASE WHEN b.status = 'expired' OR b.confirmed_at IS NULL THEN least(b.expires_at, b.ended_at) ELSE b.confirmed_at END AS hold_ended_at,
	b.confirmed_at IS NULL AND (b.status = 'expired' OR b.status = 'pending' AND b.expires_at <= now()) AS no_show
FROM report_lot AS l
JOIN smart_parking.booking AS b ON b.parking_id = l.id AND b.created_at < l.ends AND (b.ended_at IS NULL OR b.ended_at > l.starts);

CREATE TEMPORARY TABLE report_occupancy AS
WITH change AS (
	SELECT created_at AS at, 0 AS cars, 1 AS holds FROM report_booking
	UNION ALL SELECT hold_ended_at, 0, -1 FROM report_booking
	UNION ALL SELECT confirmed_at, 1, 0 FROM report_booking WHERE confirmed_at IS NOT NULL
	UNION ALL SELECT ended_at, -1, 0 FROM report_booking WHERE confirmed_at IS NOT NULL AND ended_at IS NOT NULL
), counted AS (
	SELECT at, grid, sum(cars) OVER until_then AS cars, sum(holds) OVER until_then AS holds
	FROM (SELECT at, cars, holds, false AS grid FROM change
		UNION ALL SELECT g.at, 0, 0, true FROM report_lot AS l, generate_series(l.starts, least(l.ends, now()), interval '5 minutes') AS g (at)) AS all_of_them
	WINDOW until_then AS (ORDER BY at)
)
SELECT extract(epoch FROM c.at - l.starts) / 3600 AS hour, c.cars, c.holds, c.grid
FROM counted AS c, report_lot AS l WHERE c.at >= l.starts AND c.at <= l.ends;

SELECT 'lot', regexp_replace(l.name, '[[:cntrl:]]+', ' ', 'g'), l.total_capacity, round(l.hours), count(b.id) FILTER (WHERE b.no_show AND b.hold_ended_at >= l.starts AND b.hold_ended_at < l.ends),
	count(b.id) FILTER (WHERE b.created_at >= l.starts), (SELECT coalesce(max(cars + holds), 0) FROM report_occupancy)
FROM report_lot AS l LEFT JOIN report_booking AS b ON true GROUP BY l.id, l.name, l.total_capacity, l.hours;

SELECT 'occupancy', round(hour, 3), cars, holds FROM report_occupancy WHERE grid ORDER BY hour;

SELECT 'hour', h, count(b.id) FILTER (WHERE b.no_show), count(b.id) FILTER (WHERE b.status = 'cancelled')
FROM report_lot AS l
CROSS JOIN generate_series(0, round(l.hours)::integer - 1) AS h
LEFT JOIN report_booking AS b ON b.hold_ended_at >= l.starts + h * interval '1 hour' AND b.hold_ended_at < l.starts + (h + 1) * interval '1 hour'
GROUP BY h ORDER BY h;

SELECT 'tic', h, to_char((l.starts + h * interval '1 hour') AT TIME ZONE l.time_zone, 'HH24:MI')
FROM report_lot AS l CROSS JOIN generate_series(0, round(l.hours)::integer, 3) AS h ORDER BY h;
