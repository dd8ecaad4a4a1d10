-- However often plans are made anew, they reach their rows by an index, though the tables are small; and what that takes is
-- not seen by triggers.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET client_min_messages = error;
SET LOCAL smart_parking.max_holds_per_user = 0;

SELECT smart_parking.add_parking('Plans', 51.05, 13.74, 6) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit \gset
CREATE TABLE pg_temp.place AS SELECT :'lot'::uuid AS lot, :'entry'::uuid AS entry, :'exit'::uuid AS exit;
CREATE SEQUENCE pg_temp.car;
CREATE FUNCTION pg_temp.scans() RETURNS bigint LANGUAGE sql AS $$
	SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE schemaname = 'smart_parking' AND relname IN ('booking', 'booking_event', 'counter_slice', 'spot')
$$;
-- Foreign keys are left out: their plans are PostgreSQL's own.
SELECT format('ALTER TABLE smart_parking.%I DISABLE TRIGGER ALL', relname) FROM pg_class WHERE relnamespace = 'smart_parking'::regnamespace AND relkind = 'r' \gexec

-- How many scans of whole tables some calls make after some command.
CREATE FUNCTION pg_temp.scans_after(command text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	before bigint;
	place pg_temp.place;
	held uuid;
	plate text := 'PL' || nextval('pg_temp.car');
BEGIN
	SELECT * INTO place FROM pg_temp.place;
	EXECUTE command;
	before := pg_temp.scans();
	held := (smart_parking.reserve_spot(place.lot, gen_random_uuid(), plate, request_id => gen_random_uuid())).booking_id;
	PERFORM smart_parking.cancel_booking((smart_parking.reserve_certain_spot(place.lot, gen_random_uuid(), plate || 'Y', 5)).booking_id);
	PERFORM FROM smart_parking.free_spots_of(place.lot), smart_parking.holds_ending('1 hour');
	PERFORM smart_parking.cancel_group(g.group_id) FROM smart_parking.reserve_spots(place.lot, gen_random_uuid(), ARRAY[plate || 'A', plate || 'B'], request_id => gen_random_uuid()) AS g LIMIT 1;
	PERFORM smart_parking.cancel_booking((smart_parking.reserve_nearby(51.05, 13.74, gen_random_uuid(), plate || 'N')).booking_id);
	PERFORM smart_parking.renew_hold(held);
	PERFORM smart_parking.extend_hold(held, '1 minute');
	PERFORM smart_parking.validate_plate(place.entry, plate), smart_parking.validate_plate(place.exit, plate);
	held := (smart_parking.reserve_spot(place.lot, gen_random_uuid(), plate || 'X')).booking_id;
	PERFORM smart_parking.cancel_booking(held), smart_parking.release_expired();
	RETURN pg_temp.scans() - before;
END $$;

ANALYZE smart_parking.booking, smart_parking.booking_event, smart_parking.counter_slice, smart_parking.spot;
SELECT is(pg_temp.scans_after(command), 0::bigint, format('no scan after %s', command)) FROM unnest(ARRAY[
	'SELECT 1', 'DISCARD PLANS', 'ANALYZE smart_parking.booking', 'SET LOCAL search_path = public, smart_parking', 'SET LOCAL search_path = public',
	'CREATE TEMP TABLE of_session ()', 'ALTER TABLE smart_parking.booking ADD COLUMN note text', 'ALTER TABLE smart_parking.booking DROP COLUMN note']) command;
-- count(*) would do with an index
SET LOCAL enable_indexonlyscan = off;
SELECT count(*) AS all_bookings FROM smart_parking.booking \gset
SELECT cmp_ok(pg_temp.scans(), '>', 0::bigint, 'a scan would be seen');

CREATE TABLE pg_temp.seen (settings text);
CREATE FUNCTION pg_temp.look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO pg_temp.seen SELECT string_agg(name || ' ' || setting, ', ' ORDER BY name) FROM pg_settings
	WHERE name IN ('enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin');
	RETURN new;
END $$;
CREATE TRIGGER look AFTER UPDATE ON smart_parking.booking FOR EACH ROW EXECUTE FUNCTION pg_temp.look();
SELECT booking_id FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'SEEN1') \gset
DISCARD PLANS;
SELECT smart_parking.cancel_booking(:'booking_id') AS cancelled \gset
SELECT results_eq('SELECT DISTINCT settings FROM pg_temp.seen', $$ VALUES ('enable_bitmapscan on, enable_hashjoin on, enable_mergejoin on, enable_seqscan on') $$,
	'a trigger sees the settings of its user');

SELECT * FROM finish();
ROLLBACK;
