# The postmaster is killed again and again under the stress client's load:
# whatever the server acknowledged is there after each restart.
#
# STRESS is the stress client, CRASHES how often (10), STRESS_SEED the seed.
use strict;
use warnings;

use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $stress = $ENV{STRESS} or die 'STRESS does not say where the stress client is';
my $crashes = $ENV{CRASHES} || 10;
my $seed = $ENV{STRESS_SEED} || time % 1000000;
my $parts = "$FindBin::RealBin/../stress";

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
# PostgreSQL::Test turns fsync off; a killed server loses nothing by that, a
# machine without power would
$node->append_conf('postgresql.conf',
	"max_prepared_transactions = 64\nmax_connections = 100\nrestart_after_crash = off\nlog_statement = none\nautovacuum_naptime = 1");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$parts/setup.sql", $node->connstr('postgres') ],
	'the lots are made');

my $ledger = $node->basedir . '/ledger';
my $client = do
{
	local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'postgres', PGUSER => undef);
	delete $ENV{PGUSER};
	IPC::Run::start([ $stress, '--ledger', $ledger, '--seconds', 3600, '--clients', 16, '--seed', $seed ], '<', \undef);
};

sub acknowledged
{
	open my $file, '<', $ledger or return 0;
	return scalar grep { /^committed,reserve,reserved/ } <$file>;
}

sub gone
{
	my ($what, $is_gone) = @_;
	my $until = time + 60;
	until ($is_gone->())
	{
		die "$what is still there" if time > $until;
		select undef, undef, undef, 0.05;
	}
}

sub wait_for_load
{
	my $enough = acknowledged() + 200;
	my $until = time + 60;
	while (acknowledged() < $enough)
	{
		die 'no reservations are made any more' if time > $until;
		select undef, undef, undef, 0.05;
	}
}

sub verified
{
	my ($when) = @_;
	my ($out, $err) = run_command(
		[ 'psql', '-X', '-v', "ledger=$ledger", '-f', "$parts/verify.sql", $node->connstr('postgres') ]);
	my @failed = grep { !/^ok / } split /\n/, "$out\n$err";
	is(join("\n", grep { /\S/ } @failed), '', "$when, ledger and tables agree");
	like($out, qr/reservations are in the table \([1-9]/, "$when, there was something to compare");
}

for my $crash (1 .. $crashes)
{
	wait_for_load();
	my ($postmaster) = split /\n/, slurp_file($node->data_dir . '/postmaster.pid');
	$node->kill9;
	gone("postmaster $postmaster", sub { !kill 0, $postmaster });
	# the backends notice, and let go of the shared memory
	gone('its backends', sub { !grep { (readlink("$_/cwd") // '') eq $node->data_dir } glob '/proc/[0-9]*' });
	$node->start;
	is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', "crash $crash: the invariants hold");
}
wait_for_load();

# the client ends its transactions, prepared ones too, at a signal
$client->signal('TERM');
ok($client->finish, 'the stress client ended in good order');
verified("after $crashes crashes (seed $seed)");

done_testing();
