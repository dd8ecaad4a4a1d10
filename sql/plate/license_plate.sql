-- The type license_plate.
--
-- Its values are canonical text, so output is text's own, and comparison,
-- sorting and hashing are bytea's own: by bytes, without a collation.

CREATE TYPE smart_parking.license_plate;

CREATE FUNCTION smart_parking_internal.license_plate_in(cstring) RETURNS smart_parking.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.license_plate_in(cstring) IS
'Text input of license_plate. Result: the canonical form. Errors: SP010 not 1 to 16 characters, or a control character.';

CREATE FUNCTION smart_parking_internal.license_plate_out(smart_parking.license_plate) RETURNS cstring
AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.license_plate_out(smart_parking.license_plate) IS
'Text output of license_plate: the canonical form.';

-- STABLE, as textrecv and textsend are: the client's encoding plays a part.
CREATE FUNCTION smart_parking_internal.license_plate_recv(internal) RETURNS smart_parking.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.license_plate_recv(internal) IS
'Binary input of license_plate: the bytes of its text. Result and errors as in license_plate_in.';

CREATE FUNCTION smart_parking_internal.license_plate_send(smart_parking.license_plate) RETURNS bytea
AS 'textsend' LANGUAGE internal STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.license_plate_send(smart_parking.license_plate) IS
'Binary output of license_plate: the bytes of its text, in the client''s encoding.';

-- main rather than plain: plain would forbid the one-byte length header.
CREATE TYPE smart_parking.license_plate (
	INPUT = smart_parking_internal.license_plate_in,
	OUTPUT = smart_parking_internal.license_plate_out,
	RECEIVE = smart_parking_internal.license_plate_recv,
	SEND = smart_parking_internal.license_plate_send,
	INTERNALLENGTH = variable,
	ALIGNMENT = int4,
	STORAGE = main,
	COLLATABLE = false
);
COMMENT ON TYPE smart_parking.license_plate IS
'A number plate in canonical form, 1 to 16 characters: no spaces, dots or hyphens; upper case; full-width, circled and other compatible forms as the plain ones (NFKC); '
'decimal digits of all scripts as ASCII; Greek and Cyrillic letters that have a Latin twin as that; other letters as they are. '
'Plates that a person takes for the same are equal. Order is by bytes. Errors of input: SP010.';

-- Casts.  Neither is implicit: plate = some_text would otherwise compare as
-- text, and miss plates because that text is not canonical.

CREATE FUNCTION smart_parking.license_plate(plate text) RETURNS smart_parking.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking.license_plate(text) IS
'The license_plate for text as typed, printed or read. Result: the canonical form. '
'Errors: SP010 not 1 to 16 characters, or a control character.';

CREATE CAST (text AS smart_parking.license_plate) WITH FUNCTION smart_parking.license_plate(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS smart_parking.license_plate) IS 'Makes the canonical form. Errors: SP010.';

CREATE CAST (smart_parking.license_plate AS text) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (smart_parking.license_plate AS text) IS 'The canonical form as text.';

-- Comparison.

CREATE FUNCTION smart_parking_internal.license_plate_eq(smart_parking.license_plate, smart_parking.license_plate) RETURNS boolean
AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION smart_parking_internal.license_plate_ne(smart_parking.license_plate, smart_parking.license_plate) RETURNS boolean
AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION smart_parking_internal.license_plate_lt(smart_parking.license_plate, smart_parking.license_plate) RETURNS boolean
AS 'bytealt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION smart_parking_internal.license_plate_le(smart_parking.license_plate, smart_parking.license_plate) RETURNS boolean
AS 'byteale' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION smart_parking_internal.license_plate_gt(smart_parking.license_plate, smart_parking.license_plate) RETURNS boolean
AS 'byteagt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION smart_parking_internal.license_plate_ge(smart_parking.license_plate, smart_parking.license_plate) RETURNS boolean
AS 'byteage' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION smart_parking_internal.license_plate_cmp(smart_parking.license_plate, smart_parking.license_plate) RETURNS integer
AS 'byteacmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION smart_parking_internal.license_plate_sortsupport(internal) RETURNS void
AS 'bytea_sortsupport' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smart_parking_internal.license_plate_hash(smart_parking.license_plate) RETURNS integer
AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION smart_parking_internal.license_plate_hash_extended(smart_parking.license_plate, bigint) RETURNS bigint
AS 'hashvarlenaextended' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION smart_parking_internal.license_plate_eq(smart_parking.license_plate, smart_parking.license_plate) IS 'Implementation of the operator =.';
COMMENT ON FUNCTION smart_parking_internal.license_plate_ne(smart_parking.license_plate, smart_parking.license_plate) IS 'Implementation of the operator <>.';
COMMENT ON FUNCTION smart_parking_internal.license_plate_lt(smart_parking.license_plate, smart_parking.license_plate) IS 'Implementation of the operator <.';
COMMENT ON FUNCTION smart_parking_internal.license_plate_le(smart_parking.license_plate, smart_parking.license_plate) IS 'Implementation of the operator <=.';
COMMENT ON FUNCTION smart_parking_internal.license_plate_gt(smart_parking.license_plate, smart_parking.license_plate) IS 'Implementation of the operator >.';
COMMENT ON FUNCTION smart_parking_internal.license_plate_ge(smart_parking.license_plate, smart_parking.license_plate) IS 'Implementation of the operator >=.';
COMMENT ON FUNCTION smart_parking_internal.license_plate_cmp(smart_parking.license_plate, smart_parking.license_plate) IS
'Byte-wise comparison of two plates for btree indexes. Result: below, equal to or above 0.';
COMMENT ON FUNCTION smart_parking_internal.license_plate_sortsupport(internal) IS 'Fast sorting of plates.';
COMMENT ON FUNCTION smart_parking_internal.license_plate_hash(smart_parking.license_plate) IS 'Hash of a plate for hash indexes and joins.';
COMMENT ON FUNCTION smart_parking_internal.license_plate_hash_extended(smart_parking.license_plate, bigint) IS
'Hash of a plate with a seed, for hash partitioning.';

