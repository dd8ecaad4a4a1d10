-- Messages of Dahua's cameras: traffic events over CGI as lines of names and values, as a code with JSON, or as JSON alone, and what the
-- cameras push (ITSAPI).

CREATE OR REPLACE FUNCTION smart_parking_internal.dahua_lines(content text) RETURNS SETOF jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
BEGIN
	RETURN QUERY
	SELECT jsonb_object_agg(l.part[2], btrim(l.part[3]))
	FROM (SELECT regexp_match(line, '^\s*(?:Return)?Events\[([0-9]{1,4})\]\.([^=]{1,200})=(.*)$') AS part
		FROM regexp_split_to_table(content, '[\r\n]+') AS line) AS l
	WHERE l.part IS NOT NULL
	GROUP BY l.part[1]::integer ORDER BY l.part[1]::integer;
END $$;
COMMENT ON FUNCTION smart_parking_internal.dahua_lines(text) IS
'The events in text of lines such as Events[0].TrafficCar.PlateNumber=B7XYZ: an object each, with names like TrafficCar.PlateNumber. Other lines are passed over.';

CREATE OR REPLACE FUNCTION smart_parking_internal.dahua_codes(content text) RETURNS SETOF jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	piece text;
	part text[];
	data jsonb;
BEGIN
	FOR piece IN SELECT p.text FROM regexp_split_to_table(content, '(?:^|[\r\n])\s*Code=') WITH ORDINALITY AS p(text, nth) WHERE p.nth > 1 ORDER BY p.nth LOOP
		part := regexp_match(piece, '^([A-Za-z0-9_]{1,100});\s*action=([A-Za-z]{1,40})(?:;\s*index=([0-9]{1,9}))?(?:;\s*data=(.*))?');
		CONTINUE WHEN part IS NULL;
		-- what follows the object is the next part's boundary
		data := smart_parking_internal.json_of(to_jsonb(regexp_replace(part[4], '[^}]*$', '')));
		RETURN NEXT jsonb_strip_nulls(jsonb_build_object('Code', part[1], 'Action', part[2], 'Index', part[3]))
			|| CASE jsonb_typeof(data) WHEN 'object' THEN data ELSE jsonb_strip_nulls(jsonb_build_object('Data', data)) END;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.dahua_codes(text) IS
'The events in text such as Code=TrafficJunction;action=Pulse;index=0;data={...}: an object each.';

