-- Every reason that a gate gives.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Cases', 51.05, 13.74, 6) AS lot, smart_parking.add_parking('Next door', 51.05, 13.75, 3) AS other,
	smart_parking.add_parking('Walk in', 51.05, 13.76, 2) AS walk_lot, smart_parking.add_parking('Chargers', 51.05, 13.77, 2, kinds => '{"charging": 2}') AS chargers \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit, smart_parking.add_gate(:'lot', 'both', 'both') AS both,
	smart_parking.add_gate(:'lot', 'soft in', 'entry') AS soft_in, smart_parking.add_gate(:'lot', 'soft out', 'exit') AS soft_out,
	smart_parking.add_gate(:'walk_lot', 'in', 'entry') AS walk_entry, smart_parking.add_gate(:'walk_lot', 'out', 'exit') AS walk_exit,
	smart_parking.add_gate(:'walk_lot', 'sensing', 'entry') AS walk_sensing, smart_parking.add_gate(:'chargers', 'in', 'entry') AS charger_entry \gset
UPDATE smart_parking.gate SET passage_window = '0', anti_passback = CASE WHEN name LIKE 'soft%' THEN 'soft' ELSE 'hard' END, senses_passage = name = 'sensing';
UPDATE smart_parking.parking SET walk_in = true WHERE id IN (:'walk_lot', :'chargers');

CREATE FUNCTION pg_temp.hold(lot uuid, plate text) RETURNS uuid LANGUAGE sql AS
$$ SELECT r.booking_id FROM smart_parking.reserve_spot(lot, gen_random_uuid(), plate) r $$;
CREATE FUNCTION pg_temp.read(gate uuid, plate text) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', v.decision, v.reason) FROM smart_parking.validate_plate(gate, plate) v $$;
CREATE FUNCTION pg_temp.status(held uuid) RETURNS text LANGUAGE sql AS
$$ SELECT status::text FROM smart_parking.booking WHERE id = held $$;
CREATE FUNCTION pg_temp.events(held uuid) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(event, ' ' ORDER BY happened_at, event) FROM smart_parking.booking_event WHERE booking_id = held $$;
CREATE FUNCTION pg_temp.lapse(held uuid, ago interval DEFAULT '0') RETURNS void LANGUAGE sql AS
$$ UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = held $$;
CREATE FUNCTION pg_temp.details(gate uuid, plate text) RETURNS jsonb LANGUAGE sql AS
$$ SELECT v.details FROM smart_parking.validate_plate(gate, plate) v $$;
CREATE FUNCTION pg_temp.free(lot uuid) RETURNS bigint LANGUAGE sql AS
$$ SELECT sum(free_spots) FROM smart_parking.counter_slice WHERE parking_id = lot $$;

-- rules
INSERT INTO smart_parking.plate_rule (car_plate, parking_id, effect, kind, valid_from, valid_until, ended_at) VALUES
	('BLOCKED1', :'lot', 'deny', 'blocked', now() - interval '1 day', NULL, NULL), ('BLOCKED2', NULL, 'deny', 'blocked', now() - interval '1 day', NULL, NULL),
	('ELSEWHR3', :'other', 'deny', 'blocked', now() - interval '1 day', NULL, NULL), ('GONE 444', NULL, 'deny', 'blocked', now() - interval '2 days', now() - interval '1 day', NULL),
	('LIFTED 5', NULL, 'deny', 'blocked', now() - interval '2 days', NULL, now()),
	('PERMIT 11', :'lot', 'allow', 'permit', now() - interval '1 day', now() + interval '1 day', NULL), ('STAFF 99', NULL, 'allow', 'staff', now() - interval '1 day', NULL, NULL),
	('SOON 77', :'lot', 'allow', 'permit', now() + interval '1 day', NULL, NULL), ('OVER 66', :'lot', 'allow', 'permit', now() - interval '2 days', now() - interval '1 day', NULL),
	('BLOCKED1', NULL, 'allow', 'permit', now() - interval '1 day', NULL, NULL);
