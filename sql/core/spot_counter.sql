-- What the CHECK on counter_slice calls; see src/core/spot_counter.c for claiming.

CREATE FUNCTION smart_parking_internal.slice_in_step(spots integer, free_spots integer, free_map bigint, service_map bigint)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.slice_in_step(integer, integer, bigint, bigint) IS
'Whether the columns of a counter slice agree: spots is 1 to 62, free_spots is the number of bits set in free_map, '
'free_map lies within service_map, and service_map within the slice''s spots.';

CREATE FUNCTION smart_parking_internal.spots_in_map(map bigint)
RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.spots_in_map(bigint) IS 'Number of bits set in a free_map or service_map.';
