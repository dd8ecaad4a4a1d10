\set lat random(475000, 545000)
\set lon random(60000, 150000)
SELECT * FROM smart_parking.nearby_parking(:lat / 10000.0::float8, :lon / 10000.0::float8);
