-- availability_feed: what stands in each form, and that it comes back in.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;

SELECT smart_parking.add_parking(E'Odd "quotes"; <&> \u0001ü', 51.05, 13.74, 10, 'Street 1, "A & B"', '{"disabled": 2, "charging": 1, "valet": 1}', source => 'city', source_id => 'odd') AS odd \gset
SELECT smart_parking.add_parking('Outside', 51.05, 13.741, 10, kinds => '{"disabled": 2}', time_zone => 'Europe/Berlin', source => 'city', source_id => 'outside') AS outside \gset
SELECT smart_parking.add_parking('Faulty', 51.05, 13.742, 10, source => 'city', source_id => 'faulty') AS faulty \gset
SELECT smart_parking.add_parking('Silent', 51.05, 13.743, 10, source => 'city', source_id => 'silent') AS silent \gset
SELECT smart_parking.add_parking('Shut', 51.05, 13.744, 10, source => 'city', source_id => 'shut') AS shut \gset
SELECT smart_parking.add_parking('Fiji', -17.8, 179.999, 5) AS fiji \gset
SELECT smart_parking.add_parking('East of it', -17.8, -179.999, 5) AS east \gset
SELECT smart_parking.set_counted_outside(id, true) FROM smart_parking.parking WHERE name IN ('Outside', 'Faulty', 'Silent') \g /dev/null
SELECT smart_parking.report_availability(:'outside', 7, as_of => clock_timestamp() - interval '5 minutes', capacity => 12), smart_parking.report_availability(:'outside', 1, 'disabled'),
	smart_parking.report_availability(:'faulty', NULL, state => 'fault'), smart_parking.close_parking(:'shut') \g /dev/null
SELECT booking_id AS held FROM smart_parking.reserve_spot(:'odd', gen_random_uuid(), 'DD A 1') \gset
SELECT booking_id FROM smart_parking.reserve_spot(:'odd', gen_random_uuid(), 'DD A 2', kind => 'disabled') \gset
SELECT smart_parking.resize_parking(:'odd', 9, 'valet') \g /dev/null

