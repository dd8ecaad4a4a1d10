-- Tables that a user has added to: reserve_spot() writes them without a plan only while they are as installed.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET client_min_messages = warning;
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
		WHEN integrity_constraint_violation THEN RETURN sqlstate || ' ' || sqlerrm;
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
