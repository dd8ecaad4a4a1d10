-- A misread plate at a gate: which booking it means, and when a person decides.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Matching', 51.05, 13.74, 40) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit,
	smart_parking.add_gate(:'lot', 'both', 'both') AS both \gset
UPDATE smart_parking.gate SET passage_window = '0';
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;

CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r $$;
CREATE FUNCTION pg_temp.read(gate uuid, plate text, confidence real DEFAULT 0.9, candidates jsonb DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.matched_plate) FROM smart_parking.validate_plate(gate, plate, now(), confidence, candidates => candidates) v $$;
CREATE FUNCTION pg_temp.last_read() RETURNS smart_parking.plate_read LANGUAGE sql AS
$$ SELECT * FROM smart_parking.plate_read ORDER BY received_at DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.status(held uuid) RETURNS text LANGUAGE sql AS
$$ SELECT status::text FROM smart_parking.booking WHERE id = held $$;

-- one edit, a confusable character, a character that was not read
SELECT pg_temp.hold('DD AN 1206') AS anna \gset
SELECT is(pg_temp.read(:'exit', 'DDAN1208'), 'manual exit_without_entry', 'an exit looks among the cars that are inside only');
SELECT is(pg_temp.read(:'entry', 'DDAN1208'), 'open entered DDAN1206', 'a plain edit off: the hold is found');
SELECT is((pg_temp.last_read()).matched_by, 'distance', 'by distance, on record');
SELECT is((pg_temp.last_read()).details, '{"read": "DDAN1208", "cost": 100}', 'with what was read, and its cost');
SELECT is(pg_temp.status(:'anna'), 'confirmed', 'and confirmed');
SELECT is(pg_temp.read(:'entry', 'DOAN1206'), 'deny already_inside DDAN1206', 'misread at an entry once more it is inside already');
SELECT is(pg_temp.read(:'exit', 'DDAN12O6'), 'open exited DDAN1206', 'a confusable character on the way out');
SELECT is(pg_temp.status(:'anna'), 'completed', 'completed');
SELECT pg_temp.hold('M XY 7788') AS maria \gset
SELECT is(pg_temp.read(:'both', 'MX?7788'), 'open entered MXY7788', 'a character that was not read');
SELECT is(pg_temp.read(:'both', 'MXY778'), 'open exited MXY7788', 'a gate for both directions goes by where the booking is');
SELECT is(pg_temp.read(:'entry', 'ABCDEF'), 'deny no_booking', 'what is like nothing stays outside');

-- an inside car's misread must not open on another's hold
SELECT pg_temp.hold('HH AB 1000') AS inside \gset
SELECT is(pg_temp.read(:'entry', 'HHAB1000'), 'open entered HHAB1000', 'a car comes in');
SELECT pg_temp.hold('HH AB 1080') AS near \gset
SELECT is(pg_temp.read(:'entry', 'HHAB100'), 'manual plate_ambiguous', 'read badly at the entry again, near another''s hold: a person decides');
SELECT is(pg_temp.status(:'near'), 'pending', 'and that hold is untouched');
SELECT is(pg_temp.read(:'entry', 'HHAB1080'), 'open entered HHAB1080', 'equality opens, whatever is near');

-- several
SELECT pg_temp.hold('K LM 100') AS one \gset
SELECT pg_temp.hold('K LM 107') AS two \gset
SELECT is(pg_temp.read(:'entry', 'KLM10?'), 'manual plate_ambiguous', 'two that fit alike: a person decides');
SELECT results_eq(format($$ SELECT c ->> 'plate', (c ->> 'cost')::int, c ->> 'booking_id', (c ->> 'spot_no')::int = b.spot_no
	FROM pg_temp.last_read() r, jsonb_array_elements(r.details -> 'contenders') c JOIN smart_parking.booking b ON b.id = (c ->> 'booking_id')::uuid ORDER BY 1 $$),
	format($$ VALUES ('KLM100', 20, %L, true), ('KLM107', 20, %L, true) $$, :'one', :'two'), 'who is shown both, with spot and cost');
SELECT is((SELECT v.details -> 'read' FROM smart_parking.validate_plate(:'entry', 'KLM10?') v), '"KLM10?"', 'the answer has the details too');
SELECT is(pg_temp.read(:'entry', 'KLM107'), 'open entered KLM107', 'an exact read of one of them opens');

