-- Marks that an engine does not know: a plain letter for one with a mark costs little, and is no equality.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Marks', 51.05, 13.74, 60) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit \gset
UPDATE smart_parking.gate SET passage_window = '0';
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id, :'entry'::uuid AS entry, :'exit'::uuid AS exit;

CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r $$;
CREATE FUNCTION pg_temp.cancel(plate text) RETURNS text LANGUAGE sql AS
$$ SELECT smart_parking.cancel_booking(b.id)::text FROM smart_parking.booking b, lot WHERE b.parking_id = lot.id AND b.car_plate OPERATOR(smart_parking.=) plate::smart_parking.license_plate AND b.ended_at IS NULL $$;
CREATE FUNCTION pg_temp.read(gate uuid, plate text, confidence real DEFAULT 0.985) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.matched_plate) FROM smart_parking.validate_plate(gate, plate, now(), confidence) v $$;
-- one booking, one read, and out again
CREATE FUNCTION pg_temp.once(booked text, plate text, confidence real) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	held CONSTANT uuid := pg_temp.hold(booked);
	answer CONSTANT text := (SELECT pg_temp.read(entry, plate, confidence) FROM lot);
	left_by CONSTANT text := (SELECT pg_temp.read(exit, booked, confidence) FROM lot WHERE answer LIKE 'open%');
BEGIN
	IF left_by IS NULL THEN
		PERFORM smart_parking.cancel_booking(held);
	END IF;
	RETURN split_part(answer, ' ', 1) || coalesce(' ' || nullif(split_part(answer, ' ', 2), 'entered'), '');
END $$;

SELECT is(pg_temp.once(booked, read, confidence), expected, format('%s read as %s at %s', booked, read, confidence)) FROM (VALUES
	-- one for one
	('WÜ-AB 482', 'WUAB482', 0.985, 'open'), ('TÜ-A 4', 'TUA4', 0.985, 'open'), ('ÅSÖ 48R', 'ASO48R', 0.985, 'open'), ('LÖ-X 77', 'LOX77', 1, 'open'),
	('ČAKOVEC 1', 'CAKOVEC1', 0.99, 'open'), ('ŠI 123 ŽĆ', 'SI123ZC', 0.99, 'open'), ('ŁÓDŹ 1', 'LODZ1', 0.99, 'open'), ('ØRN 11', 'ORN11', 0.99, 'open'),
	('ESPAÑA 1', 'ESPANA1', 0.99, 'open'), ('İZMİR 3', 'IZMIR3', 0.99, 'open'), ('ĐURA 12', 'DURA12', 0.99, 'open'), ('ȘTEF 12', 'STEF12', 0.99, 'open'),
	('Ё123ЁЁ', 'E123EE', 0.99, 'open'), ('Й 123 ТЯ', 'И123ТЯ', 0.99, 'open'), ('Ў 123', 'У123', 0.99, 'open'),
	-- two for one
	('WÜ-AB 482', 'WUEAB482', 0.985, 'open'), ('GRÖßE 1', 'GROESSE1', 0.99, 'open'), ('ÅR 2048', 'AAR2048', 0.99, 'open'), ('ÆØ 1234', 'AEOE1234', 0.99, 'open'), ('TÄ-B 4', 'TAEB4', 0.985, 'open'),
	-- with another misread besides
	('ÅSÖ 48R', 'AS048R', 0.9, 'open'), ('TÜ-A 4', 'TU4', 0.9, 'manual plate_doubtful'), ('TÜ-A 84', 'TUA4', 0.9, 'open'), ('WÜ-AB 482', 'WUAB483', 0.9, 'open'), ('WÜ-AB 482', 'WUAB483', 0.985, 'manual plate_doubtful'),
	-- nor without a doubt, nor the other way round
	('WÜ-AB 482', 'WUAB482', 0.1, 'manual plate_doubtful'), ('MU-CB 482', 'MÜCB482', 0.985, 'manual plate_doubtful'), ('WÜ-AB 482', 'WÖAB482', 0.985, 'manual plate_doubtful'))
	AS v(booked, read, confidence, expected);

