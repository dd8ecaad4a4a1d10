-- The async plane: orders to a barrier that nobody passed on.

CREATE OR REPLACE FUNCTION smart_parking.expire_commands(max_commands integer DEFAULT 1000) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.expire_commands(integer) IS
'Ends as timed_out up to max_commands orders of gates that sense passage whose time is over, and cancels the holds that were made for them. Passes over what other transactions hold locked; '
'the sweeper calls it each time. Result: how many. Errors: SP016 NULL, SP017 max_commands is not positive or above 100,000.';
