-- What foreign keys would keep: a row that others refer to stays, with its key, and what refers to nothing is seen.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT is_empty($$ SELECT conrelid::regclass, conname FROM pg_constraint AS c JOIN pg_extension AS e ON e.extname = 'smart_parking'
	WHERE c.contype = 'f' AND c.conrelid = ANY (e.extconfig) AND c.confrelid = ANY (e.extconfig) $$, 'no table of ours has a key to another');

-- each id of something else is in the list, but for these
SELECT set_eq($$ SELECT c.oid::regclass::text, a.attname::text
	FROM pg_extension AS e JOIN pg_class AS c ON c.oid = ANY (e.extconfig)
	JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE e.extname = 'smart_parking' AND a.atttypid = 'uuid'::regtype AND a.attname <> 'id'
	AND NOT EXISTS (SELECT FROM smart_parking_internal.table_references() AS r WHERE r.referring = c.oid AND a.attname = ANY (r.columns)) $$,
	$$ VALUES ('smart_parking.booking', 'user_id'), ('smart_parking.booking', 'request_id'),
		('smart_parking.queue_entry', 'user_id'), ('smart_parking.queue_entry', 'request_id'),
		('smart_parking.booking_event', 'booking_id'), -- event_has_a_booking
		('smart_parking.plate_read', 'passage_id'), -- passages may go before their reads
		('smart_parking.sweep_failure', 'subject_id'), ('smart_parking.sweep_failure', 'parking_id') -- of what is not there any more, too
	$$, 'every column that refers to another table is known');

-- One row of everything.
SELECT smart_parking.add_parking('Ref', 51.05, 13.74, 4) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'g', 'entry') AS gate \gset
SELECT smart_parking.set_gate(:'gate', senses_passage => true) \g /dev/null
SELECT smart_parking.add_plate_rule('PERMIT', 'permit', :'lot') \g /dev/null
SELECT smart_parking.report_availability(:'lot', 3) \g /dev/null
SELECT booking_id AS booking, spot_no FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'CAR 1') \gset
SELECT booking_id AS other FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'CAR 2') \gset
SELECT count(*) FROM smart_parking.reserve_spots(:'lot', gen_random_uuid(), '{CAR 3}') \g /dev/null
SELECT outcome FROM smart_parking.join_queue(:'lot', gen_random_uuid(), 'CAR 4') \g /dev/null
SELECT command_id AS command FROM smart_parking.validate_plate(:'gate', 'CAR 1') \gset
SELECT smart_parking.report_passage(:'command', 'passed') \g /dev/null
SELECT count(*) FROM smart_parking.export_gate_list(:'gate') \g /dev/null
SELECT smart_parking.close_parking(:'lot') \g /dev/null
SELECT id AS read FROM smart_parking.plate_read WHERE gate_id = :'gate' \gset
INSERT INTO smart_parking.plate_read (id, gate_id, read_at, received_at, decision, reason, booking_id, corrects)
	VALUES (gen_random_uuid(), :'gate', now(), now(), 'open', 'corrected', :'booking', :'read');
INSERT INTO smart_parking.gate_incident (id, gate_id, raised_at, kind, plate_read_id, command_id, booking_id, other_booking_id)
	VALUES (gen_random_uuid(), :'gate', now(), 'tailgating', :'read', :'command', :'booking', :'other');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all is well');

CREATE FUNCTION pg_temp.relname_of(regclass) RETURNS text LANGUAGE sql AS 'SELECT relname::text FROM pg_class WHERE oid = $1';

-- What is said if only this reference is left of all that refer to the row which goes.
CREATE FUNCTION pg_temp.try(command text, referring regclass, columns text[], referred regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r record;
	said text := 'nothing';
	may_be_null boolean;
BEGIN
	SET LOCAL session_replication_role = replica;
	FOR r IN SELECT DISTINCT t.referring, t.columns FROM smart_parking_internal.table_references() AS t
		WHERE t.referred = try.referred AND (t.referring, t.columns) <> (try.referring, try.columns)
	LOOP
		may_be_null := (SELECT NOT a.attnotnull AND r.referring <> 'smart_parking.queue_entry'::regclass -- an offer has its booking
			FROM pg_attribute AS a WHERE a.attrelid = r.referring AND a.attname = r.columns[1]);
		IF may_be_null THEN
			EXECUTE format('UPDATE %s SET %I = NULL', r.referring, r.columns[1]);
		ELSIF r.referring <> try.referring THEN
			EXECUTE format('DELETE FROM %s', r.referring);
		ELSIF NOT r.columns && ARRAY['gate_id', 'parking_id'] THEN
			-- to what is not there
			EXECUTE format('UPDATE %s SET %I = gen_random_uuid()', r.referring, r.columns[1]);
		END IF;
	END LOOP;
	-- guards of history aside
	EXECUTE (SELECT coalesce(string_agg(format('ALTER TABLE %s DISABLE TRIGGER %I;', referred, tgname), ' '), 'SELECT') FROM pg_trigger
		WHERE tgrelid = referred AND tgname IN (pg_temp.relname_of(referred) || '_guard', pg_temp.relname_of(referred) || '_kept'));
	SET LOCAL session_replication_role = origin;
	BEGIN
		EXECUTE format(command, referred);
	EXCEPTION WHEN OTHERS THEN
		said := SQLSTATE || ' ' || SQLERRM;
	END;
	RAISE EXCEPTION USING ERRCODE = 'UNDO1', MESSAGE = said;
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.try(command, referring, columns, referred),
	format('SP025 rows of "%s" refer to what would be deleted from "%s"', referring, pg_temp.relname_of(referred)),
	format(command, referred) || format(', which %s (%s) refers to', referring, columns))
