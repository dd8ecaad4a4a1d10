-- What counts from outside are read into.

CREATE TYPE smart_parking_internal.count_reading AS (
	nth				integer,
	ids				jsonb,
	name			text,
	kind			text,
	free			text,
	occupied		text,
	capacity		text,
	state			text,
	as_of			text
);
COMMENT ON TYPE smart_parking_internal.count_reading IS
'What import_availability() reads of one lot and kind, as it stands in the feed. nth: its place there; ids: whatever may be the lot''s id, by its key; kind NULL: all kinds together.';

CREATE TYPE smart_parking_internal.lot_count AS (
	nth				integer,
	parking_id		uuid,
	kind			text,
	free_spots		integer,
	capacity		integer,
	state			text,
	as_of			timestamptz
);
COMMENT ON TYPE smart_parking_internal.lot_count IS 'A count of a lot of ours, to be recorded. kind: empty for all kinds together.';
