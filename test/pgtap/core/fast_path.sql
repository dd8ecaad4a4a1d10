-- When a reservation is written without a plan. Which way it went is seen by the plans that this session has made: a plan stays
-- once it is there, so all that must not lead to one comes before what must.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET client_min_messages = error;

SELECT smart_parking.add_parking('F', 51.05, 13.74, 40, slice_size => 10) AS lot \gset
CREATE SEQUENCE pg_temp.car;
CREATE FUNCTION pg_temp.reserve(lot uuid) RETURNS text LANGUAGE sql AS $$
	SELECT outcome FROM smart_parking.reserve_spot(lot, gen_random_uuid(), 'F' || nextval('pg_temp.car'))
$$;
-- The two statements that do it otherwise, those of them that this session has planned.
CREATE FUNCTION pg_temp.planned() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT substring(ident FROM '^\w+ [A-Z ]*smart_parking\.(\w+)'), ', ' ORDER BY substring(ident FROM '^\w+ [A-Z ]*smart_parking\.(\w+)'))
	FROM pg_backend_memory_contexts
	WHERE name = 'CachedPlan' AND (ident LIKE 'INSERT INTO smart\_parking.booking AS b%' OR ident LIKE 'UPDATE %smart\_parking.counter\_slice s SET free_spots = s.free_spots OPERATOR(pg\_catalog.-)%')
$$;
-- What is planned after some DDL, which stays, and a call.
CREATE FUNCTION pg_temp.planned_after(lot uuid, VARIADIC commands text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	command text;
	said text;
BEGIN
	FOREACH command IN ARRAY commands LOOP
		EXECUTE command;
	END LOOP;
	said := pg_temp.reserve(lot);
	RETURN concat_ws(': ', said, pg_temp.planned());
END $$;

SELECT is(pg_temp.planned_after(:'lot', 'SELECT 1'), 'reserved', 'as installed');
SELECT is(pg_temp.planned_after(:'lot', 'ALTER TABLE smart_parking.booking ADD COLUMN note text DEFAULT ''none''', 'ALTER TABLE smart_parking.booking DROP COLUMN note'),
	'reserved', 'a column of booking that was added and dropped');
SELECT is(pg_temp.planned_after(:'lot', 'ALTER TABLE smart_parking.counter_slice ADD COLUMN a int DEFAULT 1, ADD COLUMN b int NOT NULL DEFAULT 2',
	'ALTER TABLE smart_parking.counter_slice DROP COLUMN a, DROP COLUMN b'), 'reserved', 'columns of counter_slice that were added and dropped');
SELECT is(pg_temp.planned_after(:'lot', format('ALTER TABLE smart_parking.booking %s', string_agg(format('ADD COLUMN c%s int NOT NULL DEFAULT 0', n), ', ')),
	format('ALTER TABLE smart_parking.booking %s', string_agg(format('DROP COLUMN c%s', n), ', '))), 'reserved', 'so many that the map of NULLs grows')
FROM generate_series(1, 100) n;
SELECT is(pg_temp.planned_after(:'lot', 'ALTER TABLE smart_parking.booking ADD CONSTRAINT c CHECK (spot_no > 0)', 'ALTER TABLE smart_parking.booking DROP CONSTRAINT c'),
	'reserved', 'a CHECK that came and went');
SELECT is(pg_temp.planned_after(:'lot', 'ALTER TABLE smart_parking.booking DROP CONSTRAINT status_fits_instants',
	'ALTER TABLE smart_parking.booking ADD CONSTRAINT other_name CHECK (smart_parking_internal.booking_in_step(status, confirmed_at, ended_at))'),
	'reserved', 'our CHECK by another name');
SELECT is(pg_temp.planned_after(:'lot', 'CREATE INDEX ON smart_parking.booking (created_at)', 'CREATE INDEX ON smart_parking.booking USING brin (spot_no)'),
	'reserved', 'an index');
SELECT is(pg_temp.planned_after(:'lot', 'CREATE TABLE public.payment (booking_id uuid REFERENCES smart_parking.booking)'), 'reserved', 'a table that refers to booking');
SELECT is(pg_temp.planned_after(:'lot', 'CREATE TABLE public.archive () INHERITS (smart_parking.booking)'), 'reserved', 'a child');
SELECT is(pg_temp.planned_after(:'lot', 'ALTER TABLE smart_parking.booking ALTER user_id SET STATISTICS 500', 'ALTER TABLE smart_parking.booking SET (fillfactor = 90)',
	'CREATE STATISTICS public.s ON user_id, spot_no FROM smart_parking.booking', 'ALTER TABLE smart_parking.booking ALTER car_plate SET STORAGE extended'),
	'reserved', 'statistics and storage');
SELECT is(pg_temp.planned_after(:'lot', 'CREATE POLICY p ON smart_parking.booking FOR INSERT WITH CHECK (false)'), 'reserved', 'a policy that is not enabled');

-- The rows are whole, and every index has them.
SELECT is((SELECT count(*) FROM smart_parking.booking WHERE parking_id = :'lot' AND status = 'pending' AND ended_at IS NULL), 11::bigint, 'all are there');
CREATE EXTENSION IF NOT EXISTS amcheck;
SELECT lives_ok(format('SELECT bt_index_check(%L, heapallindexed => true)', i.indexrelid::regclass), i.indexrelid::regclass::text)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
WHERE i.indrelid IN ('smart_parking.booking'::regclass, 'smart_parking.counter_slice'::regclass) AND a.amname = 'btree';
SELECT is_empty($$ SELECT * FROM verify_heapam('smart_parking.booking') $$, 'the heap of booking');
SELECT is_empty($$ SELECT * FROM verify_heapam('smart_parking.counter_slice') $$, 'the heap of counter_slice');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- The other way, which shows that it can be seen.
SELECT is(pg_temp.planned_after(:'lot', 'ALTER TABLE smart_parking.booking ADD COLUMN note text'), 'reserved: booking', 'a column that is there');
SELECT is(pg_temp.planned_after(:'lot', 'ALTER TABLE smart_parking.counter_slice ADD COLUMN note text'), 'reserved: booking, counter_slice', 'and one of counter_slice');

SELECT * FROM finish();
ROLLBACK;
