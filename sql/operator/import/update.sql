-- Lots that came from the source before: those that differ are brought in line, one by one, since each has its spots and
-- drivers. enable_seqscan = off: see slices.sql.

CREATE OR REPLACE FUNCTION smart_parking_internal.differing_lots(pairs smart_parking_internal.lot_pair[], access_keys text[]) RETURNS integer[]
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off SET jit = off AS $$
	SELECT coalesce(array_agg(l.nth ORDER BY l.nth), '{}')
	FROM unnest(pairs) AS pair CROSS JOIN LATERAL (SELECT (pair.feature).*) AS l
	JOIN smart_parking.parking AS p ON p.id = (pair.identity).parking_id
	JOIN smart_parking_internal.lot_place AS place ON place.id = p.id
	WHERE (pair.identity).refusal IS NULL
	AND ((l.name, l.capacity, l.latitude, l.longitude, (pair.identity).source_id) <> (p.name, p.total_capacity, place.latitude, place.longitude, p.source_id)
		OR l.properties <> p.properties
		OR (l.address, l.max_height_m, l.fee, l.opening_hours) IS DISTINCT FROM (p.address, p.max_height_m, p.fee, p.opening_hours)
		OR l.time_zone <> p.time_zone
		OR coalesce(l.access, CASE WHEN p.properties ?| access_keys THEN 'public' ELSE p.access END) <> p.access
		OR l.kinds IS NOT NULL AND EXISTS (SELECT FROM jsonb_each_text(l.kinds) AS k
			WHERE k.value::integer <> (SELECT count(*) FROM smart_parking.spot AS s WHERE s.parking_id = p.id AND s.kind = k.key AND NOT s.retired)))
$$;
COMMENT ON FUNCTION smart_parking_internal.differing_lots(smart_parking_internal.lot_pair[], text[]) IS
'Which of the lots that came before differ from what the file says. access_keys: what the file''s access would stand under. Result: their nth.';

