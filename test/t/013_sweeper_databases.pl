# The sweeper in databases with settings of their own, in a second database of
# the server, in one that is renamed, and after DROP EXTENSION.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf',
	join("\n", "shared_preload_libraries = 'pg_cron'", "cron.database_name = 'postgres'", "cron.host = '" . $node->host . "'", ''));
$node->start;

my $second = "it's \"second\"";
(my $quoted_second = $second) =~ s/'/''/g;

# Past the databases' settings, which are meant for the sweeper; pg_cron's
# sessions do not see this environment.
sub psql
{
	my ($db, $sql) = @_;
	local $ENV{PGOPTIONS} = '-c default_transaction_read_only=off -c default_transaction_isolation=read\ committed -c statement_timeout=0';
	my ($status, $out, $err) = $node->psql($db, $sql);
	return ($status, $out, $err);
}

sub sql
{
	my ($db, $sql) = @_;
	my ($status, $out, $err) = psql($db, $sql);
	$status == 0 or die "$sql: $err";
	return $out;
}

sub until_true
{
	my ($db, $sql, $what) = @_;
	for (1 .. 1200)
	{
		return ok(1, $what) if sql($db, $sql) eq 't';
		select(undef, undef, undef, 0.1);
	}
	ok(0, $what);
	diag($sql, ': ', sql($db, $sql));
	return;
}

# Holds one spot until it is released.
sub hold
{
	my ($db, $seconds) = @_;
	return sql($db, "SELECT booking_id FROM smart_parking.parking p, smart_parking.reserve_spot(p.id, gen_random_uuid(), 'DD S ' || (extract(epoch FROM clock_timestamp()) * 1000)::bigint % 1000000, make_interval(secs => $seconds))");
}

# --- settings, each of which stands in somebody's database

my @settings = (
	[ 'statement_timeout', '2s' ],
	[ 'lock_timeout', '100ms' ],
	[ 'idle_in_transaction_session_timeout', '1s' ],
	[ 'default_transaction_isolation', 'serializable' ],
	[ 'default_transaction_read_only', 'on' ],
	[ 'default_transaction_deferrable', 'on' ],
	[ 'standard_conforming_strings', 'off' ],
	[ 'backslash_quote', 'off' ],
	[ 'escape_string_warning', 'off' ],
	[ 'search_path', 'hostile, pg_catalog' ],
	[ 'TimeZone', 'Pacific/Kiritimati' ],
	[ 'DateStyle', 'German, DMY' ],
	[ 'IntervalStyle', 'sql_standard' ],
	[ 'row_security', 'off' ],
	[ 'transform_null_equals', 'on' ],
	[ 'plpgsql.extra_errors', 'all' ]);
push @settings, [ 'transaction_timeout', '2s' ] if $node->pg_version >= 17;

