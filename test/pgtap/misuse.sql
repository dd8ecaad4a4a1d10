-- A role with nothing but the application's or a gate's grants tries for more.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Lot', 51.05, 13.74, 10) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry \gset
CREATE ROLE sp_app;
CREATE ROLE sp_gate;
SELECT smart_parking.grant_access('sp_app', 'application'), smart_parking.grant_access('sp_gate', 'gate') \g /dev/null

-- Look-alikes of what our statements use, in a schema of the attacker's that comes first in his search_path. Each of
-- them raises P0001; whoever they run as has been tricked.
CREATE SCHEMA trap AUTHORIZATION sp_app;
GRANT USAGE ON SCHEMA trap TO sp_gate;
DO $$
DECLARE
	type text;
	name text;
BEGIN
	FOREACH type IN ARRAY ARRAY['uuid', 'text', 'int4', 'int8', 'timestamptz', 'smart_parking.license_plate', 'smart_parking.booking_status'] LOOP
		EXECUTE format('CREATE FUNCTION trap.spring(%1$s, %1$s) RETURNS boolean LANGUAGE plpgsql AS
			''BEGIN RAISE EXCEPTION ''''sprung as %%'''', current_user; END''', type);
		FOREACH name IN ARRAY ARRAY['=', '<', '<=', '>', '&', '|', '-', '+', '<<', '<>'] LOOP
			EXECUTE format('CREATE OPERATOR trap.%1$s (LEFTARG = %2$s, RIGHTARG = %2$s, FUNCTION = trap.spring)', name, type);
		END LOOP;
	END LOOP;
	FOREACH name IN ARRAY ARRAY['now()', 'clock_timestamp()', 'statement_timestamp()', 'spots_in_map(bigint)', 'slice_in_step(int, int, bigint, bigint)',
		'booking_in_step(smart_parking.booking_status, timestamptz, timestamptz)', 'require_argument(text, boolean)',
		'check_coordinates(float8, float8)', 'location_of(float8, float8)', 'st_dwithin(geography, geography, float8, boolean)',
		'booking_guard()', 'format(text, text)', 'lower(text)'] LOOP
		EXECUTE format('CREATE FUNCTION trap.%s RETURNS boolean LANGUAGE plpgsql AS
			''BEGIN RAISE EXCEPTION ''''sprung as %%'''', current_user; END''', name);
	END LOOP;
END $$;

-- Runs a command as a role whose search_path is the trap; its result, or its SQLSTATE.
CREATE FUNCTION pg_temp.try(role_name name, command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	path CONSTANT text := current_setting('search_path');
	result text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role_name);
	SET LOCAL search_path = trap, smart_parking, pg_temp, pg_catalog, public;
	EXECUTE command INTO result;
	RESET ROLE;
	PERFORM pg_catalog.set_config('search_path', path, true);
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.digest() RETURNS text LANGUAGE sql AS $$
	SELECT md5(concat((SELECT string_agg(b::text, ',' ORDER BY id) FROM smart_parking.booking AS b),
		(SELECT string_agg(s::text, ',' ORDER BY parking_id, kind, slice_no) FROM smart_parking.counter_slice AS s),
		(SELECT count(*) FROM smart_parking.plate_read), (SELECT string_agg(p::text, ',' ORDER BY id) FROM smart_parking.parking AS p))) $$;

SELECT is(pg_temp.try('sp_app', $$ SELECT 'a'::text = 'b'::text $$), 'P0001', 'the trap is set: an unqualified = springs it');
SELECT is(pg_temp.try('sp_app', 'SELECT now()'), 'P0001', 'an unqualified now() too');

-- Tables of the same names, in the attacker's temporary schema, before the first call of the session: plans are kept.
SET LOCAL ROLE sp_app;
SELECT format('CREATE TEMP TABLE %I (id uuid, parking_id uuid, spot_no int, free_spots int)', name)
FROM unnest(ARRAY['parking', 'spot', 'counter_slice', 'booking', 'booking_event', 'gate', 'plate_read', 'barrier_command', 'passage', 'gate_incident']) AS name \gexec
RESET ROLE;

SELECT is(pg_temp.try('sp_app', format($$ SELECT outcome FROM smart_parking.reserve_spot(%L, %L, 'TRAP 1') $$, :'lot', gen_random_uuid())), 'reserved',
	'reserve_spot is not trapped');
SELECT id AS held FROM smart_parking.booking WHERE parking_id = :'lot' \gset
SELECT is(pg_temp.try('sp_app', format($$ SELECT outcome FROM smart_parking.reserve_spot(%L, %L, 'TRAP 2', request_id => %L) $$,
	:'lot', gen_random_uuid(), gen_random_uuid())), 'reserved', 'nor with a request_id');
