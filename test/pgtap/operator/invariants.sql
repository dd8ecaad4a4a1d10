-- check_invariants: silent while all is well, and each of its branches speaks up when its data is broken.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

-- A lot with a booking in every status, a spot out of service with a hold on it, and a gate.
SELECT smart_parking.add_parking('I', 51.05, 13.74, 20, kinds => '{"disabled": 2}', slice_size => 20) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'g') AS gate \gset
UPDATE smart_parking.gate SET passage_window = '0';
SELECT booking_id AS pending FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'PENDING') \gset
SELECT booking_id AS inside FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'INSIDE') \gset
SELECT booking_id AS cancelled FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'CANCELLED') \gset
SELECT booking_id AS left FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'LEFT') \gset
SELECT booking_id AS expired FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'EXPIRED') \gset
UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = :'expired';
SELECT smart_parking.cancel_booking(:'cancelled') \g /dev/null
SELECT smart_parking.expire_booking(:'expired') \g /dev/null
SELECT decision FROM unnest(ARRAY['INSIDE', 'LEFT', 'LEFT', 'STRANGER']) AS plate, smart_parking.validate_plate(:'gate', plate) \g /dev/null
SELECT spot_no AS pending_spot FROM smart_parking.booking WHERE id = :'pending' \gset
SELECT smart_parking.set_spot_service(:'lot', :pending_spot, false) \g /dev/null
SELECT smart_parking.resize_parking(:'lot', 19) \g /dev/null
SELECT spot_no AS inside_spot FROM smart_parking.booking WHERE id = :'inside' \gset
SELECT min(spot_no) AS free_spot FROM smart_parking.spot WHERE kind = 'standard' AND in_service
	AND spot_no NOT IN (SELECT spot_no FROM smart_parking.booking WHERE ended_at IS NULL) \gset
SELECT results_eq('SELECT DISTINCT status::text FROM smart_parking.booking ORDER BY 1',
	ARRAY['cancelled', 'completed', 'confirmed', 'expired', 'pending'], 'a booking in every status');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all is well');

