\set n :n + 1
INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at) VALUES (smart_parking.new_region_id(:bare::uuid), gen_random_uuid(), :bare, nextval('bench.spot'), 'pending', ('B' || :client_id || 'X' || :n)::smart_parking.license_plate, clock_timestamp(), clock_timestamp() + interval '15 minutes') RETURNING id, spot_no, expires_at;
