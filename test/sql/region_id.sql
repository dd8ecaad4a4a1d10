-- Region ids: UUIDs of version 7 that carry a home cell.

-- known points; PostGIS computes the geohash on its own
CREATE TEMP TABLE place (name text, latitude float8, longitude float8);
INSERT INTO place VALUES
	('Dresden', 51.05089, 13.73832), ('Moscow', 55.7539, 37.6208), ('Beijing', 39.9087, 116.3975),
	('New York', 40.7128, -74.0060), ('Sydney', -33.8568, 151.2153), ('Quito', -0.2202, -78.5123),
	('south pole', -90, 0.5), ('just west of Greenwich', 51.4779, -1e-15);
SELECT name, home_cell, home_cell = ST_GeoHash(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 6) AS as_in_postgis
FROM place, smart_parking.home_cell(smart_parking_internal.new_region_id(latitude, longitude))
ORDER BY name COLLATE "C";

-- a grid over the earth, off the cell borders
SELECT count(*) AS points, count(*) FILTER (WHERE
	smart_parking.home_cell(smart_parking_internal.new_region_id(latitude, longitude))
	<> ST_GeoHash(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 6)) AS different
FROM generate_series(-89.9, 89.9, 3.1) AS latitude, generate_series(-179.9, 179.9, 3.7) AS longitude;

-- on a border a point belongs to the cell north and east of it; the earth's corners are cells too
SELECT smart_parking.home_cell(smart_parking_internal.new_region_id(0, 0)) AS origin,
	smart_parking.home_cell(smart_parking_internal.new_region_id(-90, -180)) AS south_west,
	smart_parking.home_cell(smart_parking_internal.new_region_id(90, 180)) AS north_east;

-- version 7, the RFC's variant, and the clock's time
CREATE FUNCTION pg_temp.id_instant(id uuid) RETURNS timestamptz LANGUAGE sql AS $$
SELECT to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0
	+ ('x' || substr(replace(id::text, '-', ''), 14, 3))::bit(12)::int / 4096000.0)
$$;
SELECT id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' AS version_and_variant,
	pg_temp.id_instant(id) BETWEEN statement_timestamp() - interval '1 millisecond' AND clock_timestamp() AS is_now
FROM smart_parking_internal.new_region_id(51.05, 13.74) AS id;

-- ids made one after the other are in order
CREATE TEMP TABLE made (n int, id uuid);
DO $$
DECLARE
	made_at timestamptz;
BEGIN
	FOR n IN 1..50 LOOP
		made_at := clock_timestamp();
		INSERT INTO made VALUES (n, smart_parking_internal.new_region_id(random() * 180 - 90, random() * 360 - 180));
		WHILE clock_timestamp() < made_at + interval '20 microseconds' LOOP
		END LOOP;
	END LOOP;
END $$;
SELECT count(*) AS out_of_order FROM made AS a JOIN made AS b ON a.n < b.n AND a.id >= b.id;

-- an id beside another one: the same cell, later, and never the same
SELECT count(DISTINCT id) AS different_ids, count(DISTINCT smart_parking.home_cell(id)) AS cells, min(smart_parking.home_cell(id)) AS cell
FROM (SELECT smart_parking_internal.new_region_id(neighbour) AS id
	  FROM smart_parking_internal.new_region_id(51.05089, 13.73832) AS neighbour, generate_series(1, 20000)) AS ids;
SELECT count(DISTINCT right(id::text, 8)) > 19900 AS random_part_varies
FROM (SELECT smart_parking_internal.new_region_id(51.05089, 13.73832) AS id FROM generate_series(1, 20000)) AS ids;

-- a fixed id: its cell stands in the low 30 bits of the second half's first word
SELECT smart_parking.home_cell('01890a5d-ac96-774b-8000-000000000000') AS lowest,
	smart_parking.home_cell('01890a5d-ac96-774b-bfff-ffff00000000') AS highest;

-- NULL
SELECT smart_parking.home_cell(NULL) IS NULL AND smart_parking_internal.new_region_id(NULL) IS NULL
	AND smart_parking_internal.new_region_id(NULL, 1) IS NULL AS null_gives_null;

-- errors
SELECT smart_parking.home_cell('6ba7b810-9dad-41d1-80b4-00c04fd430c8');
SELECT smart_parking_internal.new_region_id(90.000001, 0.1);
\set VERBOSITY sqlstate
SELECT smart_parking_internal.new_region_id('6ba7b810-9dad-41d1-80b4-00c04fd430c8');
SELECT smart_parking.home_cell('01890a5d-ac96-774b-c000-000000000000');
SELECT smart_parking.home_cell('00000000-0000-0000-0000-000000000000');
SELECT smart_parking_internal.new_region_id(-91, 0);
SELECT smart_parking_internal.new_region_id(0, 180.5);
SELECT smart_parking_internal.new_region_id(0, -181);
SELECT smart_parking_internal.new_region_id('NaN', 0);
SELECT smart_parking_internal.new_region_id(0, 'NaN');
SELECT smart_parking_internal.new_region_id('Infinity', 0);
SELECT smart_parking_internal.new_region_id(0, '-Infinity');
\set VERBOSITY default

-- who may read a cell, and who may not make ids
SELECT has_function_privilege('public', 'smart_parking.home_cell(uuid)', 'EXECUTE') AS home_cell,
	has_function_privilege('public', 'smart_parking_internal.new_region_id(uuid)', 'EXECUTE') AS beside,
	has_function_privilege('public', 'smart_parking_internal.new_region_id(float8, float8)', 'EXECUTE') AS at_a_place;
