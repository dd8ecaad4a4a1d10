-- The sweeper on pg_cron.  pg_cron may be absent or come later, so that
-- everything of it is named in dynamic SQL only.

CREATE OR REPLACE PROCEDURE smart_parking.sweep(every interval DEFAULT '1 second', run_for interval DEFAULT NULL)
AS 'MODULE_PATHNAME' LANGUAGE c;
COMMENT ON PROCEDURE smart_parking.sweep(interval, interval) IS
'Times out orders to barriers, releases lapsed holds and closes stays that lasted too long, over and over, and commits each batch of 1,000: what the pg_cron job runs. '
'Arguments: every, the pause between sweeps, 10 ms to 60 s; run_for, how long (NULL: until half a second after the next full minute; '
'0: once, until nothing is left, as fast as it goes; else it rests twice as long as each full batch took, so that a backlog '
'does not take the processor from drivers). Whatever the database''s settings, its transactions are READ COMMITTED, may write, and wait 2 s at most for a lock; a run with a time to fill knows no statement_timeout. '
'What fails in one lot is passed over, and stands in sweep_failure. One runs in a database at a time: a second one returns with a notice, at once if run_for is given, '
'else when its time is over and its turn has not come. '
'Errors: SP016 every is NULL, SP019 an argument out of range, 2D000 inside a transaction block.';

