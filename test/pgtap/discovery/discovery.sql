-- nearby_parking and parking_status.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.lot(name text) RETURNS uuid LANGUAGE sql STABLE
	AS 'SELECT id FROM smart_parking.parking AS p WHERE p.name = lot.name';
CREATE FUNCTION pg_temp.names(latitude float8, longitude float8, radius_m float8 DEFAULT 2000, max_results integer DEFAULT 20,
	kind text DEFAULT NULL, min_free integer DEFAULT 1) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(name || ' ' || free_spots, ', ' ORDER BY nth)
	FROM smart_parking.nearby_parking(names.latitude, names.longitude, names.radius_m, names.max_results, names.kind, names.min_free)
	WITH ORDINALITY AS n(parking_id, name, address, latitude, longitude, distance_m, total_capacity, free_spots, can_book, counted_by, count_age, nth) $$;
CREATE FUNCTION pg_temp.hold(lot text, plate text, seconds float8 DEFAULT 900) RETURNS uuid LANGUAGE sql VOLATILE AS $$
	SELECT booking_id FROM smart_parking.reserve_spot(pg_temp.lot(hold.lot), gen_random_uuid(), plate, make_interval(secs => seconds)) $$;

SELECT smart_parking.add_parking('Near', 51.0500, 13.7400, 4, 'Near St', '{"disabled": 1}') \g /dev/null
SELECT smart_parking.add_parking('Mid', 51.0500, 13.7500, 10) \g /dev/null
SELECT smart_parking.add_parking('Far', 51.0500, 13.7650, 20) \g /dev/null
SELECT smart_parking.add_parking('Shut', 51.0501, 13.7400, 9) \g /dev/null
SELECT smart_parking.close_parking(pg_temp.lot('Shut')) \g /dev/null
SELECT smart_parking.add_parking('Fiji', -17.8, 179.999, 5) \g /dev/null
SELECT smart_parking.add_parking('Pole', 90, 0, 5) \g /dev/null

SELECT results_eq($$ SELECT parking_id, name, address, latitude, longitude, round(distance_m::numeric, 3), total_capacity, free_spots, can_book, counted_by, count_age
	FROM smart_parking.nearby_parking(51.0500, 13.7400, max_results => 1) $$,
	$$ SELECT pg_temp.lot('Near'), 'Near', 'Near St', 51.05::float8, 13.74::float8, 0.000, 4, 4, true, 'bookings', interval '0' $$, 'all columns of a row');
SELECT is(pg_temp.names(51.0500, 13.7400), 'Near 4, Mid 10, Far 20', 'nearest first; closed lots are left out');
SELECT is(pg_temp.names(51.0500, 13.7600), 'Far 20, Mid 10, Near 4', 'from the other side');
SELECT is(pg_temp.names(51.0500, 13.7400, 1000), 'Near 4, Mid 10', 'radius_m bounds');
SELECT is(pg_temp.names(51.0500, 13.7400, 0), 'Near 4', 'a radius of 0 finds what lies right there');
SELECT is(pg_temp.names(51.0500, 13.7400, max_results => 2), 'Near 4, Mid 10', 'max_results bounds');
SELECT is(pg_temp.names(51.0500, 13.7400, min_free => 5), 'Mid 10, Far 20', 'min_free passes over lots with fewer');
SELECT is(pg_temp.names(51.0500, 13.7400, max_results => 1, min_free => 11), 'Far 20', 'and goes on to those farther away');
SELECT is(pg_temp.names(51.0500, 13.7400, kind => 'disabled'), 'Near 1', 'free spots of one kind');
SELECT is(pg_temp.names(51.0500, 13.7400, max_results => 1, kind => 'standard'), 'Near 3', 'do not count the others');
SELECT is(pg_temp.names(51.0500, 13.7400, kind => 'helicopter'), NULL, 'a kind that no lot has: no rows');
SELECT is(pg_temp.names(0, 0), NULL, 'nothing near: no rows');
SELECT is(pg_temp.names(-17.8, -179.999, 1000), 'Fiji 5', 'across the date line');
SELECT is(pg_temp.names(90, 123, 10), 'Pole 5', 'at the pole every longitude is the same place');
SELECT is(pg_temp.names(51.05, 13.74, 20037508), 'Near 4, Mid 10, Far 20, Pole 5, Fiji 5', 'all the Earth');
SELECT is(pg_temp.names(17.8, -0.001, 20037508), 'Near 4, Mid 10, Far 20, Pole 5, Fiji 5', 'from a place whose antipode has a lot');

