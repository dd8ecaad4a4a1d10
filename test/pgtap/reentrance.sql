-- Triggers of a user's on each of our tables that call the extension again, with every plan out of date: what the call around
-- them finds afterwards is its own.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET client_min_messages = error;
SET LOCAL smart_parking.max_holds_per_user = 0;

SELECT smart_parking.add_parking('Outer', 51.05, 13.74, 12) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit \gset
SELECT smart_parking.add_parking('Inner', 51.06, 13.75, 2000) AS inner \gset
SELECT smart_parking.add_gate(:'inner', 'in', 'entry') AS inner_entry, smart_parking.add_gate(:'inner', 'out', 'exit') AS inner_exit \gset
UPDATE smart_parking.gate SET passage_window = '0', senses_passage = true WHERE parking_id IN (:'lot', :'inner');

CREATE TABLE pg_temp.place AS SELECT :'inner'::uuid AS lot, :'inner_entry'::uuid AS entry, :'inner_exit'::uuid AS exit,
	:'lot'::uuid AS outer_lot, :'entry'::uuid AS outer_entry, :'exit'::uuid AS outer_exit;
CREATE SEQUENCE pg_temp.turn;
CREATE TABLE pg_temp.nested (function text, said text);

-- One of the public functions, in turn.
CREATE FUNCTION pg_temp.call_something(n bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	place CONSTANT pg_temp.place := (SELECT p FROM pg_temp.place AS p);
	plate CONSTANT text := 'N' || n;
	held uuid;
	command uuid;
BEGIN
	held := (smart_parking.reserve_spot(place.lot, gen_random_uuid(), plate, request_id => gen_random_uuid())).booking_id;
	CASE n % 12
		WHEN 0 THEN PERFORM smart_parking.cancel_booking(held);
			RETURN 'cancel_booking';
		WHEN 1 THEN PERFORM smart_parking.extend_hold(held, '1 minute');
			RETURN 'extend_hold';
		WHEN 2 THEN command := (smart_parking.validate_plate(place.entry, plate)).command_id;
			PERFORM smart_parking.acknowledge_command(command);
			PERFORM smart_parking.report_passage(command);
			PERFORM smart_parking.validate_plate(place.exit, plate);
			RETURN 'validate_plate';
		WHEN 3 THEN
			-- what the call around this one is about to release is its own
			IF NOT EXISTS (SELECT FROM smart_parking.booking b WHERE b.parking_id = place.outer_lot AND b.status = 'pending' AND b.expires_at <= clock_timestamp()) THEN
				PERFORM smart_parking.release_expired();
			END IF;
			RETURN 'release_expired';
		WHEN 4 THEN UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = held;
			PERFORM smart_parking.expire_booking(held);
			RETURN 'expire_booking';
		WHEN 5 THEN PERFORM FROM smart_parking.nearby_parking(51.05, 13.74);
			RETURN 'nearby_parking';
		WHEN 6 THEN PERFORM smart_parking.change_plate(held, plate || 'X');
			RETURN 'change_plate';
		WHEN 7 THEN PERFORM smart_parking.add_gate(smart_parking.add_parking('More', 51.07, 13.76, 9), 'in', 'entry');
			RETURN 'add_parking';
		WHEN 8 THEN PERFORM smart_parking.set_spot_service(place.lot, 2000 - n::integer % 1000, false);
			RETURN 'set_spot_service';
		WHEN 9 THEN PERFORM smart_parking.record_read(place.entry, jsonb_build_object('plate', plate, 'read_at', clock_timestamp()), 'own');
			RETURN 'record_read';
		WHEN 10 THEN PERFORM smart_parking.open_manually(place.entry, 'somebody rang');
			PERFORM smart_parking.expire_commands(), smart_parking.close_overstays();
			RETURN 'open_manually';
		WHEN 11 THEN PERFORM smart_parking.resize_parking(smart_parking.add_parking('Grows', 51.07, 13.76, 5), 8);
			RETURN 'resize_parking';
	END CASE;
END $$;

CREATE FUNCTION pg_temp.again() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	function text;
BEGIN
	IF pg_trigger_depth() > 1 THEN
		RETURN new;
	END IF;
	DISCARD PLANS;
	ANALYZE smart_parking.counter_slice, smart_parking.booking, smart_parking.spot, smart_parking.gate;
	-- all of them the first time
	FOR n IN 1 .. CASE WHEN EXISTS (SELECT FROM pg_temp.nested) THEN 1 ELSE 12 END LOOP
		BEGIN
			function := pg_temp.call_something(nextval('pg_temp.turn'));
			INSERT INTO pg_temp.nested VALUES (function, 'done');
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO pg_temp.nested VALUES (function, sqlstate || ' ' || sqlerrm);
		END;
	END LOOP;
	DISCARD PLANS;
	RETURN new;
END $$;

-- What a lot and its gates do in a day, and what they answer.
CREATE FUNCTION pg_temp.day(lot uuid, entry uuid, exit uuid) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	anna CONSTANT uuid := gen_random_uuid();
	request CONSTANT uuid := gen_random_uuid();
	held smart_parking.reservation;
	other smart_parking.reservation;
	verdict smart_parking.verdict;
	read uuid;
BEGIN
	held := smart_parking.reserve_spot(lot, anna, 'DD AN 1206', request_id => request);
	RETURN NEXT held.outcome;
	other := smart_parking.reserve_spot(lot, anna, 'DD AN 1206', request_id => request);
	RETURN NEXT other.booking_id = held.booking_id AND other.spot_label = held.spot_label;
	RETURN NEXT smart_parking.extend_hold(held.booking_id, '1 minute') - held.expires_at;
	RETURN NEXT smart_parking.change_plate(held.booking_id, 'DD AN 1207');
	verdict := smart_parking.validate_plate(entry, 'DDAN1207', event_id => 'e1');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason, verdict.booking_id = held.booking_id, verdict.spot_label = held.spot_label);
	RETURN NEXT smart_parking.acknowledge_command(verdict.command_id);
	RETURN NEXT smart_parking.report_passage(verdict.command_id, event_id => 'p1');
	verdict := smart_parking.validate_plate(exit, 'DDAN1207');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason, verdict.booking_id = held.booking_id);
	RETURN NEXT smart_parking.report_passage(verdict.command_id);

	-- holds that end otherwise
	held := smart_parking.reserve_spot(lot, anna, 'CANCEL1');
	RETURN NEXT smart_parking.cancel_booking(held.booking_id, 'the weather');
	held := smart_parking.reserve_spot(lot, anna, 'LAPSE1');
	UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = held.booking_id;
	PERFORM smart_parking.release_expired();
	RETURN NEXT (SELECT b.status::text FROM smart_parking.booking b WHERE b.id = held.booking_id);
	held := smart_parking.reserve_spot(lot, anna, 'LAPSE2');
	UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = held.booking_id;
	held := smart_parking.reserve_spot(lot, anna, 'LAPSE2');
	RETURN NEXT held.outcome;

	-- gates
	RETURN NEXT (SELECT count(*) FROM smart_parking.record_read(entry, '{"plate": "NOBODY1"}', 'own'));
	RETURN NEXT smart_parking.open_manually(entry, 'no plate') IS NOT NULL;
	verdict := smart_parking.validate_plate(entry, 'LAPSE2');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason, verdict.booking_id = held.booking_id);
	SELECT r.id INTO read FROM smart_parking.plate_read r WHERE r.gate_id = entry AND r.car_plate::text = 'LAPSE2';
	verdict := smart_parking.correct_read(read, 'OTHER1', 'the camera was dirty');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason);
	RETURN NEXT (SELECT count(*) FROM smart_parking.replay_reads(entry, '[{"plate": "OFF1", "read_at": "2026-01-01 00:00:00Z"}]'));
	RETURN NEXT smart_parking.set_gate(entry, command_life => '1 minute');
	RETURN NEXT (SELECT count(*) FROM smart_parking.export_gate_list(exit));

	RETURN NEXT smart_parking.report_gate_passage(exit, 'x1');

	-- the lot
	RETURN NEXT (SELECT name FROM smart_parking.nearby_parking(51.05, 13.74, max_results => 1));
	RETURN NEXT smart_parking.set_spot_service(lot, 12, false);
	RETURN NEXT smart_parking.resize_parking(lot, 10);
	RETURN NEXT smart_parking.set_parking(lot, walk_in => true);
	verdict := smart_parking.validate_plate(entry, 'WALKIN1');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason);
	RETURN NEXT smart_parking.add_plate_rule('RULE1', 'permit') IS NOT NULL;
	verdict := smart_parking.validate_plate(entry, 'RULE1');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason);
	FOR n IN 1 .. 10 LOOP
		held := smart_parking.reserve_spot(lot, anna, 'LAST' || n);
	END LOOP;
	RETURN NEXT held.outcome;
	RETURN NEXT smart_parking.close_parking(lot);
	RETURN NEXT (smart_parking.reserve_spot(lot, anna, 'LATE1')).outcome;
