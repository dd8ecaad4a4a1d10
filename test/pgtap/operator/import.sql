-- import_parkings: what is taken, what is refused, what a second import changes.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.collection(VARIADIC features jsonb[]) RETURNS jsonb LANGUAGE sql IMMUTABLE
	AS $$ SELECT jsonb_build_object('type', 'FeatureCollection', 'features', to_jsonb(features)) $$;
CREATE FUNCTION pg_temp.feature(properties jsonb, geometry jsonb DEFAULT '{"type": "Point", "coordinates": [13.7, 51.1]}')
RETURNS jsonb LANGUAGE sql IMMUTABLE
	AS $$ SELECT jsonb_build_object('type', 'Feature', 'properties', properties, 'geometry', geometry) $$;
CREATE FUNCTION pg_temp.point(coordinates text) RETURNS jsonb LANGUAGE sql IMMUTABLE
	AS $$ SELECT pg_temp.feature('{"name": "P", "total": 5}', format('{"type": "Point", "coordinates": %s}', coordinates)::jsonb) $$;
-- what a collection of this one feature leads to
CREATE FUNCTION pg_temp.verdict(feature jsonb) RETURNS text LANGUAGE sql VOLATILE
	AS $$ SELECT concat_ws(' ', action, reason) FROM smart_parking.import_parkings(pg_temp.collection(feature), 'verdicts') $$;
CREATE FUNCTION pg_temp.kinds(lot text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(format('%s %s', kind, n), ', ' ORDER BY kind)
	FROM (SELECT s.kind, count(*) AS n FROM smart_parking.spot AS s JOIN smart_parking.parking AS p ON p.id = s.parking_id
		WHERE p.name = lot AND NOT s.retired GROUP BY s.kind) AS k $$;

-- a first import

CREATE TEMPORARY TABLE town (version integer, features jsonb);
INSERT INTO town VALUES (1, pg_temp.collection(
	pg_temp.feature('{"name": "Town", "type": "city"}'),
	pg_temp.feature('{"id": "m", "name": " Market ", "total": 40, "address": "Market 1", "type": "Parkhaus"}', '{"type": "Point", "coordinates": [13.74, 51.05, 113]}'),
	pg_temp.feature('{"name": "Station", "capacity": "120", "capacity:disabled": "4", "capacity:charging": 10, "capacity:women": "yes", "capacity:conditional": "60 @ Su",
		"@id": "way/1", "amenity": "parking", "addr:street": "Rail Rd", "addr:housenumber": "7", "addr:postcode": "01067", "addr:city": "Town"}',
		'{"type": "Polygon", "coordinates": [[[13.70, 51.00], [13.72, 51.00], [13.72, 51.01], [13.70, 51.01], [13.70, 51.00]]]}'),
	pg_temp.feature('{"name": "Park", "total": 12}', '{"type": "MultiPolygon", "coordinates":
		[[[[13.60, 51.00], [13.61, 51.00], [13.61, 51.01], [13.60, 51.01], [13.60, 51.00]]]]}') || '{"id": 77}',
	pg_temp.feature('{"id": "m", "name": "Market", "total": 50}'),
	pg_temp.feature('{"name": "Closed for good", "total": 0}'),
	pg_temp.feature('{"name": "Market", "total": 0}')));

SELECT results_eq($$ SELECT i.source_id, i.name, i.action, i.reason FROM town, smart_parking.import_parkings(features, 'town') AS i $$,
	$$ VALUES ('Town', 'Town', 'refused', 'not_a_lot: type city'),
		('m', 'Market', 'added', NULL),
		('way/1', 'Station', 'added', NULL),
		('77', 'Park', 'added', NULL),
		('m', 'Market', 'refused', 'duplicate_id: "m" came before in this import'),
		('Closed for good', 'Closed for good', 'refused', 'no_capacity: total is 0'),
		('Market @ 51.10000,13.70000', 'Market', 'refused', 'no_capacity: total is 0') $$, 'a row for each feature, in their order');
