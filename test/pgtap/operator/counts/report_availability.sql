-- Counts that others measured: what is kept, what is used, and what is said when they disagree with the bookings.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;

SELECT smart_parking.add_parking('Booked', 51.05, 13.74, 10, kinds => '{"disabled": 2}') AS booked \gset
SELECT smart_parking.add_parking('Outside', 51.05, 13.75, 10, kinds => '{"disabled": 2}') AS outside \gset
CREATE FUNCTION pg_temp.offered(kind text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(concat_ws(' ', name, free_spots, can_book, counted_by, justify_interval(date_trunc('minute', count_age))), ', ' ORDER BY name)
	FROM smart_parking.nearby_parking(51.05, 13.74, kind => offered.kind) $$;

-- who is counted how

SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 10 t bookings 00:00:00', 'lots are booked here at first');
SELECT is(smart_parking.report_availability(:'outside', 3), 'usable', 'a counter reports on a lot that is booked here');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 10 t bookings 00:00:00', 'which changes nothing');
SELECT is(smart_parking.set_counted_outside(:'outside', true), true, 'now it is counted from outside');
SELECT is(smart_parking.set_counted_outside(:'outside', true), false, 'once');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 3 f counter 00:00:00', 'search has the count, and says whose it is');
SELECT is(pg_temp.offered('disabled'), 'Booked 2 t bookings 00:00:00', 'of a kind that nobody counted nothing is known');
SELECT is(smart_parking.report_availability(:'outside', 1, 'disabled'), 'usable', 'until somebody does');
SELECT is(pg_temp.offered('disabled'), 'Booked 2 t bookings 00:00:00, Outside 1 f counter 00:00:00', 'then it is');
SELECT results_eq(format('SELECT outcome FROM smart_parking.reserve_spot(%L, gen_random_uuid(), %L)', :'outside', 'DD A 1'), $$ VALUES ('closed') $$, 'no hold is given there');
SELECT results_eq(format('SELECT free_spots_counter, is_open, outside_open FROM smart_parking.parking_status WHERE id = %L', :'outside'), 'VALUES (NULL::integer, false, true)',
	'its own counter is not shown');
SELECT throws_ok(format('UPDATE smart_parking.parking SET is_open = true WHERE id = %L', :'outside'), '23514', NULL, 'a lot is not counted both ways');

-- age

SELECT is(smart_parking.report_availability(:'outside', 4, as_of => clock_timestamp() - interval '10 minutes', source => 'city'), 'usable', 'another source, older');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 3 f counter 00:00:00', 'the newest one counts');
SELECT is(smart_parking.report_availability(:'outside', 4, as_of => clock_timestamp() - interval '20 minutes', source => 'city'), 'older', 'a later one of a source stays');
DELETE FROM smart_parking.outside_count WHERE source = 'counter';
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 4 f city 00:10:00', 'search says how old it is');
SET LOCAL smart_parking.count_lifetime = '5min';
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00', 'past its lifetime it is not used');
SELECT is(smart_parking.report_availability(:'outside', 5, as_of => clock_timestamp() - interval '6 minutes', source => 'city'), 'stale', 'which the report says, too');
RESET smart_parking.count_lifetime;
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 5 f city 00:06:00', 'it was kept');

-- glitches: 65, 12351, 62

SELECT is(smart_parking.report_availability(:'outside', 6, as_of => clock_timestamp() - interval '5 minutes', source => 'city'), 'usable', 'a good one');
SELECT is(smart_parking.report_availability(:'outside', 12351, as_of => clock_timestamp() - interval '4 minutes', source => 'city'), 'beyond_capacity', 'a glitch');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 6 f city 00:05:00', 'does not take the good one away');
SELECT results_eq('SELECT free_spots, finding, usable_spots FROM smart_parking.outside_count WHERE source = ''city''', $$ VALUES (12351, 'beyond_capacity', 6) $$, 'it is kept as measured');
SELECT is(smart_parking.report_availability(:'outside', 11, capacity => 12, as_of => clock_timestamp() - interval '3 minutes', source => 'city'), 'usable', 'the source''s own capacity decides');
SELECT is(smart_parking.report_availability(:'outside', NULL, state => 'fault', as_of => clock_timestamp() - interval '2 minutes', source => 'city'), 'fault', 'a fault');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 11 f city 00:03:00', 'does not either');
SELECT is(smart_parking.report_availability(:'outside', -2, as_of => clock_timestamp() - interval '1 minute', source => 'city'), 'negative', 'less than none');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00', 'may mean full: nothing is offered');
SELECT is((SELECT free_spots FROM smart_parking.outside_count WHERE source = 'city'), -2, 'it is kept as measured, too');
SELECT is(smart_parking.report_availability(:'outside', 7, source => 'city'), 'usable', 'and then a number again');
SELECT is(smart_parking.report_availability(:'outside', 7, state => 'closed', as_of => clock_timestamp() + interval '1 second', source => 'city'), 'closed', 'the source says closed');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00', 'so it is not offered');
SELECT is(smart_parking.report_availability(:'outside', 7, as_of => clock_timestamp() + interval '2 seconds', source => 'city'), 'usable', 'open again');
SELECT is(smart_parking.report_availability(:'outside', 7, as_of => (SELECT as_of FROM smart_parking.outside_count WHERE source = 'city'), source => 'city'), 'unchanged', 'the same again is nothing new');

-- open, closed, and back

SELECT is(smart_parking.close_parking(:'outside', 'works'), true, 'the operator closes it');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00', 'so it is not offered, whatever is counted');
SELECT is(smart_parking.close_parking(:'outside'), false, 'it is closed');
SELECT is(smart_parking.open_parking(:'outside'), true, 'and opens it');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 7 f city 00:00:00', 'so it is offered again');
SELECT is(smart_parking.set_counted_outside(:'outside', false), true, 'booked here again');
SELECT is(pg_temp.offered(), 'Booked 10 t bookings 00:00:00, Outside 10 t bookings 00:00:00', 'its own counter had stayed');
SELECT set_eq(format('SELECT event FROM smart_parking.parking_event WHERE parking_id = %L AND details ? %L', :'outside', 'counted_outside'), ARRAY['settings_changed'], 'that is on record');
SELECT smart_parking.close_parking(:'outside'), smart_parking.set_counted_outside(:'outside', true), smart_parking.set_counted_outside(:'outside', false) \g /dev/null
SELECT is((SELECT is_open FROM smart_parking.parking WHERE id = :'outside'), false, 'a closed lot does not open that way');

-- in step with the bookings

SELECT booking_id AS held FROM smart_parking.reserve_spot(:'booked', gen_random_uuid(), 'DD A 1') \gset
SELECT smart_parking.add_gate(:'booked', 'in', 'entry') AS entry \gset
SELECT smart_parking.report_availability(:'booked', 10) \g /dev/null
SELECT is_empty('SELECT * FROM smart_parking.counters_in_disagreement', 'a loop does not see a hold');
SELECT decision FROM smart_parking.validate_plate(:'entry', 'DD A 1') \g /dev/null
SELECT smart_parking.report_availability(:'booked', 10, as_of => clock_timestamp() + interval '1 second') \g /dev/null
SELECT results_eq($$ SELECT parking, source, kind IS NULL, measured, by_bookings, difference FROM smart_parking.counters_in_disagreement $$,
	$$ VALUES ('Booked', 'counter', true, 10, 9, 1) $$, 'a car is booked in that the loop did not see');
SELECT differs_since AS since FROM smart_parking.counters_in_disagreement \gset
SELECT smart_parking.report_availability(:'booked', 6, as_of => clock_timestamp() + interval '2 seconds') \g /dev/null
SELECT results_eq($$ SELECT difference, differs_since FROM smart_parking.counters_in_disagreement $$, format('VALUES (-3, %L::timestamptz)', :'since'), 'since the first of the counts that differ');
SELECT smart_parking.report_availability(:'booked', NULL, state => 'fault', as_of => clock_timestamp() + interval '3 seconds') \g /dev/null
SELECT results_eq($$ SELECT finding, differs_since FROM smart_parking.counters_in_disagreement $$, format('VALUES (%L, %L::timestamptz)', 'fault', :'since'), 'a fault says nothing about that');
SELECT smart_parking.report_availability(:'booked', -1, as_of => clock_timestamp() + interval '4 seconds') \g /dev/null
SELECT is((SELECT difference FROM smart_parking.counters_in_disagreement), -10, 'what cannot be disagrees, too');
SELECT smart_parking.report_availability(:'booked', 9, as_of => clock_timestamp() + interval '5 seconds') \g /dev/null
SELECT is_empty('SELECT * FROM smart_parking.counters_in_disagreement', 'until they agree');
SELECT smart_parking.report_availability(:'booked', 2, 'disabled'), smart_parking.report_availability(:'booked', 1, 'disabled', source => 'other') \g /dev/null
SELECT results_eq($$ SELECT source, kind = 'disabled', difference FROM smart_parking.counters_in_disagreement $$, $$ VALUES ('other', true, -1) $$, 'each counter and kind by itself');
SELECT smart_parking.report_availability(:'booked', 1, as_of => clock_timestamp() - interval '1 day', source => 'yesterday') \g /dev/null
SELECT is((SELECT count(*)::integer FROM smart_parking.counters_in_disagreement), 1, 'an old count is not compared with the bookings of now');
SELECT smart_parking.set_counted_outside(:'booked', true) \g /dev/null
UPDATE smart_parking.outside_count SET differs_since = now(), expected_spots = 0 WHERE parking_id = :'booked';
SELECT is_empty('SELECT * FROM smart_parking.counters_in_disagreement', 'nor that of a lot that is not booked here');

-- mistakes

CREATE TEMPORARY TABLE before AS SELECT * FROM smart_parking.outside_count;
SELECT throws_ok(format('SELECT smart_parking.report_availability(%s)', replace(arguments, 'LOT', quote_literal(:'booked'))), code, NULL, format('report_availability(%s): %s', arguments, code)) FROM (VALUES
	('NULL, 1', 'SP016'), ('LOT, NULL', 'SP016'), ('LOT, 1, source => NULL', 'SP016'), ('LOT, 1, state => NULL', 'SP016'), ('gen_random_uuid(), 1', 'SP001'),
	('LOT, 1, ''charging''', 'SP015'), ('LOT, 1, ''''', 'SP019'), ('LOT, 1, ''Disabled''', 'SP019'), ('LOT, 1, source => '' ''', 'SP019'), ('LOT, 1, source => ''bookings''', 'SP019'),
	('LOT, 1, source => repeat(''x'', 501)', 'SP019'), ('LOT, 1, state => ''broken''', 'SP019'), ('LOT, 1, capacity => -1', 'SP012'),
	('LOT, 1, as_of => ''infinity''', 'SP019'), ('LOT, 1, as_of => ''-infinity''', 'SP019'), ('LOT, 1, as_of => clock_timestamp() + interval ''6 minutes''', 'SP019')) AS bad (arguments, code);
SELECT throws_ok('SELECT smart_parking.set_counted_outside(gen_random_uuid(), true)', 'SP001', NULL, 'set_counted_outside of no lot');
SELECT throws_ok(format('SELECT smart_parking.set_counted_outside(%L, NULL)', :'booked'), 'SP016', NULL, 'set_counted_outside of NULL');
SELECT set_eq('SELECT * FROM smart_parking.outside_count', 'SELECT * FROM before', 'nothing has changed');

-- what refers to a lot

SELECT throws_ok(format('DELETE FROM smart_parking.parking WHERE id = %L', :'booked'), 'SP025', NULL, 'a lot with counts is not deleted');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'all in step');

SELECT * FROM finish();
ROLLBACK;
