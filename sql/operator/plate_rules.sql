-- Plates that have a right of their own: permits, staff, and those that are not let in.

CREATE OR REPLACE FUNCTION smart_parking.add_plate_rule(car_plate text, kind text, parking_id uuid DEFAULT NULL, valid_from timestamptz DEFAULT now(),
	valid_until timestamptz DEFAULT NULL, note text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	rule_id uuid;
BEGIN
	PERFORM smart_parking_internal.require_argument('car_plate', car_plate IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('kind', kind IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('valid_from', valid_from IS NOT NULL);
	IF kind NOT IN ('permit', 'staff', 'blocked') THEN
		RAISE EXCEPTION 'unknown kind of rule "%"', kind USING ERRCODE = 'SP019', HINT = 'A rule is a permit, staff, or blocked.';
	ELSIF valid_until <= valid_from THEN
		RAISE EXCEPTION 'a rule cannot end before it begins' USING ERRCODE = 'SP019', HINT = 'valid_until is the first instant at which the rule does not hold any more.';
	END IF;
	-- the lot cannot be deleted meanwhile
	PERFORM FROM smart_parking.parking AS p WHERE p.id = add_plate_rule.parking_id FOR KEY SHARE;
	IF parking_id IS NOT NULL AND NOT FOUND THEN
		RAISE EXCEPTION 'there is no lot %', parking_id USING ERRCODE = 'SP001', HINT = 'Leave parking_id out for all lots.';
	END IF;
	INSERT INTO smart_parking.plate_rule (car_plate, parking_id, effect, kind, valid_from, valid_until, note)
	VALUES (smart_parking_internal.plate_of_car(add_plate_rule.car_plate), add_plate_rule.parking_id, CASE add_plate_rule.kind WHEN 'blocked' THEN 'deny' ELSE 'allow' END,
		add_plate_rule.kind, add_plate_rule.valid_from, add_plate_rule.valid_until, add_plate_rule.note)
	RETURNING id INTO rule_id;
	RETURN rule_id;
END $$;
COMMENT ON FUNCTION smart_parking.add_plate_rule(text, text, uuid, timestamptz, timestamptz, text) IS
'Gives a plate a right of its own, or takes it away. Arguments: car_plate, however it is written; kind: permit and staff come in without a booking as long as there is a spot, '
'blocked does not come in, with a booking or without; parking_id, NULL: all lots of this server; valid_from; valid_until, the first instant at which it does not hold any more, '
'NULL: no end; note. A plate may have several rules. Result: the rule''s id, for end_plate_rule(). '
'Errors: SP001 unknown lot, SP010 not a plate, or a word for no plate, SP016 NULL, SP019 kind, or an end before the beginning.';

CREATE OR REPLACE FUNCTION smart_parking.end_plate_rule(rule_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('rule_id', rule_id IS NOT NULL);
	UPDATE smart_parking.plate_rule AS r SET ended_at = clock_timestamp(), ended_by = session_user WHERE r.id = rule_id AND r.ended_at IS NULL;
	IF FOUND THEN
		RETURN true;
	ELSIF NOT EXISTS (SELECT FROM smart_parking.plate_rule AS r WHERE r.id = rule_id) THEN
		RAISE EXCEPTION 'there is no rule %', rule_id USING ERRCODE = 'SP019', HINT = 'Rules stand in smart_parking.plate_rule.';
	END IF;
	RETURN false;
END $$;
COMMENT ON FUNCTION smart_parking.end_plate_rule(uuid) IS
'Takes a rule back, at once. The row stays on record. Argument: rule_id. Result: true; false: it had been taken back already. '
'Errors: SP016 NULL, SP019 unknown rule.';
