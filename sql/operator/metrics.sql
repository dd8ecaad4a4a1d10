-- What monitoring asks for. The exporter's configuration is examples/monitoring/queries.yaml.
--
-- Each metric is a branch with its name as a constant, so that who asks for some names pays for those alone.

DO $do$
DECLARE
	answer text;
BEGIN
	-- src/server/answer_count.c counts calls of them, and nobody calls them
	FOREACH answer IN ARRAY ARRAY['reserved', 'repeated', 'already_reserved', 'full', 'closed', 'too_many_holds', 'plate_taken'] LOOP
		EXECUTE pg_catalog.format('CREATE OR REPLACE FUNCTION smart_parking_internal.answers_%s() RETURNS void LANGUAGE sql STABLE AS $$ $$', answer);
		EXECUTE pg_catalog.format('COMMENT ON FUNCTION smart_parking_internal.answers_%s() IS %L', answer,
			'Not to be called: answers of reserve_spot() are counted under its name in PostgreSQL''s statistics, see src/server/answer_count.c.');
	END LOOP;
END $do$;

CREATE OR REPLACE VIEW smart_parking.metrics AS
	SELECT 'smart_parking_holds_live' AS name, '{}'::jsonb AS labels, count(*)::float8 AS value,
		'Holds that are valid.' AS help
	FROM smart_parking.booking AS b WHERE b.status = 'pending' AND b.expires_at > statement_timestamp()

	UNION ALL
	SELECT 'smart_parking_holds_lapsed', '{}', count(*),
		'Holds that have lapsed and wait for the sweeper. Their spots are given on all the same.'
	FROM smart_parking.booking AS b WHERE b.status = 'pending' AND b.expires_at <= statement_timestamp()

	UNION ALL
	SELECT 'smart_parking_holds_lapsed_age_seconds', '{}',
		coalesce(extract(epoch FROM statement_timestamp() - min(b.expires_at) FILTER (WHERE isfinite(b.expires_at))), 0),
		'How long the oldest of them has waited; 0: there is none.'
	FROM smart_parking.booking AS b WHERE b.status = 'pending' AND b.expires_at <= statement_timestamp()

	UNION ALL
	SELECT 'smart_parking_cars_inside', '{}', count(*), 'Cars that are inside on a booking.'
	FROM smart_parking.booking AS b WHERE b.status = 'confirmed' AND b.ended_at IS NULL

	UNION ALL
	SELECT 'smart_parking_sweeper_running', '{}', s.running::integer, '1 while a sweep is running in this database, else 0.'
	FROM smart_parking.sweeper_status() AS s

	UNION ALL
	SELECT 'smart_parking_sweeper_last_run_age_seconds', '{}', extract(epoch FROM clock_timestamp() - s.last_started),
		'How long ago pg_cron last started the sweeper; no value where that cannot be seen.'
	FROM smart_parking.sweeper_status() AS s WHERE s.last_started IS NOT NULL

	UNION ALL
	SELECT 'smart_parking_sweep_failures', jsonb_build_object('chore', c.chore), count(f.subject_id),
		'What the sweeper could not end, by chore: rows of sweep_failure.'
	FROM (VALUES ('lapsed_hold'), ('overstay'), ('command')) AS c (chore)
	LEFT JOIN smart_parking.sweep_failure AS f USING (chore)
	GROUP BY c.chore

	UNION ALL
	SELECT 'smart_parking_reservation_answers_total', jsonb_build_object('answer', a.answer), coalesce(pg_stat_get_function_calls(a.counter), 0),
		'Answers of reserve_spot() since the statistics were reset: outcomes, repeated (reserved, by an earlier call of the same request_id), and the errors too_many_holds and plate_taken. Answers that were rolled back count.'
	FROM (VALUES
		('reserved', 'smart_parking_internal.answers_reserved()'::regprocedure), ('repeated', 'smart_parking_internal.answers_repeated()'),
		('already_reserved', 'smart_parking_internal.answers_already_reserved()'), ('full', 'smart_parking_internal.answers_full()'),
		('closed', 'smart_parking_internal.answers_closed()'), ('too_many_holds', 'smart_parking_internal.answers_too_many_holds()'),
		('plate_taken', 'smart_parking_internal.answers_plate_taken()')) AS a (answer, counter)

	UNION ALL
	SELECT 'smart_parking_lot_free_spots', jsonb_build_object('parking_id', s.id, 'parking', s.name), s.free_spots_counter,
		'Spots of a lot that a driver could get.'
	FROM smart_parking.parking_status AS s

	UNION ALL
	SELECT 'smart_parking_lot_spots_in_service', jsonb_build_object('parking_id', s.id, 'parking', s.name), s.spots_in_service,
		'Spots of a lot that are not out of service, free or not.'
	FROM smart_parking.parking_status AS s

	UNION ALL
	SELECT 'smart_parking_gate_silent_seconds', jsonb_build_object('gate_id', g.id, 'gate', g.name, 'parking', p.name),
		extract(epoch FROM clock_timestamp() - greatest(g.camera_seen_at, r.received_at)),
		'Since the last sign of life of a gate''s camera, a read or a heartbeat; no value where there was none ever.'
	FROM smart_parking.gate AS g
	JOIN smart_parking.parking AS p ON p.id = g.parking_id
	LEFT JOIN LATERAL (
		SELECT r.received_at FROM smart_parking.plate_read AS r WHERE r.gate_id = g.id ORDER BY r.received_at DESC LIMIT 1
	) AS r ON true
	WHERE coalesce(g.camera_seen_at, r.received_at) IS NOT NULL

	UNION ALL
	SELECT 'smart_parking_gate_verdicts_5m', jsonb_build_object('decision', r.decision, 'reason', r.reason), count(*),
		'Reads of the last 5 minutes, by the verdict on them and its reason (docs/gates.md); none where nothing was read.'
	FROM smart_parking.gate AS g
	JOIN smart_parking.plate_read AS r ON r.gate_id = g.id AND r.received_at > statement_timestamp() - interval '5 minutes'
	GROUP BY r.decision, r.reason

	UNION ALL
	SELECT 'smart_parking_gate_incidents_open', jsonb_build_object('kind', i.kind), count(*), 'Incidents that nobody has resolved, by kind; none where there are none.'
	FROM smart_parking.gate_incident AS i WHERE i.resolved_at IS NULL GROUP BY i.kind

	UNION ALL
	-- no order lives longer, so that the index by gate and instant does; those of gates that do not sense passage never end
	SELECT 'smart_parking_commands_open', '{}', count(*), 'Orders to barriers that are good and not carried out yet, as far as gates tell.'
	FROM smart_parking.gate AS g
	JOIN smart_parking.barrier_command AS c ON c.gate_id = g.id AND c.issued_at > statement_timestamp() - interval '10 minutes'
	WHERE c.ended_at IS NULL AND c.expires_at > statement_timestamp()

	UNION ALL
	SELECT 'smart_parking_commands_overdue', '{}', count(*), 'Orders whose time is over and which the sweeper has not ended yet.'
	FROM smart_parking.barrier_command AS c WHERE c.awaits_passage AND c.ended_at IS NULL AND c.expires_at <= statement_timestamp()

	UNION ALL
	SELECT 'smart_parking_reads_for_attention', '{}', count(*), 'Cars of the last hour that wait for a person.'
	FROM smart_parking.reads_for_attention AS r WHERE r.received_at > statement_timestamp() - interval '1 hour'

	UNION ALL
	-- the locks of src/server/locks.c: objsubid is 0x5350 + LockSubject
	SELECT 'smart_parking_calls_waiting', jsonb_build_object('lock', w.lock), count(l.pid),
		'Calls that wait for another one''s transaction: driver, request, gate, plate: for one about the same; lot: for a spot of a lot in which others hold all that is free.'
	FROM (VALUES (1, 'driver'), (2, 'request'), (3, 'gate'), (4, 'plate'), (5, 'lot')) AS w (subject, lock)
	LEFT JOIN pg_locks AS l ON l.locktype = 'advisory' AND NOT l.granted AND l.objsubid = x'5350'::integer + w.subject
		AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
	GROUP BY w.lock

	UNION ALL
	SELECT 'smart_parking_table_bytes', jsonb_build_object('table', c.relname), pg_total_relation_size(c.oid), 'Size of a table with its indexes.'
	FROM pg_class AS c WHERE c.relnamespace = 'smart_parking'::regnamespace AND c.relkind = 'r'

	UNION ALL
	SELECT 'smart_parking_table_rows', jsonb_build_object('table', c.relname), pg_stat_get_live_tuples(c.oid), 'Rows of a table, as PostgreSQL''s statistics estimate it.'
	FROM pg_class AS c WHERE c.relnamespace = 'smart_parking'::regnamespace AND c.relkind = 'r';
