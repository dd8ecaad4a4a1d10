-- Counts from outside: what is kept of them, and which lots they count for.

CREATE OR REPLACE FUNCTION smart_parking_internal.count_lifetime() RETURNS interval
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	-- the setting exists once the library is loaded, which the first call of a C function does
	PERFORM smart_parking_internal.spots_in_map(0);
	RETURN current_setting('smart_parking.count_lifetime')::interval;
END $$;
COMMENT ON FUNCTION smart_parking_internal.count_lifetime() IS 'How long a count from outside is used: smart_parking.count_lifetime.';

CREATE OR REPLACE FUNCTION smart_parking_internal.check_source(source text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
BEGIN
	PERFORM smart_parking_internal.require_argument('source', source IS NOT NULL);
	IF btrim(source) = '' OR octet_length(source) > 500 OR source = 'bookings' THEN
		RAISE EXCEPTION 'a source of counts cannot be called "%"', left(source, 60) USING ERRCODE = 'SP019',
			HINT = 'Name who measures, in 1 to 500 bytes. What we count ourselves is called bookings.';
	END IF;
END $$;
COMMENT ON FUNCTION smart_parking_internal.check_source(text) IS 'Raises SP016 for NULL, SP019 for a source that is blank, longer than 500 bytes, or called bookings.';

CREATE OR REPLACE FUNCTION smart_parking_internal.spots_without_a_car(parking_id uuid, kind text) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(sum(c.free_spots), 0)::integer + (
		SELECT count(*) FROM ONLY smart_parking.booking AS b
		JOIN ONLY smart_parking.spot AS s ON s.parking_id = b.parking_id AND s.spot_no = b.spot_no
		WHERE b.parking_id = $1 AND b.ended_at IS NULL AND b.status = 'pending' AND s.in_service AND $2 IN ('', s.kind))::integer
	FROM ONLY smart_parking.counter_slice AS c
	WHERE c.parking_id = $1 AND $2 IN ('', c.kind)
$$;
COMMENT ON FUNCTION smart_parking_internal.spots_without_a_car(uuid, text) IS
'Spots in service on which no car stands, as the bookings have it: what a loop counter should say. Arguments: parking_id; kind, empty for all.';

CREATE OR REPLACE FUNCTION smart_parking_internal.record_counts(counts smart_parking_internal.lot_count[], source text)
RETURNS TABLE (nth integer, outcome text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	lifetime CONSTANT interval := smart_parking_internal.count_lifetime();
	now CONSTANT timestamptz := clock_timestamp();
	kept jsonb;
BEGIN
	-- as foreign keys would; in order, since two feeds may have lots in common
	PERFORM FROM ONLY smart_parking.parking AS p WHERE p.id IN (SELECT c.parking_id FROM unnest(counts) AS c) ORDER BY p.id FOR KEY SHARE;
	WITH reading AS MATERIALIZED (
		SELECT c.*, CASE
				WHEN c.state <> 'open' THEN c.state
				WHEN c.free_spots < 0 THEN 'negative'
				WHEN c.free_spots > coalesce(nullif(c.capacity, 0), p.total_capacity) THEN 'beyond_capacity'
				ELSE 'usable' END AS finding,
			CASE WHEN p.outside_open IS NULL AND c.state = 'open' AND c.free_spots IS NOT NULL AND c.as_of > now - lifetime
				THEN smart_parking_internal.spots_without_a_car(p.id, c.kind) END AS expected_spots
		FROM unnest(counts) AS c JOIN ONLY smart_parking.parking AS p ON p.id = c.parking_id
	), recorded AS (
		INSERT INTO smart_parking.outside_count AS o (parking_id, source, kind, free_spots, capacity, state, finding, as_of, received_at,
			usable_spots, usable_as_of, expected_spots, differs_since)
		SELECT r.parking_id, record_counts.source, r.kind, r.free_spots, r.capacity, r.state, r.finding, r.as_of, now,
			CASE r.finding WHEN 'usable' THEN r.free_spots END, CASE r.finding WHEN 'usable' THEN r.as_of END,
			r.expected_spots, CASE WHEN r.free_spots <> r.expected_spots THEN r.as_of END
		FROM reading AS r ORDER BY r.parking_id, r.kind
		ON CONFLICT (parking_id, source, kind) DO UPDATE SET
			free_spots = excluded.free_spots, capacity = excluded.capacity, state = excluded.state, finding = excluded.finding,
			as_of = excluded.as_of, received_at = excluded.received_at,
			usable_spots = CASE WHEN excluded.finding IN ('usable', 'closed', 'negative') THEN excluded.usable_spots ELSE o.usable_spots END,
			usable_as_of = CASE WHEN excluded.finding IN ('usable', 'closed', 'negative') THEN excluded.usable_as_of ELSE o.usable_as_of END,
			expected_spots = coalesce(excluded.expected_spots, o.expected_spots),
			differs_since = CASE WHEN excluded.expected_spots IS NULL THEN o.differs_since
				WHEN excluded.differs_since IS NOT NULL THEN coalesce(o.differs_since, excluded.differs_since) END
		WHERE excluded.as_of > o.as_of
			OR excluded.as_of = o.as_of AND (excluded.free_spots, excluded.capacity, excluded.state) IS DISTINCT FROM (o.free_spots, o.capacity, o.state)
		RETURNING o.parking_id, o.kind
	)
	SELECT jsonb_object_agg(r.nth, CASE WHEN r.finding = 'usable' AND r.as_of <= now - lifetime THEN 'stale' ELSE r.finding END) INTO kept
	FROM recorded AS w JOIN reading AS r ON r.parking_id = w.parking_id AND r.kind = w.kind;
	-- by a later snapshot: what it gave way to may have been waited for
	RETURN QUERY
	SELECT c.nth, coalesce(kept ->> c.nth::text, CASE WHEN o.as_of > c.as_of THEN 'older' ELSE 'unchanged' END)
	FROM unnest(counts) AS c
	LEFT JOIN ONLY smart_parking.outside_count AS o ON o.parking_id = c.parking_id AND o.source = record_counts.source AND o.kind = c.kind;
END $$;
COMMENT ON FUNCTION smart_parking_internal.record_counts(smart_parking_internal.lot_count[], text) IS
'Keeps counts, at most one of a lot and kind. outcome: the finding, or stale for a usable one that is too old to be used; unchanged: it was there; older: a later one was.';

CREATE OR REPLACE FUNCTION smart_parking.report_availability(parking_id uuid, free integer, kind text DEFAULT NULL, as_of timestamptz DEFAULT NULL,
	source text DEFAULT 'counter', state text DEFAULT 'open', capacity integer DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_variable
BEGIN
	PERFORM smart_parking_internal.require_argument('parking_id', parking_id IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('state', state IS NOT NULL);
	PERFORM smart_parking_internal.check_source(source);
	IF state NOT IN ('open', 'closed', 'fault') THEN
		RAISE EXCEPTION 'a counter cannot report the state "%"', left(state, 60) USING ERRCODE = 'SP019', HINT = 'It is open, closed or fault.';
	ELSIF state = 'open' THEN
		PERFORM smart_parking_internal.require_argument('free', free IS NOT NULL);
	END IF;
	IF NOT EXISTS (SELECT FROM ONLY smart_parking.parking AS p WHERE p.id = parking_id) THEN
		RAISE EXCEPTION 'there is no lot %', parking_id USING ERRCODE = 'SP001', HINT = 'Lots stand in smart_parking.parking.';
	ELSIF kind IS NOT NULL THEN
		PERFORM smart_parking_internal.check_kind_name(kind);
		IF NOT EXISTS (SELECT FROM ONLY smart_parking.counter_slice AS c WHERE c.parking_id = report_availability.parking_id AND c.kind = report_availability.kind) THEN
			RAISE EXCEPTION 'the lot has no spots of kind "%"', kind USING ERRCODE = 'SP015', HINT = 'Its kinds stand in smart_parking.spot; NULL is all of them together.';
		END IF;
	END IF;
	IF as_of > clock_timestamp() + interval '5 minutes' OR as_of = '-infinity' THEN
		RAISE EXCEPTION 'a count cannot be of %', as_of USING ERRCODE = 'SP019', HINT = 'It would hide what comes after it. Is the counter''s clock right, and the time zone?';
	ELSIF capacity < 0 THEN
		RAISE EXCEPTION 'a lot cannot have % spots', capacity USING ERRCODE = 'SP012', HINT = 'Leave the capacity out where it is not known.';
	END IF;
	RETURN (SELECT r.outcome FROM smart_parking_internal.record_counts(
		ARRAY[ROW(1, parking_id, coalesce(kind, ''), free, capacity, state, coalesce(as_of, clock_timestamp()))::smart_parking_internal.lot_count], source) AS r);
END $$;
COMMENT ON FUNCTION smart_parking.report_availability(uuid, integer, text, timestamptz, text, text, integer) IS
'Keeps how many spots of a lot are free by somebody else''s count: a loop counter, a guidance system. '
'Of a lot that is not booked here (set_counted_outside()) search and feeds show it; of one that is booked here nothing changes, but it is compared with the bookings: counters_in_disagreement. '
'Arguments: parking_id; free, as measured, whatever it is; kind of spot, NULL: all together; as_of, when it was measured (NULL: now), at most 5 minutes ahead of our clock; source, who measured, '
'1 to 500 bytes and not bookings; state: open, closed (the lot is), fault (the counter is; free may be NULL then); capacity, as the source has it. '
'Result: usable; stale, kept, but older than smart_parking.count_lifetime; negative, beyond_capacity, closed, fault: kept and not used; older: a later count of this source is there, nothing is kept; unchanged. '
'Errors: SP001 unknown lot, SP012 capacity, SP015 the lot has no spots of this kind, SP016 NULL, SP019 kind''s name, source, state, or as_of.';

CREATE OR REPLACE FUNCTION smart_parking.set_counted_outside(parking_id uuid, counted_outside boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	lot smart_parking.parking;
BEGIN
	PERFORM smart_parking_internal.require_argument('counted_outside', counted_outside IS NOT NULL);
	lot := smart_parking_internal.lock_parking(parking_id);
	IF (lot.outside_open IS NOT NULL) = counted_outside THEN
		RETURN false;
	END IF;
	UPDATE smart_parking.parking AS p
	SET is_open = NOT counted_outside AND coalesce(lot.outside_open, false), outside_open = CASE WHEN counted_outside THEN lot.is_open END
	WHERE p.id = lot.id;
	-- what was compared is so no more; in the order in which counts are kept
	PERFORM FROM ONLY smart_parking.outside_count AS o WHERE o.parking_id = lot.id ORDER BY o.source, o.kind FOR NO KEY UPDATE;
	UPDATE smart_parking.outside_count AS o SET expected_spots = NULL, differs_since = NULL
	WHERE o.parking_id = lot.id AND o.expected_spots IS NOT NULL;
	RETURN smart_parking_internal.log_change(lot.id, 'settings_changed', '{}', jsonb_build_object('counted_outside', NOT counted_outside),
		jsonb_build_object('counted_outside', counted_outside));
END $$;
COMMENT ON FUNCTION smart_parking.set_counted_outside(uuid, boolean) IS
'Says that a lot is not booked here, and its free spots are what others measure; or that it is booked here again. While it is counted from outside, reserve_spot() answers closed and its gates let '
'nobody in but cars with a booking; its own counter stays, and is not shown. Whether the lot is open stays as it was. '
'Result: whether this call changed it; it is then in parking_event. Errors: SP001 unknown lot, SP016 NULL.';

CREATE OR REPLACE VIEW smart_parking.counters_in_disagreement AS
	SELECT o.parking_id, p.name AS parking, o.source, nullif(o.kind, '') AS kind, o.free_spots AS measured, o.expected_spots AS by_bookings,
		o.free_spots - o.expected_spots AS difference, o.differs_since, o.as_of, o.finding
	FROM smart_parking.outside_count AS o
	JOIN smart_parking.parking AS p ON p.id = o.parking_id
	WHERE o.differs_since IS NOT NULL AND p.outside_open IS NULL;
COMMENT ON VIEW smart_parking.counters_in_disagreement IS
'Lots that are booked here while a counter says otherwise: a car came in or went out past the gates, a plate was let in twice, or the counter is off. A row for each counter.';
COMMENT ON COLUMN smart_parking.counters_in_disagreement.kind IS 'NULL: all kinds together.';
COMMENT ON COLUMN smart_parking.counters_in_disagreement.measured IS 'Free spots by the counter, as of as_of.';
COMMENT ON COLUMN smart_parking.counters_in_disagreement.by_bookings IS
'Spots in service without a car by the bookings when that count came. Those of holds are among them: a loop cannot see a hold.';
COMMENT ON COLUMN smart_parking.counters_in_disagreement.difference IS 'Below 0: more cars were counted than are booked in. Above: fewer.';
COMMENT ON COLUMN smart_parking.counters_in_disagreement.differs_since IS 'The first count since which every one disagreed.';
COMMENT ON COLUMN smart_parking.counters_in_disagreement.as_of IS 'When it was measured last. A counter that has been silent for long is a finding, too.';
