-- A system with something in every table of the extension, in every state.

SELECT smart_parking.add_parking('Live', 51.05, 13.74, 40, kinds => '{"disabled": 4, "charging": 6}') AS lot \gset
SELECT smart_parking.add_parking('Small', 51.051, 13.741, 2) AS small \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry \gset
SELECT smart_parking.add_gate(:'lot', 'out', 'exit') AS exit \gset
SELECT smart_parking.add_gate(:'small', 'door') AS door \gset
SELECT smart_parking.set_gate(:'door', senses_passage => true);
SELECT smart_parking.set_parking(:'lot', walk_in => true);
SELECT smart_parking.add_parking('Counted', 51.052, 13.742, 50) AS counted \gset
SELECT smart_parking.set_counted_outside(:'counted', true);
SELECT smart_parking.report_availability(:'counted', 7, source => 'city "feed"'), smart_parking.report_availability(:'counted', -2, source => 'loop'), smart_parking.report_availability(:'lot', 3, 'disabled');
SELECT smart_parking.add_plate_rule('DD P 1', 'permit', :'lot', note => 'a "quoted" note, with \ and tab	');
SELECT smart_parking.add_plate_rule('DD B 1', 'blocked');
SELECT smart_parking.end_plate_rule(smart_parking.add_plate_rule('DD B 2', 'blocked'));

SELECT booking_id AS held FROM smart_parking.reserve_spot(:'lot', '11111111-1111-4111-8111-111111111111', 'DD H 1', '30 minutes',
	request_id => '22222222-2222-4222-8222-222222222222') \gset
SELECT smart_parking.extend_hold(:'held', '5 minutes');
SELECT booking_id AS cancelled FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'DD C 1', kind => 'charging') \gset
SELECT smart_parking.cancel_booking(:'cancelled', 'rain');
SELECT booking_id AS lapsed FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'DD L 1', '1 microsecond', kind => 'disabled') \gset
SELECT smart_parking.release_expired();
SELECT count(*) FROM generate_series(1, 5) n, smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'DD I ' || n, kind => CASE n WHEN 1 THEN 'charging' ELSE 'standard' END);
SELECT count(*) FROM generate_series(1, 5) n, smart_parking.validate_plate(:'entry', 'DD I ' || n, event_id => 'e' || n);
SELECT decision FROM smart_parking.validate_plate(:'exit', 'DD I 1');
SELECT decision FROM smart_parking.validate_plate(:'entry', 'DD P 1');
SELECT decision FROM smart_parking.validate_plate(:'entry', 'DD B 1');
SELECT decision FROM smart_parking.validate_plate(:'entry', '. .');
SELECT decision FROM smart_parking.record_read(:'entry', '{"what": "is this"}');

SELECT count(*) FROM smart_parking.reserve_spots(:'lot', gen_random_uuid(), '{DD G 1,DD G 2}');
SELECT outcome FROM smart_parking.join_queue(:'lot', gen_random_uuid(), 'DD Q 1');

SELECT booking_id FROM smart_parking.reserve_spot(:'small', gen_random_uuid(), 'DD S 1') \gset
SELECT command_id AS command FROM smart_parking.validate_plate(:'door', 'DD S 1') \gset
SELECT smart_parking.acknowledge_command(:'command');
SELECT smart_parking.report_passage(:'command', 'passed', 'r1');
SELECT smart_parking.report_passage(:'command', 'passed', 'r2');
SELECT smart_parking.report_gate_passage(:'door', 'r3');
-- a read that is corrected refers to the one that it corrects
SELECT id AS read FROM smart_parking.plate_read WHERE event_id = 'e2' \gset
SELECT smart_parking.correct_read(:'read', 'DD I 22', 'misread');

SELECT smart_parking.set_spot_service(:'lot', 15, false);
SELECT smart_parking.resize_parking(:'lot', 38);
SELECT count(*) FROM smart_parking.export_gate_list(:'entry');
SELECT count(*) FROM smart_parking.export_gate_list(:'exit');

-- what the sweeper could not do
CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
SELECT booking_id AS stuck FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'DD X 1', '1 microsecond') \gset
CREATE TRIGGER refuse BEFORE UPDATE ON smart_parking.booking FOR EACH ROW EXECUTE FUNCTION public.refuse();
SELECT smart_parking.release_expired();
DROP TRIGGER refuse ON smart_parking.booking;
DROP FUNCTION public.refuse();