SELECT is(pg_temp.try('sp_app', format($$ SELECT outcome FROM smart_parking.reserve_certain_spot(%L, %L, 'TRAP 3', spot_label => '9', request_id => %L) $$,
	:'lot', gen_random_uuid(), gen_random_uuid())), 'reserved', 'nor reserve_certain_spot');
SELECT is(pg_temp.try('sp_app', format('SELECT count(*) FROM smart_parking.free_spots_of(%L)', :'lot')), '7', 'nor free_spots_of');
SELECT is(pg_temp.try('sp_app', $$ SELECT count(*) FROM smart_parking.holds_ending('1 hour') $$), '3', 'nor holds_ending');
SELECT is(pg_temp.try('sp_app', format($$ SELECT pg_catalog.min(outcome) FROM smart_parking.reserve_spots(%L, %L, '{"TRAP 4","TRAP 5"}', request_id => %L) $$,
	:'lot', gen_random_uuid(), gen_random_uuid())), 'reserved', 'nor reserve_spots');
SELECT is(pg_temp.try('sp_app', format($$ SELECT pg_catalog.count(*) FROM smart_parking.extend_group(%L, '1 minute') $$, group_id)), '2', 'nor extend_group')
FROM smart_parking.booking_group WHERE nth = 1;
SELECT is(pg_temp.try('sp_app', format($$ SELECT pg_catalog.count(*) FROM smart_parking.cancel_group(%L) $$, group_id)), '2', 'nor cancel_group')
FROM smart_parking.booking_group WHERE nth = 1;
SELECT is(pg_temp.try('sp_app', format($$ SELECT outcome FROM smart_parking.reserve_nearby(51.05, 13.74, %L, 'TRAP 6', request_id => %L) $$,
	gen_random_uuid(), gen_random_uuid())), 'reserved', 'nor reserve_nearby');
SELECT is(pg_temp.try('sp_app', format($$ SELECT outcome FROM smart_parking.reserve_nearby(51.05, 13.74, %L, 'TRAP 6') $$, user_id)), 'already_reserved', 'nor when it is asked again')
FROM smart_parking.booking WHERE car_plate::text = 'TRAP6';
SELECT is(pg_temp.try('sp_app', format('SELECT smart_parking.cancel_booking(%L)', id)), 'cancelled', 'that hold goes again') FROM smart_parking.booking WHERE car_plate::text = 'TRAP6';
SELECT is(pg_temp.try('sp_app', format($$ SELECT outcome FROM smart_parking.join_queue(%L, %L, 'TRAP 7', request_id => %L) $$, :'lot', gen_random_uuid(), gen_random_uuid())), 'offered', 'nor join_queue');
SELECT is(pg_temp.try('sp_app', format('SELECT outcome FROM smart_parking.%I(%L)', call, id)), said, 'nor ' || call)
FROM smart_parking.queue_entry, (VALUES (1, 'queue_position', 'offered'), (2, 'accept_offer', 'taken'), (3, 'leave_queue', 'taken')) AS t (n, call, said) ORDER BY n;
SELECT is(pg_temp.try('sp_app', 'SELECT count(*) FROM smart_parking.open_offers'), '0', 'nor the view of offers');
SELECT is(pg_temp.try('sp_app', format('SELECT smart_parking.cancel_booking(%L)', id)), 'cancelled', 'that hold goes, too') FROM smart_parking.booking WHERE car_plate::text = 'TRAP7';
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE car_plate::text = 'TRAP3';
SELECT is(pg_temp.try('sp_app', format('SELECT outcome FROM smart_parking.renew_hold(%L)', id)), 'reserved', 'nor renew_hold') FROM smart_parking.booking WHERE car_plate::text = 'TRAP3';
SELECT is(pg_temp.try('sp_app', format('SELECT smart_parking.cancel_booking(%L)', id)), 'cancelled', 'a hold goes again')
FROM smart_parking.booking WHERE car_plate::text = 'TRAP3' AND status = 'pending';
SELECT is(pg_temp.try('sp_app', format($$ SELECT smart_parking.extend_hold(%L, '1 minute') IS NOT NULL $$, :'held')), 'true', 'nor extend_hold');
SELECT is(pg_temp.try('sp_app', 'SELECT count(*) FROM smart_parking.nearby_parking(51.05, 13.74)'), '1', 'nor nearby_parking');
SELECT is(pg_temp.try('sp_app', format('SELECT smart_parking.home_cell(%L)', :'lot')), smart_parking.home_cell(:'lot')::text, 'nor home_cell');
SELECT is(pg_temp.try('sp_gate', format($$ SELECT reason FROM smart_parking.validate_plate(%L, 'TRAP 1', pg_catalog.now(), NULL, 'e1') $$, :'entry')), 'entered',
	'nor validate_plate');