CREATE OR REPLACE FUNCTION smart_parking_internal.wanted_kinds(parking_id uuid, capacity integer, kinds jsonb)
RETURNS TABLE (kind text, have integer, want integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
	WITH present AS (
		SELECT s.kind, count(*)::integer AS have FROM smart_parking.spot AS s
		WHERE s.parking_id = wanted_kinds.parking_id AND NOT s.retired GROUP BY s.kind
	), special AS (
		SELECT coalesce(p.kind, k.key) AS kind, coalesce(p.have, 0) AS have, coalesce(k.value::integer, p.have) AS want
		FROM (SELECT * FROM present WHERE kind <> 'standard') AS p
		FULL JOIN jsonb_each_text(coalesce(kinds, '{}')) AS k ON k.key = p.kind
	)
	SELECT 'standard', coalesce((SELECT have FROM present WHERE kind = 'standard'), 0),
		capacity - coalesce((SELECT sum(want) FROM special)::integer, 0)
	UNION ALL
	SELECT kind, have, want FROM special
$$;
COMMENT ON FUNCTION smart_parking_internal.wanted_kinds(uuid, integer, jsonb) IS
'Spots of each kind that a lot has, and should have after an import. '
'Kinds that the import does not name keep theirs; standard spots are the rest.';

CREATE OR REPLACE FUNCTION smart_parking_internal.live_bookings(parking_id uuid, on_retired_spots boolean) RETURNS bigint
LANGUAGE sql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
	SELECT count(*) FROM smart_parking.booking AS b
	WHERE b.parking_id = live_bookings.parking_id AND b.ended_at IS NULL AND (b.status <> 'pending' OR b.expires_at > clock_timestamp())
	AND (NOT on_retired_spots OR EXISTS (SELECT FROM smart_parking.spot AS s WHERE s.parking_id = b.parking_id AND s.spot_no = b.spot_no AND s.retired))
$$;
COMMENT ON FUNCTION smart_parking_internal.live_bookings(uuid, boolean) IS
'Cars and holds in a lot, holds that have lapsed left out. on_retired_spots: only those on spots that have left the lot.';

CREATE OR REPLACE FUNCTION smart_parking_internal.resize_from_feature(lot smart_parking.parking, feature smart_parking_internal.lot_feature, OUT resized boolean, OUT refusal text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	part record;
BEGIN
	resized := false;
	IF EXISTS (SELECT FROM smart_parking_internal.wanted_kinds(lot.id, feature.capacity, feature.kinds) WHERE want < 0) THEN
		refusal := format('bad_capacity: the lot''s other kinds have more than %s spots', feature.capacity);
		RETURN;
	END IF;
	FOR part IN
		SELECT kind, want FROM smart_parking_internal.wanted_kinds(lot.id, feature.capacity, feature.kinds)
		WHERE have <> want ORDER BY kind COLLATE "C"
	LOOP
		resized := true;
		PERFORM smart_parking_internal.resize_kind(lot, part.kind, part.want);
	END LOOP;
	IF resized THEN
		INSERT INTO smart_parking.parking_event (parking_id, event, reason, details)
		VALUES (lot.id, 'resized', 'import',
			jsonb_build_object('from', lot.total_capacity, 'to', feature.capacity, 'kinds', feature.kinds));
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.resize_from_feature(smart_parking.parking, smart_parking_internal.lot_feature) IS
'Gives a lot the spots that the file says. The caller has locked its row. refusal: why not, with nothing changed.';

CREATE OR REPLACE FUNCTION smart_parking_internal.look_at_move(lot_id uuid, feature smart_parking_internal.lot_feature, move_booked boolean, OUT note text, OUT refusal text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	away CONSTANT integer := (SELECT round(smart_parking_internal.metres_between(p.latitude, p.longitude, feature.latitude, feature.longitude))
		FROM smart_parking_internal.lot_place AS p WHERE p.id = lot_id);
	live bigint;
BEGIN
	IF away <= smart_parking_internal.same_place_m() THEN
		RETURN;
	END IF;
	-- claims wait for their slice from here on, so that those before are seen
	PERFORM FROM smart_parking.counter_slice AS s WHERE s.parking_id = lot_id ORDER BY s.kind, s.slice_no FOR NO KEY UPDATE;
	live := smart_parking_internal.live_bookings(lot_id, false);
	IF live > 0 AND NOT move_booked THEN
		refusal := format('moved_while_booked: the file has it %s m from where the drivers of %s live bookings expect it', away, live);
		note := 'nothing of this lot was changed; move_booked => true does it';
	ELSE
		note := CASE live WHEN 0 THEN format('moved %s m', away) ELSE format('moved %s m, with %s live bookings', away, live) END;
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.look_at_move(uuid, smart_parking_internal.lot_feature, boolean) IS
'What is to be said of a lot''s way to its place in the file: note; refusal: it is too far to be changed while drivers are on their way.';

CREATE OR REPLACE FUNCTION smart_parking_internal.update_lot(lot smart_parking.parking, feature smart_parking_internal.lot_feature, identity smart_parking_internal.lot_identity,
	move_booked boolean, access_keys text[], OUT action text, OUT reason text, OUT notes text[])
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	new_access CONSTANT text := coalesce(feature.access, CASE WHEN lot.properties ?| access_keys THEN 'public' ELSE lot.access END);
	zone CONSTANT text := coalesce(feature.time_zone, lot.time_zone);
	move record;
	size record;
	stay bigint;
BEGIN
	action := 'refused';
	move := smart_parking_internal.look_at_move(lot.id, feature, move_booked);
	reason := move.refusal;
	notes := feature.notes || move.note;
	IF reason IS NOT NULL THEN
		RETURN;
	END IF;
	size := smart_parking_internal.resize_from_feature(lot, feature);
	reason := size.refusal;
	IF reason IS NOT NULL THEN
		RETURN;
	END IF;
	action := 'updated';
	IF size.resized AND feature.capacity < lot.total_capacity OR size.resized AND feature.kinds IS NOT NULL THEN
		stay := smart_parking_internal.live_bookings(lot.id, true);
		notes := notes || CASE WHEN stay > 0 THEN format('shrunk: %s live bookings stay on spots that leave the lot when they come free', stay) END;
	END IF;
	notes := notes || CASE WHEN identity.source_id <> lot.source_id THEN format('id: was "%s"', lot.source_id) END;
	UPDATE smart_parking.parking AS p
	SET name = feature.name, address = feature.address, location = smart_parking_internal.location_of(feature.latitude, feature.longitude),
		properties = feature.properties, total_capacity = feature.capacity, source_id = identity.source_id, time_zone = zone,
		access = new_access, max_height_m = feature.max_height_m, fee = feature.fee, opening_hours = feature.opening_hours
	WHERE p.id = lot.id;
	PERFORM smart_parking_internal.log_change(lot.id, 'settings_changed', '{}', jsonb_build_object('time_zone', lot.time_zone, 'access', lot.access),
		jsonb_build_object('time_zone', zone, 'access', new_access));
END $$;
COMMENT ON FUNCTION smart_parking_internal.update_lot(smart_parking.parking, smart_parking_internal.lot_feature, smart_parking_internal.lot_identity, boolean, text[]) IS
'Brings a lot in line with the file. The caller has locked its row. action: updated, or refused for reason with nothing changed; notes.';

CREATE OR REPLACE FUNCTION smart_parking_internal.update_lots(pairs smart_parking_internal.lot_pair[], move_booked boolean, access_keys text[])
RETURNS SETOF smart_parking_internal.lot_verdict
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off SET jit = off AS $$
DECLARE
	differing CONSTANT integer[] := smart_parking_internal.differing_lots(pairs, access_keys);
	pair smart_parking_internal.lot_pair;
	lot smart_parking.parking;
	done record;
BEGIN
	RETURN QUERY
	SELECT (p.feature).nth, (p.identity).source_id, (p.feature).name, 'unchanged'::text, NULL::text, (p.identity).parking_id, (p.feature).notes
	FROM unnest(pairs) AS p
	WHERE (p.identity).refusal IS NULL AND (p.identity).parking_id IS NOT NULL AND (p.feature).nth <> ALL (differing);

	-- in the order of ids, as others who lock several lots
	FOR pair IN
		SELECT p.feature, p.identity FROM unnest(pairs) AS p WHERE (p.feature).nth = ANY (differing) ORDER BY (p.identity).parking_id
	LOOP
		lot := smart_parking_internal.lock_parking((pair.identity).parking_id);
		done := smart_parking_internal.update_lot(lot, pair.feature, pair.identity, move_booked, access_keys);
		RETURN NEXT ROW((pair.feature).nth, (pair.identity).source_id, (pair.feature).name, done.action, done.reason, lot.id, done.notes)::smart_parking_internal.lot_verdict;
	END LOOP;
END $$;
COMMENT ON FUNCTION smart_parking_internal.update_lots(smart_parking_internal.lot_pair[], boolean, text[]) IS
'Brings the lots that came before in line with the file. Result: a row for each of them, of the report.';
