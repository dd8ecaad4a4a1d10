-- Which lot an item is.
--
-- By the id that it has. A name is an id only while it is unique in the file, a short ref too; else name and place are. An item whose
-- key no lot of the source has is the lot of the same name at the same place, if there is one: then ids have changed, or come new.

CREATE OR REPLACE FUNCTION smart_parking_internal.same_place_m() RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 100::float8';
COMMENT ON FUNCTION smart_parking_internal.same_place_m() IS
'How many metres two places of one lot may be apart: the middle of its area and its entrance. A lot with live bookings is moved no further unless the import says so.';

CREATE OR REPLACE FUNCTION smart_parking_internal.lock_source(source text) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
	SELECT pg_advisory_xact_lock(hashtextextended('smart_parking source ' || source, 0))
$$;
COMMENT ON FUNCTION smart_parking_internal.lock_source(text) IS 'Who adds lots of a source waits here for others who do, till they commit.';

CREATE OR REPLACE FUNCTION smart_parking_internal.keys_of_lots(lots smart_parking_internal.lot_feature[]) RETURNS TABLE (feature smart_parking_internal.lot_feature, source_id text, refusal text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
	WITH counted AS (
		-- what is no lot, or nowhere, takes no name away from those that are
		SELECT l, CASE WHEN l.refusal IS NULL OR l.latitude IS NOT NULL AND smart_parking_internal.no_lot(l.properties) IS NULL THEN true END AS counts FROM unnest(lots) AS l
	), keyed AS (
		SELECT l, CASE
			WHEN (l).own_id IS NOT NULL THEN (l).own_id
			WHEN (l).ref IS NOT NULL AND count(counts) OVER (PARTITION BY (l).own_id IS NULL, (l).ref) <= 1 THEN (l).ref
			WHEN count(counts) OVER (PARTITION BY (l).given_name) <= 1 AND (l).given_name IS NOT NULL OR counts IS NULL THEN (l).given_name
			ELSE concat_ws(' ', (l).given_name, format('@ %s,%s', round((l).latitude::numeric, 5), round((l).longitude::numeric, 5))) END AS key
		FROM counted
	)
	SELECT l, key, CASE
		WHEN (l).refusal IS NOT NULL THEN (l).refusal
		WHEN octet_length(key) > 500 THEN 'bad_id: longer than 500 bytes'
		WHEN row_number() OVER (PARTITION BY key, (l).refusal IS NULL ORDER BY (l).nth) > 1 THEN format('duplicate_id: "%s" came before in this import', key) END
	FROM keyed
$$;
COMMENT ON FUNCTION smart_parking_internal.keys_of_lots(smart_parking_internal.lot_feature[]) IS
'The key of each lot in a file: its id, else its ref if no other has that, else its name if no other has that, else name and place. A key that came before is refused.';

CREATE OR REPLACE FUNCTION smart_parking_internal.identify(lots smart_parking_internal.lot_feature[], source text) RETURNS smart_parking_internal.lot_pair[]
LANGUAGE sql STABLE SET search_path = pg_catalog, smart_parking, pg_temp
-- nothing is known of the size of what is joined here; hashing is right for all
SET enable_nestloop = off SET enable_seqscan = off SET jit = off AS $$
	WITH known AS MATERIALIZED (
		SELECT * FROM smart_parking_internal.lot_place AS p WHERE p.source = identify.source
	), exact AS MATERIALIZED (
		SELECT k.feature, (k.feature).nth, k.source_id, k.refusal, p.id FROM smart_parking_internal.keys_of_lots(lots) AS k LEFT JOIN known AS p ON p.source_id = k.source_id
	), near AS MATERIALIZED (
		SELECT e.nth, p.id, p.source_id AS former_id, away.metres
		FROM exact AS e
		JOIN known AS p ON p.name = (e.feature).name AND abs((e.feature).latitude - p.latitude) < smart_parking_internal.same_place_m() / 100000
		CROSS JOIN LATERAL smart_parking_internal.metres_between((e.feature).latitude, (e.feature).longitude, p.latitude, p.longitude) AS away(metres)
		WHERE e.id IS NULL AND e.refusal IS NULL AND away.metres <= smart_parking_internal.same_place_m()
		AND NOT EXISTS (SELECT FROM exact AS x WHERE x.id = p.id)
	), nearest AS (
		-- each other's nearest
		SELECT n.nth, n.id, n.former_id FROM near AS n
		WHERE NOT EXISTS (SELECT FROM near AS o WHERE o.nth = n.nth AND (o.metres, o.id) < (n.metres, n.id))
		AND NOT EXISTS (SELECT FROM near AS o WHERE o.id = n.id AND (o.metres, o.nth) < (n.metres, n.nth))
	)
	SELECT coalesce(array_agg(ROW(e.feature, ROW(e.nth, e.source_id, coalesce(e.id, n.id), n.former_id, e.refusal)::smart_parking_internal.lot_identity)::smart_parking_internal.lot_pair ORDER BY e.nth), '{}')
	FROM exact AS e LEFT JOIN nearest AS n ON n.nth = e.nth
$$;
COMMENT ON FUNCTION smart_parking_internal.identify(smart_parking_internal.lot_feature[], text) IS
'Which lots of a source the lots of a file are. Arguments: lots; source. The caller has locked the source.';
