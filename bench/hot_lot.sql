\set n :n + 1
SELECT * FROM smart_parking.reserve_spot(:hot, gen_random_uuid(), 'B' || :client_id || 'X' || :n);
