-- What is referred to stays. In place of foreign keys: references.sql says why, and lists what refers to what.

CREATE FUNCTION smart_parking_internal.reference_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	r record;
	refers boolean;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		RAISE EXCEPTION 'the key of "%" does not change', TG_TABLE_NAME
			USING ERRCODE = 'SP025', HINT = 'Make a new row; other tables refer to this one by its key.';
	ELSIF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
		-- a snapshot from before the deletion does not show who began to refer to the row meanwhile
		RAISE EXCEPTION 'rows of "%" can be deleted under READ COMMITTED only', TG_TABLE_NAME
			USING ERRCODE = 'SP025', HINT = 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED.';
	END IF;
	FOR r IN SELECT t.*, smart_parking_internal.same_columns('r', t.columns, 'gone', t.keys) AS match,
			smart_parking_internal.same_columns('still', t.keys, 'r', t.columns) AS kept
		FROM smart_parking_internal.table_references() AS t WHERE t.referred = TG_RELID
	LOOP
		IF r.referring = 'smart_parking.booking'::regclass AND TG_OP = 'DELETE' THEN
			-- Who reserves holds the slice that counts the spot, not the spot.
			EXECUTE 'SELECT FROM smart_parking.counter_slice AS s
				WHERE EXISTS (SELECT FROM gone WHERE gone.parking_id = s.parking_id AND gone.kind = s.kind AND gone.slice_no = s.slice_no)
				ORDER BY s.parking_id, s.kind, s.slice_no FOR UPDATE';
		END IF;
		EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s AS r %s WHERE r.%I IS NOT NULL AND NOT EXISTS (SELECT FROM ONLY %s AS still WHERE %s))',
			r.referring, CASE TG_OP WHEN 'DELETE' THEN 'JOIN gone ON ' || r.match END, r.columns[1], r.referred, r.kept) INTO refers;
		IF refers THEN
			RAISE EXCEPTION 'rows of "%" refer to what would be deleted from "%"', r.referring, TG_TABLE_NAME
				USING ERRCODE = 'SP025', TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA,
				HINT = 'Lots, spots and gates with a history stay: close_parking(), resize_parking(). To apply a retention policy, remove what refers to the rows first.';
		END IF;
	END LOOP;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION smart_parking_internal.reference_guard() IS
'Statement trigger in place of foreign keys: refuses to delete rows that others refer to, as table_references() lists them, and to change a key. '
'AFTER DELETE with the rows as gone, AFTER TRUNCATE, BEFORE UPDATE OF the key. Error: SP025.';

DO $do$
DECLARE
	guarded record;
BEGIN
	FOR guarded IN
		SELECT * FROM (VALUES
			('parking', 'id'), ('spot', 'parking_id, spot_no'), ('gate', 'id'), ('passage', 'id'), ('barrier_command', 'id'),
			-- guards of history keep their keys
			('booking', NULL), ('plate_read', NULL)) AS v (name, key)
	LOOP
		EXECUTE pg_catalog.format('CREATE TRIGGER %1$s_referred AFTER DELETE ON smart_parking.%1$I REFERENCING OLD TABLE AS gone '
			'FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.reference_guard()', guarded.name);
		EXECUTE pg_catalog.format('CREATE TRIGGER %1$s_referred_all AFTER TRUNCATE ON smart_parking.%1$I '
			'FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.reference_guard()', guarded.name);
		IF guarded.key IS NOT NULL THEN
			EXECUTE pg_catalog.format('CREATE TRIGGER %1$s_key_kept BEFORE UPDATE OF %2$s ON smart_parking.%1$I '
				'FOR EACH STATEMENT EXECUTE FUNCTION smart_parking_internal.reference_guard()', guarded.name, guarded.key);
		END IF;
	END LOOP;
END $do$;
