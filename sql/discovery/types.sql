-- Search.

CREATE TYPE smart_parking.nearby_lot AS (
	parking_id		uuid,
	name			text,
	address			text,
	latitude		float8,
	longitude		float8,
	distance_m		float8,
	total_capacity	integer,
	free_spots		integer,
	can_book		boolean,
	counted_by		text,
	count_age		interval
);
COMMENT ON TYPE smart_parking.nearby_lot IS 'A row of nearby_parking().';

CREATE TYPE smart_parking_internal.lot_counter AS (
	parking_id		uuid,
	spots			integer,
	free_spots		integer,
	kinds			jsonb,
	free_kinds		jsonb
);
COMMENT ON TYPE smart_parking_internal.lot_counter IS 'A row of lot_counters().';