SELECT results_eq($$ SELECT name, total_capacity FROM smart_parking.parking WHERE source = 'town' ORDER BY name $$,
	$$ VALUES ('Market', 40), ('Park', 12), ('Station', 120) $$, 'what was refused left nothing');
SELECT results_eq($$ SELECT latitude, longitude, address FROM smart_parking.parking_status WHERE name = 'Market' $$,
	$$ VALUES (51.05::float8, 13.74::float8, 'Market 1') $$, 'a point');
SELECT results_eq($$ SELECT latitude BETWEEN 51.00 AND 51.01, longitude BETWEEN 13.70 AND 13.72, address
	FROM smart_parking.parking_status WHERE name = 'Station' $$,
	$$ VALUES (true, true, 'Rail Rd 7, 01067 Town') $$, 'an area: a point on it; an address of OpenStreetMap');
SELECT is(pg_temp.kinds('Station'), 'charging 10, disabled 4, standard 106', 'kinds are within the capacity; yes and conditional are no numbers');
SELECT is((SELECT properties ->> 'type' FROM smart_parking.parking WHERE name = 'Market'), 'Parkhaus', 'properties are kept');
SELECT isnt((SELECT parking_id FROM smart_parking.nearby_parking(51.05, 13.74) LIMIT 1), NULL, 'imported lots are found');

-- a second import

SELECT results_eq($$ SELECT action, count(*) FROM town, smart_parking.import_parkings(features, 'town') GROUP BY action ORDER BY action $$,
	$$ VALUES ('refused', 4::bigint), ('unchanged', 3::bigint) $$, 'the same again changes nothing');
SELECT is((SELECT count(*)::integer FROM smart_parking.parking_event), 0, 'nothing at all');
SELECT results_eq($$ SELECT action, count(*) FROM town, smart_parking.import_parkings(features, 'other') GROUP BY action ORDER BY action $$,
	$$ VALUES ('added', 3::bigint), ('refused', 4::bigint) $$, 'another source has lots of its own');

SELECT lives_ok($$ SELECT smart_parking.reserve_spot(id, gen_random_uuid(), 'M' || n)
	FROM smart_parking.parking, generate_series(1, 40) AS n WHERE source = 'town' AND name = 'Market' $$, 'Market fills up');
SELECT smart_parking.resize_parking(id, 122, 'bus') FROM smart_parking.parking WHERE source = 'town' AND name = 'Station' \g /dev/null
SELECT smart_parking.close_parking(id) FROM smart_parking.parking WHERE source = 'town' AND name = 'Park' \g /dev/null
SELECT results_eq($$ SELECT name, action, reason FROM smart_parking.import_parkings(pg_temp.collection(
		pg_temp.feature('{"id": "m", "name": "Market", "total": 30, "address": "Market 2"}', '{"type": "Point", "coordinates": [13.741, 51.05]}'),
		pg_temp.feature('{"name": "Main Station", "total": 130, "capacity:disabled": 6, "@id": "way/1"}'),
		pg_temp.feature('{"name": "Park", "total": 12}', '{"type": "Point", "coordinates": [13.605, 51.005]}') || '{"id": "77"}'), 'town') $$,
	$$ VALUES ('Market', 'updated', NULL), ('Main Station', 'updated', NULL), ('Park', 'updated', NULL) $$, 'changes are taken over');
SELECT results_eq($$ SELECT total_capacity, free_spots_counter, address, longitude FROM smart_parking.parking_status WHERE source = 'town' AND name = 'Market' $$,
	$$ VALUES (30, 0, 'Market 2', 13.741::float8) $$, 'a smaller lot, a new place');
SELECT is((SELECT count(*)::integer FROM smart_parking.booking WHERE ended_at IS NULL), 40, 'no booking was dropped');
SELECT is(pg_temp.kinds('Main Station'), 'bus 2, charging 10, disabled 6, standard 112',
	'kinds that the import does not name keep their spots, standard ones are the rest');
