-- What a read writes, without a plan while the tables are as installed. Which way it went is seen by the plans that this session
-- has made: a plan stays once it is there, so all that must not lead to one comes before what must.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET client_min_messages = error;
SET LOCAL smart_parking.max_holds_per_user = 0;
CREATE EXTENSION IF NOT EXISTS amcheck;

SELECT smart_parking.add_parking('Rows', 51.05, 13.74, 200, slice_size => 10) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit \gset
CREATE TABLE pg_temp.place AS SELECT :'lot'::uuid AS lot, :'entry'::uuid AS entry, :'exit'::uuid AS exit;
CREATE SEQUENCE pg_temp.car;
CREATE TABLE pg_temp.log (what text);
CREATE FUNCTION pg_temp.log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO pg_temp.log VALUES (tg_when || ' ' || tg_op || ' ' || tg_level || ' ' || tg_table_name);
	RETURN new;
END $$;
-- A car that booked comes in and leaves, with an event's id and a second reading of the camera.
CREATE FUNCTION pg_temp.visit(OUT said text, OUT plate text) LANGUAGE plpgsql AS $$
DECLARE
	place CONSTANT pg_temp.place := (SELECT p FROM pg_temp.place AS p);
	n CONSTANT bigint := nextval('pg_temp.car');
BEGIN
	-- one like no other
	plate := translate((1000 + n * 7919 % 9000)::text, '0123456789', 'ABDEFGHKLM') || 'X' || (100 + n * 37 % 900);
	PERFORM smart_parking.reserve_spot(place.lot, gen_random_uuid(), plate);
	said := (smart_parking.validate_plate(place.entry, plate, confidence => 0.97::real, event_id => 'in ' || n, candidates => '[{"plate": "Q1"}]')).reason;
	said := said || ', ' || (smart_parking.validate_plate(place.exit, plate, event_id => 'out ' || n)).reason;
END $$;
-- What this session has planned of all that a visit may write.
CREATE FUNCTION pg_temp.planned() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT t, ', ' ORDER BY t) FROM pg_backend_memory_contexts,
		substring(ident FROM '^(?:INSERT INTO|UPDATE ONLY) smart_parking\.(plate_read|passage|barrier_command|booking_event|booking(?= b SET status)|counter_slice)\M') AS t
	WHERE name = 'CachedPlan'
