-- Gates that lose their line: a list that lets a controller decide alone, and what it did meanwhile.
--
-- The list is worked out when it is asked for, from bookings, incidents and rules as they are, and compared with what was last
-- exported; reservations and reads know nothing of it. gate_export serializes the exports of a gate: not the
-- gate's own row, which camera messages write.

CREATE TABLE smart_parking_internal.gate_export (
	gate_id			uuid PRIMARY KEY,
	version			bigint NOT NULL DEFAULT 0,
	exported_at		timestamptz NOT NULL
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking_internal.gate_export', '');

COMMENT ON TABLE smart_parking_internal.gate_export IS 'How far each gate''s list has come.';
COMMENT ON COLUMN smart_parking_internal.gate_export.version IS 'Counts the exports that found a change.';
COMMENT ON COLUMN smart_parking_internal.gate_export.exported_at IS 'When the controller last asked: a gate that does not ask will be lost without the line.';

CREATE TABLE smart_parking_internal.gate_list (
	gate_id			uuid NOT NULL,
	car_plate		text COLLATE "C" NOT NULL,
	kind			text COLLATE "C" NOT NULL CHECK (kind IN ('booking', 'inside', 'permit', 'staff', 'blocked')),
	may				text NOT NULL CHECK (may IN ('enter', 'leave', 'none')),
	valid_from		timestamptz NOT NULL,
	valid_until		timestamptz,
	live			boolean NOT NULL,
	version			bigint NOT NULL,
	PRIMARY KEY (gate_id, car_plate, kind)
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking_internal.gate_list', '');

CREATE INDEX gate_list_version ON smart_parking_internal.gate_list (gate_id, version);
CREATE INDEX gate_list_live ON smart_parking_internal.gate_list (gate_id) WHERE live;

COMMENT ON TABLE smart_parking_internal.gate_list IS 'What export_gate_list() last said of each plate at each gate.';
COMMENT ON COLUMN smart_parking_internal.gate_list.live IS 'False: it went, and the controller is told so.';
COMMENT ON COLUMN smart_parking_internal.gate_list.version IS 'The version of the gate''s list that brought this state.';
