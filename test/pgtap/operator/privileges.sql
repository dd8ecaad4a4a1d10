-- Who may do what.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

CREATE ROLE sp_nobody;
CREATE ROLE sp_app;
CREATE ROLE sp_gate;
CREATE ROLE "sp Operator";
GRANT USAGE ON SCHEMA public TO sp_nobody, sp_app, sp_gate, "sp Operator";
CREATE FUNCTION pg_temp.as_role(role_name name, command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role_name);
	EXECUTE command;
	RESET ROLE;
	RETURN 'done';
EXCEPTION WHEN insufficient_privilege THEN
	RETURN 'denied';
END $$;
CREATE FUNCTION pg_temp.may(role_name name) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT oid::regprocedure::text FROM pg_proc
	WHERE pronamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace) AND provolatile <> 'i' AND prorettype <> 'trigger'::regtype
	AND NOT EXISTS (SELECT FROM pg_type AS t WHERE pg_proc.oid IN (t.typreceive, t.typsend))
	AND has_function_privilege(role_name, oid, 'EXECUTE') $$;
CREATE FUNCTION pg_temp.may_read(role_name name) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT relname::text FROM pg_class WHERE relnamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace) AND relkind IN ('r', 'p', 'v', 'm')
	AND has_table_privilege(role_name, oid, 'SELECT') $$;

-- PUBLIC

SELECT is_empty($$ SELECT * FROM pg_temp.may('sp_nobody') $$, 'PUBLIC may call no function that reads or writes data');
SELECT is_empty($$ SELECT * FROM pg_temp.may_read('sp_nobody') $$, 'nor read a table or view');
SELECT is_empty($$ SELECT relname, privilege FROM pg_class, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) AS privilege
	WHERE relnamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace) AND relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege('sp_nobody', oid, privilege) $$,
	'nor write one');
SELECT is(has_schema_privilege('sp_nobody', 'smart_parking', 'USAGE'), false, 'nor look into the schema');
SELECT is(has_schema_privilege('sp_nobody', 'smart_parking', 'CREATE'), false, 'nor put anything there');

-- SECURITY DEFINER

SELECT is_empty($$ SELECT oid::regprocedure FROM pg_proc WHERE pronamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace) AND prosecdef
	AND NOT EXISTS (SELECT FROM unnest(proconfig) AS c WHERE c ~ '^search_path=.*pg_temp$') $$,
	'every SECURITY DEFINER function pins its search_path, pg_temp last');
SELECT is_empty($$ SELECT oid::regprocedure FROM pg_proc WHERE pronamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace) AND prosecdef
	AND NOT EXISTS (SELECT FROM unnest(proconfig) AS c WHERE c ~ '^search_path=pg_catalog, ') $$,
	'and has pg_catalog first');
SELECT is_empty($$ SELECT oid::regprocedure FROM pg_proc WHERE pronamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace)
	AND strpos(regexp_replace(prosrc, 'E''[^'']*''', '', 'g'), chr(92)) > 0 AND NOT 'standard_conforming_strings=on' = ANY (coalesce(proconfig, '{}')) $$, 'every function with a backslash in a plain string pins how that is read');
SELECT is_empty($$ SELECT oid::regprocedure FROM pg_proc AS p WHERE pronamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace)
	AND obj_description(oid, 'pg_proc') IS NULL $$, 'every function has a comment');

-- application

