-- What a lot and its gates do in a day, and what they answer.
CREATE FUNCTION pg_temp.day(lot uuid, entry uuid, exit uuid) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	anna CONSTANT uuid := gen_random_uuid();
	request CONSTANT uuid := gen_random_uuid();
	held smart_parking.reservation;
	other smart_parking.reservation;
	verdict smart_parking.verdict;
	read uuid;
BEGIN
	held := smart_parking.reserve_spot(lot, anna, 'DD AN 1206', request_id => request);
	RETURN NEXT held.outcome;
	other := smart_parking.reserve_spot(lot, anna, 'DD AN 1206', request_id => request);
	RETURN NEXT other.booking_id = held.booking_id AND other.spot_label = held.spot_label;
	RETURN NEXT smart_parking.extend_hold(held.booking_id, '1 minute') - held.expires_at;
	RETURN NEXT smart_parking.change_plate(held.booking_id, 'DD AN 1207');
	verdict := smart_parking.validate_plate(entry, 'DDAN1207', event_id => 'e1');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason, verdict.booking_id = held.booking_id, verdict.spot_label = held.spot_label);
	RETURN NEXT smart_parking.acknowledge_command(verdict.command_id);
	RETURN NEXT smart_parking.report_passage(verdict.command_id, event_id => 'p1');
	verdict := smart_parking.validate_plate(exit, 'DDAN1207');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason, verdict.booking_id = held.booking_id);
	RETURN NEXT smart_parking.report_passage(verdict.command_id);

	-- holds that end otherwise
	held := smart_parking.reserve_spot(lot, anna, 'CANCEL1');
	RETURN NEXT smart_parking.cancel_booking(held.booking_id, 'the weather');
	held := smart_parking.reserve_spot(lot, anna, 'LAPSE1');
	UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = held.booking_id;
	PERFORM smart_parking.release_expired();
	RETURN NEXT (SELECT b.status::text FROM smart_parking.booking b WHERE b.id = held.booking_id);
	held := smart_parking.reserve_spot(lot, anna, 'LAPSE2');
	UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE id = held.booking_id;
	held := smart_parking.reserve_spot(lot, anna, 'LAPSE2');
	RETURN NEXT held.outcome;

	-- gates
	RETURN NEXT (SELECT count(*) FROM smart_parking.record_read(entry, '{"plate": "NOBODY1"}', 'own'));
	RETURN NEXT smart_parking.open_manually(entry, 'no plate') IS NOT NULL;
	verdict := smart_parking.validate_plate(entry, 'LAPSE2');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason, verdict.booking_id = held.booking_id);
	SELECT r.id INTO read FROM smart_parking.plate_read r WHERE r.gate_id = entry AND r.car_plate::text = 'LAPSE2';
	verdict := smart_parking.correct_read(read, 'OTHER1', 'the camera was dirty');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason);
	RETURN NEXT (SELECT count(*) FROM smart_parking.replay_reads(entry, '[{"plate": "OFF1", "read_at": "2026-01-01 00:00:00Z"}]'));
	RETURN NEXT smart_parking.set_gate(entry, command_life => '1 minute');
	RETURN NEXT (SELECT count(*) FROM smart_parking.export_gate_list(exit));

	RETURN NEXT smart_parking.report_gate_passage(exit, 'x1');

	-- the lot
	RETURN NEXT (SELECT name FROM smart_parking.nearby_parking(51.05, 13.74, max_results => 1));
	RETURN NEXT smart_parking.set_spot_service(lot, 12, false);
	RETURN NEXT smart_parking.resize_parking(lot, 10);
	RETURN NEXT smart_parking.set_parking(lot, walk_in => true);
	verdict := smart_parking.validate_plate(entry, 'WALKIN1');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason);
	RETURN NEXT smart_parking.add_plate_rule('RULE1', 'permit') IS NOT NULL;
	verdict := smart_parking.validate_plate(entry, 'RULE1');
	RETURN NEXT concat_ws(' ', verdict.decision, verdict.reason);
	FOR n IN 1 .. 10 LOOP
		held := smart_parking.reserve_spot(lot, anna, 'LAST' || n);
	END LOOP;
	RETURN NEXT held.outcome;
	RETURN NEXT smart_parking.close_parking(lot);
	RETURN NEXT (smart_parking.reserve_spot(lot, anna, 'LATE1')).outcome;
END $$;
