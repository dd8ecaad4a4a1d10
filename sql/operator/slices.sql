-- Changing the spots and counter slices of a lot.
--
-- Whoever does it locks the lot's row (such changes queue), then the slice rows in
-- the order (kind, slice_no), and reads spots and bookings in a later statement: a claim flips its bit and inserts
-- its booking while it holds the slice, so only a snapshot taken after the lock sees both or neither.
--
-- A plan kept from when the tables were small would read all of them for every lot of a large import, whose rows
-- no ANALYZE sees before it commits. Hence enable_seqscan = off: each query here reads one lot, by an index.

-- Locks.

CREATE OR REPLACE FUNCTION smart_parking_internal.lock_parking(parking_id uuid) RETURNS smart_parking.parking
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	lot smart_parking.parking;
BEGIN
	PERFORM smart_parking_internal.require_argument('parking_id', parking_id IS NOT NULL);
	SELECT * INTO lot FROM smart_parking.parking AS p WHERE p.id = parking_id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no lot %', parking_id USING ERRCODE = 'SP001',
			HINT = 'Lots stand in smart_parking.parking; add_parking() makes one.';
	END IF;
	RETURN lot;
END $$;
COMMENT ON FUNCTION smart_parking_internal.lock_parking(uuid) IS
'The lot''s row, locked so that changes to one lot queue. Reservations and gates do not take this lock. '
'Errors: SP001 unknown lot, SP016 NULL.';