SELECT pg_temp.hold(:'lot', 'BLOCKED1') AS blocked \gset
SELECT is(pg_temp.read(:'entry', 'BLOCKED1'), 'deny plate_blocked', 'deny comes before a booking and a permit');
SELECT is(pg_temp.status(:'blocked'), 'pending', 'and leaves it alone');
SELECT is(pg_temp.read(:'both', 'BLOCKED2'), 'deny plate_blocked', 'in every lot');
SELECT is(pg_temp.read(:'entry', 'ELSEWHR3'), 'deny no_booking', 'not that of another lot');
SELECT is(pg_temp.read(:'entry', 'GONE 444') || pg_temp.read(:'entry', 'LIFTED 5'), 'deny no_bookingdeny no_booking', 'nor one that is over, or was taken back');
UPDATE smart_parking.plate_rule SET ended_at = now() WHERE car_plate::text = 'BLOCKED1' AND effect = 'deny';
SELECT is(pg_temp.read(:'entry', 'BLOCKED1'), 'open entered', 'a booking comes before a permit');
UPDATE smart_parking.plate_rule SET ended_at = NULL WHERE car_plate::text = 'BLOCKED1';
SELECT is(pg_temp.read(:'both', 'BLOCKED1'), 'open exited', 'nobody is kept from leaving');
SELECT is(pg_temp.read(:'entry', 'PERMIT11'), 'open permit', 'a permit');
SELECT is((SELECT status::text || ' ' || user_id FROM smart_parking.booking WHERE car_plate::text = 'PERMIT11'), 'confirmed 00000000-0000-8000-8000-000000000001', 'is a stay that nobody booked');
SELECT is(pg_temp.read(:'entry', 'PERMIT11'), 'deny already_inside', 'once');
SELECT is(pg_temp.read(:'exit', 'PERMIT11'), 'open exited', 'and ends as any');
SELECT is(pg_temp.read(:'entry', 'STAFF99'), 'open staff', 'staff, in every lot');
SELECT is(pg_temp.read(:'walk_entry', 'STAFF99'), 'open staff', 'in this one too');
SELECT is(pg_temp.read(:'walk_exit', 'STAFF99') || pg_temp.read(:'exit', 'STAFF99'), 'open exitedopen exited', 'out');
SELECT is(pg_temp.read(:'entry', 'SOON77'), 'deny permit_not_yet_valid', 'a permit that begins tomorrow');
SELECT is(pg_temp.read(:'entry', 'OVER66'), 'deny permit_expired', 'one that ended yesterday');
SELECT pg_temp.hold(:'lot', 'OVER 66') AS held \gset
SELECT is(pg_temp.read(:'entry', 'OVER66'), 'open entered', 'a booking needs no permit');
SELECT is(pg_temp.read(:'exit', 'OVER66'), 'open exited', 'out');
SELECT pg_temp.hold(:'lot', 'PERMIT 12') AS near \gset
SELECT is(pg_temp.read(:'entry', 'PERMIT11'), 'open permit', 'a permit holder is not taken for a booking that is like the plate');
SELECT is(pg_temp.status(:'near'), 'pending', 'which stays');
SELECT is(pg_temp.read(:'exit', 'PERMIT11'), 'open exited', 'out');
SELECT is(smart_parking.cancel_booking(:'near')::text, 'cancelled', 'gone');

-- the wrong lot
SELECT pg_temp.hold(:'other', 'WRONG 55') AS elsewhere \gset
SELECT is(pg_temp.read(:'entry', 'WRONG55'), 'deny wrong_lot', 'expected next door');
SELECT is(pg_temp.details(:'entry', 'WRONG55'), jsonb_build_object('parking_id', :'other', 'parking', 'Next door', 'booking_id', :'elsewhere'), 'where, is said');
SELECT pg_temp.lapse(:'elsewhere');
SELECT is(pg_temp.read(:'entry', 'WRONG55'), 'deny no_booking', 'not any more');

