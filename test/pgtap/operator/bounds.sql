-- What lots and gates may be set to: by their functions, and by whoever owns the tables.
\set ON_ERROR_STOP 1

BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Bounds', 51.05, 13.74, 20) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS gate \gset

-- lengths of time that a table has taken or refused in its column
CREATE TEMPORARY TABLE length (value interval, name text);
INSERT INTO length SELECT value::interval, value FROM unnest(ARRAY[
	'1 microsecond', '1 second', '15 minutes', '10 minutes', '10 minutes 1 microsecond', '7 days', '168 hours', '7 days 1 microsecond', '10 years', '3600 days',
	'10 years 1 microsecond', '300000 years', '178000000 years', '2147483647 days', '0', '-1 microsecond', '-15 minutes',
	'1 month -29 days', '1 day -23 hours', '-1 day 25 hours', '1 month -30 days 1 second', '71582788 months -2147483640 days',
	'100000000 months -2000000000 days -23:59:59']) AS value;

CREATE FUNCTION pg_temp.is_allowed(sql text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE sql;
	RETURN true;
EXCEPTION WHEN check_violation OR SQLSTATE 'SP011' OR SQLSTATE 'SP019' THEN
	RETURN false;
END $$;

-- what is allowed of the lengths above
CREATE FUNCTION pg_temp.allowed(sql text) RETURNS SETOF text LANGUAGE sql
	AS $$ SELECT name FROM length WHERE pg_temp.is_allowed(format(sql, value)) ORDER BY name COLLATE "C" $$;

CREATE FUNCTION pg_temp.both_ways(what text, sql text, owner_sql text, expected text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN NEXT set_eq(format('SELECT pg_temp.allowed(%L)', sql), expected, what || ' by its function');
	RETURN NEXT set_eq(format('SELECT pg_temp.allowed(%L)', owner_sql), expected, what || ' by the owner');
END $$;

SET LOCAL smart_parking.max_hold = '7d';
SELECT pg_temp.both_ways('hold_duration', 'SELECT smart_parking.add_parking(''x'', 51, 13, 10, hold_duration => %L)',
	format('UPDATE smart_parking.parking SET hold_duration = %%L WHERE id = %L', :'lot'),
	ARRAY['1 microsecond', '1 second', '15 minutes', '10 minutes', '10 minutes 1 microsecond', '7 days', '168 hours']);
SELECT pg_temp.both_ways('max_stay', format('SELECT smart_parking.set_parking(%L, max_stay => %%L)', :'lot'),
	format('UPDATE smart_parking.parking SET max_stay = nullif(%%L, ''00:00:00'')::interval WHERE id = %L', :'lot'),
	ARRAY['0', '1 microsecond', '1 second', '15 minutes', '10 minutes', '10 minutes 1 microsecond', '7 days', '168 hours', '7 days 1 microsecond', '10 years', '3600 days']);
SELECT pg_temp.both_ways('passage_window', format('SELECT smart_parking.set_gate(%L, passage_window => %%L)', :'gate'),
	format('UPDATE smart_parking.gate SET passage_window = %%L WHERE id = %L', :'gate'),
	ARRAY['0', '1 microsecond', '1 second', '10 minutes']);
SELECT pg_temp.both_ways('command_life', format('SELECT smart_parking.set_gate(%L, command_life => %%L)', :'gate'),
	format('UPDATE smart_parking.gate SET command_life = %%L WHERE id = %L', :'gate'),
	ARRAY['1 second', '10 minutes']);
SELECT is(pg_temp.is_allowed($$ SELECT smart_parking.start_sweeper('12 months -360 days 1 second') $$), false, 'a pause with a negative part');

-- from version 17 on
SELECT is_empty(format($$ SELECT format(s, i) FROM (VALUES
		('UPDATE smart_parking.parking SET hold_duration = %%L'), ('UPDATE smart_parking.parking SET max_stay = %%L'),
		('UPDATE smart_parking.gate SET passage_window = %%L'), ('UPDATE smart_parking.gate SET command_life = %%L'),
		('SELECT smart_parking.set_parking(''%1$s'', max_stay => %%L)'), ('SELECT smart_parking.set_gate(''%2$s'', command_life => %%L)'),
		('SELECT smart_parking.add_parking(''x'', 51, 13, 10, hold_duration => %%L)')) AS v (s), unnest(ARRAY['infinity', '-infinity']) AS i
	WHERE current_setting('server_version_num')::integer >= 170000 AND pg_temp.is_allowed(format(s, i)) $$, :'lot', :'gate'), 'infinity is no length of time');

-- what is allowed never fails later
UPDATE smart_parking.parking SET hold_duration = '7 days', max_stay = '10 years', walk_in = true WHERE id = :'lot';
UPDATE smart_parking.gate SET command_life = '10 minutes', passage_window = '10 minutes' WHERE id = :'gate';
SELECT is((SELECT outcome FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'LONG 1')), 'reserved', 'the longest hold');
SELECT is((SELECT decision FROM smart_parking.validate_plate(:'gate', 'LONG 2')), 'open', 'the longest command');
SELECT is(smart_parking.close_overstays(), 0, 'the longest stay');
SELECT lives_ok('SELECT * FROM smart_parking.cars_inside', 'is shown');

SELECT * FROM finish();
ROLLBACK;
