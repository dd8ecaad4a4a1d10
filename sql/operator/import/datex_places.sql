-- Lots as DATEX II publishes them since version 3.3: a hierarchy of elements, of which places are lots, and areas in them spots of a kind.

CREATE OR REPLACE FUNCTION smart_parking_internal.datex_places(document text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
	WITH element AS MATERIALIZED (
		SELECT * FROM XMLTABLE('//*[local-name()="hierarchyElementGeneral"]' PASSING XMLPARSE(DOCUMENT document) COLUMNS
			nth FOR ORDINALITY, id text PATH '@id', type text PATH 'string(*[local-name()="type"][1])', parent text PATH 'string(*[local-name()="parentId"]/@id)',
			name text PATH 'string((*[local-name()="name"]/descendant::*[local-name()="value"])[1])', external text PATH 'string(*[local-name()="externalIdentifier"])',
			spaces text PATH 'normalize-space((*[local-name()="supply"]/*[local-name()="quantity"] | *[local-name()="commonComponents"]/*/*[local-name()="spacesTotal"])[1])',
			latitude text PATH 'string((*[local-name()="locationReference"]/descendant::*[local-name()="latitude"])[1])',
			longitude text PATH 'string((*[local-name()="locationReference"]/descendant::*[local-name()="longitude"])[1])',
			address text PATH 'string((descendant::*[local-name()="addressLine"]/*[local-name()="text"]/descendant::*[local-name()="value"])[1])',
			postcode text PATH 'string((descendant::*[local-name()="postcode"])[1])', city text PATH 'string((descendant::*[local-name()="city"]/descendant::*[local-name()="value"])[1])',
			users text PATH 'string((descendant::*[local-name()="exclusivelyAssignedFor"]/descendant::*[local-name()="userGroup"])[1])',
			vehicles text PATH 'concat((descendant::*[local-name()="exclusivelyAssignedFor"]/descendant::*[local-name()="vehicleType"])[1], (descendant::*[local-name()="exclusivelyAssignedFor"]/descendant::*[local-name()="vehicleUsage"])[1])',
			fuel text PATH 'string((descendant::*[local-name()="exclusivelyAssignedFor"]/descendant::*[local-name()="fuelType"])[1])') AS x
	), area AS (
		SELECT e.parent, CASE
				-- as our own feed has them
				WHEN e.id = e.parent || ':' || e.external AND e.external ~ '^[a-z][a-z0-9_]{0,30}$' THEN e.external
				WHEN e.users IN ('personsWithDisabilities', 'registeredDisabledUsers', 'wheelchairUsers') THEN 'disabled'
				WHEN e.users = 'women' THEN 'woman' WHEN e.users = 'families' THEN 'family' WHEN e.fuel = 'battery' THEN 'charging' WHEN e.vehicles = 'carSharing' THEN 'carsharing'
				WHEN e.vehicles IN ('lorry', 'heavyGoodsVehicle', 'heavyVehicle', 'articulatedVehicle', 'largeGoodsVehicle') THEN 'truck' WHEN e.vehicles IN ('bus', 'motorcycle') THEN e.vehicles END AS kind,
			e.spaces::numeric AS spots
		FROM element AS e WHERE e.parent <> '' AND e.spaces ~ '^[0-9]{1,9}$'
	), kinds AS (
		SELECT s.parent, jsonb_object_agg('capacity:' || s.kind, s.spots) AS kinds FROM (SELECT a.parent, a.kind, sum(a.spots) AS spots FROM area AS a WHERE a.kind IS NOT NULL GROUP BY a.parent, a.kind HAVING sum(a.spots) > 0) AS s GROUP BY s.parent
	)
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', e.id, 'name', nullif(e.name, ''), 'capacity', nullif(e.spaces, ''), 'latitude', nullif(e.latitude, ''), 'longitude', nullif(e.longitude, ''),
		'address', nullif(concat_ws(', ', nullif(e.address, ''), nullif(concat_ws(' ', nullif(e.postcode, ''), nullif(e.city, '')), '')), ''))) || coalesce(k.kinds, '{}') ORDER BY e.nth)
	FROM element AS e LEFT JOIN kinds AS k ON k.parent = e.id
	WHERE e.type = 'place' OR e.type = 'campus' AND NOT EXISTS (SELECT FROM element AS p WHERE p.type = 'place')
$$;
COMMENT ON FUNCTION smart_parking_internal.datex_places(text) IS
'The places of a ParkingTablePublication of version 3.3 and later, as datex_list() has records; without places the campuses. Areas assigned to somebody are kinds of spots in the place above them. NULL: there are none.';
