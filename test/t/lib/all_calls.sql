-- Calls every public function and reads every table and view, with literals only: whatever is looked up by name is looked up by us.
\set ON_ERROR_STOP 1
SELECT smart_parking.add_parking('Called', 51.05, 13.74, 20, 'Street 1', '{"disabled": 2}', '15 minutes', 'Europe/Berlin', '{}', 8, :'source', 'a') AS lot \gset
SELECT smart_parking.resize_parking(:'lot', 30);
SELECT smart_parking.resize_parking(:'lot', 25);
SELECT smart_parking.set_spot_service(:'lot', 20, false, 'test');
SELECT smart_parking.close_parking(:'lot', 'test');
SELECT smart_parking.open_parking(:'lot');
SELECT smart_parking.set_parking(:'lot', walk_in => true, max_stay => '10 days');
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry \gset
SELECT smart_parking.add_gate(:'lot', 'out', 'exit') AS exit \gset
SELECT smart_parking.set_gate(:'entry', true, '10 seconds', '30 seconds', 'soft', true);
SELECT smart_parking.add_plate_rule('RULE 1', 'staff', :'lot', note => 'test') AS rule \gset
SELECT smart_parking.end_plate_rule(:'rule');
SELECT smart_parking.add_plate_rule('RULE 2', 'staff', :'lot');
SELECT * FROM smart_parking.import_parkings('{"type": "FeatureCollection", "features": [
	{"type": "Feature", "properties": {"id": "1", "name": "Area", "capacity": "12", "addr:full": "x"}, "geometry": {"type": "Polygon", "coordinates": [[[13, 51], [13.1, 51], [13.1, 51.1], [13, 51]]]}},
	{"type": "Feature", "properties": {"id": "2", "name": "Point", "capacity": 5}, "geometry": {"type": "Point", "coordinates": [13.2, 51]}},
	{"type": "Feature", "properties": {"id": "3"}, "geometry": null}]}', :'source');