CREATE OPERATOR smart_parking.= (
	LEFTARG = smart_parking.license_plate, RIGHTARG = smart_parking.license_plate, FUNCTION = smart_parking_internal.license_plate_eq,
	COMMUTATOR = OPERATOR(smart_parking.=), NEGATOR = OPERATOR(smart_parking.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR smart_parking.<> (
	LEFTARG = smart_parking.license_plate, RIGHTARG = smart_parking.license_plate, FUNCTION = smart_parking_internal.license_plate_ne,
	COMMUTATOR = OPERATOR(smart_parking.<>), NEGATOR = OPERATOR(smart_parking.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR smart_parking.< (
	LEFTARG = smart_parking.license_plate, RIGHTARG = smart_parking.license_plate, FUNCTION = smart_parking_internal.license_plate_lt,
	COMMUTATOR = OPERATOR(smart_parking.>), NEGATOR = OPERATOR(smart_parking.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR smart_parking.<= (
	LEFTARG = smart_parking.license_plate, RIGHTARG = smart_parking.license_plate, FUNCTION = smart_parking_internal.license_plate_le,
	COMMUTATOR = OPERATOR(smart_parking.>=), NEGATOR = OPERATOR(smart_parking.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR smart_parking.> (
	LEFTARG = smart_parking.license_plate, RIGHTARG = smart_parking.license_plate, FUNCTION = smart_parking_internal.license_plate_gt,
	COMMUTATOR = OPERATOR(smart_parking.<), NEGATOR = OPERATOR(smart_parking.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR smart_parking.>= (
	LEFTARG = smart_parking.license_plate, RIGHTARG = smart_parking.license_plate, FUNCTION = smart_parking_internal.license_plate_ge,
	COMMUTATOR = OPERATOR(smart_parking.<=), NEGATOR = OPERATOR(smart_parking.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR smart_parking.= (smart_parking.license_plate, smart_parking.license_plate) IS 'The same plate.';
COMMENT ON OPERATOR smart_parking.<> (smart_parking.license_plate, smart_parking.license_plate) IS 'Different plates.';
COMMENT ON OPERATOR smart_parking.< (smart_parking.license_plate, smart_parking.license_plate) IS 'Before, by bytes.';
COMMENT ON OPERATOR smart_parking.<= (smart_parking.license_plate, smart_parking.license_plate) IS 'Before or the same, by bytes.';
COMMENT ON OPERATOR smart_parking.> (smart_parking.license_plate, smart_parking.license_plate) IS 'After, by bytes.';
COMMENT ON OPERATOR smart_parking.>= (smart_parking.license_plate, smart_parking.license_plate) IS 'After or the same, by bytes.';

-- btequalimage: equal plates have equal bytes, so an index may keep one copy.
CREATE OPERATOR CLASS smart_parking.license_plate_ops DEFAULT FOR TYPE smart_parking.license_plate USING btree AS
	OPERATOR 1 smart_parking.<,
	OPERATOR 2 smart_parking.<=,
	OPERATOR 3 smart_parking.=,
	OPERATOR 4 smart_parking.>=,
	OPERATOR 5 smart_parking.>,
	FUNCTION 1 smart_parking_internal.license_plate_cmp(smart_parking.license_plate, smart_parking.license_plate),
	FUNCTION 2 smart_parking_internal.license_plate_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS smart_parking.license_plate_ops USING btree IS
'Exact search, ranges and order of plates, by bytes; independent of collations.';

CREATE OPERATOR CLASS smart_parking.license_plate_ops DEFAULT FOR TYPE smart_parking.license_plate USING hash AS
	OPERATOR 1 smart_parking.=,
	FUNCTION 1 smart_parking_internal.license_plate_hash(smart_parking.license_plate),
	FUNCTION 2 smart_parking_internal.license_plate_hash_extended(smart_parking.license_plate, bigint);
COMMENT ON OPERATOR CLASS smart_parking.license_plate_ops USING hash IS
'Exact search of plates, hash joins and hash partitions.';
