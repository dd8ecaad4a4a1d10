-- A camera that sends again, or out of a store: no car stands there now.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
\ir message/samples.psql

SELECT smart_parking.add_parking('Late', 51.05, 13.74, 40) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit, smart_parking.add_gate(:'lot', 'both') AS both,
	smart_parking.add_gate(:'lot', 'off', 'entry') AS off, smart_parking.add_gate(:'lot', 'plain', 'entry') AS plain, smart_parking.add_gate(:'lot', 'jumps', 'entry') AS jumps \gset
CREATE TEMP TABLE lot AS SELECT :'lot'::uuid AS id;

-- booked long ago: a replay is dated, and nothing is before its booking
CREATE FUNCTION pg_temp.hold(plate text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
	held uuid;
BEGIN
	SELECT r.booking_id INTO held FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), plate) r;
	ALTER TABLE smart_parking.booking DISABLE TRIGGER booking_guard;
	UPDATE smart_parking.booking SET created_at = created_at - interval '3 hours' WHERE id = held;
	ALTER TABLE smart_parking.booking ENABLE TRIGGER booking_guard;
	RETURN held;
END $$;
CREATE FUNCTION pg_temp.ago(since interval) RETURNS timestamptz LANGUAGE sql AS $$ SELECT clock_timestamp() - since $$;
CREATE FUNCTION pg_temp.says(gate uuid, message jsonb) RETURNS text LANGUAGE sql VOLATILE AS
$$ SELECT string_agg(concat_ws(' ', v.decision, v.reason, CASE WHEN v.command_id IS NULL THEN 'no order' ELSE 'order' END, v.details ->> 'late'), ', ') FROM smart_parking.record_read(gate, message) AS v $$;
CREATE FUNCTION pg_temp.own(plate text, read_at timestamptz, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('plate', plate, 'read_at', read_at, 'confidence', 0.9, 'camera', 'cam') || more $$;
CREATE FUNCTION pg_temp.hik(plate text, read_at timestamptz, resent text) RETURNS jsonb LANGUAGE sql AS
$$ SELECT to_jsonb(format('<EventNotificationAlert><ipAddress>192.0.2.7</ipAddress><macAddress>00:00:5e:00:53:07</macAddress><dateTime>%s</dateTime><eventType>ANPR</eventType>'
	'<eventState>active</eventState><UUID>%s</UUID><ANPR><licensePlate>%s</licensePlate><confidenceLevel>97</confidenceLevel></ANPR><isDataRetransmission>%s</isDataRetransmission></EventNotificationAlert>',
	to_char(read_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), gen_random_uuid(), plate, resent)) $$;
CREATE FUNCTION pg_temp.states(pattern text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(car_plate::text || ' ' || status, ', ' ORDER BY car_plate::text, created_at, status) FROM smart_parking.booking, lot WHERE parking_id = lot.id AND car_plate::text ~ pattern $$;
-- reads so far came so much earlier
CREATE FUNCTION pg_temp.pass_time(by interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	ALTER TABLE smart_parking.plate_read DISABLE TRIGGER plate_read_kept;
	UPDATE smart_parking.plate_read SET received_at = received_at - by, read_at = read_at - by;
	UPDATE smart_parking.passage SET started_at = started_at - by, last_read_at = last_read_at - by;
	ALTER TABLE smart_parking.plate_read ENABLE TRIGGER plate_read_kept;
END $$;

-- what says so
SELECT pg_temp.hold('RA 1111') AS held \gset
SELECT is(pg_temp.says(:'entry', pg_temp.hik('RA1111', pg_temp.ago('40 minutes'), 'true')), 'open entered no order sent again by the camera', 'a resend opens nothing');
SELECT is(pg_temp.states('^RA1'), 'RA1111 confirmed', 'the booking follows');
SELECT is((SELECT confirmed_at < clock_timestamp() - interval '39 minutes' FROM smart_parking.booking WHERE id = :'held'), true, 'as of then');
SELECT is((SELECT happened AND details ->> 'late' = 'sent again by the camera' FROM smart_parking.plate_read WHERE booking_id = :'held'), true, 'on record');
SELECT is((SELECT count(*) FROM smart_parking.barrier_command c JOIN smart_parking.plate_read r ON r.id = c.plate_read_id WHERE r.car_plate::text = 'RA1111'), 0::bigint, 'no order');
SELECT pg_temp.hold('RA 2222') \gset hold_
SELECT is(pg_temp.says(:'entry', pg_temp.hik('RA2222', pg_temp.ago('1 second'), 'false')), 'open entered order', 'a message that says it is none opens');
SELECT pg_temp.hold('RA 3333') \gset hold_
SELECT pg_temp.hik('RA3333', pg_temp.ago('1 second'), 'false') AS live \gset
SELECT is(pg_temp.says(:'entry', :'live'), 'open entered order', 'one that came before');
SELECT is(pg_temp.says(:'entry', to_jsonb(replace(:'live'::jsonb #>> '{}', 'mission>false', 'mission>true'))), 'open entered order', 'and is sent again has its answer');
SELECT is((SELECT resent FROM smart_parking.read_message(m)), expected, m::text)
FROM (VALUES ('{"plate": "A1", "read_at": "2026-05-01T10:00:00Z"}'::jsonb, false), ('{"plate": "A1", "read_at": "2026-05-01T10:00:00Z", "resent": true}', true),
	('{"plate": "A1", "read_at": "2026-05-01T10:00:00Z", "resent": "false"}', false), ('{"plate": "A1", "read_at": "2026-05-01T10:00:00Z", "buffered": 1}', true),
	('{"plate": "A1", "read_at": "2026-05-01T10:00:00Z", "note": "resent yesterday", "resend_interval": 1}', false),
	('{"payload": {"plate": "A1", "read_at": "2026-05-01T10:00:00Z"}, "isRetransmission": true}', true),
	('{"plateUTF8": "A1", "carID": "1", "capture_timestamp": 1700000000000, "is_buffered_event": "yes", "from_buffer": true}', true)) AS v(m, expected);
SELECT is((SELECT resent FROM smart_parking.read_message((SELECT jsonb_set(message, '{isDataRetransmission}', 'true') FROM sample WHERE name = 'hikvision json'))), true, 'Hikvision in JSON');

-- what is old by a clock that agrees
SELECT pg_temp.hold('SA 1111'), pg_temp.hold('SA 2222'), pg_temp.hold('SA 3333'), pg_temp.hold('SA 4444') \gset hold_
SELECT is(pg_temp.says(:'plain', pg_temp.own('SA1111', pg_temp.ago('40 minutes'))), 'open entered order', 'of a clock that nobody knows nothing is believed');
SELECT is(pg_temp.says(:'exit', pg_temp.own('SA1111', pg_temp.ago('1 second'))), 'open exited order', 'a camera whose clock is right');
SELECT is(pg_temp.says(:'plain', pg_temp.own('SA2222', pg_temp.ago('1 second'))), 'open entered order', 'another one');
SELECT is(pg_temp.says(:'plain', pg_temp.own('SA3333', pg_temp.ago('90 seconds'))), 'open entered order', 'that is a minute late');
SELECT is(pg_temp.says(:'plain', pg_temp.own('SA4444', pg_temp.ago('38 minutes'))), 'open entered no order older than smart_parking.backlog_age', 'what it sends out of a store opens nothing');
SELECT is(pg_temp.states('^SA4'), 'SA4444 confirmed', 'and is booked as of then');
SELECT pg_temp.hold('SA 5555') \gset hold_
SELECT is(pg_temp.says(:'plain', pg_temp.own('SA5555', pg_temp.ago('37 minutes'))), 'open entered no order older than smart_parking.backlog_age', 'nor does the next one');
SELECT pg_temp.hold('SA 6666'), pg_temp.hold('SA 7777') \gset hold_
SELECT is(pg_temp.says(:'plain', pg_temp.own('SA6666', pg_temp.ago('0 seconds'))), 'open entered order', 'after the backlog the next car is let in');
SELECT is(pg_temp.says(:'plain', pg_temp.own('SA7777', pg_temp.ago('38 minutes'), '{"camera": "other"}')), 'open entered order', 'another camera''s clock is another one');
SELECT pg_temp.hold('SB 1111') \gset hold_
SET LOCAL smart_parking.backlog_age = 0;
SELECT is(pg_temp.says(:'plain', pg_temp.own('SB1111', pg_temp.ago('38 minutes'))), 'open entered order', 'the setting takes it off');
RESET smart_parking.backlog_age;
SELECT pg_temp.hold('SC 1111'), pg_temp.hold('SC 2222') \gset hold_
SELECT is((SELECT concat_ws(' ', v.decision, v.reason, v.details) FROM smart_parking.validate_plate(:'off', 'SC1111', clock_timestamp()) v), 'open entered', 'by validate_plate too: in time');
SELECT is((SELECT concat_ws(' ', v.decision, v.reason, v.command_id, v.details) FROM smart_parking.validate_plate(:'off', 'SC2222', pg_temp.ago('1 hour')) v),
	'open entered {"late": "older than smart_parking.backlog_age"}', 'and late');
SELECT is((SELECT count(*) FROM smart_parking.validate_plate(:'off', 'QX 9876', t)), 1::bigint, 'a time of ' || t)
FROM unnest(ARRAY['-infinity', 'infinity', '4700-01-01 BC', '290000-01-01']::timestamptz[]) AS t;
SELECT is((SELECT concat_ws(' ', v.decision, v.reason, v.command_id) FROM smart_parking.validate_plate(:'off', 'ZK 7531', pg_temp.ago('1 hour')) v), 'manual unknown_offline', 'a late stranger is on record');

-- a clock that is off: an hour ahead, an hour behind, and one that is set back at noon
SELECT pg_temp.hold('TA 1111'), pg_temp.hold('TA 2222') \gset hold_
SELECT is(pg_temp.says(:'both', pg_temp.own('TA1111', pg_temp.ago('1 hour'))) || ', ' || pg_temp.says(:'both', pg_temp.own('TA2222', pg_temp.ago('1 hour'))), 'open entered order, open entered order',
	'a clock that is an hour behind all the time');
SELECT pg_temp.hold('TB 1111'), pg_temp.hold('TB 2222'), pg_temp.hold('TB 3333') \gset hold_
SELECT is(pg_temp.says(:'jumps', pg_temp.own('TB1111', pg_temp.ago('1 second'))), 'open entered order', 'a clock that is right');
SELECT pg_temp.pass_time('5 minutes');
SELECT is(pg_temp.says(:'jumps', pg_temp.own('TB2222', pg_temp.ago('1 hour'))), 'open entered no order older than smart_parking.backlog_age', 'and set back: the first read is not believed');
SELECT pg_temp.pass_time('1 minute');
SELECT is(pg_temp.says(:'jumps', pg_temp.own('TB3333', pg_temp.ago('1 hour'))), 'open entered order', 'a minute later it is still an hour late: that is the clock');

-- the same car when the line was up
SELECT pg_temp.hold('UA 1111') AS held \gset
SELECT is(pg_temp.says(:'both', pg_temp.own('UA1111', pg_temp.ago('1 second'), '{"event_id": "u1", "camera": "gate"}')), 'open entered order', 'in by a gate for both directions');
SELECT pg_temp.pass_time('20 minutes');
ALTER TABLE smart_parking.booking DISABLE TRIGGER booking_guard;
UPDATE smart_parking.booking SET confirmed_at = confirmed_at - interval '20 minutes' WHERE id = :'held';
ALTER TABLE smart_parking.booking ENABLE TRIGGER booking_guard;
SELECT is(pg_temp.says(:'both', pg_temp.own('UA1111', (SELECT read_at + interval '3 seconds' FROM smart_parking.plate_read WHERE event_id = 'u1'), '{"event_id": "u2", "camera": "gate"}')),
	'open entered no order older than smart_parking.backlog_age', 'another frame of it, late');
SELECT is(pg_temp.states('^UA'), 'UA1111 confirmed', 'does not send it out again');

SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'the invariants hold');
SELECT * FROM finish();
ROLLBACK;
