-- Whether nearby_parking and the bare query find the same lots, at 200 places.
SET enable_seqscan = off;
WITH asked AS MATERIALIZED (
	SELECT n, south + height * random() AS lat, west + width * random() AS lon FROM bench.area, generate_series(1, 200) n
), answer AS (
	SELECT ARRAY(SELECT r.parking_id FROM smart_parking.nearby_parking(lat, lon) r ORDER BY 1) AS ours,
		ARRAY(SELECT id FROM (
			SELECT id FROM bench.place, (SELECT ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography AS here OFFSET 0) driver
			WHERE free_spots > 0 AND ST_DWithin(location, here, 2000)
			ORDER BY location <-> here LIMIT 20) k ORDER BY 1) AS bare
	FROM asked
)
-- at the 20th lot the bare query, which orders on a sphere, may choose another
SELECT CASE WHEN count(*) FILTER (WHERE cardinality(ours) <> cardinality(bare)) = 0
		AND count(*) FILTER (WHERE ours <> bare) <= 10 AND sum(cardinality(ours)) > 0
	THEN 'ok' ELSE format('DISQUALIFIED: %s of 200 searches found other lots', count(*) FILTER (WHERE ours <> bare)) END
FROM answer;