$$;
CREATE FUNCTION pg_temp.planned_after(VARIADIC commands text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	command text;
BEGIN
	FOREACH command IN ARRAY commands LOOP
		EXECUTE command;
	END LOOP;
	RETURN concat_ws(': ', (pg_temp.visit()).said, pg_temp.planned());
END $$;

SELECT is(pg_temp.planned_after('SELECT 1'), 'entered, exited', 'as installed');
SELECT is(pg_temp.planned_after(format('ALTER TABLE smart_parking.%I ADD COLUMN note text DEFAULT 1', r), format('ALTER TABLE smart_parking.%I DROP COLUMN note', r)),
	'entered, exited', format('a column of %s that was added and dropped', r))
FROM unnest(ARRAY['plate_read', 'passage', 'barrier_command', 'booking_event', 'booking', 'counter_slice', 'gate']) r;
SELECT is(pg_temp.planned_after('ALTER TABLE smart_parking.plate_read ADD CONSTRAINT c CHECK (length(reason) < 100 AND confidence BETWEEN 0 AND 1)'), 'entered, exited',
	'a CHECK of built-in functions is run');
SELECT is(pg_temp.planned_after('ALTER TABLE smart_parking.plate_read DROP CONSTRAINT plate_read_decision_check'), 'entered, exited', 'and one less');
SELECT is(pg_temp.planned_after('ALTER TABLE smart_parking.passage ALTER reads SET DEFAULT 7', 'ALTER TABLE smart_parking.plate_read ALTER happened DROP DEFAULT'),
	'entered, exited', 'defaults of what is always given');
SELECT is(pg_temp.planned_after('CREATE INDEX ON smart_parking.plate_read (reason)', 'CREATE INDEX ON smart_parking.passage USING brin (started_at)',
	'CREATE INDEX ON smart_parking.barrier_command USING hash (gate_id)'), 'entered, exited', 'indexes');
SELECT is(pg_temp.planned_after(format('CREATE TABLE public.archive_%s () INHERITS (smart_parking.%1$s)', r)), 'entered, exited', format('a child of %s', r))
FROM unnest(ARRAY['plate_read', 'passage', 'barrier_command', 'booking_event', 'booking']) r;
SELECT is(pg_temp.planned_after('ALTER TABLE smart_parking.booking DISABLE TRIGGER booking_guard'), 'entered, exited', 'a guard that does not watch');
SELECT is(pg_temp.planned_after('ALTER TABLE smart_parking.booking ENABLE TRIGGER booking_guard'), 'entered, exited', 'and that does again');

-- The other way, and the same rows.
CREATE TABLE pg_temp.by_hand AS SELECT plate FROM pg_temp.visit();
SELECT format('ALTER TABLE smart_parking.%I ADD COLUMN more text', r) FROM unnest(ARRAY['plate_read', 'passage', 'barrier_command', 'booking_event', 'booking', 'counter_slice']) r \gexec
SELECT is(pg_temp.planned_after('SELECT 1'), 'entered, exited: barrier_command, booking, booking_event, counter_slice, passage, plate_read', 'columns that are there');
INSERT INTO pg_temp.by_hand SELECT plate FROM pg_temp.visit();
SELECT format('ALTER TABLE smart_parking.%I DROP COLUMN more', r) FROM unnest(ARRAY['plate_read', 'passage', 'barrier_command', 'booking_event', 'booking', 'counter_slice']) r \gexec
-- Rows without what differs from car to car; instants by whether they are there.
CREATE FUNCTION pg_temp.rows_of(car text) RETURNS SETOF text LANGUAGE sql AS $$
	WITH reads AS (SELECT * FROM smart_parking.plate_read AS r WHERE r.plate_text = car), b AS (SELECT DISTINCT booking_id FROM reads),
	whole (relation, content, at) AS (
		SELECT 'read', to_jsonb(r), r.received_at FROM reads AS r
		UNION ALL SELECT 'passage', to_jsonb(p), p.started_at FROM smart_parking.passage AS p WHERE p.booking_id IN (SELECT * FROM b)
		UNION ALL SELECT 'command', to_jsonb(c), c.issued_at FROM smart_parking.barrier_command AS c WHERE c.plate_read_id IN (SELECT id FROM reads)
		UNION ALL SELECT 'event', to_jsonb(e), e.happened_at FROM smart_parking.booking_event AS e WHERE e.booking_id IN (SELECT * FROM b)
		UNION ALL SELECT 'booking', to_jsonb(k), k.created_at FROM smart_parking.booking AS k WHERE k.id IN (SELECT * FROM b)
		UNION ALL SELECT 'slice', to_jsonb(s), NULL FROM smart_parking.counter_slice AS s WHERE s.parking_id = (SELECT lot FROM pg_temp.place))
	SELECT relation || ' ' || (SELECT jsonb_object_agg(m.key, CASE WHEN m.key ~ '(^|_)(id|at|plate|text)$' AND m.key <> 'gate_id' THEN to_jsonb(m.value <> 'null') ELSE m.value END)
		FROM jsonb_each(w.content) AS m WHERE m.key NOT IN ('spot_no', 'more'))::text
	FROM whole AS w ORDER BY relation, at, w.content ->> 'slice_no'
$$;
SELECT is(count(*), 2::bigint, 'one car of each way') FROM pg_temp.by_hand;
SELECT results_eq(format('SELECT pg_temp.rows_of(%L)', min(plate)), format('SELECT pg_temp.rows_of(%L)', max(plate)), 'both ways leave the same rows') FROM pg_temp.by_hand;
SELECT cmp_ok(count(*), '>=', 9::bigint, 'all of them') FROM pg_temp.by_hand, pg_temp.rows_of(plate) WHERE plate = (SELECT min(plate) FROM pg_temp.by_hand);

-- What an owner adds or changes is honoured: answers of a visit after some DDL that is undone, and whether a log was written to.
CREATE FUNCTION pg_temp.visit_after(VARIADIC commands text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	command text;
	said text;
	logged text;
BEGIN
	BEGIN
		FOREACH command IN ARRAY commands LOOP
			EXECUTE command;
		END LOOP;
		TRUNCATE pg_temp.log;
		said := (pg_temp.visit()).said;
		SET CONSTRAINTS ALL IMMEDIATE;
		SELECT string_agg(DISTINCT what, ', ' ORDER BY what) INTO logged FROM pg_temp.log;
		RAISE EXCEPTION USING ERRCODE = 'TEST1';
	EXCEPTION
		WHEN SQLSTATE 'TEST1' THEN RETURN concat_ws(': ', said, logged);
		WHEN OTHERS THEN RETURN sqlstate || ' ' || sqlerrm;
	END;
END $$;
SELECT is(pg_temp.visit_after('SELECT 1'), 'entered, exited', 'columns dropped again');
SELECT is(pg_temp.visit_after(format('CREATE TRIGGER t %s %s ON smart_parking.%s FOR EACH %s EXECUTE FUNCTION pg_temp.log()', timing, event, relation, level)),
	format('entered, exited: %s %s %s %s', timing, event, level, relation), format('%s %s FOR EACH %s on %s', timing, event, level, relation))
FROM (VALUES ('BEFORE'), ('AFTER')) t (timing), (VALUES ('ROW'), ('STATEMENT')) l (level),
	(VALUES ('INSERT', 'plate_read'), ('INSERT', 'passage'), ('INSERT', 'barrier_command'), ('INSERT', 'booking_event'), ('UPDATE', 'booking'), ('UPDATE', 'counter_slice')) e (event, relation);
SELECT is(pg_temp.visit_after(format('CREATE RULE r AS ON INSERT TO smart_parking.%s DO ALSO INSERT INTO pg_temp.log VALUES (''rule'')', r)),
	'entered, exited: rule', format('a rule on %s', r)) FROM unnest(ARRAY['passage', 'barrier_command', 'booking_event']) r;
-- a CHECK that is run, one by a function of the owner's, one of a domain, and NOT NULL
CREATE FUNCTION public.refuses(anyelement) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE DOMAIN public.no_text AS text CHECK (false);
SELECT alike(pg_temp.visit_after(format('ALTER TABLE smart_parking.%s ADD CONSTRAINT refused CHECK (%s) NOT VALID', relation, condition)), '23514 %refused%',
	format('CHECK (%s) on %s', condition, relation))
FROM (VALUES ('plate_read'), ('passage'), ('barrier_command'), ('booking_event')) r (relation), (VALUES ('coalesce(length(reason), 0) > 1000'), ('public.refuses(1)')) c (condition);
SELECT alike(pg_temp.visit_after(format('ALTER TABLE smart_parking.%s ADD CONSTRAINT of_domain CHECK (coalesce(reason, ''r'')::public.no_text IS NOT NULL) NOT VALID', r)), '23514 %no_text%',
	format('a domain in a CHECK on %s', r)) FROM unnest(ARRAY['plate_read', 'passage', 'barrier_command', 'booking_event']) r;
SELECT alike(pg_temp.visit_after('SET LOCAL session_replication_role = replica', format('TRUNCATE smart_parking.%s', relation), 'SET LOCAL session_replication_role = origin',
	format('ALTER TABLE smart_parking.%s ALTER %s SET NOT NULL', relation, col)), '23502 %' || col || '%', format('NOT NULL on %s.%s', relation, col))
FROM (VALUES ('plate_read', 'camera'), ('passage', 'vehicle'), ('barrier_command', 'ended_at'), ('booking_event', 'details')) c (relation, col);
SELECT alike(pg_temp.visit_after('ALTER TABLE smart_parking.booking DROP CONSTRAINT status_fits_instants',
	'ALTER TABLE smart_parking.booking ADD CONSTRAINT status_fits_instants CHECK (ended_at IS NULL) NOT VALID'), '23514 %status_fits_instants%', 'another CHECK on booking');
SELECT alike(pg_temp.visit_after('CREATE TABLE public.member (id uuid PRIMARY KEY)',
	format('ALTER TABLE smart_parking.%s ADD CONSTRAINT of_member FOREIGN KEY (%s) REFERENCES public.member NOT VALID', relation, col)), '23503 %of_member%', format('a foreign key of %s', relation))
FROM (VALUES ('plate_read', 'id'), ('passage', 'id'), ('barrier_command', 'id'), ('booking_event', 'booking_id')) c (relation, col);
SELECT alike(pg_temp.visit_after(format('CREATE UNIQUE INDEX one_at_all ON smart_parking.%s ((%s > %L)) WHERE %2$s > %3$L', relation, col, clock_timestamp())), '23505 %one_at_all%',
	format('a unique index on %s', relation))
FROM (VALUES ('plate_read', 'received_at'), ('passage', 'started_at'), ('barrier_command', 'issued_at'), ('booking_event', 'happened_at')) c (relation, col);
SELECT alike(pg_temp.visit_after('SET LOCAL session_replication_role = replica', format('TRUNCATE smart_parking.%s', relation), 'SET LOCAL session_replication_role = origin',
	format('ALTER TABLE smart_parking.%s ADD CONSTRAINT once UNIQUE (%s) DEFERRABLE INITIALLY DEFERRED', relation, col)), '23505 %once%', format('a deferred key of %s', relation))
FROM (VALUES ('plate_read', 'decision'), ('passage', 'decision'), ('barrier_command', 'state'), ('booking_event', 'actor')) c (relation, col);
SELECT alike(pg_temp.visit_after('CREATE FUNCTION public.no_move() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION USING ERRCODE = ''TEST2'', MESSAGE = ''stays''; END $f$',
	'DROP TRIGGER booking_guard ON smart_parking.booking', 'CREATE TRIGGER booking_guard BEFORE UPDATE ON smart_parking.booking FOR EACH ROW EXECUTE FUNCTION public.no_move()'),
	'TEST2 stays', 'another trigger of the guard''s name');

-- defaults: the actor is who is logged in, unless the owner says otherwise
CREATE FUNCTION pg_temp.actor_after(relation text, VARIADIC commands text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	command text;
	found text;
BEGIN
	BEGIN
		FOREACH command IN ARRAY commands LOOP
			EXECUTE command;
		END LOOP;
		EXECUTE format('CREATE TABLE pg_temp.before AS SELECT ctid AS place FROM smart_parking.%I', relation);
		PERFORM pg_temp.visit();
		EXECUTE format('SELECT string_agg(DISTINCT actor, '', '') FROM smart_parking.%I WHERE ctid NOT IN (SELECT place FROM pg_temp.before)', relation) INTO found;
		RAISE EXCEPTION USING ERRCODE = 'TEST1';
	EXCEPTION WHEN SQLSTATE 'TEST1' THEN RETURN found;
	END;
END $$;
SELECT is(pg_temp.actor_after(r, VARIADIC '{}'), session_user::text, format('%s has who is logged in', r)) FROM unnest(ARRAY['plate_read', 'barrier_command', 'booking_event']) r;
SELECT is(pg_temp.actor_after(r, format('ALTER TABLE smart_parking.%I ALTER actor SET DEFAULT ''the gate''', r)), 'the gate', format('%s with another default', r))
FROM unnest(ARRAY['plate_read', 'barrier_command', 'booking_event']) r;
SELECT alike(pg_temp.visit_after('ALTER TABLE smart_parking.barrier_command ALTER ended_at SET DEFAULT now()'), '23514 %barrier_command%', 'a default of what an order does not have');

-- what a column and a table is
SELECT alike(pg_temp.visit_after('CREATE DOMAIN public.short_reason AS text', format('ALTER TABLE smart_parking.%I ALTER reason TYPE public.short_reason', r),
	'ALTER DOMAIN public.short_reason ADD CONSTRAINT is_short CHECK (value IS NULL AND false) NOT VALID'), '23514 %is_short%', format('a domain on %s', r))
FROM unnest(ARRAY['passage', 'booking_event']) r;
SELECT alike(pg_temp.visit_after(format('DROP TABLE public.archive_%s', relation), format('CREATE TABLE public.whole (LIKE smart_parking.%I) PARTITION BY RANGE (%I)', relation, col),
	format('ALTER TABLE public.whole ATTACH PARTITION smart_parking.%I FOR VALUES FROM (MINVALUE) TO (%L)', relation, clock_timestamp())), '23514 %partition%', format('%s as a partition', relation))
FROM (VALUES ('plate_read', 'received_at'), ('passage', 'started_at'), ('barrier_command', 'issued_at'), ('booking_event', 'happened_at')) c (relation, col);
SELECT is(pg_temp.visit_after('CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler', format('ALTER TABLE smart_parking.%I SET ACCESS METHOD heap2', r)),
	'entered, exited', format('another access method for %s', r)) FROM unnest(ARRAY['plate_read', 'passage', 'barrier_command', 'booking_event', 'booking', 'gate']) r;
SELECT alike(pg_temp.visit_after('CREATE PUBLICATION p FOR TABLE smart_parking.booking', 'ALTER TABLE smart_parking.booking REPLICA IDENTITY NOTHING'), '55000 %replica identity%',
	'a publication without a replica identity');

-- rights, for an owner who is no superuser
CREATE ROLE gate_keeper;
GRANT USAGE ON SCHEMA smart_parking TO gate_keeper;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA smart_parking TO gate_keeper;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA smart_parking, smart_parking_internal TO gate_keeper;
SELECT oid::regprocedure AS validate_plate FROM pg_proc WHERE oid::regproc = 'smart_parking.validate_plate'::regproc \gset
SELECT is(pg_temp.visit_after(format('ALTER FUNCTION %s OWNER TO gate_keeper', :'validate_plate')), 'entered, exited', 'an owner with rights');
SELECT alike(pg_temp.visit_after(format('ALTER FUNCTION %s OWNER TO gate_keeper', :'validate_plate'), format('REVOKE %s ON smart_parking.%s FROM gate_keeper', command, relation)),
	'42501 %' || relation || '%', format('an owner without %s on %s', command, relation))
FROM (VALUES ('INSERT', 'plate_read'), ('INSERT', 'passage'), ('INSERT', 'barrier_command'), ('INSERT', 'booking_event'), ('UPDATE', 'booking'), ('UPDATE', 'counter_slice')) c (command, relation);
SELECT alike(pg_temp.visit_after(format('ALTER FUNCTION %s OWNER TO gate_keeper', :'validate_plate'), format('ALTER TABLE smart_parking.%I ENABLE ROW LEVEL SECURITY', r),
	format('CREATE POLICY s ON smart_parking.%I FOR SELECT USING (true)', r), format('CREATE POLICY p ON smart_parking.%I FOR INSERT WITH CHECK (false)', r)), '42501 %row-level security%', format('a policy on %s', r))
FROM unnest(ARRAY['plate_read', 'passage', 'barrier_command', 'booking_event']) r;

-- An index by a function of SQL that fails leaves nothing half done behind.
CREATE FUNCTION public.fails(value text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
	SELECT 1;
	SELECT CASE WHEN current_setting('gate_rows.fails', true) = 'yes' THEN 1 / (length(value) - length(value)) ELSE 1 END
$$;
CREATE INDEX noisy ON smart_parking.plate_read (public.fails(reason));
CREATE INDEX noisy_booking ON smart_parking.booking (public.fails(car_plate::text));
SELECT is((pg_temp.visit()).said, 'entered, exited', 'before it fails');
SELECT alike(pg_temp.visit_after('SET LOCAL gate_rows.fails = yes'), '22012 %', 'while it does') FROM generate_series(1, 3);
SELECT is((pg_temp.visit()).said, 'entered, exited', 'and after that') FROM generate_series(1, 3);

-- The rows are whole, and every index has them.
SELECT lives_ok(format('SELECT bt_index_check(%L, heapallindexed => true)', i.indexrelid::regclass), i.indexrelid::regclass::text)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
WHERE i.indrelid IN ('smart_parking.plate_read'::regclass, 'smart_parking.passage'::regclass, 'smart_parking.barrier_command'::regclass, 'smart_parking.booking_event'::regclass,
	'smart_parking.booking'::regclass, 'smart_parking.counter_slice'::regclass) AND a.amname = 'btree';
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');

SELECT * FROM finish();
ROLLBACK;
