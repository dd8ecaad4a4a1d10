-- The reservation plane: from search to hold in one call.

CREATE OR REPLACE FUNCTION smart_parking.reserve_nearby(
	latitude float8, longitude float8, user_id uuid, car_plate text, radius_m float8 DEFAULT 2000,
	kind text DEFAULT 'standard', hold interval DEFAULT NULL, request_id uuid DEFAULT NULL)
RETURNS smart_parking.nearby_reservation
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE
-- as for nearby_parking()
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION smart_parking.reserve_nearby(float8, float8, uuid, text, float8, text, interval, uuid) IS
'Holds a spot in the nearest open lot for the public that has one, in the caller''s transaction. '
'Arguments: latitude and longitude in degrees on WGS 84; user_id; car_plate; radius_m in metres along the ground, 0 to 20,037,508; kind, hold and request_id as for reserve_spot(). '
'Result: one row. outcome is reserved; full (each lot in reach that has the kind was full at some instant during the call, lapsed holds counted as free); no_parking (no open lot in reach has spots of the kind); '
'already_reserved (this user has an active booking for this plate in reach: it is returned); for a request_id that was answered before as for reserve_spot(). '
'parking_id is the lot of the booking; distance_m how far it is along the ground, where it was tried in this call; tried the lots that were asked, nearest first. '
'A lot whose free spots are all being taken by others at the moment is passed over, and waited for only if no other lot in reach has a spot. '
'Errors: SP010 not a plate, or a word for no plate, SP011 hold, SP013 coordinates, SP014 radius_m, SP016 NULL, SP020 too many holds of this user, SP021 request_id was used with other arguments, '
'SP022 another user has an active booking for this plate in a lot that was tried. 40001 and 09000 as for reserve_spot().';
