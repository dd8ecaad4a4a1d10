\set n :n + 1
SELECT bench.one_counter(:counter, gen_random_uuid(), 'B' || :client_id || 'X' || :n);
