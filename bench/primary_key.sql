SELECT id, status, spot_no, car_plate, expires_at FROM smart_parking.booking WHERE id = :booking;
