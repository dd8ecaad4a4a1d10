-- What a file says of who may park, how high, for money, and when.

CREATE OR REPLACE FUNCTION smart_parking_internal.access_of(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE
		WHEN lower(value) IN ('yes', 'public', 'permissive', 'destination', 'designated', 'unknown', 'true', 'all', 'open', '') THEN 'public'
		WHEN lower(value) IN ('customers', 'customer', 'visitors', 'visitor', 'guests', 'shoppers') THEN 'customers'
		WHEN lower(value) IN ('permit', 'residents', 'resident', 'employees', 'employee', 'staff', 'members', 'members_only', 'permissive_members', 'students') THEN 'permit'
		WHEN lower(value) IN ('no', 'none', 'false', 'closed') THEN 'no'
		WHEN value IS NOT NULL THEN 'private' END
$$;
COMMENT ON FUNCTION smart_parking_internal.access_of(text) IS
'Who may use a lot: public, customers, permit, private or no. What is not known counts as private: it is said because not everybody may. NULL for NULL.';

CREATE OR REPLACE FUNCTION smart_parking_internal.metres_of(value text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
	SELECT CASE WHEN metres BETWEEN 1 AND 20 THEN round(metres, 2) END
	FROM (
		SELECT CASE
			WHEN f[1] IS NOT NULL THEN f[1]::numeric * 0.3048 + coalesce(f[2]::numeric, 0) * 0.0254
			WHEN m[2] = 'mm' OR m[2] IS NULL AND n >= 1000 THEN n / 1000
			WHEN m[2] = 'cm' OR m[2] IS NULL AND n >= 100 THEN n / 100
			WHEN m[2] = 'ft' THEN n * 0.3048
			ELSE n END AS metres
		FROM (SELECT 1) AS always
		LEFT JOIN regexp_match(value, '^\s*([0-9]{1,2})''(?:\s*([0-9]{1,2})")?\s*$') AS f ON true
		LEFT JOIN regexp_match(lower(value), '^\s*([0-9]{1,4}(?:[.,][0-9]{1,3})?)\s*(m|mm|cm|ft|meter|metres)?\s*$') AS m ON true
		CROSS JOIN LATERAL (SELECT replace(m[1], ',', '.')::numeric AS n) AS number
	) AS height
$$;
COMMENT ON FUNCTION smart_parking_internal.metres_of(text) IS
'A height in metres: 2.1, "2,10 m", "210 cm", 2100 (without a unit, from 100 on it is centimetres, from 1,000 on millimetres), 6''11". NULL: no height of a car park, 1 to 20 m.';

CREATE OR REPLACE FUNCTION smart_parking_internal.yes_or_no(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN lower(value) IN ('yes', 'true', '1', 'ja', 'oui', 'si', 'sim', 'interval') THEN true
		WHEN lower(value) IN ('no', 'false', '0', 'nein', 'non', 'nee', 'nao', 'free', 'none') THEN false END
$$;
COMMENT ON FUNCTION smart_parking_internal.yes_or_no(text) IS 'yes and no as files write them; NULL: neither.';
