-- The reservation plane: the queue of a lot that is full.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
LOAD 'smart_parking';
\ir drivers.psql
CREATE FUNCTION pg_temp.join(lot text, driver text, plate text, kind text DEFAULT 'standard', request text DEFAULT NULL) RETURNS smart_parking.queue_place LANGUAGE sql VOLATILE
	AS 'SELECT p FROM smart_parking.join_queue(pg_temp.lot(lot), pg_temp.driver(driver), plate, kind, md5(request)::uuid) AS p';
CREATE FUNCTION pg_temp.entry(plate text) RETURNS uuid LANGUAGE sql VOLATILE
	AS 'SELECT id FROM smart_parking.queue_entry WHERE car_plate::text = plate ORDER BY joined_at DESC LIMIT 1';
CREATE FUNCTION pg_temp.place(plate text) RETURNS text LANGUAGE sql VOLATILE
	AS $$ SELECT concat_ws(' ', p.outcome, p."position", 'spot ' || p.spot_no) FROM smart_parking.queue_position(pg_temp.entry(plate)) AS p $$;
CREATE FUNCTION pg_temp.places() RETURNS text LANGUAGE sql VOLATILE
	AS $$ SELECT string_agg(e.car_plate::text || ': ' || pg_temp.place(e.car_plate::text), ', ' ORDER BY e.car_plate::text) FROM smart_parking.queue_entry AS e $$;
CREATE FUNCTION pg_temp.cancel(plate text) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT smart_parking.cancel_booking((pg_temp.booking(plate)).id)::text $$;

SELECT smart_parking.add_parking('Full', 51.05, 13.74, 3, kinds => '{"charging": 1}') AS full \gset
SELECT is((SELECT outcome FROM pg_temp.reserve('Full', 'Driver ' || n, 'DR ' || n)), 'reserved', 'a hold') FROM generate_series(1, 2) AS n;
SELECT ok(NOT has_queue, 'no queue') FROM smart_parking.parking WHERE id = :'full';

-- Joining

SELECT results_eq($$ SELECT outcome, "position", booking_id FROM pg_temp.join('Full', 'Anna', 'AN 1') $$, $$ VALUES ('waiting', 1, NULL::uuid) $$, 'the first one waits');
SELECT ok(has_queue, 'the lot says that somebody waits') FROM smart_parking.parking WHERE id = :'full';
SELECT results_eq($$ SELECT outcome, "position" FROM pg_temp.join('Full', 'Bert', 'BE 1', request => 'b') $$, $$ VALUES ('waiting', 2) $$, 'the second one');
SELECT results_eq($$ SELECT outcome, "position" FROM pg_temp.join('Full', 'Carl', 'CA 1') $$, $$ VALUES ('waiting', 3) $$, 'the third one');
SELECT results_eq($$ SELECT entry_id, "position" FROM pg_temp.join('Full', 'Anna', 'an-1') $$, $$ SELECT pg_temp.entry('AN1'), 1 $$, 'who joins again has his place');
SELECT results_eq($$ SELECT entry_id, "position" FROM pg_temp.join('Full', 'Bert', 'BE 1', request => 'b') $$, $$ SELECT pg_temp.entry('BE1'), 2 $$, 'a retry, too');
SELECT results_eq($$ SELECT outcome, spot_no FROM pg_temp.join('Full', 'Dora', 'DO 1', 'charging') $$, $$ VALUES ('offered', 3) $$, 'of another kind, where a spot is free, it is offered at once');
SELECT is((pg_temp.booking('DO1')).expires_at - (pg_temp.booking('DO1')).created_at, interval '2 minutes', 'for offer_life');

-- Newcomers do not overtake

