# Notices when the machine stands still for everybody, as one does whose host
# has other things to do: nothing can be in time then, so a test that is about
# being in time leaves such spans out.
#
# A bystander connects to a server and asks it nothing, over and over.
package Standstill;
use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Utils;

# Longer than this between two answers is a standstill; they come every quarter
# of a second or so.
use constant LONGEST => 0.75;

my $bystander = q{
	use Time::HiRes qw(time sleep);
	my ($file, $longest, @ask) = @ARGV;
	my $last = time;
	while (1)
	{
		system(@ask) == 0 or exit 1;
		my $now = time;
		if ($now - $last > $longest)
		{
			open my $out, '>>', $file or die "$file: $!";
			print $out "($last, $now)\n";
			close $out;
		}
		$last = $now;
		sleep 0.2;
	}
};

sub watch
{
	my ($class, $node) = @_;
	my $self = bless { file => $node->basedir . '/standstills' }, $class;

	append_to_file($self->{file}, '');
	$self->{process} = IPC::Run::start(
		[ $^X, '-e', $bystander, $self->{file}, LONGEST, 'psql', '-X', '-o', '/dev/null', '-d', $node->connstr('postgres'), '-c', 'SELECT' ],
		'<', \undef, '>', \$self->{said});
	return $self;
}

# What was noticed until now, as an expression of type tstzmultirange.
sub spans
{
	my ($self) = @_;

	# it says nothing, but what it would say it with is closed at its end
	$self->{process}->pump_nb if $self->{process}->pumpable;
	die 'nobody watches any more' unless $self->{process}->pumpable;
	my $pairs = join ', ', split /\n/, slurp_file($self->{file});
	return $pairs
	  ? "(SELECT range_agg(tstzrange(to_timestamp(since), to_timestamp(until))) FROM (VALUES $pairs) AS v (since, until))"
	  : "tstzmultirange '{}'";
}

sub stop
{
	my ($self) = @_;
	$self->{process}->kill_kill if $self->{process};
	delete $self->{process};
}

# A test that dies takes it along.
sub DESTROY
{
	my ($self) = @_;
	$self->stop;
}

1;