CREATE OR REPLACE FUNCTION smart_parking_internal.lock_slices(parking_id uuid, kind text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
BEGIN
	PERFORM 1 FROM smart_parking.counter_slice AS s
	WHERE s.parking_id = lock_slices.parking_id AND s.kind = lock_slices.kind
	ORDER BY s.slice_no
	FOR NO KEY UPDATE;
END $$;
COMMENT ON FUNCTION smart_parking_internal.lock_slices(uuid, text) IS
'Locks the slices of one kind of a lot in order. For several kinds call it in the order of kind COLLATE "C".';

-- Changing the counter. Callers hold the locks above. No joins here, for the same reason: a nested loop over
-- the 100,000 spots of a new lot never ends.

CREATE OR REPLACE FUNCTION smart_parking_internal.recount_slices(parking_id uuid, kind text, first_spot integer, last_spot integer) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
	UPDATE smart_parking.counter_slice AS s
	SET (service_map, free_map, free_spots) = (
		SELECT now.service_map, f.free_map, smart_parking_internal.spots_in_map(f.free_map)
		FROM (
			SELECT coalesce(bit_or(bit) FILTER (WHERE spot.in_service), 0) AS service_map,
				coalesce(bit_or(bit) FILTER (WHERE EXISTS (
					SELECT FROM smart_parking.booking AS b
					WHERE b.parking_id = spot.parking_id AND b.spot_no = spot.spot_no AND b.ended_at IS NULL)), 0) AS taken_map
			FROM smart_parking.spot CROSS JOIN LATERAL (SELECT 1::bigint << (spot.spot_no - s.first_spot_no) AS bit) AS b
			WHERE spot.parking_id = s.parking_id AND spot.spot_no BETWEEN s.first_spot_no AND s.first_spot_no + s.spots - 1
		) AS now
		CROSS JOIN LATERAL (
			-- what was in service keeps its free bit as it is; bookings decide on what comes back only
			SELECT (s.free_map & now.service_map) | (now.service_map & ~s.service_map & ~now.taken_map) AS free_map
		) AS f)
	WHERE s.parking_id = recount_slices.parking_id AND s.kind = recount_slices.kind
	AND s.first_spot_no <= last_spot AND s.first_spot_no + s.spots > first_spot
$$;
COMMENT ON FUNCTION smart_parking_internal.recount_slices(uuid, text, integer, integer) IS
'Brings the slices of a kind that lie between two spots in line with spot.in_service. A booking on a spot that left service stays; when it '
'ends, the spot is not given back. A spot that comes back is free unless an active booking stands on it.';

CREATE OR REPLACE FUNCTION smart_parking_internal.retire_spots(parking_id uuid, kind text, spots integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	lowest integer;
	highest integer;
BEGIN
	SELECT min(spot_no), max(spot_no) INTO lowest, highest FROM (
		SELECT spot_no FROM smart_parking.spot
		WHERE parking_id = retire_spots.parking_id AND kind = retire_spots.kind AND NOT retired
		ORDER BY spot_no DESC LIMIT retire_spots.spots) AS last_ones;
	UPDATE smart_parking.spot SET retired = true, in_service = false
	WHERE parking_id = retire_spots.parking_id AND kind = retire_spots.kind AND NOT retired AND spot_no >= lowest;
	PERFORM smart_parking_internal.recount_slices(retire_spots.parking_id, retire_spots.kind, lowest, highest);
END $$;
COMMENT ON FUNCTION smart_parking_internal.retire_spots(uuid, text, integer) IS
'Takes the highest-numbered spots of a kind out of the lot for good.';

CREATE OR REPLACE FUNCTION smart_parking_internal.revive_spots(parking_id uuid, kind text, spots integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	lowest integer;
	highest integer;
	revived integer;
BEGIN
	SELECT min(spot_no), max(spot_no) INTO lowest, highest FROM (
		SELECT spot_no FROM smart_parking.spot
		WHERE parking_id = revive_spots.parking_id AND kind = revive_spots.kind AND retired
		ORDER BY spot_no LIMIT revive_spots.spots) AS first_ones;
	UPDATE smart_parking.spot SET retired = false, in_service = true
	WHERE parking_id = revive_spots.parking_id AND kind = revive_spots.kind AND retired AND spot_no <= highest;
	GET DIAGNOSTICS revived = ROW_COUNT;
	PERFORM smart_parking_internal.recount_slices(revive_spots.parking_id, revive_spots.kind, lowest, highest);
	RETURN revived;
END $$;
COMMENT ON FUNCTION smart_parking_internal.revive_spots(uuid, text, integer) IS
'Brings up to so many retired spots of a kind back, lowest number first. Result: how many there were.';

CREATE OR REPLACE FUNCTION smart_parking_internal.low_bits(bits integer) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT (1::bigint OPERATOR(pg_catalog.<<) bits) OPERATOR(pg_catalog.-) 1';
COMMENT ON FUNCTION smart_parking_internal.low_bits(integer) IS 'A map with the lowest so many bits set, 0 to 62.';

CREATE OR REPLACE FUNCTION smart_parking_internal.lengthen_last_slice(lot smart_parking.parking, kind text, spots integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	last_spot integer;
	slice smart_parking.counter_slice;
	room integer;
BEGIN
	SELECT max(spot_no) INTO last_spot FROM smart_parking.spot WHERE parking_id = lot.id;
	SELECT * INTO slice FROM smart_parking.counter_slice
	WHERE parking_id = lot.id AND kind = lengthen_last_slice.kind
	ORDER BY slice_no DESC LIMIT 1;
	IF NOT FOUND OR slice.first_spot_no + slice.spots - 1 <> last_spot OR slice.spots >= lot.slice_size THEN
		RETURN 0;
	END IF;

	room := least(lot.slice_size - slice.spots, lengthen_last_slice.spots);
	INSERT INTO smart_parking.spot (parking_id, spot_no, label, kind, slice_no)
	SELECT lot.id, n, n::text, slice.kind, slice.slice_no FROM generate_series(last_spot + 1, last_spot + room) AS n;
	UPDATE smart_parking.counter_slice AS s
	SET spots = s.spots + room,
		free_spots = s.free_spots + room,
		free_map = s.free_map | (smart_parking_internal.low_bits(room) << s.spots),
		service_map = s.service_map | (smart_parking_internal.low_bits(room) << s.spots)
	WHERE s.parking_id = lot.id AND s.kind = slice.kind AND s.slice_no = slice.slice_no;
	RETURN room;
END $$;
COMMENT ON FUNCTION smart_parking_internal.lengthen_last_slice(smart_parking.parking, text, integer) IS
'Adds up to so many spots to the last slice of a kind if it is short and ends where the lot ends. Result: how many fitted.';

CREATE OR REPLACE FUNCTION smart_parking_internal.append_slices(parking_id uuid, kind text, spots integer, slice_size integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	first_spot integer;
	first_slice integer;
BEGIN
	SELECT coalesce(max(spot_no) + 1, 1) INTO first_spot
	FROM smart_parking.spot WHERE parking_id = append_slices.parking_id;
	SELECT coalesce(max(slice_no) + 1, 0) INTO first_slice
	FROM smart_parking.counter_slice WHERE parking_id = append_slices.parking_id AND kind = append_slices.kind;

	INSERT INTO smart_parking.spot (parking_id, spot_no, label, kind, slice_no)
	SELECT append_slices.parking_id, first_spot + i, (first_spot + i)::text, append_slices.kind,
		first_slice + i / append_slices.slice_size
	FROM generate_series(0, append_slices.spots - 1) AS i;
	INSERT INTO smart_parking.counter_slice
		(parking_id, kind, slice_no, first_spot_no, spots, free_spots, free_map, service_map)
	SELECT append_slices.parking_id, append_slices.kind, first_slice + i / append_slices.slice_size, first_spot + i,
		n, n, smart_parking_internal.low_bits(n), smart_parking_internal.low_bits(n)
	FROM generate_series(0, append_slices.spots - 1, append_slices.slice_size) AS i,
		LATERAL least(append_slices.slice_size, append_slices.spots - i) AS n;
END $$;
COMMENT ON FUNCTION smart_parking_internal.append_slices(uuid, text, integer, integer) IS
'Adds spots of one kind after the lot''s last one, all free, in new slices of slice_size neighbours.';

CREATE OR REPLACE FUNCTION smart_parking_internal.resize_kind(lot smart_parking.parking, kind text, target integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	missing integer;
BEGIN
	PERFORM smart_parking_internal.lock_slices(lot.id, kind);
	SELECT target - count(*) INTO missing FROM smart_parking.spot
	WHERE parking_id = lot.id AND kind = resize_kind.kind AND NOT retired;
	IF missing < 0 THEN
		PERFORM smart_parking_internal.retire_spots(lot.id, kind, -missing);
	ELSIF missing > 0 THEN
		missing := missing - smart_parking_internal.revive_spots(lot.id, kind, missing);
		missing := missing - smart_parking_internal.lengthen_last_slice(lot, kind, missing);
		PERFORM smart_parking_internal.append_slices(lot.id, kind, missing, lot.slice_size);
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.resize_kind(smart_parking.parking, text, integer) IS
'Brings a lot to target spots of one kind. The caller has locked the lot''s row and keeps its total_capacity.';
