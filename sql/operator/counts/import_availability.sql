-- Feeds of free spots: whose lots they count, and what is kept.

CREATE OR REPLACE FUNCTION smart_parking_internal.count_number(number text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
	SELECT CASE WHEN number ~ '^\s*[+-]?[0-9]{1,9}(\.0*)?\s*$' THEN trunc(number::numeric)::integer END
$$;
COMMENT ON FUNCTION smart_parking_internal.count_number(text) IS 'A whole number of at most 9 digits; NULL: it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.count_time(instant text, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET datestyle = 'ISO, DMY' SET timezone = 'UTC' AS $$
BEGIN
	IF instant ~ '^[0-9]{10}(\.[0-9]+)?$' THEN
		RETURN to_timestamp(instant::float8);
	ELSIF instant ~ '^[0-9]{13}$' THEN
		RETURN to_timestamp(instant::float8 / 1000);
	ELSIF instant !~ '[0-9]{1,2}:[0-9]{2}' THEN
		RETURN NULL;
	ELSIF instant ~ '[0-9]{2}(\.[0-9]+)?\s*([+-][0-9]{1,2}(:?[0-9]{2})?|[A-Za-z]{1,5})\s*$' THEN
		RETURN instant::timestamptz;
	END IF;
	RETURN instant::timestamp AT TIME ZONE zone;
EXCEPTION WHEN invalid_datetime_format OR datetime_field_overflow OR invalid_parameter_value OR numeric_value_out_of_range THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION smart_parking_internal.count_time(text, text) IS
'When something was measured: ISO 8601, RFC 2822, seconds or milliseconds since 1970, days before months. Arguments: instant; zone, of what says none. NULL: it is no time, infinity or a day alone.';

CREATE OR REPLACE FUNCTION smart_parking_internal.plain_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT nullif(regexp_replace(lower(name), '[^[:alnum:]]+', '', 'g'), '')
$$;
COMMENT ON FUNCTION smart_parking_internal.plain_name(text) IS 'A name without case, spaces and punctuation; NULL: nothing is left.';

CREATE OR REPLACE FUNCTION smart_parking_internal.name_core(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
	SELECT nullif(smart_parking_internal.plain_name(regexp_replace(name,
		'^\s*((parkhaus|parkgarage|parkplatz|tiefgarage|parkdeck|parking|garage|car park|p\s?[0-9]{1,3}|p)[\s:.-]+)+', '', 'i')), smart_parking_internal.plain_name(name))
$$;
COMMENT ON FUNCTION smart_parking_internal.name_core(text) IS 'A plain name without the "Parkhaus" or "P4" before it; NULL: there is none before it.';

CREATE OR REPLACE FUNCTION smart_parking_internal.lots_of_readings(readings smart_parking_internal.count_reading[], source text)
RETURNS TABLE (nth integer, parking_id uuid, refusal text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	-- One key for the whole feed, since others may hold the same small numbers: the one under which most of its lots are known.
	id_key CONSTANT text := (
		SELECT i.key FROM unnest(readings) AS r, jsonb_each_text(r.ids) AS i
		JOIN ONLY smart_parking.parking AS p ON p.source = lots_of_readings.source AND p.source_id = i.value
		GROUP BY i.key ORDER BY count(DISTINCT p.id) DESC, array_position(smart_parking_internal.count_keys('id'), i.key) LIMIT 1);
BEGIN
	RETURN QUERY
	WITH lot AS MATERIALIZED (
		SELECT p.id, p.source_id, p.name, smart_parking_internal.plain_name(p.name) AS plain, smart_parking_internal.name_core(p.name) AS core
		FROM ONLY smart_parking.parking AS p WHERE p.source = lots_of_readings.source
	), reading AS MATERIALIZED (
		SELECT DISTINCT ON (r.nth) r.nth, r.name, r.ids ->> id_key AS id, r.ids IS NULL AND r.name IS NULL AS nameless, smart_parking_internal.plain_name(r.name) AS plain,
			smart_parking_internal.name_core(r.name) AS core, smart_parking_internal.plain_name(substring(r.name FROM '^(.*?) +/ ')) AS before_slash
		FROM unnest(readings) AS r ORDER BY r.nth
	), likely AS (
		SELECT r.nth, l.id, 0 AS rank FROM reading AS r JOIN lot AS l ON l.source_id = r.id
		UNION ALL SELECT r.nth, l.id, 1 FROM reading AS r JOIN lot AS l ON l.name = r.name
		UNION ALL SELECT r.nth, l.id, 2 FROM reading AS r JOIN lot AS l ON l.plain = r.plain
		-- a generic word may be missing on one side, and not be another one
		UNION ALL SELECT r.nth, l.id, 3 FROM reading AS r JOIN lot AS l ON l.core = r.plain
		UNION ALL SELECT r.nth, l.id, 4 FROM reading AS r JOIN lot AS l ON l.plain = r.core
		-- "name / street"
		UNION ALL SELECT r.nth, l.id, 5 FROM reading AS r JOIN lot AS l ON l.plain = r.before_slash
		UNION ALL SELECT r.nth, l.id, 6 FROM reading AS r JOIN lot AS l ON l.core = r.before_slash
	), best AS (
		SELECT DISTINCT ON (n.nth) n.* FROM (
			SELECT k.nth, k.rank, count(DISTINCT k.id) AS lots, min(k.id::text)::uuid AS id FROM likely AS k GROUP BY k.nth, k.rank) AS n
		ORDER BY n.nth, n.rank
	), claim AS (
		SELECT b.*, min(b.rank) OVER (PARTITION BY b.id) AS better, count(*) OVER (PARTITION BY b.id, b.rank) AS others FROM best AS b
	), judged AS (
		SELECT r.nth, c.id, CASE
			WHEN r.nameless THEN 'no_id: neither an id nor a name'
			WHEN c.id IS NULL OR c.rank > c.better THEN format('unknown_lot: no lot from source "%s" has this id or name', left(lots_of_readings.source, 60))
			WHEN c.lots > 1 THEN format('ambiguous_name: %s lots from this source are called "%s"', c.lots, left(r.name, 60))
			WHEN c.rank > 1 AND c.others > 1 THEN format('ambiguous_name: the feed has %s of one name', c.others) END AS refusal
		FROM reading AS r LEFT JOIN claim AS c ON c.nth = r.nth
	)
	SELECT j.nth, CASE WHEN j.refusal IS NULL THEN j.id END, j.refusal FROM judged AS j;
END $$;
COMMENT ON FUNCTION smart_parking_internal.lots_of_readings(smart_parking_internal.count_reading[], text) IS
'Which lot from the source each item of a feed counts: the one with its id, else the only one of its name, else the only one whose name says the same; who knows a lot better than others has it. refusal: why it is none.';

CREATE OR REPLACE FUNCTION smart_parking_internal.take_readings(readings smart_parking_internal.count_reading[], source text, time_zone text)
RETURNS TABLE (source_id text, name text, kind text, action text, reason text, parking_id uuid, free integer, as_of timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_column
DECLARE
	now CONSTANT timestamptz := clock_timestamp();
	counts smart_parking_internal.lot_count[];
	refusals jsonb;
	outcomes jsonb;
BEGIN
	WITH reading AS MATERIALIZED (
		SELECT row_number() OVER (ORDER BY r.nth, r.kind COLLATE "C" NULLS FIRST)::integer AS row_no, r.*, l.parking_id, l.refusal AS no_lot, smart_parking_internal.state_of(r.state) AS known_state,
			smart_parking_internal.count_number(r.free) AS free_number, smart_parking_internal.count_number(r.occupied) AS occupied_number, smart_parking_internal.count_number(r.capacity) AS capacity_number,
			CASE WHEN r.as_of IS NULL THEN now ELSE smart_parking_internal.count_time(r.as_of, coalesce(take_readings.time_zone, p.time_zone, 'UTC')) END AS instant
		FROM unnest(readings) AS r
		JOIN smart_parking_internal.lots_of_readings(readings, take_readings.source) AS l ON l.nth = r.nth
		LEFT JOIN ONLY smart_parking.parking AS p ON p.id = l.parking_id
	), judged AS (
		SELECT r.*, coalesce(r.free_number, CASE WHEN r.free IS NULL THEN r.capacity_number - r.occupied_number END) AS spots,
			CASE
				WHEN r.no_lot IS NOT NULL THEN r.no_lot
				WHEN r.instant IS NULL THEN format('bad_time: %s', left(r.as_of, 60))
				WHEN r.instant > now + interval '5 minutes' THEN format('in_future: %s; is its time zone right?', r.instant)
				WHEN r.kind IS NOT NULL AND NOT EXISTS (SELECT FROM ONLY smart_parking.counter_slice AS c WHERE c.parking_id = r.parking_id AND c.kind = r.kind) THEN format('no_such_kind: the lot has no spots of kind %s', r.kind)
				WHEN r.known_state = 'fault' AND r.free IS NULL AND r.state IN ('no live data', 'noParkingInformationAvailable') THEN 'no_count: it does not say how many are free'
				WHEN r.known_state <> 'open' THEN NULL
				WHEN r.free IS NOT NULL AND r.free_number IS NULL THEN format('bad_number: %s', left(r.free, 40))
				WHEN r.free IS NULL AND (r.capacity_number IS NULL OR r.occupied_number IS NULL) THEN 'no_count: it does not say how many are free' END AS refusal
		FROM reading AS r
	), last AS (
		SELECT j.*, row_number() OVER (PARTITION BY j.parking_id, j.kind, j.refusal IS NULL ORDER BY j.instant DESC, j.row_no) > 1 AS repeated FROM judged AS j
	)
	SELECT array_agg(ROW(l.row_no, l.parking_id, coalesce(l.kind, ''), l.spots, CASE WHEN l.capacity_number >= 0 THEN l.capacity_number END, l.known_state, l.instant)::smart_parking_internal.lot_count)
			FILTER (WHERE l.refusal IS NULL AND NOT l.repeated),
		jsonb_agg(jsonb_build_object('source_id', coalesce((SELECT i.value FROM jsonb_each_text(l.ids) AS i ORDER BY array_position(smart_parking_internal.count_keys('id'), i.key) LIMIT 1), l.name),
			'name', l.name, 'kind', l.kind, 'parking_id', l.parking_id, 'free', l.spots, 'as_of', l.instant, 'state', l.state, 'row_no', l.row_no,
			'refusal', coalesce(l.refusal, CASE WHEN l.repeated THEN 'duplicate_lot: the feed has a later or an equal count of it' END)) ORDER BY l.row_no)
	INTO counts, refusals FROM last AS l;
	SELECT jsonb_object_agg(r.nth, r.outcome) INTO outcomes FROM smart_parking_internal.record_counts(coalesce(counts, '{}'), take_readings.source) AS r;
	RETURN QUERY
	SELECT r.source_id, r.name, r.kind, CASE WHEN r.refusal IS NOT NULL OR o.outcome = 'older' THEN 'refused' WHEN o.outcome = 'unchanged' THEN o.outcome ELSE 'recorded' END,
		CASE WHEN r.refusal IS NOT NULL THEN r.refusal ELSE CASE o.outcome
			WHEN 'older' THEN 'older: a later count is there'
			WHEN 'stale' THEN 'stale: too old to be used'
			WHEN 'negative' THEN 'negative: not used, may mean full'
			WHEN 'beyond_capacity' THEN 'beyond_capacity: not used'
			WHEN 'closed' THEN 'closed: the lot is'
			WHEN 'fault' THEN format('fault: the feed says %s', left(coalesce(r.state, 'so'), 40)) END END,
		r.parking_id, r.free, r.as_of
	FROM jsonb_to_recordset(refusals) AS r (source_id text, name text, kind text, parking_id uuid, free integer, as_of timestamptz, state text, row_no integer, refusal text)
	LEFT JOIN LATERAL (SELECT outcomes ->> r.row_no::text AS outcome) AS o ON true
	ORDER BY r.row_no;
END $$;
COMMENT ON FUNCTION smart_parking_internal.take_readings(smart_parking_internal.count_reading[], text, text) IS 'Keeps what a feed says, and reports on each reading; see import_availability().';

CREATE OR REPLACE FUNCTION smart_parking.import_availability(feed text, source text, time_zone text DEFAULT NULL)
RETURNS TABLE (source_id text, name text, kind text, action text, reason text, parking_id uuid, free integer, as_of timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM smart_parking_internal.require_argument('feed', feed IS NOT NULL);
	PERFORM smart_parking_internal.check_source(source);
	IF time_zone IS NOT NULL THEN
		PERFORM smart_parking_internal.check_time_zone(time_zone);
	END IF;
	RETURN QUERY SELECT t.* FROM smart_parking_internal.take_readings(
		(SELECT coalesce(array_agg(r), '{}') FROM smart_parking_internal.text_readings(feed) AS r), source, time_zone) AS t;
END $$;
COMMENT ON FUNCTION smart_parking.import_availability(text, text, text) IS
'Keeps the free spots that a feed says its lots have, as report_availability() does for one lot. '
'Arguments: feed, as it came: ParkAPI v2 or v3, GeoJSON or another JSON list of lots with free spots, a status publication of DATEX II (version 2 or 3), RSS whose items say "open / 28", or CSV with a header; '
'source, the same as in import_parkings(): its lots are meant; time_zone of times in the feed that say none (NULL: the lot''s; ParkAPI v2 has UTC). '
'A lot is known by its id there, else by its name if no other lot from the source has it. '
'Result: a row for each lot and kind in the feed, kind NULL for all together. action: recorded, unchanged, refused. reason, of what was recorded: stale, negative, beyond_capacity, closed, fault: kept as measured, and not used; '
'of what was refused: no_id, unknown_lot, ambiguous_name, no_such_kind, no_count, bad_number, bad_time, in_future, older, duplicate_lot. '
'Errors, with nothing kept: SP016 NULL, SP018 no feed of counts, SP019 source or time_zone.';

CREATE OR REPLACE FUNCTION smart_parking.import_availability(feed jsonb, source text, time_zone text DEFAULT NULL)
RETURNS TABLE (source_id text, name text, kind text, action text, reason text, parking_id uuid, free integer, as_of timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
AS 'SELECT * FROM smart_parking.import_availability(feed::text, source, time_zone)';
COMMENT ON FUNCTION smart_parking.import_availability(jsonb, text, text) IS 'The same for a feed that is jsonb already.';
