-- The type license_plate: canonical form, errors, comparison, indexes.
\encoding UTF8

-- the operators live in the extension's schema, and nothing else takes their place
SELECT smart_parking.license_plate('B-AB 1') OPERATOR(smart_parking.=) 'b ab 1' AS qualified;
SELECT smart_parking.license_plate('B-AB 1') = 'b ab 1' AS schema_not_in_search_path;
SET search_path = public, smart_parking;

-- one plate, many spellings
SELECT spelling, spelling::smart_parking.license_plate AS plate
FROM (VALUES
	(1, 'B-AB 1234'), (2, 'b ab 1234'), (3, 'BAB1234'), (4, 'B·AB–1234'), (5, 'B.AB.1234'),
	(6, 'ＢＡＢ１２３４'), (7, 'ｂａｂ　１２３４')) AS v (n, spelling)
ORDER BY n;
SELECT bool_and(spelling::smart_parking.license_plate = 'BAB1234') AS invisible_characters_dropped
FROM (VALUES (E'\tB\u00A0AB\u200B1234\r\n'), (E'\uFEFFB\u00ADAB\u22121234'), (E'\u200FBAB\u20601234\u202C')) AS v (spelling);

-- Russian plates in Cyrillic, in Latin, mixed
SELECT 'А123ВС 777'::smart_parking.license_plate = 'A123BC777'::smart_parking.license_plate AS upper_case,
	'а123вс 777'::smart_parking.license_plate = 'a123bc777' AS lower_case,
	'авекмнорстух'::smart_parking.license_plate AS all_twelve,
	octet_length('АВЕКМНОРСТУХ'::smart_parking.license_plate::text) AS bytes;

-- what a person takes for the same: no row is one that is not
SELECT typed, meant, typed::smart_parking.license_plate AS plate
FROM (VALUES
	('ΖΗΝ-4821', 'ZHN4821'), ('ζην 4821', 'ZHN4821'), ('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'), ('αβεζηικμνορτυχ', 'abezhikmnoptyx'), ('Ϳ1', 'J1'),
	('АІ 1234 ВТ', 'AI1234BT'), ('аі 1234 вт', 'ai1234bt'), ('ЅЈ 123', 'SJ123'), ('ѕј 123', 'sj123'), ('ҮһӀ 1', 'YHI1'), ('ԛԝ 1', 'QW1'),
	('Ї1', 'Ï1'), (E'\u0406\u0308 1', 'Ï1'), ('ё1', 'Ë1'), (E'\u0435\u0308 1', 'Ë1'), ('Ά1', 'Á1'), ('ӘӒӔ 1', 'ƏÄÆ1'), (E'\u041A\u0301 1', E'K\u0301 1'),
	('۰۱۲۳۴۵۶۷۸۹', '0123456789'), ('٠١٢٣٤٥٦٧٨٩', '0123456789'), ('०१२३४५६७८९', '0123456789'), ('০১২৩৪৫৬৭৮৯', '0123456789'), ('๐๑๒๓๔๕๖๗๘๙', '0123456789'),
	('၀၁၂၃၄၅၆၇၈၉', '0123456789'), ('០១២៣៤៥៦៧៨៩', '0123456789'), ('۴۸ ب ۱۲۳', '48ب123'), ('४८ AB', '48AB'),
	('ＺＨＮ４８２１', 'ZHN4821'), ('①②Ⓐ', '12A'), ('𝐀𝟏', 'A1'), ('Ⅳ²', 'IV2'), ('ｱｲ 1', 'アイ1'), ('ﺏ 1', 'ب1'), ('№ 7', 'NO7'),
	(E'A\u030A 1', E'\u212B1'), ('ẞ1', 'ß1'), ('ệ1', 'Ệ1'), ('ș1', 'Ș1'), ('ə1', 'Ə1'), ('ơư1', 'ƠƯ1')) AS v (typed, meant)
