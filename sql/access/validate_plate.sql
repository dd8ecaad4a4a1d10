-- The verdict on a plate that was read at a gate.

CREATE OR REPLACE FUNCTION smart_parking.validate_plate(
	gate_id uuid, car_plate text, read_at timestamptz DEFAULT now(), confidence real DEFAULT NULL, event_id text DEFAULT NULL,
	candidates jsonb DEFAULT NULL, vehicle text DEFAULT NULL)
RETURNS smart_parking.verdict
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.validate_plate(uuid, text, timestamptz, real, text, jsonb, text) IS
'Records a plate read at a gate, decides on it, and issues the barrier command, in one transaction. '
'Arguments: gate_id; car_plate as the camera gave it (NULL or unreadable text is recorded and answered manual); '
'read_at, the camera''s clock (kept, not trusted; but a read older than smart_parking.backlog_age by a clock that agreed in the camera''s other reads is put on record '
'as replay_reads() does, and gets no command); confidence 0 to 1; event_id, the camera''s id of the event, at most 200 bytes: '
'the same one again at the gate, with the same plate, returns the first answer and changes nothing, with another plate it revises the read; '
'candidates, the camera''s other readings: an array of {"plate", "confidence"}, what is malformed in it is passed over; '
'vehicle, the camera''s id of the car or tracked object, at most 200 bytes: reads that share it are one passage. '
'Reads of one car within the gate''s passage_window are one passage too: one verdict, which a better read may improve, and one command. '
'Result: one row. decision is open, deny or manual; reason is one of: '
'open: entered; reacquired_same_spot, reacquired_other_spot (the hold had lapsed); walk_in, permit, staff (a stay without a booking, on a standard spot, '
'of user 00000000-0000-8000-8000-000000000001); exited; exited_after_overstay (the sweeper had closed the stay); entered_over_open_stay and exit_without_entry at a gate with soft anti-passback; '
'opened_manually. '
'deny: no_booking; already_inside; plate_blocked; permit_not_yet_valid, permit_expired; lot_full, lot_closed (for a walk-in or a permit); wrong_lot (details say which one); '
'hold_lapsed_lot_full, hold_lapsed_lot_closed. '
'manual: plate_unreadable, plate_ambiguous, plate_doubtful, exit_without_entry. details: what was read and at which cost it was matched, or the contenders. '
'command_id is the order to the barrier where the decision is open. '
'Errors: SP003 unknown gate, SP016 gate_id or read_at is NULL, SP019 confidence, event_id or vehicle out of range.';

CREATE OR REPLACE FUNCTION smart_parking_internal.judge_read(
	gate_id uuid, car_plate text, read_at timestamptz, confidence real, event_id text, candidates jsonb, vehicle text,
	linked_events text[], camera text, format text, message jsonb, problem text, happened boolean, resent boolean DEFAULT false)
RETURNS smart_parking.verdict
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking_internal.judge_read(uuid, text, timestamptz, real, text, jsonb, text, text[], text, text, jsonb, text, boolean, boolean) IS
'What validate_plate() and record_read() have in common. Beside validate_plate()''s arguments: linked_events, the event_id of earlier reads that this one sums up; '
'camera, format, message and problem, kept with the read; happened: an offline gate has acted on it already at read_at; resent: the camera sends it again. Then no order is issued, and what happened is booked as of read_at, '
'unless that is later than now or before the booking was made (details say so). The same event, or gate, plate and read_at, changes nothing again; reads may come in any order. '
'Reasons beside those of validate_plate(): entered_offline_without_spot (open, an incident: the hold was good, was released since, and the lot is full), unknown_offline (manual: no booking explains it). '
'Result and errors: as validate_plate().';
