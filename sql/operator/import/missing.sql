-- Lots of the source that the file does not have any more.

CREATE OR REPLACE FUNCTION smart_parking_internal.missing_lots(pairs smart_parking_internal.lot_pair[], source text, close_missing boolean)
RETURNS SETOF smart_parking_internal.lot_verdict
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off SET enable_nestloop = off SET jit = off AS $$
DECLARE
	gone record;
	closed boolean;
	live bigint;
BEGIN
	FOR gone IN
		SELECT p.id, p.source_id, p.name, p.is_open FROM smart_parking.parking AS p
		WHERE p.source = missing_lots.source AND NOT EXISTS (SELECT FROM unnest(pairs) AS pair WHERE (pair.identity).parking_id = p.id)
		ORDER BY p.id
	LOOP
		closed := close_missing AND smart_parking_internal.set_open(gone.id, false, 'import: the file does not have it any more');
		live := CASE WHEN closed THEN smart_parking_internal.live_bookings(gone.id, false) END;
		RETURN NEXT ROW(NULL, gone.source_id, gone.name, 'missing', CASE WHEN closed THEN 'closed: the file does not have it any more' ELSE 'the file does not have it any more' END, gone.id,
			array_remove(ARRAY[CASE WHEN NOT closed AND NOT gone.is_open THEN 'it is closed' END, CASE WHEN live > 0 THEN format('its %s live bookings stay', live) END], NULL))::smart_parking_internal.lot_verdict;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.missing_lots(smart_parking_internal.lot_pair[], text, boolean) IS
'The lots of a source that none of the pairs is. close_missing: whether they are closed; their bookings stay. Result: a row for each of them, of the report.';
