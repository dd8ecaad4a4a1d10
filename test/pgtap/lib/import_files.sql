-- Imports each file of :folder as a source of its own, twice, and asserts what must hold whatever is in them.
-- Leaves the tables city (file, features) and report (file, what the first import said).

SET LOCAL client_min_messages = warning;
DROP TABLE IF EXISTS city, report;
CREATE TEMPORARY TABLE city AS
	SELECT file, pg_read_file(:'folder' || '/' || file)::jsonb AS features FROM pg_ls_dir(:'folder') AS file WHERE file LIKE '%.geojson';
CREATE TEMPORARY TABLE report AS
	SELECT file, i.* FROM city, smart_parking.import_parkings(features, file) AS i;
SELECT is((SELECT count(*) FROM report), (SELECT sum(jsonb_array_length(features -> 'features'))::bigint FROM city), 'a row for each feature');
SELECT is((SELECT count(*) FROM report WHERE action = 'added'),
	(SELECT count(DISTINCT (file, coalesce(f -> 'properties' ->> 'obs_id', f -> 'properties' ->> 'name')))
	FROM city, jsonb_array_elements(features -> 'features') AS f
	WHERE (f -> 'properties' ->> 'total')::integer > 0 AND f -> 'geometry' <> 'null' AND f -> 'properties' ->> 'type' IS DISTINCT FROM 'city'
	AND f #> '{geometry,coordinates,0}' IS DISTINCT FROM f #> '{geometry,coordinates,1}'), 'what has a place and a capacity is taken');
SELECT is((SELECT count(*) FROM report WHERE reason = 'not_a_lot: type city'), (SELECT count(*) FROM city), 'each city itself is refused');
SELECT is_empty($$ SELECT * FROM report WHERE action <> 'added' AND coalesce(reason, '') !~ '^(not_a_lot|no_geometry|suspicious_coordinates|no_capacity): ' $$,
	'the others have no capacity');
SELECT is((SELECT count(*)::integer FROM city, smart_parking.import_parkings(features, file) WHERE action NOT IN ('unchanged', 'refused')), 0,
	'the second import changes nothing');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all in step');
