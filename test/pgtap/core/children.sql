-- Tables that inherit from ours, such as an archive of a user's own. No row of theirs is a booking, a read or an event to us, even if
-- it stands at the same place of its table, or has the same id.
\set ON_ERROR_STOP 1
BEGIN;
SELECT no_plan();
SET client_min_messages = error;
SET LOCAL smart_parking.max_holds_per_user = 0;
\ir ../day.psql

SELECT smart_parking.add_parking('Outer', 51.05, 13.74, 12) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'in', 'entry') AS entry, smart_parking.add_gate(:'lot', 'out', 'exit') AS exit \gset
UPDATE smart_parking.gate SET passage_window = '0', senses_passage = true WHERE parking_id = :'lot';
SAVEPOINT before_the_day;
SELECT array_agg(a) AS expected FROM pg_temp.day(:'lot', :'entry', :'exit') a \gset
ROLLBACK TO before_the_day;

-- a day's rows, and copies of them in a child of each table that has history
SELECT smart_parking.add_parking('Before', 51.06, 13.75, 12) AS before \gset
SELECT smart_parking.add_gate(:'before', 'in', 'entry') AS before_entry, smart_parking.add_gate(:'before', 'out', 'exit') AS before_exit \gset
SELECT count(*) AS nothing FROM pg_temp.day(:'before', :'before_entry', :'before_exit') \gset
SELECT is((SELECT smart_parking.reserve_spot(:'lot', :'lot', 'COPY' || n)).outcome, 'reserved', 'a hold that will have a copy') FROM generate_series(1, 3) n;
CREATE SCHEMA archive;
SELECT format('CREATE TABLE archive.%1$I () INHERITS (smart_parking.%1$I)', relname) FROM pg_class
WHERE relnamespace = 'smart_parking'::regnamespace AND relkind = 'r' \gexec
CREATE TABLE pg_temp.history AS SELECT unnest('{booking,booking_event,plate_read,passage,barrier_command,gate_incident}'::text[]) AS relation;
-- several times, so that there is one at each place at which a row of ours may be
SELECT format('INSERT INTO archive.%1$I SELECT t.* FROM generate_series(1, 20), ONLY smart_parking.%1$I t', relation) FROM pg_temp.history \gexec
CREATE FUNCTION pg_temp.archived() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	relation text;
	digest text;
	digests text := '';
BEGIN
	FOR relation IN SELECT h.relation FROM pg_temp.history h LOOP
		EXECUTE format('SELECT md5(string_agg(t.ctid::text || t::text, '','' ORDER BY t.ctid)) FROM archive.%I t', relation) INTO digest;
		digests := concat_ws(' ', digests, relation, digest);
	END LOOP;
	RETURN digests;
END $$;
SELECT is((SELECT count(*) > 0 FROM archive.booking), true, 'there are copies of bookings');
SELECT pg_temp.archived() AS archived \gset

-- the holds go, by each way there is
UPDATE ONLY smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE car_plate::text IN ('COPY1', 'COPY2');
SELECT is(smart_parking.release_expired(1), 1, 'a sweep releases one');
SELECT is((SELECT smart_parking.reserve_spot(:'lot', :'lot', plate)).outcome, 'reserved', 'a lapsed hold is taken over, or its spot is free') FROM unnest('{COPY1,COPY2}'::text[]) plate;
SELECT is(smart_parking.cancel_booking(id), 'cancelled', 'one is cancelled') FROM ONLY smart_parking.booking WHERE car_plate::text LIKE 'COPY_' AND status = 'pending';
SELECT is((SELECT smart_parking.reserve_spot(:'lot', :'lot', 'COPY3')).outcome, 'reserved', 'a plate whose copy is active can be held');
SELECT is(smart_parking.cancel_booking(id), 'cancelled', 'and cancelled') FROM ONLY smart_parking.booking WHERE car_plate::text = 'COPY3' AND status = 'pending';
SELECT is(smart_parking.close_overstays(), 0, 'no stay is too long');

-- a day beside them
SELECT is(array_agg(a), :'expected'::text[], 'a day is as without children') FROM pg_temp.day(:'lot', :'entry', :'exit') a;
SELECT is(pg_temp.archived(), :'archived', 'and no child has changed');
SELECT is_empty('SELECT * FROM smart_parking.check_invariants()', 'nor does it count for the invariants');

SELECT * FROM finish();
ROLLBACK;
