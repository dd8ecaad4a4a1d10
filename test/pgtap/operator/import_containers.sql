-- import_parkings: the containers in which lots come, their geometries and reference systems, and what is none of them.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

-- what a file leads to, and its lots
CREATE FUNCTION pg_temp.report(file text, source text, crs text DEFAULT NULL) RETURNS SETOF text LANGUAGE sql VOLATILE AS $$
	SELECT concat_ws(' | ', action, i.source_id, reason, notes) FROM smart_parking.import_parkings(file, report.source, crs => report.crs, time_zone => 'UTC') AS i $$;
CREATE FUNCTION pg_temp.lots(lot_source text) RETURNS SETOF text LANGUAGE sql VOLATILE AS $$
	SELECT format('%s %s %s,%s', p.name, p.total_capacity, round(latitude::numeric, 4), round(longitude::numeric, 4)) FROM smart_parking.parking AS p JOIN smart_parking_internal.lot_place AS l USING (id)
	WHERE p.source = lot_source ORDER BY p.source_id COLLATE "C" $$;

-- the same two lots in each container

CREATE TEMPORARY TABLE container (name text, file text, ids text[]);
INSERT INTO container VALUES
	('FeatureCollection', '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.74, 51.05]}, "properties": {"id": "a", "name": "A", "capacity": 40, "capacity_disabled": 3}},
		{"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.75, 51.06]}, "properties": {"id": "b", "name": "B", "capacity": 50}}]}', '{a,b}'),
	('array of features', '[{"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.74, 51.05]}, "properties": {"id": "a", "name": "A", "capacity": 40, "capacity_disabled": 3}},
		{"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.75, 51.06]}, "properties": {"id": "b", "name": "B", "capacity": 50}}]', '{a,b}'),
	('features line by line', '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.74, 51.05]}, "properties": {"id": "a", "name": "A", "capacity": 40, "capacity_disabled": 3}}
{"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.75, 51.06]}, "properties": {"id": "b", "name": "B", "capacity": 50}}', '{a,b}'),
	('nested tags', '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.74, 51.05]}, "properties": {"type": "node", "id": 1, "tags": {"amenity": "parking", "name": "A", "capacity": "40", "capacity:disabled": "3"}}},
		{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[13.749, 51.059], [13.751, 51.059], [13.751, 51.061], [13.749, 51.061], [13.749, 51.059]]]}, "properties": {"type": "way", "id": 1, "tags": {"amenity": "parking", "name": "B", "capacity": "50"}}}]}', '{node/1,way/1}'),
	('Overpass', '{"version": 0.6, "generator": "Overpass API", "elements": [{"type": "node", "id": 1, "lat": 51.05, "lon": 13.74, "tags": {"amenity": "parking", "name": "A", "capacity": "40", "capacity:disabled": "3"}},
		{"type": "node", "id": 2, "lat": 51.05, "lon": 13.74}, {"type": "way", "id": 1, "center": {"lat": 51.06, "lon": 13.75}, "nodes": [2], "tags": {"amenity": "parking", "name": "B", "capacity": "50"}}]}', '{node/1,way/1}'),
	('Overpass with geometry', '{"elements": [{"type": "way", "id": 1, "geometry": [{"lat": 51.05, "lon": 13.739}, {"lat": 51.05, "lon": 13.74}, {"lat": 51.05, "lon": 13.741}], "tags": {"parking": "street_side", "name": "A", "capacity": "40", "capacity:disabled": "3"}},
		{"type": "relation", "id": 1, "bounds": {"minlat": 51, "minlon": 13, "maxlat": 52, "maxlon": 14}, "members": [{"type": "way", "ref": 5, "role": "outer", "geometry":
			[{"lat": 51.059, "lon": 13.749}, {"lat": 51.059, "lon": 13.751}, {"lat": 51.061, "lon": 13.751}, {"lat": 51.061, "lon": 13.749}, {"lat": 51.059, "lon": 13.749}]}], "tags": {"amenity": "parking", "name": "B", "capacity": "50"}}]}', '{way/1,relation/1}'),
	('Esri JSON', '{"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4326}, "features": [{"attributes": {"OBJECTID": 1, "Name": "A", "Kapazitaet": 40, "capacity_disabled": 3}, "geometry": {"x": 13.74, "y": 51.05}},
		{"attributes": {"OBJECTID": 2, "Name": "B", "Kapazitaet": 50}, "geometry": {"x": 13.75, "y": 51.06}}]}', '{1,2}'),
	('ParkAPI v2', '{"last_updated": "2026-01-01T10:00:00", "last_downloaded": "2026-01-01T10:00:00", "lots": [{"coords": {"lat": 51.05, "lng": 13.74}, "forecast": false, "free": 3, "id": "towna", "lot_type": "Parkhaus", "name": "A", "state": "open", "total": 40, "capacity_disabled": 3},
		{"coords": {"lat": 51.06, "lng": 13.75}, "free": 0, "id": "townb", "lot_type": "", "name": "B", "state": "open", "total": 50}]}', '{towna,townb}'),
	('ParkAPI v3', '{"items": [{"id": 1, "source_id": 9, "original_uid": "a", "name": "A", "lat": "51.0500000", "lon": "13.7400000", "purpose": "CAR", "capacity": 40, "capacity_disabled": 3, "capacity_woman": null, "type": "CAR_PARK", "max_height": 210, "has_fee": true},
		{"id": 2, "source_id": 9, "original_uid": "b", "name": "B", "lat": 51.06, "lon": 13.75, "capacity": 50}], "total_count": 2}', '{1,2}'),
	('flat objects', '[{"id": "a", "name": "A", "total": 40, "capacity_disabled": 3, "lat": 51.05, "lon": 13.74}, {"id": "b", "name": "B", "total": 50, "latitude": "51,06", "longitude": "13,75"}]', '{a,b}'),
	('a list within', '{"status": "success", "data": {"updated": "today", "parkinglocations": [{"id": "a", "name": "A", "parking_places": 40, "handicapped_parking_places": 3, "geo_point_2d": {"lon": 13.74, "lat": 51.05}},
		{"id": "b", "name": "B", "parking_places": 50, "geo_point_2d": "51.06, 13.75"}]}}', '{a,b}'),
	('objects under keys', '{"PH1": {"title": "A", "capacity": "40", "capacity_disabled": "3", "location": {"type": "Point", "coordinates": [13.74, 51.05]}}, "PH2": {"title": "B", "capacity": "50", "location": [13.75, 51.06]}}', '{PH1,PH2}'),
	('CSV', E'id,Name,Pl\u00E4tze,capacity_disabled,lat,lon\r\na,A,40,3,51.05,13.74\r\n"b","B",50,,51.06,13.75\r\n', '{a,b}'),
	('CSV, semicolons', E'\uFEFFKennung;Bezeichnung;Stellpl\u00E4tze;capacity_disabled;Breitengrad;L\u00E4ngengrad;Adresse\na;A;40;3;51,05;13,74;"Am ""Tor"";\n2"\nb;B;50;;51,06;13,75;\n', '{a,b}'),
	('CSV, bars', E'id|name|capacity|capacity_disabled|lat|lon\na|A|40|3|51.05|13.74\nb|B|50||51.06|13.75', '{a,b}'),
	('records with their columns', '{"success": true, "result": {"fields": [{"id": "_id"}, {"id": "name"}, {"id": "lat"}], "records": [{"_id": 1, "name": "A", "plazas": 40, "capacity_disabled": 3, "latitud": 51.05, "longitud": 13.74},
		{"_id": 2, "name": "B", "plazas": 50, "latitud": 51.06, "longitud": 13.75}]}}', '{1,2}'),
	('CSV, well-known text', E'fid\tnom\tnb_places\tnb_pmr\tgeom\n7\tA\t40\t3\tPOINT(13.74 51.05)\n8\tB\t50\t\tSRID=4326;POLYGON((13.749 51.059, 13.751 51.059, 13.751 51.061, 13.749 51.061, 13.749 51.059))\n', '{7,8}'),
	('DATEX II v3', '<?xml version="1.0" encoding="UTF-8"?><d2:payload xmlns:d2="http://datex2.eu/schema/3/d2Payload" xmlns:prk="http://datex2.eu/schema/3/parking" xmlns:com="http://datex2.eu/schema/3/common" xmlns:loc="http://datex2.eu/schema/3/locationReferencing"
		xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="prk:ParkingTablePublication" lang="en" modelBaseVersion="3"><com:publicationTime>2026-01-01T10:00:00Z</com:publicationTime>
		<prk:parkingTable id="t" version="1"><prk:parkingRecord xsi:type="prk:UrbanParkingSite" id="a" version="1"><prk:parkingName><com:values><com:value lang="en">A</com:value></com:values></prk:parkingName>
			<prk:parkingNumberOfSpaces>40</prk:parkingNumberOfSpaces><prk:parkingLocation xsi:type="loc:PointLocation"><loc:pointByCoordinates><loc:pointCoordinates><loc:latitude>51.05</loc:latitude><loc:longitude>13.74</loc:longitude></loc:pointCoordinates></loc:pointByCoordinates></prk:parkingLocation>
			<prk:groupOfParkingSpaces groupIndex="1"><prk:parkingSpaceBasics xsi:type="prk:GroupOfParkingSpaces"><prk:onlyAssignedParking><prk:applicableForUser>disabled</prk:applicableForUser></prk:onlyAssignedParking><prk:parkingNumberOfSpaces>3</prk:parkingNumberOfSpaces></prk:parkingSpaceBasics></prk:groupOfParkingSpaces></prk:parkingRecord>
		<prk:parkingRecord xsi:type="prk:UrbanParkingSite" id="b" version="1"><prk:parkingName><com:values><com:value lang="en">B</com:value></com:values></prk:parkingName><prk:parkingLocation xsi:type="loc:PointLocation"><loc:pointByCoordinates><loc:pointCoordinates><loc:latitude>51.06</loc:latitude><loc:longitude>13.75</loc:longitude></loc:pointCoordinates></loc:pointByCoordinates></prk:parkingLocation>
			<prk:groupOfParkingSpaces groupIndex="1"><prk:parkingSpaceBasics xsi:type="prk:GroupOfParkingSpaces"><prk:parkingNumberOfSpaces>50</prk:parkingNumberOfSpaces></prk:parkingSpaceBasics></prk:groupOfParkingSpaces></prk:parkingRecord></prk:parkingTable></d2:payload>', '{a,b}'),
	('DATEX II v2', '<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" modelBaseVersion="2"><payloadPublication xsi:type="GenericPublication" lang="en"><publicationCreator><country>gb</country></publicationCreator>
		<genericPublicationExtension><parkingFacilityTablePublication><parkingFacilityTable><parkingFacility id="a" version="1"><parkingFacilityName><values><value lang="en">A</value></values></parkingFacilityName><totalParkingCapacity>40</totalParkingCapacity>
			<assignedParkingSpaces index="0"><assignedParkingSpaces><descriptionOfAssignedParkingSpaces><personTypeForWhichSpacesAssigned>disabled</personTypeForWhichSpacesAssigned></descriptionOfAssignedParkingSpaces><numberOfAssignedParkingSpaces>3</numberOfAssignedParkingSpaces></assignedParkingSpaces></assignedParkingSpaces>
			<facilityLocation><locationForDisplay><latitude>51.05</latitude><longitude>13.74</longitude></locationForDisplay></facilityLocation></parkingFacility>
		<parkingArea id="b"><parkingAreaName><values><value lang="en">B</value></values></parkingAreaName><totalParkingCapacity>50</totalParkingCapacity><area><locationForDisplay><latitude>51.06</latitude><longitude>13.75</longitude></locationForDisplay></area></parkingArea>
		</parkingFacilityTable></parkingFacilityTablePublication></genericPublicationExtension></payloadPublication></d2LogicalModel>', '{a,b}');
SELECT results_eq(format('SELECT pg_temp.report(%L, %L)', c.file, c.name), format('VALUES (%L), (%L)', 'added | ' || ids[1], 'added | ' || ids[2]), c.name) FROM container AS c;
SELECT results_eq(format('SELECT pg_temp.lots(%L) ORDER BY 1', c.name), $$ VALUES ('A 40 51.0500,13.7400'), ('B 50 51.0600,13.7500') $$, c.name || ': the same lots') FROM container AS c;
SELECT is((SELECT count(*)::integer FROM smart_parking.spot AS s JOIN smart_parking.parking AS p ON p.id = s.parking_id WHERE p.source = c.name AND s.kind = 'disabled'), 3, c.name || ': and kinds') FROM container AS c;
SELECT results_eq(format('SELECT pg_temp.report(%L, %L)', c.file, c.name), format('VALUES (%L), (%L)', 'unchanged | ' || ids[1], 'unchanged | ' || ids[2]), c.name || ': again') FROM container AS c;
SELECT results_eq($$ SELECT pg_temp.report(E'\uFEFF \n{"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.74, 51.05]}, "properties": {"name": "A", "capacity": 40}}', 'single') $$, ARRAY['added | A'], 'a single feature behind a byte order mark');
SELECT results_eq($$ SELECT pg_temp.report('{"name": "A", "capacity": 40, "lat": 51.05, "lon": 13.74}', 'object') $$, ARRAY['added | A'], 'a single object');
SELECT results_eq($$ SELECT action FROM smart_parking.import_parkings('[{"name": "A", "capacity": 40, "lat": 51.05, "lon": 13.74}]', 'literal') $$, ARRAY['added'], 'a literal without a type');
SELECT results_eq($$ SELECT pg_temp.report('[{"name": "A", "capacity": 40, "lat": 51.05, "lon": 13.74}, 5, {"name": "B", "capacity": 3}]', 'mixed') $$,
	ARRAY['added | A', 'refused | not_a_feature: an object of type Feature is expected', 'refused | B | no_geometry: the feature has no place | its keys: capacity, name'], 'things that are no lots are refused one by one');
SELECT results_eq($$ SELECT pg_temp.report('[{"name": "A", "capacity": 40, "lat": 51.05, "lon": 13.74, "purpose": "BIKE"}]', 'bikes') $$, ARRAY['refused | A | not_a_lot: purpose BIKE'], 'bicycles');

-- geometries and reference systems

CREATE FUNCTION pg_temp.place(geometry text, crs text DEFAULT NULL, member text DEFAULT '') RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	verdict text := (SELECT r FROM pg_temp.report(format('{"type": "FeatureCollection" %s, "features": [{"type": "Feature", "geometry": %s, "properties": {"name": "G", "capacity": 5}}]}', member, geometry), geometry || crs || member, nullif(crs, '')) AS r);
BEGIN
	RETURN CASE WHEN verdict LIKE 'added%' THEN (SELECT pg_temp.lots(geometry || crs || member)) ELSE verdict END;
END $$;
SELECT is(pg_temp.place(geometry, ''), 'G 5 51.0500,13.7400', left(geometry, 60)) FROM (VALUES
	('{"type": "LineString", "coordinates": [[13.739, 51.05], [13.74, 51.05], [13.741, 51.05]]}'), ('{"type": "MultiLineString", "coordinates": [[[13.739, 51.05], [13.74, 51.05], [13.741, 51.05]]]}'),
	('{"type": "MultiPoint", "coordinates": [[13.74, 51.05], [13.74, 51.05]]}'), ('{"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [13.74, 51.05]}]}'),
	('{"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [13, 51]}, {"type": "LineString", "coordinates": [[13.739, 51.05], [13.74, 51.05], [13.741, 51.05]]}]}')) AS v(geometry);
SELECT is(pg_temp.place('{"type": "Point", "coordinates": [411691, 5656094]}', 'EPSG:25832'), 'G 5 51.0496,7.7401', 'EPSG:25832, as argument');
SELECT is(pg_temp.place('{"type": "Point", "coordinates": [411691, 5656094]}', '', ', "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}'), 'G 5 51.0496,7.7401', 'in the file');
SELECT is(pg_temp.place('{"type": "Polygon", "coordinates": [[[411690, 5656093], [411692, 5656093], [411692, 5656095], [411690, 5656095], [411690, 5656093]]]}', '', ', "crs": {"type": "name", "properties": {"name": "EPSG:25832"}}'), 'G 5 51.0496,7.7401', 'an area');
SELECT is(pg_temp.place('{"type": "Point", "crs": {"type": "name", "properties": {"name": "EPSG:25832"}}, "coordinates": [411691, 5656094]}', ''), 'G 5 51.0496,7.7401', 'in the geometry');
SELECT matches(pg_temp.place('{"type": "Point", "coordinates": [155000, 463000]}', '28992'), '^G 5 52[.]15[0-9]+,5[.]38[0-9]+$', 'EPSG:28992: the church of Amersfoort');
SELECT is(pg_temp.place('{"type": "Point", "coordinates": [13.74, 51.05]}', '', ', "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}'), 'G 5 51.0500,13.7400', 'CRS84');
SELECT is(pg_temp.place('{"type": "Point", "coordinates": [411691, 5656094]}', ''), 'refused | G | bad_coordinates: [411691, 5656094] looks like metres; the argument crs says of which system, such as EPSG:25832', 'metres say so');
SELECT matches(pg_temp.place('{"type": "Point", "coordinates": [1e300, 5656094]}', 'EPSG:25832'), '^refused . G . bad_coordinates: ', 'nowhere in the system');
SELECT matches(pg_temp.place(geometry, ''), '^refused . G . bad_coordinates: ', 'no numbers: ' || geometry) FROM unnest(ARRAY['{"type": "Polygon", "coordinates": [[[13.7, 51], ["a", 51], [13, 52], [13.7, 51]]]}',
	'{"type": "LineString", "coordinates": [[13.7, 51], [null, 52]]}', '{"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": ["13", 51]}]}']) AS geometry;
SELECT results_eq($$ SELECT pg_temp.report('[{"id": 1, "capacity": 5, "coords": "{broken"}, {"id": 2, "capacity": 5, "coords": "POINT(x)"}, {"id": 3, "capacity": 5, "coords": "{\"lat\": 51.05, \"lng\": 13.74}"}]', 'broken') $$,
	ARRAY['refused | 1 | no_geometry: the feature has no place | its keys: capacity, coords, id', 'refused | 2 | no_geometry: the feature has no place | its keys: capacity, coords, id', 'added | 3 | name: made from id'], 'a broken place costs its own lot only');
SELECT results_eq($$ SELECT pg_temp.report('[{"name": "X", "total": 5, "x": 411691, "y": 5656094}]', 'flat metres', '25832') $$, ARRAY['added | X'], 'flat objects with x and y');
SELECT throws_ok(format('SELECT pg_temp.place(%L, %L)', '{"type": "Point", "coordinates": [1, 2]}', crs), 'SP018', NULL, 'an unknown system: ' || crs) FROM unnest(ARRAY['EPSG:999999', 'somewhere', '12']) AS crs;

-- what is none of these

SELECT throws_like(format('SELECT pg_temp.report(%L, %L)', file, 's'), 'there are no parking lots to read: this looks like ' || looks_like, looks_like) FROM (VALUES
	('', 'an empty file'), ('  ', 'an empty file'), ('hello', 'text, beginning with "hello"'), ('{"type": "FeatureColl', 'JSON that is cut off or broken: %'), ('[]', 'an empty JSON array'), ('[1, 2]', 'a JSON array of things that are no objects, 1 first'),
	('{}', 'an empty JSON object'), ('5', 'a JSON number'), ('"x"', 'a JSON string'), ('null', 'a JSON null'), ('{"error": "quota"}', 'an error message, {"error": "quota"}'), ('{"a": 1, "b": [1]}', 'a JSON object with a, b'),
	('{"type": "Topology", "objects": {}}', 'TopoJSON, which has to be turned into GeoJSON first'), ('{"type": "Point", "coordinates": [1, 2]}', 'a bare GeoJSON geometry, which has neither name nor capacity'),
	('<!DOCTYPE html><html><p>404</html>', 'a web page, as servers send in place of a file that they do not have'), ('<kml/>', 'KML; ogr2ogr turns it into GeoJSON'), ('<osm version="0.6"/>', 'OpenStreetMap XML;%'),
	('<rss><channel/></rss>', 'a news feed, which has no places'), ('<a><b></a>', 'XML that is broken: %'), ('<data><lot/></data>', 'XML with the root data and no parking table of DATEX II'),
	('<!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>', 'XML with entities of its own, which are not accepted'), ('PK', 'an archive or a document, not the file in it'), ('callback({"a": 1})', 'a piece of JavaScript (JSONP); take what is within it'),
	('name,capacity', 'CSV with a header and no rows')) AS v(file, looks_like);
SELECT throws_ok(format('SELECT pg_temp.report(%L, %L)', file, 's'), 'SP018', NULL, 'SP018: ' || file) FROM unnest(ARRAY['{"a": "\u0000"}', '{"a": 1e999999}', '<', '{"elements": 5}', '{"features": 5}']) AS file;
SELECT is_empty($$ SELECT pg_temp.report('{"elements": []}', 's') $$, 'an empty answer has no rows');
SELECT is((SELECT count(*)::integer FROM smart_parking.parking WHERE source = 's'), 0, 'nothing of all this was imported');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all in step');

SELECT * FROM finish();
ROLLBACK;
