-- Feeds of free spots, small ones of each kind, with the faults that real ones have.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
SET LOCAL smart_parking.count_lifetime = '7d';
SET LOCAL timezone = 'America/Lima';
-- feeds say when: half an hour ago, as they write it
SELECT date_trunc('second', clock_timestamp()) - interval '30 minutes' AS at \gset
CREATE TEMPORARY TABLE instant AS SELECT :'at'::timestamptz AS at;
CREATE FUNCTION pg_temp.at(form text, zone text DEFAULT 'UTC') RETURNS text LANGUAGE sql STABLE AS $$ SELECT to_char((SELECT at FROM pg_temp.instant) AT TIME ZONE zone, form) $$;

CREATE FUNCTION pg_temp.lots(of text, VARIADIC names text[]) RETURNS void LANGUAGE sql VOLATILE AS $$
	SELECT smart_parking.set_counted_outside(smart_parking.add_parking(split_part(n, '=', 1), 51.05, 13.74, 100, kinds => '{"disabled": 5, "woman": 3}', time_zone => 'Europe/Berlin',
		source => of, source_id => coalesce(nullif(split_part(n, '=', 2), ''), split_part(n, '=', 1))), true) FROM unnest(names) AS n $$;
CREATE FUNCTION pg_temp.kept(of text) RETURNS TABLE (line text) LANGUAGE sql STABLE AS $$
	SELECT concat_ws(' ', p.name, nullif(o.kind, ''), coalesce(o.free_spots::text, '-'), 'of ' || o.capacity, o.finding, CASE WHEN o.as_of <> (SELECT at FROM pg_temp.instant) THEN 'at ' || o.as_of END)
	FROM smart_parking.outside_count AS o JOIN smart_parking.parking AS p ON p.id = o.parking_id WHERE o.source = of ORDER BY p.name, o.kind $$;
CREATE FUNCTION pg_temp.said(feed text, of text, zone text DEFAULT NULL) RETURNS TABLE (line text) LANGUAGE sql VOLATILE AS $$
	SELECT concat_ws(' ', coalesce(name, source_id), kind, action, split_part(reason, ':', 1)) FROM smart_parking.import_availability(feed, of, zone) $$;

-- ParkAPI v2: UTC without saying so

SELECT pg_temp.lots('v2', 'Altmarkt=dd1', 'Centrum=dd2', 'Theater=dd3', 'Messe=dd4', 'Hafen=dd5') \g /dev/null
SELECT results_eq(format('SELECT * FROM pg_temp.said(%L, %L)', format('{"last_updated": "%s", "data_source": "x", "lots": [
	{"id": "dd1", "name": "Altmarkt", "free": 47, "total": 100, "state": "open"}, {"id": "dd2", "name": "Centrum", "free": 0, "total": 100, "state": "nodata"},
	{"id": "dd3", "name": "Theater", "free": -2, "total": 100, "state": "open"}, {"id": "dd4", "name": "Messe", "free": "12351", "total": "100", "state": "open"},
	{"id": "dd5", "name": "Hafen", "free": 9, "total": 100, "state": "closed"}, {"id": "dd9", "name": "Nowhere", "free": 9, "total": 10, "state": "open"}]}', pg_temp.at('YYYY-MM-DD"T"HH24:MI:SS')), 'v2'),
	$$ VALUES ('Altmarkt recorded'), ('Centrum recorded fault'), ('Theater recorded negative'), ('Messe recorded beyond_capacity'), ('Hafen recorded closed'), ('Nowhere refused unknown_lot') $$, 'ParkAPI v2');
SELECT results_eq($$ SELECT * FROM pg_temp.kept('v2') $$, $$ VALUES ('Altmarkt 47 of 100 usable'), ('Centrum 0 of 100 fault'), ('Hafen 9 of 100 closed'), ('Messe 12351 of 100 beyond_capacity'), ('Theater -2 of 100 negative') $$,
	'is kept as measured');

-- ParkAPI v3, of both ages