FROM smart_parking_internal.table_references(),
	-- one row of each table refers to another one; TRUNCATE would take it along
	(VALUES ('DELETE FROM %s'), ('TRUNCATE %s')) AS c (command)
WHERE NOT (referring = referred);
SELECT is(pg_temp.try(format('DELETE FROM %%s WHERE id = %L', :'read'), 'smart_parking.plate_read', '{corrects}', 'smart_parking.plate_read'),
	'SP025 rows of "smart_parking.plate_read" refer to what would be deleted from "plate_read"', 'a read that another one corrects');
SELECT is(pg_temp.try('DELETE FROM %s', 'smart_parking.plate_read', '{corrects}', 'smart_parking.plate_read'), 'nothing', 'both may go in one statement');

SELECT throws_ok(format('UPDATE smart_parking.%I SET %I = %2$I', name, key), 'SP025', format('the key of "%s" does not change', name), format('the key of %s', name))
FROM (VALUES ('parking', 'id'), ('spot', 'spot_no'), ('spot', 'parking_id'), ('gate', 'id'), ('passage', 'id'), ('barrier_command', 'id')) AS v (name, key);
SELECT throws_ok(format('UPDATE smart_parking.%I SET id = gen_random_uuid()', name), 'SP024', NULL, format('the key of %s', name)) FROM (VALUES ('booking'), ('plate_read')) AS v (name);

-- what nobody refers to may go, as many as one likes
SELECT lives_ok(format('DELETE FROM smart_parking.spot WHERE parking_id = %L AND spot_no NOT IN (SELECT spot_no FROM smart_parking.booking)', :'lot'), 'spots that nobody had');
SELECT smart_parking.add_parking('Mistake', 51.05, 13.74, 3) AS mistake \gset
SELECT smart_parking.add_gate(:'mistake', 'g') AS gate_mistake \gset
SELECT lives_ok(format('DELETE FROM smart_parking.%I WHERE %I = %L', name, key, :'mistake'), format('%s of a lot that nobody was in', name))
FROM (VALUES ('gate', 'parking_id'), ('spot', 'parking_id'), ('counter_slice', 'parking_id'), ('parking', 'id')) AS v (name, key);

-- orphans
CREATE FUNCTION pg_temp.orphaned(referring regclass, columns text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
BEGIN
	SET LOCAL session_replication_role = replica;
	EXECUTE format('UPDATE %s SET %I = %s WHERE %2$I IS NOT NULL', referring, columns[array_upper(columns, 1)],
		CASE columns[array_upper(columns, 1)] WHEN 'spot_no' THEN 'spot_no + 900' ELSE quote_literal('00000000-0000-4000-8000-000000000000') || '::uuid' END);
	SELECT string_agg(DISTINCT i.invariant, ' ') INTO said FROM smart_parking.check_invariants() AS i
	WHERE (i.detail LIKE referring::text || ' refers to a %' OR i.invariant = 'barrier_opened_on_a_verdict');
	RAISE EXCEPTION USING ERRCODE = 'UNDO1', MESSAGE = said;
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
	RETURN SQLERRM;
END $$;
-- of one lot only, or else a gate's name is there twice
SELECT alike(pg_temp.orphaned(referring, columns), CASE WHEN columns = '{parking_id,spot_no}' THEN 'booking_has_a_spot'
	WHEN columns = '{plate_read_id}' AND referring = 'smart_parking.barrier_command'::regclass THEN 'barrier_opened_on_a_verdict' ELSE '%refers_to_what_is_there' END,
	format('%s (%s) that refers to nothing', referring, columns))
FROM smart_parking_internal.table_references() WHERE referring NOT IN ('smart_parking.spot'::regclass, 'smart_parking.counter_slice'::regclass);

SELECT * FROM finish();
ROLLBACK;
