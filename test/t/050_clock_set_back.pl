# The server's clock is set back an hour while it runs, as a correction by NTP does: a car is one passage all the same, its order
# is not carried out an hour late, and a sweep lasts as long as it should.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my ($library) = glob('/usr/lib/*/faketime/libfaketime.so.1');
die 'the package faketime is missing' unless $library;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);

# what the server adds to the clock, read again at each look
my $clock = $node->basedir . '/clock';

sub set_clock
{
	my ($offset) = @_;
	my $new = "$clock.new";
	append_to_file($new, "$offset\n");
	rename $new, $clock or die "cannot set the clock: $!";
}

set_clock('+0');
{
	local %ENV = (%ENV, LD_PRELOAD => $library, FAKETIME_TIMESTAMP_FILE => $clock, FAKETIME_NO_CACHE => 1, FAKETIME_DISABLE_SHM => 1,
		DONT_FAKE_MONOTONIC => 1, FAKETIME_DONT_FAKE_MONOTONIC => 1);
	$node->start;
}

sub sql
{
	my ($sql) = @_;
	return $node->safe_psql('postgres', $sql);
}

sub read_plate
{
	my ($gate, $plate) = @_;
	return split /\|/, sql("SELECT decision || ' ' || reason, command_id FROM smart_parking.validate_plate('$gate', '$plate')");
}

sub count_of
{
	my ($plate) = @_;
	return sql("SELECT count(DISTINCT p.id), count(DISTINCT c.id) FROM smart_parking.passage p JOIN smart_parking.barrier_command c ON c.passage_id = p.id WHERE p.car_plate::text = '$plate'");
}

sql('CREATE EXTENSION smart_parking CASCADE');
my $lot = sql(q{SELECT smart_parking.add_parking('Clock', 51.05, 13.74, 20)});
my $entry = sql("SELECT smart_parking.add_gate('$lot', 'in', 'entry')");
my $sensed = sql("SELECT smart_parking.add_gate('$lot', 'sensed', 'entry')");
sql(q{UPDATE smart_parking.gate SET passage_window = '10 minutes', command_life = '10 minutes', senses_passage = name = 'sensed'});
sql("SELECT smart_parking.reserve_spot('$lot', gen_random_uuid(), plate, hold => '2 hours') FROM unnest(ARRAY['XA 1111', 'AB 2222', 'BC 3333', 'CD 4444']) AS plate");

is((read_plate($entry, 'XA1111'))[0], 'open entered', 'a car');
is((read_plate($entry, 'AB2222'))[0], 'open entered', 'and the next one');
my (undef, $command) = read_plate($sensed, 'CD4444');
my $before = sql('SELECT clock_timestamp()');

# --- back an hour, in the middle of a sweep

my $sweep_begun = time;
my ($out, $err) = ('', '');
my $sweep = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c', "CALL smart_parking.sweep(run_for => '4 seconds')" ], '>', \$out, '2>', \$err, IPC::Run::timeout(120));
$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'smart_parking sweeper%' OR query LIKE 'CALL smart_parking.sweep%')");
set_clock('-3600');
is(sql("SELECT clock_timestamp() < timestamptz '$before' - interval '50 minutes'"), 't', 'the clock is set back');

is((read_plate($entry, 'AB2222'))[0], 'open entered', 'the car that stands there is read again') for 1 .. 2;
is(count_of('AB2222'), '1|1', 'one passage, one order');
is((read_plate($entry, 'BC3333'))[0], 'open entered', 'a car that comes now') for 1 .. 3;
is(count_of('BC3333'), '1|1', 'one passage, one order');
is(sql("SELECT count(*) FROM smart_parking.pending_commands('$sensed')"), '0', 'an order of before is handed out no more');
is(sql("SELECT smart_parking.acknowledge_command('$command')"), 'timed_out', 'nor carried out');

$sweep->finish;
cmp_ok(time - $sweep_begun, '<', 60, 'the sweep ended by itself');
is($err, '', 'and well');

# --- the car of that order waits still

my (undef, $again) = read_plate($sensed, 'CD4444');
is(sql("SELECT smart_parking.acknowledge_command('$again')"), 'acknowledged', 'it gets one that is good');
is(sql("SELECT count(*) FROM smart_parking.passage WHERE gate_id = '$sensed'"), '1', 'in its passage');
is(sql("SELECT smart_parking.report_passage('$again')"), 'passed', 'and is through');
is(sql(q{SELECT string_agg(DISTINCT status::text, ' ') FROM smart_parking.booking}), 'confirmed', 'all are inside');

# --- and forth again

set_clock('+0');
is((read_plate($entry, 'DE5555'))[0], 'deny no_booking', 'the clock is right again: reads go on');
is(sql('SELECT count(*) FROM smart_parking.check_invariants()'), '0', 'the invariants hold');
$node->stop;
done_testing();
