-- A word for "no plate" is no car's plate, whichever way it comes in.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Words', 51.05, 13.74, 40) AS lot, gen_random_uuid() AS driver \gset
SELECT smart_parking.set_parking(:'lot', walk_in => true) \gset ignored_
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit \gset
UPDATE smart_parking.gate SET passage_window = '0';

CREATE FUNCTION pg_temp.read(gate uuid, plate text, candidates jsonb DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason) FROM smart_parking.validate_plate(gate, plate, candidates => candidates) v $$;
CREATE FUNCTION pg_temp.words() RETURNS SETOF text LANGUAGE sql AS
$$ SELECT unnest(ARRAY['unlicensed', 'UNLICENSED', 'Un-Licensed', '无车牌', '无牌', '车牌', '无牌车', '無牌車', 'unknown', 'NOPLATE', 'no plate', 'No_Plate', 'NO-PLATE',
	'None', '<none>', 'null', '(null)', 'N/A', '????????', '? ? ?', '********', '___', 'no read', 'kein Kennzeichen', 'Нет номера', 'не распознан', 'sin matrícula', 'ｎｏ ｐｌａｔｅ',
	E'sin matri\u0301cula', '번호판없음', 'không biển số', E'\uFFFD\uFFFD']) $$;

-- reads
SELECT is(pg_temp.read(:'entry', word), 'manual plate_unreadable', format('validate_plate: %s', word)) FROM pg_temp.words() AS word;
SELECT is((SELECT concat_ws(' ', r.decision, r.reason) FROM smart_parking.record_read(:'entry',
	jsonb_build_object('plate', word, 'read_at', clock_timestamp(), 'event_id', 'w' || nth)) AS r), 'manual plate_unreadable', format('record_read: %s', word))
FROM pg_temp.words() WITH ORDINALITY AS w(word, nth);
SELECT is((SELECT concat_ws(' ', r.decision, r.reason) FROM smart_parking.replay_reads(:'exit',
	jsonb_build_array(jsonb_build_object('plate', word, 'read_at', clock_timestamp(), 'event_id', 'r' || nth, 'opened', true))) AS r), 'manual plate_unreadable', format('replay_reads: %s', word))
FROM pg_temp.words() WITH ORDINALITY AS w(word, nth);
SELECT is((SELECT count(*) FROM smart_parking.booking WHERE parking_id = :'lot'), 0::bigint, 'nobody is inside by a word');
SELECT is((SELECT array_agg(DISTINCT car_plate::text) FROM smart_parking.plate_read), ARRAY[NULL::text], 'and none is on record as a plate');

-- candidates
SELECT booking_id AS held FROM smart_parking.reserve_spot(:'lot', :'driver', 'DDAN1206') \gset
SELECT is(pg_temp.read(:'entry', 'unknown', '[{"plate": "NOPLATE", "confidence": 0.9}, {"plate": "none"}]'), 'manual plate_unreadable', 'candidates that are words are none');
SELECT is(pg_temp.read(:'entry', 'no plate', '[{"plate": "DDAN12O6", "confidence": 0.9}]'), 'open entered', 'one that is a plate counts');

-- calls that give a car a plate
SELECT throws_ok(format('SELECT smart_parking.reserve_spot(%L, %L, %L)', :'lot', :'driver', word), 'SP010', NULL, format('reserve_spot: %s', word)) FROM pg_temp.words() AS word;
SELECT throws_ok(format('SELECT smart_parking.reserve_certain_spot(%L, %L, %L, 1)', :'lot', :'driver', word), 'SP010', NULL, format('reserve_certain_spot: %s', word)) FROM pg_temp.words() AS word;
SELECT throws_ok(format('SELECT smart_parking.reserve_spots(%L, %L, ARRAY[%L])', :'lot', :'driver', word), 'SP010', NULL, format('reserve_spots: %s', word)) FROM pg_temp.words() AS word;
SELECT throws_ok(format('SELECT smart_parking.reserve_nearby(51, 13, %L, %L)', :'driver', word), 'SP010', NULL, format('reserve_nearby: %s', word)) FROM pg_temp.words() AS word;
SELECT throws_ok(format('SELECT smart_parking.join_queue(%L, %L, %L)', :'lot', :'driver', word), 'SP010', NULL, format('join_queue: %s', word)) FROM pg_temp.words() AS word;
SELECT throws_ok(format('SELECT smart_parking.change_plate(%L, %L)', :'held', word), 'SP010', NULL, format('change_plate: %s', word)) FROM pg_temp.words() AS word;
SELECT throws_ok(format('SELECT smart_parking.add_plate_rule(%L, %L)', word, 'staff'), 'SP010', NULL, format('add_plate_rule: %s', word)) FROM pg_temp.words() AS word;
SELECT throws_ok(format('SELECT smart_parking.open_manually(%L, %L, %L)', :'entry', 'reason', word), 'SP010', NULL, format('open_manually: %s', word)) FROM pg_temp.words() AS word;
SELECT throws_ok(format('SELECT smart_parking.reserve_spot(%L, %L, %L)', :'lot', :'driver', 'null'), 'SP010', 'that is a word for a car without a plate, not a plate', 'it says what is wrong');

-- the type keeps them, and what only begins like one is a plate
SELECT is('null'::smart_parking.license_plate::text, 'NULL', 'the type takes what was stored');
SELECT isnt(pg_temp.read(:'entry', plate), 'manual plate_unreadable', format('a plate: %s', plate))
FROM unnest(ARRAY['NONE1', 'NULLABLE 77', 'NA', 'НЕТ', 'HET', '无A12345', 'UNKNOWNS', '0']) AS plate;

-- the operator's words
SET LOCAL smart_parking.no_plate_words = ' kein schild , -NULL,-none, 没有牌';
SELECT is(pg_temp.read(:'entry', plate), expected, format('with the setting: %s', plate)) FROM (VALUES
	('KeinSchild', 'manual plate_unreadable'), ('没有牌', 'manual plate_unreadable'), ('unknown', 'manual plate_unreadable'), ('NULL', 'open walk_in')) AS v(plate, expected);
SELECT is((SELECT outcome FROM smart_parking.reserve_spot(:'lot', :'driver', 'none')), 'reserved', 'a word that was taken out is a plate');
SELECT is((SELECT kind FROM smart_parking.read_message('{"plate": "None", "read_at": "2026-05-01T10:00:00Z"}')), 'plate', 'in messages, too');
SELECT throws_ok('SELECT smart_parking.reserve_spot(gen_random_uuid(), gen_random_uuid(), ''Kein Schild'')', 'SP010', NULL, 'a word that was added is refused');
RESET smart_parking.no_plate_words;
SELECT is(pg_temp.read(:'entry', 'none'), 'manual plate_unreadable', 'without the setting it is a word again');

-- a list that cannot be meant
SELECT throws_ok(format('SET smart_parking.no_plate_words = %L', list), '22023', NULL, format('refused: %s', list))
FROM unnest(ARRAY['a,,b', ',', 'a,', '-', '-no such word', '???', 'a word that is much too long', '-none,-none', E'tab\u0001']) AS list;
SELECT throws_ok($$SELECT set_config('smart_parking.no_plate_words', (SELECT string_agg('w' || n, ',') FROM generate_series(1, 300) AS n), true)$$, '22023', NULL, 'more words than there is room for');

SELECT * FROM finish();
ROLLBACK;
