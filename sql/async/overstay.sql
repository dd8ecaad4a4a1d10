-- The async plane: stays that last longer than the lot allows.

CREATE OR REPLACE FUNCTION smart_parking.close_overstays(max_stays integer DEFAULT 1000) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.close_overstays(integer) IS
'Completes up to max_stays stays that have lasted longer than their lot''s max_stay, with that reason, and gives their spots back. The gate still lets such a car out, once. '
'Passes over what other transactions hold locked, and, with a WARNING, what fails in one lot (sweep_failure); the sweeper calls it each time. Result: how many. Errors: SP016 NULL, SP017 max_stays is not positive or above 100,000.';
