CREATE OR REPLACE FUNCTION smart_parking_internal.gate_list_now(gate smart_parking.gate, at timestamptz)
RETURNS TABLE (car_plate text, kind text, may text, valid_from timestamptz, valid_until timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
	-- A plate has at most one active booking in a lot.
	SELECT b.car_plate::text, 'booking', 'enter', b.created_at, b.expires_at
	FROM smart_parking.booking AS b
	WHERE b.parking_id = gate.parking_id AND b.status = 'pending' AND b.expires_at > at AND gate.direction <> 'exit'
	UNION ALL
	(SELECT DISTINCT ON (i.car_plate) i.car_plate, 'inside', 'leave', i.since, NULL
	FROM (
		SELECT b.car_plate::text AS car_plate, b.confirmed_at AS since
		FROM smart_parking.booking AS b
		WHERE b.parking_id = gate.parking_id AND b.status = 'confirmed' AND b.ended_at IS NULL
		UNION ALL
		SELECT r.car_plate::text, n.raised_at
		FROM smart_parking.gate_incident AS n
		JOIN smart_parking.gate AS g ON g.id = n.gate_id
		JOIN smart_parking.plate_read AS r ON r.id = n.plate_read_id
		WHERE g.parking_id = gate.parking_id AND n.kind = 'inside_without_spot' AND n.resolved_at IS NULL AND r.car_plate IS NOT NULL
	) AS i
	WHERE gate.direction <> 'entry'
	ORDER BY i.car_plate, i.since)
	UNION ALL
	-- Of several rules of a kind the one that holds, longest; else the next to come, which the list has when its turn comes.
	(SELECT DISTINCT ON (r.car_plate, r.kind) r.car_plate::text, r.kind, CASE r.effect WHEN 'allow' THEN 'enter' ELSE 'none' END, r.valid_from, r.valid_until
	FROM smart_parking.plate_rule AS r
	JOIN smart_parking.parking AS p ON p.id = gate.parking_id
	WHERE (r.parking_id IS NULL OR r.parking_id = gate.parking_id) AND r.ended_at IS NULL AND coalesce(r.valid_until > at, true)
	AND gate.direction <> 'exit' AND (r.effect = 'deny' OR p.is_open)
	ORDER BY r.car_plate, r.kind, r.valid_from > at, CASE WHEN r.valid_from <= at THEN coalesce(r.valid_until, 'infinity') END DESC, r.valid_from)
$$;
COMMENT ON FUNCTION smart_parking_internal.gate_list_now(smart_parking.gate, timestamptz) IS
'What a gate''s controller has to know at an instant, a row for each plate and kind. A closed lot lets in bookings only, so it has no permits and staff. Arguments: gate; at.';

CREATE OR REPLACE FUNCTION smart_parking.export_gate_list(gate_id uuid, since bigint DEFAULT 0)
RETURNS TABLE (version bigint, car_plate text, may text, valid_from timestamptz, valid_until timestamptz, kind text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
-- Two whole lists are compared: a nested loop over them, which a table without statistics invites, takes a second for 3,000 cars. The
-- planner takes what is forbidden for so costly that it would compile the statement, in a third of a second.
SET enable_nestloop = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
	gate CONSTANT smart_parking.gate := smart_parking_internal.require_gate(export_gate_list.gate_id);
	whole boolean;
	current_version bigint;
	instant timestamptz;
BEGIN
	PERFORM smart_parking_internal.require_argument('since', since IS NOT NULL);
	-- The lock first: what is true is looked up by a later statement.
	PERFORM FROM smart_parking.gate AS g WHERE g.id = gate.id FOR KEY SHARE;
	IF NOT FOUND THEN
		PERFORM smart_parking_internal.require_gate(gate.id);
	END IF;
	INSERT INTO smart_parking_internal.gate_export AS e (gate_id, exported_at) VALUES (gate.id, clock_timestamp())
	ON CONFLICT (gate_id) DO UPDATE SET exported_at = clock_timestamp()
	RETURNING e.version, e.exported_at INTO current_version, instant;

	WITH now AS MATERIALIZED (
		SELECT * FROM smart_parking_internal.gate_list_now(gate, instant)
	), went AS (
		UPDATE smart_parking_internal.gate_list AS l
		SET may = 'none', valid_from = instant, valid_until = instant, live = false, version = current_version + 1
		WHERE l.gate_id = gate.id AND l.live
		AND NOT EXISTS (SELECT FROM now AS n WHERE n.car_plate = l.car_plate AND n.kind = l.kind)
		RETURNING 1
	), came AS (
		INSERT INTO smart_parking_internal.gate_list AS l (gate_id, car_plate, kind, may, valid_from, valid_until, live, version)
		SELECT gate.id, n.car_plate, n.kind, n.may, n.valid_from, n.valid_until, true, current_version + 1
		FROM now AS n
		LEFT JOIN smart_parking_internal.gate_list AS o ON o.gate_id = gate.id AND o.live AND o.car_plate = n.car_plate AND o.kind = n.kind
		WHERE (o.may, o.valid_from, o.valid_until) IS DISTINCT FROM (n.may, n.valid_from, n.valid_until)
		ON CONFLICT (gate_id, car_plate, kind) DO UPDATE
		SET may = excluded.may, valid_from = excluded.valid_from, valid_until = excluded.valid_until, live = true, version = excluded.version
		RETURNING 1
	)
	SELECT current_version + CASE WHEN EXISTS (SELECT FROM went) OR EXISTS (SELECT FROM came) THEN 1 ELSE 0 END INTO current_version;
	UPDATE smart_parking_internal.gate_export AS e SET version = current_version WHERE e.gate_id = gate.id AND e.version <> current_version;

	whole := since <= 0 OR since > current_version;
	RETURN QUERY
		SELECT l.version, l.car_plate, l.may, l.valid_from, l.valid_until, l.kind
		FROM smart_parking_internal.gate_list AS l
		WHERE l.gate_id = gate.id AND CASE WHEN whole THEN l.live ELSE l.version > since END
		ORDER BY l.version, l.car_plate, l.kind;
END $$;
COMMENT ON FUNCTION smart_parking.export_gate_list(uuid, bigint) IS
'All that a gate''s controller needs to decide alone while the line is down; docs/gates.md says how. '
'Arguments: gate_id; since, the highest version that the controller has; 0 or a version that the gate never had (as after a backup was restored): everything. '
'Result: a row for each plate and kind that changed since then; the controller keeps one row for each (car_plate, kind), the last. '
'may: enter, leave, or none: is not let in (kind blocked), or went. It counts from valid_from until before valid_until (NULL: no end); for what went both are the instant at which that was noticed. '
'kind: booking (a hold), inside, permit, staff, blocked; a gate for one direction gets what counts there. '
'Where rows are asked for by a version that the gate never had, each has a lower one: then they are the whole list. '
'Two exports of one gate come one after the other; nothing else waits for them. Errors: SP003 unknown gate, SP016 NULL.';