SELECT is(pg_temp.try('sp_gate', format($$ SELECT reason FROM smart_parking.validate_plate(%L, 'TRAP 1', pg_catalog.now(), NULL, 'e1') $$, :'entry')), 'entered',
	'nor with an event that comes again');
SELECT id AS other FROM smart_parking.booking WHERE parking_id = :'lot' AND status = 'pending' \gset
SELECT is(pg_temp.try('sp_app', format('SELECT smart_parking.cancel_booking(%L)', :'other')), 'cancelled', 'nor cancel_booking');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- Writing past the functions, and reading what is another plane's

SELECT pg_temp.digest() AS before \gset
SELECT is(pg_temp.try(role_name, format(command, relname)), '42501', format('%s: %s', role_name, format(command, relname)))
FROM unnest(ARRAY['parking', 'spot', 'counter_slice', 'booking', 'booking_event', 'gate', 'plate_read', 'barrier_command', 'passage', 'gate_incident', 'plate_rule', 'parking_event', 'booking_group', 'queue_entry']) AS relname,
	unnest(ARRAY['sp_app', 'sp_gate']::name[]) AS role_name,
	unnest(ARRAY['INSERT INTO smart_parking.%I DEFAULT VALUES', 'DELETE FROM smart_parking.%I', 'TRUNCATE smart_parking.%I CASCADE',
		'ALTER TABLE smart_parking.%I DISABLE TRIGGER ALL', 'LOCK TABLE smart_parking.%I IN ACCESS EXCLUSIVE MODE',
		'CREATE TRIGGER mine BEFORE INSERT ON smart_parking.%I FOR EACH ROW EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()',
		'CREATE RULE mine AS ON INSERT TO smart_parking.%I DO INSTEAD NOTHING']) AS command;
SELECT is(pg_temp.try('sp_app', command), '42501', 'sp_app: ' || command)
FROM unnest(ARRAY['UPDATE smart_parking.counter_slice SET free_spots = 0', $$ UPDATE smart_parking.booking SET status = 'cancelled' $$,
	'SELECT count(*) FROM smart_parking.plate_read', 'SELECT count(*) FROM smart_parking.barrier_command', 'SELECT count(*) FROM smart_parking.gate',
	'SELECT smart_parking.release_expired()', $$ SELECT smart_parking.grant_access('sp_app', 'operator') $$,
	'CREATE FUNCTION smart_parking.mine() RETURNS int LANGUAGE sql AS $f$ SELECT 1 $f$',
	$$ CREATE OR REPLACE FUNCTION smart_parking.home_cell(id uuid) RETURNS text LANGUAGE sql AS $f$ SELECT 'here' $f$ $$,
	'ALTER FUNCTION smart_parking.home_cell(uuid) SECURITY DEFINER', 'DROP FUNCTION smart_parking.check_invariants()', 'DROP EXTENSION smart_parking CASCADE',
	'SET smart_parking.max_holds_per_user = 0', 'SET smart_parking.group_counts_once = on', 'SET smart_parking.offer_life = 1', 'SELECT smart_parking.make_offers()', $$ SET smart_parking.max_hold = '1000 days' $$, 'SET smart_parking.reacquire_window = 0',
	'SET session_replication_role = replica']) AS command;
SELECT is(pg_temp.try('sp_gate', command), '42501', 'sp_gate: ' || command)
FROM unnest(ARRAY['SELECT count(*) FROM smart_parking.booking', 'SELECT count(*) FROM smart_parking.plate_read', 'SELECT count(*) FROM smart_parking.parking_status',
	format($$ SELECT outcome FROM smart_parking.reserve_spot(%L, %L, 'GATE 1') $$, :'lot', gen_random_uuid()),
	format($$ SELECT outcome FROM smart_parking.reserve_certain_spot(%L, %L, 'GATE 1', 1) $$, :'lot', gen_random_uuid()),
	format('SELECT * FROM smart_parking.free_spots_of(%L)', :'lot'), format('SELECT outcome FROM smart_parking.renew_hold(%L)', :'held'),
	$$ SELECT * FROM smart_parking.holds_ending('1 hour') $$,
	format($$ SELECT * FROM smart_parking.reserve_spots(%L, %L, '{GATE1}') $$, :'lot', gen_random_uuid()),
	format($$ SELECT * FROM smart_parking.join_queue(%L, %L, 'GATE1') $$, :'lot', gen_random_uuid()), 'SELECT smart_parking.make_offers()',
	format($$ SELECT * FROM smart_parking.reserve_nearby(51.05, 13.74, %L, 'GATE1') $$, gen_random_uuid()), format('SELECT * FROM smart_parking.cancel_group(%L)', :'held'), format('SELECT smart_parking.cancel_booking(%L)', :'held'), 'SELECT count(*) FROM smart_parking.nearby_parking(51.05, 13.74)']) AS command;
