# The postmaster is killed again and again under load: whatever the server
# acknowledged is there after each restart.  CRASHES says how often (10).
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StressLoad;
use Test::More;

my $crashes = $ENV{CRASHES} || 10;

# PostgreSQL::Test turns fsync off: a killed server loses nothing by that,
# only a machine without power would.
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', $StressLoad::settings);
$node->start;
StressLoad::prepare($node);

my $load = StressLoad->start(16, $node);
for my $crash (1 .. $crashes)
{
	$load->run(200);
	StressLoad::kill_postmaster($node);
	$node->start;
	is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', "crash $crash: the invariants hold");
}
$load->run(200);
$load->stop;
$load->verify($node, "after $crashes crashes");

done_testing();
