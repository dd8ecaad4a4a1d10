-- The lot knows its own traffic: a car that it knows is not taken for a booked one that is like it.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Traffic', 51.05, 13.74, 60) AS lot, smart_parking.add_parking('Next door', 51.06, 13.74, 60) AS other \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'in 2', 'entry') AS entry2, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit,
	smart_parking.add_gate(:'lot', 'both', 'both') AS both, smart_parking.add_gate(:'other', 'in', 'entry') AS elsewhere \gset
UPDATE smart_parking.gate SET passage_window = '0';
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;

CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r $$;
CREATE FUNCTION pg_temp.read(gate uuid, plate text, confidence real DEFAULT 0.9, candidates jsonb DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason, v.matched_plate) FROM smart_parking.validate_plate(gate, plate, clock_timestamp(), confidence, candidates => candidates) v $$;
CREATE FUNCTION pg_temp.details() RETURNS jsonb LANGUAGE sql AS
$$ SELECT details FROM smart_parking.plate_read ORDER BY received_at DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.status(held uuid) RETURNS text LANGUAGE sql AS
$$ SELECT status::text FROM smart_parking.booking WHERE id = held $$;
-- what was is a day ago
CREATE FUNCTION pg_temp.next_day(days int DEFAULT 1) RETURNS void LANGUAGE sql AS
$$ UPDATE smart_parking.passage SET started_at = started_at - days * interval '1 day', last_read_at = last_read_at - days * interval '1 day' $$;
-- a booking that has come and gone
CREATE FUNCTION pg_temp.visit(entry uuid, exit uuid, plate text, read_in text DEFAULT NULL, read_out text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.hold(plate);
	SELECT pg_temp.read(entry, coalesce(read_in, plate)) || ', ' || pg_temp.read(exit, coalesce(read_out, plate));
$$;

-- what is known by its booking is known for longer than a late driver is waited for
SET smart_parking.reacquire_window = 0;

-- refused before: it came without a booking
SELECT is(pg_temp.read(:'entry', 'M403TK34'), 'deny no_booking', 'a car that nobody booked for is refused');
SELECT pg_temp.hold('M402TK34') AS held \gset
SELECT pg_temp.next_day();
SELECT is(pg_temp.read(:'entry', 'M?03TK34'), 'open entered M402TK34', 'seen once it is no rival where something else was read: it may have been a misread itself');
SELECT is(pg_temp.read(:'exit', 'M402TK34'), 'open exited M402TK34', 'out again');
SELECT pg_temp.hold('M402TK34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'M403TK34'), 'manual plate_doubtful', 'and not let in the next day for one that is like it');
SELECT is(pg_temp.details(), jsonb_build_object('read', 'M403TK34', 'doubt', 'seen', 'seen', 1, 'contenders', pg_temp.details() -> 'contenders'), 'the record says why: it was seen');
SELECT is(pg_temp.details() #>> '{contenders,0,plate}', 'M402TK34', 'and what it is like');
SELECT is(pg_temp.read(:'entry2', 'M403TK34'), 'manual plate_doubtful', 'at any gate of the lot');
SELECT is(pg_temp.status(:'held'), 'pending', 'the hold is untouched');
SELECT is(pg_temp.read(:'entry', 'M407TK34'), 'manual plate_doubtful', 'another one that is as like the car as like the booking: a person decides');
SELECT is(pg_temp.details() - 'contenders', '{"read": "M407TK34", "doubt": "neighbour", "seen": 3, "neighbour": "M403TK34"}', 'the record names the neighbour');
SELECT isnt_empty(format('SELECT FROM smart_parking.reads_for_attention WHERE parking_id = %L AND details ->> ''doubt'' = ''neighbour'' AND details ->> ''neighbour'' = ''M403TK34''', :'lot'), 'the attendant sees it, too');
SELECT is(pg_temp.read(:'entry', 'M40?TK34'), 'manual plate_doubtful', 'so it does where both fit a read with ?');
SELECT is(pg_temp.read(:'entry', 'M?02TK34'), 'open entered M402TK34', 'where the booking alone fits, it opens');
SELECT is(pg_temp.read(:'exit', 'M403TK34'), 'open exited M402TK34', 'who is at the exit is inside: the car that was refused is not');

-- a setting
SELECT pg_temp.hold('M402TK34') AS held \gset
SET smart_parking.match_memory = 0;
SELECT is(pg_temp.read(:'entry', 'M403TK34'), 'open entered M402TK34', 'match_memory 0: as before');
RESET smart_parking.match_memory;
SELECT pg_temp.read(:'exit', 'M402TK34');

-- forgotten, and not known in another lot
SELECT is(pg_temp.read(:'elsewhere', 'B503XA34'), 'deny no_booking', 'a car comes next door');
SELECT pg_temp.hold('B502XA34');
SELECT is(pg_temp.read(:'entry', 'B503XA34'), 'open entered B502XA34', 'where it is seen nobody here knows');
SELECT is(pg_temp.read(:'entry', 'C119HP34'), 'deny no_booking', 'a car comes once');
SELECT pg_temp.hold('C118HP34');
SELECT pg_temp.next_day(31);
SELECT is(pg_temp.read(:'entry', 'C119HP34'), 'open entered C118HP34', 'after match_memory it is forgotten');

-- refused, and books on the spot
SELECT is(pg_temp.read(:'entry', 'E603XA34'), 'deny no_booking', 'a car without a booking, misread');
SELECT pg_temp.hold('E602XA34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'E603XA34'), 'open entered E602XA34', 'its driver books at the gate, and it is misread again: no second car');
SELECT is(pg_temp.read(:'entry', 'E741KK34'), 'deny no_booking', 'the same once more');
SELECT pg_temp.hold('E742KK34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'XYZ99'), 'deny no_booking', 'but another car comes in between');
SELECT is(pg_temp.read(:'entry', 'E741KK34'), 'manual plate_doubtful', 'so it may be one or the other');

-- a booking of its own
SELECT is(pg_temp.visit(:'entry', :'exit', 'H111AB34'), 'open entered H111AB34, open exited H111AB34', 'a car comes and goes on a booking of its own');
SELECT pg_temp.hold('H112AB34') AS held \gset
SELECT pg_temp.next_day();
SELECT is(pg_temp.read(:'entry', 'H111AB34'), 'deny no_booking', 'without one it is refused, as what it is');
SELECT is(pg_temp.details(), '{"read": "H111AB34", "not_taken_for": "H112AB34"}', 'the record says for what it was not taken');
SELECT smart_parking.set_parking(:'lot', walk_in => true);
SELECT is(pg_temp.read(:'entry', 'H111AB34'), 'open walk_in H111AB34', 'in a walk-in lot it comes in as what it is');
SELECT smart_parking.set_parking(:'lot', walk_in => false);
SELECT is(pg_temp.status(:'held'), 'pending', 'the hold is untouched');

-- a person's word: for the car
SELECT is(pg_temp.read(:'entry', 'K231CA34', 0.98), 'deny no_booking', 'a van comes');
SELECT pg_temp.hold('K232CA34') AS held \gset
SELECT pg_temp.next_day();
SELECT is(pg_temp.read(:'entry', 'K231CA34'), 'manual plate_doubtful', 'and again');
SELECT smart_parking.open_manually(:'entry', 'delivery', 'K231CA34') IS NOT NULL AS opened \gset
SELECT is(pg_temp.details(), '{"read": "K231CA34", "verdict": "no_booking", "not_taken_for": "K232CA34"}', 'a person lets it in, for no booking');
SELECT is(pg_temp.status(:'held'), 'pending', 'the hold is untouched');
SELECT pg_temp.next_day();
SELECT is(pg_temp.read(:'entry', 'K231CA34'), 'deny no_booking', 'from then on it is a car of its own');

-- a person's word: for the booking. A plate that a camera reads wrong in one way each time
SELECT is(pg_temp.read(:'entry', 'O351EH34'), 'deny no_booking', 'misread, without a booking');
SELECT pg_temp.next_day();
SELECT pg_temp.hold('O352EH34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'O351EH34'), 'manual plate_doubtful', 'misread in the same way with one: a person is asked');
SELECT smart_parking.correct_read((SELECT id FROM smart_parking.plate_read ORDER BY received_at DESC LIMIT 1), 'O352EH34', 'a screw') IS NOT NULL AS corrected \gset
SELECT smart_parking.open_manually(:'entry', 'a screw', 'O352EH34') IS NOT NULL AS opened \gset
SELECT is(pg_temp.status(:'held'), 'confirmed', 'who says which plate it is');
SELECT is(pg_temp.read(:'exit', 'O352EH34'), 'open exited O352EH34', 'it leaves');
SELECT pg_temp.next_day();
SELECT pg_temp.hold('O352EH34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'O351EH34'), 'open entered O352EH34', 'and nobody is asked again');

-- a stay on which both were read
SELECT is(pg_temp.visit(:'entry', :'exit', 'P472TA34'), 'open entered P472TA34, open exited P472TA34', 'a car is read right');
SELECT pg_temp.next_day();
SELECT is(pg_temp.visit(:'entry', :'exit', 'P472TA34', 'P471TA34'), 'open entered P472TA34, open exited P472TA34', 'it comes misread and goes read right');
SELECT pg_temp.next_day();
SELECT is(pg_temp.visit(:'entry', :'exit', 'P472TA34', 'P471TA34', 'P471TA34'), 'open entered P472TA34, open exited P472TA34', 'so the misread is the same car''s, each time');
SELECT is(pg_temp.visit(:'both', :'both', 'Y592MM34', NULL, 'Y591MM34'), 'open entered Y592MM34, open exited Y592MM34', 'one comes read right and goes misread');
SELECT pg_temp.next_day();
SELECT is(pg_temp.visit(:'both', :'both', 'Y592MM34', 'Y591MM34'), 'open entered Y592MM34, open exited Y592MM34', 'the same');

-- likened only
SELECT is(pg_temp.visit(:'entry', :'exit', 'T612XP34', 'T611XP34', 'T611XP34'), 'open entered T612XP34, open exited T612XP34', 'a car is misread in and out');
SELECT pg_temp.next_day();
SELECT is(pg_temp.visit(:'both', :'both', 'T612XP34', 'T611XP34', 'T611XP34'), 'open entered T612XP34, open exited T612XP34', 'a camera that never read it right may be blind to it: repaired each time');
SELECT pg_temp.next_day();
SELECT is(pg_temp.visit(:'entry', :'exit', 'T612XP34'), 'open entered T612XP34, open exited T612XP34', 'then it is read right');
SELECT pg_temp.next_day();
SELECT pg_temp.hold('T612XP34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'T611XP34'), 'manual plate_doubtful', 'so what was taken for it may be another one');
SELECT is(pg_temp.read(:'entry', 'T733OO34'), 'deny no_booking', 'what was like it, and is like nothing now, is refused');

-- beside the car that is inside
SELECT pg_temp.visit(:'entry', :'exit', 'X724YA34', 'X721YA34');
SELECT pg_temp.next_day();
SELECT pg_temp.hold('X724YA34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'X721YA34'), 'open entered X724YA34', 'one car under two plates, for all the lot knows');
SELECT pg_temp.next_day();
SELECT is(pg_temp.read(:'entry', 'X724YA34'), 'deny already_inside X724YA34', 'a day later the other one comes');
SELECT is(pg_temp.read(:'exit', 'X721YA34'), 'open exited X724YA34', 'the first one leaves');
SELECT pg_temp.hold('X724YA34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'X721YA34'), 'manual plate_doubtful', 'they are two');

-- what is no evidence
SELECT is(pg_temp.read(:'entry', 'B88?EE34'), 'deny no_booking', 'a read with ? comes');
SELECT pg_temp.hold('B882EE34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'B88?EE34'), 'open entered B882EE34', 'and is no car of its own');
SELECT is(pg_temp.read(:'exit', 'B883EE34'), 'open exited B882EE34', 'a misread at an exit');
SELECT pg_temp.hold('C962OC34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'C961OC34', 0.1), 'manual plate_doubtful', 'a bad read that a person looked at');
SELECT is(pg_temp.read(:'entry', 'C961OC34'), 'open entered C962OC34', 'says nothing of whose it was');
SELECT is(pg_temp.read(:'exit', 'C961OC34'), 'open exited C962OC34', 'it leaves');
SELECT pg_temp.hold('C962OC34'), pg_temp.hold('C96IOC34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'C967OC34'), 'manual plate_ambiguous', 'like two');
SELECT is(smart_parking.cancel_booking(:'held'), 'cancelled', 'of which one is cancelled');
SELECT is(pg_temp.read(:'entry', 'C967OC34'), 'open entered C962OC34', 'while it stands there that one is out');
SELECT is(pg_temp.read(:'exit', 'C967OC34'), 'open exited C962OC34', 'it leaves');
SELECT pg_temp.hold('C962OC34') AS held \gset
SELECT pg_temp.next_day();
SELECT is(pg_temp.read(:'entry', 'C967OC34'), 'manual plate_doubtful', 'the next day it may be a third one');
SELECT pg_temp.hold('A952TX34') AS held \gset
SELECT is(pg_temp.read(:'entry', 'A951TX34', 0.98), 'manual plate_doubtful', 'one that the camera was sure of');
SELECT pg_temp.next_day();
SELECT is(pg_temp.read(:'entry', 'A951TX34'), 'manual plate_doubtful', 'does');

-- candidates
SELECT is(pg_temp.read(:'entry', 'CC101'), 'deny no_booking', 'a car comes');
SELECT pg_temp.hold('UZ7788');
SELECT pg_temp.next_day();
SELECT is(pg_temp.read(:'entry', 'CC101', 0.8, '[{"plate": "UZ7788", "confidence": 0.5}]'), 'manual plate_doubtful', 'a camera''s other reading is not better than a car that is known');

-- an offline gate's reads are judged alike in any order
SELECT is(pg_temp.read(:'entry', 'E171BH34'), 'deny no_booking', 'a car comes');
SELECT pg_temp.hold('E172BH34') AS held \gset
SELECT is((SELECT concat_ws(' ', v.decision, v.reason) FROM smart_parking.replay_reads(:'entry', '[{"plate": "E171BH34", "confidence": 0.9}]') v), 'open entered', 'a replay does not ask');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