WHERE typed::smart_parking.license_plate <> meant::smart_parking.license_plate;
-- and what nobody takes for the same
SELECT a, b FROM (VALUES ('Д1', 'D1'), ('Σ1', 'E1'), ('И1', 'N1'), ('Ü1', 'U1'), ('Й1', 'И1'), ('ГБ1', 'TB1'), ('一1', '11'), ('ب1', 'B1')) AS v (a, b)
WHERE a::smart_parking.license_plate = b::smart_parking.license_plate;

-- other scripts are kept, in upper case where they have one
SELECT n, typed::smart_parking.license_plate AS plate
FROM (VALUES
	(1, '京A·12345'), (2, '粤Z ●F023港'), (3, '品川 300 あ 12-34'), (4, 'أ ب ج 1234'), (5, '١٢٣٤ ن ط ر'),
	(6, 'ลก 1234'), (7, 'ινη-1234'), (8, 'г 123 жщ'), (9, '12가 3456'), (10, 'ö-żł ÿß'),
	(11, 'ı i'), (12, 'D?*/&1')) AS v (n, typed)
ORDER BY n;

-- letters that come decomposed are composed first
SELECT E'KA\u0308 1'::smart_parking.license_plate = 'kä1' AS small_and_capital,
	E'a\u200D\u0308'::smart_parking.license_plate = 'Ä' AS mark_behind_a_joiner,
	E'i\u0307'::smart_parking.license_plate = 'İ' AS composed_only_in_upper_case,
	E'\u1112\u1161\u11ABA1'::smart_parking.license_plate = '한A1' AS hangul;

-- the canonical form of a canonical form is itself, for every character
SELECT count(*) AS characters, count(*) FILTER (WHERE once::text::smart_parking.license_plate <> once) AS changed
FROM (
	SELECT ('X' || chr(code))::smart_parking.license_plate AS once
	FROM generate_series(160, 65535) AS code
	WHERE code NOT BETWEEN 55296 AND 57343
) AS plates;

-- 1 to 16 characters
SELECT '1'::smart_parking.license_plate, 'ABCD-EFGH-IJKL-MNOP'::smart_parking.license_plate,
	octet_length(repeat('🚗', 16)::smart_parking.license_plate::text) AS longest;
SELECT ''::smart_parking.license_plate;
SELECT ' -. '::smart_parking.license_plate;
SELECT 'ABCDEFGHIJKLMNOPQ'::smart_parking.license_plate;
SELECT repeat('🚗', 17)::smart_parking.license_plate;
SELECT (repeat(' ', 300) || 'A')::smart_parking.license_plate;
SELECT repeat('ä', 10000000)::smart_parking.license_plate;
SELECT E'AB\u001B1'::smart_parking.license_plate;

-- every one of these has the same SQLSTATE, by each way into the type
\set VERBOSITY sqlstate
SELECT smart_parking.license_plate('');
SELECT smart_parking.license_plate(E'\x7F');
SELECT smart_parking.license_plate(E'\u0090A');
SELECT smart_parking.license_plate(repeat('A', 17));
SELECT 'A.'::text::smart_parking.license_plate, E'\x01'::smart_parking.license_plate;
CREATE TEMP TABLE car (plate smart_parking.license_plate);
COPY car FROM stdin;
ABCDEFGHIJKLMNOPQ
\.
INSERT INTO car SELECT ''::text;
\set VERBOSITY default

-- NULL
SELECT NULL::text::smart_parking.license_plate IS NULL AS cast_of_null, smart_parking.license_plate(NULL) IS NULL AS call_with_null;

-- casts: both by assignment, neither unasked
INSERT INTO car SELECT 'b-ab 1'::text;
COPY car FROM stdin;
b-ab 2
\.
CREATE TEMP TABLE note (plate_text text);
INSERT INTO note SELECT plate FROM car;
SELECT plate_text FROM note ORDER BY 1;
SELECT count(*) AS literal_is_made_canonical FROM car WHERE plate = 'b ab-1';
SELECT count(*) FROM car WHERE plate = 'b ab-1'::text;
SELECT upper(plate) FROM car;
SELECT castsource::regtype, casttarget::regtype, castcontext, castmethod
FROM pg_cast
WHERE 'smart_parking.license_plate'::regtype IN (castsource, casttarget)
ORDER BY castsource::regtype::text COLLATE "C";

