-- Messages of Hikvision's cameras: an XML document EventNotificationAlert, here as text in a JSON string.

CREATE OR REPLACE FUNCTION smart_parking_internal.xml_fields(document text, OUT root text, OUT fields jsonb, OUT problem text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	detail text;
BEGIN
	-- Namespaces differ between firmwares, so names count without them. A name that occurs several times becomes an array.
	SELECT min(l.root), jsonb_object_agg(l.key, CASE WHEN l.times = 1 THEN l.texts -> 0 ELSE l.texts END) INTO root, fields
	FROM (
		SELECT min(x.root) AS root, count(*) AS times, jsonb_agg(x.content ORDER BY x.nth) AS texts,
			CASE WHEN x.depth <= 1 THEN x.name ELSE x.parent || '.' || x.name END AS key
		-- not //*, for which libxml compares every element with every other
		FROM XMLTABLE('/descendant::*[not(*)]' PASSING XMLPARSE(DOCUMENT document)
			COLUMNS nth FOR ORDINALITY, root text PATH 'local-name(/*)', parent text PATH 'local-name(..)', name text PATH 'local-name(.)',
				depth integer PATH 'count(ancestor::*)', content text PATH 'string(.)') AS x
		GROUP BY key) AS l;
EXCEPTION
	WHEN invalid_xml_document OR invalid_xml_content THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		problem := 'malformed_xml: ' || left(split_part(detail, E'\n', 1), 150);
	-- a server built without libxml
	WHEN feature_not_supported THEN
		problem := 'no_xml_support: this server was built without libxml';
END $$;
COMMENT ON FUNCTION smart_parking_internal.xml_fields(text) IS
'The elements of an XML document that hold text and no other elements. root: the outermost element''s name; fields: text by name, '
'after the name of the element around it and a dot unless that is the root; an array where a name occurs several times. problem: why it cannot be read.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_hikvision(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	-- a blank or a byte order mark before the declaration makes a document malformed
	document CONSTANT text := regexp_replace(message #>> '{}', '^[^<]{0,9}', '');
	alert record;
	fields jsonb;
	happened text;
	clock record;
	original text;
	o smart_parking.observation;
BEGIN
	IF jsonb_typeof(message) <> 'string' THEN
		RETURN smart_parking_internal.unreadable('hikvision', 'malformed_xml: a message of type ' || jsonb_typeof(message) || ' instead of a string', message);
	ELSIF document ~* '<!(DOCTYPE|ENTITY)' THEN
		-- no camera sends one, and entities are the way to make a small document huge
		RETURN smart_parking_internal.unreadable('hikvision', 'malformed_xml: a document type is not accepted', message);
	END IF;
	alert := smart_parking_internal.xml_fields(document);
	IF alert.problem IS NOT NULL THEN
		RETURN smart_parking_internal.unreadable('hikvision', alert.problem, message);
	ELSIF alert.root <> 'EventNotificationAlert' THEN
		RETURN smart_parking_internal.unreadable('hikvision', 'missing_field: EventNotificationAlert', message);
	END IF;

	fields := alert.fields;
	happened := smart_parking_internal.text_of(fields -> 'eventType');
	clock := smart_parking_internal.instant_of(fields -> 'dateTime');
	o.format := 'hikvision';
	-- a recorder speaks for several cameras
	o.camera := coalesce(smart_parking_internal.id_of(fields -> 'macAddress'), smart_parking_internal.id_of(fields -> 'deviceID'), smart_parking_internal.id_of(fields -> 'ipAddress'))
		|| coalesce('/' || smart_parking_internal.id_of(fields -> 'channelID'), '');
	o.read_at := clock.instant;
	IF happened IS NULL THEN
		RETURN smart_parking_internal.unreadable('hikvision', smart_parking_internal.field_problem(fields -> 'eventType', 'eventType'), message);
	ELSIF upper(happened) <> 'ANPR' THEN
		-- "video loss is over", every few seconds, is how these cameras say that they live
		o.kind := CASE WHEN lower(happened) = 'videoloss' AND lower(smart_parking_internal.text_of(fields -> 'eventState')) = 'inactive' THEN 'heartbeat' ELSE 'nothing' END;
		o.rest := fields;
		RETURN o;
	END IF;

	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(fields -> 'ANPR.licensePlate', 'ANPR.licensePlate');
	o.confidence := smart_parking_internal.confidence_of(fields -> 'ANPR.confidenceLevel', 100);
	original := smart_parking_internal.text_of(fields -> 'ANPR.originalLicensePlate');
	o.candidates := smart_parking_internal.other_readings(jsonb_build_array(jsonb_build_object('plate', original)), o.plate, 'confidence', 100);
	o.event_id := coalesce(smart_parking_internal.id_of(fields -> 'UUID'),
		CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, fields ->> 'dateTime', o.plate, fields ->> 'ANPR.line') END);
	o.rest := smart_parking_internal.kept_fields(fields, 'eventType', CASE WHEN o.kind <> 'unreadable' THEN 'ANPR.licensePlate' END,
		CASE WHEN o.confidence IS NOT NULL THEN 'ANPR.confidenceLevel' END, CASE WHEN original IS NOT NULL THEN 'ANPR.originalLicensePlate' END,
		CASE WHEN o.read_at IS NOT NULL THEN 'dateTime' END, CASE WHEN smart_parking_internal.id_of(fields -> 'UUID') IS NOT NULL THEN 'UUID' END);
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', fields -> 'dateTime');
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_hikvision(jsonb) IS
'Reads an alert of a Hikvision camera. Argument: a string that holds the XML. Result: see read_message(); rest is as xml_fields() names it. '
'forward and reverse there are towards the camera and away from it, not in and out.';
