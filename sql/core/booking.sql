-- The booking, its history, and the triggers that keep both.

CREATE TYPE smart_parking.booking_status AS ENUM ('pending', 'confirmed', 'completed', 'cancelled', 'expired');
COMMENT ON TYPE smart_parking.booking_status IS
'pending (a hold) -> confirmed (the car is inside) -> completed (it left); pending -> cancelled; pending -> expired.';

CREATE FUNCTION smart_parking_internal.booking_in_step(status smart_parking.booking_status, confirmed_at timestamptz, ended_at timestamptz)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smart_parking_internal.booking_in_step(smart_parking.booking_status, timestamptz, timestamptz) IS
'Whether a booking''s instants fit its status: ended_at is there when it is completed, cancelled or expired, confirmed_at when it is '
'confirmed or completed. In C, since each CHECK is read from its catalog text again in every statement that writes a row.';

CREATE TABLE smart_parking.booking (
	id				uuid PRIMARY KEY,
	user_id			uuid NOT NULL,
	parking_id		uuid NOT NULL,
	spot_no			integer NOT NULL,
	status			smart_parking.booking_status NOT NULL,
	car_plate		smart_parking.license_plate NOT NULL,
	created_at		timestamptz NOT NULL,
	expires_at		timestamptz NOT NULL,
	confirmed_at	timestamptz,
	ended_at		timestamptz,
	request_id		uuid,
	requested_hold	interval,
	CONSTRAINT status_fits_instants CHECK (smart_parking_internal.booking_in_step(status, confirmed_at, ended_at))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.booking', '');

CREATE UNIQUE INDEX booking_one_per_spot ON smart_parking.booking (parking_id, spot_no) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX booking_one_per_plate ON smart_parking.booking (car_plate, parking_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX booking_request ON smart_parking.booking (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX booking_holds_of_user ON smart_parking.booking (user_id) WHERE status = 'pending';
CREATE INDEX booking_due ON smart_parking.booking (expires_at) WHERE status = 'pending';
CREATE INDEX booking_due_in_lot ON smart_parking.booking (parking_id, expires_at) WHERE status = 'pending';
CREATE INDEX booking_history_of_plate ON smart_parking.booking (car_plate, parking_id, ended_at) WHERE ended_at IS NOT NULL;

COMMENT ON TABLE smart_parking.booking IS
'Every hold and stay, kept for good. Active bookings are those with ended_at IS NULL: pending or confirmed.';
COMMENT ON COLUMN smart_parking.booking.id IS 'UUID of version 7 with the lot''s home cell.';
COMMENT ON COLUMN smart_parking.booking.created_at IS 'Server''s clock at the call, not the start of the transaction.';
COMMENT ON COLUMN smart_parking.booking.expires_at IS 'From this instant on a pending booking is not valid and its spot can be given on, swept or not.';
COMMENT ON COLUMN smart_parking.booking.confirmed_at IS 'When the car came in.';
COMMENT ON COLUMN smart_parking.booking.ended_at IS 'When the booking was completed, cancelled or expired, as status says.';
COMMENT ON COLUMN smart_parking.booking.request_id IS 'The caller''s id of the request: a retry with the same one is answered with this booking.';
COMMENT ON COLUMN smart_parking.booking.requested_hold IS 'The hold that the caller asked for; NULL: the lot''s own.';
COMMENT ON INDEX smart_parking.booking_one_per_spot IS 'One spot, one driver: the backstop behind the counter.';
COMMENT ON INDEX smart_parking.booking_one_per_plate IS 'A car stands or is expected in a lot once.';
COMMENT ON INDEX smart_parking.booking_history_of_plate IS 'Finds the lapsed hold of a car that comes late, and a car''s history for support. Costs a reservation nothing.';

CREATE TABLE smart_parking.booking_event (
	booking_id		uuid NOT NULL,
	happened_at		timestamptz NOT NULL,
	event			text NOT NULL,
	actor			name NOT NULL DEFAULT session_user,
	reason			text,
	details			jsonb
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.booking_event', '');

CREATE INDEX booking_event_booking ON smart_parking.booking_event (booking_id, happened_at);

COMMENT ON TABLE smart_parking.booking_event IS 'What happened to a booking after it was made, by whom and why. Append-only.';
COMMENT ON COLUMN smart_parking.booking_event.event IS 'extended, confirmed, completed, cancelled, expired, reacquired, entry_corrected, stayed_on, walk_in, permit, staff, entered_over_open_stay, left, plate_changed.';
COMMENT ON COLUMN smart_parking.booking_event.actor IS 'The role that was logged in.';

CREATE FUNCTION smart_parking_internal.booking_guard() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE c;
COMMENT ON FUNCTION smart_parking_internal.booking_guard() IS
'BEFORE UPDATE OR DELETE on booking: what was booked does not change, a transition leads only where the states allow, '
'and nothing is deleted. Errors: SP023 for a transition, SP024 for a loss of history.';

CREATE TRIGGER booking_guard BEFORE UPDATE OR DELETE ON smart_parking.booking
	FOR EACH ROW EXECUTE FUNCTION smart_parking_internal.booking_guard();

CREATE FUNCTION smart_parking_internal.history_guard() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE c;
COMMENT ON FUNCTION smart_parking_internal.history_guard() IS
'Statement trigger that refuses the command (DELETE, TRUNCATE, and UPDATE where the table is append-only). Error: SP024.';

CREATE TRIGGER booking_kept BEFORE TRUNCATE ON smart_parking.booking
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();
CREATE TRIGGER booking_event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON smart_parking.booking_event
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();