SELECT lives_ok($$ SELECT smart_parking.grant_access('sp_app', 'application') $$, 'grant_access to an application');
SELECT set_eq($$ SELECT * FROM pg_temp.may('sp_app') $$, $$ SELECT unnest(ARRAY[
	'smart_parking.nearby_parking(double precision,double precision,double precision,integer,text,integer,text[])',
	'smart_parking.reserve_spot(uuid,uuid,text,interval,text,uuid)', 'smart_parking.extend_hold(uuid,interval)',
	'smart_parking.cancel_booking(uuid,text)', 'smart_parking.change_plate(uuid,text)',
	'smart_parking.reserve_certain_spot(uuid,uuid,text,integer,text,interval,uuid)', 'smart_parking.free_spots_of(uuid)',
	'smart_parking.renew_hold(uuid)', 'smart_parking.holds_ending(interval)',
	'smart_parking.join_queue(uuid,uuid,text,text,uuid)', 'smart_parking.queue_position(uuid)', 'smart_parking.leave_queue(uuid)', 'smart_parking.accept_offer(uuid)',
	'smart_parking.reserve_nearby(double precision,double precision,uuid,text,double precision,text,interval,uuid)',
	'smart_parking.reserve_spots(uuid,uuid,text[],interval,text,uuid)', 'smart_parking.cancel_group(uuid,text)', 'smart_parking.extend_group(uuid,interval)',
	'smart_parking.availability_feed(text,jsonb,text,text)', 'smart_parking.parking_tile(integer,integer,integer,text)']) $$, 'it may search, hold, extend, cancel, renew and change the plate');
SELECT set_eq($$ SELECT * FROM pg_temp.may_read('sp_app') $$,
	ARRAY['parking_status', 'parking', 'spot', 'booking', 'booking_event', 'booking_group', 'queue_entry', 'open_offers', 'outside_count'], 'and read lots, spots, bookings');

SELECT smart_parking.add_parking('Private', 51.05, 13.74, 5) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'g') AS gate \gset
SELECT is(pg_temp.as_role('sp_app', 'SELECT * FROM smart_parking.nearby_parking(51.05, 13.74)'), 'done', 'an application searches');
SELECT is(pg_temp.as_role('sp_app', 'SELECT * FROM smart_parking.parking_status'), 'done', 'reads the counters');
SELECT is(pg_temp.as_role('sp_app', format('SELECT * FROM smart_parking.reserve_spot(%L, gen_random_uuid(), ''APP 1'')', :'lot')), 'done', 'holds');
SELECT is(pg_temp.as_role('sp_app', 'SELECT smart_parking.extend_hold(id, ''1 minute'') FROM smart_parking.booking'), 'done', 'extends');
SELECT is(pg_temp.as_role('sp_app', format('SELECT * FROM smart_parking.free_spots_of(%L)', :'lot')), 'done', 'sees the plan of a lot');
SELECT is(pg_temp.as_role('sp_app', format('SELECT * FROM smart_parking.reserve_certain_spot(%L, gen_random_uuid(), ''APP 2'', 4)', :'lot')), 'done', 'holds a certain spot');
SELECT is(pg_temp.as_role('sp_app', 'SELECT smart_parking.renew_hold(booking_id) FROM smart_parking.holds_ending(''1 hour'')'), 'done', 'looks which holds end soon, and renews');
SELECT is(pg_temp.as_role('sp_app', 'SELECT smart_parking.home_cell(id) FROM smart_parking.parking'), 'done', 'tells the home cell');
SELECT is(pg_temp.as_role('sp_app', 'SELECT smart_parking.cancel_booking(id) FROM smart_parking.booking'), 'done', 'cancels');
SELECT is(pg_temp.as_role('sp_app', command), 'denied', 'but cannot: ' || command)
FROM (VALUES
	('UPDATE smart_parking.counter_slice SET free_spots = 0'), ('SELECT * FROM smart_parking.counter_slice'),
	('DELETE FROM smart_parking.booking'), ('INSERT INTO smart_parking.booking_event VALUES (gen_random_uuid(), now(), ''cancelled'')'),
	('UPDATE smart_parking.parking SET is_open = false'), ('TRUNCATE smart_parking.booking'),
	('SELECT smart_parking.add_parking(''x'', 1, 2, 3)'), ('SELECT smart_parking.close_parking(gen_random_uuid())'),
	('SELECT smart_parking.release_expired()'), ('SELECT * FROM smart_parking.validate_plate(gen_random_uuid(), ''X'')'),
	('SELECT * FROM smart_parking.plate_read'), ('SELECT * FROM smart_parking.check_invariants()'),
	('SELECT * FROM smart_parking.import_parkings(''{}'', ''x'')'),
	('SELECT smart_parking.grant_access(''sp_app'', ''operator'')'), ('SELECT smart_parking.revoke_access(''sp_gate'')'),
	('SET smart_parking.max_hold = ''7d'''), ('CREATE TABLE smart_parking.mine ()')) AS c(command);

