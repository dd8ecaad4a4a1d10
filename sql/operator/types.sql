-- What import_parkings() reads an item of a file into.

CREATE TYPE smart_parking_internal.lot_feature AS (
	nth				integer,
	own_id			text,
	ref				text,
	given_name		text,
	name			text,
	address			text,
	latitude		float8,
	longitude		float8,
	capacity		integer,
	kinds			jsonb,
	properties		jsonb,
	time_zone		text,
	country			text,
	access			text,
	max_height_m	numeric,
	fee				boolean,
	opening_hours	text,
	notes			text[],
	refusal			text
);
COMMENT ON TYPE smart_parking_internal.lot_feature IS
'What import_parkings() reads from one item. own_id: the id that it has; ref: a short name that may be an id; given_name: the name in the file, NULL: name was made; '
'notes: what the report says besides; refusal: why it is not a lot.';
