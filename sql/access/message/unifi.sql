-- Messages of UniFi Protect: the web hook of its Alarm Manager.

CREATE OR REPLACE FUNCTION smart_parking_internal.read_unifi_trigger(trigger jsonb, sent_at jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	-- a plate that Protect knows has a name; before version 5 some triggers had nothing else
	value CONSTANT jsonb := coalesce(trigger -> 'value', trigger #> '{group,name}');
	event CONSTANT text := smart_parking_internal.id_of(trigger -> 'eventId');
	own_time CONSTANT timestamptz := (smart_parking_internal.instant_of(trigger -> 'timestamp')).instant;
	o smart_parking.observation;
BEGIN
	o.format := 'unifi';
	SELECT * INTO o.kind, o.plate, o.problem FROM smart_parking_internal.plate_verdict(value, 'alarm.triggers.value');
	o.candidates := '[]';
	o.camera := smart_parking_internal.id_of(trigger -> 'device');
	o.read_at := coalesce(own_time, (smart_parking_internal.instant_of(sent_at)).instant);
	-- An event of Protect's lasts while something moves, several vehicles too: it is no passage. Several alarms tell of one read.
	o.event_id := coalesce(event || ':' || left(smart_parking_internal.event_digest(o.kind, o.plate), 16), CASE WHEN o.read_at IS NOT NULL
		THEN smart_parking_internal.event_digest(o.camera, coalesce(smart_parking_internal.text_of(trigger -> 'timestamp'), smart_parking_internal.text_of(sent_at)), o.kind, o.plate) END);
	o.rest := smart_parking_internal.kept_fields(trigger, CASE WHEN o.kind <> 'unreadable' AND trigger ? 'value' THEN 'value' END,
		CASE WHEN o.camera IS NOT NULL THEN 'device' END, CASE WHEN own_time IS NOT NULL THEN 'timestamp' END, CASE WHEN event IS NOT NULL THEN 'eventId' END);
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_unifi_trigger(jsonb, jsonb) IS
'Reads what set off an alarm of UniFi Protect. Arguments: trigger, one about a plate; sent_at, the message''s time, for triggers without one.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_unifi(message jsonb) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	triggers CONSTANT jsonb := CASE jsonb_typeof(message #> '{alarm,triggers}') WHEN 'array' THEN message #> '{alarm,triggers}' ELSE '[]' END;
	is_plate CONSTANT jsonpath := '$[*] ? (@.key like_regex "^license_?plate" flag "i")';
	common jsonb;
	trigger jsonb;
	o smart_parking.observation;
BEGIN
	IF jsonb_typeof(message -> 'alarm') IS DISTINCT FROM 'object' THEN
		RETURN NEXT smart_parking_internal.unreadable('unifi', smart_parking_internal.field_problem(message -> 'alarm', 'alarm'), message);
		RETURN;
	ELSIF NOT jsonb_path_exists(triggers, is_plate) THEN
		-- motion, a person, a ring; an alarm that is tried out
		o.format := 'unifi';
		o.kind := 'nothing';
		o.read_at := (smart_parking_internal.instant_of(message -> 'timestamp')).instant;
		o.rest := message;
		RETURN NEXT o;
		RETURN;
	END IF;

	common := message || jsonb_build_object('alarm', smart_parking_internal.with_part((message -> 'alarm') - 'triggers', 'triggers',
		nullif(jsonb_path_query_array(triggers, '$[*] ? (!(@.key like_regex "^license_?plate" flag "i"))'), '[]')));
	FOR trigger IN SELECT jsonb_path_query(triggers, is_plate) LOOP
		o := smart_parking_internal.read_unifi_trigger(trigger, message -> 'timestamp');
		o.rest := smart_parking_internal.with_part(common, 'trigger', o.rest);
		RETURN NEXT o;
		common := NULL;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_unifi(jsonb) IS
'Reads an alarm of UniFi Protect. Argument: an object. Result: a row for each trigger that is about a license plate; see read_message().';
