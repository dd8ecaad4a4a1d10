# pg_upgrade takes a live system into another cluster of the same version;
# DROP and CREATE EXTENSION; two databases in one cluster.
use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @config = (extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
my $old = PostgreSQL::Test::Cluster->new('old');
$old->init(@config);
$old->start;

sub contents
{
	my ($node, $db) = @_;
	my $tables = $node->safe_psql($db, q{SELECT t::regclass FROM pg_extension e, unnest(e.extconfig) t WHERE e.extname = 'smart_parking' ORDER BY t::regclass::text});
	return { map { $_ => $node->safe_psql($db, "SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM $_ t") } split /\n/, $tables };
}

# --- two databases

$old->safe_psql('postgres', "CREATE DATABASE $_") for 'one', 'two';
for my $db ('one', 'two')
{
	$old->safe_psql($db, 'SET client_min_messages = warning; CREATE EXTENSION smart_parking CASCADE');
	$old->safe_psql($db, slurp_file("$FindBin::RealBin/lib/live_data.sql"));
}
my $one = contents($old, 'one');
my $lot = $old->safe_psql('two', q{SELECT id FROM smart_parking.parking WHERE name = 'Small'});
$old->safe_psql('two', "SELECT smart_parking.reserve_spot('$lot', gen_random_uuid(), 'TWO 1')");
is_deeply(contents($old, 'one'), $one, 'what happens in one database does not matter to the other');
my ($status, undef, $err) = $old->psql('one', "SELECT smart_parking.reserve_spot('$lot', gen_random_uuid(), 'TWO 1')");
like($err, qr/there is no lot/, 'which does not know its lots');

# --- DROP and CREATE

my $session = $old->background_psql('two', on_error_stop => 0);
like($session->query("SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'TWO 2')"), qr/full|reserved/, 'a session');
$old->safe_psql('two', 'DROP EXTENSION smart_parking');
is($old->safe_psql('two', q{SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'smart\_parking%'}), 0, 'nothing is left');
$old->safe_psql('two', 'CREATE EXTENSION smart_parking');
is($old->safe_psql('two', 'SELECT count(*) FROM smart_parking.booking'), 0, 'and made again it is empty');
$old->safe_psql('two', slurp_file("$FindBin::RealBin/lib/live_data.sql"));
$lot = $old->safe_psql('two', q{SELECT id FROM smart_parking.parking WHERE name = 'Live'});
like($session->query("SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'TWO 3')"), qr/reserved/, 'the session goes on in the new one');
$session->quit;
is($old->safe_psql($_, 'SELECT * FROM smart_parking.check_invariants()'), '', "$_: invariants hold") for 'one', 'two';

# --- pg_upgrade

my %before = map { $_ => contents($old, $_) } 'one', 'two';
$old->stop;
my $new = PostgreSQL::Test::Cluster->new('new');
$new->init(@config);
my $bindir = $old->config_data('--bindir');
chdir PostgreSQL::Test::Utils::tempdir;
command_ok([ 'pg_upgrade', '--no-sync', '-d', $old->data_dir, '-D', $new->data_dir, '-b', $bindir, '-B', $bindir,
	'-s', $new->host, '-p', $old->port, '-P', $new->port ], 'pg_upgrade');
$new->start;
for my $db ('one', 'two')
{
	is_deeply(contents($new, $db), $before{$db}, "$db: every table has the same rows");
	is($new->safe_psql($db, 'SELECT * FROM smart_parking.own_changes()'), '', "$db: the tables are as installed");
	is( $new->safe_psql($db, q{
			SELECT r.outcome, v.decision, v.reason FROM smart_parking.parking p JOIN smart_parking.gate g ON g.parking_id = p.id AND g.name = 'in',
				smart_parking.reserve_spot(p.id, gen_random_uuid(), 'DD NEW 1') r, smart_parking.validate_plate(g.id, CASE r.outcome WHEN 'reserved' THEN 'DD NEW 1' END) v
			WHERE p.name = 'Live'}),
		'reserved|open|entered', "$db: a reservation and a read");
	is($new->safe_psql($db, 'SELECT * FROM smart_parking.check_invariants()'), '', "$db: invariants hold");
}

$new->stop;
done_testing();