-- anti-passback
SELECT pg_temp.hold(:'lot', 'INSIDE 3') AS inside \gset
SELECT is(pg_temp.read(:'entry', 'INSIDE3'), 'open entered', 'in');
SELECT is(pg_temp.read(:'entry', 'INSIDE3'), 'deny already_inside', 'hard: not again');
SELECT pg_temp.free(:'lot') AS free \gset
SELECT is(pg_temp.read(:'soft_in', 'INSIDE3'), 'open entered_over_open_stay', 'soft: again, and on record');
SELECT is(pg_temp.events(:'inside'), 'confirmed entered_over_open_stay', 'with the booking');
SELECT is(pg_temp.free(:'lot'), :free::bigint, 'the counter does not move');
SELECT is(pg_temp.read(:'exit', 'INSIDE3'), 'open exited', 'out');
SELECT is(pg_temp.read(:'exit', 'INSIDE3'), 'manual exit_without_entry', 'hard: who never came in is looked at');
SELECT is(pg_temp.read(:'soft_out', 'INSIDE3'), 'open exit_without_entry', 'soft: goes out');
SELECT pg_temp.hold(:'lot', 'UNSEEN 4') AS unseen \gset
SELECT is(pg_temp.read(:'exit', 'UNSEEN4'), 'manual exit_without_entry', 'hard, with a hold');
SELECT is(pg_temp.status(:'unseen'), 'pending', 'that stays');
SELECT is(pg_temp.read(:'soft_out', 'UNSEEN4'), 'open exit_without_entry', 'soft, with a hold');
SELECT is(pg_temp.status(:'unseen'), 'completed', 'it was inside after all');
SELECT is((SELECT string_agg(event || ': ' || reason, ', ' ORDER BY event DESC) FROM smart_parking.booking_event WHERE booking_id = :'unseen'),
	'confirmed: exit_without_entry, completed: exit_without_entry', 'with that reason');
UPDATE smart_parking.gate SET senses_passage = true WHERE id = :'soft_out';
SELECT pg_temp.hold(:'lot', 'UNSEEN 5') AS unseen \gset
SELECT v.command_id AS command FROM smart_parking.validate_plate(:'soft_out', 'UNSEEN5') v \gset
SELECT is(pg_temp.status(:'unseen'), 'pending', 'where passage is sensed, not before it has passed');
SELECT is(smart_parking.report_passage(:'command'), 'passed', 'it passes');
SELECT is(pg_temp.status(:'unseen'), 'completed', 'and was inside');

-- walk-ins
SELECT is(pg_temp.read(:'walk_entry', 'WALK 01'), 'open walk_in', 'a lot that takes walk-ins');
SELECT is(pg_temp.free(:'walk_lot'), 1::bigint, 'counts them');
SELECT is((SELECT pg_temp.events(id) FROM smart_parking.booking WHERE car_plate::text = 'WALK01'), 'confirmed walk_in', 'on record');
SELECT is(pg_temp.read(:'walk_entry', 'W?LK99'), 'manual plate_unreadable', 'not by half a plate');
SELECT smart_parking.close_parking(:'walk_lot');
SELECT is(pg_temp.read(:'walk_entry', 'STREET 2'), 'deny lot_closed', 'not when it is closed');
SELECT smart_parking.open_parking(:'walk_lot');
SELECT v.command_id AS command, v.reason AS reason, v.booking_id AS made FROM smart_parking.validate_plate(:'walk_sensing', 'STREET2') v \gset
SELECT is(:'reason' || ' ' || pg_temp.status(:'made'), 'walk_in pending', 'where passage is sensed, a hold first');
SELECT is(pg_temp.read(:'walk_entry', 'THIRD 33'), 'deny lot_full', 'which takes the last spot');
SELECT is(smart_parking.report_passage(:'command', 'reversed'), 'reversed', 'it turns round');
SELECT is(pg_temp.status(:'made'), 'cancelled', 'and its hold is gone');
SELECT is(pg_temp.read(:'walk_entry', 'THIRD33'), 'open walk_in', 'so the next car gets the spot');
SELECT is(pg_temp.read(:'walk_exit', 'WALK01') || pg_temp.read(:'walk_exit', 'THIRD33'), 'open exitedopen exited', 'both leave');
SELECT is(pg_temp.read(:'charger_entry', 'PLUG 44'), 'deny lot_full', 'no standard spot, no walk-in');
SELECT pg_temp.hold(:'walk_lot', 'OLDHOLD 8') AS old \gset
SELECT pg_temp.lapse(:'old');
SET smart_parking.reacquire_window = 0;
SELECT is(pg_temp.read(:'walk_entry', 'OLDHOLD8'), 'open walk_in', 'with a hold that lapsed too long ago a car is a walk-in');
RESET smart_parking.reacquire_window;
SELECT is(pg_temp.status(:'old'), 'expired', 'and that hold ends');
SELECT is(pg_temp.free(:'walk_lot'), 1::bigint, 'one spot is taken');

