SELECT * FROM smart_parking.reserve_spot(:full, :driver, 'LATE 1');