-- doubts
SELECT pg_temp.hold('B MW 3456') AS doubt \gset
SELECT is(pg_temp.read(:'entry', 'BMW3455', 0.99), 'manual plate_doubtful', 'read too surely to be a plain edit off');
SELECT is((pg_temp.last_read()).details ->> 'doubt', 'sure', 'the doubt is named');
SELECT is(pg_temp.read(:'entry', 'BMW3455', 0.1), 'manual plate_doubtful', 'read too badly');
SELECT is(pg_temp.read(:'entry', 'BMW4'), 'deny no_booking', 'too far: nothing');
SELECT is(pg_temp.status(:'doubt'), 'pending', 'none of them touched the hold');
SELECT is(pg_temp.read(:'entry', 'BMW3456', 0.05), 'open entered BMW3456', 'equality alone opens at any confidence');

-- candidates
SELECT pg_temp.hold('S AB 4711') AS cand \gset
SELECT is(pg_temp.read(:'entry', 'XYZ999', 0.6, '[{"plate": "s-ab 4711", "confidence": 0.5}]'), 'open entered SAB4711', 'another candidate of the camera is equal');
SELECT is((pg_temp.last_read()).matched_by || (pg_temp.last_read()).details::text, 'candidate{"cost": 30, "read": "XYZ999"}', 'by a candidate, on record');
SELECT is(jsonb_array_length((pg_temp.last_read()).candidates), 1, 'with the candidates as they came');
SELECT pg_temp.hold('N OP 5500') AS blind \gset
SELECT is(pg_temp.read(:'entry', '???', 0.6, '[{"plate": "NOP5500"}]'), 'open entered NOP5500', 'also where the read itself is none');
SELECT is(pg_temp.read(:'entry', NULL, NULL, bad), 'manual plate_unreadable', 'passed over: ' || left(bad::text, 50))
FROM unnest(ARRAY['null', '1', '"x"', '{}', '{"plate": "NOP5500"}', '[]', '[null, 1, "x", [], {}]', '[{"plate": 7}, {"plate": null}, {"plate": ""}, {"plate": "????"}]',
	'[{"plate": "NOP5500", "confidence": "high"}, {"plate": "NOP5500", "confidence": 90}, {"plate": "NOP5500", "confidence": -1}, {"plate": "NOP5500", "confidence": 1e400}]',
	'[{"plate": "NOP5500", "confidence": {}}, {"plate": ["NOP5500"]}]', '[{"plate": "AAAAAAAAAAAAAAAAAAAAAAAAAA"}]']::jsonb[]) AS bad;
SELECT is(pg_temp.read(:'entry', 'AAA', 0.5, (SELECT jsonb_agg(jsonb_build_object('plate', 'ZZ' || n)) FROM generate_series(1, 5000) n)), 'deny no_booking', 'thousands of them');

-- the plate that was read has a right of its own
SELECT pg_temp.hold('LATE 7') AS late \gset
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = :'late';
SELECT pg_temp.hold('LATE 9') AS near_late \gset
SELECT smart_parking.expire_booking(:'late');
SELECT is(pg_temp.read(:'entry', 'LATE7'), 'open reacquired_same_spot LATE7', 'a late driver is not taken for the neighbour');
SELECT is(pg_temp.status(:'near_late'), 'pending', 'whose hold stays');

SELECT pg_temp.hold('OUT 1001') AS out1, pg_temp.hold('OUT 1002') AS out2 \gset
SELECT is(pg_temp.read(:'entry', 'OUT1001') || pg_temp.read(:'entry', 'OUT1002'), 'open entered OUT1001open entered OUT1002', 'two cars of a fleet');
SELECT is(pg_temp.read(:'exit', 'OUT1001'), 'open exited OUT1001', 'one leaves');
SELECT is(pg_temp.read(:'exit', 'OUT1001'), 'manual exit_without_entry', 'read once more, it is not taken for the other one');
SELECT is(pg_temp.status(:'out2'), 'confirmed', 'which is inside still');

