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

\ir ../day.psql

-- The day with triggers on a table, all undone; and what was wrong by then.
CREATE FUNCTION pg_temp.day_with(relation regclass, levels text[], OUT answers text[], OUT wrong text[], OUT turns bigint) LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		FOR n IN 1 .. cardinality(levels) LOOP
			EXECUTE format('CREATE TRIGGER a%s %s INSERT OR UPDATE ON %s FOR EACH %s EXECUTE FUNCTION pg_temp.again()',
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

SELECT answers AS expected, turns AS no_turns, wrong AS nothing FROM pg_temp.day_with('smart_parking.booking', '{}') \gset
SELECT is(:'nothing'::text[], '{}', 'nothing is wrong after a day without triggers');
SELECT line
FROM pg_class r, LATERAL pg_temp.day_with(r.oid::regclass, '{BEFORE ROW,BEFORE STATEMENT,AFTER ROW,AFTER STATEMENT}') d,
	LATERAL (VALUES (is(d.answers, :'expected'::text[], format('the same answers with triggers on %s', r.relname))),
		(is(d.wrong, '{}', format('nothing is wrong with triggers on %s', r.relname))),
		(cmp_ok(d.turns, '>=', 12::bigint, format('triggers on %s fired', r.relname)))) t (line)
-- nothing fails in a sweep of that day
WHERE r.relnamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace) AND r.relkind = 'r' AND r.relname <> 'sweep_failure';

-- The same from a function of an index, which is called while the indexes of the table are written.
CREATE FUNCTION public.of_index(value anyelement) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF current_setting('reentrance.mode', true) = 'call' THEN
		PERFORM set_config('reentrance.mode', '', true);
		CREATE TEMP TABLE passing (n integer);
		DROP TABLE passing;
		PERFORM pg_temp.call_something(nextval('pg_temp.turn'));
		PERFORM set_config('reentrance.mode', 'call', true);
	ELSIF current_setting('reentrance.mode', true) = 'fail' THEN
		RAISE EXCEPTION USING ERRCODE = 'TEST2', MESSAGE = 'not now';
	END IF;
	RETURN 1;
END $$;
CREATE FUNCTION pg_temp.reserve(plate text) RETURNS text LANGUAGE sql AS
$$ SELECT r.outcome FROM pg_temp.place AS p, smart_parking.reserve_spot(p.lot, gen_random_uuid(), plate) r $$;
CREATE INDEX noisy_booking ON smart_parking.booking (public.of_index(user_id)) WHERE public.of_index(spot_no) = 1;
CREATE INDEX noisy_slice ON smart_parking.counter_slice (public.of_index(free_spots), free_spots);
ALTER FUNCTION public.of_index(anyelement) VOLATILE;
SET LOCAL reentrance.mode = 'call';
SELECT is(array_agg(DISTINCT pg_temp.reserve('I' || n)), '{reserved}', 'reservations from within the function of an index') FROM generate_series(1, 24) n;
SET LOCAL reentrance.mode = 'fail';
SELECT throws_ok(format('SELECT pg_temp.reserve(''F%s'')', n), 'TEST2', 'not now', 'an index that refuses a row') FROM generate_series(1, 3) n;
SET LOCAL reentrance.mode = 'call';
SELECT is(array_agg(DISTINCT pg_temp.reserve('J' || n)), '{reserved}', 'and takes others after that') FROM generate_series(1, 12) n;
SET LOCAL reentrance.mode = '';
SELECT is((SELECT count(*) FROM smart_parking.booking WHERE car_plate::text ~ '^[IJF][0-9]+$'), 36::bigint, 'all of them are there, and none that was refused');
CREATE EXTENSION IF NOT EXISTS amcheck;
SELECT lives_ok(format('SELECT bt_index_check(%L, heapallindexed => true)', i.indexrelid::regclass), i.indexrelid::regclass::text)
FROM pg_index i WHERE i.indrelid IN ('smart_parking.booking'::regclass, 'smart_parking.counter_slice'::regclass);
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

SELECT * FROM finish();
ROLLBACK;
