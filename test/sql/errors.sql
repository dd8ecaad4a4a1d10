-- Errors as a caller sees them: SQLSTATE, message, hint.
CREATE FUNCTION pg_temp.error_of(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	hint text;
BEGIN
	EXECUTE command;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || ': ' || message || E'\n  ' || hint;
END
$$;
\pset format unaligned
\pset tuples_only on
SELECT smart_parking.add_parking('Errors', 51, 13, 2) AS lot \gset
SELECT pg_temp.error_of($$SELECT smart_parking.reserve_spot('00000000-0000-7000-8000-000000000000', gen_random_uuid(), 'A 1')$$);
SELECT pg_temp.error_of($$SELECT smart_parking.cancel_booking('00000000-0000-7000-8000-000000000000')$$);
SELECT pg_temp.error_of($$SELECT smart_parking.extend_hold('00000000-0000-7000-8000-000000000000', '1 minute')$$);
SELECT pg_temp.error_of($$SELECT smart_parking.renew_hold('00000000-0000-7000-8000-000000000000')$$);
SELECT pg_temp.error_of(format('SELECT smart_parking.reserve_certain_spot(%L, gen_random_uuid(), %L, %s)', :'lot', 'A 1', spot)) FROM (VALUES ('NULL'), ('1, spot_label => ''1'''), ('3'), ('spot_label => ''x''')) s (spot);
SELECT pg_temp.error_of($$SELECT * FROM smart_parking.holds_ending('0')$$);
SELECT pg_temp.error_of($$SELECT * FROM smart_parking.free_spots_of('00000000-0000-7000-8000-000000000000')$$);
SELECT pg_temp.error_of($$SELECT smart_parking.expire_booking('00000000-0000-7000-8000-000000000000')$$);
SELECT pg_temp.error_of($$SELECT smart_parking.validate_plate('00000000-0000-7000-8000-000000000000', 'A 1')$$);
SELECT pg_temp.error_of(format('SELECT smart_parking.reserve_spot(%L, NULL, %L)', :'lot', 'A 1'));
SELECT pg_temp.error_of(format('SELECT smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'lot', plate)) FROM (VALUES ('- .'), (repeat('A', 17)), (E'\001')) p (plate);
SELECT pg_temp.error_of(format('SELECT smart_parking.reserve_spot(%L, gen_random_uuid(), %L, hold => %L)', :'lot', 'A 1', hold)) FROM (VALUES ('0'), ('-1 minute'), ('3 hours'), ('178000000 years')) h (hold);
SELECT pg_temp.error_of(format('SELECT smart_parking.reserve_spot(%L, gen_random_uuid(), %L, kind => %L)', :'lot', 'A 1', 'boat'));
SELECT pg_temp.error_of('SELECT smart_parking.release_expired(0)');
SELECT pg_temp.error_of('CALL smart_parking.sweep()');
SELECT pg_temp.error_of($$SELECT smart_parking.home_cell('00000000-0000-4000-8000-000000000000')$$);

-- one driver with too many holds; a plate that another user has
SELECT count(r.booking_id) FROM generate_series(1, 3) n, LATERAL smart_parking.reserve_spot(smart_parking.add_parking('Many', 51, 13, 1), '00000000-0000-0000-0000-000000000001', 'A ' || n) r;
SELECT pg_temp.error_of(format('SELECT smart_parking.reserve_spot(%L, %L, %L)', :'lot', '00000000-0000-0000-0000-000000000001', 'A 4'));
SELECT outcome FROM smart_parking.reserve_spot(:'lot', '00000000-0000-0000-0000-000000000002', 'A 1', request_id => '00000000-0000-0000-0000-0000000000aa');
SELECT pg_temp.error_of(format('SELECT smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'lot', 'a-1'));
SELECT pg_temp.error_of(format('SELECT smart_parking.reserve_spot(%L, %L, %L, request_id => %L)', :'lot', '00000000-0000-0000-0000-000000000002', 'A 2', '00000000-0000-0000-0000-0000000000aa'));
SELECT 'violations', count(*) FROM smart_parking.check_invariants();
