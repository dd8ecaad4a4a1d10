-- Search: read-only, so that it works on a hot standby.

CREATE OR REPLACE VIEW smart_parking_internal.reclaimable_hold AS
	SELECT b.id AS booking_id, b.parking_id, b.spot_no, s.kind, b.expires_at
	FROM smart_parking.booking AS b
	JOIN smart_parking.spot AS s ON s.parking_id = b.parking_id AND s.spot_no = b.spot_no
	WHERE b.status = 'pending' AND s.in_service;
COMMENT ON VIEW smart_parking_internal.reclaimable_hold IS
'Holds whose spot can be given to the next driver from expires_at on, swept or not. '
'Free spots at an instant: the counter plus the rows with expires_at at or before it.';

DO $do$ BEGIN
EXECUTE pg_catalog.format($sql$
CREATE OR REPLACE VIEW smart_parking.parking_status AS
	SELECT p.id, p.name, p.address,
		%1$I.st_y(p.location::%1$I.geometry) AS latitude, %1$I.st_x(p.location::%1$I.geometry) AS longitude,
		p.total_capacity,
		CASE WHEN p.outside_open IS NULL THEN counter.free_spots + lapsed.holds END::integer AS free_spots_counter,
		counter.in_service::integer AS spots_in_service,
		p.is_open, p.time_zone, p.source, p.source_id, p.outside_open
	FROM smart_parking.parking AS p
	CROSS JOIN LATERAL (
		SELECT coalesce(sum(c.free_spots), 0) AS free_spots,
			coalesce(sum(smart_parking_internal.spots_in_map(c.service_map)), 0) AS in_service
		FROM smart_parking.counter_slice AS c WHERE c.parking_id = p.id
	) AS counter
	CROSS JOIN LATERAL (
		-- statement_timestamp(), since the index cannot be used with the clock itself
		SELECT count(*) AS holds FROM smart_parking_internal.reclaimable_hold AS h
		WHERE h.parking_id = p.id AND h.expires_at <= statement_timestamp()
	) AS lapsed
$sql$, smart_parking_internal.postgis_schema());
END $do$;
COMMENT ON VIEW smart_parking.parking_status IS 'One row a lot: where it is and what is free in it now.';
COMMENT ON COLUMN smart_parking.parking_status.latitude IS 'Degrees on WGS 84.';
COMMENT ON COLUMN smart_parking.parking_status.longitude IS 'Degrees on WGS 84.';
COMMENT ON COLUMN smart_parking.parking_status.free_spots_counter IS
'Spots of all kinds that a driver could get at the start of the statement, those of lapsed holds included. NULL: the lot is not booked here.';
COMMENT ON COLUMN smart_parking.parking_status.outside_open IS
'Whether a lot that is counted from outside is open; NULL: it is booked here. What was measured stands in outside_count.';
COMMENT ON COLUMN smart_parking.parking_status.spots_in_service IS 'Spots that are not out of service, free or not.';

CREATE OR REPLACE FUNCTION smart_parking.nearby_parking(
	latitude float8, longitude float8, radius_m float8 DEFAULT 2000, max_results integer DEFAULT 20,
	kind text DEFAULT NULL, min_free integer DEFAULT 1, access text[] DEFAULT '{public}')
RETURNS SETOF smart_parking.nearby_lot
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL RESTRICTED
-- PostGIS reads its table of spheroids by a statement of its own, in which operators are looked up by name
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION smart_parking.nearby_parking(float8, float8, float8, integer, text, integer, text[]) IS
'Open lots near a place with free spots, nearest first. Reads only, so it works on a hot standby. '
'Arguments: latitude and longitude in degrees on WGS 84; radius_m in metres along the ground, 0 to 20,037,508; '
'max_results, 1 to 1,000; kind of spot (NULL: any); min_free, how many free spots a lot must have, at least 1; '
'access, whom the lots shall be for, of public, customers, permit, private and no (NULL: whomever). '
'Result: a row a lot. distance_m is exact on the spheroid WGS 84; total_capacity counts spots of all kinds, free_spots those of the kind, '
'at the calling statement''s snapshot, with holds that have lapsed counted as free. '
'can_book: whether reserve_spot() gives holds there. Where it does, counted_by is bookings, and count_age 0. Where it does not, the count was measured outside: counted_by is who measured it '
'(the newest usable row of outside_count of the kind, or of all kinds together), count_age how long ago; such a lot is left out once that is older than smart_parking.count_lifetime. No rows if there is none. '
'Errors: SP013 coordinates, SP014 radius_m, SP016 NULL, SP017 max_results or min_free. '
'Half the Earth''s circumference is that of the equator of WGS 84 (NIMA TR8350.2: a = 6,378,137 m).';
