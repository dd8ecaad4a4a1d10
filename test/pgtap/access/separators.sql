-- Plates that only a separator tells apart: one plate, or two where the operator keeps it.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Separators', 51.05, 13.74, 60) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit, smart_parking.add_gate(:'lot', 'one', 'entry') AS one \gset
UPDATE smart_parking.gate SET passage_window = CASE name WHEN 'one' THEN interval '10 minutes' ELSE '0' END;
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;
CREATE FUNCTION pg_temp.hold(plate text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	SELECT x.* INTO r FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) x;
	RETURN (SELECT r.outcome || ' ' || b.car_plate::text FROM smart_parking.booking b WHERE b.id = r.booking_id);
END $$;
CREATE FUNCTION pg_temp.read(gate uuid, plate text, confidence real DEFAULT 0.9, event text DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.matched_plate) FROM smart_parking.validate_plate(gate, plate, now(), confidence, event) v $$;

-- as it comes
SELECT is(pg_temp.hold('B-NO 1'), 'reserved BNO1', 'a plate has no separators');
SELECT throws_ok(format('SELECT smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'lot', 'BN-O 1'), 'SP022', NULL, 'the other one is the same');
SELECT is(pg_temp.read(:'entry', 'BN-O 1'), 'open entered BNO1', 'and opens');

-- kept
SET LOCAL smart_parking.keep_separators = on;
SELECT is(pg_temp.hold(plate), said, plate) FROM (VALUES
	('B-NO 4821', 'reserved B_NO4821'), ('BN-O 4821', 'reserved BN_O4821'), ('K AA 11', 'reserved K_AA11'), ('kb_a 12', 'reserved KB_A12'), ('HH.C.13', 'reserved HH_C13'), ('12-34-AB', 'reserved 12_34AB'),
	('MD 14', 'reserved MD14'), ('Ü-AB 15', 'reserved Ü_AB15'), ('ABCDEFGH-IJKLMNOP', 'reserved ABCDEFGHIJKLMNOP'), ('F-OG 5', 'reserved F_OG5'), ('FOG 5', 'reserved FOG5')) AS v(plate, said);
SELECT throws_ok(format('SELECT smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'lot', 'b.no-4821'), 'SP022', NULL, 'however it is written, one car is one');
SELECT throws_ok(format('SELECT smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'lot', '_-_'), 'SP010', NULL, 'separators alone are no plate');
SELECT throws_ok(format('SELECT smart_parking.open_manually(%L, %L, %L)', :'entry', 'x', '_'), 'SP010', NULL, 'nor for an attendant');
SELECT is(pg_temp.read(:'entry', 'BNO4821'), 'manual plate_ambiguous', 'a read without a separator may be either');
SELECT is((SELECT string_agg(c ->> 'plate', ' ' ORDER BY c ->> 'plate') FROM smart_parking.plate_read r, jsonb_array_elements(r.details -> 'contenders') c WHERE r.car_plate::text = 'BNO4821'),
	'BN_O4821 B_NO4821', 'a person sees both');
SELECT is(pg_temp.read(:'entry', 'BNO-4821'), 'manual plate_ambiguous', 'one between a letter and a digit says nothing');
SELECT is(pg_temp.read(:'entry', 'B-NO 4821'), 'open entered B_NO4821', 'one decides');
SELECT is(pg_temp.read(:'entry', 'BN O 4821'), 'open entered BN_O4821', 'and for the other');
SELECT is((SELECT string_agg(DISTINCT car_plate::text, ' ') FROM smart_parking.plate_read WHERE car_plate::text ~ '^BN?O?_?'), 'BNO1 BNO4821', 'on record a read is without');
SELECT is(pg_temp.read(:'exit', 'BN-O4821'), 'open exited BN_O4821', 'one leaves');
SELECT is(pg_temp.read(:'exit', 'BNO4821'), 'open exited B_NO4821', 'then it is clear who does');
SELECT is(pg_temp.read(:'entry', 'KA-A 11'), 'deny no_booking', 'a separator elsewhere is another plate');
SELECT is(pg_temp.read(:'entry', 'KAA11'), 'open entered K_AA11', 'none is this one');
SELECT is(pg_temp.read(:'entry', 'KBAI2', 0.7), 'open entered KB_A12', 'a misread is found as ever');
SELECT is(pg_temp.read(:'entry', 'M-D 14'), 'open entered MD14', 'a booking without one is met by a read with');
SELECT is(pg_temp.read(:'entry', 'UAB15'), 'open entered Ü_AB15', 'marks are as ever');
SELECT is(pg_temp.read(:'entry', 'FOG5'), 'manual plate_ambiguous', 'one with and one without');
SELECT is(pg_temp.read(:'entry', 'F-OG5') || ', ' || pg_temp.read(:'entry', 'FOG5'), 'open entered F_OG5, manual plate_ambiguous', 'of which one is inside');

-- rules know no separators
SELECT smart_parking.add_plate_rule('HH-C 13', 'blocked', :'lot') \g /dev/null
SELECT is(pg_temp.read(:'entry', 'HH-C 13') || ', ' || pg_temp.read(:'entry', 'HHC13'), 'deny plate_blocked, deny plate_blocked', 'a rule is for the plate, with or without');
SELECT smart_parking.open_manually(:'entry', 'let in', 'HH-C 13') \g /dev/null
SELECT is((SELECT status::text FROM smart_parking.booking WHERE car_plate::text = 'HH_C13'), 'confirmed', 'an attendant''s word binds');

-- late, and a fleet
SELECT pg_temp.hold('L-AT 77') \g /dev/null
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE car_plate::text = 'L_AT77';
SELECT smart_parking.expire_booking(id) FROM smart_parking.booking WHERE car_plate::text = 'L_AT77' \g /dev/null
SELECT is(pg_temp.read(:'entry', 'LAT77'), 'open reacquired_same_spot L_AT77', 'a hold that lapsed is made good');
SELECT pg_temp.hold('G-GG 701'), pg_temp.hold('G-GG 702'), pg_temp.hold('V-OW 88'), pg_temp.hold('VO-W 88') \g /dev/null
SELECT is(pg_temp.read(:'one', 'GGG701', 0.9, 'g1') || ', ' || pg_temp.read(:'one', 'GGG702', 0.95, 'g2'), 'open entered G_GG701, open entered G_GG702', 'two cars of a fleet');
SELECT is(pg_temp.read(:'one', 'V-OW88') || ', ' || pg_temp.read(:'one', 'VO-W88'), 'open entered V_OW88, open entered VO_W88', 'two cars that differ by a separator, one behind the other');

-- off again
RESET smart_parking.keep_separators;
SELECT is(pg_temp.read(:'entry', '1234AB', 0.9), 'open entered 12_34AB', 'where it is off again a booking with one is a likeness');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