-- binary output, and binary input by COPY into a file and back
SELECT smart_parking_internal.license_plate_send('b-ä 1') AS sent;
SELECT convert_from(smart_parking_internal.license_plate_send('京A·12345'), 'UTF8') AS sent_as_text;
SELECT format('%s/plate_type.%s.bin', current_setting('data_directory'), pg_backend_pid()) AS binary_file \gset
COPY (SELECT plate FROM car) TO :'binary_file' (FORMAT binary);
CREATE TEMP TABLE car_again (LIKE car);
COPY car_again FROM :'binary_file' (FORMAT binary);
SELECT count(*) AS came_back FROM car JOIN car_again USING (plate);
-- binary input makes the canonical form and refuses what is no plate, as text input does
COPY (SELECT text 'b-xy 9') TO :'binary_file' (FORMAT binary);
COPY car_again FROM :'binary_file' (FORMAT binary);
SELECT plate FROM car_again ORDER BY plate;
COPY (SELECT text '-') TO :'binary_file' (FORMAT binary);
\set VERBOSITY sqlstate
COPY car_again FROM :'binary_file' (FORMAT binary);
\set VERBOSITY default
SELECT 'rm -f ' || quote_literal(:'binary_file') AS remove_file \gset
COPY (SELECT WHERE false) TO PROGRAM :'remove_file';

-- operators agree with each other, with the comparison functions and with bytes
CREATE TEMP TABLE grid AS
SELECT plate::smart_parking.license_plate, convert_to(smart_parking.license_plate(plate)::text, 'UTF8') AS bytes
FROM unnest(ARRAY['A', 'AA', 'AB', 'B', 'Z', '1', '10', '2', '?', 'Ä', 'ß', 'Ж', 'Ω', '京', '京A', '🚗', 'AAAAAAAAAAAAAAAA', 'a', 'ж']) AS plate;
SELECT count(*) AS pairs,
	count(*) FILTER (WHERE (a.plate = b.plate) <> (a.bytes = b.bytes)) AS eq,
	count(*) FILTER (WHERE (a.plate <> b.plate) <> (a.bytes <> b.bytes)) AS ne,
	count(*) FILTER (WHERE (a.plate < b.plate) <> (a.bytes < b.bytes)) AS lt,
	count(*) FILTER (WHERE (a.plate <= b.plate) <> (a.bytes <= b.bytes)) AS le,
	count(*) FILTER (WHERE (a.plate > b.plate) <> (a.bytes > b.bytes)) AS gt,
	count(*) FILTER (WHERE (a.plate >= b.plate) <> (a.bytes >= b.bytes)) AS ge,
	count(*) FILTER (WHERE sign(smart_parking_internal.license_plate_cmp(a.plate, b.plate)) <>
		(a.plate > b.plate)::int - (a.plate < b.plate)::int) AS cmp,
	count(*) FILTER (WHERE a.plate = b.plate AND
		(smart_parking_internal.license_plate_hash(a.plate) <> smart_parking_internal.license_plate_hash(b.plate)
		 OR smart_parking_internal.license_plate_hash_extended(a.plate, 7) <> smart_parking_internal.license_plate_hash_extended(b.plate, 7))) AS hash,
	count(*) FILTER (WHERE (smart_parking_internal.license_plate_hash_extended(a.plate, 0) & 4294967295) <>
		(smart_parking_internal.license_plate_hash(a.plate)::bigint & 4294967295)) AS hash_extended