-- gate

SELECT lives_ok($$ SELECT smart_parking.grant_access('sp_gate', 'gate') $$, 'grant_access to a gate');
SELECT set_eq($$ SELECT pg_temp.may('sp_gate') $$,
	ARRAY['smart_parking.validate_plate(uuid,text,timestamp with time zone,real,text,jsonb,text)', 'smart_parking.pending_commands(uuid)',
	'smart_parking.acknowledge_command(uuid)', 'smart_parking.report_passage(uuid,text,text,jsonb)', 'smart_parking.report_gate_passage(uuid,text,jsonb)',
	'smart_parking.record_read(uuid,jsonb,text)', 'smart_parking.export_gate_list(uuid,bigint)', 'smart_parking.replay_reads(uuid,jsonb)'],
	'it may show plates, take and report on orders, ask for its list and say what it did offline');
SELECT is_empty($$ SELECT pg_temp.may_read('sp_gate') $$, 'and read nothing');
SELECT is(pg_temp.as_role('sp_gate', format('SELECT * FROM smart_parking.validate_plate(%L, ''APP 1'')', :'gate')), 'done', 'a gate shows a plate');
SELECT is(pg_temp.as_role('sp_gate', format('SELECT * FROM smart_parking.pending_commands(%L)', :'gate')), 'done', 'asks for its orders');
SELECT is(pg_temp.as_role('sp_gate', format('SELECT smart_parking.report_gate_passage(%L)', :'gate')), 'done', 'reports');
SELECT is(pg_temp.as_role('sp_gate', format('SELECT smart_parking.open_manually(%L, %L)', :'gate', 'x')), 'denied', 'but does not open by hand');
SELECT is(pg_temp.as_role('sp_gate', format(command, :'gate')), 'done', 'a gate calls ' || command)
FROM (VALUES ('SELECT * FROM smart_parking.record_read(%L, ''{"data_type": "heartbeat"}'')'), ('SELECT * FROM smart_parking.export_gate_list(%L)'),
	('SELECT * FROM smart_parking.replay_reads(%L, ''[{"data_type": "heartbeat"}, {"plate": "A", "opened": false}]'')')) AS c(command);
SELECT is(pg_temp.as_role('sp_gate', 'SELECT * FROM smart_parking.nearby_parking(51.05, 13.74)'), 'denied', 'but cannot search');
SELECT is(pg_temp.as_role('sp_gate', command), 'denied', 'nor ' || command)
FROM (VALUES ('SELECT smart_parking.set_gate(gen_random_uuid())'), ('SELECT smart_parking.set_parking(gen_random_uuid())'), ('SELECT smart_parking.add_plate_rule(''A1'', ''staff'')'),
	('SELECT smart_parking.end_plate_rule(gen_random_uuid())'), ('SELECT smart_parking.resolve_incident(gen_random_uuid(), ''x'')'), ('SELECT * FROM smart_parking_internal.gate_list')) AS c(command);
SELECT is(pg_temp.as_role('sp_gate', 'SELECT * FROM smart_parking.parking_status'), 'denied', 'nor read the counters');

-- counter

CREATE ROLE sp_counter;
SELECT lives_ok($$ SELECT smart_parking.grant_access('sp_counter', 'counter') $$, 'grant_access to a counter');
SELECT set_eq($$ SELECT pg_temp.may('sp_counter') $$, ARRAY['smart_parking.report_availability(uuid,integer,text,timestamp with time zone,text,text,integer)',
	'smart_parking.import_availability(text,text,text)', 'smart_parking.import_availability(jsonb,text,text)'], 'it may report');