SELECT pg_temp.lots('v3', 'Nord=n', 'Süd=s', 'Ost=o') \g /dev/null
SELECT results_eq(format('SELECT * FROM pg_temp.said(%L, %L)', format('{"items": [
	{"uid": "n", "id": 17, "name": "Nord", "realtime_free_capacity": 10, "realtime_capacity": 90, "capacity": 100, "realtime_opening_status": "OPEN", "realtime_data_updated_at": "%1$s", "realtime_free_capacity_disabled": 2, "capacity_disabled": 5, "realtime_free_capacity_bus": 1},
	{"uid": "s", "id": 18, "name": "Süd", "realtime_free_capacity": "11", "capacity": 100, "realtime_data_updated_at": "%1$s", "restrictions": [{"type": "WOMEN", "capacity": 3, "realtime_free_capacity": 1}, {"type": "DISABLED", "capacity": 5}]},
	{"uid": "o", "id": 19, "name": "Ost", "has_realtime_data": false, "capacity": 100}]}', pg_temp.at('YYYY-MM-DD"T"HH24:MI:SS+00:00')), 'v3'),
	$$ VALUES ('Nord recorded'), ('Nord bus refused no_such_kind'), ('Nord disabled recorded'), ('Süd recorded'), ('Süd woman recorded'), ('Ost refused no_count') $$, 'ParkAPI v3');
SELECT results_eq($$ SELECT * FROM pg_temp.kept('v3') $$, $$ VALUES ('Nord 10 of 90 usable'), ('Nord disabled 2 of 5 usable'), ('Süd 11 of 100 usable'), ('Süd woman 1 of 3 usable') $$, 'with its kinds');

-- lists of cities: by name, by the key of an object, taken instead of free, several times

SELECT pg_temp.lots('basel', 'Parkhaus Elisabethen', 'Parkhaus Storchen', 'Parkhaus City', 'Parkplatz Messe') \g /dev/null
SELECT results_eq(format('SELECT * FROM pg_temp.said(%L, %L)', format('{"total_count": 5, "results": [
	{"published": "%1$s", "name": "Elisabethen", "total": 84, "free": 35, "status": "offen", "id": "e1", "geo_point_2d": {"lon": 7.5, "lat": 47.5}}, {"published": "%1$s", "name": "Storchen", "total": null, "free": 1, "status": "zu", "id": "s1"},
	{"published": "%1$s", "name": "Parkplatz City", "total": 9, "free": 3, "status": "offen", "id": "c2"}, {"published": "%1$s", "name": "City", "total": 111, "free": 70, "status": "offen", "id": "c1"},
	{"published": "%1$s", "name": "Parkhaus Messe", "total": 9, "free": 3, "status": "offen", "id": "m"}]}', pg_temp.at('YYYY-MM-DD"T"HH24:MI:SS+02:00', 'Etc/GMT-2')), 'basel'),
	$$ VALUES ('Elisabethen recorded'), ('Storchen recorded closed'), ('Parkplatz City refused unknown_lot'), ('City recorded'), ('Parkhaus Messe refused unknown_lot') $$, 'a generic word may be missing, and not be another one');
SELECT results_eq($$ SELECT * FROM pg_temp.kept('basel') $$, $$ VALUES ('Parkhaus City 70 of 111 usable'), ('Parkhaus Elisabethen 35 of 84 usable'), ('Parkhaus Storchen 1 closed') $$, 'each lot has its own count');

