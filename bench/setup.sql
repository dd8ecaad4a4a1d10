-- What scripts/bench measures beside the extension, and what it measures on.

CREATE SCHEMA bench;

-- The lots of the round, by what they are for.
CREATE TABLE bench.lot (purpose text, n integer, id uuid NOT NULL, PRIMARY KEY (purpose, n));

-- Lots of all rounds whose bookings other contenders write, past our counter.
CREATE TABLE bench.foreign_lot (id uuid PRIMARY KEY);

CREATE SEQUENCE bench.spot CACHE 100;

-- The usual way: one counter row a lot, a conditional UPDATE and an INSERT
-- into the same booking table, in one function.
CREATE TABLE bench.counter (parking_id uuid PRIMARY KEY, free_spots integer NOT NULL CHECK (free_spots >= 0))
	WITH (fillfactor = 20);

CREATE FUNCTION bench.one_counter(parking_id uuid, user_id uuid, car_plate text) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
	spot	integer;
	booking	uuid;
BEGIN
	UPDATE bench.counter c SET free_spots = c.free_spots - 1
	WHERE c.parking_id = one_counter.parking_id AND c.free_spots > 0
	RETURNING c.free_spots + 1 INTO spot;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at)
	VALUES (smart_parking.new_region_id(parking_id), user_id, parking_id, spot, 'pending',
		car_plate::smart_parking.license_plate, clock_timestamp(), clock_timestamp() + interval '15 minutes')
	RETURNING id INTO booking;
	RETURN booking;
END
$$;

-- Fresh lots for one round; the bookings of earlier rounds stay.
CREATE PROCEDURE bench.new_round() LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM bench.lot;
	INSERT INTO bench.lot SELECT purpose, 1, smart_parking.add_parking(purpose, 51.05, 13.74, capacity)
	FROM (VALUES ('hot', 100000), ('looked_up', 100000), ('counter', 100000), ('bare', 100000), ('full', 500)) l (purpose, capacity);
	INSERT INTO bench.lot SELECT 'many', n, smart_parking.add_parking('many', 51.05 + n * 0.001, 13.74, 100)
	FROM generate_series(1, 1000) n;
	INSERT INTO bench.foreign_lot SELECT id FROM bench.lot WHERE purpose IN ('counter', 'bare');
	INSERT INTO bench.counter SELECT id, 100000 FROM bench.lot WHERE purpose = 'counter';
	PERFORM smart_parking.reserve_spot(l.id, gen_random_uuid(), 'FULL' || s)
	FROM bench.lot l, generate_series(1, 500) s WHERE l.purpose = 'full';
	ALTER SEQUENCE bench.spot RESTART;
END
$$;
