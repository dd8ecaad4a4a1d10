-- Parking tables of DATEX II since version 3.3, which other publishers fill in their own way.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;

CREATE FUNCTION pg_temp.table_of(elements text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT format('<payload xmlns="http://datex2.eu/schema/3/d2Payload" xmlns:p="http://datex2.eu/schema/3/parking" xmlns:f="http://datex2.eu/schema/3/facilities" xmlns:l="http://datex2.eu/schema/3/locationReferencing" xmlns:c="http://datex2.eu/schema/3/common">
		<p:parkingTable id="t" version="1">%s</p:parkingTable></payload>', elements) $$;
CREATE FUNCTION pg_temp.place(id text, type text, parent text, name text, spaces text, more text DEFAULT '') RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT format('<p:hierarchyElementGeneral id="%s" version="1">%s%s<p:type>%s</p:type>%s%s%s</p:hierarchyElementGeneral>', id,
		CASE WHEN name <> '' THEN '<f:name><c:values><c:value lang="de">' || name || '</c:value></c:values></f:name>' ELSE '' END,
		CASE WHEN parent = '' THEN '<f:locationReference><l:pointByCoordinates><l:pointCoordinates><l:latitude>50.9</l:latitude><l:longitude>6.9</l:longitude></l:pointCoordinates></l:pointByCoordinates></f:locationReference>' ELSE '' END,
		type, CASE WHEN parent <> '' THEN '<p:parentId id="' || parent || '" version="1"/>' ELSE '' END,
		CASE WHEN spaces <> '' THEN '<p:supply><p:quantity>' || spaces || '</p:quantity></p:supply>' ELSE '' END, more) $$;
CREATE FUNCTION pg_temp.assigned(what text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT '<p:additionalCharacteristics><p:assignment><p:exclusivelyAssignedFor><f:qualification>' || what || '</f:qualification></p:exclusivelyAssignedFor></p:assignment></p:additionalCharacteristics>' $$;
CREATE FUNCTION pg_temp.imported(elements text, of text) RETURNS TABLE (line text) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	CREATE TEMPORARY TABLE report ON COMMIT DROP AS SELECT i.* FROM smart_parking.import_parkings(pg_temp.table_of(elements), of) WITH ORDINALITY AS i (source_id, name, action, reason, parking_id, notes, n);
	RETURN QUERY SELECT concat_ws(' ', i.source_id, i.name, i.action, split_part(i.reason, ':', 1), (SELECT string_agg(k.kind || '=' || k.n, ' ' ORDER BY k.kind) FROM (
		SELECT s.kind, count(*) AS n FROM smart_parking.spot AS s WHERE s.parking_id = i.parking_id GROUP BY s.kind) AS k)) FROM report AS i ORDER BY i.n;
	DROP TABLE report;
END $$;

SELECT results_eq(format('SELECT * FROM pg_temp.imported(%L, %L)', pg_temp.place('C', 'campus', '', 'Zentrum', '900') || pg_temp.place('A', 'place', '', 'Dom', '50') || pg_temp.place('A1', 'identifiedArea', 'A', 'Behinderte', '2', pg_temp.assigned('<f:userQualification><f:userGroup>personsWithDisabilities</f:userGroup></f:userQualification>'))
		|| pg_temp.place('A2', 'identifiedArea', 'A', '', '3', pg_temp.assigned('<f:vehicleCharacteristics><c:fuelType>battery</c:fuelType></f:vehicleCharacteristics>')) || pg_temp.place('A3', 'subplaceElement', 'A', 'Ebene 1', '45')
		|| pg_temp.place('A4', 'identifiedArea', 'A', '', '4', pg_temp.assigned('<f:userQualification><f:userGroup>women</f:userGroup></f:userQualification>')) || pg_temp.place('B', 'place', '', 'Zoo', '') || pg_temp.place('D', 'place', '', 'Hafen', 'many'), 'tables'),
	$$ VALUES ('A Dom added charging=3 disabled=2 standard=41 woman=4'), ('B Zoo refused no_capacity'), ('D Hafen refused bad_capacity') $$, 'places are lots, areas for somebody are kinds, floors and campuses are neither');
SELECT results_eq(format('SELECT * FROM pg_temp.imported(%L, %L)', pg_temp.place('C', 'campus', '', 'P+R', '90'), 'campus'), $$ VALUES ('C P+R added standard=90') $$, 'a campus without places is a lot');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all in step');

SELECT * FROM finish();
ROLLBACK;