CREATE OR REPLACE FUNCTION smart_parking_internal.dahua_event(event jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	inner_key text;
BEGIN
	-- what is said of the event stands around it
	FOREACH inner_key IN ARRAY ARRAY['Data', 'data', 'Picture'] LOOP
		IF jsonb_typeof(event -> inner_key) = 'object' THEN
			event := event - inner_key || (event -> inner_key);
		END IF;
	END LOOP;
	RETURN event;
END $$;
COMMENT ON FUNCTION smart_parking_internal.dahua_event(jsonb) IS 'An event of Dahua in one object, with what its wrapper says of it.';

CREATE OR REPLACE FUNCTION smart_parking_internal.dahua_list(message jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	RETURN CASE WHEN jsonb_typeof(message -> 'Events') = 'array' THEN ARRAY['Events'] WHEN jsonb_typeof(message -> 'ReturnEvents') = 'array' THEN ARRAY['ReturnEvents']
		WHEN jsonb_typeof(message #> '{params,eventList}') = 'array' AND jsonb_typeof(message -> 'params') = 'object' THEN ARRAY['params', 'eventList'] END;
END $$;
COMMENT ON FUNCTION smart_parking_internal.dahua_list(jsonb) IS 'Where in a JSON message of Dahua its list of events stands; NULL: it has none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.dahua_value(event jsonb, path text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	RETURN coalesce(event -> path, event #> string_to_array(path, '.'));
END $$;
COMMENT ON FUNCTION smart_parking_internal.dahua_value(jsonb, text) IS
'A value of an event. Arguments: event; path, names with dots between, which lines have as one name and JSON as objects in objects.';

CREATE OR REPLACE FUNCTION smart_parking_internal.dahua_first(event jsonb, VARIADIC paths text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	path text;
	value text;
BEGIN
	FOREACH path IN ARRAY paths LOOP
		value := nullif(btrim(smart_parking_internal.text_of(smart_parking_internal.dahua_value(event, path))), '');
		EXIT WHEN value IS NOT NULL;
	END LOOP;
	RETURN value;
END $$;
COMMENT ON FUNCTION smart_parking_internal.dahua_first(jsonb, text[]) IS 'The first of several values of an event that is a text or number and not empty.';

CREATE OR REPLACE FUNCTION smart_parking_internal.dahua_without(event jsonb, VARIADIC paths text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	path text;
BEGIN
	FOREACH path IN ARRAY array_remove(paths, NULL) LOOP
		event := event - path;
		-- not where a list stands in the way, whose elements have numbers
		IF event #> string_to_array(path, '.') IS NOT NULL THEN
			event := event #- string_to_array(path, '.');
		END IF;
	END LOOP;
	RETURN nullif(event, '{}');
END $$;
COMMENT ON FUNCTION smart_parking_internal.dahua_without(jsonb, text[]) IS 'An event without values that were taken up. Arguments: event; paths as for dahua_value(), of which NULLs count for nothing.';

CREATE OR REPLACE FUNCTION smart_parking_internal.dahua_plate(event jsonb, OUT kind text, OUT plate text, OUT problem text, OUT path text, OUT others jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	place text;
	value jsonb;
	verdict record;
BEGIN
	others := '[]';
	FOREACH place IN ARRAY ARRAY['TrafficCar.PlateNumber', 'Plate.PlateNumber', 'Plate.Text', 'Object.Text', 'NonMotor.Plate.Text', 'PlateNumber'] LOOP
		value := smart_parking_internal.dahua_value(event, place);
		-- the text of a vehicle is its make
		CONTINUE WHEN value IS NULL OR (place = 'Object.Text' AND lower(coalesce(smart_parking_internal.dahua_first(event, 'Object.ObjectType'), 'plate')) <> 'plate');
		verdict := smart_parking_internal.plate_verdict(value, place);
		IF kind = 'plate' THEN
			others := others || jsonb_build_array(jsonb_build_object('plate', verdict.plate));
		ELSIF kind IS NULL OR verdict.kind = 'plate' OR (verdict.kind = 'no_plate' AND kind = 'unreadable') THEN
			kind := verdict.kind;
			plate := verdict.plate;
			problem := verdict.problem;
			path := place;
		END IF;
	END LOOP;
	IF kind IS NULL AND EXISTS (SELECT FROM jsonb_object_keys(event) AS k WHERE k ~ '^(TrafficCar|Plate|Object|Vehicle|NonMotor)(\.|$)') THEN
		kind := 'no_plate';
	ELSIF kind IS NULL THEN
		kind := 'unreadable';
		problem := 'missing_field: TrafficCar.PlateNumber';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.dahua_plate(jsonb) IS
'The plate of a traffic event, which firmwares put in different places: as plate_verdict() gives it, the path that it stands at, and what the other places say, as candidates.';

CREATE OR REPLACE FUNCTION smart_parking_internal.dahua_clock(event jsonb, OUT instant timestamptz, OUT zoneless boolean, OUT path text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	local_time CONSTANT text := smart_parking_internal.dahua_first(event, 'LocaleTime', 'SnapInfo.AccurateTime', 'SnapInfo.SnapTime');
	fraction CONSTANT text := smart_parking_internal.dahua_first(event, 'UTCMS', 'EventBaseInfo.UTCMS');
	seconds text;
BEGIN
	zoneless := false;
	FOREACH path IN ARRAY ARRAY['RealUTC', 'EventBaseInfo.RealUTC', 'UTC', 'EventBaseInfo.UTC', 'TrafficCar.UTC'] LOOP
		seconds := smart_parking_internal.dahua_first(event, path);
		instant := (smart_parking_internal.instant_of(to_jsonb(seconds || CASE WHEN seconds ~ '^[0-9]{9,11}$' AND fraction ~ '^[0-9]{1,3}$' THEN '.' || lpad(fraction, 3, '0') ELSE '' END))).instant;
		IF instant IS NOT NULL THEN
			-- many count UTC by the clock on their wall
			zoneless := path NOT LIKE '%RealUTC' AND coalesce(to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') = left(local_time, 19), false);
			RETURN;
		END IF;
	END LOOP;
	FOREACH path IN ARRAY ARRAY['LocaleTime', 'SnapInfo.AccurateTime', 'SnapInfo.SnapTime'] LOOP
		SELECT c.instant, c.zoneless INTO instant, zoneless FROM smart_parking_internal.instant_of(smart_parking_internal.dahua_value(event, path)) AS c;
		EXIT WHEN instant IS NOT NULL;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.dahua_clock(jsonb) IS 'When an event happened, as instant_of() says it, and the path of the value that it was read from.';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_dahua_event(event jsonb) RETURNS smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	code CONSTANT text := smart_parking_internal.dahua_first(event, 'Code', 'EventBaseInfo.Code', 'TrafficCar.Event');
	happened CONSTANT text := lower(smart_parking_internal.dahua_first(event, 'Action', 'action', 'EventBaseInfo.Action'));
	vehicle CONSTANT text := smart_parking_internal.dahua_first(event, 'GroupID');
	seen record;
	clock record;
	o smart_parking.observation;
BEGIN
	clock := smart_parking_internal.dahua_clock(event);
	o.format := 'dahua';
	o.camera := nullif(concat_ws('/', left(smart_parking_internal.dahua_first(event, 'TrafficCar.MachineName', 'SnapInfo.DeviceID', 'DeviceID', 'SerialNo'), 90),
		left(smart_parking_internal.dahua_first(event, 'Index', 'index', 'Channel', 'EventBaseInfo.Index'), 40)), '');
	o.read_at := clock.instant;
	IF event ?& ARRAY['Active', 'DeviceID'] THEN
		o.kind := 'heartbeat';
	ELSIF code !~ '^(TrafficJunction|TrafficManualSnap|TrafficGate|TrafficTollGate|ANPR)$' OR happened IN ('stop', '2') OR event ?& ARRAY['DeviceID', 'DeviceModel'] THEN
		-- motion, a line that was crossed, an offence, a parked car; the end of what was told when it began
		o.kind := 'nothing';
	END IF;
	IF o.kind IS NOT NULL THEN
		o.rest := event;
		RETURN o;
	END IF;

	seen := smart_parking_internal.dahua_plate(event);
	o.kind := seen.kind;
	o.plate := seen.plate;
	o.problem := seen.problem;
	-- what the camera pushes is of 100; of which scale Object.Confidence is depends on the firmware
	o.confidence := smart_parking_internal.confidence_of(smart_parking_internal.dahua_value(event, 'Plate.Confidence'), 100);
	o.candidates := smart_parking_internal.other_readings(seen.others, o.plate, 'confidence', 100);
	-- the pictures of one vehicle are a group
	o.passage_id := CASE WHEN vehicle !~ '^0*$' THEN smart_parking_internal.id_of(to_jsonb(vehicle)) END;
	o.event_id := CASE WHEN o.read_at IS NOT NULL THEN smart_parking_internal.event_digest(o.camera, code, o.passage_id,
		smart_parking_internal.dahua_first(event, clock.path), smart_parking_internal.dahua_first(event, 'UTCMS', 'EventBaseInfo.UTCMS'), o.kind, o.plate) END;
	-- set up as the camera of an entry or of an exit
	o.direction := CASE smart_parking_internal.dahua_first(event, 'CommInfo.ParkType') WHEN '1' THEN 'in' WHEN '2' THEN 'out' END;
	o.rest := smart_parking_internal.dahua_without(event, CASE WHEN o.kind <> 'unreadable' THEN seen.path END, CASE WHEN o.confidence IS NOT NULL THEN 'Plate.Confidence' END,
		CASE WHEN o.read_at IS NOT NULL THEN clock.path END, CASE WHEN o.passage_id IS NOT NULL THEN 'GroupID' END, CASE WHEN o.direction IS NOT NULL THEN 'CommInfo.ParkType' END);
	IF clock.zoneless THEN
		o.rest := smart_parking_internal.with_part(o.rest, 'time_without_zone', smart_parking_internal.dahua_value(event, clock.path));
	END IF;
	RETURN o;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_dahua_event(jsonb) IS 'Reads one event of a Dahua camera. Argument: an object, as the functions above give it. Result: see read_message().';

CREATE OR REPLACE FUNCTION smart_parking_internal.read_dahua(message jsonb) RETURNS SETOF smart_parking.observation
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, smart_parking, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
	content CONSTANT text := CASE jsonb_typeof(message) WHEN 'string' THEN message #>> '{}' END;
	list CONSTANT text[] := smart_parking_internal.dahua_list(message);
	events jsonb[];
	event jsonb;
	wrapper jsonb;
	o smart_parking.observation;
BEGIN
	events := CASE WHEN content ~ 'Events\[[0-9]+\]\.' THEN ARRAY(SELECT smart_parking_internal.dahua_lines(content))
		WHEN content IS NOT NULL THEN ARRAY(SELECT smart_parking_internal.dahua_codes(content))
		WHEN list IS NOT NULL THEN ARRAY(SELECT e FROM jsonb_array_elements(message #> list) AS e)
		ELSE ARRAY[message] END;
	wrapper := CASE WHEN list IS NOT NULL THEN nullif(message #- list, '{}') END;
	IF events = '{}' THEN
		o.format := 'dahua';
		o.kind := CASE WHEN content ~ '(^|\n)\s*Heartbeat\s*(\n|$)' THEN 'heartbeat' WHEN list IS NOT NULL THEN 'nothing' END;
		o.rest := message;
		RETURN NEXT CASE WHEN o.kind IS NULL THEN smart_parking_internal.unreadable('dahua', 'missing_field: Events', message) ELSE o END;
		RETURN;
	END IF;
	FOREACH event IN ARRAY events LOOP
		IF jsonb_typeof(event) = 'object' THEN
			o := smart_parking_internal.read_dahua_event(smart_parking_internal.dahua_event(event));
		ELSE
			o := smart_parking_internal.unreadable('dahua', 'bad_field: Events is of type ' || jsonb_typeof(event), event);
		END IF;
		o.rest := smart_parking_internal.with_part(o.rest, 'wrapper', wrapper);
		RETURN NEXT o;
		wrapper := NULL;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.read_dahua(jsonb) IS
'Reads a message of a Dahua camera. Argument: an object, or a string that holds lines of names and values or codes with JSON. Result: a row an event; see read_message().';
