-- What operators did to a lot.

CREATE TABLE smart_parking.parking_event (
	parking_id		uuid NOT NULL,
	spot_no			integer,
	happened_at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	event			text NOT NULL,
	actor			name NOT NULL DEFAULT session_user,
	reason			text,
	details			jsonb
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.parking_event', '');

CREATE INDEX parking_event_parking ON smart_parking.parking_event (parking_id, happened_at);
CREATE TRIGGER parking_event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON smart_parking.parking_event
	FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.history_guard();

COMMENT ON TABLE smart_parking.parking_event IS 'What operators did to a lot, by whom and why. Append-only.';
COMMENT ON COLUMN smart_parking.parking_event.spot_no IS 'The spot concerned; NULL: the whole lot.';
COMMENT ON COLUMN smart_parking.parking_event.event IS 'opened, closed, resized, spot_in_service, spot_out_of_service, settings_changed, gate_changed.';
COMMENT ON COLUMN smart_parking.parking_event.actor IS 'The role that was logged in.';
