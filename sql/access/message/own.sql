-- Messages in a form of our own, for a camera that no vendor's reader knows and for gates that kept a log while offline.

CREATE OR REPLACE FUNCTION smart_parking_internal.read_own(message jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	clock CONSTANT record := smart_parking_internal.instant_of(message -> 'read_at');
	event_id CONSTANT text := smart_parking_internal.id_of(message -> 'event_id');
	direction CONSTANT text := lower(smart_parking_internal.text_of(message -> 'direction'));
	o smart_parking.observation;
BEGIN
	o.format := 'smart_parking';
	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(message -> 'plate', 'plate');
	o.confidence := smart_parking_internal.confidence_of(message -> 'confidence', 1);
	o.candidates := smart_parking_internal.other_readings(message -> 'candidates', o.plate, 'confidence', 1);
	o.camera := smart_parking_internal.id_of(message -> 'camera');
	o.read_at := clock.instant;
	o.passage_id := smart_parking_internal.id_of(message -> 'vehicle');
	o.event_id := coalesce(event_id,
		CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, smart_parking_internal.text_of(message -> 'read_at'), o.kind, o.plate) END);
	o.direction := CASE WHEN direction IN ('in', 'out') THEN direction END;
	o.rest := smart_parking_internal.kept_fields(message, CASE WHEN o.kind <> 'unreadable' THEN 'plate' END,
		CASE WHEN o.confidence IS NOT NULL THEN 'confidence' END, CASE WHEN jsonb_typeof(message -> 'candidates') = 'array' THEN 'candidates' END,
		CASE WHEN o.camera IS NOT NULL THEN 'camera' END, CASE WHEN o.read_at IS NOT NULL THEN 'read_at' END,
		CASE WHEN o.passage_id IS NOT NULL THEN 'vehicle' END, CASE WHEN event_id IS NOT NULL THEN 'event_id' END,
		CASE WHEN o.direction IS NOT NULL THEN 'direction' END);
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', message -> 'read_at');
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_own(jsonb) IS
'Reads a message of the format smart_parking. Argument: an object with plate, and where known read_at (any form that instant_of() reads), confidence (0 to 1), '
'event_id, candidates [{"plate", "confidence"}], camera, vehicle (an id that several reads of one car share), direction (in or out). '
'Without an event_id one is made of camera, read_at and plate. Result: see read_message().';
