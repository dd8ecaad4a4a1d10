-- psql -v lots=N: lots over a box whose area grows with their number, a million over one of the size of Germany.
-- What is free in them comes from search_fill.sql; their spots do not matter for a search.

SET client_min_messages = warning;
SET session_replication_role = replica;
TRUNCATE smart_parking.parking, smart_parking.spot, smart_parking.counter_slice, smart_parking.gate, smart_parking.booking;
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;

CREATE TABLE bench.area AS
SELECT gen_random_uuid() AS filling, 47.5::float8 AS south, 6::float8 AS west, 7 * side AS height, 9 * side AS width
FROM sqrt(:lots / 1e6::float8) AS side;

INSERT INTO smart_parking.parking (id, name, location, total_capacity)
SELECT smart_parking_internal.new_region_id(lat, lon), 'Lot ' || n, ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography, 16
FROM (SELECT n, south + height * random() AS lat, west + width * random() AS lon
	FROM bench.area, generate_series(1, :lots) n OFFSET 0) p;

-- as the index of bench.place will be
REINDEX INDEX smart_parking.parking_location;

-- The client wants to know a lot; searches do not use it.
CREATE TABLE bench.lot AS SELECT 'search' AS load, 1 AS n, id, total_capacity AS capacity FROM smart_parking.parking LIMIT 1;