-- free counts

SELECT pg_temp.hold('Mid', 'M' || n) FROM generate_series(1, 9) AS n \g /dev/null
SELECT is(pg_temp.names(51.0500, 13.7500, 10), 'Mid 1', 'held spots are not free');
SELECT pg_temp.hold('Mid', 'M10') \g /dev/null
SELECT is(pg_temp.names(51.0500, 13.7500, 10), NULL, 'a full lot is left out');
SELECT is((SELECT free_spots_counter FROM smart_parking.parking_status WHERE name = 'Mid'), 0, 'parking_status says so too');
SELECT smart_parking.set_spot_service(pg_temp.lot('Far'), n, false) FROM generate_series(1, 15) AS n \g /dev/null
SELECT is(pg_temp.names(51.0500, 13.7650, 10), 'Far 5', 'spots out of service are not free');
SELECT results_eq($$ SELECT total_capacity, free_spots_counter, spots_in_service, is_open, time_zone FROM smart_parking.parking_status WHERE name = 'Far' $$,
	$$ VALUES (20, 5, 5, true, 'UTC') $$, 'parking_status says so too');
SELECT results_eq($$ SELECT latitude, longitude, is_open FROM smart_parking.parking_status WHERE name = 'Shut' $$,
	$$ VALUES (51.0501::float8, 13.74::float8, false) $$, 'and shows closed lots');

-- lapsed holds, not swept
SELECT pg_temp.hold('Near', 'LAPSE ' || n, 600) FROM generate_series(1, 3) AS n \g /dev/null
SELECT is(pg_temp.names(51.0500, 13.7400, 10, kind => 'standard'), NULL, 'three holds fill the standard spots');
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE car_plate::text LIKE 'LAPSE%';
SELECT is(pg_temp.names(51.0500, 13.7400, 10, kind => 'standard'), 'Near 3', 'they lapse within the transaction, and count as free');
SELECT is(pg_temp.names(51.0500, 13.7400, 10), 'Near 4', 'among all kinds too');
SELECT is(pg_temp.names(51.0500, 13.7400, 10, kind => 'disabled'), 'Near 1', 'but not as spots of another kind');
SELECT is((SELECT free_spots_counter FROM smart_parking.parking_status WHERE name = 'Near'), 4, 'parking_status counts them');
SELECT smart_parking.set_spot_service(pg_temp.lot('Near'), 2, false) \g /dev/null
SELECT is(pg_temp.names(51.0500, 13.7400, 10, kind => 'standard'), 'Near 2', 'a lapsed hold on a spot out of service gives no spot');
SELECT is((SELECT free_spots_counter FROM smart_parking.parking_status WHERE name = 'Near'), 3, 'in parking_status neither');
SELECT is(smart_parking.release_expired(), 3, 'sweeping');
SELECT is(pg_temp.names(51.0500, 13.7400, 10, kind => 'standard'), 'Near 2', 'changes no count');

SELECT throws_ok(format('SELECT * FROM smart_parking.nearby_parking(%s)', arguments), code, NULL, format('nearby_parking(%s): %s', arguments, code))
FROM (VALUES
	('NULL, 13', 'SP016'), ('51, NULL', 'SP016'), ('51, 13, NULL', 'SP016'), ('51, 13, max_results => NULL', 'SP016'),
	('51, 13, min_free => NULL', 'SP016'),
	('''NaN'', 13', 'SP013'), ('51, ''NaN''', 'SP013'), ('''Infinity'', 13', 'SP013'), ('51, ''-Infinity''', 'SP013'),
	('90.1, 13', 'SP013'), ('-91, 13', 'SP013'), ('51, 180.1', 'SP013'), ('51, -181', 'SP013'),
	('51, 13, -1', 'SP014'), ('51, 13, ''NaN''', 'SP014'), ('51, 13, ''Infinity''', 'SP014'), ('51, 13, 20037509', 'SP014'),
	('51, 13, max_results => 0', 'SP017'), ('51, 13, max_results => -1', 'SP017'), ('51, 13, max_results => 1001', 'SP017'),
	('51, 13, min_free => 0', 'SP017'), ('51, 13, min_free => -1', 'SP017')) AS bad(arguments, code);