-- both are booked
SELECT pg_temp.hold('WU-AB 482') AS plain, pg_temp.hold('WÜ-AB 482') AS marked \gset
SELECT is(pg_temp.read(:'entry', 'WUAB482'), 'manual plate_ambiguous', 'the plain read may be either');
SELECT is((SELECT array_agg(c ->> 'plate' ORDER BY 1) FROM smart_parking.plate_read r, jsonb_array_elements(r.details -> 'contenders') c
	WHERE r.id = (SELECT id FROM smart_parking.plate_read ORDER BY received_at DESC LIMIT 1)), ARRAY['WUAB482', 'WÜAB482'], 'a person is shown both');
SELECT is(pg_temp.read(:'exit', 'WUAB482'), 'manual exit_without_entry WUAB482', 'neither is inside: as for any booked car');
SELECT is(pg_temp.read(:'entry', 'WÜAB482'), 'open entered WÜAB482', 'the read with the mark is that one');
SELECT is(pg_temp.read(:'exit', 'WUAB482'), 'open exited WÜAB482', 'at the exit only the car inside counts');
SELECT is(pg_temp.read(:'entry', 'WUAB482'), 'open entered WUAB482', 'alone the plain one opens for its own');
SELECT is(pg_temp.read(:'exit', 'WUAB482'), 'open exited WUAB482', 'and out');

-- a mark anywhere, and in another lot
SELECT pg_temp.hold('AAAA 11'), pg_temp.hold('AAAÄ 11');
SELECT is(pg_temp.read(:'entry', 'AAAA11'), 'manual plate_ambiguous', 'the last letter');
SELECT pg_temp.cancel('AAAÄ11'), pg_temp.hold('ÅÄAA 11');
SELECT is(pg_temp.read(:'entry', 'AAAA11'), 'manual plate_ambiguous', 'two marks, the first letter');
SELECT pg_temp.cancel('ÅÄAA11'), pg_temp.hold('AÄ 11');
SELECT is(pg_temp.read(:'entry', 'AAAA11'), 'open entered AAAA11', 'a shorter plate is another');
SELECT pg_temp.hold('BUE 1111'), pg_temp.hold('BÜ 1111');
SELECT is(pg_temp.read(:'entry', 'BUE1111'), 'manual plate_ambiguous', 'two letters for one, of which both are booked');
SELECT smart_parking.add_parking('Next', 51.05, 13.75, 5) AS next \gset
SELECT outcome FROM smart_parking.reserve_spot(:'next', gen_random_uuid(), 'CÖ 1111') \gset
SELECT pg_temp.hold('CO 1111');
SELECT is(pg_temp.read(:'entry', 'CO1111'), 'open entered CO1111', 'what is booked in another lot is nothing to this one');

-- neighbours in the lot
SELECT pg_temp.hold('MÜ-F 101'), pg_temp.hold('MÜ-F 102'), pg_temp.hold('MÜ-F 103');
SELECT is(pg_temp.read(:'entry', 'MUF102'), 'open entered MÜF102', 'of a fleet the one that is equal but for marks');

-- the setting
SELECT is(smart_parking.plate_distance('WUAB482', 'WÜ-AB 482'), 10, 'what a mark costs');
SELECT is(smart_parking.plate_distance('WÜAB482', 'WU-AB 482'), 100, 'one that is not there costs an edit');
SELECT pg_temp.hold('KÖ-N 4');
SET LOCAL smart_parking.match_mark_cost = 100;
SELECT is(pg_temp.read(:'entry', 'KON4'), 'open entered KÖN4', 'dear marks do not use up the bound either');
SELECT is((SELECT details ->> 'cost' FROM smart_parking.plate_read ORDER BY received_at DESC LIMIT 1), '100', 'the cost is on record');

SELECT * FROM finish();
ROLLBACK;
