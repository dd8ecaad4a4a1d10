-- Does to a lot what a broken contender would, and expects to be told of it each time: a check that cannot fail
-- says nothing.  Prints one line a fault, "ok" or "FAILED" first.

CREATE FUNCTION bench.expect_disqualified(fault text, contender text, told bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT CASE WHEN v LIKE 'DISQUALIFIED:%' THEN 'ok      ' ELSE 'FAILED  ' END || fault || ' -> ' || v
	FROM bench.verdict('flash', contender, told) v
$$;

-- Books spots first to last of the one lot, past any counter.
CREATE PROCEDURE bench.book_spots(first integer, last integer) LANGUAGE sql AS $$
	INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at)
	SELECT smart_parking_internal.new_region_id(l.id), gen_random_uuid(), l.id, s, 'pending',
		('Z' || s || 'X' || substr(gen_random_uuid()::text, 1, 8))::smart_parking.license_plate, now(), now() + interval '15 minutes'
	FROM bench.lot l, generate_series(first, last) s WHERE l.load = 'flash'
$$;

BEGIN;
CALL bench.prepare('flash', 'one_counter');
CALL bench.book_spots(1, 100);
UPDATE bench.counter SET free_spots = free_spots - 100;
SELECT CASE bench.verdict('flash', 'one_counter', 100) WHEN 'ok' THEN 'ok      ' ELSE 'FAILED  ' END || 'no fault -> no complaint';
SELECT bench.expect_disqualified('a client was told of a booking that is not there', 'one_counter', 101);
UPDATE bench.counter SET free_spots = free_spots + 1;
SELECT bench.expect_disqualified('an update of the counter was lost', 'one_counter', 100);
UPDATE bench.counter SET free_spots = 0;
CALL bench.book_spots(101, 501);
SELECT bench.expect_disqualified('oversold by one', 'one_counter', 501);
ROLLBACK;

-- one spot twice, which the unique index would refuse
BEGIN;
CALL bench.prepare('flash', 'skip_locked');
DROP INDEX smart_parking.booking_one_per_spot;
CALL bench.book_spots(1, 99);
CALL bench.book_spots(7, 7);
UPDATE bench.free_spot SET state = 'taken' WHERE spot_no <= 100;
SELECT bench.expect_disqualified('one spot twice', 'skip_locked', 100);
ROLLBACK;

BEGIN;
CALL bench.prepare('flash', 'smart_parking');
CALL bench.book_spots(1, 1);
SELECT bench.expect_disqualified('a booking past the slices', 'smart_parking', 1);
SELECT CASE WHEN bench.violated_invariants('flash') > 0 THEN 'ok      ' ELSE 'FAILED  ' END || 'a booking past the slices -> '
	|| bench.violated_invariants('flash') || ' violated invariants';
ROLLBACK;

BEGIN;
CALL bench.prepare('flash', 'validate_plate');
SELECT bench.expect_disqualified('a verdict that is not on record', 'validate_plate', 1);
ROLLBACK;
