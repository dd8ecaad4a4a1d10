-- What a person at the gate does: open by hand, say which car it was, close an incident.

CREATE OR REPLACE FUNCTION smart_parking.open_manually(gate_id uuid, reason text, car_plate text DEFAULT NULL) RETURNS uuid
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.open_manually(uuid, text, text) IS
'An attendant opens: who and why stays on record. Arguments: gate_id; reason; car_plate: what the attendant saw. With a plate it is a read matched_by attendant, '
'which binds the booking as a camera''s would and opens whatever the verdict; where that would not have opened, the reason is opened_manually and details have the verdict. '
'Without one the barrier opens, and that is all. Result: the command''s id. Errors: SP003 unknown gate, SP010 not a plate, or a word for no plate: leave it out, SP016 gate_id or reason is NULL.';

CREATE OR REPLACE FUNCTION smart_parking.correct_read(read_id uuid, car_plate text, reason text) RETURNS smart_parking.verdict
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking.correct_read(uuid, text, text) IS
'An attendant says after the fact which car it was. Arguments: read_id; car_plate, the right one; reason. It is a new read, matched_by attendant, and no order to the barrier. '
'If the car was let in, the booking that was confirmed by mistake is a hold again, for five minutes at least, and the right one is confirmed; if it was let out, the car that left by mistake '
'gets a new stay on its spot, or on another one (incident spot_sold_on), or none (inside_without_spot), and the right booking is completed. Result: the verdict on the right car. '
'Errors: SP006 unknown read, SP010 not a plate, or a word for no plate, SP016 NULL, SP023 the read belongs to no passage (its message could not be read, it is from before version 1.1, or the passage was removed).';

CREATE OR REPLACE FUNCTION smart_parking.resolve_incident(incident_id uuid, resolution text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('incident_id', incident_id IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('resolution', resolution IS NOT NULL);
	IF btrim(resolution) = '' THEN
		RAISE EXCEPTION 'a resolution must say something' USING ERRCODE = 'SP019', HINT = 'Say what was done about the incident.';
	END IF;
	UPDATE smart_parking.gate_incident AS i
	SET resolved_at = clock_timestamp(), resolved_by = session_user, resolution = btrim(resolve_incident.resolution)
	WHERE i.id = incident_id AND i.resolved_at IS NULL;
	IF FOUND THEN
		RETURN true;
	ELSIF NOT EXISTS (SELECT FROM smart_parking.gate_incident AS i WHERE i.id = incident_id) THEN
		RAISE EXCEPTION 'there is no incident %', incident_id USING ERRCODE = 'SP019', HINT = 'Incidents stand in smart_parking.gate_incident.';
	END IF;
	RETURN false;
END $$;
COMMENT ON FUNCTION smart_parking.resolve_incident(uuid, text) IS
'Closes an incident. Arguments: incident_id; resolution, what was done about it. '
'Result: true; false: it was closed already, and its first resolution stays. Errors: SP016 NULL, SP019 unknown incident or blank resolution.';
