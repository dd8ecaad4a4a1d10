-- The answer to a read.

CREATE TYPE smart_parking.verdict AS (
	decision		text,
	reason			text,
	booking_id		uuid,
	spot_no			integer,
	spot_label		text,
	matched_plate	text,
	command_id		uuid,
	details			jsonb
);
COMMENT ON TYPE smart_parking.verdict IS 'The answer of validate_plate().';
