-- A part of a plate: a person is called, and nothing opens by it.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Parts', 51.05, 13.74, 60) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit, smart_parking.add_gate(:'lot', 'one', 'entry') AS one \gset
UPDATE smart_parking.gate SET passage_window = CASE name WHEN 'one' THEN interval '10 minutes' ELSE '0' END;
SELECT smart_parking.reserve_spot(:'lot', gen_random_uuid(), plate) FROM unnest(ARRAY['B-NO 4821', 'M-A 12', 'TÜ-AB 753', 'KA 05 MX 9966', 'DD-XY 9', 'DD-XZ 8']) AS plate \g /dev/null
CREATE FUNCTION pg_temp.read(gate uuid, plate text, confidence real DEFAULT 0.9) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.details ->> 'doubt', (SELECT string_agg(c ->> 'plate', ' ' ORDER BY c ->> 'plate') FROM jsonb_array_elements(v.details -> 'contenders') c))
	FROM smart_parking.validate_plate(gate, plate, now(), confidence) v $$;

SELECT is(pg_temp.read(:'entry', plate), said, plate) FROM (VALUES
	('4821', 'manual plate_doubtful part BNO4821'), ('BNO4', 'manual plate_doubtful part BNO4821'), ('A12', 'manual plate_doubtful far MA12'),
	('482', 'manual plate_doubtful part BNO4821'), ('4?21', 'manual plate_doubtful part BNO4821'), ('TUAB', 'manual plate_doubtful part TÜAB753'), ('9966', 'manual plate_doubtful part KA05MX9966'),
	('DDX', 'manual plate_ambiguous part DDXY9 DDXZ8'),
	('4', 'deny no_booking'), ('21', 'deny no_booking'), ('?8?1', 'deny no_booking'), ('7777', 'deny no_booking'), ('1284', 'deny no_booking'), ('BNO4821999', 'deny no_booking')) AS v(plate, said);
SELECT is((SELECT count(*) FROM smart_parking.barrier_command), 0::bigint, 'nothing opens');
SELECT is((SELECT count(*) FROM smart_parking.reads_for_attention WHERE plate_text = '4821'), 1::bigint, 'a person is called');
SELECT is(pg_temp.read(:'exit', '4821'), 'manual exit_without_entry', 'whoever leaves was not inside');
SELECT is(pg_temp.read(:'entry', 'BNO4821'), 'open entered', 'the whole plate opens');
SELECT is(pg_temp.read(:'entry', '4821') || ', ' || pg_temp.read(:'exit', '4821'), 'manual plate_doubtful part BNO4821, manual plate_doubtful part BNO4821', 'a part of the plate of a car that is inside, at both gates');
SELECT is(pg_temp.read(:'entry', 'A1?', 0.1), 'deny no_booking', 'two characters');
-- more than a person can choose from
SELECT smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'EF 88' || n) FROM generate_series(10, 15) n \g /dev/null
SELECT is(pg_temp.read(:'entry', 'EF8'), 'deny no_booking', 'a part of six plates');
-- known otherwise
SELECT smart_parking.add_plate_rule('482', 'permit', :'lot') \g /dev/null
SELECT is(pg_temp.read(:'entry', '482'), 'open permit', 'a plate with a right of its own is no part of another');
SELECT smart_parking.set_parking(:'lot', walk_in => true) \g /dev/null
SELECT is(pg_temp.read(:'entry', '9966'), 'manual plate_doubtful part KA05MX9966', 'where all are let in, too');
SELECT is(pg_temp.read(:'entry', '7777'), 'open walk_in', 'but not what is part of none');
-- one passage
SELECT is(pg_temp.read(:'one', '753') || ', ' || pg_temp.read(:'one', 'TÜAB753') || ', ' || pg_temp.read(:'one', 'TÜAB'), 'manual plate_doubtful part TÜAB753, open entered, open entered',
	'before and after the whole plate it is the same car');
SELECT is((SELECT count(*) FROM smart_parking.passage WHERE gate_id = :'one'), 1::bigint, 'in one passage');
SELECT is((SELECT count(*) FROM smart_parking.reads_for_attention WHERE gate_id = :'one'), 0::bigint, 'and nobody is called any more');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