for my $db ('postgres', $second)
{
	sql('postgres', "CREATE DATABASE \"it's \"\"second\"\"\"") if $db eq $second;
	sql($db, 'CREATE EXTENSION smart_parking CASCADE');
	sql($db, 'CREATE EXTENSION pg_cron') if $db eq 'postgres';
	sql($db, q{CREATE SCHEMA hostile;
		CREATE FUNCTION hostile.to_regprocedure(text) RETURNS regprocedure LANGUAGE sql AS 'SELECT NULL::regprocedure';
		CREATE FUNCTION hostile.equal(name, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
		CREATE OPERATOR hostile.= (LEFTARG = name, RIGHTARG = text, FUNCTION = hostile.equal)});
	sql($db, "SELECT smart_parking.add_parking('Test', 51.05, 13.74, 200)");
	sql($db, q{DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET } . "$_->[0] = " . ($_->[0] eq 'search_path' ? $_->[1] : "''$_->[1]''") . q{', current_database()); END $$})
	  for @settings;
}

# --- a single sweep by hand, under all of them at once

for my $db ('postgres', $second)
{
	my $booking = hold($db, 0.01);
	until_true($db, "SELECT clock_timestamp() > expires_at FROM smart_parking.booking WHERE id = '$booking'", 'a hold lapses');
	my ($status, $out, $err) = $node->psql($db, "CALL smart_parking.sweep(run_for => '0'); SHOW transaction_isolation; SHOW lock_timeout; SHOW transaction_read_only");
	is($err, '', "$db: a sweep by hand");
	is($out, "serializable\n100ms\non", "$db: leaves the session's settings");
	is(sql($db, "SELECT status FROM smart_parking.booking WHERE id = '$booking'"), 'expired', "$db: releases");
	my $longer = ($node->psql($db, "CALL smart_parking.sweep('100 milliseconds', '4 seconds')"))[2];
	is($longer, '', "$db: a run longer than statement_timeout ends when it should");
}

# --- with pg_cron, here and in the second database

my ($status, $job, $err) = $node->psql('postgres', 'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; SELECT smart_parking.start_sweeper()');
like($job, qr/^\d+$/, 'start_sweeper works under these settings') or diag($err);
is(sql('postgres', "SELECT scheduled, job_id, every = '1 second' FROM smart_parking.sweeper_status()"), "t|$job|t", 'sweeper_status reads the job');

($status, undef, $err) = psql($second, 'SELECT smart_parking.start_sweeper()');
isnt($status, 0, 'a second database has no pg_cron');
like($err, qr/cron\.database_name = 'it''s "second"'/, 'the hint has its name as postgresql.conf wants it');
my ($schedule) = $err =~ /(SELECT cron\.schedule_in_database\(.*?\))\. /;
isnt($schedule, undef, 'and what to run') or diag($err);
is(sql($second, 'SELECT scheduled IS NULL, running FROM smart_parking.sweeper_status()'), 't|f', 'nothing runs there yet, and it cannot see jobs');
is(sql($second, 'SELECT last_outcome FROM smart_parking.sweeper_status()'), 'to be seen in database postgres, where pg_cron has its jobs', 'but says where they are');
sql('postgres', $schedule);
is(sql('postgres', 'SELECT jobname, database FROM cron.job ORDER BY jobid DESC LIMIT 1'), "smart_parking sweeper of $second|$second", 'the hint does what it says');

my %sweeping;
for my $db ('postgres', $second)
{
	until_true($db, 'SELECT scheduled AND running FROM smart_parking.sweeper_status()', "$db: sweeps, and says so");
	$sweeping{$db} = sql($db, 'SELECT clock_timestamp()');
}

# Longer than any of the time-outs.
for my $round (1 .. 4)
{
	for my $db ('postgres', $second)
	{
		my $booking = hold($db, 1);
		until_true($db, "SELECT status = 'expired' FROM smart_parking.booking WHERE id = '$booking'", "$db: a hold is released ($round)");
	}
}
for my $db ('postgres', $second)
{
	is(sql($db, "SELECT * FROM smart_parking.booking WHERE ended_at - expires_at > interval '2 seconds' AND created_at > '$sweeping{$db}'"), '', "$db: within 2 seconds");
	until_true($db, "SELECT backend_xmin IS NULL AND query LIKE '%waiting' FROM pg_stat_activity a JOIN smart_parking_internal.sweeper_backend() s ON a.pid = s.pid", "$db: the sweeper holds no snapshot while it waits");
	is(sql($db, 'SELECT * FROM smart_parking.sweep_failure'), '', "$db: nothing failed");
}
is(sql('postgres', q{SELECT status, return_message FROM cron.job_run_details WHERE status = 'failed'}), '', 'no run failed');
like((psql($second, 'SELECT smart_parking.stop_sweeper()'))[2], qr/jobs of this server's pg_cron stand in database postgres.*database = 'it''s "second"'/s, 'stop_sweeper says where the job is');

# --- ALTER DATABASE RENAME: pg_cron has to be off meanwhile, it is connected

# pg_cron itself does not start where transactions are read only by default.
sql('postgres', 'ALTER DATABASE postgres RESET default_transaction_read_only');
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
sql('template1', 'ALTER DATABASE postgres RENAME TO renamed');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_cron'\ncron.database_name = 'renamed'");
$node->restart;
is(sql('renamed', 'SELECT scheduled, last_outcome FROM smart_parking.sweeper_status()'),
	'f|the job is for database postgres: call start_sweeper() again', 'a renamed database: sweeper_status says what to do');
sql('renamed', 'SELECT smart_parking.start_sweeper()');
is(sql('renamed', "SELECT DISTINCT database FROM cron.job WHERE jobname IN ('smart_parking sweeper', 'smart_parking sweeper at start')"), 'renamed', 'start_sweeper puts the jobs right');
is(sql('renamed', 'SELECT scheduled FROM smart_parking.sweeper_status()'), 't', 'and it is scheduled again');

# --- DROP EXTENSION

until_true('renamed', 'SELECT running FROM smart_parking.sweeper_status()', 'it sweeps again');
sql('renamed', 'DROP EXTENSION smart_parking');
until_true('renamed', "SELECT NOT EXISTS (SELECT FROM cron.job WHERE jobname LIKE 'smart_parking sweeper%' AND database = current_database())", 'after DROP EXTENSION the jobs remove themselves');
is(sql('renamed', "SELECT count(*) FROM cron.job_run_details WHERE status = 'failed' AND database = 'renamed'"), '0', 'and no run failed for it');

$node->stop;
done_testing();
