\set n :n + 1
\set lot random(1, 1000)
SELECT r.* FROM bench.lot l, smart_parking.reserve_spot(l.id, gen_random_uuid(), 'B' || :client_id || 'X' || :n) r WHERE l.purpose = 'many' AND l.n = :lot;