SELECT is_empty($$ SELECT pg_temp.may_read('sp_counter') $$, 'and read nothing');
SELECT is(pg_temp.as_role('sp_counter', command), 'done', 'a counter calls ' || left(command, 50))
FROM (VALUES (format('SELECT smart_parking.report_availability(%L, 1)', :'lot')), ('SELECT * FROM smart_parking.import_availability(''[]''::text, ''x'')'), ('SELECT * FROM smart_parking.import_availability(''[]''::jsonb, ''x'')')) AS calls (command);
SELECT is(pg_temp.as_role('sp_counter', command), 'denied', 'but cannot ' || command)
FROM (VALUES (format('SELECT smart_parking.set_counted_outside(%L, true)', :'lot')), ('SELECT * FROM smart_parking.outside_count'), ('SELECT smart_parking.availability_feed(''csv'')')) AS calls (command);

-- operator

SELECT lives_ok($$ SELECT smart_parking.grant_access('sp Operator', 'operator') $$, 'grant_access to an operator, whose name needs quotes');
SELECT is(pg_temp.as_role('sp Operator', command), 'done', 'an operator can: ' || command)
FROM (VALUES
	('SELECT smart_parking.add_parking(''Op'', 1, 2, 30)'),
	('SELECT smart_parking.resize_parking(id, 40) FROM smart_parking.parking WHERE name = ''Op'''),
	('SELECT smart_parking.set_spot_service(id, 40, false) FROM smart_parking.parking WHERE name = ''Op'''),
	('SELECT smart_parking.close_parking(id) FROM smart_parking.parking WHERE name = ''Op'''),
	('SELECT smart_parking.add_gate(id, ''g'') FROM smart_parking.parking WHERE name = ''Op'''),
	('SELECT * FROM smart_parking.import_parkings(''{"type": "FeatureCollection", "features": [{"type": "Feature",
		"properties": {"name": "M", "total": 5}, "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [2, 2], [2, 3], [1, 2]]]}}]}'', ''op'')'),
	('SELECT smart_parking.release_expired()'), ('SELECT * FROM smart_parking.check_invariants()'),
	('SELECT * FROM smart_parking.counter_slice'), ('SELECT * FROM smart_parking.plate_read')) AS c(command);
SELECT is(pg_temp.as_role('sp Operator', command), 'denied', 'an operator cannot: ' || left(command, 60))
FROM (VALUES
	('UPDATE smart_parking.counter_slice SET free_spots = 0'), ('DELETE FROM smart_parking.plate_read'),
	('INSERT INTO smart_parking.parking (id, name, location, total_capacity) VALUES (gen_random_uuid(), ''x'', ''POINT(1 2)'', 5)')) AS c(command);

-- Only who owns the functions grants them. PostgreSQL leaves it at a warning where no grant option is held.

CREATE ROLE sp_owner;
CREATE ROLE sp_member IN ROLE sp_owner;
CREATE ROLE sp_distant NOINHERIT IN ROLE sp_owner;
CREATE ROLE sp_deputy;
GRANT USAGE ON SCHEMA public TO sp_deputy, sp_member, sp_distant, sp_owner;
CREATE FUNCTION pg_temp.answer(role_name name, command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role_name);
	EXECUTE command;
	RESET ROLE;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(pg_temp.answer('sp Operator', $$ SELECT smart_parking.grant_access('sp_nobody', 'operator') $$),
	'SP032 only the owner of the extension, or a superuser, can grant access', 'an operator cannot pass its rights on');
SELECT is(pg_temp.answer('sp Operator', $$ SELECT smart_parking.revoke_access('sp_gate') $$),
	'SP032 only the owner of the extension, or a superuser, can take access back', 'nor take them from others');
SELECT is_empty($$ SELECT pg_temp.may('sp_nobody') UNION ALL SELECT pg_temp.may_read('sp_nobody') $$, 'nothing was granted');
SELECT isnt_empty($$ SELECT pg_temp.may('sp_gate') $$, 'nor taken back');

-- some grant options are not enough, and give nothing either
GRANT USAGE ON SCHEMA smart_parking TO sp_deputy WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION smart_parking.grant_access, smart_parking.validate_plate(uuid, text, timestamptz, real, text, jsonb, text) TO sp_deputy WITH GRANT OPTION;
SELECT alike(pg_temp.answer('sp_deputy', $$ SELECT smart_parking.grant_access('sp_nobody', 'gate') $$), 'SP032 %', 'who may grant a part of it');
SELECT is_empty($$ SELECT pg_temp.may('sp_nobody') UNION ALL SELECT pg_temp.may_read('sp_nobody') $$, 'grants nothing');
SELECT is(has_schema_privilege('sp_nobody', 'smart_parking', 'USAGE'), false, 'not even the schema');

-- an owner that is no superuser, and its members
DO $$
DECLARE
	command text;
BEGIN
	FOR command IN
		SELECT format('ALTER %s %s OWNER TO sp_owner', CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, oid::regclass)
		FROM pg_class WHERE relnamespace = 'smart_parking'::regnamespace AND relkind IN ('r', 'v')
		UNION ALL SELECT format('ALTER ROUTINE %s OWNER TO sp_owner', oid::regprocedure) FROM pg_proc
			WHERE pronamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace)
	LOOP
		EXECUTE command;
	END LOOP;
