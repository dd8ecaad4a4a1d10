-- What version 1.1.0 changes in the objects of 1.0.0. The Makefile puts the parts that are new in 1.1.0 behind it.

DROP FUNCTION smart_parking.lots_in_reach(geography, float8, integer, text, integer, timestamptz);

CREATE OR REPLACE FUNCTION smart_parking.nearby_parking(
	latitude float8, longitude float8, radius_m float8 DEFAULT 2000, max_results integer DEFAULT 20,
	kind text DEFAULT NULL, min_free integer DEFAULT 1)
RETURNS SETOF smart_parking.nearby_lot
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED SECURITY INVOKER
SET search_path = pg_catalog, pg_temp;

COMMENT ON PROCEDURE smart_parking.sweep(interval, interval) IS
'Releases lapsed holds over and over and commits each batch of 1,000: what the pg_cron job runs. '
'Arguments: every, the pause between sweeps, 10 ms to 60 s; run_for, how long (NULL: until half a second after the next full minute; '
'0: once, until nothing is left, as fast as it goes; else it rests twice as long as each full batch took, so that a backlog '
'does not take the processor from drivers). One runs in a database at a time: a second one returns with a notice, at once if run_for is given, '
'else when its time is over and its turn has not come. '
'Errors: SP016 every is NULL, SP019 an argument out of range, 2D000 inside a transaction block.';