CREATE FUNCTION pg_temp.feed(form text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT smart_parking.availability_feed(form, source => 'city') $$;

-- GeoJSON

CREATE FUNCTION pg_temp.properties(of text) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT f -> 'properties' FROM jsonb_array_elements(pg_temp.feed('geojson')::jsonb -> 'features') AS f WHERE f #>> '{properties,name}' LIKE of || '%' $$;
SELECT is(pg_temp.properties('Odd') - 'as_of', jsonb_build_object('amenity', 'parking', 'name', E'Odd "quotes"; <&> \u0001ü', 'address', 'Street 1, "A & B"', 'capacity', 9, 'free', 7, 'state', 'open', 'can_book', true, 'counted_by', 'bookings', 'time_zone', 'UTC',
	'capacity:disabled', 2, 'capacity:charging', 1, 'free:disabled', 1, 'free:charging', 1, 'free:valet', 0), 'a lot that is booked here: retired spots are no capacity');
SELECT is(pg_temp.properties('Outside') - 'as_of', '{"amenity": "parking", "name": "Outside", "capacity": 10, "free": 7, "state": "open", "can_book": false, "counted_by": "counter", "time_zone": "Europe/Berlin", "capacity:disabled": 2, "free:disabled": 1}',
	'one that is counted from outside');
SELECT is((pg_temp.properties('Outside') ->> 'as_of')::timestamptz, (SELECT date_trunc('second', usable_as_of) FROM smart_parking.outside_count WHERE parking_id = :'outside' AND kind = ''), 'as of its count');
SELECT is(pg_temp.properties('Faulty'), '{"amenity": "parking", "name": "Faulty", "capacity": 10, "state": "fault", "can_book": false, "time_zone": "UTC"}', 'one whose counter is out of order');
SELECT is(pg_temp.properties('Silent'), '{"amenity": "parking", "name": "Silent", "capacity": 10, "state": "open", "can_book": false, "time_zone": "UTC"}', 'one that nobody counts');
SELECT is(pg_temp.properties('Shut') ->> 'state', 'closed', 'one that is closed');
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = :'held';
SELECT is(pg_temp.properties('Odd') -> 'free', '8', 'a lapsed hold is a free spot');
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = :'booking_id';
SELECT is(jsonb_build_array(pg_temp.properties('Odd') -> 'free', pg_temp.properties('Odd') -> 'free:disabled'), '[9, 2]', 'of its kind');
SELECT is(jsonb_path_query_array(pg_temp.feed('geojson')::jsonb, '$.features[*] ? (@.properties.name == "Outside").geometry'), '[{"type": "Point", "coordinates": [13.741, 51.05]}]', 'where it is');

-- areas

CREATE FUNCTION pg_temp.names_in(area jsonb) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(split_part(f #>> '{properties,name}', ' ', 1), ' ' ORDER BY f #>> '{properties,name}') FROM jsonb_array_elements(smart_parking.availability_feed('geojson', area)::jsonb -> 'features') AS f $$;
SELECT is(pg_temp.names_in(area::jsonb), expected, area) FROM (VALUES
	(NULL, 'East Faulty Fiji Odd Outside Shut Silent'), ('[13.741, 51, 13.743, 52]', 'Faulty Outside Silent'), ('[179, -18, -179, -17]', 'East Fiji'), ('[0, 0, 1, 1]', NULL), ('[-180, -90, 180, 90]', 'East Faulty Fiji Odd Outside Shut Silent'),
	('{"type": "Polygon", "coordinates": [[[13.7395, 51.04], [13.7425, 51.04], [13.7395, 51.07], [13.7395, 51.04]]]}', 'Odd Outside')) AS v (area, expected);
SELECT throws_ok(format('SELECT smart_parking.availability_feed(%s)', arguments), code, NULL, format('availability_feed(%s): %s', arguments, code)) FROM (VALUES
	('NULL', 'SP016'), ('''xml''', 'SP019'), ('''GeoJSON''', 'SP019'), ('''csv'', publisher => ''Dresden''', 'SP019'), ('''csv'', publisher => NULL', 'SP016'),
	('''csv'', ''[1, 2, 3]''', 'SP013'), ('''csv'', ''[1, 2, 3, "4"]''', 'SP013'), ('''csv'', ''[1, 2, 3, 1]''', 'SP013'), ('''csv'', ''[1, 2, 300, 4]''', 'SP013'), ('''csv'', ''[1, 2, 3, 1e400]''', 'SP013'), ('''csv'', ''"here"''', 'SP013'), ('''csv'', ''{"type": "Point", "coordinates": [1, 2]}''', 'SP013'),
	('''csv'', ''{"type": "Polygon", "coordinates": []}''', 'SP013'), ('''csv'', ''{"type": "Polygon", "coordinates": "x"}''', 'SP013'), ('''csv'', ''{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}''', 'SP013')) AS bad (arguments, code);
SELECT is(smart_parking.availability_feed('geojson', '[0, 0, 1, 1]')::jsonb, '{"type": "FeatureCollection", "features": []}', 'an area without lots');
SELECT is(smart_parking.availability_feed('parkapi', '[0, 0, 1, 1]')::jsonb, '{"items": [], "total_count": 0}', 'in ParkAPI');
SELECT is(smart_parking.availability_feed('datex2_table', '[0, 0, 1, 1]'), NULL, 'DATEX II has no empty publication');

-- what is not for everybody

SELECT smart_parking.set_parking(:'shut', access => 'private') \g /dev/null
SELECT is(pg_temp.names_in('[13, 51, 14, 52]'), 'Faulty Odd Outside Silent', 'a private lot is not published');
SELECT smart_parking.set_parking(:'shut', access => 'public') \g /dev/null

-- ParkAPI v3: what it demands, in its words

CREATE TEMPORARY TABLE site AS SELECT i.value AS v, i.value ->> 'name' AS name FROM jsonb_array_elements(pg_temp.feed('parkapi')::jsonb -> 'items') AS i;
SELECT is_empty($$ SELECT name FROM site WHERE NOT (v ?& ARRAY['uid', 'name', 'type', 'purpose', 'lat', 'lon', 'capacity', 'has_realtime_data', 'static_data_updated_at'])
	OR v ->> 'purpose' <> 'CAR' OR v ->> 'type' <> 'OTHER' OR v ->> 'realtime_opening_status' NOT IN ('OPEN', 'CLOSED', 'UNKNOWN')
	OR (v ->> 'has_realtime_data')::boolean <> (v ? 'realtime_data_updated_at') OR v ->> 'static_data_updated_at' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$' $$, 'every member that ParkAPI demands');
SELECT results_eq($$ SELECT name, (v ->> 'capacity')::integer, (v ->> 'realtime_capacity')::integer, (v ->> 'realtime_free_capacity')::integer, v ->> 'realtime_opening_status' FROM site WHERE name !~ '^Odd' ORDER BY name COLLATE "C" $$,
	$$ VALUES ('Faulty', 10, NULL, NULL, 'UNKNOWN'), ('Outside', 10, 12, 7, 'OPEN'), ('Shut', 10, 10, 10, 'CLOSED'), ('Silent', 10, NULL, NULL, 'OPEN') $$, 'what is counted and by whom');
SELECT is((SELECT v -> 'restrictions' FROM site WHERE name ~ '^Odd'), '[{"type": "CHARGING", "capacity": 1, "realtime_free_capacity": 1}, {"type": "DISABLED", "capacity": 2, "realtime_free_capacity": 2}]', 'kinds as it has them now');
SELECT is((SELECT jsonb_build_array(v -> 'capacity_disabled', v -> 'realtime_free_capacity_disabled') FROM site WHERE name ~ '^Odd'), '[2, 2]', 'and as it had them');

-- CSV

SELECT is(split_part(pg_temp.feed('csv'), E'\r\n', 1), 'id,name,address,latitude,longitude,capacity,capacity:charging,free:charging,capacity:disabled,free:disabled,capacity:valet,free:valet,free,state,can_book,counted_by,as_of,time_zone', 'a header');
SELECT alike(split_part(pg_temp.feed('csv'), E'\r\n', 2), format(E'%s,"Odd ""quotes""; <&> \u0001ü","Street 1, ""A & B""",51.05,13.74,9,1,1,2,2,,0,9,open,true,bookings,%%Z,UTC', :'odd'), 'a lot with all that needs quoting');
SELECT is(split_part(pg_temp.feed('csv'), E'\r\n', 5), format('%s,Silent,,51.05,13.743,10,,,,,,,,open,false,,,UTC', :'silent'), 'what is not known is empty');
SELECT is(length(pg_temp.feed('csv')) - length(replace(pg_temp.feed('csv'), E'\r\n', '')), 12, 'a line each');

-- DATEX II, element by element: those that DATEXII_3_D2Payload.xsd, _Facilities.xsd, _Parking.xsd and _LocationReferencing.xsd of version 3.6 have, in their order

CREATE FUNCTION pg_temp.found(path text, form text) RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT xpath(path, pg_temp.feed(form)::xml, '{{d2,http://datex2.eu/schema/3/d2Payload},{com,http://datex2.eu/schema/3/common},{fac,http://datex2.eu/schema/3/facilities},{loc,http://datex2.eu/schema/3/locationReferencing},
		{locx,http://datex2.eu/schema/3/locationExtension},{prk,http://datex2.eu/schema/3/parking},{xsi,http://www.w3.org/2001/XMLSchema-instance}}')::text[] $$;
CREATE FUNCTION pg_temp.children(path text, form text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(substring(c FROM '^<([a-z0-9]+:[A-Za-z_]+)'), ' ' ORDER BY nth) FROM unnest(pg_temp.found(path || '/*', form)) WITH ORDINALITY AS u(c, nth) $$;
SELECT is(pg_temp.children(replace(path, 'LOT', format('//prk:hierarchyElementGeneral[@id="%s"]', :'odd')), 'datex2_table'), expected, path) FROM (VALUES
	('/d2:payload', 'com:publicationTime com:publicationCreator prk:parkingTable'), ('//com:publicationCreator', 'com:country com:nationalIdentifier'),
	('//prk:parkingTable/*[not(self::prk:hierarchyElementGeneral)]/..', 'prk:versionTime' || repeat(' prk:hierarchyElementGeneral', 8)),
	('LOT', 'fac:name fac:locationReference prk:layer prk:type prk:supply'), ('LOT/fac:name', 'com:values'), ('LOT/fac:name/com:values', 'com:value'),
	('LOT/fac:locationReference', 'loc:_locationReferenceExtension loc:pointByCoordinates'), ('LOT//loc:_locationReferenceExtension', 'loc:facilityLocation'), ('LOT//loc:facilityLocation', 'locx:address'),
	('LOT//locx:address', 'locx:addressLine'), ('LOT//locx:addressLine', 'locx:type locx:text'), ('LOT//loc:pointByCoordinates', 'loc:pointCoordinates'), ('LOT//loc:pointCoordinates', 'loc:latitude loc:longitude'),
	('LOT/prk:supply', 'prk:quantity prk:viewType'), ('//prk:hierarchyElementGeneral[substring-after(@id, ":")="disabled"][1]', 'fac:externalIdentifier prk:layer prk:type prk:parentId prk:supply prk:additionalCharacteristics'),
	('//prk:hierarchyElementGeneral[substring-after(@id, ":")="charging"]//fac:qualification', 'fac:vehicleCharacteristics'), ('//prk:hierarchyElementGeneral[substring-after(@id, ":")="disabled"][1]//fac:qualification', 'fac:userQualification')) AS v (path, expected);
SELECT is(pg_temp.found(replace(path, 'LOT', format('//prk:hierarchyElementGeneral[@id="%s"]', :'odd')), 'datex2_table'), expected::text[], path) FROM (VALUES
	('/d2:payload/@xsi:type', '{prk:ParkingTablePublication}'), ('/d2:payload/@modelBaseVersion', '{3}'), ('//prk:parkingTable/@id', '{lots}'), ('//prk:parkingTable/@version', '{1}'), ('LOT/@xsi:type', '{prk:Place}'), ('LOT/@version', '{1}'),
	('LOT/fac:name//text()', '{"Odd \"quotes\"; &lt;&amp;&gt; ü"}'), ('LOT//locx:text//text()', '{"Street 1, \"A &amp; B\""}'), ('LOT//locx:addressLine/@order', '{1}'), ('LOT//locx:type/text()', '{generalTextLine}'), ('LOT/fac:locationReference/@xsi:type', '{loc:PointLocation}'),
	('LOT//loc:latitude/text()', '{51.05}'), ('LOT//loc:longitude/text()', '{13.74}'), ('LOT/prk:supply/*/text()', '{9,spaceView}'), ('LOT/prk:type/text()', '{place}'),
	('//prk:hierarchyElementGeneral[@xsi:type="prk:SpecificArea"]/fac:externalIdentifier/text()', '{charging,disabled,disabled}'), ('//prk:parentId/@targetClass', '{fac:FacilityObject,fac:FacilityObject,fac:FacilityObject}'),
	('//prk:hierarchyElementGeneral[@xsi:type="prk:SpecificArea"]/prk:supply/prk:quantity/text()', '{1,2,2}'), ('//fac:userGroup/text()', '{personsWithDisabilities,personsWithDisabilities}'), ('//com:fuelType/text()', '{battery}')) AS v (path, expected);
SELECT is(pg_temp.children(replace(path, 'LOT', '//prk:parkingStatusInformation[fac:reference/@id="' || id || '"]'), 'datex2_status'), expected, path || ' of ' || name) FROM (VALUES
	('/d2:payload/*[not(self::prk:parkingStatusInformation)]/..', 'Outside', 'com:publicationTime com:publicationCreator prk:parkingTableReference' || repeat(' prk:parkingStatusInformation', 9)),
	('LOT', 'Outside', 'fac:reference fac:lastUpdated fac:openingStatus prk:occupancy prk:status'), ('LOT/prk:occupancy', 'Outside', 'prk:numberOfSpacesOverride prk:numberOfVacantSpaces'),
	('LOT', 'Faulty', 'fac:reference fac:openingStatus prk:parkingFault prk:status'), ('LOT', 'Silent', 'fac:reference fac:openingStatus prk:parkingFault prk:status')) AS v (path, name, expected) JOIN smart_parking.parking USING (name);
SELECT is(pg_temp.found(replace(path, 'LOT', '//prk:parkingStatusInformation[fac:reference/@id="' || id || '"]'), 'datex2_status'), expected::text[], path || ' of ' || name) FROM (VALUES
	('/d2:payload/@xsi:type', 'Outside', '{prk:ParkingStatusPublication}'), ('//prk:parkingTableReference/@targetClass', 'Outside', '{prk:ParkingTable}'), ('LOT/@xsi:type', 'Outside', '{prk:PlaceStatus}'), ('LOT/fac:reference/@targetClass', 'Outside', '{fac:FacilityObject}'),
	('LOT/prk:occupancy/*/text()', 'Outside', '{12,7}'), ('LOT/prk:status/text()', 'Outside', '{spacesAvailable}'), ('LOT/prk:status/text()', 'Silent', '{unknown}'), ('LOT/fac:openingStatus/text()', 'Outside', '{open}'), ('LOT/fac:openingStatus/text()', 'Shut', '{closed}'),
	('LOT/prk:parkingFault/text()', 'Faulty', '{erroneousOccupancyInformation}'), ('LOT/prk:parkingFault/text()', 'Silent', '{noParkingInformationAvailable}'),
	('//prk:parkingStatusInformation[substring-after(fac:reference/@id, ":")="disabled"]/prk:occupancy/prk:numberOfVacantSpaces/text()', 'Outside', '{2,1}')) AS v (path, name, expected) JOIN smart_parking.parking USING (name);

-- round trips: what we publish we can import, and get the same lots and counts

UPDATE smart_parking.parking SET name = replace(name, E'\u0001', '') WHERE id = :'odd';
SELECT smart_parking.resize_parking(:'odd', 10, 'valet') \g /dev/null
CREATE FUNCTION pg_temp.lots_of(of text) RETURNS TABLE (id text, name text, address text, place text, capacity integer, kinds text) LANGUAGE sql STABLE AS $$
	SELECT CASE of WHEN 'city' THEN p.id::text ELSE p.source_id END, p.name, p.address, ST_AsText(p.location), p.total_capacity,
		(SELECT string_agg(k.kind || ' ' || k.n, ' ' ORDER BY k.kind) FROM (SELECT s.kind, count(*) AS n FROM smart_parking.spot AS s WHERE s.parking_id = p.id AND NOT s.retired GROUP BY s.kind) AS k)
	FROM smart_parking.parking AS p WHERE p.source = of $$;
SELECT is((SELECT count(*) FROM smart_parking.import_parkings(pg_temp.feed(form), 'copy ' || form) WHERE action = 'added'), 5::bigint, 'import_parkings adds what is published as ' || form)
	FROM unnest(ARRAY['geojson', 'parkapi', 'csv', 'datex2_table']) AS form;
SELECT set_eq(format('SELECT * FROM pg_temp.lots_of(%L)', 'copy ' || form), $$ SELECT * FROM pg_temp.lots_of('city') $$, form || ' gives the same lots') FROM unnest(ARRAY['geojson', 'parkapi', 'csv', 'datex2_table']) AS form;
-- the time of the count, which is kept among the properties, may be another one
SELECT is((SELECT count(*) FROM smart_parking.import_parkings(pg_temp.feed(form), 'copy ' || form) WHERE action IN ('unchanged', 'updated')), 5::bigint, form || ' again makes no lots anew')
	FROM unnest(ARRAY['geojson', 'parkapi', 'csv', 'datex2_table']) AS form;
SELECT set_eq(format('SELECT * FROM pg_temp.lots_of(%L)', 'copy ' || form), $$ SELECT * FROM pg_temp.lots_of('city') $$, 'and leaves them as they are') FROM unnest(ARRAY['geojson', 'parkapi', 'csv', 'datex2_table']) AS form;
SELECT is((SELECT count(*) FROM smart_parking.import_parkings(pg_temp.feed('geojson')::jsonb, 'copy') WHERE action = 'added'), 5::bigint, 'once more, for its counts');
CREATE FUNCTION pg_temp.counts_by(form text) RETURNS TABLE (line text) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	DELETE FROM smart_parking.outside_count WHERE source = 'copy';
	PERFORM smart_parking.import_availability(pg_temp.feed(form), 'copy');
	RETURN QUERY SELECT concat_ws(' ', split_part(p.name, ' ', 1), nullif(o.kind, ''), o.free_spots, o.finding) FROM smart_parking.outside_count AS o JOIN smart_parking.parking AS p ON p.id = o.parking_id WHERE o.source = 'copy' AND p.name <> 'Faulty';
END $$;
SELECT set_eq(format('SELECT * FROM pg_temp.counts_by(%L)', form), ARRAY['Odd 10 usable', 'Odd charging 1 usable', 'Odd disabled 2 usable', 'Odd valet 1 usable', 'Outside 7 usable', 'Outside disabled 1 usable', 'Shut 10 closed'],
	'counts come back by ' || form) FROM unnest(ARRAY['geojson', 'parkapi', 'csv', 'datex2_status']) AS form;
SELECT is((SELECT string_agg(name || ' ' || split_part(reason, ':', 1), ', ' ORDER BY name) FROM smart_parking.import_availability(pg_temp.feed('geojson'), 'copy') WHERE name IN ('Faulty', 'Silent')), 'Faulty fault, Silent no_count', 'and what nobody knows as such');

-- one pass over all slices says what one look at each lot says

SELECT smart_parking.add_parking('Many', 51 + n / 1000.0, 13, 5 + n % 30, kinds => CASE n % 3 WHEN 0 THEN '{"disabled": 2}'::jsonb END) FROM generate_series(1, 300) AS n \g /dev/null
SELECT count(smart_parking.reserve_spot(id, gen_random_uuid(), 'P' || n)) FROM smart_parking.parking, generate_series(1, 3) AS n WHERE name = 'Many' \g /dev/null
SELECT set_eq($$ SELECT c.* FROM smart_parking_internal.lot_counters(ARRAY(SELECT id FROM smart_parking.parking), '{}', '{}') AS c $$,
	$$ SELECT c.* FROM smart_parking.parking AS p, smart_parking_internal.lot_counters(ARRAY[p.id], '{}', '{}') AS c $$, 'all at once, and one by one');
SELECT set_eq($$ SELECT c.parking_id, c.spots, c.free_spots FROM smart_parking_internal.lot_counters(ARRAY(SELECT id FROM smart_parking.parking), '{}', '{}') AS c $$,
	$$ SELECT parking_id, sum(spots)::integer AS spots, sum(free_spots)::integer AS free_spots FROM smart_parking.counter_slice GROUP BY 1 $$, 'which is the sum of the slices');
SELECT is_empty($$ SELECT p.name FROM smart_parking.parking AS p JOIN smart_parking.parking_status AS s ON s.id = p.id
	JOIN jsonb_array_elements(smart_parking.availability_feed('geojson')::jsonb -> 'features') AS f ON f ->> 'id' = p.id::text
	WHERE p.outside_open IS NULL AND (f #>> '{properties,free}')::integer <> s.free_spots_counter $$, 'and what parking_status says');

-- rights, and reading only

CREATE ROLE sp_feed;
GRANT USAGE ON SCHEMA public TO sp_feed;
SELECT smart_parking.grant_access('sp_feed', 'application') \g /dev/null
SET LOCAL transaction_read_only = on;
SET LOCAL ROLE sp_feed;
SELECT ok(length(smart_parking.availability_feed(form)) > 1000, 'an application reads ' || form || ', as on a hot standby') FROM unnest(ARRAY['geojson', 'parkapi', 'csv', 'datex2_table', 'datex2_status']) AS form;

SELECT * FROM finish();
ROLLBACK;
