-- Words by which cameras say that there is no plate: one rule for messages, reads, reservations and rules of plates.
-- Not IMMUTABLE: smart_parking.no_plate_words adds words and takes some out.

CREATE OR REPLACE FUNCTION smart_parking_internal.is_no_plate(plate text) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c STABLE PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.is_no_plate(text) IS
'Whether what a camera gives as a plate says that there is none: NULL, empty, nothing but ? and punctuation, or a word for it such as unknown, NOPLATE or unlicensed, '
'in any case and spacing. The words are those of the vendors, in src/plate/no_plate.c, with more and without some by smart_parking.no_plate_words.';

CREATE OR REPLACE FUNCTION smart_parking_internal.plate_of_car(plate text) RETURNS smart_parking.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.plate_of_car(text) IS
'The license_plate by which a car is to be known. Errors: SP010 not a plate, or a word for a car without one (is_no_plate).';