-- holds that lapsed, swept or not
SELECT pg_temp.hold('HAM 2233') AS lapsed \gset
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = :'lapsed';
SELECT is(pg_temp.read(:'entry', 'HAM2238'), 'open reacquired_same_spot HAM2233', 'a lapsed hold within reacquire_window is offered');
SELECT pg_temp.hold('OLD 2233') AS lapsed \gset
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = :'lapsed';
SET smart_parking.reacquire_window = 0;
SELECT is(pg_temp.read(:'entry', 'OLD2238'), 'deny no_booking', 'outside of it not');
RESET smart_parking.reacquire_window;

-- the settings
SELECT pg_temp.hold('PQR 6060') AS setting \gset
SET smart_parking.match_bound_per_char = 0;
SELECT is(pg_temp.read(:'entry', 'PQR9060'), 'deny no_booking', 'bound 0: equality only');
RESET smart_parking.match_bound_per_char;
SET smart_parking.match_min_chars = 8;
SELECT is(pg_temp.read(:'entry', 'PQR6061'), 'manual plate_doubtful', 'too few characters');
RESET smart_parking.match_min_chars;
SET smart_parking.match_min_confidence = 0.95;
SELECT is(pg_temp.read(:'entry', 'PQR6061'), 'manual plate_doubtful', 'not sure enough');
RESET smart_parking.match_min_confidence;
SET smart_parking.match_sure_confidence = 0.9;
SELECT is(pg_temp.read(:'entry', 'PQR8060', 0.95), 'manual plate_doubtful', 'too sure');
RESET smart_parking.match_sure_confidence;
SELECT is(pg_temp.read(:'entry', 'PQR6061'), 'open entered PQR6060', 'by the defaults it opens');
SELECT throws_ok(format('SET smart_parking.%s', setting), '22023', NULL, setting)
FROM unnest(ARRAY['match_margin = 0', 'match_confusable_cost = 101', 'match_min_confidence = 1.1', 'match_min_chars = -1']) setting;
SELECT results_eq($$ SELECT name, boot_val::numeric FROM pg_settings WHERE name LIKE 'smart\_parking.match\_%' ORDER BY name $$,
	$$ VALUES ('smart_parking.match_bound_per_char', 20::numeric), ('smart_parking.match_candidate_cost', 30), ('smart_parking.match_confusable_cost', 30),
	('smart_parking.match_fit_chars', 5), ('smart_parking.match_frequent_cost', 60), ('smart_parking.match_margin', 110), ('smart_parking.match_mark_cost', '10'), ('smart_parking.match_memory', 2592000), ('smart_parking.match_min_chars', 4), ('smart_parking.match_min_confidence', 0.2),
	('smart_parking.match_near_miss', 30), ('smart_parking.match_sure_confidence', 0.97), ('smart_parking.match_unread_cost', 20) $$,
	'the defaults are those of docs/plate_matching.md');

-- a ? stands for what the camera could not read: the rest it has read
SELECT pg_temp.hold('M 402 TK 34') AS fits, pg_temp.hold('M 493 TK 34') AS near \gset
SELECT is(pg_temp.read(:'entry', 'M4?2??34'), 'open entered M402TK34', 'the only booking that fits opens, whatever is like it, with five characters read');
SELECT is(pg_temp.read(:'exit', 'M4?2??34'), 'open exited M402TK34', 'also on the way out');
SELECT pg_temp.hold('M 402 TK 34') AS fits \gset
SELECT is(pg_temp.read(:'entry', 'M4?2??3?'), 'manual plate_ambiguous', 'with four all that is near counts');
SELECT is(pg_temp.read(:'entry', 'M4???K34'), 'manual plate_ambiguous', 'two that fit: a person decides');
SELECT is(pg_temp.read(:'entry', 'M4?2??34', 0.1), 'manual plate_ambiguous', 'so does one where the read is bad');
SET smart_parking.match_fit_chars = 6;
SELECT is(pg_temp.read(:'entry', 'M4?2??34'), 'manual plate_ambiguous', 'how many have to be read is a setting');
RESET smart_parking.match_fit_chars;
SELECT is(pg_temp.read(:'entry', 'N4?2??34'), 'deny no_booking', 'what was read wrong besides fits nothing');
SELECT is(pg_temp.status(:'near'), 'pending', 'the other hold is untouched');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
