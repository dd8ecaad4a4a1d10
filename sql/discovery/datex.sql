-- DATEX II version 3.6: payloads as DATEXII_3_D2Payload.xsd and DATEXII_3_Parking.xsd have them.
--
-- A lot is a Place; spots of one kind in it are a SpecificArea below it, whose externalIdentifier is our name of the kind.
-- Put together as text, in one pass over the lots; what comes from outside goes through xml_text().

CREATE OR REPLACE FUNCTION smart_parking_internal.xml_text(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	-- XML 1.0 has no way to write control characters; DATEX II no texts of more than 1,024 characters
	SELECT pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog."left"(pg_catalog.regexp_replace(value, E'[\u0001-\u0008\u000B\u000C\u000E-\u001F]', '', 'g'), 1024),
		'&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;')
$$;
COMMENT ON FUNCTION smart_parking_internal.xml_text(text) IS 'Text for an element or an attribute of XML.';

CREATE OR REPLACE FUNCTION smart_parking_internal.datex_payload(publication text, publisher text, content text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT '<?xml version="1.0" encoding="UTF-8"?>' || E'\n<d2:payload xmlns:d2="http://datex2.eu/schema/3/d2Payload" xmlns:com="http://datex2.eu/schema/3/common" '
		'xmlns:fac="http://datex2.eu/schema/3/facilities" xmlns:loc="http://datex2.eu/schema/3/locationReferencing" xmlns:locx="http://datex2.eu/schema/3/locationExtension" '
		'xmlns:prk="http://datex2.eu/schema/3/parking" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="prk:' || publication || '" lang="en" modelBaseVersion="3">'
		|| format('<com:publicationTime>%s</com:publicationTime><com:publicationCreator><com:country>%s</com:country><com:nationalIdentifier>%s</com:nationalIdentifier></com:publicationCreator>',
			smart_parking_internal.utc(statement_timestamp()), left(publisher, 2), smart_parking_internal.xml_text(substr(publisher, 4)))
		|| content || E'</d2:payload>\n'
$$;
COMMENT ON FUNCTION smart_parking_internal.datex_payload(text, text, text) IS 'A DATEX II payload. Arguments: publication, its type; publisher, country and name; content, what follows the creator. NULL for no content.';

CREATE OR REPLACE FUNCTION smart_parking_internal.datex_eligibility(kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT '<prk:additionalCharacteristics><prk:assignment><prk:exclusivelyAssignedFor><fac:qualification>' || q
		|| '</fac:qualification></prk:exclusivelyAssignedFor></prk:assignment></prk:additionalCharacteristics>'
	FROM (SELECT CASE
		WHEN kind IN ('disabled', 'woman', 'family', 'resident', 'customer') THEN '<fac:userQualification><fac:userGroup>'
			|| CASE kind WHEN 'disabled' THEN 'personsWithDisabilities' WHEN 'woman' THEN 'women' WHEN 'family' THEN 'families' WHEN 'resident' THEN 'residents' ELSE 'customers' END
			|| '</fac:userGroup></fac:userQualification>'
		WHEN kind = 'charging' THEN '<fac:vehicleCharacteristics><com:fuelType>battery</com:fuelType></fac:vehicleCharacteristics>'
		WHEN kind IN ('truck', 'bus', 'motorcycle', 'caravan') THEN '<fac:vehicleCharacteristics><com:vehicleType>'
			|| CASE kind WHEN 'truck' THEN 'lorry' ELSE kind END || '</com:vehicleType></fac:vehicleCharacteristics>'
		WHEN kind IN ('carsharing', 'taxi') THEN '<fac:vehicleCharacteristics><com:vehicleUsage>' || CASE kind WHEN 'carsharing' THEN 'carSharing' ELSE kind END || '</com:vehicleUsage></fac:vehicleCharacteristics>'
		END AS q) AS q
$$;
COMMENT ON FUNCTION smart_parking_internal.datex_eligibility(text) IS 'Whom spots of a kind are for; NULL: DATEX II has no word for it.';

CREATE OR REPLACE FUNCTION smart_parking_internal.datex_area(lot uuid, kind text, spots text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT format('<prk:hierarchyElementGeneral xsi:type="prk:SpecificArea" id="%1$s:%2$s" version="1"><fac:externalIdentifier>%2$s</fac:externalIdentifier>'
		'<prk:layer>2</prk:layer><prk:type>identifiedArea</prk:type><prk:parentId targetClass="fac:FacilityObject" id="%1$s" version="1"/>'
		'<prk:supply><prk:quantity>%3$s</prk:quantity><prk:viewType>spaceView</prk:viewType></prk:supply>%4$s</prk:hierarchyElementGeneral>',
		lot, kind, spots, smart_parking_internal.datex_eligibility(kind))
$$;
COMMENT ON FUNCTION smart_parking_internal.datex_area(uuid, text, text) IS 'The spots of one kind in a lot.';

CREATE OR REPLACE FUNCTION smart_parking_internal.datex_table(lots uuid[], publisher text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT smart_parking_internal.datex_payload('ParkingTablePublication', publisher,
		format('<prk:parkingTable id="lots" version="1"><prk:versionTime>%s</prk:versionTime>', smart_parking_internal.utc(statement_timestamp()))
		|| string_agg(format('<prk:hierarchyElementGeneral xsi:type="prk:Place" id="%s" version="1"><fac:name><com:values><com:value>%s</com:value></com:values></fac:name>'
			'<fac:locationReference xsi:type="loc:PointLocation"><loc:_locationReferenceExtension><loc:facilityLocation>%s</loc:facilityLocation></loc:_locationReferenceExtension>'
			'<loc:pointByCoordinates><loc:pointCoordinates><loc:latitude>%s</loc:latitude><loc:longitude>%s</loc:longitude></loc:pointCoordinates></loc:pointByCoordinates></fac:locationReference>'
			'<prk:layer>1</prk:layer><prk:type>place</prk:type><prk:supply><prk:quantity>%s</prk:quantity><prk:viewType>spaceView</prk:viewType></prk:supply></prk:hierarchyElementGeneral>%s',
			l.id, smart_parking_internal.xml_text(l.name),
			'<locx:address><locx:addressLine order="1"><locx:type>generalTextLine</locx:type><locx:text><com:values><com:value>' || smart_parking_internal.xml_text(l.address)
				|| '</com:value></com:values></locx:text></locx:addressLine></locx:address>',
			l.latitude, l.longitude, l.total_capacity,
			CASE WHEN l.kinds IS NOT NULL THEN (SELECT string_agg(smart_parking_internal.datex_area(l.id, k.key, k.value), '' ORDER BY k.key COLLATE "C") FROM jsonb_each_text(l.kinds) AS k) END), '' ORDER BY l.id)
		|| '</prk:parkingTable>')
	FROM smart_parking_internal.lots_to_publish(lots) AS l
$$;
COMMENT ON FUNCTION smart_parking_internal.datex_table(uuid[], text) IS 'Lots as a ParkingTablePublication of DATEX II; NULL: there are none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.datex_status(lots uuid[], publisher text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT smart_parking_internal.datex_payload('ParkingStatusPublication', publisher,
		'<prk:parkingTableReference targetClass="prk:ParkingTable" id="lots" version="1"/>'
		|| string_agg(format('<prk:parkingStatusInformation xsi:type="prk:PlaceStatus"><fac:reference targetClass="fac:FacilityObject" id="%s" version="1"/>%s<fac:openingStatus>%s</fac:openingStatus>%s%s<prk:status>%s</prk:status></prk:parkingStatusInformation>%s',
			l.id, '<fac:lastUpdated>' || smart_parking_internal.utc(l.as_of) || '</fac:lastUpdated>', CASE WHEN l.is_open THEN 'open' ELSE 'closed' END,
			CASE WHEN l.fault THEN '<prk:parkingFault>erroneousOccupancyInformation</prk:parkingFault>' WHEN l.free_spots IS NULL THEN '<prk:parkingFault>noParkingInformationAvailable</prk:parkingFault>' END,
			'<prk:occupancy><prk:numberOfSpacesOverride>' || l.capacity || '</prk:numberOfSpacesOverride><prk:numberOfVacantSpaces>' || l.free_spots || '</prk:numberOfVacantSpaces></prk:occupancy>',
			CASE WHEN l.free_spots > 0 THEN 'spacesAvailable' WHEN l.free_spots = 0 THEN 'full' ELSE 'unknown' END,
			CASE WHEN l.free_kinds IS NOT NULL THEN (SELECT string_agg(format('<prk:parkingStatusInformation><fac:reference targetClass="fac:FacilityObject" id="%s:%s" version="1"/>%s'
				'<prk:occupancy><prk:numberOfVacantSpaces>%s</prk:numberOfVacantSpaces></prk:occupancy></prk:parkingStatusInformation>',
				l.id, k.key, '<fac:lastUpdated>' || smart_parking_internal.utc(l.as_of) || '</fac:lastUpdated>', k.value), '' ORDER BY k.key COLLATE "C") FROM jsonb_each_text(l.free_kinds) AS k) END), '' ORDER BY l.id))
	FROM smart_parking_internal.lots_to_publish(lots) AS l
$$;
COMMENT ON FUNCTION smart_parking_internal.datex_status(uuid[], text) IS 'What is free in lots as a ParkingStatusPublication of DATEX II; NULL: there are no lots.';
