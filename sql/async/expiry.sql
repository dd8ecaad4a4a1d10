-- The async plane: holds whose driver did not come.

CREATE OR REPLACE FUNCTION smart_parking.release_expired(max_bookings integer DEFAULT 1000) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.release_expired(integer) IS
'Releases up to max_bookings lapsed holds, the oldest first, and passes over what other transactions hold locked; '
'any number of callers may run side by side. What fails in one lot is passed over too, with a WARNING, and stands in sweep_failure. '
'Result: how many it released. Under REPEATABLE READ and SERIALIZABLE a hold that changed meanwhile is a 40001. Errors: SP017 max_bookings is not positive or above 100,000.';

CREATE OR REPLACE FUNCTION smart_parking.expire_booking(booking_id uuid) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.expire_booking(uuid) IS
'Releases one hold if it has lapsed: the handler for a delayed message of an outside queue. '
'Result: true if this call released it; false if it is early, came twice, or the car has arrived: nothing is changed then. '
'Errors: SP002 unknown booking, SP016 NULL.';