SELECT is(pg_temp.digest(), :'before', 'nothing of it changed anything');

UPDATE smart_parking.gate SET passage_window = '0';

-- Hostile text: refused as what it is not, or kept as it is

SELECT is(pg_temp.try('sp_app', format('SELECT outcome FROM smart_parking.reserve_spot(%L, %L, %L)', :'lot', gen_random_uuid(), plate)), 'SP010',
	format('no plate: %s', left(plate, 40)))
FROM unnest(ARRAY['', ' ', '--', repeat('X', 17), repeat('A', 1000000), E'A\u0001B', '$$; DROP TABLE smart_parking.booking; --', repeat('''', 5000)]) AS plate;
SELECT is(pg_temp.try('sp_app', format('SELECT outcome FROM smart_parking.reserve_spot(%L, %L, %L, kind => %L)', :'lot', gen_random_uuid(), 'HOSTILE', kind)), 'SP015',
	format('no kind: %s', left(kind, 40)))
FROM unnest(ARRAY['', '''; DROP TABLE smart_parking.booking; --', 'standard''--', '%s%I', repeat('x', 1000000), E'standard\\']) AS kind;
SELECT is(pg_temp.try('sp_app', format('SELECT outcome FROM smart_parking.reserve_spot(%L, %L, %L)', :'lot', gen_random_uuid(), 'O''; --')), 'reserved',
	'a plate with a quote is taken');
SELECT is((SELECT count(*) FROM smart_parking.booking WHERE car_plate::text = 'O'';'), 1::bigint, 'as it is');
SELECT is(pg_temp.try('sp_app', format('SELECT outcome FROM smart_parking.reserve_certain_spot(%L, %L, %L, spot_label => %L)', :'lot', gen_random_uuid(), 'HOSTILE', label)), 'SP004',
	format('no label: %s', left(label, 40)))
FROM unnest(ARRAY['', '1 OR true', '''; DROP TABLE smart_parking.spot; --', '%s%I', repeat('x', 1000000), E'1\\']) AS label;
SELECT is(pg_temp.try('sp_app', format('SELECT outcome FROM smart_parking.reserve_spot(%L, %L, %L)', :'lot', gen_random_uuid(), 'REASON 1')), 'reserved', 'a hold to cancel');
SELECT id AS hostile FROM smart_parking.booking WHERE car_plate::text = 'REASON1' \gset
SELECT is(pg_temp.try('sp_app', format('SELECT smart_parking.cancel_booking(%L, %L)', :'hostile', $$'); DELETE FROM smart_parking.booking; --"\{}$$)), 'cancelled',
	'a reason with SQL in it');
SELECT is((SELECT reason FROM smart_parking.booking_event WHERE booking_id = :'hostile' AND event = 'cancelled'), $$'); DELETE FROM smart_parking.booking; --"\{}$$,
	'is kept as it is');
SELECT is(pg_temp.try('sp_gate', format('SELECT decision FROM smart_parking.validate_plate(%L, %L, pg_catalog.now())', :'entry', text)), 'manual',
	format('a camera that reads %s', left(text, 40)))
FROM unnest(ARRAY['''; DROP TABLE smart_parking.gate; --', '{"plate": [[[[]]]]}', repeat('?', 1000), repeat('Z', 1000000)]) AS text;
SELECT throws_ok(format('SELECT smart_parking.import_parkings(%L, %L)', features, 'hostile'), sqlstate, NULL, what)
FROM (VALUES ('{}', 'SP018', 'GeoJSON that is none'), ('{"type": "FeatureCollection", "features": {"a": 1}}', 'SP018', 'features that are no array'),
	('[' || repeat('[', 100000) || repeat(']', 100000) || ']', '54001', 'JSON nested 100,000 deep')) AS t (features, sqlstate, what);
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'after all that the invariants hold');

SELECT * FROM finish();
ROLLBACK;
