-- One session reserves in several transactions while :relation has an index "more" of :method, which :condition
-- makes use of; see index_methods.sql.
CREATE INDEX more ON :relation USING :method;
CREATE INDEX failing ON smart_parking.booking ((1 / length(translate(user_id::text, 'f-', ''))));
-- 2>&1: a page that stays pinned is a warning at the end of the transaction
\set said `psql -XAtq -v VERBOSITY=terse -d smart_parking_index_methods -c 'SELECT reserve(2)' -c 'SELECT reserve(2)' -c BEGIN -c 'SELECT reserve(1)' -c 'SAVEPOINT s' -c 'SELECT reserve_failing()' -c 'ROLLBACK TO s' -c 'SELECT reserve(2)' -c COMMIT -c 'SELECT reserve_failing_in_subtransaction() || reserve(1)' -c 'SELECT reserve_failing()' -c 'SELECT cancel_last()' -c BEGIN -c 'SELECT reserve(3)' -c ROLLBACK -c 'SELECT reserve(3)' 2>&1`
SELECT is(regexp_split_to_array(:'said', '\n'), ARRAY['reserved reserved', 'reserved reserved', 'reserved', 'ERROR:  division by zero', 'reserved reserved',
	'caughtreserved', 'ERROR:  division by zero', 'cancelled', 'reserved reserved reserved', 'reserved reserved reserved'], concat(:'relation', ' with ', :'method'));
SELECT is(found(:'relation', :'condition', true), regexp_replace(found(:'relation', :'condition', false), '^([1-9][0-9]*) rows by scan$', '\1 rows by index'),
	'the index finds what a scan finds');
DROP INDEX smart_parking.more, smart_parking.failing;