END $$;

-- The day with triggers on a table, all undone; and what was wrong by then.
CREATE FUNCTION pg_temp.day_with(relation text, levels text[], OUT answers text[], OUT wrong text[], OUT turns bigint) LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		FOR n IN 1 .. cardinality(levels) LOOP
			EXECUTE format('CREATE TRIGGER a%s %s INSERT OR UPDATE ON smart_parking.%I FOR EACH %s EXECUTE FUNCTION pg_temp.again()',
				n, split_part(levels[n], ' ', 1), relation, split_part(levels[n], ' ', 2));
		END LOOP;
		answers := array(SELECT pg_temp.day(outer_lot, outer_entry, outer_exit) FROM pg_temp.place);
		turns := (SELECT count(*) FROM pg_temp.nested);
		wrong := array(SELECT invariant || ' ' || coalesce(detail, '') FROM smart_parking.check_invariants()) ||
			array(SELECT DISTINCT n.function || ' ' || n.said FROM pg_temp.nested AS n WHERE n.said <> 'done');
		RAISE EXCEPTION USING ERRCODE = 'TEST1';
	EXCEPTION WHEN SQLSTATE 'TEST1' THEN NULL;
	END;
END $$;

SELECT answers AS expected, turns AS no_turns, wrong AS nothing FROM pg_temp.day_with('booking', '{}') \gset
SELECT is(:'nothing'::text[], '{}', 'nothing is wrong after a day without triggers');
SELECT line
FROM pg_class r, LATERAL pg_temp.day_with(r.relname, '{BEFORE ROW,BEFORE STATEMENT,AFTER ROW,AFTER STATEMENT}') d,
	LATERAL (VALUES (is(d.answers, :'expected'::text[], format('the same answers with triggers on %s', r.relname))),
		(is(d.wrong, '{}', format('nothing is wrong with triggers on %s', r.relname))),
		(cmp_ok(d.turns, '>=', 12::bigint, format('triggers on %s fired', r.relname)))) t (line)
WHERE r.relnamespace = 'smart_parking'::regnamespace AND r.relkind = 'r';

SELECT * FROM finish();
ROLLBACK;
