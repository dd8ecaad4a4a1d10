-- Bookings that were made together.

CREATE TABLE smart_parking.booking_group (
	booking_id	uuid PRIMARY KEY,
	group_id	uuid NOT NULL,
	nth			integer NOT NULL CHECK (nth >= 1),
	UNIQUE (group_id, nth)
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.booking_group', '');

COMMENT ON TABLE smart_parking.booking_group IS
'Which bookings reserve_spots() made together. A table beside booking, so that a booking by itself pays nothing for it. Append-only.';
COMMENT ON COLUMN smart_parking.booking_group.group_id IS 'The id of the group''s first booking, which has the group''s request_id.';
COMMENT ON COLUMN smart_parking.booking_group.nth IS 'Its place among the plates of the call, from 1 on.';

CREATE TRIGGER booking_group_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON smart_parking.booking_group
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();

CREATE TYPE smart_parking.group_reservation AS (
	outcome		text,
	group_id	uuid,
	booking_id	uuid,
	car_plate	text,
	spot_no		integer,
	spot_label	text,
	expires_at	timestamptz,
	together	boolean
);
COMMENT ON TYPE smart_parking.group_reservation IS 'A row of reserve_spots(): the answer for one car.';

CREATE TYPE smart_parking.group_member AS (
	booking_id	uuid,
	car_plate	text,
	status		smart_parking.booking_status,
	expires_at	timestamptz
);
COMMENT ON TYPE smart_parking.group_member IS 'A row of cancel_group() and extend_group(): one booking as it is after the call.';
