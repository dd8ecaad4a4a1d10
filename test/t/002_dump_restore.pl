# A database with bookings in every state survives pg_dump, and goes on working
# in the database that it was restored into.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;

my $anna = '11111111-1111-4111-8111-111111111111';
my $request = '22222222-2222-4222-8222-222222222222';

sub reserve
{
	my ($db, $lot, $plate, %more) = @_;
	my $user = $more{user} // 'gen_random_uuid()';
	my $hold = $more{hold} // '30 minutes';
	my $request_id = $more{request} ? "'$more{request}'" : 'NULL';
	return split /\|/,
	  $node->safe_psql($db,
		"SELECT outcome, booking_id, spot_no FROM smart_parking.reserve_spot('$lot', $user, '$plate', '$hold', request_id => $request_id)");
}

sub at_gate
{
	my ($db, $gate, $plate) = @_;
	return $node->safe_psql($db, "SELECT decision, reason FROM smart_parking.validate_plate('$gate', '$plate')");
}

sub free_spots
{
	my ($db, $lot) = @_;
	return $node->safe_psql($db,
		"SELECT free_spots_counter FROM smart_parking.parking_status WHERE id = '$lot'");
}

# Every table of the extension with its number of rows and a hash of them all.
sub contents
{
	my ($db) = @_;
	my $tables = $node->safe_psql($db,
		"SELECT relname FROM pg_class WHERE relnamespace = 'smart_parking'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1");
	my %contents;
	for my $table (split /\n/, $tables)
	{
		$contents{$table} = $node->safe_psql($db,
			"SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM smart_parking.$table t");
	}
	return \%contents;
}

# --- a database with everything in it

$node->safe_psql('postgres', 'CREATE DATABASE source');
$node->safe_psql('source', 'CREATE EXTENSION smart_parking CASCADE');

my $lot = $node->safe_psql('source', "SELECT smart_parking.add_parking('Main', 51.05, 13.74, 12)");
my $small = $node->safe_psql('source', "SELECT smart_parking.add_parking('Small', 51.051, 13.741, 2)");
my $entry = $node->safe_psql('source', "SELECT smart_parking.add_gate('$lot', 'in', 'entry')");
my $exit = $node->safe_psql('source', "SELECT smart_parking.add_gate('$lot', 'out', 'exit')");

# each read is a passage
$node->safe_psql('source', "UPDATE smart_parking.gate SET passage_window = '0'");

my (undef, $lapsed) = reserve('source', $lot, 'DD X 1', hold => '1 second');
my (undef, $held, $held_spot) = reserve('source', $lot, 'DD H 1', user => "'$anna'", request => $request);
my (undef, $inside) = reserve('source', $lot, 'DD I 1');
my (undef, $gone) = reserve('source', $lot, 'DD G 1');
my (undef, $cancelled) = reserve('source', $lot, 'DD C 1');
my (undef, $other) = reserve('source', $small, 'DD S 1');

$node->safe_psql('source', "SELECT smart_parking.extend_hold('$held', '5 minutes')");
is(at_gate('source', $entry, 'DD I 1'), 'open|entered', 'a car inside');
is(at_gate('source', $entry, 'DD G 1'), 'open|entered', 'a car that came');
is(at_gate('source', $exit, 'DD G 1'), 'open|exited', 'and left');
is(at_gate('source', $entry, '. .'), 'manual|plate_unreadable', 'a read of no use');
is(at_gate('source', $entry, 'DD ZZ 99'), 'deny|no_booking', 'a stranger');
is($node->safe_psql('source', "SELECT smart_parking.cancel_booking('$cancelled', 'rain')"), 'cancelled', 'a hold given back');
$node->safe_psql('source', "SELECT smart_parking.set_spot_service('$lot', 12, false)");
$node->safe_psql('source', "SELECT smart_parking.resize_parking('$lot', 11)");
$node->poll_query_until('source',
	"SELECT clock_timestamp() > expires_at FROM smart_parking.booking WHERE id = '$lapsed'");
