-- Plates that have a right of their own: permits, staff, and those that are not let in.

CREATE TABLE smart_parking.plate_rule (
	id				uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	car_plate		smart_parking.license_plate NOT NULL,
	parking_id		uuid,
	effect			text NOT NULL CHECK (effect IN ('allow', 'deny')),
	kind			text NOT NULL CHECK (kind IN ('permit', 'staff', 'blocked')),
	valid_from		timestamptz NOT NULL DEFAULT now(),
	valid_until		timestamptz,
	note			text,
	created_at		timestamptz NOT NULL DEFAULT now(),
	actor			name NOT NULL DEFAULT session_user,
	ended_at		timestamptz,
	ended_by		name,
	CHECK ((effect = 'deny') = (kind = 'blocked')),
	CHECK (valid_until > valid_from)
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.plate_rule', '');

CREATE INDEX plate_rule_plate ON smart_parking.plate_rule (car_plate) WHERE ended_at IS NULL;

COMMENT ON TABLE smart_parking.plate_rule IS
'Permits, staff and blocked plates. allow lets a car in without a booking, where walk-ins are not, as long as there is a free spot; deny keeps it out. '
'deny comes before a booking, a booking before allow. Nobody is kept from leaving.';
COMMENT ON COLUMN smart_parking.plate_rule.parking_id IS 'NULL: in every lot of this server.';
COMMENT ON COLUMN smart_parking.plate_rule.valid_until IS 'The first instant at which it is not valid any more; NULL: no end.';
COMMENT ON COLUMN smart_parking.plate_rule.ended_at IS 'When it was taken back, by end_plate_rule(); the row stays.';
COMMENT ON COLUMN smart_parking.plate_rule.ended_by IS 'The role that was logged in.';
