-- The reservation plane: hold, extend, cancel.

CREATE OR REPLACE FUNCTION smart_parking.reserve_spot(
	parking_id uuid, user_id uuid, car_plate text, hold interval DEFAULT NULL,
	kind text DEFAULT 'standard', request_id uuid DEFAULT NULL)
RETURNS smart_parking.reservation
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.reserve_spot(uuid, uuid, text, interval, text, uuid) IS
'Holds one spot of a lot for a driver, in the caller''s transaction. '
'Arguments: parking_id; user_id, the application''s id of the driver; car_plate as typed; hold, how long (NULL: the lot''s hold_duration; '
'at most smart_parking.max_hold); kind of spot; request_id, the same one again returns the first booking, as it is by now. '
'Result: one row. outcome is reserved; already_reserved (this user has an active booking for this plate in this lot: it is returned); '
'full (at some instant during the call no spot of the kind was free, lapsed holds counted as free; or others wait for one: then queue_length is how many, and join_queue() is for this driver, too); closed. '
'Where the request_id was answered before: reserved while that booking is active; then cancelled, expired (also a hold that has lapsed and was not swept) or completed, with its booking_id and no spot. '
'Errors: SP001 unknown lot, SP010 not a plate, or a word for no plate, SP011 hold, SP015 the lot has no such kind, SP016 NULL, SP020 too many holds of this user, '
'SP021 request_id was used with other arguments, SP022 another user has an active booking for this plate in this lot. '
'40001 under REPEATABLE READ and SERIALIZABLE where another transaction was faster: each answer is true of the transaction''s snapshot and of now. 09000 where a trigger or rule of yours on booking leaves the row out.';

CREATE OR REPLACE FUNCTION smart_parking.extend_hold(booking_id uuid, extra interval) RETURNS timestamptz
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.extend_hold(uuid, interval) IS
'Makes a hold last longer. extra is added to expires_at, but the hold''s whole life stays within smart_parking.max_hold. '
'Result: the new expires_at; the old one where the cap is reached. '
'Errors: SP002 unknown booking, SP011 extra not positive or not finite, SP016 NULL, SP023 the hold has lapsed or ended, or the car is inside.';

CREATE OR REPLACE FUNCTION smart_parking.cancel_booking(booking_id uuid, reason text DEFAULT NULL) RETURNS smart_parking.booking_status
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.cancel_booking(uuid, text) IS
'Gives a hold back. reason goes to booking_event. '
'Result: the booking''s status after the call: cancelled, also when it was cancelled before; expired for a hold that had lapsed. '
'Errors: SP002 unknown booking, SP016 NULL, SP023 the car has come in.';
