-- import_parkings: kinds, holds, names, mappings, who may park, how high, when, and the time zone.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.file(VARIADIC properties jsonb[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object('type', 'FeatureCollection', 'features', jsonb_agg(jsonb_build_object('type', 'Feature', 'properties', p,
		'geometry', jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(13.7 + nth / 100.0, 51.05))) ORDER BY nth))
	FROM unnest(properties) WITH ORDINALITY AS u(p, nth) $$;
-- what a file of this one leads to, and the lot
CREATE FUNCTION pg_temp.verdict(properties jsonb, mapping jsonb DEFAULT NULL) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT concat_ws(' | ', action, reason, notes) FROM smart_parking.import_parkings(pg_temp.file(properties), properties::text || coalesce(mapping::text, ''), mapping, time_zone => 'UTC') AS i $$;
CREATE FUNCTION pg_temp.lot(properties jsonb, mapping jsonb DEFAULT NULL) RETURNS smart_parking.parking LANGUAGE sql VOLATILE AS $$
	SELECT count(*) FROM smart_parking.import_parkings(pg_temp.file(properties), properties::text || coalesce(mapping::text, ''), mapping, time_zone => 'UTC');
	SELECT p FROM smart_parking.parking AS p WHERE source = lot.properties::text || coalesce(mapping::text, '') $$;
CREATE FUNCTION pg_temp.kinds(lot uuid) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT string_agg(kind || ' ' || n, ', ' ORDER BY kind) FROM (SELECT kind, count(*) AS n FROM smart_parking.spot WHERE parking_id = lot AND NOT retired GROUP BY kind) AS k $$;

-- kinds

SELECT is(pg_temp.kinds((pg_temp.lot(properties::jsonb)).id), kinds, properties)
FROM (VALUES
	('{"name": "A", "capacity": 263, "capacity_disabled": 10}', 'disabled 10, standard 253'),
	('{"name": "B", "capacity": 100, "capacity_woman": 1, "capacity_family": 2, "capacity_charging": 3, "capacity_carsharing": "4", "capacity_truck": 5, "capacity_bus": 6, "capacity_disabled": null}',
		'bus 6, carsharing 4, charging 3, family 2, standard 79, truck 5, woman 1'),
	('{"name": "C", "capacity": 20, "capacity:disabled": "yes", "capacity:women": 2, "capacity:parent": 1, "capacity:hgv": 3, "capacity:conditional": "9 @ Su"}', 'parent 1, standard 14, truck 3, women 2'),
	('{"name": "D", "capacity": 20, "capacity_min": 5, "capacity_max": 30, "realtime_capacity": 19}', 'standard 20'),
	('{"nom": "E", "nb_places": 20, "nb_pmr": 2}', 'disabled 2, standard 18')) AS v(properties, kinds);
SELECT is(pg_temp.verdict('{"name": "F", "capacity": 5, "capacity_disabled": 6}'), 'refused | bad_capacity: the kinds add up to 6 of 5 spots | its keys: capacity, capacity_disabled, name', 'kinds are within the capacity');

SELECT is(pg_temp.verdict('{"name": "G", "capacity": 50, "womens_parking": "ca 6", "nb_pmr": 2}'), 'added | kinds: left out, since womens_parking is "ca 6"', 'a remark is no number, and said');

-- holds are no longer than allowed

SET LOCAL smart_parking.max_hold = '10 min';
SELECT is((pg_temp.lot('{"name": "short", "capacity": 5}')).hold_duration, '10 minutes', 'max_hold below 15 minutes is the lot''s hold');
SET LOCAL smart_parking.max_hold = '2 h';
SELECT is((pg_temp.lot('{"name": "long", "capacity": 5}')).hold_duration, '15 minutes', 'else it is 15 minutes');

-- names

SELECT is(pg_temp.verdict(properties::jsonb), 'added | name: made from ' || made_from, properties) FROM (VALUES
	('{"capacity": 5, "operator": "Q", "addr:street": "Mill Rd", "addr:housenumber": 3}', 'operator and address'), ('{"capacity": 5, "operator": "Q"}', 'operator'),
	('{"capacity": 5, "addr:street": "Mill Rd"}', 'address'), ('{"capacity": 5, "@id": "way/123"}', 'id'), ('{"capacity": 5, "ref": "P9"}', 'ref'), ('{"capacity": 5, "name": {"en": "P"}}', 'place')) AS v(properties, made_from);
SELECT results_eq($$ SELECT name FROM smart_parking.parking WHERE source LIKE '{"%' AND (name ~ '^(Q|Mill|way|P9|Parking at)') ORDER BY name COLLATE "C" $$,
	ARRAY['Mill Rd', 'P9', 'Parking at 51.05000, 13.71000', 'Q', 'Q, Mill Rd 3', 'way/123'], 'names that were made');
SELECT is((SELECT string_agg((pg_temp.lot(jsonb_build_object(key, 'x' || key, 'capacity', 5))).name, ', ') FROM unnest(ARRAY['Name', 'NAAM', 'nombre', 'park_name', 'Bezeichnung', 'nazwa']) AS key),
	'xName, xNAAM, xnombre, xpark_name, xBezeichnung, xnazwa', 'names in several languages');
SELECT is((SELECT string_agg((pg_temp.lot(jsonb_build_object('name', key, key, 7))).total_capacity::text, ',') FROM unnest(ARRAY['Kapazitaet', 'KAPAZITÄT', 'Anzahl Stellplätze', 'nb_places', 'plazas', 'Posti_auto', 'capaciteit', 'antal platser', 'kapasiteetti', 'miejsca', 'vagas', 'kapacita']) AS key),
	'7,7,7,7,7,7,7,7,7,7,7,7', 'capacities in several languages');

-- a mapping

SELECT results_eq($$ SELECT (l).name, (l).total_capacity, (l).address, (l).source_id, (l).time_zone, (l).access, pg_temp.kinds((l).id) FROM pg_temp.lot(
	'{"a": "N", "b": "12", "c": "Road 1", "d": 4, "e": "K9", "f": "Europe/Rome", "g": "customers"}',
	'{"name": "a", "capacity": ["x", "b"], "address": "c", "kinds": {"charging": "d"}, "id": "e", "time_zone": "f", "access": "g"}'::jsonb #- '{capacity,0}') AS l $$,
	$$ VALUES ('N', 12, 'Road 1', 'K9', 'Europe/Rome', 'customers', 'charging 4, standard 8') $$, 'a mapping says what is what');
SELECT is(pg_temp.verdict('{"titel_7": "N", "so_viele": 5}'), 'refused | no_capacity: neither total nor capacity is given | its keys: so_viele, titel_7', 'without one, a refusal lists the keys');
SELECT is((pg_temp.lot('{"name": "wrong", "label_x": "right", "capacity": 5}', '{"name": "label_x"}')).name, 'right', 'it comes before the usual names');
SELECT throws_ok(format('SELECT pg_temp.verdict(%L, %L)', '{"name": "M", "capacity": 5}', mapping), 'SP019', NULL, 'no mapping: ' || mapping)
FROM unnest(ARRAY['[]', '{"nmae": "name"}', '{"name": 5}', '{"name": ["name", 5]}', '{"name": "missing"}', '{"kinds": "capacity"}', '{"kinds": {"Big Cars": "capacity"}}', '{"kinds": {"standard": "capacity"}}', '{"kinds": {"bus": 1}}']) AS mapping;
SELECT throws_like($$ SELECT pg_temp.verdict('{"name": "M", "capacity": 5}', '{"name": "missing"}') $$, 'nothing in the file has a property "missing", which the mapping names', 'which says why');

-- who may park, how high, for money, when

SELECT is((pg_temp.lot(jsonb_build_object('name', 'Access ' || said, 'capacity', 5, 'access', said))).access, access, 'access=' || said)
FROM (VALUES ('yes', 'public'), ('permissive', 'public'), ('customers', 'customers'), ('private', 'private'), ('no', 'no'), ('permit', 'permit'), ('residents', 'permit'), ('delivery', 'private')) AS v(said, access);
SELECT is(pg_temp.verdict('{"name": "x", "capacity": 5, "access": "delivery"}'), 'added | access: "delivery" counts as private', 'what is not known is not for everybody, and said');
SELECT results_eq($$ SELECT name FROM smart_parking.nearby_parking(51.05, 13.71, 10, 1000, access => '{customers,permit}') ORDER BY name $$, $$ VALUES ('Access customers'), ('Access permit'), ('Access residents'), ('N') $$, 'search finds them if asked');
SELECT is_empty($$ SELECT * FROM smart_parking.nearby_parking(51.05, 13.71, 10, 1000) WHERE name ~ '^Access (cust|priv|no|permit|res|deli)' $$, 'and not otherwise');
SELECT is((SELECT count(*) FROM smart_parking.nearby_parking(51.05, 13.71, 10, 1000, access => NULL)), (SELECT count(*) FROM smart_parking.parking), 'NULL: all of them');
SELECT is_empty($$ SELECT * FROM smart_parking.nearby_parking(51.05, 13.71, 10, 1000, access => '{}') $$, 'none: none');
SELECT results_eq(format('SELECT max_height_m, fee, opening_hours FROM pg_temp.lot(%L)', properties), format('SELECT %s::numeric, %s::boolean, %L', height, fee, hours), properties)
FROM (VALUES ('{"name": "h1", "capacity": 5, "maxheight": "2.1", "fee": "yes", "opening_hours": "Mo-Sa 06:00-22:00"}', '2.1', 'true', 'Mo-Sa 06:00-22:00'),
	('{"name": "h2", "capacity": 5, "max_height": 1900, "has_fee": false, "opening_hours": "24/7"}', '1.9', 'false', '24/7'),
	('{"name": "h3", "capacity": 5, "maxheight": "210 cm", "freeOfCharge": "true"}', '2.1', 'false', NULL),
	('{"name": "h4", "capacity": 5, "maxheight": "6''11\"", "fee": "08:00-18:00"}', '2.11', 'NULL', NULL),
	('{"name": "h5", "capacity": 5, "maxheight": "default"}', 'NULL', 'NULL', NULL)) AS v(properties, height, fee, hours);
SELECT is((pg_temp.lot('{"name": "s", "capacity": 5, "surface": "asphalt"}')).properties ->> 'surface', 'asphalt', 'the rest is in properties');
-- an access that the operator has set stays, unless the file says one
SELECT lives_ok($$ SELECT smart_parking.set_parking(id, access => 'customers') FROM smart_parking.parking WHERE name IN ('s', 'Access private') $$, 'set_parking');
SELECT is((pg_temp.lot('{"name": "s", "capacity": 5, "surface": "asphalt"}')).access, 'customers', 'stays');
SELECT is((pg_temp.lot('{"name": "Access private", "capacity": 5, "access": "private"}')).access, 'private', 'the file''s comes back');

-- time zones

SELECT results_eq($$ SELECT action, notes FROM smart_parking.import_parkings('[{"name": "Dresden", "capacity": 5, "lat": 51.05, "lon": 13.74, "addr:country": "DE"},
	{"name": "nobody says", "capacity": 5, "lat": 51.051, "lon": 13.741}, {"name": "Brest", "capacity": 5, "lat": 48.39, "lon": -4.49}, {"name": "Brest, FR", "capacity": 5, "lat": 48.39, "lon": -4.49, "country": "fr"},
	{"name": "own", "capacity": 5, "lat": 51.05, "lon": 13.75, "timezone": "Europe/Warsaw"}, {"name": "wrong", "capacity": 5, "lat": 51.05, "lon": 13.76, "timezone": "Mars/Olympus", "country": "DE"},
	{"name": "Austin", "capacity": 5, "lat": 30.27, "lon": -97.74, "country": "US"}]'::jsonb, 'zones') $$,
	$$ VALUES ('added', 'time_zone: Europe/Berlin by its place'), ('added', 'time_zone: Europe/Prague by its place'), ('added', 'time_zone: UTC, since neither the file nor the place tells; give the argument time_zone'),
		('added', 'time_zone: Europe/Paris by its place'), ('added', NULL), ('added', 'time_zone: "Mars/Olympus" is unknown; time_zone: Europe/Berlin by its place'),
		('added', 'time_zone: UTC, since neither the file nor the place tells; give the argument time_zone') $$, 'from the file, else from the place where that is clear, and said');
SELECT is((SELECT string_agg(name || ' ' || time_zone, ', ' ORDER BY name COLLATE "C") FROM smart_parking.parking WHERE source = 'zones'),
	'Austin UTC, Brest UTC, Brest, FR Europe/Paris, Dresden Europe/Berlin, nobody says Europe/Prague, own Europe/Warsaw, wrong Europe/Berlin', 'which the lots have');
SELECT is((SELECT string_agg(DISTINCT smart_parking_internal.time_zone_at(latitude, longitude, NULL), ',') FROM (VALUES (0, 0), (30, -40), (-60, -120), (48.39, -4.49), (42.23, -8.72)) AS far(latitude, longitude)), NULL,
	'no zone at sea, nor where neighbours'' clocks differ');
SELECT is((SELECT count(*)::integer FROM smart_parking_internal.time_zone_places() AS p WHERE smart_parking_internal.time_zone_at(p.latitude, p.longitude, p.country) IS NULL AND p.zone !~ 'Winamac|Knox'), 0, 'each city of the time zone database has a zone, but for two that are neighbours with different clocks')
WHERE (SELECT bool_and(smart_parking_internal.clock_of(zone) IS NOT NULL) FROM smart_parking_internal.time_zone_places());
SELECT is((SELECT notes FROM smart_parking.import_parkings('[{"name": "T", "capacity": 5, "lat": 51.05, "lon": 13.74}]'::jsonb, 'zoned', time_zone => 'Europe/Berlin')), NULL, 'a time zone as argument');
SELECT is((SELECT time_zone FROM smart_parking.parking WHERE source = 'zoned'), 'Europe/Berlin', 'the argument is for lots without one');
SELECT throws_ok($$ SELECT smart_parking.import_parkings('[{"name": "T", "capacity": 5, "lat": 51.05, "lon": 13.74}]'::jsonb, 'zoned', time_zone => 'Mars/Olympus') $$, 'SP019', NULL, 'and has to be one');
SELECT is(smart_parking.set_parking(id, time_zone => 'Europe/Lisbon', hold_duration => '20 minutes', access => 'permit'), true, 'set_parking changes time zone, hold and access') FROM smart_parking.parking WHERE source = 'zoned';
SELECT is((SELECT action FROM smart_parking.import_parkings('[{"name": "T", "capacity": 5, "lat": 51.05, "lon": 13.74}]'::jsonb, 'zoned', time_zone => 'Europe/Berlin')), 'unchanged', 'which a later import leaves');
SELECT results_eq($$ SELECT time_zone, hold_duration, access FROM smart_parking.parking WHERE source = 'zoned' $$, $$ VALUES ('Europe/Lisbon', interval '20 minutes', 'permit') $$, 'as set');
SELECT is((SELECT details FROM smart_parking.parking_event AS e JOIN smart_parking.parking AS p ON p.id = e.parking_id WHERE source = 'zoned'),
	'{"access": {"to": "permit", "from": "public"}, "time_zone": {"to": "Europe/Lisbon", "from": "Europe/Berlin"}, "hold_duration": {"to": "00:20:00", "from": "00:15:00"}}', 'and on record');
SELECT throws_ok(format('SELECT smart_parking.set_parking(id, %s) FROM smart_parking.parking WHERE source = %L', argument, 'zoned'), code, NULL, 'set_parking: ' || argument)
FROM (VALUES ('time_zone => ''Mars/Olympus''', 'SP019'), ('hold_duration => ''0''', 'SP011'), ('hold_duration => ''8 days''', 'SP011'), ('access => ''friends''', 'SP019')) AS v(argument, code);
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all in step');

SELECT * FROM finish();
ROLLBACK;
