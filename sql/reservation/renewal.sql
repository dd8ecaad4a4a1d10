-- The reservation plane: holds that are about to lapse, and that have just lapsed.

CREATE OR REPLACE FUNCTION smart_parking.renew_hold(booking_id uuid) RETURNS smart_parking.reservation
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.renew_hold(uuid) IS
'Makes a hold good that has just lapsed, swept or not, by a new one, as the gate does for a car that comes late. Argument: booking_id of the hold. '
'Result: one row. outcome is reserved, with a new booking_id: on the same spot if nobody has it, else on another one of the kind, as spot_no says, and for as long as the first one was asked for; '
'full (at some instant during the call no spot of the kind was free); already_reserved (the hold is valid still, or was renewed already: the car''s active booking is returned); closed. '
'The new booking''s event reacquired says which one it is for. '
'Errors: SP002 unknown booking, SP016 NULL, SP020 too many holds of this user, SP022 the plate has an active booking of another user, '
'SP023 it lapsed longer than smart_parking.reacquire_window ago, it was cancelled or completed, or the car has had another booking in the lot since; 40001 where the plate was changed at the same time, and as for reserve_spot().';

CREATE OR REPLACE FUNCTION smart_parking.holds_ending(within interval)
RETURNS TABLE (booking_id uuid, user_id uuid, parking_id uuid, car_plate text, spot_no integer, spot_label text, expires_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
	PERFORM smart_parking_internal.require_argument('within', within IS NOT NULL);
	IF NOT smart_parking_internal.duration_within(within, '1 microsecond', '7 days') THEN
		RAISE EXCEPTION 'holds cannot be asked for that end within %', within
			USING ERRCODE = 'SP019', HINT = 'It is a length of time, longer than zero and 7 days at most.';
	END IF;
	-- statement_timestamp(), since the index cannot be used with the clock itself
	RETURN QUERY
		SELECT b.id, b.user_id, b.parking_id, b.car_plate::text, b.spot_no, s.label, b.expires_at
		FROM ONLY smart_parking.booking AS b
		JOIN ONLY smart_parking.spot AS s ON s.parking_id = b.parking_id AND s.spot_no = b.spot_no
		WHERE b.status = 'pending' AND b.expires_at > statement_timestamp() AND b.expires_at <= statement_timestamp() + within
		ORDER BY b.expires_at, b.id;
END $$;
COMMENT ON FUNCTION smart_parking.holds_ending(interval) IS
'Valid holds that end soon, soonest first, for a service that warns drivers: it polls, and remembers by booking_id and expires_at whom it has told. Reads only. '
'Argument: within, how soon, longer than zero and 7 days at most. Errors: SP016 NULL, SP019 within.';