SELECT results_eq(format('SELECT outcome, queue_length FROM smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'full', 'NEW 1'), $$ VALUES ('full', 3) $$, 'a full lot says how many wait');

SELECT is(pg_temp.cancel('DR1'), 'cancelled', 'a spot comes free');
SELECT pg_temp.digest() AS before_full \gset
SELECT results_eq(format('SELECT outcome, queue_length FROM smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'full', 'NEW 1'), $$ VALUES ('full', 3) $$, 'a newcomer hears full, and how many wait');
SELECT results_eq(format('SELECT outcome, queue_length FROM smart_parking.reserve_certain_spot(%L, gen_random_uuid(), %L, 1)', :'full', 'NEW 1'), $$ VALUES ('full', 3) $$, 'also for a certain spot');
SELECT is((SELECT outcome FROM smart_parking.reserve_spots(:'full', gen_random_uuid(), '{NEW1}')), 'full', 'and as a group');
SELECT is((SELECT outcome FROM smart_parking.reserve_nearby(51.05, 13.74, gen_random_uuid(), 'NEW 1', 100)), 'full', 'and from a search');
SELECT is(pg_temp.digest(), :'before_full', 'nothing changed by that');
SELECT ok(smart_parking.set_parking(:'full', walk_in => true), 'the lot takes cars without a booking');
SELECT smart_parking.add_gate(:'full', 'in', 'entry') AS entry, smart_parking.add_gate(:'full', 'out', 'exit') AS exit \gset
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'entry', 'WALK 1')), 'lot_full', 'not past those who wait');
SELECT is((SELECT outcome FROM pg_temp.reserve('Full', 'Driver 2', 'DR 2')), 'already_reserved', 'who has a hold has it');

-- Offers

SELECT is(smart_parking.make_offers(), 1, 'the spot is offered');
SELECT is(smart_parking.make_offers(), 0, 'once');
SELECT is(pg_temp.places(), 'AN1: offered spot 1, BE1: waiting 1, CA1: waiting 2, DO1: offered spot 3', 'to the first in the queue; the others move up');
SELECT results_eq('SELECT car_plate, spot_no, booking_id FROM smart_parking.open_offers ORDER BY 1', $$ VALUES ('AN1', 1, (pg_temp.booking('AN1')).id), ('DO1', 3, (pg_temp.booking('DO1')).id) $$, 'a push service sees both');
SELECT results_eq($$ SELECT pg_temp.events((pg_temp.booking('AN1')).id) $$, ARRAY['offered: first in the queue'], 'which is on record');
SELECT results_eq($$ SELECT outcome, spot_no, expires_at - (pg_temp.booking('AN1')).created_at > interval '14 minutes' FROM smart_parking.accept_offer(pg_temp.entry('AN1')) $$, $$ VALUES ('taken', 1, true) $$, 'accepted, it lasts as long as a hold');
SELECT results_eq($$ SELECT outcome, spot_no FROM smart_parking.accept_offer(pg_temp.entry('AN1')) $$, $$ VALUES ('taken', 1) $$, 'accepted again');
SELECT results_eq($$ SELECT outcome, "position" FROM smart_parking.accept_offer(pg_temp.entry('BE1')) $$, $$ VALUES ('waiting', 1) $$, 'nothing to accept yet');
SELECT is((SELECT reason FROM smart_parking.validate_plate(:'entry', 'DO 1')), 'entered', 'an offer is taken by driving in');
SELECT is(pg_temp.place('DO1'), 'taken spot 3', 'which is to be seen');
SELECT is(pg_temp.cancel('AN1'), 'cancelled', 'Anna stays at home');
SELECT is(smart_parking.make_offers(), 1, 'the next one');
SELECT is(pg_temp.place('BE1'), 'offered spot 1', 'is offered the spot');
SELECT pg_temp.lapse('BE1');
SELECT is(pg_temp.place('BE1'), 'missed', 'not taken in time, swept or not');
SELECT is((SELECT outcome FROM smart_parking.accept_offer(pg_temp.entry('BE1'))), 'missed', 'too late to accept');
SELECT is_empty($$ SELECT * FROM smart_parking.open_offers WHERE car_plate = 'BE1' $$, 'no open offer any more');
SELECT is(smart_parking.make_offers(), 1, 'it goes on to the next');
SELECT is(pg_temp.place('CA1'), 'offered spot 1', 'on the spot of the lapsed hold');
SELECT ok(NOT has_queue, 'nobody waits any more') FROM smart_parking.parking WHERE id = :'full';
SELECT results_eq(format('SELECT outcome, queue_length FROM smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'full', 'NEW 1'), $$ VALUES ('full', NULL::integer) $$, 'full without a queue');
SELECT results_eq($$ SELECT outcome FROM smart_parking.leave_queue(pg_temp.entry('CA1')) $$, ARRAY['left'], 'an offer given up');
SELECT is((pg_temp.booking('CA1')).status::text, 'cancelled', 'gives its spot back');
SELECT results_eq(format('SELECT outcome FROM smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'full', 'NEW 1'), ARRAY['reserved'], 'to whoever comes');
SELECT pg_temp.sound('offers');

-- Leaving, and joining again

SELECT is((SELECT "position" FROM pg_temp.join('Full', 'Emil', 'EM 1')), 1, 'one');
SELECT is((SELECT "position" FROM pg_temp.join('Full', 'Fred', 'FR 1')), 2, 'two');
SELECT results_eq($$ SELECT outcome FROM smart_parking.leave_queue(pg_temp.entry('EM1')) $$, ARRAY['left'], 'the first leaves');
SELECT results_eq($$ SELECT outcome FROM smart_parking.leave_queue(pg_temp.entry('EM1')) $$, ARRAY['left'], 'once');
SELECT is(pg_temp.place('FR1'), 'waiting 1', 'the second is the first');
SELECT is((SELECT "position" FROM pg_temp.join('Full', 'Emil', 'EM 1')), 2, 'who comes again is the last');
SELECT is((SELECT outcome FROM smart_parking.leave_queue(pg_temp.entry('FR1'))), 'left', 'one leaves');
SELECT is((SELECT outcome FROM smart_parking.leave_queue(pg_temp.entry('EM1'))), 'left', 'the last leaves');
SELECT ok(NOT has_queue, 'nobody waits') FROM smart_parking.parking WHERE id = :'full';
SELECT ok(smart_parking.close_parking(:'full'), 'the lot closes');
SELECT results_eq($$ SELECT outcome, entry_id FROM pg_temp.join('Full', 'Gina', 'GI 1') $$, $$ VALUES ('closed', NULL::uuid) $$, 'closed: nobody joins');
SELECT ok(smart_parking.open_parking(:'full'), 'it opens');
SELECT pg_temp.sound('leaving');

-- A car that has a spot, or a lapsed hold

SELECT smart_parking.add_parking('Own', 51.05, 13.74, 2) AS own \gset
SELECT is((SELECT outcome FROM pg_temp.reserve('Own', 'Hugo', 'HU 1')), 'reserved', 'a hold');
SELECT results_eq($$ SELECT outcome, booking_id FROM pg_temp.join('Own', 'Hugo', 'HU 1') $$, $$ SELECT 'taken', (pg_temp.booking('HU1')).id $$, 'who has a spot has it');
SELECT pg_temp.lapse('HU1');
SELECT results_eq($$ SELECT outcome, booking_id = (pg_temp.booking('HU1')).id FROM pg_temp.join('Own', 'Hugo', 'HU 1') $$, $$ VALUES ('offered', true) $$, 'a lapsed hold of his own is no spot: one is offered');
SELECT pg_temp.sound('own');

-- Errors

SELECT pg_temp.refused(format('SELECT pg_temp.join(%s)', arguments), code, what)
FROM (VALUES ($$ 'Nowhere', 'Ida', 'ID 1' $$, 'SP016', 'no lot'), ($$ 'Full', NULL, 'ID 1' $$, 'SP016', 'no user'), ($$ 'Full', 'Ida', NULL $$, 'SP016', 'no plate'), ($$ 'Full', 'Ida', 'ID 1', NULL $$, 'SP016', 'no kind'),
	($$ 'Full', 'Ida', '?' $$, 'SP010', 'a plate that is none'), ($$ 'Full', 'Ida', 'unlicensed' $$, 'SP010', 'a word for no plate'), ($$ 'Full', 'Ida', 'ID 1', 'boat' $$, 'SP015', 'an unknown kind'),
	($$ 'Own', 'Bert', 'BE 1', request => 'b' $$, 'SP021', 'a request for another lot'), ($$ 'Full', 'Bert', 'BE 2', request => 'b' $$, 'SP021', 'a request for another car')) AS t (arguments, code, what);
SELECT throws_ok(format('SELECT smart_parking.join_queue(%L, %L, %L)', gen_random_uuid(), gen_random_uuid(), 'ID 1'), 'SP001', NULL, 'an unknown lot');
SELECT is((SELECT outcome FROM pg_temp.join('Full', 'Jan', 'JA 1')), 'waiting', 'a car waits');
SELECT pg_temp.refused($$ SELECT pg_temp.join('Full', 'Ida', 'JA 1') $$, 'SP022', 'another user''s car');
SELECT pg_temp.refused(format('SELECT smart_parking.%s(%s)', name, id), code, name) FROM unnest(ARRAY['queue_position', 'leave_queue', 'accept_offer']) AS name, (VALUES ('NULL', 'SP016'), (quote_literal(gen_random_uuid()), 'SP002')) AS t (id, code);
SELECT throws_ok('DELETE FROM smart_parking.queue_entry', 'SP024', NULL, 'queues are history');
SELECT pg_temp.sound('errors');

-- In an updated database an owner's columns may stand before ours

ALTER TABLE smart_parking.parking DROP COLUMN has_queue;
SELECT is((SELECT outcome FROM pg_temp.reserve('Own', 'Kurt', 'KU 1')), 'reserved', 'a database that is not updated yet has no queues');
ALTER TABLE smart_parking.parking ADD COLUMN note text DEFAULT 'n', ADD COLUMN has_queue boolean NOT NULL DEFAULT false;
SELECT is((SELECT outcome FROM pg_temp.reserve('Own', 'Lena', 'LE 1')), 'full', 'the column is found');
SELECT is(pg_temp.cancel('KU1'), 'cancelled', 'a spot is free');
UPDATE smart_parking.parking SET has_queue = true WHERE id = :'full';
SELECT results_eq(format('SELECT outcome, queue_length FROM smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'full', 'NEW 9'), $$ VALUES ('full', 1) $$, 'wherever it is');
SELECT is((SELECT outcome FROM pg_temp.reserve('Own', 'Lena', 'LE 1')), 'reserved', 'and without a queue');

SELECT * FROM finish();
ROLLBACK;
