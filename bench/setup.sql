-- What scripts/bench measures on, and what it measures beside the extension.

CREATE SCHEMA bench;

-- Lots by the load that they are for; the client draws among those of one load.
CREATE TABLE bench.lot (load text, n integer, id uuid NOT NULL, capacity integer NOT NULL, PRIMARY KEY (load, n));

-- The usual way: one counter row a lot.
CREATE TABLE bench.counter (parking_id uuid PRIMARY KEY, free_spots integer NOT NULL CHECK (free_spots >= 0))
	WITH (fillfactor = 20);

-- Another usual way: a row a spot.
CREATE TABLE bench.free_spot (parking_id uuid NOT NULL, spot_no integer NOT NULL, state text NOT NULL)
	WITH (fillfactor = 50);
CREATE UNIQUE INDEX ON bench.free_spot (parking_id, spot_no) WHERE state = 'free';

-- A conditional UPDATE and the INSERT, in one function.
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
	VALUES (smart_parking_internal.new_region_id(parking_id), user_id, parking_id, spot, 'pending',
		car_plate::smart_parking.license_plate, clock_timestamp(), clock_timestamp() + interval '15 minutes')
	RETURNING id INTO booking;
	RETURN booking;
END
$$;

-- Any free spot that nobody is at work on, and the INSERT.
CREATE FUNCTION bench.skip_locked(parking_id uuid, user_id uuid, car_plate text) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
	spot	integer;
	booking	uuid;
BEGIN
	UPDATE bench.free_spot f SET state = 'taken'
	WHERE f.ctid = (
		SELECT g.ctid FROM bench.free_spot g
		WHERE g.parking_id = skip_locked.parking_id AND g.state = 'free'
		LIMIT 1 FOR UPDATE SKIP LOCKED)
	RETURNING f.spot_no INTO spot;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at)
	VALUES (smart_parking_internal.new_region_id(parking_id), user_id, parking_id, spot, 'pending',
		car_plate::smart_parking.license_plate, clock_timestamp(), clock_timestamp() + interval '15 minutes')
	RETURNING id INTO booking;
	RETURN booking;
END
$$;

CREATE PROCEDURE bench.add_lots(load text, lots integer, capacity integer, zipf boolean DEFAULT false) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO bench.lot
	SELECT add_lots.load, n, smart_parking.add_parking(format('%s %s', load, n), 51.05 + n * 0.001, 13.74, c), c
	FROM generate_series(1, lots) n
	-- for a load that prefers lots as 1/n does: none is to be sold out long before the others
	CROSS JOIN LATERAL (SELECT CASE WHEN zipf THEN capacity / n + 40 ELSE capacity END) s (c);
	-- a pair for each connection that there may be
	PERFORM smart_parking.add_gate(id, 'in ' || g, 'entry'), smart_parking.add_gate(id, 'out ' || g, 'exit')
	FROM bench.lot l, generate_series(0, 127) g WHERE l.load = add_lots.load AND l.n = 1;
END
$$;

-- Without triggers and foreign keys, until the end of the transaction: history
-- is not to be kept here, and tables are to be filled within seconds.
CREATE FUNCTION bench.pass_guards_by() RETURNS void LANGUAGE sql
AS $$ SELECT set_config('session_replication_role', 'replica', true) $$;

-- Takes all bookings away.  Past ones that scripts/bench made stay.
CREATE PROCEDURE bench.forget_bookings() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bench.pass_guards_by();
	IF EXISTS (SELECT FROM smart_parking.booking
			WHERE car_plate OPERATOR(smart_parking.=) 'PAST1'::smart_parking.license_plate AND parking_id IN (SELECT id FROM bench.lot WHERE load = 'hot') AND ended_at IS NOT NULL) THEN
		DELETE FROM smart_parking.booking WHERE ended_at IS NULL;
	ELSE
		TRUNCATE smart_parking.booking, smart_parking.plate_read, smart_parking.barrier_command, smart_parking.passage, smart_parking.gate_incident;
	END IF;
	TRUNCATE smart_parking.booking_event, smart_parking.counter_slice, bench.counter, bench.free_spot;
END
$$;

-- Past bookings of the lot for short holds, so that the next run counts its own.
CREATE PROCEDURE bench.forget_short() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bench.pass_guards_by();
	DELETE FROM smart_parking.booking b USING bench.lot l WHERE l.id = b.parking_id AND l.load = 'short';
END
$$;

-- The slices that add_parking() made; with taken, all spots are.
CREATE PROCEDURE bench.fill_slices(load text, taken boolean) LANGUAGE sql AS $$
	INSERT INTO smart_parking.counter_slice (parking_id, kind, slice_no, first_spot_no, spots, free_spots, free_map, service_map)
	SELECT s.parking_id, s.kind, s.slice_no, min(s.spot_no), count(*), CASE WHEN taken THEN 0 ELSE count(*) END,
		CASE WHEN taken THEN 0 ELSE smart_parking_internal.low_bits(count(*)::integer) END, smart_parking_internal.low_bits(count(*)::integer)
	FROM smart_parking.spot s JOIN bench.lot l ON l.id = s.parking_id
	WHERE l.load = fill_slices.load
	GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
$$;

-- A hold on every spot of a load's lots, that of spot n for plate PREFIXn.
CREATE PROCEDURE bench.fill_bookings(load text, prefix text, expires_at timestamptz) LANGUAGE sql AS $$
	INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at)
	SELECT smart_parking_internal.new_region_id(s.parking_id), gen_random_uuid(), s.parking_id, s.spot_no, 'pending',
		(prefix || s.spot_no)::smart_parking.license_plate, expires_at - interval '15 minutes', expires_at
	FROM smart_parking.spot s JOIN bench.lot l ON l.id = s.parking_id
	WHERE l.load = fill_bookings.load
$$;

-- Everything as one contender finds it: no bookings, all spots free, or all booked.
CREATE PROCEDURE bench.prepare(load text, contender text) LANGUAGE plpgsql AS $$
DECLARE
	about_bookings CONSTANT boolean := contender IN ('refusal', 'primary_key', 'validate_plate');
BEGIN
	CALL bench.forget_bookings();
	PERFORM bench.pass_guards_by();
	CALL bench.fill_slices(load, about_bookings);
	IF about_bookings THEN
		CALL bench.fill_bookings(load, 'G', now() + interval '2 hours');
	ELSIF contender IN ('one_counter', 'four_statements') OR contender LIKE 'redis%' THEN
		INSERT INTO bench.counter SELECT id, capacity FROM bench.lot l WHERE l.load = prepare.load;
	ELSIF contender = 'skip_locked' THEN
		INSERT INTO bench.free_spot SELECT s.parking_id, s.spot_no, 'free'
		FROM smart_parking.spot s JOIN bench.lot l ON l.id = s.parking_id WHERE l.load = prepare.load;
	END IF;
END
$$;

-- Holds on all spots of the many lots, which lapsed a minute ago or are good for an hour; after prepare().
CREATE PROCEDURE bench.hold_many(lapsed boolean) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bench.pass_guards_by();
	CALL bench.fill_slices('many', true);
	CALL bench.fill_bookings('many', 'L', now() + CASE WHEN lapsed THEN interval '-1 minute' ELSE interval '1 hour' END);
END
$$;