-- Against brute force: many lots, all distances, exact order.
SELECT setseed(0.5) \g /dev/null
SELECT smart_parking.add_parking('L' || n, 51 + random() / 20, 13 + random() / 20, 3) FROM generate_series(1, 2000) AS n \g /dev/null
SELECT smart_parking.close_parking(id) FROM smart_parking.parking WHERE name LIKE 'L%7' \g /dev/null
SELECT smart_parking.reserve_spot(id, gen_random_uuid(), 'P' || n) FROM smart_parking.parking, generate_series(1, 3) AS n
	WHERE name LIKE 'L%3' \g /dev/null
CREATE TEMPORARY TABLE search AS
	SELECT n, 51 + random() / 20 AS latitude, 13 + random() / 20 AS longitude, random() * 3000 AS radius_m, 1 + (random() * 50)::integer AS most
	FROM generate_series(1, 40) AS n;
CREATE TEMPORARY TABLE here AS
	SELECT search.n, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geography AS place FROM search;
CREATE FUNCTION pg_temp.brute_force() RETURNS TABLE (n integer, nth bigint, distance_m float8) LANGUAGE sql STABLE AS $$
	SELECT s.n, b.nth, b.distance_m FROM search AS s JOIN here AS h USING (n)
	CROSS JOIN LATERAL (
		SELECT row_number() OVER (ORDER BY ST_Distance(p.location, h.place)) AS nth, ST_Distance(p.location, h.place) AS distance_m
		FROM smart_parking.parking AS p
		WHERE p.name NOT LIKE 'L%7' AND p.name NOT LIKE 'L%3' AND ST_Distance(p.location, h.place) <= s.radius_m
	) AS b WHERE b.nth <= s.most $$;
SELECT results_eq($$ SELECT s.n, r.nth, r.distance_m FROM search AS s CROSS JOIN LATERAL (
		SELECT row_number() OVER () AS nth, q.distance_m
		FROM smart_parking.nearby_parking(s.latitude, s.longitude, s.radius_m, s.most) AS q) AS r ORDER BY 1, 2 $$,
	'SELECT * FROM pg_temp.brute_force() ORDER BY 1, 2', '40 searches among 2,000 lots agree with brute force');
SELECT is((SELECT count(DISTINCT n) > 30 FROM pg_temp.brute_force()), true, 'most of which find something');

-- the plan: one ordered, bounded scan of the index
CREATE FUNCTION pg_temp.plan_of_search() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PREPARE search AS SELECT p.id FROM smart_parking.parking AS p
		WHERE p.is_open AND ST_DWithin(p.location, $1::geography, $2::float8, true) ORDER BY p.location <-> $1 LIMIT $3::integer;
	SET LOCAL plan_cache_mode = force_generic_plan;
	RETURN QUERY EXECUTE $q$ EXPLAIN (COSTS OFF) EXECUTE search('POINT(13 51)', 1000, 20) $q$;
	DEALLOCATE search;
END $$;
ANALYZE smart_parking.parking;
SELECT matches(string_agg(line, E'\n'), 'Index Scan using parking_location .*Index Cond: .*Order By: ', 'the index bounds and orders')
FROM pg_temp.plan_of_search() AS line;

-- It reads only. (Last, as a transaction cannot become writable again.)
SET LOCAL transaction_read_only = on;
SELECT is(pg_temp.names(51.0500, 13.7400), 'Near 3, Far 5', 'works in a read-only transaction, as on a hot standby');
SELECT is((SELECT provolatile::text FROM pg_proc WHERE proname = 'nearby_parking'), 's', 'is stable');

SELECT * FROM finish();
ROLLBACK;