-- overstay
UPDATE smart_parking.parking SET max_stay = '1 hour' WHERE id = :'lot';
SELECT pg_temp.hold(:'lot', 'LONG 66') AS long \gset
SELECT pg_temp.hold(:'lot', 'SHORT 7') AS short \gset
SELECT is(pg_temp.read(:'entry', 'LONG66') || pg_temp.read(:'entry', 'SHORT7'), 'open enteredopen entered', 'two cars come in');
SELECT is(smart_parking.close_overstays(), 0, 'nobody has stayed too long');
SET LOCAL session_replication_role = replica;
UPDATE smart_parking.booking SET created_at = created_at - interval '2 hours', confirmed_at = confirmed_at - interval '2 hours' WHERE id = :'long';
SET LOCAL session_replication_role = origin;
SELECT is(smart_parking.close_overstays(), 1, 'one has');
SELECT is(pg_temp.status(:'long') || ' ' || pg_temp.status(:'short'), 'completed confirmed', 'and that is closed');
SELECT is((SELECT reason FROM smart_parking.booking_event WHERE booking_id = :'long' AND event = 'completed'), 'stayed longer than max_stay', 'with that reason');
SELECT is(pg_temp.read(:'exit', 'LONG66'), 'open exited_after_overstay', 'the car leaves');
SELECT is(pg_temp.read(:'exit', 'LONG66'), 'manual exit_without_entry', 'once');
SELECT is(pg_temp.read(:'exit', 'SHORT7'), 'open exited', 'the other one as any');
SELECT throws_ok(format('SELECT smart_parking.close_overstays(%s)', max), code, NULL, 'close_overstays of ' || max) FROM (VALUES ('0', 'SP017'), ('NULL', 'SP016')) t (max, code);

-- another car
SELECT pg_temp.hold(:'lot', 'CHANGE 1') AS held \gset
SELECT pg_temp.hold(:'lot', 'TAKEN 99') AS taken \gset
SELECT is(smart_parking.change_plate(:'held', 'rental-42'), 'RENTAL42', 'a driver comes with another car');
SELECT is((SELECT details FROM smart_parking.booking_event WHERE booking_id = :'held' AND event = 'plate_changed'), '{"from": "CHANGE1", "to": "RENTAL42"}', 'both plates are on record');
SELECT is(smart_parking.change_plate(:'held', 'RENTAL 42'), 'RENTAL42', 'again changes nothing');
SELECT is(pg_temp.events(:'held'), 'plate_changed', 'nor is it on record');
SELECT throws_ok(format('SELECT smart_parking.change_plate(%L, %L)', id, plate), code, NULL, code) FROM (VALUES
	(:'held', 'TAKEN99', 'SP022'), (:'held', '', 'SP010'), (:'held', NULL, 'SP016'), (NULL, 'X', 'SP016'), (gen_random_uuid()::text, 'X', 'SP002'), (:'long', 'X', 'SP023')) t (id, plate, code);
SELECT pg_temp.lapse(:'taken');
SELECT throws_ok(format('SELECT smart_parking.change_plate(%L, %L)', :'taken', 'X'), 'SP023', NULL, 'a hold that has lapsed');
SELECT is(smart_parking.change_plate(:'held', 'TAKEN 99'), 'TAKEN99', 'a plate of a hold that has lapsed can be had');
SELECT is(pg_temp.status(:'taken'), 'expired', 'which ends');
SELECT is(pg_temp.read(:'entry', 'RENTAL42'), 'deny no_booking', 'the plate before is a stranger''s');
SELECT is(pg_temp.read(:'entry', 'TAKEN99'), 'open entered', 'the new one comes in');
SELECT throws_ok(format('SELECT smart_parking.change_plate(%L, %L)', :'held', 'X'), 'SP023', NULL, 'a car that is inside');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
