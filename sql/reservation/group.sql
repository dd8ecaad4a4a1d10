-- The reservation plane: several cars that come together.

CREATE OR REPLACE FUNCTION smart_parking.reserve_spots(
	parking_id uuid, user_id uuid, car_plates text[], hold interval DEFAULT NULL,
	kind text DEFAULT 'standard', request_id uuid DEFAULT NULL)
RETURNS SETOF smart_parking.group_reservation
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.reserve_spots(uuid, uuid, text[], interval, text, uuid) IS
'Holds a spot of a lot for each of several cars, or for none of them, in the caller''s transaction. '
'Arguments: parking_id; user_id; car_plates, 1 to 50 different ones; hold, kind and request_id as for reserve_spot(). '
'Result: a row a car, in the order given. outcome is the same in all rows: reserved; full (at some instant during the call fewer spots of the kind were free than cars, lapsed holds counted as free); closed; '
'already_reserved (these cars have active bookings of this user, made together: they are returned). Where the request_id was answered before, the outcome of each car is reserved while its booking is active, then cancelled, expired or completed. '
'group_id is for cancel_group() and extend_group(). together: whether the spots are in one counter slice or in neighbouring ones, as they are where the lot has room; NULL once a booking has ended. '
'Each booking is one like others for the gate, extend_hold() and so on. They count as one hold against smart_parking.max_holds_per_user where smart_parking.group_counts_once is on. '
'Errors: SP001 unknown lot, SP010 not a plate, or a word for no plate, SP011 hold, SP015 the lot has no such kind, SP016 NULL, SP019 no plates, more than 50, or one of them twice, SP020 too many holds of this user, '
'SP021 request_id was used with other arguments, SP022 a car has an active booking in this lot, of another user or not of this group. 40001 and 09000 as for reserve_spot().';

CREATE OR REPLACE FUNCTION smart_parking.cancel_group(group_id uuid, reason text DEFAULT NULL) RETURNS SETOF smart_parking.group_member
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.cancel_group(uuid, text) IS
'Gives all holds of a group back whose cars have not come in. Arguments: group_id; reason, which goes to booking_event. '
'Result: a row a booking with its status after the call: cancelled; expired where the hold had lapsed; confirmed or completed where the car has come in, which stays so. '
'Errors: SP002 unknown group, SP016 NULL; 40001 where a plate was changed at the same time.';

CREATE OR REPLACE FUNCTION smart_parking.extend_group(group_id uuid, extra interval) RETURNS SETOF smart_parking.group_member
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.extend_group(uuid, interval) IS
'Makes all holds of a group last longer, or none of them, as extend_hold() does one. Arguments: group_id; extra. '
'Result: a row a booking as it is after the call; those of cars that have come in, and those that were cancelled, stay as they are. '
'Errors: SP002 unknown group, SP011 extra not positive or not finite, SP016 NULL, SP023 a hold of the group has lapsed, or none is waiting for its car; 40001 where a plate was changed at the same time.';
