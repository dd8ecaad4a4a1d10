-- Tables that a user has added to: reserve_spot() writes them without a plan only while they are as installed.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS amcheck;

SELECT smart_parking.add_parking('E', 51.05, 13.74, 40, slice_size => 10) AS lot \gset
CREATE SEQUENCE pg_temp.car;
CREATE FUNCTION pg_temp.reserve(lot uuid) RETURNS text LANGUAGE sql AS $$
	SELECT outcome FROM smart_parking.reserve_spot(lot, gen_random_uuid(), 'E' || nextval('pg_temp.car'))
$$;

-- What a call ends in, after some DDL that is undone, and whether a log was written to.
CREATE TABLE pg_temp.log (what text);
CREATE FUNCTION pg_temp.log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO pg_temp.log VALUES (tg_when || ' ' || tg_op || ' ' || tg_level || ' ' || tg_table_name);
	RETURN new;
END $$;
CREATE FUNCTION pg_temp.reserve_after(lot uuid, VARIADIC commands text[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	command text;
	said text;
	logged text;
BEGIN
	BEGIN
		FOREACH command IN ARRAY commands LOOP
			EXECUTE command;
		END LOOP;
		SET CONSTRAINTS ALL IMMEDIATE;
		said := pg_temp.reserve(lot);
		SELECT string_agg(what, ', ' ORDER BY what) INTO logged FROM pg_temp.log;
		RAISE EXCEPTION USING ERRCODE = 'TEST1';
	EXCEPTION
		WHEN SQLSTATE 'TEST1' THEN RETURN concat_ws(': ', said, logged);
		WHEN OTHERS THEN RETURN sqlstate || ' ' || sqlerrm;
	END;
END $$;
-- What a query finds after some DDL and a call.
CREATE FUNCTION pg_temp.found_after(query text, lot uuid, VARIADIC commands text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	command text;
	found text;
BEGIN
	BEGIN
		FOREACH command IN ARRAY commands LOOP
			EXECUTE command;
		END LOOP;
		PERFORM pg_temp.reserve(lot);
		EXECUTE query INTO found;
		RAISE EXCEPTION USING ERRCODE = 'TEST1';
	EXCEPTION WHEN SQLSTATE 'TEST1' THEN RETURN found;
	END;
END $$;

SELECT is(pg_temp.reserve_after(:'lot'), 'reserved', 'as installed');

-- triggers
SELECT is(pg_temp.reserve_after(:'lot',
	format('CREATE TRIGGER t %s %s ON smart_parking.%s FOR EACH %s EXECUTE FUNCTION pg_temp.log()', timing, event, relation, level)),
	format('reserved: %s %s %s %s', timing, event, level, relation), format('%s %s FOR EACH %s on %s', timing, event, level, relation))
FROM (VALUES ('BEFORE'), ('AFTER')) t (timing),
	(VALUES ('INSERT', 'booking'), ('UPDATE', 'counter_slice')) e (event, relation),
	(VALUES ('ROW'), ('STATEMENT')) l (level);
SELECT is(pg_temp.reserve_after(:'lot', $$ CREATE FUNCTION pg_temp.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END' $$,
	$$ CREATE TRIGGER t BEFORE DELETE ON smart_parking.counter_slice FOR EACH ROW EXECUTE FUNCTION pg_temp.nothing() $$),
	'reserved', 'a trigger on another event');
SELECT is(pg_temp.reserve_after(:'lot', 'CREATE CONSTRAINT TRIGGER t AFTER INSERT ON smart_parking.booking DEFERRABLE INITIALLY IMMEDIATE
	FOR EACH ROW EXECUTE FUNCTION pg_temp.log()'), 'reserved: AFTER INSERT ROW booking', 'a constraint trigger');
SELECT is(pg_temp.reserve_after(:'lot', $$ CREATE FUNCTION pg_temp.none() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END' $$,
	$$ CREATE TRIGGER t BEFORE INSERT ON smart_parking.booking FOR EACH ROW EXECUTE FUNCTION pg_temp.none() $$),
	'09000 the booking was not written', 'a trigger that leaves the row out');

-- CHECKs
SELECT alike(pg_temp.reserve_after(:'lot', $$ ALTER TABLE smart_parking.booking ADD CONSTRAINT no_e CHECK (left(car_plate::text, 1) <> 'E') NOT VALID $$),
	'23514 %no_e%', 'a CHECK on booking');
SELECT alike(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.counter_slice ADD CONSTRAINT keep_one CHECK (free_spots > 9)'),
	'23514 %keep_one%', 'a CHECK on counter_slice');
SELECT is(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.counter_slice DROP CONSTRAINT maps_in_step'), 'reserved', 'a CHECK less');

-- keys
SELECT alike(pg_temp.reserve_after(:'lot', 'CREATE TABLE public.member (id uuid PRIMARY KEY)',
	'ALTER TABLE smart_parking.booking ADD CONSTRAINT of_member FOREIGN KEY (user_id) REFERENCES public.member NOT VALID'),
	'23503 %of_member%', 'a foreign key');
SELECT alike(pg_temp.reserve_after(:'lot', 'CREATE UNIQUE INDEX one_at_all ON smart_parking.booking ((parking_id IS NOT NULL))',
	format($$ SELECT pg_temp.reserve('%s') $$, :'lot')), '23505 %one_at_all%', 'a unique index on an expression');
SELECT is(pg_temp.reserve_after(:'lot', 'CREATE RULE r AS ON INSERT TO smart_parking.booking DO ALSO INSERT INTO pg_temp.log VALUES (''rule'')'),
	'reserved: rule', 'a rule');
SELECT is(pg_temp.reserve_after(:'lot',
	'ALTER TABLE smart_parking.booking ADD COLUMN day date GENERATED ALWAYS AS ((created_at AT TIME ZONE ''UTC'')::date) STORED'),
	'reserved', 'a generated column');

SELECT is(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.booking ALTER user_id TYPE text'), 'reserved', 'a column of another type');

-- what is there is another one of its kind, so counting does not tell
SELECT alike(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.booking DROP CONSTRAINT status_fits_instants',
	$$ ALTER TABLE smart_parking.booking ADD CONSTRAINT status_fits_instants CHECK (left(car_plate::text, 1) <> 'E') NOT VALID $$),
	'23514 %status_fits_instants%', 'another CHECK on booking, of the same name');
SELECT alike(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.counter_slice DROP CONSTRAINT never_oversold',
	'ALTER TABLE smart_parking.counter_slice ADD CONSTRAINT never_oversold CHECK (free_spots >= 10) NOT VALID'),
	'23514 %never_oversold%', 'another bound in a CHECK on counter_slice');
SELECT alike(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.counter_slice DROP CONSTRAINT maps_in_step',
	'ALTER TABLE smart_parking.counter_slice ADD CONSTRAINT maps_in_step CHECK (smart_parking_internal.slice_in_step(spots, free_spots, service_map, service_map)) NOT VALID'),
	'23514 %maps_in_step%', 'other columns in a CHECK on counter_slice');
SELECT alike(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.counter_slice DROP CONSTRAINT maps_in_step',
	'ALTER TABLE smart_parking.counter_slice ADD CONSTRAINT again CHECK (free_spots >= 0)',
	'ALTER TABLE smart_parking.counter_slice DROP CONSTRAINT never_oversold',
	'ALTER TABLE smart_parking.counter_slice ADD CONSTRAINT no_step CHECK ((free_map & 1) = 1) NOT VALID'),
	'23514 %no_step%', 'a CHECK of ours twice does not stand for both');
SELECT alike(pg_temp.reserve_after(:'lot', $$ CREATE OR REPLACE FUNCTION smart_parking_internal.booking_in_step(status smart_parking.booking_status, confirmed_at timestamptz,
	ended_at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT status <> ''pending''' $$),
	'23514 %status_fits_instants%', 'another function of the name of ours');
SELECT alike(pg_temp.reserve_after(:'lot', 'CREATE TABLE public.member (id uuid PRIMARY KEY)',
	'ALTER TABLE smart_parking.booking DROP CONSTRAINT IF EXISTS booking_parking_id_spot_no_fkey',
	'ALTER TABLE smart_parking.booking ADD CONSTRAINT of_member FOREIGN KEY (user_id) REFERENCES public.member NOT VALID'),
	'23503 %of_member%', 'another foreign key');
SELECT alike(pg_temp.reserve_after(:'lot', 'CREATE TABLE public.other_spot (parking_id uuid, spot_no integer, PRIMARY KEY (parking_id, spot_no))',
	'ALTER TABLE smart_parking.booking DROP CONSTRAINT IF EXISTS booking_parking_id_spot_no_fkey',
	'ALTER TABLE smart_parking.booking ADD CONSTRAINT of_other_spot FOREIGN KEY (parking_id, spot_no) REFERENCES public.other_spot NOT VALID'),
	'23503 %of_other_spot%', 'the foreign key to another table');

-- what a column is
SELECT alike(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.booking ADD CONSTRAINT known CHECK (request_id IS NOT NULL) NOT VALID'), '23514 %known%', 'NOT NULL as a CHECK');
SELECT alike(pg_temp.reserve_after(:'lot', 'SET LOCAL session_replication_role = replica', 'DELETE FROM smart_parking.booking',
	'SET LOCAL session_replication_role = origin', 'ALTER TABLE smart_parking.booking ALTER request_id SET NOT NULL'),
	'23502 %request_id%', 'NOT NULL on request_id');
SELECT alike(pg_temp.reserve_after(:'lot', 'CREATE DOMAIN public.known_user AS uuid', 'ALTER TABLE smart_parking.booking ALTER user_id TYPE public.known_user',
	'ALTER DOMAIN public.known_user ADD CONSTRAINT is_known CHECK (false) NOT VALID'), '23514 %is_known%', 'a domain on user_id');
SELECT is(pg_temp.found_after('SELECT requested_hold FROM smart_parking.booking WHERE car_plate::text = ''EHOLD''', :'lot',
	'ALTER TABLE smart_parking.booking ALTER requested_hold TYPE interval(0)',
	format($$ SELECT smart_parking.reserve_spot('%s', gen_random_uuid(), 'E-HOLD', hold => '10.4 s') $$, :'lot')), '00:00:10', 'interval(0)');
SELECT is(pg_temp.found_after(format('SELECT every(created_at = date_trunc(''second'', created_at)) FROM smart_parking.booking WHERE parking_id = %L', :'lot'), :'lot',
	'ALTER TABLE smart_parking.booking ALTER created_at TYPE timestamptz(0)'), 'true', 'timestamptz(0)');
SELECT alike(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.booking ALTER spot_no ADD GENERATED ALWAYS AS IDENTITY'),
	'428C9 %spot_no%', 'an identity column');
SELECT alike(pg_temp.reserve_after(:'lot', $$ ALTER TABLE smart_parking.booking ALTER ended_at SET DEFAULT '-infinity' $$),
	'23514 %status_fits_instants%', 'a default on a column that a hold does not have');
SELECT alike(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.booking RENAME requested_hold TO asked_for'), '42703 %requested_hold%', 'a column of another name');
SELECT is(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.counter_slice ALTER kind TYPE text COLLATE "POSIX"'), 'reserved', 'another collation');

-- what a table is
SELECT alike(pg_temp.reserve_after(:'lot', 'CREATE TABLE public.all_bookings (LIKE smart_parking.booking) PARTITION BY RANGE (created_at)',
	'ALTER TABLE public.all_bookings ATTACH PARTITION smart_parking.booking FOR VALUES FROM (MINVALUE) TO (''' || clock_timestamp() || ''')'),
	'23514 %partition%', 'a partition bound');
SELECT is(pg_temp.reserve_after(:'lot', 'CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler',
	format('ALTER TABLE smart_parking.%s SET ACCESS METHOD heap2', relation)), 'reserved', format('another access method for %s', relation))
FROM (VALUES ('booking'), ('counter_slice'), ('spot'), ('parking')) r (relation);
SELECT is(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.counter_slice SET UNLOGGED'), 'reserved', 'counter_slice unlogged');
SELECT alike(pg_temp.reserve_after(:'lot', 'CREATE PUBLICATION p FOR TABLE smart_parking.counter_slice',
	'ALTER TABLE smart_parking.counter_slice REPLICA IDENTITY NOTHING'), '55000 %replica identity%', 'a publication without a replica identity');

-- keys and indexes that are looked at another way
SELECT alike(pg_temp.reserve_after(:'lot', 'ALTER TABLE smart_parking.booking ADD CONSTRAINT once UNIQUE (user_id, parking_id) DEFERRABLE INITIALLY DEFERRED',
	format($$ SELECT smart_parking.reserve_spot('%s', '%s', 'E-ONE') $$, :'lot', :'lot'),
	format($$ SELECT smart_parking.reserve_spot('%s', '%s', 'E-TWO') $$, :'lot', :'lot')), '23505 %once%', 'a deferred key');
SELECT alike(pg_temp.reserve_after(:'lot',
	format($$ ALTER TABLE smart_parking.booking ADD CONSTRAINT one EXCLUDE ((parking_id IS NOT NULL) WITH =) WHERE (parking_id = '%s') $$, :'lot'),
	format($$ SELECT pg_temp.reserve('%s') $$, :'lot')), '23P01 %one%', 'an exclusion constraint');
SELECT alike(pg_temp.reserve_after(:'lot',
	format($$ CREATE UNIQUE INDEX no_request ON smart_parking.booking (request_id) NULLS NOT DISTINCT WHERE parking_id = '%s' $$, :'lot'),
	format($$ SELECT pg_temp.reserve('%s') $$, :'lot')), '23505 %no_request%', 'a unique index of NULLs');

-- rights, for an owner who is no superuser
CREATE ROLE extended_keeper;
GRANT USAGE ON SCHEMA smart_parking TO extended_keeper;
GRANT SELECT ON ALL TABLES IN SCHEMA smart_parking TO extended_keeper;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA smart_parking TO extended_keeper;
GRANT UPDATE ON smart_parking.counter_slice TO extended_keeper;
GRANT INSERT ON smart_parking.booking TO extended_keeper;
SELECT oid::regprocedure AS reserve_spot FROM pg_proc WHERE oid::regproc = 'smart_parking.reserve_spot'::regproc \gset
SELECT is(pg_temp.reserve_after(:'lot', format('ALTER FUNCTION %s OWNER TO extended_keeper', :'reserve_spot')), 'reserved', 'an owner with rights');
SELECT alike(pg_temp.reserve_after(:'lot', format('ALTER FUNCTION %s OWNER TO extended_keeper', :'reserve_spot'), format($$ SELECT pg_temp.reserve('%s') $$, :'lot'),
	format('REVOKE %s ON smart_parking.%s FROM extended_keeper', command, relation)),
	'42501 %' || relation || '%', format('an owner without %s on %s', command, relation))
FROM (VALUES ('INSERT', 'booking'), ('UPDATE', 'counter_slice')) r (command, relation);
SELECT alike(pg_temp.reserve_after(:'lot', format('ALTER FUNCTION %s OWNER TO extended_keeper', :'reserve_spot'),
	'ALTER TABLE smart_parking.booking ENABLE ROW LEVEL SECURITY', 'CREATE POLICY p ON smart_parking.booking FOR INSERT WITH CHECK (false)'),
	'42501 %row-level security%', 'a policy');

-- An index that comes while the session remembers what indexes there are.
SELECT is(pg_temp.reserve(:'lot'), 'reserved', 'before the index');
CREATE INDEX booking_by_user ON smart_parking.booking (user_id);
SELECT is(pg_temp.reserve(:'lot'), 'reserved', 'after it');
SELECT lives_ok($$ SELECT bt_index_check('smart_parking.booking_by_user', heapallindexed => true) $$, 'the new index has the new booking');
SELECT is(pg_temp.reserve_after(:'lot', 'DROP INDEX smart_parking.booking_by_user'), 'reserved', 'and without the index');

-- One transaction fills the pages of slices with versions, so that new ones go elsewhere and into the index.
SELECT smart_parking.add_parking('Versions', 51.05, 13.74, 620, slice_size => 62) AS lot \gset
SELECT is(array_agg(DISTINCT pg_temp.reserve(:'lot')), '{reserved}', '620 spots in one transaction') FROM generate_series(1, 620);
SELECT is(pg_temp.reserve(:'lot'), 'full', 'and no more');
SELECT smart_parking.add_parking('Statement', 51.05, 13.74, 2) AS two \gset
SELECT is(array_agg((smart_parking.reserve_spot(:'two', gen_random_uuid(), 'S' || n)).outcome ORDER BY n), '{reserved,reserved,full}', 'three calls in one statement')
FROM generate_series(1, 3) n;
SELECT cmp_ok((SELECT count(DISTINCT split_part(ctid::text, ',', 1)) FROM smart_parking.counter_slice WHERE parking_id = :'lot'), '>', 1::bigint,
	'slices went to other pages');
SELECT lives_ok(format('SELECT bt_index_check(%L, heapallindexed => true)', i.indexrelid::regclass), i.indexrelid::regclass::text)
FROM pg_index i WHERE i.indrelid IN ('smart_parking.booking'::regclass, 'smart_parking.counter_slice'::regclass);
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

-- A column that was added, in the end, as its value is looked at.
ALTER TABLE smart_parking.booking ADD COLUMN note text DEFAULT 'none';
SELECT smart_parking.add_parking('Note', 51.05, 13.74, 1) AS lot \gset
SELECT is(pg_temp.reserve(:'lot'), 'reserved', 'a column with a default');
SELECT is((SELECT note FROM smart_parking.booking WHERE parking_id = :'lot'), 'none', 'the default is there');

SELECT * FROM finish();
ROLLBACK;
