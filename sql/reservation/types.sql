-- The reservation plane: hold, extend, cancel.

CREATE TYPE smart_parking.reservation AS (
	outcome		text,
	booking_id	uuid,
	spot_no		integer,
	spot_label	text,
	expires_at	timestamptz,
	queue_length	integer
);
COMMENT ON TYPE smart_parking.reservation IS
'The answer of reserve_spot(). A named type, since the columns of a RETURNS record are worked out anew in each call.';
