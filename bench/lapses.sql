-- Holds of a second, one after the other for some eight seconds, while a sweeper is at work; how late each was released.
-- Prints: number released, and 50, 95, 100 % of their delays in ms.

DO $$
BEGIN
	FOR i IN 1..150 LOOP
		PERFORM smart_parking.reserve_spot(l.id, gen_random_uuid(), 'LAPSE' || i, '1 second') FROM bench.lot l WHERE l.load = 'short';
		COMMIT;
		PERFORM pg_sleep(0.05);
	END LOOP;
	-- the last one, and whatever is late
	FOR i IN 1..100 LOOP
		EXIT WHEN NOT EXISTS (SELECT FROM smart_parking.booking b JOIN bench.lot l ON l.id = b.parking_id WHERE l.load = 'short' AND b.ended_at IS NULL);
		COMMIT;
		PERFORM pg_sleep(0.1);
	END LOOP;
END $$;

SELECT count(b.ended_at), round(extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY b.ended_at - b.expires_at)) * 1000),
	round(extract(epoch FROM percentile_disc(0.95) WITHIN GROUP (ORDER BY b.ended_at - b.expires_at)) * 1000),
	round(extract(epoch FROM max(b.ended_at - b.expires_at)) * 1000)
FROM smart_parking.booking b JOIN bench.lot l ON l.id = b.parking_id WHERE l.load = 'short';
