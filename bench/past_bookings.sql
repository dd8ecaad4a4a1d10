-- psql -v past=N: so many bookings of the year before, on the spots of the hot lot; each car came up to 20 times.
SET session_replication_role = replica;
INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at, confirmed_at, ended_at)
SELECT smart_parking_internal.new_region_id(l.id), gen_random_uuid(), l.id, 1 + i % l.capacity,
	(CASE WHEN i % 10 < 7 THEN 'completed' WHEN i % 10 < 9 THEN 'expired' ELSE 'cancelled' END)::smart_parking.booking_status,
	('PAST' || i / 20)::smart_parking.license_plate, t, t + interval '15 minutes',
	CASE WHEN i % 10 < 7 THEN t + interval '10 minutes' END,
	t + CASE WHEN i % 10 < 7 THEN interval '3 hours' WHEN i % 10 < 9 THEN interval '15 minutes' ELSE interval '5 minutes' END
FROM bench.lot l, generate_series(1, :past) i
CROSS JOIN LATERAL (SELECT now() - interval '1 day' - interval '1 year' * (1 - i / :past::float8) AS t) AS ended
WHERE l.load = 'hot';
VACUUM ANALYZE smart_parking.booking;
