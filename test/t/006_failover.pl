# Under load a synchronous standby answers searches, a dump is taken, and the
# primary is killed: the standby takes over and has all that was acknowledged.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StressLoad;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$primary->append_conf('postgresql.conf', $StressLoad::settings);
$primary->start;
StressLoad::prepare($primary);

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->append_conf('postgresql.conf', 'max_standby_streaming_delay = 60s');
$standby->start;
$primary->append_conf('postgresql.conf', "synchronous_standby_names = 'standby'\nsynchronous_commit = on");
$primary->reload;

my $load = StressLoad->start(16, $primary, $standby);
$load->run(300);

# --- the standby answers

my $searches = 0;
my $until = $load->acknowledged + 300;
while ($load->acknowledged < $until)
{
	my $lots = $standby->safe_psql('postgres',
		'SELECT count(*), count(*) FILTER (WHERE free_spots < 1 OR free_spots > total_capacity) FROM smart_parking.nearby_parking(51.0, 13.7)');
	$lots =~ /^[0-5]\|0$/ or die "the standby found $lots";
	$searches++;
}
cmp_ok($searches, '>', 0, 'the standby answered searches while the load ran');
is($standby->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'and the invariants hold there, at its instant');

# --- a dump is consistent

my $dump = $primary->basedir . '/dump.sql';
$primary->command_ok([ 'pg_dump', '--file', $dump, $primary->connstr('postgres') ], 'a dump is taken under load');
$primary->safe_psql('postgres', 'CREATE DATABASE restored');
$primary->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '--output', '/dev/null', '-f', $dump, $primary->connstr('restored') ],
	'it is restored');
is($primary->safe_psql('restored', 'SELECT * FROM smart_parking.check_invariants()'), '', 'the invariants hold in it');
cmp_ok($primary->safe_psql('restored', 'SELECT count(*) FROM smart_parking.booking'), '>=', 600, 'with the bookings');
like(
	$primary->safe_psql('restored',
		"SELECT outcome FROM stress.lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(), 'AFTER 1') WHERE n = 5"),
	qr/^(reserved|full)$/, 'and reservations go on there');

# --- the primary is lost

$load->run(200);
StressLoad::kill_postmaster($primary);
$standby->promote;
$load->run(300);
is($standby->safe_psql('postgres', 'SELECT pg_is_in_recovery()'), 'f', 'the standby takes reservations');
$load->stop;
$load->verify($standby, 'after the failover');

done_testing();
