# The stress client at a server, for tests that break the server meanwhile.
#
# STRESS is the program, STRESS_SEED the seed of its choices.
package StressLoad;
use strict;
use warnings;

use Cwd 'abs_path';
use FindBin;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time sleep);

our $parts = "$FindBin::RealBin/../stress";
our $settings = "max_prepared_transactions = 64\nmax_connections = 100\nlog_statement = none\nautovacuum_naptime = 1\n";

# Makes the extension and the lots on a node.
sub prepare
{
	my ($node) = @_;
	$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$parts/setup.sql", $node->connstr('postgres') ],
		'the lots are made');
}

# Starts it; of several nodes the one that takes writes is used.
sub start
{
	my ($class, $clients, @nodes) = @_;
	my $self = bless {
		ledger => $nodes[0]->basedir . '/ledger',
		seed => $ENV{STRESS_SEED} || time % 1000000,
	}, $class;

	my $program = $ENV{STRESS} or die 'STRESS does not say where the stress client is';
	local %ENV = (
		%ENV,
		PGHOST => join(',', map { $_->host } @nodes),
		PGPORT => join(',', map { $_->port } @nodes),
		PGDATABASE => 'postgres',
		PGTARGETSESSIONATTRS => 'read-write');
	delete $ENV{PGUSER};
	$self->{client} = IPC::Run::start(
		[ $program, '--ledger', $self->{ledger}, '--seconds', 3600, '--clients', $clients, '--seed', $self->{seed} ], '<', \undef);
	return $self;
}

sub acknowledged
{
	my ($self) = @_;
	open my $file, '<', $self->{ledger} or return 0;
	return scalar grep { /^committed,reserve,reserved/ } <$file>;
}

sub wait_until
{
	my ($what, $is_so) = @_;
	my $until = time + $PostgreSQL::Test::Utils::timeout_default;
	until ($is_so->())
	{
		die "waited for in vain: $what" if time > $until;
		sleep 0.05;
	}
}

# Waits for so many acknowledged reservations more.
sub run
{
	my ($self, $reservations) = @_;
	my $enough = $self->acknowledged + $reservations;
	wait_until("$reservations reservations", sub { $self->acknowledged >= $enough });
}

# The client ends its transactions, prepared ones too, at a signal.
sub stop
{
	my ($self) = @_;
	$self->{client}->signal('TERM');
	ok($self->{client}->finish, 'the stress client ended in good order');
}

# A test that dies takes the client with it.
sub DESTROY
{
	my ($self) = @_;
	$self->{client}->kill_kill if $self->{client} && $self->{client}->pumpable;
}

# Compares the ledger with the tables of a node.
sub verify
{
	my ($self, $node, $when) = @_;
	my ($out, $err) = run_command(
		[ 'psql', '-X', '-v', "ledger=$self->{ledger}", '-f', "$parts/verify.sql", $node->connstr('postgres') ]);
	is(join("\n", grep { /\S/ && !/^ok / } split /\n/, "$out\n$err"), '', "$when, ledger and tables agree (seed $self->{seed})");
	like($out, qr/reservations are in the table \([1-9]/, "$when, there was something to compare");
}

# Kills a node's postmaster; returns when all its processes are gone.
sub kill_postmaster
{
	my ($node) = @_;
	my ($postmaster) = split /\n/, slurp_file($node->data_dir . '/postmaster.pid');
	my $directory = abs_path($node->data_dir);
	$node->kill9;
	wait_until("postmaster $postmaster gone", sub { !kill 0, $postmaster });
	# the backends notice, and let go of the shared memory
	wait_until('its backends gone', sub { !grep { (readlink("$_/cwd") // '') eq $directory } glob '/proc/[0-9]*' });
}

1;
