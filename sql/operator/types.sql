-- What import_parkings() reads a feature into.

CREATE TYPE smart_parking_internal.lot_feature AS (
	source_id		text,
	name			text,
	address			text,
	latitude		float8,
	longitude		float8,
	capacity		integer,
	kinds			jsonb,
	properties		jsonb,
	refusal			text
);
COMMENT ON TYPE smart_parking_internal.lot_feature IS 'What import_parkings() reads from one GeoJSON feature; refusal: why it is not a lot.';
