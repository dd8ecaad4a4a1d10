-- Likeness of plates, as the gate weighs it.

CREATE OR REPLACE FUNCTION smart_parking.plate_distance(read text, plate text) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking.plate_distance(text, text) IS
'How far a camera''s read is from a plate, by the default costs, whatever the settings smart_parking.match_* say; for support and tuning. '
'Arguments: read, plate; both are brought to the canonical form first. '
'Result: hundredths of an edit; 0 if both are the same and without ?. Another character, a missing and a spurious one cost 100 each; '
'a confusable character (0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B) 30; an 8 that the read lacks and a spurious 1 in it 60; ? for one character 20. '
'No bound: what the gate opens for is in docs/plate_matching.md. '
'Errors: SP010 not 1 to 16 characters, or a control character; 0A000 more than 16 bytes where the server encoding is not UTF8.';
