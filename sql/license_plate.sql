-- The type license_plate.
--
-- Its values are canonical text, so output is text's own, and comparison,
-- sorting and hashing are bytea's own: by bytes, without a collation.

CREATE TYPE @extschema@.license_plate;

CREATE FUNCTION @extschema@.license_plate_in(cstring) RETURNS @extschema@.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate_in(cstring) IS
'Text input of license_plate. Result: the canonical form. Errors: SP010 not 1 to 16 characters, or a control character.';

CREATE FUNCTION @extschema@.license_plate_out(@extschema@.license_plate) RETURNS cstring
AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate_out(@extschema@.license_plate) IS
'Text output of license_plate: the canonical form.';

-- STABLE, as textrecv and textsend are: the client's encoding plays a part.
CREATE FUNCTION @extschema@.license_plate_recv(internal) RETURNS @extschema@.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate_recv(internal) IS
'Binary input of license_plate: the bytes of its text. Result and errors as in license_plate_in.';

CREATE FUNCTION @extschema@.license_plate_send(@extschema@.license_plate) RETURNS bytea
AS 'textsend' LANGUAGE internal STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate_send(@extschema@.license_plate) IS
'Binary output of license_plate: the bytes of its text, in the client''s encoding.';

-- main rather than plain: plain would forbid the one-byte length header.
CREATE TYPE @extschema@.license_plate (
	INPUT = @extschema@.license_plate_in,
	OUTPUT = @extschema@.license_plate_out,
	RECEIVE = @extschema@.license_plate_recv,
	SEND = @extschema@.license_plate_send,
	INTERNALLENGTH = variable,
	ALIGNMENT = int4,
	STORAGE = main,
	COLLATABLE = false
);
COMMENT ON TYPE @extschema@.license_plate IS
'A number plate in canonical form, 1 to 16 characters: no spaces, dots or hyphens; upper case; full-width letters and digits as ASCII; '
'the twelve Cyrillic letters of Russian plates as their Latin twins; other scripts as they are. '
'Plates that a person takes for the same are equal. Order is by bytes. Errors of input: SP010.';

-- Casts.  Neither is implicit: plate = some_text would otherwise compare as
-- text, and miss plates because that text is not canonical.

CREATE FUNCTION @extschema@.license_plate(plate text) RETURNS @extschema@.license_plate
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.license_plate(text) IS
'The license_plate for text as typed, printed or read. Result: the canonical form. '
'Errors: SP010 not 1 to 16 characters, or a control character.';

CREATE CAST (text AS @extschema@.license_plate) WITH FUNCTION @extschema@.license_plate(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS @extschema@.license_plate) IS 'Makes the canonical form. Errors: SP010.';

CREATE CAST (@extschema@.license_plate AS text) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (@extschema@.license_plate AS text) IS 'The canonical form as text.';

-- Comparison.

CREATE FUNCTION @extschema@.license_plate_eq(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_ne(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_lt(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'bytealt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_le(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteale' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_gt(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteagt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_ge(@extschema@.license_plate, @extschema@.license_plate) RETURNS boolean
AS 'byteage' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_cmp(@extschema@.license_plate, @extschema@.license_plate) RETURNS integer
AS 'byteacmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION @extschema@.license_plate_sortsupport(internal) RETURNS void
AS 'bytea_sortsupport' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.license_plate_hash(@extschema@.license_plate) RETURNS integer
AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.license_plate_hash_extended(@extschema@.license_plate, bigint) RETURNS bigint
AS 'hashvarlenaextended' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION @extschema@.license_plate_eq(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator =.';
COMMENT ON FUNCTION @extschema@.license_plate_ne(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator <>.';
COMMENT ON FUNCTION @extschema@.license_plate_lt(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator <.';
COMMENT ON FUNCTION @extschema@.license_plate_le(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator <=.';
COMMENT ON FUNCTION @extschema@.license_plate_gt(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator >.';
COMMENT ON FUNCTION @extschema@.license_plate_ge(@extschema@.license_plate, @extschema@.license_plate) IS 'Implementation of the operator >=.';
COMMENT ON FUNCTION @extschema@.license_plate_cmp(@extschema@.license_plate, @extschema@.license_plate) IS
'Byte-wise comparison of two plates for btree indexes. Result: below, equal to or above 0.';
COMMENT ON FUNCTION @extschema@.license_plate_sortsupport(internal) IS 'Fast sorting of plates.';
COMMENT ON FUNCTION @extschema@.license_plate_hash(@extschema@.license_plate) IS 'Hash of a plate for hash indexes and joins.';
COMMENT ON FUNCTION @extschema@.license_plate_hash_extended(@extschema@.license_plate, bigint) IS
'Hash of a plate with a seed, for hash partitioning.';

CREATE OPERATOR @extschema@.= (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_eq,
	COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR @extschema@.<> (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_ne,
	COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR @extschema@.< (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_lt,
	COMMUTATOR = OPERATOR(@extschema@.>), NEGATOR = OPERATOR(@extschema@.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR @extschema@.<= (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_le,
	COMMUTATOR = OPERATOR(@extschema@.>=), NEGATOR = OPERATOR(@extschema@.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR @extschema@.> (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_gt,
	COMMUTATOR = OPERATOR(@extschema@.<), NEGATOR = OPERATOR(@extschema@.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR @extschema@.>= (
	LEFTARG = @extschema@.license_plate, RIGHTARG = @extschema@.license_plate, FUNCTION = @extschema@.license_plate_ge,
	COMMUTATOR = OPERATOR(@extschema@.<=), NEGATOR = OPERATOR(@extschema@.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.license_plate, @extschema@.license_plate) IS 'The same plate.';
COMMENT ON OPERATOR @extschema@.<> (@extschema@.license_plate, @extschema@.license_plate) IS 'Different plates.';
COMMENT ON OPERATOR @extschema@.< (@extschema@.license_plate, @extschema@.license_plate) IS 'Before, by bytes.';
COMMENT ON OPERATOR @extschema@.<= (@extschema@.license_plate, @extschema@.license_plate) IS 'Before or the same, by bytes.';
COMMENT ON OPERATOR @extschema@.> (@extschema@.license_plate, @extschema@.license_plate) IS 'After, by bytes.';
COMMENT ON OPERATOR @extschema@.>= (@extschema@.license_plate, @extschema@.license_plate) IS 'After or the same, by bytes.';

-- btequalimage: equal plates have equal bytes, so an index may keep one copy.
CREATE OPERATOR CLASS @extschema@.license_plate_ops DEFAULT FOR TYPE @extschema@.license_plate USING btree AS
	OPERATOR 1 @extschema@.<,
	OPERATOR 2 @extschema@.<=,
	OPERATOR 3 @extschema@.=,
	OPERATOR 4 @extschema@.>=,
	OPERATOR 5 @extschema@.>,
	FUNCTION 1 @extschema@.license_plate_cmp(@extschema@.license_plate, @extschema@.license_plate),
	FUNCTION 2 @extschema@.license_plate_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS @extschema@.license_plate_ops USING btree IS
'Exact search, ranges and order of plates, by bytes; independent of collations.';

CREATE OPERATOR CLASS @extschema@.license_plate_ops DEFAULT FOR TYPE @extschema@.license_plate USING hash AS
	OPERATOR 1 @extschema@.=,
	FUNCTION 1 @extschema@.license_plate_hash(@extschema@.license_plate),
	FUNCTION 2 @extschema@.license_plate_hash_extended(@extschema@.license_plate, bigint);
COMMENT ON OPERATOR CLASS @extschema@.license_plate_ops USING hash IS
'Exact search of plates, hash joins and hash partitions.';