-- What check_invariants() says after this SQL, which is undone.
CREATE FUNCTION pg_temp.after(VARIADIC commands text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	command text;
	said text;
BEGIN
	SET LOCAL session_replication_role = replica;
	FOREACH command IN ARRAY commands LOOP
		EXECUTE command;
	END LOOP;
	SELECT string_agg(DISTINCT invariant, ' ' ORDER BY invariant) INTO said FROM smart_parking.check_invariants();
	RAISE EXCEPTION 'undo' USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
	RETURN said;
END $$;
CREATE FUNCTION pg_temp.without(constraint_name text, table_name text) RETURNS text LANGUAGE sql IMMUTABLE
	AS $$ SELECT format('ALTER TABLE smart_parking.%I DROP CONSTRAINT %I', table_name, constraint_name) $$;

SELECT is(pg_temp.after(pg_temp.without('maps_in_step', 'counter_slice'),
	'UPDATE smart_parking.counter_slice SET free_spots = free_spots + 1 WHERE kind = ''disabled'''),
	'counter_in_step lot_in_balance', 'a counter that runs ahead of its map');
SELECT is(pg_temp.after('UPDATE smart_parking.counter_slice SET free_spots = free_spots - 1, free_map = free_map & (free_map - 1) WHERE kind = ''disabled'''),
	'free_map_in_step lot_in_balance', 'a free spot that got lost');
SELECT is(pg_temp.after(format('UPDATE smart_parking.counter_slice SET free_map = service_map, free_spots = smart_parking_internal.spots_in_map(service_map)
	WHERE kind = ''standard'' AND %s BETWEEN first_spot_no AND first_spot_no + spots - 1', :inside_spot)),
	'free_map_in_step lot_in_balance', 'a booked spot that is free too');
SELECT is(pg_temp.after('UPDATE smart_parking.counter_slice SET service_map = 0, free_map = 0, free_spots = 0 WHERE kind = ''disabled'''),
	'free_map_in_step lot_in_balance service_map_in_step', 'spots in service that no slice knows');
SELECT is(pg_temp.after('UPDATE smart_parking.spot SET in_service = true WHERE NOT in_service AND NOT retired'),
	'service_map_in_step', 'a held spot put into service past the counter');
SELECT is(pg_temp.after('UPDATE smart_parking.counter_slice SET spots = spots + 1 WHERE kind = ''disabled'''),
	'slice_has_its_spots', 'a slice for more spots than there are');
SELECT is(pg_temp.after('UPDATE smart_parking.spot SET slice_no = 7 WHERE kind = ''disabled'' AND spot_no = 19'),
	'free_map_in_step service_map_in_step slice_has_its_spots spot_counted_once', 'a spot in a slice that is not there');
SELECT is(pg_temp.after(format('UPDATE smart_parking.spot SET slice_no = (slice_no + 1) %% 3 WHERE spot_no = %s', :free_spot)),
	'free_map_in_step service_map_in_step slice_has_its_spots spot_counted_once', 'a spot in the wrong slice');
SELECT is(pg_temp.after(format('UPDATE smart_parking.spot SET kind = ''charging'' WHERE spot_no = %s', :free_spot)),
	'free_map_in_step service_map_in_step slice_has_its_spots spot_counted_once', 'a spot of another kind than its slice');
SELECT is(pg_temp.after('DELETE FROM smart_parking.counter_slice WHERE kind = ''disabled'''),
	'lot_in_balance spot_counted_once', 'a slice that is gone');
SELECT is(pg_temp.after('UPDATE smart_parking.parking SET total_capacity = total_capacity + 1'),
	'capacity_in_step', 'a capacity that its spots do not make up');

SELECT is(pg_temp.after('DROP INDEX smart_parking.booking_one_per_spot',
	format('UPDATE smart_parking.booking SET spot_no = (SELECT spot_no FROM smart_parking.booking WHERE id = %L) WHERE id = %L', :'inside', :'pending')),
	'lot_in_balance one_booking_per_spot', 'one spot, two drivers');
SELECT is(pg_temp.after('DROP INDEX smart_parking.booking_one_per_plate',
	format('UPDATE smart_parking.booking SET car_plate = ''INSIDE'' WHERE id = %L', :'pending')),
	'one_booking_per_plate', 'one plate, two bookings');
SELECT is(pg_temp.after(format('UPDATE smart_parking.booking SET spot_no = 999 WHERE id = %L', :'expired')),
	'booking_has_a_spot', 'a booking of a spot that is not there');
SELECT is(pg_temp.after(pg_temp.without('status_fits_instants', 'booking'), format(statement, id)), said, what)
FROM (VALUES
	('UPDATE smart_parking.booking SET confirmed_at = NULL WHERE id = %L', :'inside', 'status_fits_instants', 'inside, but never confirmed'),
	('UPDATE smart_parking.booking SET confirmed_at = now() WHERE id = %L', :'pending', 'status_fits_instants', 'pending, but confirmed'),
	('UPDATE smart_parking.booking SET ended_at = NULL WHERE id = %L', :'cancelled', 'status_fits_instants', 'cancelled, but never ended'),
	('UPDATE smart_parking.booking SET ended_at = now() WHERE id = %L', :'inside', 'status_fits_instants', 'inside, but ended'),
	('UPDATE smart_parking.booking SET expires_at = created_at WHERE id = %L', :'pending', 'hold_has_a_life', 'a hold without a life'),
	('INSERT INTO smart_parking.booking_event VALUES (%L, now(), ''cancelled'')', :'cancelled', 'transition_once', 'cancelled twice'),
	('DELETE FROM smart_parking.booking_event WHERE event = ''confirmed'' AND booking_id = %L', :'inside', 'transition_on_record', 'an entry without a record'),
	('DELETE FROM smart_parking.booking_event WHERE event = ''completed'' AND booking_id = %L', :'left', 'transition_on_record', 'an exit without a record'),
	('DELETE FROM smart_parking.booking_event WHERE booking_id = %L', :'cancelled', 'transition_on_record', 'a cancellation without a record'),
	('DELETE FROM smart_parking.booking_event WHERE booking_id = %L', :'expired', 'transition_on_record', 'an expiry without a record'),
	('DELETE FROM smart_parking.booking WHERE id = %L', :'expired', 'event_has_a_booking', 'an event of a booking that is gone'),
	('UPDATE smart_parking.plate_read SET decision = ''deny'' WHERE booking_id = %L', :'inside', 'barrier_opened_on_a_verdict', 'a barrier opened on a denial'),
	('UPDATE smart_parking.barrier_command SET state = ''passed'', ended_at = now() WHERE plate_read_id IN (SELECT id FROM smart_parking.plate_read WHERE booking_id = %1$L);
		INSERT INTO smart_parking.booking_event VALUES (%1$L, now(), ''entry_corrected''); UPDATE smart_parking.booking SET status = ''pending'', confirmed_at = NULL WHERE id = %1$L',
		:'inside', 'passed_car_has_moved', 'a car that passed, and waits outside'),
	('INSERT INTO smart_parking.booking_event VALUES (%L, now(), ''confirmed'')', :'inside', 'transition_once', 'confirmed twice'),
	('INSERT INTO smart_parking.booking_event VALUES (%L, now(), ''entry_corrected'')', :'inside', 'transition_once', 'an entry put back, and inside'),
	('DELETE FROM smart_parking.plate_read WHERE booking_id = %L', :'inside', 'barrier_opened_on_a_verdict', 'a barrier opened on no read')
) AS broken(statement, id, said, what);

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all is well again');
SELECT is((SELECT provolatile::text FROM pg_proc WHERE proname = 'check_invariants'), 's', 'is stable: one snapshot');

SELECT * FROM finish();
ROLLBACK;
