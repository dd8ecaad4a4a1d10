-- The answer of reserve_nearby().

CREATE TYPE smart_parking.nearby_reservation AS (
	outcome		text,
	parking_id	uuid,
	booking_id	uuid,
	spot_no		integer,
	spot_label	text,
	expires_at	timestamptz,
	distance_m	float8,
	tried		uuid[]
);
COMMENT ON TYPE smart_parking.nearby_reservation IS 'The answer of reserve_nearby().';
