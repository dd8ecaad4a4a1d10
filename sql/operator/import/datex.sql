-- Lots as DATEX II publishes them: parking tables of version 2 (parkingFacility, parkingArea), of 2.3 and of 3 (parkingRecord).
-- Versions and publishers differ in namespaces and prefixes, so that names count without them.

CREATE OR REPLACE FUNCTION smart_parking_internal.datex_kinds(spaces xml) RETURNS TABLE (kind text, spots numeric, all_spots numeric)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
	SELECT CASE
			WHEN 'disabled' = ANY (g.users) OR g.users && ARRAY['wheelchairUsers', 'disabledPersons'] THEN 'disabled'
			WHEN g.users && ARRAY['women', 'woman'] THEN 'woman'
			WHEN g.users && ARRAY['families', 'family', 'parentsWithChildren', 'pregnantWomen'] THEN 'family'
			WHEN g.fuels && ARRAY['battery', 'electric', 'all'] OR g.vehicles && ARRAY['electricVehicle', 'electric'] THEN 'charging'
			WHEN g.vehicles && ARRAY['carSharing', 'carShare'] OR g.users && ARRAY['carSharing', 'carSharers'] THEN 'carsharing'
			WHEN g.vehicles && ARRAY['lorry', 'truck', 'heavyGoodsVehicle', 'heavyVehicle', 'articulatedVehicle', 'largeVehicle'] THEN 'truck'
			WHEN g.vehicles && ARRAY['bus', 'coach'] THEN 'bus'
			WHEN g.vehicles && ARRAY['motorcycle', 'moped'] THEN 'motorcycle'
			ELSE 'standard' END,
		sum(g.spots), NULL::numeric
	FROM (
		SELECT CASE WHEN x.spots ~ '^\s*[0-9]{1,9}\s*$' THEN x.spots::numeric ELSE 0 END AS spots,
			regexp_split_to_array(btrim(x.users), '\s+') AS users, regexp_split_to_array(btrim(x.vehicles), '\s+') AS vehicles, regexp_split_to_array(btrim(x.fuels), '\s+') AS fuels
		FROM XMLTABLE('/*/*' PASSING spaces COLUMNS
			spots text PATH '(descendant::*[local-name()="parkingNumberOfSpaces" or local-name()="numberOfAssignedParkingSpaces" or local-name()="totalNumberOfSpaces"])[1]',
			users text PATH 'concat((descendant::*[local-name()="applicableForUser" or local-name()="user" or local-name()="personTypeForWhichSpacesAssigned"])[1], " ",
				(descendant::*[local-name()="applicableForUser" or local-name()="user" or local-name()="personTypeForWhichSpacesAssigned"])[2])',
			vehicles text PATH 'concat((descendant::*[local-name()="vehicleType"])[1], " ", (descendant::*[local-name()="vehicleUsage"])[1])',
			fuels text PATH 'concat((descendant::*[local-name()="fuelType"])[1], " ", (descendant::*[local-name()="fuelType2"])[1])') AS x) AS g
	GROUP BY 1
$$;
COMMENT ON FUNCTION smart_parking_internal.datex_kinds(xml) IS 'Spots of each kind in groups of parking spaces of DATEX II, elements around which one other was put.';

