-- Ids that carry a home cell.

CREATE OR REPLACE FUNCTION smart_parking.home_cell(id uuid) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking.home_cell(uuid) IS
'The home cell of a lot, booking, gate or any other id that smart_parking made: where its lot is, for routing a call to its region. '
'Result: a geohash of 6 characters, about 1.2 km by 0.6 km. '
'Errors: SP019 the id is not a UUID of version 7. A UUID of version 7 from elsewhere cannot be told apart; its cell means nothing.';

CREATE OR REPLACE FUNCTION smart_parking_internal.new_region_id(latitude double precision, longitude double precision) RETURNS uuid
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.new_region_id(double precision, double precision) IS
'Makes an id for something at a place. Arguments: latitude and longitude in degrees on WGS 84. '
'Result: a UUID of version 7: the clock''s time to the microsecond, the home cell, 32 random bits. '
'Errors: SP013 latitude not within -90..90 or longitude not within -180..180.';

CREATE OR REPLACE FUNCTION smart_parking_internal.new_region_id(neighbour uuid) RETURNS uuid
AS 'MODULE_PATHNAME', 'new_region_id_beside' LANGUAGE c VOLATILE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.new_region_id(uuid) IS
'Makes an id with the home cell of another one, such as a gate''s id from its lot''s. '
'Result: a UUID of version 7. Errors: SP019 neighbour is not a UUID of version 7.';
