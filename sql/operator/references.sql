-- Which table refers to which.
--
-- No foreign keys: pg_restore loads the tables of an extension in any order, several at a time, and the extension's script has made
-- the keys before. So what refers to a row is written by our functions only, which hold what it refers to; what is referred to
-- is kept by reference_guard(); and check_invariants() compares the two.

CREATE OR REPLACE FUNCTION smart_parking_internal.table_references()
RETURNS TABLE (referring regclass, columns text[], referred regclass, keys text[])
LANGUAGE sql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
	SELECT r.referring::regclass, string_to_array(r.columns, ' '), r.referred::regclass, string_to_array(r.keys, ' ')
	FROM (VALUES
		('smart_parking.spot', 'parking_id', 'smart_parking.parking', 'id'),
		('smart_parking.counter_slice', 'parking_id', 'smart_parking.parking', 'id'),
		('smart_parking.gate', 'parking_id', 'smart_parking.parking', 'id'),
		('smart_parking.plate_rule', 'parking_id', 'smart_parking.parking', 'id'),
		('smart_parking.parking_event', 'parking_id', 'smart_parking.parking', 'id'),
		('smart_parking.outside_count', 'parking_id', 'smart_parking.parking', 'id'),
		('smart_parking.booking', 'parking_id spot_no', 'smart_parking.spot', 'parking_id spot_no'),
		('smart_parking.queue_entry', 'parking_id', 'smart_parking.parking', 'id'),
		('smart_parking.queue_entry', 'booking_id', 'smart_parking.booking', 'id'),
		('smart_parking.plate_read', 'gate_id', 'smart_parking.gate', 'id'),
		('smart_parking.passage', 'gate_id', 'smart_parking.gate', 'id'),
		('smart_parking.barrier_command', 'gate_id', 'smart_parking.gate', 'id'),
		('smart_parking.gate_incident', 'gate_id', 'smart_parking.gate', 'id'),
		('smart_parking_internal.gate_export', 'gate_id', 'smart_parking.gate', 'id'),
		('smart_parking_internal.gate_list', 'gate_id', 'smart_parking.gate', 'id'),
		('smart_parking.booking_group', 'booking_id', 'smart_parking.booking', 'id'),
		('smart_parking.booking_group', 'group_id', 'smart_parking.booking', 'id'),
		('smart_parking.plate_read', 'booking_id', 'smart_parking.booking', 'id'),
		('smart_parking.passage', 'booking_id', 'smart_parking.booking', 'id'),
		('smart_parking.gate_incident', 'booking_id', 'smart_parking.booking', 'id'),
		('smart_parking.gate_incident', 'other_booking_id', 'smart_parking.booking', 'id'),
		('smart_parking.plate_read', 'corrects', 'smart_parking.plate_read', 'id'),
		('smart_parking.barrier_command', 'plate_read_id', 'smart_parking.plate_read', 'id'),
		('smart_parking.gate_incident', 'plate_read_id', 'smart_parking.plate_read', 'id'),
		('smart_parking.barrier_command', 'passage_id', 'smart_parking.passage', 'id'),
		('smart_parking.gate_incident', 'command_id', 'smart_parking.barrier_command', 'id')
	) AS r (referring, columns, referred, keys)
$$;
COMMENT ON FUNCTION smart_parking_internal.table_references() IS
'Which columns of which table refer to the row of another one, by its keys, as foreign keys would. A NULL refers to nothing.';

CREATE OR REPLACE FUNCTION smart_parking_internal.same_columns(one text, columns text[], other text, keys text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT string_agg(format('%s.%I = %s.%I', one, c, other, k), ' AND ') FROM unnest(columns, keys) AS u (c, k)
$$;
COMMENT ON FUNCTION smart_parking_internal.same_columns(text, text[], text, text[]) IS
'SQL that compares columns of one table with those of another. Arguments: the tables'' aliases, each with its columns.';

CREATE OR REPLACE FUNCTION smart_parking_internal.orphans()
RETURNS TABLE (invariant text, parking_id uuid, booking_id uuid, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT * FROM smart_parking_internal.table_references() AS t
		-- a command without its read is one that opened on no verdict
		WHERE (t.referring, t.columns) <> ('smart_parking.barrier_command'::regclass, '{plate_read_id}')
	LOOP
		RETURN QUERY EXECUTE format('
			SELECT %L, (o.whole ->> ''parking_id'')::uuid, (o.whole ->> %L)::uuid, format(''%%s refers to a %%s that is not there: %%s'', %3$L, %4$L, o.whole)
			FROM (SELECT to_jsonb(r) AS whole FROM ONLY %3$s AS r
				WHERE r.%6$I IS NOT NULL AND NOT EXISTS (SELECT FROM ONLY %4$s AS t WHERE %5$s)) AS o',
			CASE WHEN r.keys = '{parking_id,spot_no}' THEN 'booking_has_a_spot' ELSE 'refers_to_what_is_there' END,
			CASE WHEN r.keys = '{parking_id,spot_no}' THEN 'id' ELSE 'booking_id' END,
			r.referring, r.referred, smart_parking_internal.same_columns('t', r.keys, 'r', r.columns), r.columns[1]);
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.orphans() IS
'A row for each row that refers to one which is not there. STABLE: all of it as of the snapshot of the statement that asks.';