SELECT is((SELECT is_open FROM smart_parking.parking WHERE source = 'town' AND name = 'Park'), false, 'an import opens no lot');
SELECT is((SELECT reason FROM smart_parking.import_parkings(pg_temp.collection(
	pg_temp.feature('{"name": "Main Station", "total": 5, "@id": "way/1"}')), 'town') WHERE action <> 'missing'),
	'bad_capacity: the lot''s other kinds have more than 5 spots', 'kinds that do not fit are refused');
SELECT is((SELECT action FROM smart_parking.import_parkings(pg_temp.collection(
	pg_temp.feature('{"name": "Main Station", "total": 5, "@id": "way/1", "capacity:disabled": 5, "capacity:charging": 0, "capacity:bus": 0}')), 'town') WHERE action <> 'missing'),
	'updated', 'unless the import says what becomes of them');
SELECT is(pg_temp.kinds('Main Station'), 'disabled 5', 'as here');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all in step');

-- refused one by one

SELECT is(pg_temp.verdict(feature), 'refused ' || reason, reason)
FROM (VALUES
	('5'::jsonb, 'not_a_feature: an object of type Feature is expected'),
	('null', 'not_a_feature: an object of type Feature is expected'),
	('{"type": "Point", "coordinates": [1, 2]}', 'not_a_feature: an object of type Feature is expected'),
	('{"type": "Feature"}', 'no_geometry: the feature has no place'),
	(pg_temp.feature('null'), 'no_capacity: neither total nor capacity is given'),
	(pg_temp.feature(jsonb_build_object('name', repeat('x', 501), 'total', 5)), 'bad_id: longer than 500 bytes'),
	(pg_temp.feature('{"name": "P", "total": 5, "amenity": "bicycle_parking"}'), 'not_a_lot: amenity bicycle_parking'),
	(pg_temp.feature('{"name": "P", "total": 5}', 'null'), 'no_geometry: the feature has no place'),
	(pg_temp.feature('{"name": "P", "total": 5}') - 'geometry', 'no_geometry: the feature has no place'),
	(pg_temp.feature('{"name": "P", "total": 5}', '"here"'), 'no_geometry: the geometry has no type'),
	(pg_temp.feature('{"name": "P", "total": 5}', '{"type": "Circle", "coordinates": [1, 2]}'), 'unsupported_geometry: Circle'),
	(pg_temp.feature('{"name": "P", "total": 5}', '{"type": "LineString", "coordinates": "long"}'), 'bad_coordinates: "long"'),
	(pg_temp.feature('{"name": "P", "total": 5}', '{"type": "MultiPoint", "coordinates": []}'), 'bad_coordinates: []'),
	(pg_temp.feature('{"name": "P", "total": 5}', '{"type": "GeometryCollection", "geometries": []}'), 'bad_coordinates: []'),
	(pg_temp.feature('{"name": "P", "total": 5}', '{"type": "Polygon", "coordinates": []}'), 'bad_coordinates: []'),
	(pg_temp.feature('{"name": "P", "total": 5}', '{"type": "Polygon", "coordinates": "round"}'), 'bad_coordinates: "round"'),
	(pg_temp.feature('{"name": "P", "total": 5}', '{"type": "Polygon"}'), 'bad_coordinates: none'),
	(pg_temp.feature('{"name": "P", "total": 5}', '{"type": "Polygon", "coordinates": [[[1, 2], [2, 3]]]}'), 'bad_coordinates: [[[1, 2], [2, 3]]]'),
	(pg_temp.feature('{"name": "P", "total": 5}', '{"type": "Polygon", "coordinates": [[[500, 2], [501, 2], [501, 3], [500, 2]]]}'),
		'bad_coordinates: [[[500, 2], [501, 2], [501, 3], [500, 2]]]'),
	(pg_temp.point('[]'), 'bad_coordinates: []'),
	(pg_temp.point('[13]'), 'bad_coordinates: [13]'),
	(pg_temp.point('{}'), 'bad_coordinates: {}'),
	(pg_temp.point('null'), 'bad_coordinates: null'),
	(pg_temp.point('["13", "51"]'), 'bad_coordinates: ["13", "51"]'),
	(pg_temp.point('[13, null]'), 'bad_coordinates: [13, null]'),
	(pg_temp.point('[13, 90.1]'), 'bad_coordinates: [13, 90.1]'),
	(pg_temp.point('[180.1, 51]'), 'bad_coordinates: [180.1, 51]'),
	(pg_temp.point('[11.628706, 11.628706]'), 'suspicious_coordinates: longitude equals latitude'),
	(pg_temp.point('[0, 0]'), 'suspicious_coordinates: longitude equals latitude'),
	(pg_temp.feature('{"name": "P"}'), 'no_capacity: neither total nor capacity is given'),
	(pg_temp.feature('{"name": "P", "total": null, "capacity": ""}'), 'no_capacity: neither total nor capacity is given'),
	(pg_temp.feature('{"name": "P", "total": "0"}'), 'no_capacity: total is 0'),
	(pg_temp.feature('{"name": "P", "total": -4}'), 'bad_capacity: total is -4'),
	(pg_temp.feature('{"name": "P", "total": 2.5}'), 'bad_capacity: total is 2.5'),
	(pg_temp.feature('{"name": "P", "total": 100001}'), 'bad_capacity: total is 100001'),
	(pg_temp.feature('{"name": "P", "total": 12345678901234567890123}'), 'bad_capacity: total is 12345678901234567890123'),
	(pg_temp.feature('{"name": "P", "capacity": "about 50"}'), 'bad_capacity: capacity is "about 50"'),
	(pg_temp.feature('{"name": "P", "total": true}'), 'bad_capacity: total is true'),
	(pg_temp.feature('{"name": "P", "total": 5, "capacity:disabled": "few"}'), 'bad_capacity: capacity:disabled is "few"'),
	(pg_temp.feature('{"name": "P", "total": 5, "capacity:disabled": -1}'), 'bad_capacity: capacity:disabled is -1'),
	(pg_temp.feature('{"name": "P", "total": 5, "capacity:disabled": 4, "capacity:women": 2}'), 'bad_capacity: the kinds add up to 6 of 5 spots')
) AS bad(feature, reason);
SELECT matches(pg_temp.verdict(pg_temp.point(digits)), '^refused bad_coordinates', 'a number beyond float8: ' || left(digits, 20))
FROM (VALUES ('[1e400, 51]'), ('[13, -1e400]')) AS v(digits);
SELECT is((SELECT count(*)::integer FROM smart_parking.parking WHERE source = 'verdicts'), 0, 'none of these made a lot');
SELECT is(pg_temp.verdict(pg_temp.point('[1e-400, 51]')), 'added', 'a number too small for float8 is 0');
SELECT is(pg_temp.verdict(pg_temp.feature('{"name": "P", "total": 5.0}', '{"type": "Point", "coordinates": [-180, -90]}')), 'updated', 'the edge of the coordinates');
SELECT is(pg_temp.verdict(pg_temp.feature('{"name": "Q", "capacity": " 100000 "}')), 'added', 'the largest capacity, as text');

