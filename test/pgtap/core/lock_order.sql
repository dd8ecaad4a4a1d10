-- The library under test refuses to wait out of order (src/lock_order.c), and these checks can fail.
\set ON_ERROR_STOP 1

BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.try_lock_order(steps text) RETURNS void AS '$libdir/smart_parking' LANGUAGE c STRICT;

-- user, request, gate, plate, lot, booking, hold, w for a lapsed hold to take over, queue, slice, 0 for the first slice again
SELECT lives_ok(format('SELECT pg_temp.try_lock_order(%L)', steps), steps || ': ' || what) FROM (VALUES
	('urpqs', 'a reservation that queues'),
	('urpqw', 'and takes a lapsed hold over'),
	('gpbs', 'a car leaves'),
	('gphw', 'a walk-in whose own lapsed hold is of another kind'),
	('gplbbss', 'a correction gives one spot back and claims another one'),
	('gpbls', 'a stay goes on'),
	('gplbqs', 'and queues for a spot'),
	('s', 'a release')) AS v (steps, what);
SELECT throws_like(format('SELECT pg_temp.try_lock_order(%L)', steps), 'lock order: the call waits for ' || what, steps || ': refused') FROM (VALUES
	('ss', 'a slice while it holds a slice'),
	('sq', 'a lot''s queue while it holds a slice'),
	('lsq', 'a lot''s queue while it holds a slice'),
	('sw', 'a lapsed hold while it holds a slice'),
	('lsw', 'a lapsed hold while it holds a slice'),
	('sb', 'a booking while it holds a slice'),
	('lsb', 'a booking while it holds a slice'),
	('sl', 'a lot''s row while it holds a slice'),
	('hl', 'a lot''s row while it holds a hold'),
	('hq', 'a lot''s queue while it holds a hold'),
	('qb', 'a booking while it holds a lot''s queue'),
	('bp', 'a plate while it holds a booking'),
	('lp', 'a plate while it holds a lot''s row'),
	('pp', 'a plate while it holds a plate'),
	('pg', 'a gate while it holds a plate'),
	('gu', 'a user while it holds a gate'),
	('ru', 'a user while it holds a request')) AS v (steps, what);

SELECT * FROM finish();
ROLLBACK;