CREATE OR REPLACE FUNCTION smart_parking_internal.datex_list(document text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp
-- what XMLTABLE takes for a value of type xml
SET xmloption = content AS $$
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', nullif(x.id, ''), 'name', nullif(x.name, ''),
			'capacity', coalesce(nullif(x.capacity, ''), (CASE WHEN g.total > 0 THEN g.total END)::text),
			'latitude', nullif(x.latitude, ''), 'longitude', nullif(x.longitude, ''),
			'addr:street', nullif(x.street, ''), 'addr:housenumber', nullif(x.housenumber, ''), 'addr:postcode', nullif(x.postcode, ''), 'addr:city', nullif(x.city, ''),
			'address', nullif(x.address, ''), 'country', nullif(coalesce(nullif(x.country, ''), x.publisher_country), ''), 'operator', nullif(x.operator, ''), 'description', nullif(x.description, ''),
			'layout', nullif(x.layout, ''), 'maxheight', nullif(x.height, ''), 'time_zone', nullif(x.time_zone, ''),
			'fee', CASE lower(x.free) WHEN 'true' THEN 'no' WHEN 'false' THEN 'yes' END,
			'access', CASE WHEN x.users ~* 'staff|employees|residents|permitHolders|members|subscribers|seasonTicket' THEN 'permit' WHEN x.users ~* 'customers|visitors|shoppers|hotelGuests' THEN 'customers' END))
		|| coalesce(g.kinds, '{}') ORDER BY x.nth)
	FROM XMLTABLE('/descendant::*[local-name()="parkingRecord" or (local-name()="parkingFacility" or local-name()="parkingArea") and @id and not(ancestor::*[local-name()="parkingRecord"])]'
		PASSING XMLPARSE(DOCUMENT document) COLUMNS
		nth FOR ORDINALITY, id text PATH '@id',
		name text PATH '(*[local-name()="parkingName" or local-name()="parkingFacilityName" or local-name()="parkingAreaName"]/descendant-or-self::*[not(*) and normalize-space(.)])[1]',
		description text PATH '(*[local-name()="parkingDescription" or local-name()="parkingFacilityDescription"]/descendant-or-self::*[not(*) and normalize-space(.)])[1]',
		capacity text PATH '(*[local-name()="parkingNumberOfSpaces" or local-name()="totalParkingCapacity"] | *[local-name()="totalParkingCapacityOverride"])[1]',
		latitude text PATH '(*[contains(local-name(), "ocation") or local-name()="area"]/descendant::*[local-name()="latitude"] | descendant::*[local-name()="latitude"])[1]',
		longitude text PATH '(*[contains(local-name(), "ocation") or local-name()="area"]/descendant::*[local-name()="longitude"] | descendant::*[local-name()="longitude"])[1]',
		street text PATH '(descendant::*[local-name()="contactDetailsStreet" or local-name()="street" or local-name()="addressLine" and @type="street"]/descendant-or-self::*[not(*) and normalize-space(.)])[1]',
		housenumber text PATH '(descendant::*[local-name()="contactDetailsHouseNumber" or local-name()="houseNumber"]/descendant-or-self::*[not(*) and normalize-space(.)])[1]',
		postcode text PATH '(descendant::*[local-name()="contactDetailsPostcode" or local-name()="postcode"]/descendant-or-self::*[not(*) and normalize-space(.)])[1]',
		city text PATH '(descendant::*[local-name()="contactDetailsCity" or local-name()="city"]/descendant-or-self::*[not(*) and normalize-space(.)])[1]',
		address text PATH '(descendant::*[local-name()="addressLine"]/descendant::*[not(*) and normalize-space(.)])[1]',
		country text PATH '(descendant::*[local-name()="countryCode" or local-name()="contactDetailsCountry"])[1]',
		publisher_country text PATH '(/descendant::*[local-name()="publicationCreator"]/*[local-name()="country"])[1]',
		operator text PATH '(*[local-name()="operator"]/descendant::*[contains(local-name(), "rganisationName")]/descendant-or-self::*[not(*) and normalize-space(.)])[1]',
		layout text PATH '(descendant::*[local-name()="parkingLayout"])[1]',
		height text PATH '(descendant::*[local-name()="vehicleHeight"])[1]',
		time_zone text PATH '(descendant::*[local-name()="timeZone"])[1]',
		free text PATH '(descendant::*[local-name()="freeOfCharge"])[1]',
		users text PATH '(*[local-name()="assignedParkingAmongOthers" or local-name()="onlyAssignedParking"]/descendant::*[local-name()="applicableForUser"])[1]',
		groups xml PATH '*[local-name()="groupOfParkingSpaces" or local-name()="assignedParkingSpaces"]') AS x
	CROSS JOIN LATERAL (
		SELECT jsonb_object_agg('capacity:' || k.kind, k.spots) FILTER (WHERE k.kind <> 'standard' AND k.spots > 0) AS kinds, sum(k.spots) AS total
		FROM smart_parking_internal.datex_kinds(XMLELEMENT(NAME groups, x.groups)) AS k) AS g
$$;
COMMENT ON FUNCTION smart_parking_internal.datex_list(text) IS
'The records of parking tables in a DATEX II publication, as an array of objects with the keys of OpenStreetMap. A record without a number of spaces has those of its groups. '
'NULL: there are none.';