is($node->safe_psql('source', 'SELECT smart_parking.release_expired()'), 1, 'a hold that lapsed');

is( $node->safe_psql('source', 'SELECT string_agg(DISTINCT status::text, $$ $$ ORDER BY status::text) FROM smart_parking.booking'),
	'cancelled completed confirmed expired pending', 'bookings in every state');
is( $node->safe_psql('source',
		"SELECT relname FROM pg_class WHERE relnamespace = 'smart_parking'::regnamespace AND relkind IN ('r', 'p', 'S')
		 EXCEPT SELECT c.relname FROM pg_extension e, unnest(e.extconfig) t JOIN pg_class c ON c.oid = t WHERE e.extname = 'smart_parking'"),
	'', 'pg_dump takes every table of the extension');

my $before = contents('source');
my $free = free_spots('source', $lot);
my $definitions = "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
	WHERE connamespace = 'smart_parking'::regnamespace ORDER BY 1, 2";

# --- restored in the two usual ways

my $dir = PostgreSQL::Test::Utils::tempdir;

$node->safe_psql('postgres', 'CREATE DATABASE from_script TEMPLATE template0');
$node->command_ok([ 'pg_dump', '-f', "$dir/dump.sql", $node->connstr('source') ], 'pg_dump');
$node->command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/dump.sql", $node->connstr('from_script') ],
	'psql reads the script without an error');

$node->safe_psql('postgres', 'CREATE DATABASE from_archive TEMPLATE template0');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/dump.archive", $node->connstr('source') ], 'pg_dump -Fc');
$node->command_ok(
	[ 'pg_restore', '--exit-on-error', '-d', $node->connstr('from_archive'), "$dir/dump.archive" ],
	'pg_restore reads the archive without an error');

for my $db ('from_script', 'from_archive')
{
	is_deeply(contents($db), $before, "$db: every table has the same rows");
	is($node->safe_psql($db, $definitions), $node->safe_psql('source', $definitions), "$db: and the same constraints");
	is($node->safe_psql($db, 'SELECT * FROM smart_parking.check_invariants()'), '', "$db: invariants hold");
	is(free_spots($db, $lot), $free, "$db: the same free spots");

	# The hold keeps its spot, its driver and its request.
	is_deeply([ reserve($db, $lot, 'DD H 1', user => "'$anna'") ],
		[ 'already_reserved', $held, $held_spot ], "$db: the hold is still there");
	is_deeply([ reserve($db, $lot, 'DD H 1', user => "'$anna'", request => $request) ],
		[ 'reserved', $held, $held_spot ], "$db: a retry of its request finds it");

	my @new = map { [ reserve($db, $lot, "DD N $_") ] } 1 .. $free;
	is(scalar(grep { $_->[0] eq 'reserved' } @new), $free, "$db: every free spot can be had");
	is(scalar(grep { $_->[2] == $held_spot } @new), 0, "$db: the held one cannot");
	is((reserve($db, $lot, 'DD N 0'))[0], 'full', "$db: and then the lot is full");

	is($node->safe_psql($db, "SELECT smart_parking.cancel_booking('$new[0][1]')"), 'cancelled', "$db: cancel_booking works");
	is((reserve($db, $lot, 'DD N 0'))[0], 'reserved', "$db: its spot goes to the next");
	is(at_gate($db, $entry, 'DD H 1'), 'open|entered', "$db: the driver with the hold comes in");
	is(at_gate($db, $exit, 'DD I 1'), 'open|exited', "$db: the car that was inside leaves");
	is(at_gate($db, $entry, 'DD G 1'), 'deny|no_booking', "$db: the one that had left has no booking");

	my ($error) = ($node->psql($db, "\\set VERBOSITY verbose\nDELETE FROM smart_parking.booking"))[2];
	like($error, qr/SP024/, "$db: the guards were restored");
	is($node->safe_psql($db, 'SELECT * FROM smart_parking.check_invariants()'), '', "$db: invariants hold after that");
}

is_deeply(contents('source'), $before, 'the source was not touched');

done_testing();