-- no import at all

SELECT throws_ok(format('SELECT * FROM smart_parking.import_parkings(%s)', arguments), code, NULL, format('import_parkings(%s): %s', arguments, code))
FROM (VALUES
	('NULL, ''s''', 'SP016'), ('''{"type": "FeatureCollection", "features": []}'', NULL', 'SP016'),
	('''{"type": "FeatureCollection", "features": []}'', '' ''', 'SP019'),
	('''null'', ''s''', 'SP018'), ('''[]'', ''s''', 'SP018'), ('''"text"'', ''s''', 'SP018'), ('''{}'', ''s''', 'SP018'),
	('''{"type": "Feature", "features": []}'', ''s''', 'SP018'), ('''{"type": "FeatureCollection"}'', ''s''', 'SP018'),
	('''{"type": "FeatureCollection", "features": {}}'', ''s''', 'SP018'),
	('''{"type": "FeatureCollection", "features": null}'', ''s''', 'SP018')) AS bad(arguments, code);
SELECT is_empty($$ SELECT * FROM smart_parking.import_parkings('{"type": "FeatureCollection", "features": []}', 's') $$, 'an empty collection');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all in step at the end');

-- files: ours, and real ones where they are

\getenv test_data SMART_PARKING_TEST_DATA
\set folder :test_data /lots
\ir import_files.psql
SELECT results_eq('SELECT file, source_id, name, action, reason FROM report ORDER BY file COLLATE "C", source_id COLLATE "C"',
	$$ VALUES ('dresden.geojson', 'Altmarkt', 'Altmarkt', 'added', NULL),
		('dresden.geojson', 'An der Frauenkirche', 'An der Frauenkirche', 'added', NULL),
		('dresden.geojson', 'Centrum-Galerie', 'Centrum-Galerie', 'added', NULL),
		('dresden.geojson', 'Dresden', 'Dresden', 'refused', 'not_a_lot: type city'),
		('dresden.geojson', 'Terrassenufer Bus', 'Terrassenufer Bus', 'refused', 'no_capacity: neither total nor capacity is given'),
		('lower_town.geojson', 'Lower Town', 'Lower Town', 'refused', 'not_a_lot: type city'),
		('lower_town.geojson', 'Nowhere', 'Nowhere', 'refused', 'no_geometry: the feature has no place'),
		('lower_town.geojson', 'Of unknown size', 'Of unknown size', 'refused', 'no_capacity: neither total nor capacity is given'),
		('lower_town.geojson', 'Twice the longitude', 'Twice the longitude', 'refused', 'suspicious_coordinates: longitude equals latitude'),
		('lower_town.geojson', 'Under repair', 'Under repair', 'refused', 'no_capacity: total is 0'),
		('lower_town.geojson', 'p-1', 'Mühlgasse', 'added', NULL),
		('lower_town.geojson', 'p-2', 'Mühlgasse', 'added', NULL),
		('lower_town.geojson', 'Ändernde Straße 日本', 'Ändernde Straße 日本', 'added', NULL),
		('map_extract.geojson', 'node/12', 'P 2', 'added', NULL),
		('map_extract.geojson', 'relation/1', 'Upper Town', 'refused', 'not_a_lot: type city'),
		('map_extract.geojson', 'way/11', 'At the mill', 'added', NULL) $$, 'our files: what is taken, and why the others are not');
SELECT results_eq($$ SELECT s.name, s.total_capacity, s.latitude, s.longitude, s.address FROM smart_parking.parking_status AS s
	WHERE s.source LIKE '%.geojson' AND s.name ~ '^(Altmarkt|P 2|Ändernde)' ORDER BY s.name COLLATE "C" $$,
	$$ VALUES ('Altmarkt', 400, 51.05031::float8, 13.73754::float8, 'Wilsdruffer Straße'), ('P 2', 18, 48.705, 9.105, NULL), ('Ändernde Straße 日本', 7, 50.204, 11.504, NULL) $$,
	'our files: with name, capacity, place and address');

\getenv shared_data SMART_PARKING_SHARED_DATA
\if :{?shared_data}
\set folder :shared_data /lots
\ir import_files.psql
SELECT is((SELECT count(*)::integer FROM city), 30, 'real files: 30 cities');
SELECT is((SELECT count(*)::integer FROM report WHERE reason ~ '^no_geometry'), 3, 'real files: three have no place');
SELECT is((SELECT count(*)::integer FROM report WHERE reason ~ '^suspicious_coordinates'), 1, 'real files: one has a wrong place');
\endif

SELECT * FROM finish();
ROLLBACK;
-- Hundreds of thousands of spots were rolled back; the next test shall not walk over them.
VACUUM ANALYZE smart_parking.parking, smart_parking.spot, smart_parking.counter_slice, smart_parking.booking;
