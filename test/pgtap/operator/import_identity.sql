-- import_parkings: which lot an item is, what happens to drivers of a lot that the file moves or shrinks, and lots that are missing.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.item(properties jsonb, longitude numeric DEFAULT 13.74, latitude numeric DEFAULT 51.05) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object('type', 'Feature', 'properties', '{"capacity": 20, "time_zone": "Europe/Berlin"}' || properties,
		'geometry', jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(longitude, latitude))) $$;
CREATE FUNCTION pg_temp.file(VARIADIC items jsonb[]) RETURNS jsonb LANGUAGE sql IMMUTABLE
	AS $$ SELECT jsonb_build_object('type', 'FeatureCollection', 'features', to_jsonb(items)) $$;
CREATE FUNCTION pg_temp.report(file jsonb, source text, close_missing boolean DEFAULT false, move_booked boolean DEFAULT false) RETURNS SETOF text LANGUAGE sql VOLATILE AS $$
	SELECT concat_ws(' | ', action, i.source_id, reason, notes)
	FROM smart_parking.import_parkings(file, report.source, close_missing => report.close_missing, move_booked => report.move_booked) AS i $$;
CREATE FUNCTION pg_temp.lot(lot_source text, key text) RETURNS uuid LANGUAGE sql STABLE
	AS 'SELECT id FROM smart_parking.parking WHERE source = lot_source AND source_id = key';
CREATE FUNCTION pg_temp.longitude(lot uuid) RETURNS float8 LANGUAGE sql STABLE
	AS 'SELECT longitude FROM smart_parking.parking_status WHERE id = lot';

-- ids under all usual keys

SELECT results_eq(format('SELECT pg_temp.report(pg_temp.file(pg_temp.item(%L)), %L)', '{"name": "Same"}'::jsonb || properties::jsonb, properties),
	ARRAY['added | ' || key], 'an id: ' || properties)
FROM (VALUES ('{"id": 7}', '7'), ('{"@id": "way/1"}', 'way/1'), ('{"osm_type": "way", "osm_id": 5}', 'way/5'), ('{"osm_type": "N", "osm_id": "6"}', 'node/6'),
	('{"OBJECTID": 9}', '9'), ('{"uid": "u"}', 'u'), ('{"uuid": "1b"}', '1b'), ('{"UUID": "1c"}', '1c'), ('{"ref": "P 4"}', 'P 4'), ('{"gml_id": "g.1"}', 'g.1'),
	('{"fid": 3}', '3'), ('{"parkId": 12}', '12'), ('{"source_id": "s", "OBJECTID": 1}', 's'), ('{}', 'Same'), ('{"id": null, "ref": " "}', 'Same')) AS v(properties, key);

-- one name, several lots

SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "P"}'), pg_temp.item('{"name": "P"}', 13.745), pg_temp.item('{"name": "Q"}', 13.746)), 'names') $$,
	ARRAY['added | P @ 51.05000,13.74000', 'added | P @ 51.05000,13.74500', 'added | Q'], 'lots of one name are told apart by their place');
SELECT lives_ok($$ SELECT smart_parking.reserve_spot(id, gen_random_uuid(), 'LIVE ' || row_number() OVER ()) FROM smart_parking.parking WHERE source = 'names' $$, 'each has a live hold');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "P"}', 13.745), pg_temp.item('{"name": "Q"}', 13.746), pg_temp.item('{"name": "P"}')), 'names') $$,
	ARRAY['unchanged | P @ 51.05000,13.74500', 'unchanged | Q', 'unchanged | P @ 51.05000,13.74000'], 'another order changes nothing');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "P"}', 13.7401), pg_temp.item('{"name": "Q"}', 13.746), pg_temp.item('{"name": "P"}', 13.7451)), 'names') $$,
	ARRAY['updated | P @ 51.05000,13.74010 | id: was "P @ 51.05000,13.74000"', 'unchanged | Q', 'updated | P @ 51.05000,13.74510 | id: was "P @ 51.05000,13.74500"'],
	'a few metres on they are still themselves');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "P"}', 13.7451)), 'names') $$,
	ARRAY['updated | P | id: was "P @ 51.05000,13.74510"', 'missing | P @ 51.05000,13.74010 | the file does not have it any more', 'missing | Q | the file does not have it any more'],
	'the only one left of a name is the one that was there');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "P"}'), pg_temp.item('{"name": "P"}')), 'twins') $$,
	ARRAY['added | P @ 51.05000,13.74000', 'refused | P @ 51.05000,13.74000 | duplicate_id: "P @ 51.05000,13.74000" came before in this import'], 'one name at one place is one lot');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "P", "ref": "1"}'), pg_temp.item('{"name": "R", "ref": "1"}', 13.745), pg_temp.item('{"name": "S", "ref": "2"}', 13.746)), 'refs') $$,
	ARRAY['added | P', 'added | R', 'added | 2'], 'a ref is an id while no other has it');

-- ids that come new, or change

SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "Old"}'), pg_temp.item('{"name": "Far"}', 13.75)), 'rekeyed') $$, ARRAY['added | Old', 'added | Far'], 'lots without ids');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "Old", "id": "o"}', 13.7405), pg_temp.item('{"name": "Far", "id": "f"}', 13.76)), 'rekeyed') $$,
	ARRAY['updated | o | id: was "Old"', 'added | f', 'missing | Far | the file does not have it any more'], 'get ids where they are; another place is another lot');

-- drivers on their way

SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "B", "id": 1}'), pg_temp.item('{"name": "C", "id": 2}', 13.75)), 'booked') $$, ARRAY['added | 1', 'added | 2'], 'two lots');
SELECT lives_ok($$ SELECT smart_parking.reserve_spot(pg_temp.lot('booked', '1'), gen_random_uuid(), 'WAY ' || n) FROM generate_series(1, 20) AS n $$, 'one is booked');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "C", "id": 1}', 13.75), pg_temp.item('{"name": "B", "id": 2}')), 'booked') $$,
	ARRAY['refused | 1 | moved_while_booked: the file has it 699 m from where the drivers of 20 live bookings expect it | nothing of this lot was changed; move_booked => true does it',
		'updated | 2 | moved 699 m'], 'a booked lot keeps all that it has when the file has it elsewhere; one without bookings is moved');
SELECT results_eq($$ SELECT name, pg_temp.longitude(id) FROM smart_parking.parking WHERE source = 'booked' AND source_id = '1' $$, $$ VALUES ('B', 13.74::float8) $$, 'so it is');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "B", "id": 1}', 13.7414), pg_temp.item('{"name": "B", "id": 2}')), 'booked') $$,
	ARRAY['updated | 1', 'unchanged | 2'], '98 m are within one lot');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "B", "id": 1}', 13.75), pg_temp.item('{"name": "B", "id": 2}')), 'booked', move_booked => true) $$,
	ARRAY['updated | 1 | moved 601 m, with 20 live bookings', 'unchanged | 2'], 'unless the import says so');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "B", "id": 1, "capacity": 5}', 13.75), pg_temp.item('{"name": "B", "id": 2}')), 'booked') $$,
	ARRAY['updated | 1 | shrunk: 15 live bookings stay on spots that leave the lot when they come free', 'unchanged | 2'], 'a lot that shrinks below its bookings says so');
SELECT results_eq($$ SELECT total_capacity, (SELECT count(*) FROM smart_parking.booking WHERE parking_id = p.id AND ended_at IS NULL) FROM smart_parking.parking AS p
	WHERE source = 'booked' AND source_id = '1' $$, $$ VALUES (5, 20::bigint) $$, 'and drops none of them');
SELECT lives_ok($$ SELECT smart_parking.cancel_booking(id) FROM smart_parking.booking WHERE parking_id = pg_temp.lot('booked', '1') $$, 'all are cancelled');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "B", "id": 1, "capacity": 5}'), pg_temp.item('{"name": "B", "id": 2}')), 'booked') $$,
	ARRAY['updated | 1 | moved 699 m', 'unchanged | 2'], 'bookings that have ended keep it nowhere');

-- lots that the file does not have any more

SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "K", "id": 1}'), pg_temp.item('{"name": "L", "id": 2}', 13.75), pg_temp.item('{"name": "M", "id": 3}', 13.76)), 'gone') $$,
	ARRAY['added | 1', 'added | 2', 'added | 3'], 'three lots');
SELECT lives_ok($$ SELECT smart_parking.reserve_spot(pg_temp.lot('gone', '2'), gen_random_uuid(), 'GONE 1') $$, 'one booked');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "K", "id": 1}'), pg_temp.item('{"name": "M", "id": 3, "capacity": 0}', 13.76)), 'gone') $$,
	ARRAY['unchanged | 1', 'refused | 3 | no_capacity: capacity is 0 | its keys: capacity, id, name, time_zone', 'missing | 2 | the file does not have it any more'], 'what is gone is missing; what is refused is there');
SELECT is((SELECT count(*)::integer FROM smart_parking.parking WHERE source = 'gone' AND is_open), 3, 'nothing is closed');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "K", "id": 1}'), pg_temp.item('{"name": "M", "id": 3}', 13.76)), 'gone', close_missing => true) $$,
	ARRAY['unchanged | 1', 'unchanged | 3', 'missing | 2 | closed: the file does not have it any more | its 1 live bookings stay'], 'close_missing closes it');
SELECT is((SELECT is_open FROM smart_parking.parking WHERE id = pg_temp.lot('gone', '2')), false, 'closed');
SELECT is((SELECT count(*)::integer FROM smart_parking.booking WHERE parking_id = pg_temp.lot('gone', '2') AND ended_at IS NULL), 1, 'with its booking');
SELECT is((SELECT event || ': ' || reason FROM smart_parking.parking_event WHERE parking_id = pg_temp.lot('gone', '2')), 'closed: import: the file does not have it any more', 'on record');
SELECT results_eq($$ SELECT pg_temp.report(pg_temp.file(pg_temp.item('{"name": "K", "id": 1}'), pg_temp.item('{"name": "M", "id": 3}', 13.76)), 'gone', close_missing => true) $$,
	ARRAY['unchanged | 1', 'unchanged | 3', 'missing | 2 | the file does not have it any more | it is closed'], 'once');
SELECT throws_ok(format('SELECT pg_temp.report(%L, %L, close_missing => true)', file, 'gone'), 'SP019', NULL, 'a file without lots closes no city: ' || left(file::text, 40))
FROM unnest(ARRAY['{"type": "FeatureCollection", "features": []}', pg_temp.file(pg_temp.item('{"capacity": 0}'))]) AS file;
SELECT is((SELECT count(*)::integer FROM smart_parking.parking WHERE source = 'gone' AND is_open), 2, 'none');

-- many

SELECT results_eq(format('SELECT action, count(*) FROM smart_parking.import_parkings(%L::jsonb, %L) GROUP BY 1', file, 'many'), format('VALUES (%L, 2500::bigint)', action), '2,500 lots: ' || action)
FROM (SELECT pg_temp.file(VARIADIC array_agg(pg_temp.item(jsonb_build_object('id', n, 'name', 'N', 'capacity', 1 + n % 9, 'capacity:disabled', 1), 13 + n / 1000.0))) AS file FROM generate_series(1, 2500) AS n) AS f,
	unnest(ARRAY['added', 'unchanged']) AS action;
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all in step');

SELECT * FROM finish();
ROLLBACK;
