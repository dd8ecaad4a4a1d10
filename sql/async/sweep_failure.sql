-- What the sweeper could not do.

CREATE TABLE smart_parking.sweep_failure (
	chore			text NOT NULL CHECK (chore IN ('lapsed_hold', 'overstay', 'command')),
	subject_id		uuid NOT NULL,
	parking_id		uuid,
	first_failed_at	timestamptz NOT NULL,
	last_failed_at	timestamptz NOT NULL,
	error_code		text NOT NULL,
	message			text NOT NULL,
	PRIMARY KEY (chore, subject_id)
);
SELECT pg_catalog.pg_extension_config_dump('smart_parking.sweep_failure', '');

COMMENT ON TABLE smart_parking.sweep_failure IS
'What the sweeper or a release by hand could not end, while it goes on in other lots. Each run of the sweeper tries again, and takes out what did not fail again. '
'Three bookings of a lot at most: then the lot is left alone until the next run.';
COMMENT ON COLUMN smart_parking.sweep_failure.chore IS 'lapsed_hold, overstay, command (an order to a barrier that timed out).';
COMMENT ON COLUMN smart_parking.sweep_failure.subject_id IS 'The booking or barrier_command; all zeros: nothing of the chore could be done, which is no lot''s own fault.';
COMMENT ON COLUMN smart_parking.sweep_failure.parking_id IS 'The lot.';
COMMENT ON COLUMN smart_parking.sweep_failure.error_code IS 'SQLSTATE of the error.';