CREATE OR REPLACE FUNCTION smart_parking_internal.require_pg_cron() RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
DECLARE
	-- as postgresql.conf wants it
	in_conf	CONSTANT text := concat('''', replace(replace(current_database(), chr(92), repeat(chr(92), 2)), '''', ''''''), '''');
	by_hand	CONSTANT text := 'Until then run CALL smart_parking.sweep(run_for => ''0'') from any scheduler, every second or so, '
		'or have an outside queue call smart_parking.expire_booking(id) when a hold ends.';
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		RETURN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_cron') THEN
		RAISE EXCEPTION USING ERRCODE = 'SP030',
			MESSAGE = 'pg_cron is not installed on this server',
			HINT = format('Install the package (Debian: postgresql-%s-cron), set shared_preload_libraries = ''pg_cron'' and '
				'cron.database_name = %s, restart, CREATE EXTENSION pg_cron, and call start_sweeper again. ',
				current_setting('server_version_num')::integer / 10000, in_conf) || by_hand;
	END IF;
	IF coalesce(current_setting('cron.database_name', true), '') <> current_database() THEN
		RAISE EXCEPTION USING ERRCODE = 'SP030',
			MESSAGE = 'pg_cron does not run in this database',
			HINT = format('Either set shared_preload_libraries = ''pg_cron'' and cron.database_name = %s, restart, CREATE EXTENSION pg_cron here, '
				'and call start_sweeper again; or in the database that has pg_cron: '
				'SELECT cron.schedule_in_database(%L, ''* * * * *'', ''CALL smart_parking.sweep()'', %L). ',
				in_conf, 'smart_parking sweeper of ' || current_database(), current_database()) || by_hand;
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'SP030',
		MESSAGE = 'extension pg_cron is not created in this database',
		HINT = 'CREATE EXTENSION pg_cron, and call start_sweeper again. ' || by_hand;
END
$$;
COMMENT ON FUNCTION smart_parking_internal.require_pg_cron() IS
'Raises SP030, with a hint on what to do, unless pg_cron is there.';

CREATE OR REPLACE FUNCTION smart_parking_internal.sweeper_jobs() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT ARRAY['smart_parking sweeper', 'smart_parking sweeper at start'] $$;
COMMENT ON FUNCTION smart_parking_internal.sweeper_jobs() IS 'The names of the pg_cron jobs: by the minute, and at a start of the server.';

CREATE OR REPLACE FUNCTION smart_parking_internal.jobs_elsewhere() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$ SELECT nullif(nullif(current_setting('cron.database_name', true), ''), current_database()) $$;
COMMENT ON FUNCTION smart_parking_internal.jobs_elsewhere() IS 'The database in which this server''s pg_cron has its jobs, if that is another one.';

CREATE OR REPLACE FUNCTION smart_parking.start_sweeper(every interval DEFAULT '1 second') RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
DECLARE
	jobs	CONSTANT text[] := smart_parking_internal.sweeper_jobs();
	-- DROP EXTENSION knows nothing of the jobs, so they end themselves; nor does a job's session have a search_path to rely on
	command	CONSTANT text := format($command$DO $sweep$ BEGIN
	IF pg_catalog.to_regprocedure('smart_parking.sweep(interval, interval)') IS NULL THEN
		PERFORM cron.unschedule(j.jobid) FROM cron.job j WHERE j.jobname OPERATOR(pg_catalog.=) ANY (%L::pg_catalog.text[])
			AND j.database OPERATOR(pg_catalog.=) pg_catalog.current_database();
	ELSE
		CALL smart_parking.sweep('%s s');
	END IF;
END $sweep$ $command$, jobs, extract(epoch FROM every));
	cron_version	numeric;
	job				bigint;
BEGIN
	IF every IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'SP016', MESSAGE = 'argument "every" must not be null';
	END IF;
	IF NOT smart_parking_internal.duration_within(every, '10 milliseconds', '1 minute') THEN
		RAISE EXCEPTION USING ERRCODE = 'SP019',
			MESSAGE = 'the time between sweeps must be between 10 ms and 60 s',
			HINT = 'A lapsed hold is not valid whether swept or not; a second is short enough.';
	END IF;
	PERFORM smart_parking_internal.require_pg_cron();

	-- jobs of the name that this database had before it was renamed
	EXECUTE 'SELECT count(cron.unschedule(jobid)) FROM cron.job WHERE jobname = ANY ($1) AND database <> current_database()'
		USING jobs;
	-- From 1.5 on a job can follow the end of its last run within a second.
	-- Before, a run starts by the minute and lasts until the next one waits.
	SELECT substring(extversion FROM '^[0-9]+[.][0-9]+')::numeric INTO cron_version FROM pg_extension WHERE extname = 'pg_cron';
	EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO job
		USING jobs[1], CASE WHEN cron_version < 1.5 THEN '* * * * *' ELSE '1 seconds' END, command;
	-- and the rest of the minute in which the server starts
	IF cron_version < 1.5 THEN
		EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING jobs[2], '@reboot', command;
	END IF;
	RETURN job;
END
$$;
COMMENT ON FUNCTION smart_parking.start_sweeper(interval) IS
'Has pg_cron release lapsed holds, by a job named "smart_parking sweeper". Calling it again changes the pause. '
'Argument: every, the pause between sweeps, 10 ms to 60 s. Result: the id of the pg_cron job. '
'With pg_cron before 1.5 the first sweep comes at the next full minute, and a job "smart_parking sweeper at start" sweeps from a start '
'of the server to the next full minute. After DROP EXTENSION the jobs remove themselves when they run next; after ALTER DATABASE RENAME call it again. '
'Errors: SP016 NULL, SP019 out of range, SP030 pg_cron is missing (the hint says what to do).';

CREATE OR REPLACE FUNCTION smart_parking.stop_sweeper() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
DECLARE
	jobs	integer := 0;
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		EXECUTE 'SELECT count(cron.unschedule(jobid)) FROM cron.job WHERE jobname = ANY ($1) AND database = current_database()'
			INTO jobs USING smart_parking_internal.sweeper_jobs();
	ELSIF smart_parking_internal.jobs_elsewhere() IS NOT NULL THEN
		RAISE NOTICE USING MESSAGE = format('the jobs of this server''s pg_cron stand in database %I', smart_parking_internal.jobs_elsewhere()),
			HINT = format('If one sweeps this database, end it there: SELECT cron.unschedule(jobid) FROM cron.job WHERE database = %L', current_database());
	END IF;
	-- A run that is under way would go on until the next minute.
	PERFORM pg_cancel_backend(pid) FROM smart_parking_internal.sweeper_backend();
	RETURN jobs > 0;
END
$$;
COMMENT ON FUNCTION smart_parking.stop_sweeper() IS
'Removes the pg_cron job and ends the sweep that is under way. Result: true if there was a job. '
'A job in another database of the server (the hint of start_sweeper() in a second one) has to be ended there: a notice says so.';

CREATE OR REPLACE FUNCTION smart_parking_internal.sweeper_backend() RETURNS TABLE (pid integer, by_pg_cron boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
	-- the lock of src/server/locks.c: objsubid is 0x5350 + LOCK_SWEEPER
	SELECT l.pid, coalesce(starts_with(a.application_name, 'pg_cron') OR starts_with(a.backend_type, 'pg_cron'), false)
	FROM pg_locks l
	JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
	LEFT JOIN pg_stat_activity a ON a.pid = l.pid
	WHERE l.locktype = 'advisory' AND l.objsubid = x'5350'::integer + 7 AND l.granted
$$;
COMMENT ON FUNCTION smart_parking_internal.sweeper_backend() IS 'The process that is sweeping this database, if one is, and whether pg_cron started it.';

CREATE OR REPLACE FUNCTION smart_parking.sweeper_status(
	OUT scheduled boolean, OUT job_id bigint, OUT every interval, OUT running boolean,
	OUT last_started timestamptz, OUT last_outcome text, OUT overdue_bookings bigint, OUT oldest_overdue interval,
	OUT failing_lots bigint, OUT last_failure text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, smart_parking, pg_temp
AS $$
DECLARE
	elsewhere	CONSTANT text := smart_parking_internal.jobs_elsewhere();
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		EXECUTE $query$
			SELECT CASE WHEN here THEN j.jobid END, substring(j.command FROM $re$sweep[(]'([^']+)'[)]$re$)::interval, r.start_time,
				CASE WHEN here THEN r.status ELSE format('the job is for database %I: call start_sweeper() again', j.database) END
			FROM cron.job j
			CROSS JOIN LATERAL (SELECT j.database = current_database() AS here) h
			LEFT JOIN LATERAL (
				SELECT d.start_time, concat_ws(': ', d.status, d.return_message) AS status
				FROM cron.job_run_details d WHERE d.jobid = j.jobid ORDER BY d.runid DESC LIMIT 1) r ON true
			WHERE j.jobname = $1 AND j.active ORDER BY here DESC LIMIT 1
			$query$
			INTO job_id, every, last_started, last_outcome USING (smart_parking_internal.sweeper_jobs())[1];
	ELSIF elsewhere IS NOT NULL THEN
		last_outcome := format('to be seen in database %I, where pg_cron has its jobs', elsewhere);
	END IF;
	SELECT count(*) > 0,
		CASE WHEN elsewhere IS NULL THEN job_id IS NOT NULL ELSE nullif(coalesce(bool_or(by_pg_cron), false), false) END
	INTO running, scheduled FROM smart_parking_internal.sweeper_backend();
	SELECT count(*), clock_timestamp() - min(b.expires_at) FILTER (WHERE isfinite(b.expires_at)) INTO overdue_bookings, oldest_overdue
	FROM smart_parking.booking b WHERE b.status = 'pending' AND b.expires_at <= statement_timestamp();
	SELECT count(DISTINCT f.parking_id),
		(array_agg(concat(f.chore, ' in lot "' || p.name || '"', ': ', f.error_code, ': ', f.message) ORDER BY f.last_failed_at DESC))[1]
	INTO failing_lots, last_failure
	FROM smart_parking.sweep_failure f LEFT JOIN smart_parking.parking p ON p.id = f.parking_id;
END
$$;
COMMENT ON FUNCTION smart_parking.sweeper_status() IS
'One row on the sweeper: scheduled with pg_cron or not, its job_id and pause, whether a sweep is running right now, how the last run went, '
'how many lapsed holds wait to be released, the oldest since when; in how many lots something fails, and the latest such failure (all of them: sweep_failure). '
'overdue_bookings that grow mean that nobody sweeps; drivers do not notice, since a lapsed hold''s spot is given on anyway. '
'Where pg_cron has its jobs in another database, this one cannot see them: scheduled is true while one runs here, else NULL, and last_outcome says where to look.';