SELECT pg_temp.lots('köln', 'Dom=PH02', 'Zoo=PH32', 'Stadion=W1') \g /dev/null
SELECT results_eq(format('SELECT * FROM pg_temp.said(%L, %L)', format('{"PH02": {"id": "1", "shortname": "PH02", "title": "Dom", "status": "1", "capacity": "42", "free": "14", "timestamp": "%1$s", "has_livedata": "1"},
	"PH32": {"id": "2", "shortname": "PH32", "title": "Zoo (*)", "status": "1", "capacity": "272", "free": "217", "timestamp": "%1$s", "has_livedata": "0"}, "W1": {"id": "PH02", "title": "Stadion", "status": "0", "capacity": "55", "free": "0", "timestamp": "%1$s"}}',
	pg_temp.at('YYYY-MM-DD HH24:MI:SS', 'Europe/Berlin')), 'köln'),
	$$ VALUES ('Dom recorded'), ('Zoo (*) recorded fault'), ('Stadion recorded closed') $$, 'an object of objects: its keys are known better than an id that is somebody else''s');
SELECT results_eq($$ SELECT * FROM pg_temp.kept('köln') $$, $$ VALUES ('Dom 14 of 42 usable'), ('Stadion 0 of 55 closed'), ('Zoo 217 of 272 fault') $$, 'times without a zone are the lot''s');

SELECT pg_temp.lots('heidelberg', 'P1 Poststraße', 'P12 Kornmarkt / Schloss') \g /dev/null
SELECT results_eq(format('SELECT * FROM pg_temp.said(%L, %L)', format('{"status": "success", "data": {"updated": "%s", "parkinglocations": [
	{"id": 2, "uid": 1, "name": "Poststraße", "parking_places": 592, "is_closed": false, "parkingupdate": {"id": 2, "total": 528, "current": 97, "status": "available"}},
	{"id": 13, "uid": 12, "name": "Kornmarkt / Schloss", "parking_places": 25, "parkingupdate": {"id": 13, "total": 178, "current": 160, "status": "critical"}}]}}', pg_temp.at('Dy, DD Mon YYYY HH24:MI:SS +0200', 'Etc/GMT-2')), 'heidelberg'),
	$$ VALUES ('Poststraße recorded'), ('Kornmarkt / Schloss recorded') $$, 'taken instead of free, a capacity beside the number');
SELECT results_eq($$ SELECT * FROM pg_temp.kept('heidelberg') $$, $$ VALUES ('P1 Poststraße 431 of 528 usable'), ('P12 Kornmarkt / Schloss 18 of 178 usable') $$, 'free is what is left');

-- RSS