END $$;
ALTER SCHEMA smart_parking_internal OWNER TO sp_owner;
SAVEPOINT schema_not_owned;
GRANT USAGE ON SCHEMA smart_parking TO sp_owner;
SELECT alike(pg_temp.answer('sp_owner', $$ SELECT smart_parking.grant_access('sp_nobody', 'gate') $$), 'SP032 %', 'who owns all but the schema does not grant');
ROLLBACK TO schema_not_owned;
ALTER SCHEMA smart_parking OWNER TO sp_owner;
SELECT is(pg_temp.answer('sp_owner', $$ SELECT smart_parking.grant_access('sp_nobody', 'gate') $$), 'done', 'an owner grants');
SELECT isnt_empty($$ SELECT pg_temp.may('sp_nobody') $$, 'in fact');
SELECT is(pg_temp.answer('sp_member', $$ SELECT smart_parking.revoke_access('sp_nobody') $$), 'done', 'a member of its takes back');
SELECT is_empty($$ SELECT pg_temp.may('sp_nobody') $$, 'in fact');
SELECT is(pg_temp.answer('sp_member', $$ SELECT smart_parking.grant_access('sp_nobody', 'application') $$), 'done', 'and grants');
SELECT is(pg_temp.answer('sp_member', $$ SELECT smart_parking.revoke_access('sp_nobody') $$), 'done', 'and takes back');
SELECT smart_parking.grant_access('sp_distant', 'operator');
SELECT alike(pg_temp.answer('sp_distant', $$ SELECT smart_parking.grant_access('sp_nobody', 'gate') $$), 'SP032 %', 'one that does not inherit has to become it');
SELECT is(pg_temp.answer('sp_owner', $$ SELECT smart_parking.revoke_access('sp_distant') $$), 'done', 'and loses its own');

-- revoke_access

SELECT lives_ok($$ SELECT smart_parking.revoke_access(role) FROM unnest(ARRAY['sp_app', 'sp_gate', 'sp Operator']) AS role $$, 'revoke_access');
SELECT is_empty(format('SELECT pg_temp.may(%1$L) UNION ALL SELECT pg_temp.may_read(%1$L)', role), 'leaves nothing to ' || role)
FROM unnest(ARRAY['sp_app', 'sp_gate', 'sp Operator']) AS role;
SELECT is(has_schema_privilege('sp_app', 'smart_parking', 'USAGE'), false, 'not even the schema');

SELECT throws_ok(sql, code, NULL, sql || ': ' || code)
FROM (VALUES
	($$ SELECT smart_parking.grant_access(NULL, 'gate') $$, 'SP016'), ($$ SELECT smart_parking.grant_access('sp_app', NULL) $$, 'SP016'),
	($$ SELECT smart_parking.grant_access('sp_app', 'driver') $$, 'SP019'), ($$ SELECT smart_parking.grant_access('sp_unknown', 'gate') $$, 'SP019'),
	($$ SELECT smart_parking.grant_access('public', 'operator') $$, 'SP019'),
	($$ SELECT smart_parking.revoke_access(NULL) $$, 'SP016'), ($$ SELECT smart_parking.revoke_access('sp_unknown') $$, 'SP019')) AS bad(sql, code);

SELECT * FROM finish();
ROLLBACK;
