-- What version 1.1.0 changes in the objects of 1.0.0. The Makefile puts the parts that are new in 1.1.0 behind it.

DROP FUNCTION smart_parking.lots_in_reach(geography, float8, integer, text, integer, timestamptz);

CREATE OR REPLACE FUNCTION smart_parking.nearby_parking(
	latitude float8, longitude float8, radius_m float8 DEFAULT 2000, max_results integer DEFAULT 20,
	kind text DEFAULT NULL, min_free integer DEFAULT 1)
RETURNS SETOF smart_parking.nearby_lot
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY INVOKER
SET search_path = pg_catalog, pg_temp;
