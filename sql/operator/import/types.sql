-- A file's way through import_parkings(): its items, whatever the container, what they say of lots, which lots those are.

CREATE TYPE smart_parking_internal.lot_item AS (
	nth				integer,
	id				text,
	properties		jsonb,
	geometry		jsonb,
	srid			integer,
	refusal			text
);
COMMENT ON TYPE smart_parking_internal.lot_item IS
'An item of a file that import_parkings() takes: its place in the file, the id that its container gives it, its properties without nesting, '
'a GeoJSON geometry and the reference system of that (NULL: degrees on WGS 84); refusal: why it is none.';

CREATE TYPE smart_parking_internal.lot_keys AS (
	id				text[],
	ref				text[],
	name			text[],
	capacity		text[],
	kinds			jsonb,
	address			text[],
	street			text[],
	housenumber		text[],
	postcode		text[],
	city			text[],
	country			text[],
	time_zone		text[],
	latitude		text[],
	longitude		text[],
	places			text[],
	access			text[],
	max_height		text[],
	fee				text[],
	free			text[],
	opening_hours	text[],
	operator		text[],
	part			text[]
);
COMMENT ON TYPE smart_parking_internal.lot_keys IS 'The properties of a file that are read, for what: the first of them with a value counts; kinds: the kind for each key.';

CREATE TYPE smart_parking_internal.lot_point AS (latitude float8, longitude float8, refusal text);
COMMENT ON TYPE smart_parking_internal.lot_point IS 'Where an item is, in degrees on WGS 84; refusal: why that is not known.';

CREATE TYPE smart_parking_internal.lot_kinds AS (kinds jsonb, refusal text, note text);
COMMENT ON TYPE smart_parking_internal.lot_kinds IS 'How many spots of which kinds an item has; refusal: why they cannot be used; note: what was left out.';

CREATE TYPE smart_parking_internal.lot_name AS (name text, made_from text);
COMMENT ON TYPE smart_parking_internal.lot_name IS 'A name for an item that has none, and of what it was made.';

CREATE TYPE smart_parking_internal.lot_identity AS (
	nth				integer,
	source_id		text,
	parking_id		uuid,
	former_id		text,
	refusal			text
);
COMMENT ON TYPE smart_parking_internal.lot_identity IS
'Which lot an item is. source_id: its key in this file; parking_id: the lot that has it, NULL: a new one; former_id: the key that this lot had; refusal: why the key cannot be used.';

CREATE TYPE smart_parking_internal.lot_pair AS (
	feature			smart_parking_internal.lot_feature,
	identity		smart_parking_internal.lot_identity
);
COMMENT ON TYPE smart_parking_internal.lot_pair IS 'What an item says, and which lot it is.';

CREATE TYPE smart_parking_internal.lot_verdict AS (
	nth				integer,
	source_id		text,
	name			text,
	action			text,
	reason			text,
	parking_id		uuid,
	notes			text[]
);
COMMENT ON TYPE smart_parking_internal.lot_verdict IS 'A row of the report of import_parkings(); nth: its place.';
