-- A million lots over a box of the size of Germany, two slices each; spots do
-- not matter for a search.
INSERT INTO smart_parking.parking (id, name, location, total_capacity)
SELECT smart_parking.new_region_id(lat, lon), 'Lot ' || n, ST_MakePoint(lon, lat)::geography, 16
FROM (SELECT n, 47.5 + 7 * random() AS lat, 6 + 9 * random() AS lon FROM generate_series(1, 1000000) n) p;

INSERT INTO smart_parking.counter_slice (parking_id, kind, slice_no, first_spot_no, spots, free_spots, free_map, service_map)
SELECT id, 'standard', s, s * 8 + 1, 8, 1, 1, 255
FROM smart_parking.parking, generate_series(0, 1) s WHERE name LIKE 'Lot %';

VACUUM ANALYZE smart_parking.parking, smart_parking.counter_slice;