COMMENT ON VIEW smart_parking.metrics IS
'What to watch, a row for each value. Reads only, takes no lock that anybody waits for. What each means for the operator: docs/operations.md; what is counted how: docs/decisions.md. '
'check_invariants() is not in it, as it reads every table: ask it by the hour.';
COMMENT ON COLUMN smart_parking.metrics.name IS 'As Prometheus has it; what ends in _total is a counter, all else a gauge.';
COMMENT ON COLUMN smart_parking.metrics.labels IS 'Whose value it is, an object of strings.';

CREATE OR REPLACE FUNCTION smart_parking_internal.report_progress(work text, done bigint, total bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM set_config('application_name', format('smart_parking: %s %s of %s', work, done, total), true);
END $$;
COMMENT ON FUNCTION smart_parking_internal.report_progress(text, bigint, bigint) IS
'Shows in the view progress how far a call has come, whose rows nobody can see before it commits: by application_name, which other sessions see at once. An error or the end of the transaction puts back what it was. '
'Arguments: work, the function; done and total, in whatever it counts.';

CREATE OR REPLACE VIEW smart_parking.progress AS
	SELECT m.match[1] AS work, a.pid, m.match[2]::bigint AS done, m.match[3]::bigint AS total
	FROM pg_stat_activity AS a
	CROSS JOIN LATERAL regexp_match(a.application_name, '^smart_parking: ([a-z_]+) ([0-9]{1,18}) of ([0-9]{1,18})$') AS m (match)
	WHERE a.datname = current_database() AND m.match IS NOT NULL
	UNION ALL
	SELECT 'sweep', s.pid, NULL, count(b.id)
	FROM smart_parking.booking AS b
	LEFT JOIN (
		SELECT min(l.pid) AS pid FROM pg_locks AS l
		WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = x'5350'::integer + 7
			AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
	) AS s ON true
	WHERE b.status = 'pending' AND b.expires_at <= statement_timestamp()
	GROUP BY s.pid;
COMMENT ON VIEW smart_parking.progress IS
'How far long work has come, a row for each: calls of import_parkings() that are under way, and sweep, if any hold has lapsed and not been released yet. '
'What a call has done becomes visible when it commits; its progress is told by its application_name, and for the last thing it counted.';
COMMENT ON COLUMN smart_parking.progress.pid IS 'The session that is at it; NULL: nobody sweeps.';
COMMENT ON COLUMN smart_parking.progress.done IS 'New lots of an import that are in, by the thousand; NULL for sweep.';
COMMENT ON COLUMN smart_parking.progress.total IS 'Out of how many; for sweep, how many are left.';
