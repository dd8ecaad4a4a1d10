# examples/gate-simulator plays a day at the gates over real connections; what it leaves in the database.
use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $sources = abs_path(dirname(__FILE__) . '/../../examples/gate-simulator');
my $build = PostgreSQL::Test::Utils::tempdir();
copy($_, $build) or die "cannot copy $_: $!" for glob("$sources/*.[ch]"), "$sources/Makefile";
my ($out, $err) = run_command([ 'make', '-C', $build, 'gate-simulator' ]);
ok(-x "$build/gate-simulator", 'the simulator builds') or die "$out$err";

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');

sub play
{
	local $ENV{PGHOST} = $node->host;
	local $ENV{PGPORT} = $node->port;
	local $ENV{PGDATABASE} = 'postgres';
	my ($out, $err) = run_command(["$build/gate-simulator"]);
	is($err, '', 'it says nothing on standard error');
	unlike($out, qr/NOT AS EXPECTED/, 'every answer is as expected') or diag($out);
	like($out, qr/^All went as expected\.$/m, 'and it says so at the end');
	is(scalar(() = $out =~ /^\d+\. /mg), 8, 'all scenes were played');
}
play();

is( $node->safe_psql('postgres', q{
	SELECT string_agg(car_plate::text || ' ' || status, ', ' ORDER BY car_plate::text) FROM smart_parking.booking}),
	'CBE404 completed, DDAN1206 completed, HHX77 confirmed, LDO12 confirmed',
	'each booking is where its car is');
is( $node->safe_psql('postgres', q{
	SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) AS n FROM smart_parking.barrier_command GROUP BY state) AS c}),
	'failed 1, passed 4, reversed 1',
	'each order to a barrier ended once; no order came of what was replayed');
is( $node->safe_psql('postgres', q{
	SELECT string_agg(kind || ' ' || resolution, ', ') FROM smart_parking.gate_incident}),
	'barrier_failed freed the arm',
	'the stuck barrier is the only incident');
is( $node->safe_psql('postgres', q{SELECT free_spots_counter FROM smart_parking.parking_status}), '4', 'two spots are taken');
is( $node->safe_psql('postgres', q{SELECT * FROM smart_parking.check_invariants()}), '', 'the invariants hold');

# a lot of its own each time
play();
is($node->safe_psql('postgres', q{SELECT count(*) FROM smart_parking.parking}), '2', 'it can be played again');

$node->stop;
done_testing();
