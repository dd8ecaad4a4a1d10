# Lapsed holds are released by pg_cron within two seconds, in both ways that
# pg_cron can run a job; and what happens without it.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Standstill;
use Test::More;

sub new_cluster
{
	my ($name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
	$node->append_conf('postgresql.conf', join("\n", @settings, ''));
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');
	return $node;
}

sub new_lot
{
	my ($node, $spots) = @_;
	return $node->safe_psql('postgres', "SELECT smart_parking.add_parking('Test', 51.05, 13.74, $spots)");
}

my $cars = 0;

# Holds one spot for a new driver; returns (outcome, booking_id).
sub reserve
{
	my ($node, $lot, $hold) = @_;
	$cars++;
	return split /\|/,
	  $node->safe_psql('postgres',
		"SELECT outcome, booking_id FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'DD T $cars', '$hold')");
}

sub status_of
{
	my ($node, $booking) = @_;
	return $node->safe_psql('postgres', "SELECT status FROM smart_parking.booking WHERE id = '$booking'");
}

sub expired_events
{
	my ($node, $booking) = @_;
	return $node->safe_psql('postgres',
		"SELECT count(*) FROM smart_parking.booking_event WHERE booking_id = '$booking' AND event = 'expired'");
}

sub free_spots
{
	my ($node, $lot) = @_;
	return $node->safe_psql('postgres',
		"SELECT free_spots_counter FROM smart_parking.parking_status WHERE id = '$lot'");
}

sub wait_until_lapsed
{
	my ($node, $booking) = @_;
	$node->poll_query_until('postgres',
		"SELECT clock_timestamp() > expires_at FROM smart_parking.booking WHERE id = '$booking'")
	  or die 'the clock stands still';
}

sub is_sound
{
	my ($node, $when) = @_;
	is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', "invariants hold $when");
}

# pg_cron opens a connection for each job, or starts a background worker.
my %cluster;
for my $way ('connections', 'workers')
{
	my $node = new_cluster(
		$way,
		"shared_preload_libraries = 'pg_cron'",
		"cron.database_name = 'postgres'",
		'cron.use_background_workers = ' . ($way eq 'workers' ? 'on' : 'off'));
	$node->append_conf('postgresql.conf', "cron.host = '" . $node->host . "'");
	$node->restart;
	$node->safe_psql('postgres', 'CREATE EXTENSION pg_cron');
	$cluster{$way} = { node => $node, lot => new_lot($node, 3) };
}

# --- starting it, twice

for my $way (sort keys %cluster)
{
	my $node = $cluster{$way}{node};

	is($node->safe_psql('postgres', 'SELECT scheduled, running, overdue_bookings FROM smart_parking.sweeper_status()'),
		'f|f|0', "$way: no sweeper at first");

	my $job = $node->safe_psql('postgres', 'SELECT smart_parking.start_sweeper()');
	like($job, qr/^\d+$/, "$way: start_sweeper gives a job id");
	my $jobs = $node->safe_psql('postgres', 'SELECT count(*) FROM cron.job');

	is($node->safe_psql('postgres', 'SELECT smart_parking.start_sweeper()'), $job, "$way: starting again keeps the job");
	is($node->safe_psql('postgres', 'SELECT count(*) FROM cron.job'), $jobs, "$way: and makes no second one");
	is( $node->safe_psql('postgres', 'SELECT scheduled, job_id, every FROM smart_parking.sweeper_status()'),
		"t|$job|00:00:01",
		"$way: sweeper_status knows the job");
}

for my $way (sort keys %cluster)
{
	ok( $cluster{$way}{node}->poll_query_until('postgres', 'SELECT running FROM smart_parking.sweeper_status()'),
		"$way: pg_cron runs it");
}

# --- holds that lapse before, at and after a full minute, where one job ends
# and the next begins

my $clock = $cluster{workers}{node};
my $standstill = Standstill->watch($clock);
my $boundary;

# Reserves and waits for the release, over and over, until the minute has come and is past.
sub hold_through_minute
{
	$boundary = $clock->safe_psql('postgres',
		"SELECT date_trunc('minute', clock_timestamp() + interval '1 minute 5 seconds')");
	until ($clock->safe_psql('postgres', "SELECT clock_timestamp() > timestamptz '$boundary' + interval '6 seconds'") eq 't')
	{
		for my $way (sort keys %cluster)
		{
			for my $hold ('1 second', '1.7 seconds', '2.4 seconds')
			{
				my ($outcome) = reserve($cluster{$way}{node}, $cluster{$way}{lot}, $hold);
				$outcome eq 'reserved' or die "$way: $outcome";
			}
		}
		for my $way (sort keys %cluster)
		{
			$cluster{$way}{node}->poll_query_until('postgres',
				"SELECT NOT EXISTS (SELECT FROM smart_parking.booking WHERE status = 'pending')")
			  or die "$way: holds are not released";
		}
	}
}

# How many holds lapsed around the minute.
sub holds_around_minute
{
	my ($way) = @_;
	return $cluster{$way}{node}->safe_psql('postgres',
		"SELECT count(*) FROM smart_parking.booking
		 WHERE expires_at BETWEEN timestamptz '$boundary' - interval '4 seconds'
						  AND timestamptz '$boundary' + interval '4 seconds'");
}

# A minute at which the machine stood still may pass without one: then the next one has to do.
for my $minute (1 .. 5)
{
	hold_through_minute();
	last unless grep { holds_around_minute($_) < 3 } keys %cluster;
}
my $stood_still = $standstill->spans;
note("the machine stood still: $stood_still");

for my $way (sort keys %cluster)
{
	my ($node, $lot) = @{ $cluster{$way} }{ 'node', 'lot' };

	cmp_ok(holds_around_minute($way), '>=', 3, "$way: holds lapsed around the full minute");
	is( $node->safe_psql('postgres',
			"SELECT id, status, expires_at, ended_at - expires_at, stood_still FROM smart_parking.booking,
			 LATERAL (SELECT coalesce(sum(upper(span) - lower(span)), '0') AS stood_still
				FROM unnest(tstzmultirange(tstzrange(expires_at, greatest(expires_at, ended_at))) * $stood_still) AS span) AS s
			 WHERE status <> 'expired' OR NOT ended_at - expires_at BETWEEN interval '0' AND interval '2 seconds' + stood_still"),
		'', "$way: each was released within 2 seconds of its time, and none before");
	is( $node->safe_psql('postgres',
			"SELECT b.id, count(e.booking_id) FROM smart_parking.booking b
			 LEFT JOIN smart_parking.booking_event e ON e.booking_id = b.id AND e.event = 'expired'
			 GROUP BY b.id HAVING count(e.booking_id) <> 1"),
		'', "$way: each has one event about it");
	is(free_spots($node, $lot), 3, "$way: the spots are free again");
	is($node->safe_psql('postgres', 'SELECT count(*) FROM smart_parking.booking WHERE ended_at IS NULL'),
		0, "$way: in the records too");
	is( $node->safe_psql('postgres',
			"SELECT scheduled, running, overdue_bookings, oldest_overdue,
					last_started > clock_timestamp() - interval '70 seconds'
			 FROM smart_parking.sweeper_status()"),
		't|t|0||t', "$way: sweeper_status agrees");
	is($node->safe_psql('postgres', "SELECT * FROM cron.job_run_details WHERE status = 'failed'"),
		'', "$way: no run of the job failed");
	is_sound($node, "($way)");
	note("$way: "
		  . $node->safe_psql('postgres',
			"SELECT count(*) || ' holds released, after ' || avg(ended_at - expires_at) || ' on average, '
					|| max(ended_at - expires_at) || ' at most' FROM smart_parking.booking"));
}

$standstill->stop;

# --- stopping it: a lapsed hold stays on record as pending, but not in the way

for my $way (sort keys %cluster)
{
	my $node = $cluster{$way}{node};
	is($node->safe_psql('postgres', 'SELECT smart_parking.stop_sweeper()'), 't', "$way: stop_sweeper");
	is($node->safe_psql('postgres', 'SELECT smart_parking.stop_sweeper()'), 'f', "$way: there is nothing to stop twice");
}

for my $way (sort keys %cluster)
{
	my ($node, $lot) = @{ $cluster{$way} }{ 'node', 'lot' };

	ok( $node->poll_query_until('postgres', 'SELECT NOT scheduled AND NOT running FROM smart_parking.sweeper_status()'),
		"$way: the sweeper ends");

	my (undef, $booking) = reserve($node, $lot, '1 second');
	$node->poll_query_until('postgres',
		"SELECT clock_timestamp() > expires_at + interval '3 seconds' FROM smart_parking.booking WHERE id = '$booking'");
	is(status_of($node, $booking), 'pending', "$way: nobody sweeps any more");
	is( $node->safe_psql('postgres',
			"SELECT overdue_bookings, oldest_overdue BETWEEN '3 seconds' AND '1 minute' FROM smart_parking.sweeper_status()"),
		'1|t', "$way: sweeper_status tells the backlog");
	is(free_spots($node, $lot), 3, "$way: a lapsed hold counts as free");

	my @outcomes = map { (reserve($node, $lot, '10 minutes'))[0] } 1 .. 4;
	is("@outcomes", 'reserved reserved reserved full', "$way: and its spot is given to the next driver");
	is(status_of($node, $booking), 'expired', "$way: that driver's call expired it");
	is(expired_events($node, $booking), 1, "$way: once");
	is_sound($node, "without a sweeper ($way)");
}

# --- two sweeps by hand at once

{
	my $node = $cluster{workers}{node};
	my $lot = new_lot($node, 2);
	my @holds = map { (reserve($node, $lot, '1 second'))[1] } 1 .. 2;
	my $door = $node->background_psql('postgres', on_error_stop => 1);
	my (@sweeps, @errors);

	# both are there before one may begin
	$door->query('SELECT pg_advisory_lock(1)');

	for my $n (0, 1)
	{
		$errors[$n] = '';
		push @sweeps,
		  IPC::Run::start(
			[
				'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'),
				'-c', 'DO $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); END $$',
				'-c', "CALL smart_parking.sweep('100 milliseconds', '3 seconds')"
			],
			'<', \undef, '>', '/dev/null', '2>', \$errors[$n]);
	}
	$node->poll_query_until('postgres', "SELECT count(*) = 2 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
	  or die 'the two sweeps do not come';
	$door->quit;
	for my $n (0, 1)
	{
		ok($sweeps[$n]->finish, "sweep $n of two at once ends well");
	}
	is(join('', @errors), "NOTICE:  another sweeper is at work in this database\n", 'one of them leaves it to the other');
	for my $booking (@holds)
	{
		is(status_of($node, $booking), 'expired', 'two sweeps at once release a hold');
		is(expired_events($node, $booking), 1, 'once');
	}
	is(free_spots($node, $lot), 2, 'and count its spot once');
	is_sound($node, 'after two sweeps at once');
}

# --- without pg_cron

{
	my $node = new_cluster('without');
	my $lot = new_lot($node, 2);
	my ($status, undef, $errors) =
	  $node->psql('postgres', "\\set VERBOSITY verbose\nSELECT smart_parking.start_sweeper()");

	isnt($status, 0, 'without pg_cron there is no sweeper');
	like($errors, qr/ERROR:  SP030: /, 'SQLSTATE SP030');
	like($errors, qr/^HINT:.*pg_cron/m, 'the hint says what to install');
	like($errors, qr/^HINT:.*(release_expired|smart_parking\.sweep)/m, 'and how to sweep without it');

	is($node->safe_psql('postgres', 'SELECT scheduled, running, overdue_bookings FROM smart_parking.sweeper_status()'),
		'f|f|0', 'sweeper_status works');
	is($node->safe_psql('postgres', 'SELECT smart_parking.stop_sweeper()'), 'f', 'stop_sweeper has nothing to stop');

	my (undef, $first) = reserve($node, $lot, '1 second');
	$node->safe_psql('postgres', "CALL smart_parking.sweep('100 milliseconds', '2 seconds')");
	is(status_of($node, $first), 'expired', 'a sweep by hand releases what lapses while it runs');

	my (undef, $second) = reserve($node, $lot, '1 second');
	wait_until_lapsed($node, $second);
	is($node->safe_psql('postgres', 'SELECT smart_parking.release_expired()'), 1, 'release_expired releases what has lapsed');
	is($node->safe_psql('postgres', 'SELECT smart_parking.release_expired()'), 0, 'once');
	is(free_spots($node, $lot), 2, 'all spots are free');
	is_sound($node, 'without pg_cron');
}

done_testing();
