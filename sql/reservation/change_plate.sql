-- The reservation plane: the driver comes with another car.

CREATE OR REPLACE FUNCTION smart_parking.change_plate(booking_id uuid, car_plate text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.change_plate(uuid, text) IS
'The driver comes with another car. Arguments: booking_id of a valid hold; car_plate. Result: the new plate in its canonical form. The event plate_changed keeps both. '
'Errors: SP002 unknown booking, SP010 not a plate, or a word for no plate, SP016 NULL, SP022 that plate has an active booking in the lot, SP023 the hold has lapsed or ended, or the car is inside; '
'40001 where the plate was changed at the same time.';
