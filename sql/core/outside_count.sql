-- Counts of free spots that others measured: loop counters, guidance systems, feeds of cities.

CREATE TABLE smart_parking.outside_count (
	parking_id		uuid NOT NULL,
	source			text NOT NULL CHECK (source NOT IN ('', 'bookings')),
	kind			text COLLATE "C" NOT NULL DEFAULT '' CHECK (kind ~ '^([a-z][a-z0-9_]{0,30})?$'),
	free_spots		integer,
	capacity		integer,
	state			text NOT NULL CHECK (state IN ('open', 'closed', 'fault')),
	finding			text NOT NULL CHECK (finding IN ('usable', 'closed', 'fault', 'negative', 'beyond_capacity')),
	as_of			timestamptz NOT NULL,
	received_at		timestamptz NOT NULL,
	usable_spots	integer CHECK (usable_spots >= 0),
	usable_as_of	timestamptz,
	expected_spots	integer,
	differs_since	timestamptz,
	PRIMARY KEY (parking_id, source, kind),
	CHECK ((usable_spots IS NULL) = (usable_as_of IS NULL))
) WITH (fillfactor = 50);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.outside_count', '');

COMMENT ON TABLE smart_parking.outside_count IS
'The last count of each source, lot and kind, as it was measured. report_availability() and import_availability() write it. Of a lot that is not booked here, '
'search and feeds show usable_spots while usable_as_of is not older than smart_parking.count_lifetime; the counter of a lot that is booked here is never touched by it.';
COMMENT ON COLUMN smart_parking.outside_count.source IS 'Who measured; the feed''s name.';
COMMENT ON COLUMN smart_parking.outside_count.kind IS 'Kind of spot; empty: all kinds together.';
COMMENT ON COLUMN smart_parking.outside_count.free_spots IS 'As measured, whatever it is: negative and beyond the capacity too. NULL: no number came.';
COMMENT ON COLUMN smart_parking.outside_count.capacity IS 'As the source says; NULL: it does not.';
COMMENT ON COLUMN smart_parking.outside_count.state IS 'What the source says of the lot and of its own counter: open, closed, fault.';
COMMENT ON COLUMN smart_parking.outside_count.finding IS
'What the count is good for: usable; closed, fault: see state; negative; beyond_capacity: more than the source''s capacity or, where it gives none, the lot''s.';
COMMENT ON COLUMN smart_parking.outside_count.as_of IS 'When it was measured. An older count than the one here is not taken.';
COMMENT ON COLUMN smart_parking.outside_count.received_at IS 'When it came here.';
COMMENT ON COLUMN smart_parking.outside_count.usable_spots IS 'The last usable count. One beyond the capacity or a fault does not wipe it out; a negative one does, since it may mean full, and so does a closed lot.';
COMMENT ON COLUMN smart_parking.outside_count.usable_as_of IS 'When that was measured.';
COMMENT ON COLUMN smart_parking.outside_count.expected_spots IS
'Of a lot that is booked here: the spots without a car that its bookings said when the count came, those of holds included, since a loop cannot see a hold.';
COMMENT ON COLUMN smart_parking.outside_count.differs_since IS 'Since which count, without a break, the source and the bookings have disagreed; NULL: they agree, or are not compared.';