SELECT pg_temp.lots('zürich', 'Parkgarage am Central', 'Parkhaus Accu', 'Parkhaus Hardau II') \g /dev/null
SELECT results_eq(format('SELECT * FROM pg_temp.said(%L, %L)', format('<?xml version="1.0" encoding="UTF-8"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>Feed</title><description>a | b</description>
	<item><title>Parkgarage am Central / Seilergraben</title><link>http://x/central.jsp?pid=central</link><description>open /   28</description><dc:date>%1$s</dc:date></item>
	<item><title>Parkhaus Accu / Otto-Weg</title><description>open /  0</description><dc:date>%1$s</dc:date></item>
	<item><title>Parkhaus Hardau II / Bullingerstrasse 73</title><description>???? / ???</description><dc:date>%1$s</dc:date></item></channel></rss>', pg_temp.at('YYYY-MM-DD"T"HH24:MI:SS"Z"')), 'zürich'),
	$$ VALUES ('Parkgarage am Central / Seilergraben recorded'), ('Parkhaus Accu / Otto-Weg recorded'), ('Parkhaus Hardau II / Bullingerstrasse 73 recorded fault') $$, 'RSS of a guidance system');
SELECT results_eq($$ SELECT * FROM pg_temp.kept('zürich') $$, $$ VALUES ('Parkgarage am Central 28 usable'), ('Parkhaus Accu 0 usable'), ('Parkhaus Hardau II - fault') $$, 'with what it counts');

-- DATEX II

SELECT pg_temp.lots('datex', 'P 1=P1', 'P 2=1035', 'P 3=777', 'P 4=urn:lot:4', 'P 5=5') \g /dev/null
SELECT results_eq(format('SELECT * FROM pg_temp.said(%L, %L)', format('<n:d2LogicalModel xmlns:n="http://datex2.eu/schema/2/2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" modelBaseVersion="2"><n:payloadPublication xsi:type="n:GenericPublication">
	<n:publicationTime>%1$s</n:publicationTime><n:genericPublicationExtension><n:parkingStatusPublication>
	<n:parkingRecordStatus xsi:type="n:ParkingSiteStatus"><n:parkingRecordReference id="P1" version="1"/><n:parkingStatusOriginTime>%1$s</n:parkingStatusOriginTime><n:parkingOccupancy><n:parkingNumberOfSpacesOverride>56</n:parkingNumberOfSpacesOverride>
		<n:parkingNumberOfVacantSpaces>41</n:parkingNumberOfVacantSpaces></n:parkingOccupancy><n:parkingSiteOpeningStatus>open</n:parkingSiteOpeningStatus></n:parkingRecordStatus>
	<n:parkingRecordStatus><n:parkingRecordReference id="1035[P+R Bondorf]"/><n:parkingOccupancy><n:parkingNumberOfSpacesOverride>31</n:parkingNumberOfSpacesOverride><n:parkingNumberOfOccupiedSpaces>9</n:parkingNumberOfOccupiedSpaces></n:parkingOccupancy></n:parkingRecordStatus>
	<n:parkingFacilityStatus><n:parkingFacilityReference id="777"/><n:parkingFacilityStatus>spacesAvailable</n:parkingFacilityStatus><n:parkingFacilityStatus>closed</n:parkingFacilityStatus><n:parkingFacilityStatusTime>%1$s</n:parkingFacilityStatusTime>
		<n:totalNumberOfVacantParkingSpaces>24</n:totalNumberOfVacantParkingSpaces></n:parkingFacilityStatus>
	</n:parkingStatusPublication></n:genericPublicationExtension></n:payloadPublication></n:d2LogicalModel>', pg_temp.at('YYYY-MM-DD"T"HH24:MI:SS.00+02:00', 'Etc/GMT-2')), 'datex'),
	$$ VALUES ('P1 recorded'), ('P+R Bondorf refused unknown_lot'), ('777 recorded closed') $$, 'DATEX II version 2: an id that is known under another key than most is not taken');
SELECT results_eq(format('SELECT * FROM pg_temp.said(%L, %L)', format('<payload xmlns="http://datex2.eu/schema/3/d2Payload" xmlns:prk="p" xmlns:fac="f"><publicationTime>%1$s</publicationTime>
	<prk:parkingStatusInformation><fac:reference id="urn:lot:4"/><fac:openingStatus>open</fac:openingStatus><prk:occupancy><prk:numberOfVacantSpaces>0</prk:numberOfVacantSpaces></prk:occupancy></prk:parkingStatusInformation>
	<prk:parkingStatusInformation><fac:reference id="urn:lot:4:disabled"/><prk:occupancy><prk:numberOfVacantSpaces>2</prk:numberOfVacantSpaces></prk:occupancy></prk:parkingStatusInformation>
	<prk:parkingStatusInformation><fac:reference id="5"/><prk:parkingFault>communicationsFailure</prk:parkingFault></prk:parkingStatusInformation></payload>', pg_temp.at('YYYY-MM-DD"T"HH24:MI:SS"Z"')), 'datex'),
	$$ VALUES ('urn:lot:4 recorded'), ('urn:lot:4 disabled recorded'), ('5 recorded fault') $$, 'DATEX II version 3');
SELECT results_eq($$ SELECT * FROM pg_temp.kept('datex') $$, $$ VALUES ('P 1 41 of 56 usable'), ('P 3 24 closed'), ('P 4 0 usable'), ('P 4 disabled 2 usable'), ('P 5 - fault') $$, 'with times of the lot or the publication');

-- CSV, GeoJSON, jsonb, a byte order mark

SELECT pg_temp.lots('csv', 'Eins=1', 'Zwei=2', 'Drei=3') \g /dev/null
SELECT results_eq(format('SELECT * FROM pg_temp.said(%L, %L)', format(E'\uFEFFid;name;free;total;state;last_updated\r\n1;"Eins; oder ""A""";5;10;open;%1$s\r\n2;Zwei;;10;open;%1$s\r\n3;Drei;7.0;10;offline;%1$s\r\n', pg_temp.at('DD.MM.YYYY HH24:MI:SS', 'Europe/Berlin')), 'csv'),
	$$ VALUES ('Eins; oder "A" recorded'), ('Zwei refused no_count'), ('Drei recorded fault') $$, 'CSV: semicolons, quotes, days before months');
SELECT results_eq($$ SELECT * FROM pg_temp.kept('csv') $$, $$ VALUES ('Drei 7 of 10 fault'), ('Eins 5 of 10 usable') $$, 'is read');
SELECT pg_temp.lots('geo', 'Eins=1', 'Zwei=2') \g /dev/null
SELECT results_eq(format($q$ SELECT name, kind, free, reason FROM smart_parking.import_availability(%L::jsonb, 'geo') $q$, format('{"type": "FeatureCollection", "features": [{"type": "Feature", "id": 1, "geometry": null, "properties": {"name": "Eins", "free": 5, "free:disabled": 1, "as_of": %s}},
	{"type": "Feature", "id": 2, "geometry": null, "properties": {"free": 6, "as_of": "%s000"}}]}', extract(epoch FROM :'at'::timestamptz)::bigint, extract(epoch FROM :'at'::timestamptz)::bigint)),
	$$ VALUES ('Eins', NULL, 5, NULL), ('Eins', 'disabled', 1, NULL), (NULL, NULL, 6, NULL) $$, 'GeoJSON as jsonb, seconds and milliseconds');
SELECT results_eq($$ SELECT * FROM pg_temp.kept('geo') $$, $$ VALUES ('Eins 5 usable'), ('Eins disabled 1 usable'), ('Zwei 6 usable') $$, 'is read');

-- bad readings are refused one by one, with what is wrong

SELECT pg_temp.lots('bad', 'A=a', 'B=b', 'C=c', 'Twin=t1', 'Twin=t2') \g /dev/null
CREATE FUNCTION pg_temp.reasons(item text) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT string_agg(coalesce(reason, action), '; ') FROM smart_parking.import_availability('[' || item || ']', 'bad') $$;
SELECT is(pg_temp.reasons(item), expected, item) FROM (VALUES
	('{"id": "a", "free": "many"}', 'bad_number: many'), ('{"id": "a", "free": 4.5}', 'bad_number: 4.5'), ('{"id": "a", "free": 99999999999}', 'bad_number: 99999999999'),
	('{"id": "a", "free": null}', 'no_count: it does not say how many are free'), ('{"id": "a", "occupied": 4}', 'no_count: it does not say how many are free'),
	('{"id": "a", "free": 4, "state": "sensor 7 down"}', 'fault: the feed says sensor 7 down'),
	('{"id": "a", "free": 4, "updated": "soon"}', 'bad_time: soon'), ('{"id": "a", "free": 4, "updated": "2024-02-30T10:00:00Z"}', 'bad_time: 2024-02-30T10:00:00Z'), ('{"id": "a", "free": 4, "updated": "infinity"}', 'bad_time: infinity'),
	('{"id": "a", "free": 4, "updated": "2024-02-20"}', 'bad_time: 2024-02-20'), ('{"id": "a", "free": 4, "updated": "2999-01-01T00:00:00Z"}', 'in_future: 2998-12-31 19:00:00-05; is its time zone right?'),
	('{"free": 4}', 'no_id: neither an id nor a name'), ('{"name": "Twin", "free": 4}', 'ambiguous_name: 2 lots from this source are called "Twin"'),
	('{"name": "Parkhaus A", "free": 4}, {"name": "A", "free": 5}', 'unknown_lot: no lot from source "bad" has this id or name; recorded'),
	('{"id": "b", "free": 4}, {"id": "b", "free": 5}', 'recorded; duplicate_lot: the feed has a later or an equal count of it'),
	('{"id": "c", "free": 4, "updated": "2024-02-20T10:00:00Z"}', 'stale: too old to be used'), ('{"id": "c", "free": 4, "updated": "2024-02-20T10:00:00Z"}', 'unchanged'),
	('{"id": "c", "free": 5, "updated": "2024-02-20T09:00:00Z"}', 'older: a later count is there'), ('{"id": "b", "free": 6}, 7, null', 'recorded; no_id: neither an id nor a name; no_id: neither an id nor a name')) AS v (item, expected);

-- what is no feed is an error that says what it looks like

CREATE FUNCTION pg_temp.looks_like(feed text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM smart_parking.import_availability(feed, 'bad');
	RETURN 'taken';
EXCEPTION WHEN SQLSTATE 'SP018' THEN
	RETURN replace(sqlerrm, 'there are no counts to read: this looks like ', '');
END $$;
SELECT is(pg_temp.looks_like(feed), expected, left(feed, 60)) FROM (VALUES
	('', 'an empty file'), ('[{"id": "a", "capacity": 5}]', 'a JSON array without an object that has free spots'), ('{"error": "gone"}', 'a JSON object with error, and no free spots in it'), ('"text"', 'a JSON string'),
	('{"lots": [{"free": 1', 'JSON that is cut off or broken: The input string ended unexpectedly.'), ('<html><body>404</body></html>', 'XML with the root html, and no status of a lot in it'), ('<rss><channel>', 'XML that is broken or cut off'),
	('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'XML with entities of its own, which are not accepted'), ('not found', 'text, beginning with "not found"'),
	(E'2015-11-01T00:45:00,47\n2015-11-01T01:00:00,12351\n', 'the counts of one lot over time, without its id; report_availability() takes them one by one'), ('{"items": []}', 'taken'), ('[]', 'taken')) AS v (feed, expected);
SELECT throws_ok(format('SELECT * FROM smart_parking.import_availability(%s)', arguments), code, NULL, format('import_availability(%s): %s', arguments, code)) FROM (VALUES
	('NULL::text, ''x''', 'SP016'), ('''[]'', NULL', 'SP016'), ('NULL::jsonb, ''x''', 'SP016'), ('''[]'', '' ''', 'SP019'), ('''[]'', ''bookings''', 'SP019'), ('''[]'', ''x'', ''Mars/Olympus''', 'SP019')) AS bad (arguments, code);

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all in step');

-- real feeds, where they are

\getenv shared SMART_PARKING_SHARED_DATA
\if :{?shared}
	CREATE FUNCTION pg_temp.import_both(city text, lots text, feed text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM smart_parking.import_parkings(pg_read_file(lots)::jsonb, city);
		RETURN (SELECT string_agg(c, ', ' ORDER BY c) FROM (SELECT concat_ws(' ', count(*), action, split_part(reason, ':', 1)) AS c
			FROM smart_parking.import_availability(pg_read_file(feed), city) GROUP BY action, split_part(reason, ':', 1)) AS x);
	END $$;
	SELECT is(pg_temp.import_both(city, :'shared' || '/lots/' || lots, :'shared' || '/occupancy/' || feed), expected, feed) FROM (VALUES
		('real basel', 'Basel.geojson', 'basel.json', '1 refused unknown_lot, 15 recorded stale'), ('real köln', 'Koeln.geojson', 'koeln_current.json', '1 recorded fault, 1 refused unknown_lot, 43 recorded stale, 7 recorded closed'),
		('real heidelberg', 'Heidelberg.geojson', 'heidelberg.json', '18 recorded stale, 2 recorded closed'), ('real zürich', 'Zuerich.geojson', 'zuerich.xml', '1 recorded fault, 3 refused unknown_lot, 33 recorded stale')) AS v (city, lots, feed, expected);
\else
	SELECT skip('there is no ../shared/data', 4);
\endif

SELECT * FROM finish();
ROLLBACK;
