-- Triggers and constraints: what no writer can do, whoever it is.

\set QUIET 1
\pset format unaligned
\pset tuples_only on
\set ON_ERROR_STOP 1

BEGIN;
SELECT no_plan();

CREATE TEMP TABLE lot AS SELECT smart_parking.add_parking('History', 51.05, 13.74, 8) AS id;
CREATE TEMP TABLE gate AS SELECT smart_parking.add_gate(id, 'in', 'both') AS id FROM lot;
UPDATE smart_parking.gate SET passage_window = '0';
CREATE TEMP TABLE b AS
SELECT plate, (SELECT booking_id FROM smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate)) AS id
FROM lot, (VALUES ('PENDING'), ('INSIDE'), ('GONE'), ('CANCELLED')) p (plate);
SELECT smart_parking.validate_plate(gate.id, 'INSIDE') FROM gate;
SELECT smart_parking.validate_plate(gate.id, 'GONE') FROM gate;
SELECT smart_parking.validate_plate(gate.id, 'GONE') FROM gate;
SELECT smart_parking.cancel_booking(id) FROM b WHERE plate = 'CANCELLED';

-- nothing is deleted or emptied
SELECT throws_ok(command || ' smart_parking.' || relation || rest, 'SP024', NULL, command || ' ' || relation)
FROM (VALUES ('booking'), ('booking_event'), ('plate_read'), ('barrier_command'), ('passage'), ('gate_incident')) t (relation),
	(VALUES ('DELETE FROM', ''), ('TRUNCATE', ' CASCADE')) c (command, rest);
SELECT throws_ok($$ UPDATE smart_parking.booking_event SET reason = 'other' $$, 'SP024', NULL, 'events do not change');
SELECT throws_ok($$ UPDATE smart_parking.plate_read SET decision = 'open' $$, 'SP024', NULL, 'nor do reads');

-- what was booked does not change
SELECT throws_ok(format('UPDATE smart_parking.booking SET %s WHERE id = (SELECT id FROM b WHERE plate = ''PENDING'')', change), 'SP024', NULL, change)
FROM (VALUES ('id = gen_random_uuid()'), ('user_id = gen_random_uuid()'), ('parking_id = gen_random_uuid()'), ('spot_no = 8'),
	('created_at = now() - interval ''1 day'''), ('request_id = gen_random_uuid()'), ('requested_hold = ''1 hour''')) c (change);

-- transitions lead only where the states allow
SELECT throws_ok(format('UPDATE smart_parking.booking SET %s WHERE id = (SELECT id FROM b WHERE plate = %L)', change, plate), 'SP023', NULL, plate || ': ' || change)
FROM (VALUES
	('GONE', 'status = ''pending'', confirmed_at = NULL, ended_at = NULL'),
	('GONE', 'ended_at = now()'),
	('CANCELLED', 'status = ''confirmed'', confirmed_at = now(), ended_at = NULL'),
	('CANCELLED', 'status = ''expired'''),
	('PENDING', 'status = ''completed'', confirmed_at = now(), ended_at = now()'),
	('INSIDE', 'status = ''pending'', confirmed_at = NULL'),
	('INSIDE', 'confirmed_at = now() - interval ''1 day''')) c (plate, change);
SELECT throws_ok(format($$ UPDATE smart_parking.booking SET car_plate = 'OTHER' WHERE id = (SELECT id FROM b WHERE plate = %L) $$, plate), sqlstate, NULL,
	plate || ': its plate stays')
FROM (VALUES ('INSIDE', 'SP024'), ('GONE', 'SP024'), ('CANCELLED', 'SP023')) c (plate, sqlstate);
SELECT throws_ok($$ UPDATE smart_parking.booking SET status = 'cancelled', ended_at = now() WHERE id = (SELECT id FROM b WHERE plate = 'INSIDE') $$,
	'23514', NULL, 'a car that is inside is not cancelled');
SELECT throws_ok($$ UPDATE smart_parking.booking SET status = 'confirmed' WHERE id = (SELECT id FROM b WHERE plate = 'PENDING') $$,
	'23514', NULL, 'a status without its instant');

-- the counter
SELECT throws_ok(format('UPDATE smart_parking.counter_slice SET %s WHERE parking_id = (SELECT id FROM lot)', change), '23514', NULL, change)
FROM (VALUES ('free_spots = -1'), ('free_spots = free_spots - 1'), ('free_map = 255'), ('service_map = 0'), ('service_map = 511'),
	('spots = 0'), ('free_map = -1, free_spots = 64')) c (change);

-- one spot, one driver; one plate in a lot
SELECT throws_ok($$ INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at)
	SELECT gen_random_uuid(), gen_random_uuid(), parking_id, spot_no, 'pending', 'OTHER'::text::smart_parking.license_plate, now(), now() + interval '1 hour'
	FROM smart_parking.booking WHERE id = (SELECT id FROM b WHERE plate = 'PENDING') $$, '23505', NULL, 'a second booking of a spot');
SELECT throws_ok($$ INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at)
	SELECT gen_random_uuid(), gen_random_uuid(), parking_id, 8, 'pending', car_plate, now(), now() + interval '1 hour'
	FROM smart_parking.booking WHERE id = (SELECT id FROM b WHERE plate = 'INSIDE') $$, '23505', NULL, 'a second booking of a plate in a lot');
SELECT throws_ok($$ INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at, ended_at, request_id)
	SELECT gen_random_uuid(), gen_random_uuid(), id, n, 'cancelled', ('TWIN' || n)::smart_parking.license_plate, now(), now() + interval '1 hour', now(),
		'00000000-0000-4000-8000-000000000001' FROM lot, generate_series(1, 2) AS n $$, '23505', NULL, 'a second booking of a request');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'nothing of this has changed anything');

-- alone, too: the other CHECK is read first
ALTER TABLE smart_parking.counter_slice DROP CONSTRAINT maps_in_step;
SELECT throws_ok('UPDATE smart_parking.counter_slice SET free_spots = -1 WHERE parking_id = (SELECT id FROM lot)', '23514',
	'new row for relation "counter_slice" violates check constraint "never_oversold"', 'a counter below zero');

SELECT * FROM finish();
ROLLBACK;
