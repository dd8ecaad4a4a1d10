-- The reservation plane: the spot that the driver has chosen, and what there is to choose from.

CREATE OR REPLACE FUNCTION smart_parking.reserve_certain_spot(
	parking_id uuid, user_id uuid, car_plate text, spot_no integer DEFAULT NULL, spot_label text DEFAULT NULL,
	hold interval DEFAULT NULL, request_id uuid DEFAULT NULL)
RETURNS smart_parking.reservation
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.reserve_certain_spot(uuid, uuid, text, integer, text, interval, uuid) IS
'Holds the spot that the driver has chosen, in the caller''s transaction. '
'Arguments: parking_id; user_id; car_plate; the spot, either by spot_no or by spot_label; hold and request_id as for reserve_spot(). '
'Result: one row. outcome is reserved; taken (at some instant during the call another driver had the spot, or it was out of service; a hold that has lapsed takes no spot); '
'already_reserved (this user has an active booking for this plate in this lot, on whatever spot: it is returned); closed; for a request_id that was answered before as for reserve_spot(). '
'Errors: SP001 unknown lot, SP004 the lot has no such spot, or it is retired, SP010 not a plate, or a word for no plate, SP011 hold, SP016 NULL, or no spot named, '
'SP019 both spot_no and spot_label, or a label that several spots have, SP020 too many holds of this user, SP021 request_id was used with other arguments, '
'SP022 another user has an active booking for this plate in this lot. 40001 and 09000 as for reserve_spot().';

CREATE OR REPLACE FUNCTION smart_parking.free_spots_of(parking_id uuid)
RETURNS TABLE (spot_no integer, spot_label text, kind text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
	PERFORM smart_parking_internal.require_argument('parking_id', free_spots_of.parking_id IS NOT NULL);
	IF NOT EXISTS (SELECT FROM smart_parking.parking AS p WHERE p.id = free_spots_of.parking_id) THEN
		RAISE EXCEPTION 'there is no lot %', free_spots_of.parking_id USING ERRCODE = 'SP001',
			HINT = 'Lots stand in smart_parking.parking; nearby_parking() finds them.';
	END IF;
	-- statement_timestamp(), since the index cannot be used with the clock itself
	RETURN QUERY
		SELECT s.spot_no, s.label, s.kind::text
		FROM ONLY smart_parking.counter_slice AS c
		JOIN ONLY smart_parking.spot AS s ON s.parking_id = c.parking_id AND s.spot_no BETWEEN c.first_spot_no AND c.first_spot_no + c.spots - 1
		WHERE c.parking_id = free_spots_of.parking_id AND c.free_spots > 0 AND (c.free_map >> (s.spot_no - c.first_spot_no)) & 1 = 1
		UNION ALL
		SELECT h.spot_no, s.label, s.kind::text
		FROM smart_parking_internal.reclaimable_hold AS h
		JOIN ONLY smart_parking.spot AS s ON s.parking_id = h.parking_id AND s.spot_no = h.spot_no
		WHERE h.parking_id = free_spots_of.parking_id AND h.expires_at <= statement_timestamp()
		ORDER BY 1;
END $$;
COMMENT ON FUNCTION smart_parking.free_spots_of(uuid) IS
'The spots of a lot that a driver could get now, for a plan of the lot: those that are free, and those of holds that have lapsed, by number. Reads only. '
'Argument: parking_id. No row if the lot is full. Errors: SP001 unknown lot, SP016 NULL.';