FROM grid AS a CROSS JOIN grid AS b;
SELECT string_agg(plate::text, ' ' ORDER BY plate) AS ascending, string_agg(plate::text, ' ' ORDER BY plate DESC) AS descending
FROM (SELECT DISTINCT plate FROM grid) AS plates;

-- the operator classes are complete, and each operator knows its partners
SELECT am.amname, amvalidate(opc.oid)
FROM pg_opclass AS opc JOIN pg_am AS am ON am.oid = opc.opcmethod
WHERE opc.opcintype = 'smart_parking.license_plate'::regtype
ORDER BY 1;
SELECT o.oprname, c.oprname AS commutator, n.oprname AS negator, o.oprcanhash, o.oprcanmerge, o.oprrest, o.oprjoin
FROM pg_operator AS o
LEFT JOIN pg_operator AS c ON c.oid = o.oprcom
LEFT JOIN pg_operator AS n ON n.oid = o.oprnegate
WHERE o.oprleft = 'smart_parking.license_plate'::regtype
ORDER BY o.oprname COLLATE "C";

-- indexes are used and find what a scan finds
CREATE TEMP TABLE fleet AS
SELECT format('S-%s %s', chr(65 + n % 26), n)::smart_parking.license_plate AS plate FROM generate_series(1, 2000) AS n;
CREATE UNIQUE INDEX fleet_btree ON fleet (plate);
ANALYZE fleet;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM fleet WHERE plate = 's-b 1';
SELECT * FROM fleet WHERE plate = 's-b 1';
EXPLAIN (COSTS OFF) SELECT plate FROM fleet WHERE plate >= 'SZ' ORDER BY plate LIMIT 1;
SELECT plate FROM fleet WHERE plate >= 'SZ' ORDER BY plate LIMIT 1;
DROP INDEX fleet_btree;
CREATE INDEX fleet_hash ON fleet USING hash (plate);
EXPLAIN (COSTS OFF) SELECT * FROM fleet WHERE plate = 's-b 1';
SELECT * FROM fleet WHERE plate = 's-b 1';
RESET enable_seqscan;
RESET enable_bitmapscan;
\set VERBOSITY sqlstate
ALTER TABLE fleet ADD UNIQUE (plate);
INSERT INTO fleet VALUES ('S.B.1');
\set VERBOSITY default
DROP INDEX fleet_hash;

-- joins by hash and by merge, and hash partitions; a table with itself is no join from version 18 on
CREATE TEMP TABLE twin AS TABLE fleet;
ALTER TABLE twin ADD UNIQUE (plate);
ANALYZE twin;
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM fleet AS a JOIN twin AS b USING (plate);
SELECT count(*) FROM fleet AS a JOIN twin AS b USING (plate);
SET enable_mergejoin = on;
SET enable_hashjoin = off;
SELECT count(*) FROM fleet AS a JOIN twin AS b USING (plate);
RESET enable_nestloop;
RESET enable_mergejoin;
RESET enable_hashjoin;
CREATE TEMP TABLE parted (plate smart_parking.license_plate) PARTITION BY HASH (plate);
CREATE TEMP TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT plate FROM fleet;
SELECT count(*) AS found FROM parted WHERE plate = 'S B 1';
SELECT count(*) > 0 AS both_used FROM parted_0 HAVING count(*) < 2000;

-- how it is stored, and that everything is documented
SELECT typlen, typalign, typstorage, typcollation FROM pg_type WHERE oid = 'smart_parking.license_plate'::regtype;
SELECT pg_column_size(plate) AS bytes_on_disk, length(plate::text) AS characters FROM fleet ORDER BY plate LIMIT 1;
SELECT p.oid::regprocedure AS without_comment_or_unsafe
FROM pg_proc AS p
WHERE p.pronamespace = 'smart_parking'::regnamespace AND p.proname LIKE 'license\_plate%'
	AND (obj_description(p.oid, 'pg_proc') IS NULL OR p.proparallel <> 's' OR NOT p.proisstrict OR p.provolatile = 'v');
