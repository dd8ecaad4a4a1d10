-- What operators set is on record: every change is a parking_event.

CREATE OR REPLACE FUNCTION smart_parking_internal.log_change(parking_id uuid, event text, subject jsonb, before jsonb, after jsonb) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	changed CONSTANT jsonb := (SELECT jsonb_object_agg(a.key, jsonb_build_object('from', before -> a.key, 'to', a.value))
		FROM jsonb_each(after) AS a WHERE a.value IS DISTINCT FROM before -> a.key);
BEGIN
	IF changed IS NOT NULL THEN
		INSERT INTO smart_parking.parking_event (parking_id, event, details) VALUES (log_change.parking_id, log_change.event, subject || changed);
	END IF;
	RETURN changed IS NOT NULL;
END $$;
COMMENT ON FUNCTION smart_parking_internal.log_change(uuid, text, jsonb, jsonb, jsonb) IS
'Writes a parking_event of what differs between two states of a row. Arguments: parking_id; event; subject, what the event is about; before and after, the row as jsonb. '
'Result: whether anything differs.';
