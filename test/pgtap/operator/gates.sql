-- set_gate, set_parking, add_plate_rule, end_plate_rule, resolve_incident: what they change, refuse and put on record.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();

SELECT smart_parking.add_parking('Settings', 51.05, 13.74, 4) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS gate, smart_parking.add_gate(:'lot', 'other', 'entry') AS other_gate \gset
CREATE FUNCTION pg_temp.settings(of_gate uuid) RETURNS text LANGUAGE sql STABLE AS
	$$ SELECT concat_ws(' ', senses_passage, passage_window, command_life, anti_passback, notifies) FROM smart_parking.gate WHERE id = of_gate $$;

-- gates

SELECT is(pg_temp.settings(:'gate'), 'f 00:00:10 00:00:30 hard f', 'a new gate');
SELECT is(smart_parking.set_gate(:'gate'), false, 'nothing said, nothing changed');
SELECT is(smart_parking.set_gate(:'gate', false, '10 seconds', '30 seconds', 'hard', false), false, 'nor by what is so already');
SELECT is((SELECT count(*) FROM smart_parking.parking_event WHERE parking_id = :'lot'), 0::bigint, 'and nothing is on record');
SELECT is(smart_parking.set_gate(:'gate', senses_passage => true, command_life => '45 seconds'), true, 'two settings change');
SELECT is(pg_temp.settings(:'gate'), 't 00:00:10 00:00:45 hard f', 'and no other');
SELECT is(pg_temp.settings(:'other_gate'), 'f 00:00:10 00:00:30 hard f', 'nor another gate');
SELECT results_eq(format('SELECT event, details, actor::text FROM smart_parking.parking_event WHERE parking_id = %L', :'lot'),
	$$ SELECT 'gate_changed', '{"gate": "in", "senses_passage": {"from": false, "to": true}, "command_life": {"from": "00:00:30", "to": "00:00:45"}}'::jsonb, session_user::text $$, 'what, from what, by whom');
