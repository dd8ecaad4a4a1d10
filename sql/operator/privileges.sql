-- Who may do what.

CREATE OR REPLACE FUNCTION smart_parking_internal.check_role(role_name name) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('role_name', role_name IS NOT NULL);
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
		RAISE EXCEPTION 'there is no role "%"', role_name
			USING ERRCODE = 'SP019', HINT = format('Make it first: CREATE ROLE %I.', role_name);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_role(name) IS 'Raises SP016 for NULL, SP019 for a role that does not exist.';

CREATE OR REPLACE FUNCTION smart_parking.grant_access(role_name name, plane text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	objects text[];
	object text;
BEGIN
	-- PostgreSQL would leave it at warnings. Nobody else may look into smart_parking_internal, so this stands here.
	IF EXISTS (
		SELECT FROM (SELECT nspowner FROM pg_namespace WHERE oid = 'smart_parking'::regnamespace
			UNION SELECT relowner FROM pg_class WHERE relnamespace = 'smart_parking'::regnamespace AND relkind IN ('r', 'v')
			UNION SELECT proowner FROM pg_proc WHERE pronamespace = 'smart_parking'::regnamespace) AS object (owner)
		WHERE NOT pg_has_role(owner, 'USAGE')
	) THEN
		RAISE EXCEPTION 'only the owner of the extension, or a superuser, can grant access'
			USING ERRCODE = 'SP032', HINT = 'A member of the owner''s role without INHERIT needs SET ROLE.';
	END IF;
	PERFORM smart_parking_internal.check_role(role_name);
	PERFORM smart_parking_internal.require_argument('plane', plane IS NOT NULL);
	objects := CASE plane
		WHEN 'application' THEN ARRAY[
			'EXECUTE ON FUNCTION smart_parking.nearby_parking(float8, float8, float8, integer, text, integer, text[])',
			'EXECUTE ON FUNCTION smart_parking.reserve_spot(uuid, uuid, text, interval, text, uuid)',
			'EXECUTE ON FUNCTION smart_parking.extend_hold(uuid, interval)',
			'EXECUTE ON FUNCTION smart_parking.cancel_booking(uuid, text)',
			'EXECUTE ON FUNCTION smart_parking.change_plate(uuid, text)',
			'EXECUTE ON FUNCTION smart_parking.reserve_certain_spot(uuid, uuid, text, integer, text, interval, uuid)',
			'EXECUTE ON FUNCTION smart_parking.free_spots_of(uuid)',
			'EXECUTE ON FUNCTION smart_parking.reserve_nearby(float8, float8, uuid, text, float8, text, interval, uuid)',
			'EXECUTE ON FUNCTION smart_parking.join_queue(uuid, uuid, text, text, uuid)',
			'EXECUTE ON FUNCTION smart_parking.queue_position(uuid)',
			'EXECUTE ON FUNCTION smart_parking.leave_queue(uuid)',
			'EXECUTE ON FUNCTION smart_parking.accept_offer(uuid)',
			'EXECUTE ON FUNCTION smart_parking.renew_hold(uuid)',
			'EXECUTE ON FUNCTION smart_parking.reserve_spots(uuid, uuid, text[], interval, text, uuid)',
			'EXECUTE ON FUNCTION smart_parking.cancel_group(uuid, text)',
			'EXECUTE ON FUNCTION smart_parking.extend_group(uuid, interval)',
			'EXECUTE ON FUNCTION smart_parking.holds_ending(interval)',
			'EXECUTE ON FUNCTION smart_parking.home_cell(uuid)',
			'EXECUTE ON FUNCTION smart_parking.availability_feed(text, jsonb, text, text)',
			'EXECUTE ON FUNCTION smart_parking.parking_tile(integer, integer, integer, text)',
			'SELECT ON smart_parking.parking_status, smart_parking.parking, smart_parking.spot, '
				'smart_parking.booking, smart_parking.booking_event, smart_parking.booking_group, smart_parking.queue_entry, smart_parking.open_offers, smart_parking.outside_count']
		WHEN 'gate' THEN ARRAY[
			'EXECUTE ON FUNCTION smart_parking.validate_plate(uuid, text, timestamptz, real, text, jsonb, text)',
			'EXECUTE ON FUNCTION smart_parking.pending_commands(uuid)',
			'EXECUTE ON FUNCTION smart_parking.acknowledge_command(uuid)',
			'EXECUTE ON FUNCTION smart_parking.report_passage(uuid, text, text, jsonb)',
			'EXECUTE ON FUNCTION smart_parking.report_gate_passage(uuid, text, jsonb)',
			'EXECUTE ON FUNCTION smart_parking.record_read(uuid, jsonb, text)',
			'EXECUTE ON FUNCTION smart_parking.export_gate_list(uuid, bigint)',
			'EXECUTE ON FUNCTION smart_parking.replay_reads(uuid, jsonb)']
		WHEN 'counter' THEN ARRAY[
			'EXECUTE ON FUNCTION smart_parking.report_availability(uuid, integer, text, timestamptz, text, text, integer)',
			'EXECUTE ON FUNCTION smart_parking.import_availability(text, text, text)',
			'EXECUTE ON FUNCTION smart_parking.import_availability(jsonb, text, text)']
		WHEN 'monitor' THEN ARRAY[
			'SELECT ON smart_parking.metrics, smart_parking.progress',
			'EXECUTE ON FUNCTION smart_parking.sweeper_status()',
			'EXECUTE ON FUNCTION smart_parking.check_invariants()']
		WHEN 'operator' THEN ARRAY[
			'EXECUTE ON ALL ROUTINES IN SCHEMA smart_parking',
			'SELECT ON ALL TABLES IN SCHEMA smart_parking']
	END;
	IF objects IS NULL THEN
		RAISE EXCEPTION 'unknown plane "%"', plane
			USING ERRCODE = 'SP019', HINT = 'A role gets access as application, gate, counter, monitor or operator.';
	END IF;

	EXECUTE format('GRANT USAGE ON SCHEMA smart_parking TO %I', role_name);
	FOREACH object IN ARRAY objects LOOP
		EXECUTE format('GRANT %s TO %I', object, role_name);
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking.grant_access(name, text) IS
'Grants a role what it needs. Arguments: role_name; plane: '
'application: search, hold, extend, cancel, change the plate, feeds and tiles of lots, and read lots, spots, counts from outside, bookings and their events; '
'gate: validate_plate(), record_read(), the commands of gates and reports on them, export_gate_list(), replay_reads(), and nothing else; counter: report_availability(), import_availability(), and nothing else; monitor: the views metrics and progress, sweeper_status() and check_invariants(); operator: every function, and read every table. A role may be given several. '
'Nobody gets to write tables: functions do that. Runs with the caller''s rights, and only the owner, its members and superusers can grant. '
'After an upgrade of the extension call it again, for what is new. Errors: SP016 NULL, SP019 unknown role or plane, SP032 not the owner.';

CREATE OR REPLACE FUNCTION smart_parking.revoke_access(role_name name) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	-- PostgreSQL would leave it at warnings. Nobody else may look into smart_parking_internal, so this stands here.
	IF EXISTS (
		SELECT FROM (SELECT nspowner FROM pg_namespace WHERE oid = 'smart_parking'::regnamespace
			UNION SELECT relowner FROM pg_class WHERE relnamespace = 'smart_parking'::regnamespace AND relkind IN ('r', 'v')
			UNION SELECT proowner FROM pg_proc WHERE pronamespace = 'smart_parking'::regnamespace) AS object (owner)
		WHERE NOT pg_has_role(owner, 'USAGE')
	) THEN
		RAISE EXCEPTION 'only the owner of the extension, or a superuser, can take access back'
			USING ERRCODE = 'SP032', HINT = 'A member of the owner''s role without INHERIT needs SET ROLE.';
	END IF;
	PERFORM smart_parking_internal.check_role(role_name);
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA smart_parking FROM %I', role_name);
	EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA smart_parking FROM %I', role_name);
	EXECUTE format('REVOKE ALL ON SCHEMA smart_parking FROM %I', role_name);
END $$;
COMMENT ON FUNCTION smart_parking.revoke_access(name) IS
'Takes from a role whatever grant_access() gave it. Argument: role_name. Runs with the caller''s rights. '
'Errors: SP016 NULL, SP019 unknown role, SP032 not the owner.';
