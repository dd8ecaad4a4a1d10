# A session that remembers a sold-out lot by its pages, on servers and with tables that treat pages in their own ways.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $plates = 0;

sub server
{
	my ($name, %params) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(allows_streaming => $params{streaming}, extra => [ '--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums' ]);
	$node->append_conf('postgresql.conf', $params{conf});
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');
	return $node;
}

# A lot that is sold out, and the bookings that fill it.
sub sold_out
{
	my ($node) = @_;
	my $lot = $node->safe_psql('postgres', "SELECT smart_parking.add_parking('Sold out', 51.05, 13.74, 20, slice_size => 8)");
	my @held = split /\n/, $node->safe_psql('postgres',
		"SELECT r.booking_id FROM generate_series(1, 20) AS n, smart_parking.reserve_spot('$lot', gen_random_uuid(), 'HELD ' || n, '1 hour') AS r");
	return ($lot, @held);
}

sub reserve
{
	my ($lot, $hold) = @_;
	$plates++;
	return "SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'LATE $plates', " . ($hold ? "'$hold'" : 'NULL') . ')';
}

sub cancel { return "SELECT smart_parking.cancel_booking('$_[0]')"; }

# The first call sees it, the second makes sure, the others rely on it.
sub refused
{
	my ($late, $lot, $when) = @_;
	is(join(' ', map { scalar $late->query(reserve($lot)) } 1 .. 4), 'full full full full', "$when: full");
}

sub served
{
	my ($late, $lot, $when) = @_;
	is(scalar $late->query(reserve($lot)), 'reserved', "$when: a spot that came free is seen");
}

# --- transactions that outlive their sessions; tables without WAL; pages that come and go

my $node = server('logged', conf => "max_prepared_transactions = 5\nshared_buffers = 1MB\nautovacuum = off\n");
my $late = $node->background_psql('postgres');
my ($lot, @held) = sold_out($node);

refused($late, $lot, 'before a prepared transaction');
$node->safe_psql('postgres', 'BEGIN; ' . cancel(shift @held) . "; PREPARE TRANSACTION 'leaves'");
refused($late, $lot, 'while it is prepared');
$node->safe_psql('postgres', "COMMIT PREPARED 'leaves'");
served($late, $lot, 'after COMMIT PREPARED');

$node->safe_psql('postgres', 'CREATE EXTENSION pg_buffercache; CREATE TABLE filler AS SELECT n, repeat(n::text, 200) AS text FROM generate_series(1, 5000) AS n; ' .
	'CREATE INDEX ON filler (n)');

# Fills the buffers with other pages, until none of the slices' is left.
sub evict
{
	for (1 .. 10)
	{
		$node->safe_psql('postgres', 'SET enable_seqscan = off; SET enable_bitmapscan = off; SELECT count(text) FROM filler WHERE n > 0');
		return 1 if $node->safe_psql('postgres',
			"SELECT count(*) FROM pg_buffercache AS b WHERE b.reldatabase <> 0 AND b.relfilenode = pg_relation_filenode('smart_parking.counter_slice')") == 0;
	}
	return 0;
}

refused($late, $lot, 'before its pages are evicted');
ok(evict(), 'its pages are evicted');
refused($late, $lot, 'after they were evicted');
$node->safe_psql('postgres', cancel(shift @held));
ok(evict(), 'a page that has changed is evicted');
served($late, $lot, 'in a page that was changed and evicted');

for my $persistence (qw(UNLOGGED LOGGED))
{
	refused($late, $lot, "before SET $persistence");
	$node->safe_psql('postgres', "ALTER TABLE smart_parking.counter_slice SET $persistence");
	refused($late, $lot, "after SET $persistence");
	$node->safe_psql('postgres', cancel(shift @held));
	served($late, $lot, $persistence);
}

is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'invariants hold');
$late->quit;
$node->stop;

# --- tables that are rewritten without WAL: their pages have no LSN

$node = server('minimal', conf => "wal_level = minimal\nmax_wal_senders = 0\nautovacuum = off\n");
$late = $node->background_psql('postgres');
($lot, @held) = sold_out($node);
my $rewrite = 'CLUSTER smart_parking.counter_slice USING counter_slice_pkey';

refused($late, $lot, 'before a rewrite without WAL');
$node->safe_psql('postgres', "BEGIN; $rewrite; " . cancel(shift @held) . '; COMMIT');
served($late, $lot, 'in a table that was rewritten and changed in one transaction');
refused($late, $lot, 'among pages without LSN');
$node->safe_psql('postgres', cancel(shift @held));
served($late, $lot, 'among pages without LSN');
$late->query("BEGIN; $rewrite; SAVEPOINT before; " . cancel(shift @held));
served($late, $lot, 'in a table that the session is rewriting');
$late->query('ROLLBACK TO before');
refused($late, $lot, 'after the session took that back');
$late->query(cancel(shift @held));
served($late, $lot, 'in a table that the session has rewritten');
$late->query('COMMIT');
refused($late, $lot, 'after the session has committed the rewrite');
$node->safe_psql('postgres', cancel(shift @held));
served($late, $lot, 'after the session has committed the rewrite');
# --- an index that somebody made in the place of ours, the other way round

$node->safe_psql('postgres', q{DROP INDEX smart_parking.booking_due_in_lot;
	CREATE INDEX booking_due_in_lot ON smart_parking.booking (parking_id, expires_at DESC) WHERE status = 'pending'});
# more holds than a page has room for, and all that came to nothing
$node->safe_psql('postgres', cancel(shift @held) . q{;
	DO $$ BEGIN
		FOR n IN 1..500 LOOP
			PERFORM smart_parking.cancel_booking(r.booking_id) FROM smart_parking.reserve_spot('} . $lot . q{', gen_random_uuid(), 'CHURN ' || n) AS r;
		END LOOP;
	END $$; } . reserve($lot, '2 hours'));
refused($late, $lot, 'before a hold lapses');
$node->safe_psql('postgres', cancel(shift @held) . '; ' . reserve($lot, '0.3 seconds'));
my $other = $node->background_psql('postgres');
$other->query('BEGIN; ' . cancel(shift @held));
ok($node->poll_query_until('postgres', "SELECT bool_or(expires_at <= clock_timestamp()) FROM smart_parking.booking WHERE parking_id = '$lot' AND status = 'pending'"),
	'a hold lapses while a cancellation is under way');
served($late, $lot, 'with an index that is sorted the other way round');
$other->quit;

is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'invariants hold');
$late->quit;
$node->stop;

# --- a standby, and what it is when it was promoted

$node = server('primary', streaming => 1, conf => "autovacuum = off\n");
($lot, @held) = sold_out($node);
my ($kept, @kept_held) = sold_out($node);
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);

$late = $standby->background_psql('postgres', on_error_stop => 0);
refused($late, $lot, 'on a standby');
refused($late, $kept, 'on a standby, another lot');
$node->safe_psql('postgres', cancel(shift @held));
$node->wait_for_catchup($standby);
is(scalar $late->query(reserve($lot)), '', 'on a standby a lot is not full any more when the primary has a free spot');
like($late->{stderr}, qr/read-only transaction|during recovery/, 'and that is all it can say');
$late->{stderr} = '';
refused($late, $kept, 'on a standby, again');
$node->stop('immediate');
$standby->promote;
refused($late, $kept, 'on a standby that was promoted');
$standby->safe_psql('postgres', cancel(shift @kept_held));
served($late, $kept, 'on a standby that was promoted');
served($late, $lot, 'on the promoted standby, freed before it was one');
is($standby->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'invariants hold');
$late->quit;

done_testing();
