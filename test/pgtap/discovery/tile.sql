-- parking_tile: what stands in a tile, read byte by byte as the specification of vector tiles has it (version 2).
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;

-- The fields of a message of Protocol Buffers: number, and what is in it.
CREATE FUNCTION pg_temp.message(bytes bytea) RETURNS TABLE (nth integer, field integer, number bigint, content bytea) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	place integer := 0;
	key bigint;
	part integer;
	shift integer;
BEGIN
	nth := 0;
	WHILE place < length(bytes) LOOP
		FOR what IN 1 .. 2 LOOP
			number := 0;
			shift := 0;
			LOOP
				part := get_byte(bytes, place);
				place := place + 1;
				number := number | ((part & 127)::bigint << shift);
				shift := shift + 7;
				EXIT WHEN part < 128;
			END LOOP;
			IF what = 1 THEN
				key := number;
			END IF;
		END LOOP;
		content := NULL;
		IF key & 7 = 2 THEN
			content := substr(bytes, place + 1, number::integer);
			place := place + number::integer;
		ELSIF key & 7 <> 0 THEN
			RAISE EXCEPTION 'wire type %', key & 7;
		END IF;
		nth := nth + 1;
		field := key >> 3;
		RETURN NEXT;
	END LOOP;
END $$;
-- packed varints
CREATE FUNCTION pg_temp.varints(bytes bytea) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	all_of_them bigint[] := '{}';
	number bigint := 0;
	shift integer := 0;
BEGIN
	FOR place IN 0 .. length(bytes) - 1 LOOP
		number := number | ((get_byte(bytes, place) & 127)::bigint << shift);
		shift := shift + 7;
		IF get_byte(bytes, place) < 128 THEN
			all_of_them := all_of_them || number;
			number := 0;
			shift := 0;
		END IF;
	END LOOP;
	RETURN all_of_them;
