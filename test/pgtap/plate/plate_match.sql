-- How far a camera's read is from a plate.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT is(smart_parking.plate_distance(read, plate), distance, format('%s read for %s: %s', read, plate, what))
FROM (VALUES
	('DDAB1234', 'DDAB1234', 0, 'the same'),
	('dd-ab 1234', 'DD AB 1234', 0, 'the same once canonical'),
	('А123ВС77', 'A123BC77', 0, 'Cyrillic twins'),
	-- confusable characters, each group once and both ways
	('ABO123', 'AB0123', 30, '0 O'), ('AB0123', 'ABQ123', 30, 'Q 0'), ('ABO123', 'ABD123', 30, 'O D'), ('ABD123', 'ABQ123', 30, 'D Q'),
	('AB1234', 'ABI234', 30, '1 I'), ('ABL234', 'ABI234', 30, 'L I'), ('AB2345', 'ABZ345', 30, '2 Z'), ('ABS345', 'AB5345', 30, '5 S'),
	('AB6345', 'ABG345', 30, '6 G'), ('ABB345', 'AB8345', 30, 'B 8'), ('BBOI25', '880I2S', 120, 'four of them'),
	-- not confusable: across the groups, and pairs that only look it
	('AB0123', 'AB8123', 100, '0 8'), ('ABI123', 'ABT123', 100, 'I T'), ('VB1234', 'UB1234', 100, 'V U'),
	-- plain edits
	('DDAB1234', 'DDAB1235', 100, 'another character'), ('DDAB123', 'DDAB1234', 100, 'one missing'), ('DDABX1234', 'DDAB1234', 100, 'one spurious'),
	('DDAB4321', 'DDAB1234', 360, 'four digits turned round: a spurious 1 at the end, the 1 missing in front, two between'),
	('XXXX', 'YYYYY', 500, 'nothing alike, one missing'),
	-- frequent errors, and only in their direction
	('7ABC12', '7ABC128', 60, 'an 8 dropped'), ('7ABC128', '7ABC12', 100, 'a spurious 8'),
	('17ABC123', '7ABC123', 60, 'a spurious 1'), ('7ABC123', '17ABC123', 100, 'a 1 dropped'),
	('7ABC12', '7ABC12B', 100, 'a B dropped'), ('1ABC12', 'ABC128', 120, 'both'),
	-- ? is any one character, but not free, and never equal
	('DDA?1234', 'DDAB1234', 20, 'one unread'), ('??AB1234', 'DDAB1234', 40, 'two unread'), ('DDAB?34', 'DDAB1234', 120, '? is one character, not two'),
	('A?1', 'A?1', 20, 'equal, but unread'), ('DDAB1234', 'DD?B1234', 20, 'unread when it was booked'), ('????????', 'DDAB1234', 160, 'nothing read'),
	-- other scripts, character by character
	('京A12345', '粤A12345', 100, 'another province'), ('京A1234', '京A12345', 100, 'one missing'), ('?A12345', '京A12345', 20, 'unread'),
	('ÄB1234', 'AB1234', 100, 'an umlaut is a letter of its own'), ('😀1', '1', 100, 'four bytes are one character'),
	-- ends of the range
	('A', 'B', 100, 'one character'), ('A', 'BBBBBBBBBBBBBBBB', 1600, 'sixteen'), ('AAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBB', 1600, 'the most')
) AS pair (read, plate, distance, what);

SELECT is(smart_parking.plate_distance(NULL, 'A'), NULL, 'no read');
SELECT is(smart_parking.plate_distance('A', NULL), NULL, 'no plate');
SELECT throws_ok(format('SELECT smart_parking.plate_distance(%L, %L)', read, plate), 'SP010', NULL, format('%L and %L are no two plates', read, plate))
FROM (VALUES ('', 'A'), ('A', ' - '), (repeat('A', 17), 'A'), ('A', E'A\x01')) AS pair (read, plate);

-- every pair of ASCII characters that a plate may have: what costs 30 is symmetric and in the six groups, nothing else is alike
SELECT results_eq($$
	WITH character AS (SELECT chr(code) AS c FROM generate_series(33, 126) AS code WHERE chr(code) NOT IN ('-', '.', '?') AND chr(code) = upper(chr(code)))
	SELECT string_agg(a.c || b.c, ' ' ORDER BY a.c COLLATE "C", b.c COLLATE "C") FROM character AS a, character AS b
	WHERE a.c < b.c COLLATE "C" AND smart_parking.plate_distance(a.c, b.c) = 30 AND smart_parking.plate_distance(b.c, a.c) = 30 $$,
	$$ VALUES ('0D 0O 0Q 1I 1L 2Z 5S 6G 8B DO DQ IL OQ') $$, 'the confusable pairs');
SELECT is_empty($$
	WITH character AS (SELECT chr(code) AS c FROM generate_series(33, 126) AS code WHERE chr(code) NOT IN ('-', '.', '?') AND chr(code) = upper(chr(code)))
	SELECT a.c, b.c FROM character AS a, character AS b WHERE a.c <> b.c AND smart_parking.plate_distance(a.c, b.c) NOT IN (30, 100) $$,
	'all other pairs are plain edits');

SELECT * FROM finish();
ROLLBACK;
