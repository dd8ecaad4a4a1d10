-- psql -v full=PERCENT: of 100 lots so many have no free spot, the others two; two slices a lot.

SET client_min_messages = warning;
SET session_replication_role = replica;
UPDATE bench.area SET filling = gen_random_uuid();

-- The same lots with their free spots in their own row, for the other contenders.
DROP TABLE IF EXISTS bench.place;
CREATE TABLE bench.place AS
SELECT id, name, address, location, total_capacity,
	CASE WHEN substr(name, 5)::integer % 100 < :full THEN 0 ELSE 2 END AS free_spots
FROM smart_parking.parking;
ALTER TABLE bench.place ADD PRIMARY KEY (id);
CREATE INDEX ON bench.place USING gist (location);

TRUNCATE smart_parking.counter_slice;
INSERT INTO smart_parking.counter_slice (parking_id, kind, slice_no, first_spot_no, spots, free_spots, free_map, service_map)
SELECT id, 'standard', s, s * 8 + 1, 8, free_spots / 2, free_spots / 2, 255
FROM bench.place, generate_series(0, 1) s;

VACUUM ANALYZE smart_parking.parking, smart_parking.counter_slice, bench.place;