END $$;
CREATE FUNCTION pg_temp.zigzag(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT (n >> 1) # -(n & 1) $$;
-- The features of the tile's one layer: their attributes, and where they are in it.
CREATE FUNCTION pg_temp.features(tile bytea) RETURNS TABLE (attributes jsonb, x bigint, y bigint) LANGUAGE sql STABLE AS $$
	WITH layer AS (SELECT m.* FROM pg_temp.message(tile) AS t, pg_temp.message(t.content) AS m WHERE t.field = 3
	), key AS (SELECT row_number() OVER (ORDER BY nth) - 1 AS k, convert_from(content, 'UTF8') AS name FROM layer WHERE field = 3
	), value AS (SELECT row_number() OVER (ORDER BY l.nth) - 1 AS v, CASE m.field WHEN 1 THEN to_jsonb(convert_from(m.content, 'UTF8')) WHEN 6 THEN to_jsonb(pg_temp.zigzag(m.number)) WHEN 7 THEN to_jsonb(m.number <> 0) ELSE to_jsonb(m.number) END AS what
		FROM layer AS l, pg_temp.message(l.content) AS m WHERE l.field = 4
	), feature AS (SELECT nth, (SELECT pg_temp.varints(m.content) FROM pg_temp.message(content) AS m WHERE m.field = 2) AS tags,
			(SELECT pg_temp.varints(m.content) FROM pg_temp.message(content) AS m WHERE m.field = 4) AS geometry FROM layer WHERE field = 2)
	SELECT (SELECT jsonb_object_agg(key.name, value.what) FROM generate_series(1, array_length(f.tags, 1), 2) AS i JOIN key ON key.k = f.tags[i] JOIN value ON value.v = f.tags[i + 1]),
		pg_temp.zigzag(f.geometry[2]), pg_temp.zigzag(f.geometry[3]) FROM feature AS f ORDER BY f.nth $$;

SELECT smart_parking.add_parking('Altmarkt <ü>', 51.0497, 13.7382, 120, kinds => '{"disabled": 4, "charging": 10}', source => 'city', source_id => 'a') AS booked \gset
SELECT smart_parking.add_parking('Outside', 51.05, 13.74, 10, source => 'city', source_id => 'b') AS outside \gset
SELECT smart_parking.set_counted_outside(:'outside', true), smart_parking.report_availability(:'outside', 7, source => 'loop') \g /dev/null
SELECT smart_parking.add_parking('Silent', 51.05, 13.7401, 10, source => 'city', source_id => 'c') AS silent \gset
SELECT smart_parking.set_counted_outside(:'silent', true) \g /dev/null
SELECT smart_parking.add_parking('Pole', 90, 0, 5, source => 'city', source_id => 'd'), smart_parking.add_parking('Other', 51.0501, 13.7401, 5), smart_parking.add_parking('Fiji', -17.8, 179.999, 5, source => 'city', source_id => 'e') \g /dev/null
SELECT booking_id FROM smart_parking.reserve_spot(:'booked', gen_random_uuid(), 'DD A 1', kind => 'charging') \gset

-- tile 14/8817/5479 has the Altmarkt in Dresden: by the formulas of the usual scheme
CREATE FUNCTION pg_temp.tile_of(latitude float8, longitude float8, z integer, OUT x float8, OUT y float8) LANGUAGE sql IMMUTABLE AS $$
	SELECT (longitude + 180) / 360 * (1 << z), (1 - asinh(tan(radians(latitude))) / pi()) / 2 * (1 << z) $$;
SELECT floor(x)::integer AS x, floor(y)::integer AS y FROM pg_temp.tile_of(51.0497, 13.7382, 14) \gset
SELECT results_eq(format('SELECT convert_from(m.content, %L) = %L, m.number FROM pg_temp.message(smart_parking.parking_tile(14, %s, %s, %L)) AS t, pg_temp.message(t.content) AS m WHERE m.field = 1', 'UTF8', 'parking', :x, :y, 'city'),
	$$ VALUES (true, 7::bigint) $$, 'one layer, parking');
SELECT results_eq(format('SELECT m.field, m.number FROM pg_temp.message(smart_parking.parking_tile(14, %s, %s)) AS t, pg_temp.message(t.content) AS m WHERE m.field IN (5, 15) ORDER BY 1', :x, :y),
	'VALUES (5, 4096::bigint), (15, 2)', 'of 4,096 units, version 2');
CREATE TEMPORARY TABLE tile AS SELECT f.* FROM pg_temp.features(smart_parking.parking_tile(14, :x, :y, 'city')) AS f;
SELECT is((SELECT count(*) FROM tile), 3::bigint, 'the lots from the source that are there');
SELECT is((SELECT attributes FROM tile WHERE attributes ->> 'name' LIKE 'Alt%'), jsonb_build_object('id', :'booked', 'name', 'Altmarkt <ü>', 'free', 119, 'capacity', 120, 'kinds', '{"charging": 10, "disabled": 4}', 'free_kinds', '{"charging": 9, "disabled": 4}',
	'open', true, 'can_book', true, 'counted_by', 'bookings'), 'a lot that is booked here');
SELECT is((SELECT attributes FROM tile WHERE attributes ->> 'name' = 'Outside'), jsonb_build_object('id', :'outside', 'name', 'Outside', 'free', 7, 'capacity', 10, 'open', true, 'can_book', false, 'counted_by', 'loop'), 'one that is counted from outside');
SELECT is((SELECT attributes FROM tile WHERE attributes ->> 'name' = 'Silent'), jsonb_build_object('id', :'silent', 'name', 'Silent', 'capacity', 10, 'open', true, 'can_book', false), 'one that nobody counts');
SELECT results_eq($$ SELECT t.attributes ->> 'name', abs(t.x - (p.x - floor(p.x)) * 4096) < 1, abs(t.y - (p.y - floor(p.y)) * 4096) < 1
	FROM tile AS t JOIN smart_parking.parking_status AS s ON s.id::text = t.attributes ->> 'id', pg_temp.tile_of(s.latitude, s.longitude, 14) AS p ORDER BY 1 $$,
	$$ VALUES ('Altmarkt <ü>', true, true), ('Outside', true, true), ('Silent', true, true) $$, 'each where it is');
SELECT is((SELECT count(*) FROM pg_temp.features(smart_parking.parking_tile(0, 0, 0))), 5::bigint, 'the whole world, which ends before the pole');
SELECT is(smart_parking.parking_tile(14, 0, 0), ''::bytea, 'a tile without lots is empty');

-- the rim: both tiles have a lot on their border
SELECT smart_parking.add_parking('Border', 51.05, (:x + 1) * 360.0 / 16384 - 180 + 0.00001, 5, source => 'border', source_id => 'x') \g /dev/null
SELECT is((SELECT string_agg(attributes ->> 'name', ' ') FROM pg_temp.features(smart_parking.parking_tile(14, :x + n, :y, 'border'))), 'Border', 'a lot on the border is in tile ' || n) FROM generate_series(0, 1) AS n;

SELECT throws_ok(format('SELECT smart_parking.parking_tile(%s)', arguments), code, NULL, format('parking_tile(%s): %s', arguments, code)) FROM (VALUES
	('NULL, 0, 0', 'SP016'), ('0, NULL, 0', 'SP016'), ('0, 0, NULL', 'SP016'), ('-1, 0, 0', 'SP019'), ('25, 0, 0', 'SP019'), ('1, 2, 0', 'SP019'), ('1, 0, 2', 'SP019'), ('1, -1, 0', 'SP019'), ('2147483647, 0, 0', 'SP019')) AS bad (arguments, code);
SELECT isnt(smart_parking.parking_tile(24, (1 << 24) - 1, (1 << 24) - 1), NULL, 'the last tile of all');

-- by the index: with so many lots elsewhere that it pays
INSERT INTO smart_parking.parking (id, name, location, total_capacity) SELECT gen_random_uuid(), 'Far ' || n, ST_SetSRID(ST_MakePoint(n / 100.0, -40), 4326), 5 FROM generate_series(1, 5000) AS n;
ANALYZE smart_parking.parking;
SELECT pg_stat_get_xact_numscans('smart_parking.parking'::regclass) AS scans_before, pg_stat_get_xact_numscans('smart_parking.parking_point'::regclass) AS point_before \gset
SELECT length(smart_parking.parking_tile(14, :x, :y)) \g /dev/null
SELECT is(pg_stat_get_xact_numscans('smart_parking.parking_point'::regclass) - :point_before, 1::bigint, 'a tile takes its lots from the GiST index');
SELECT is(pg_stat_get_xact_numscans('smart_parking.parking'::regclass) - :scans_before, 0::bigint, 'and reads the table of lots by no scan');
SELECT pg_stat_get_xact_numscans('smart_parking.parking_point'::regclass) AS point_before \gset
SELECT length(smart_parking.availability_feed('geojson', '[13.7, 51, 13.8, 51.1]')) \g /dev/null
SELECT is(pg_stat_get_xact_numscans('smart_parking.parking_point'::regclass) - :point_before, 1::bigint, 'so does a feed of an area');

CREATE ROLE sp_map;
SELECT smart_parking.grant_access('sp_map', 'application') \g /dev/null
SET LOCAL transaction_read_only = on;
SET LOCAL ROLE sp_map;
SELECT ok(length(smart_parking.parking_tile(14, :x, :y)) > 100, 'an application reads it, as on a hot standby');

SELECT * FROM finish();
ROLLBACK;