SELECT source_id, name, action, reason, notes FROM smart_parking.import_parkings('Name;Lots;Breite;Laenge;maxheight;tz
"A ""B""";12;51,05;13,2;"2,10 m";Europe/Berlin
C;0;51,05;13,2;;', pg_catalog.concat(:'source', ' csv'), mapping => '{"capacity": "Lots", "latitude": "Breite"}');
SELECT source_id, name, action, reason, notes FROM smart_parking.import_parkings('<d2LogicalModel><publicationCreator><country>de</country></publicationCreator><parkingTable><parkingRecord id="P">
	<parkingName><values><value lang="en">P</value></values></parkingName><parkingLocation><latitude>51.05</latitude><longitude>13.3</longitude></parkingLocation>
	<groupOfParkingSpaces><user>disabled</user><parkingNumberOfSpaces>3</parkingNumberOfSpaces></groupOfParkingSpaces>
	<groupOfParkingSpaces><parkingNumberOfSpaces>9</parkingNumberOfSpaces></groupOfParkingSpaces></parkingRecord></parkingTable></d2LogicalModel>', pg_catalog.concat(:'source', ' datex'));
SELECT source_id, name, action, reason, notes FROM smart_parking.import_parkings('{"elements": [{"type": "way", "id": 7, "geometry": [{"lat": 51, "lon": 13.4}, {"lat": 51.01, "lon": 13.4}], "tags": {"capacity": "5", "access": "delivery", "addr:street": "S"}}]}', pg_catalog.concat(:'source', ' osm'));
SELECT source_id, name, action, reason, notes FROM smart_parking.import_parkings('[{"name": "M", "capacity": 5, "x": 411691, "y": 5656094, "fee": "no"}]'::pg_catalog.jsonb, pg_catalog.concat(:'source', ' flat'), crs => 'EPSG:25832');
SELECT source_id, name, action, reason, notes FROM smart_parking.import_parkings('[{"name": "N", "capacity": 5, "lat": 51, "lon": 13.5}]', pg_catalog.concat(:'source', ' flat'), close_missing => true);
SELECT name FROM smart_parking.nearby_parking(51.05, 13.2, 90000, access => '{public,private}') ORDER BY 1;
SELECT * FROM smart_parking.nearby_parking(51.05, 13.74);
SELECT * FROM smart_parking.nearby_parking(51.05, 13.74, 5000, 5, 'disabled', 1);
SELECT smart_parking.home_cell(:'lot');
SELECT smart_parking.report_availability(:'lot', 5), smart_parking.report_availability(:'lot', 1, 'disabled', '2026-01-01T10:00:00Z', 'loop', 'open', 2), smart_parking.report_availability(:'lot', NULL, state => 'fault', source => 'loop');
SELECT smart_parking.set_counted_outside(:'lot', true);
SELECT * FROM smart_parking.nearby_parking(51.05, 13.74);
SELECT * FROM smart_parking.import_availability('{"lots": [{"id": "1", "name": "Area", "free": 5, "total": 12, "state": "open"}, {"name": "Parkhaus Point", "free": "2"}, {"id": "7"}]}'::pg_catalog.text, :'source');
SELECT * FROM smart_parking.import_availability('{"items": [{"uid": "2", "realtime_free_capacity": 3, "restrictions": [{"type": "WOMEN", "realtime_free_capacity": 1}], "realtime_data_updated_at": "2026-01-01 10:00:00"}]}'::pg_catalog.jsonb, :'source', 'Europe/Berlin');
SELECT * FROM smart_parking.import_availability('<p xmlns="x"><publicationTime>2026-01-01T10:00:00Z</publicationTime><parkingStatusInformation><reference id="1"/><occupancy><numberOfVacantSpaces>3</numberOfVacantSpaces></occupancy></parkingStatusInformation></p>'::pg_catalog.text, :'source');
SELECT * FROM smart_parking.import_availability(E'id;free;updated\n1;"4";1767261600\n'::pg_catalog.text, :'source');
SELECT pg_catalog.length(smart_parking.availability_feed(f)), pg_catalog.length(smart_parking.availability_feed(f, '[13, 51, 13.8, 51.2]', :'source', 'de/test')) FROM pg_catalog.unnest('{geojson,parkapi,csv,datex2_table,datex2_status}'::pg_catalog.text[]) AS f;
SELECT pg_catalog.length(smart_parking.availability_feed('csv', '{"type": "Polygon", "coordinates": [[[13, 51], [14, 51], [14, 52], [13, 51]]]}'));
SELECT pg_catalog.length(smart_parking.parking_tile(0, 0, 0)), pg_catalog.length(smart_parking.parking_tile(14, 8816, 5481, :'source'));
SELECT smart_parking.set_counted_outside(:'lot', false);
SELECT smart_parking.plate_distance('DD-A 1', 'DD-A 7'), 'DD-A 1'::smart_parking.license_plate, smart_parking.license_plate('x 1');
SELECT booking_id AS booking FROM smart_parking.reserve_spot(:'lot', '11111111-1111-4111-8111-111111111111', 'DD-AN 1', '10 minutes', 'standard', NULL) \gset
SELECT * FROM smart_parking.free_spots_of(:'lot');
SELECT spot_label AS free_label FROM smart_parking.free_spots_of(:'lot') LIMIT 1 \gset
SELECT spot_no AS free_no FROM smart_parking.free_spots_of(:'lot') OFFSET 1 LIMIT 1 \gset
SELECT booking_id AS certain FROM smart_parking.reserve_certain_spot(:'lot', '31111111-1111-4111-8111-111111111111', 'DD-CN 1', spot_label => :'free_label', hold => '10 minutes') \gset
SELECT smart_parking.cancel_booking((smart_parking.reserve_certain_spot(:'lot', '41111111-1111-4111-8111-111111111111', 'DD-CN 2', :free_no)).booking_id);
SELECT group_id AS together FROM smart_parking.reserve_spots(:'lot', '51111111-1111-4111-8111-111111111111', '{DD-GN 1,DD-GN 2}', '10 minutes', 'standard', pg_catalog.gen_random_uuid()) LIMIT 1 \gset
SELECT * FROM smart_parking.extend_group(:'together', '1 minute');
SELECT * FROM smart_parking.cancel_group(:'together', 'test');
SELECT booking_id AS nearest FROM smart_parking.reserve_nearby(51.05, 13.74, '71111111-1111-4111-8111-111111111111', 'DD-NN 1', 3000, 'standard', '10 minutes', NULL) \gset
SELECT smart_parking.cancel_booking(:'nearest');
SELECT entry_id AS queued FROM smart_parking.join_queue(:'lot', '81111111-1111-4111-8111-111111111111', 'DD-QN 1', 'disabled', NULL) \gset
SELECT * FROM smart_parking.queue_position(:'queued');
SELECT * FROM smart_parking.accept_offer(:'queued');
SELECT smart_parking.cancel_booking(booking_id) FROM smart_parking.leave_queue(:'queued');
SELECT entry_id AS queued FROM smart_parking.join_queue(:'lot', '81111111-1111-4111-8111-111111111111', 'DD-QN 2', 'disabled') \gset
SELECT * FROM smart_parking.leave_queue(:'queued');
TABLE smart_parking.open_offers; TABLE smart_parking.queue_entry; TABLE smart_parking.booking_group;
SELECT * FROM smart_parking.holds_ending('1 hour');
SELECT * FROM smart_parking.renew_hold(:'certain');
SELECT smart_parking.cancel_booking(:'certain');
SELECT smart_parking.extend_hold(:'booking', '1 minute');
SELECT smart_parking.change_plate(:'booking', 'DD-AN 2');
SELECT smart_parking.expire_booking(:'booking');
SELECT booking_id AS other FROM smart_parking.reserve_spot(:'lot', '21111111-1111-4111-8111-111111111111', 'DD-BN 1') \gset
SELECT smart_parking.cancel_booking(:'other', 'test');
SELECT * FROM smart_parking.validate_plate(:'entry', 'DD-AN 2', confidence => 0.9, event_id => 'e1', candidates => '[{"plate": "DDAN7", "confidence": 0.5}]', vehicle => 'car');
SELECT id AS command FROM smart_parking.pending_commands(:'entry') \gset
SELECT smart_parking.acknowledge_command(:'command');
SELECT * FROM smart_parking.report_passage(:'command', 'passed', 'p1', '{}');
SELECT * FROM smart_parking.report_gate_passage(:'entry', 'p2', '{}');
SELECT * FROM smart_parking.validate_plate(:'exit', '??', event_id => 'e2');
SELECT read_id AS unread FROM smart_parking.reads_for_attention LIMIT 1 \gset
SELECT * FROM smart_parking.correct_read(:'unread', 'DD-AN 2', 'test');
SELECT smart_parking.open_manually(:'exit', 'test');
SELECT * FROM smart_parking.validate_plate(:'exit', 'XX 99', event_id => 'e3');
SELECT * FROM smart_parking.read_message('{"version": 2, "data_type": "alpr_results", "epoch_time": 1700000000000, "results": [{"plate": "DDAN1", "confidence": 90.1, "candidates": [{"plate": "DDAN7", "confidence": 80}]}]}');
SELECT * FROM smart_parking.record_read(:'entry', '{"plate": "DD CN 1", "read_at": "2026-01-01T10:00:00Z", "confidence": "90%", "event_id": "o1"}');
SELECT * FROM smart_parking.record_read(:'entry', '{"data_type": "heartbeat"}');
SELECT * FROM smart_parking.record_read(:'entry', '{"type": "lpr", "id": "1.5-a", "plate": "DDEN1", "score": 0.9, "camera": "c", "timestamp": 1700000000.5}', 'frigate');
SELECT * FROM smart_parking.record_read(:'entry', '"<EventNotificationAlert><eventType>ANPR</eventType><dateTime>2026-01-01T10:00:00+01:00</dateTime><ANPR><licensePlate>DDFN1</licensePlate><confidenceLevel>90</confidenceLevel></ANPR></EventNotificationAlert>"', 'hikvision');
SELECT * FROM smart_parking.record_read(:'entry', '{"plateUTF8": "DDGN1", "plateConfidence": "0.9", "datetime": "20260101 100000", "carID": "7", "carState": "new", "camera_info": {"SerialNumber": "s"}}', 'axis');
SELECT * FROM smart_parking.record_read(:'entry', '{"camera_id": "c", "timestamp": "2026-01-01T10:00:00.5Z", "results": [{"plate": "ddhn1", "score": 0.9, "candidates": [{"plate": "ddhn7", "score": 0.5}]}]}', 'platerecognizer');
SELECT * FROM smart_parking.export_gate_list(:'entry');
SELECT * FROM smart_parking.replay_reads(:'entry', '[{"plate": "DDIN1", "opened": true, "read_at": "2026-01-01T10:00:00Z"}]');
SELECT smart_parking.resolve_incident(id, 'test') FROM smart_parking.gate_incident WHERE resolved_at IS NULL;
SELECT * FROM smart_parking.passages('2026-01-01', :'lot');
SELECT smart_parking.release_expired(), smart_parking.expire_commands(), smart_parking.close_overstays(), smart_parking.make_offers();
CALL smart_parking.sweep(run_for => '0');
SELECT smart_parking.stop_sweeper();
SELECT * FROM smart_parking.sweeper_status();
SELECT * FROM smart_parking.check_invariants();
SELECT * FROM smart_parking.own_changes();
TABLE smart_parking.parking_status; TABLE smart_parking.cars_inside; TABLE smart_parking.reads_for_attention; TABLE smart_parking.open_commands; TABLE smart_parking.camera_quality; TABLE smart_parking.counters_in_disagreement; TABLE smart_parking.outside_count; TABLE smart_parking.metrics; TABLE smart_parking.progress;
TABLE smart_parking.parking; TABLE smart_parking.counter_slice; TABLE smart_parking.spot; TABLE smart_parking.booking; TABLE smart_parking.booking_event; TABLE smart_parking.plate_read;
\if :owner
SELECT smart_parking.grant_access('called', 'application'), smart_parking.grant_access('called', 'gate'), smart_parking.grant_access('called', 'counter'), smart_parking.grant_access('called', 'operator');
SELECT smart_parking.revoke_access('called');
\endif
\set ON_ERROR_STOP 0
\set VERBOSITY sqlstate
SELECT smart_parking.start_sweeper();
