-- Drivers who wait for a spot of a lot that is full.

CREATE TABLE smart_parking.queue_entry (
	id			uuid PRIMARY KEY,
	parking_id	uuid NOT NULL,
	kind		text COLLATE "C" NOT NULL,
	nth			bigint NOT NULL,
	user_id		uuid NOT NULL,
	car_plate	smart_parking.license_plate NOT NULL,
	joined_at	timestamptz NOT NULL,
	request_id	uuid,
	status		text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'offered', 'taken', 'left')),
	booking_id	uuid,
	offered_at	timestamptz,
	ended_at	timestamptz,
	UNIQUE (parking_id, kind, nth),
	CHECK ((status = 'waiting') = (booking_id IS NULL AND ended_at IS NULL)),
	CHECK ((status IN ('taken', 'left')) = (ended_at IS NOT NULL)),
	CHECK ((offered_at IS NULL) = (booking_id IS NULL) OR status = 'taken')
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.queue_entry', '');

CREATE INDEX queue_entry_waiting ON smart_parking.queue_entry (parking_id, kind, nth) WHERE status = 'waiting';
CREATE UNIQUE INDEX queue_entry_plate ON smart_parking.queue_entry (car_plate, parking_id, kind) WHERE status = 'waiting';
CREATE UNIQUE INDEX queue_entry_request ON smart_parking.queue_entry (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX queue_entry_offered ON smart_parking.queue_entry (offered_at) WHERE status = 'offered';
CREATE INDEX queue_entry_booking ON smart_parking.queue_entry (booking_id) WHERE booking_id IS NOT NULL;

COMMENT ON TABLE smart_parking.queue_entry IS
'The queues of lots: one for each kind of spot. parking.has_queue says that somebody is waiting; without it nobody looks here.';
COMMENT ON COLUMN smart_parking.queue_entry.nth IS 'The order within the lot and kind. Who joins holds the lot''s row until the end of the transaction, so it is that of commits.';
COMMENT ON COLUMN smart_parking.queue_entry.request_id IS 'The caller''s id of the request: a retry with the same one is answered with this entry.';
COMMENT ON COLUMN smart_parking.queue_entry.status IS
'waiting; offered (a spot was held for it: what became of that, booking_id tells); taken (accept_offer(), or the car had got a spot otherwise); left.';
COMMENT ON COLUMN smart_parking.queue_entry.booking_id IS 'The hold that was offered.';

CREATE TRIGGER queue_entry_kept BEFORE DELETE OR TRUNCATE ON smart_parking.queue_entry
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();

CREATE TYPE smart_parking.queue_place AS (
	outcome		text,
	entry_id	uuid,
	"position"	integer,
	booking_id	uuid,
	spot_no		integer,
	spot_label	text,
	expires_at	timestamptz
);
COMMENT ON TYPE smart_parking.queue_place IS 'The answer of join_queue(), queue_position(), leave_queue() and accept_offer().';