SELECT is(smart_parking.set_gate(:'gate', false, '0', '10 minutes', 'soft', true), true, 'all of them');
SELECT is(pg_temp.settings(:'gate'), 'f 00:00:00 00:10:00 soft t', 'at the ends of what is allowed');
SELECT throws_ok(format('SELECT smart_parking.set_gate(%L, %s)', :'gate', bad), 'SP019', 'this is not a setting of a gate', bad)
FROM unnest(ARRAY['passage_window => ''-1 second''', 'passage_window => ''10 minutes 1 second''', 'command_life => ''0.9 seconds''', 'command_life => ''11 minutes''', 'anti_passback => ''firm''',
	'anti_passback => ''''']) AS bad;
SELECT is(pg_temp.settings(:'gate'), 'f 00:00:00 00:10:00 soft t', 'what was refused changed nothing');
SELECT throws_ok($$ SELECT smart_parking.set_gate(NULL) $$, 'SP016', NULL, 'no gate');
SELECT throws_ok($$ SELECT smart_parking.set_gate(gen_random_uuid()) $$, 'SP003', NULL, 'an unknown gate');

-- lots

CREATE FUNCTION pg_temp.lot() RETURNS text LANGUAGE sql STABLE AS
	$$ SELECT p.walk_in || ' ' || coalesce(p.max_stay::text, 'none') FROM smart_parking.parking AS p WHERE p.name = 'Settings' $$;
SELECT is(pg_temp.lot(), 'false none', 'a new lot');
SELECT is(smart_parking.set_parking(:'lot', walk_in => true), true, 'cars without a booking');
SELECT is(smart_parking.set_parking(:'lot', max_stay => '24 hours'), true, 'a longest stay');
SELECT is(pg_temp.lot(), 'true 24:00:00', 'both');
SELECT is(smart_parking.set_parking(:'lot', true, '24 hours'), false, 'again');
SELECT is(smart_parking.set_parking(:'lot'), false, 'nothing said');
SELECT is(pg_temp.lot(), 'true 24:00:00', 'nothing changed');
SELECT is(smart_parking.set_parking(:'lot', max_stay => '0'), true, 'a stay of 0');
SELECT is(pg_temp.lot(), 'true none', 'is no limit');
SELECT is(smart_parking.set_parking(:'lot', max_stay => '0 days'), false, 'again');
SELECT is((SELECT array_agg(details ORDER BY happened_at) FROM smart_parking.parking_event WHERE parking_id = :'lot' AND event = 'settings_changed'),
	ARRAY['{"walk_in": {"to": true, "from": false}}', '{"max_stay": {"to": "24:00:00", "from": null}}', '{"max_stay": {"to": null, "from": "24:00:00"}}']::jsonb[], 'each change is on record');
SELECT throws_ok(format($$ SELECT smart_parking.set_parking(%L, max_stay => '-1 hour') $$, :'lot'), 'SP019', NULL, 'a stay before its beginning');
SELECT throws_ok($$ SELECT smart_parking.set_parking(NULL) $$, 'SP016', NULL, 'no lot');
SELECT throws_ok($$ SELECT smart_parking.set_parking(gen_random_uuid()) $$, 'SP001', NULL, 'an unknown lot');

-- rules

SELECT smart_parking.add_plate_rule('dd-pm 1', 'permit', :'lot', '2024-01-01Z', '2094-01-01Z', 'season ticket') AS permit,
	smart_parking.add_plate_rule('DD ST 2', 'staff') AS staff, smart_parking.add_plate_rule('DD BL 3', 'blocked', valid_until => 'infinity') AS blocked \gset
SELECT results_eq($$ SELECT car_plate::text, effect, kind, parking_id IS NULL, valid_until, note, actor::text FROM smart_parking.plate_rule ORDER BY car_plate::text COLLATE "C" $$,
	$$ VALUES ('DDBL3', 'deny', 'blocked', true, 'infinity'::timestamptz, NULL, session_user::text), ('DDPM1', 'allow', 'permit', false, '2094-01-01Z', 'season ticket', session_user),
	('DDST2', 'allow', 'staff', true, NULL, NULL, session_user) $$, 'a rule of each kind');
SELECT isnt(smart_parking.add_plate_rule('DD PM 1', 'permit', :'lot', '2094-01-01Z'), :'permit'::uuid, 'a plate may have several');
SELECT is(smart_parking.end_plate_rule(:'permit'), true, 'a rule is taken back');
SELECT is(smart_parking.end_plate_rule(:'permit'), false, 'once');
SELECT results_eq(format($$ SELECT ended_at IS NOT NULL, ended_by = session_user FROM smart_parking.plate_rule WHERE kind <> 'blocked' ORDER BY id <> %L, kind $$, :'permit'),
	$$ VALUES (true, true), (false, NULL), (false, NULL) $$, 'by somebody, and no other rule');
SELECT throws_ok(format('SELECT smart_parking.add_plate_rule(%s)', bad), code, NULL, bad || ': ' || code)
FROM (VALUES ('NULL, ''permit''', 'SP016'), ('''A1'', NULL', 'SP016'), ('''A1'', ''permit'', valid_from => NULL', 'SP016'), ('''A1'', ''guest''', 'SP019'),
	('''A1'', ''permit'', valid_until => now()', 'SP019'), ('''A1'', ''permit'', valid_from => ''2024-01-02'', valid_until => ''2024-01-01''', 'SP019'),
	(''' - '', ''permit''', 'SP010'), ('repeat(''A'', 17), ''permit''', 'SP010'), ('''A1'', ''permit'', gen_random_uuid()', 'SP001')) AS b(bad, code);
SELECT throws_ok($$ SELECT smart_parking.end_plate_rule(NULL) $$, 'SP016', NULL, 'no rule');
SELECT throws_ok($$ SELECT smart_parking.end_plate_rule(gen_random_uuid()) $$, 'SP019', NULL, 'an unknown rule');

-- incidents

INSERT INTO smart_parking.gate_incident (id, gate_id, raised_at, kind) VALUES ('00000000-0000-7000-8000-000000000001', :'gate', now(), 'tailgating'), ('00000000-0000-7000-8000-000000000002', :'gate', now(), 'barrier_failed');
SELECT is(smart_parking.resolve_incident('00000000-0000-7000-8000-000000000001', ' let out by hand '), true, 'an incident is closed');
SELECT is(smart_parking.resolve_incident('00000000-0000-7000-8000-000000000001', 'nothing'), false, 'once');
SELECT results_eq($$ SELECT resolution, resolved_by::text, resolved_at IS NOT NULL FROM smart_parking.gate_incident ORDER BY id $$, $$ VALUES ('let out by hand', session_user::text, true), (NULL, NULL, false) $$,
	'its first resolution stays, and the other incident is open');
SELECT throws_ok($$ SELECT smart_parking.resolve_incident('00000000-0000-7000-8000-000000000002', '  ') $$, 'SP019', NULL, 'a resolution that says nothing');
SELECT throws_ok($$ SELECT smart_parking.resolve_incident('00000000-0000-7000-8000-000000000002', NULL) $$, 'SP016', NULL, 'no resolution');
SELECT throws_ok($$ SELECT smart_parking.resolve_incident(NULL, 'x') $$, 'SP016', NULL, 'no incident');
SELECT throws_ok($$ SELECT smart_parking.resolve_incident(gen_random_uuid(), 'x') $$, 'SP019', NULL, 'an unknown incident');

SELECT * FROM finish();
ROLLBACK;
