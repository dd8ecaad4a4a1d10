# What monitoring sees: the view metrics, the exporter of Debian with our
# queries.yaml, and Prometheus with our rules and the dashboard's queries.
use strict;
use warnings;

use HTTP::Tiny;
use IPC::Run ();
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $programs = $ENV{SMART_PARKING_MONITORING} or die "SMART_PARKING_MONITORING names no directory with Debian's programs\n";
(my $examples = __FILE__) =~ s,[^/]*$,../../examples/monitoring,;
my $http = HTTP::Tiny->new(timeout => 30);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 2');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');

sub sql
{
	my ($sql) = @_;
	return $node->safe_psql('postgres', $sql);
}

sql(q{CREATE ROLE watcher LOGIN; SELECT smart_parking.grant_access('watcher', 'monitor')});

# The views run their functions with the rights of who looks; tables stay closed.
for my $closed ('smart_parking.booking', 'smart_parking.plate_read', 'smart_parking.release_expired()')
{
	my ($status, $out, $err) = $node->psql('postgres', "SELECT * FROM $closed", extra_params => [ '-U', 'watcher' ]);
	like($err, qr/permission denied/, "who may monitor has no $closed");
}

# ------------------------------------------------------- one of each to count

sub wait_for
{
	my ($query) = @_;
	$node->poll_query_until('postgres', $query) or die "it did not come to be: $query\n";
}

my $lot = sql(q{SELECT smart_parking.add_parking('Small, "old"', 51.05, 13.74, 3)});
my $closed = sql(q{SELECT smart_parking.add_parking('Closed', 51.06, 13.75, 3)});
sql("SELECT smart_parking.close_parking('$closed')");
my $gate = sql("SELECT smart_parking.add_gate('$lot', 'West', 'entry')");
my $sensing = sql("SELECT smart_parking.add_gate('$lot', 'East', 'entry')");
sql("SELECT smart_parking.set_gate('$sensing', senses_passage => true, command_life => '1 second')");
sql("SELECT smart_parking.add_gate('$lot', 'Never used', 'exit')");

my $cars = 0;
sub reserve
{
	my (%o) = (lot => $lot, user => '00000000-0000-0000-0000-000000000001', request => undef, @_);
	$o{plate} //= 'CAR' . ++$cars;
	my $request = $o{request} ? "'$o{request}'" : 'NULL';
	my ($status, $out, $err) = $node->psql('postgres',
		"\\set VERBOSITY sqlstate\nSELECT outcome FROM smart_parking.reserve_spot('$o{lot}', '$o{user}', '$o{plate}', request_id => $request)");
	return $out || $err;
}

my $user = '00000000-0000-0000-0000-00000000000';
my $request = '11111111-1111-1111-1111-111111111111';
is(reserve(request => $request, plate => 'FIRST'), 'reserved', 'reserved');
is(reserve(request => $request, plate => 'FIRST'), 'reserved', 'and again, by its request_id');
is(reserve(plate => 'FIRST'), 'already_reserved', 'already_reserved');
like(reserve(plate => 'FIRST', user => "${user}2"), qr/SP022/, 'a plate of another user');
is(reserve(lot => $closed), 'closed', 'closed');
is(reserve(user => "${user}3", plate => 'INSIDE'), 'reserved', 'a second car');
sql("SELECT decision FROM smart_parking.validate_plate('$gate', 'INSIDE')");
is(reserve(user => "${user}4", plate => 'LAPSES'), 'reserved', 'a third car');
is(reserve(user => "${user}5"), 'full', 'full') for 1 .. 5;
my $big = sql(q{SELECT smart_parking.add_parking('Big', 51.07, 13.75, 30)});
is(reserve(lot => $big, user => "${user}6"), 'reserved', 'reserved in another lot') for 1 .. 3;
like(reserve(lot => $big, user => "${user}6"), qr/SP020/, 'one hold too many');

# a hold that lapsed three minutes ago and nobody swept
sql("SET session_replication_role = replica; UPDATE smart_parking.booking SET created_at = now() - interval '20 minutes', expires_at = now() - interval '3 minutes' WHERE car_plate::text = 'LAPSES'");
# a verdict of each kind, an order of which nothing is heard, an incident
sql("SELECT smart_parking.validate_plate('$gate', 'NOBODY')");
sql("SELECT smart_parking.validate_plate(smart_parking.add_gate('$lot', 'South', 'entry'), NULL)");
sql("SELECT smart_parking.report_gate_passage('$sensing', 'event 1')");
is(sql("SELECT decision FROM smart_parking.validate_plate('$sensing', 'FIRST')"), 'open', 'an order to open, of which nothing more is heard');
sql("INSERT INTO smart_parking.sweep_failure VALUES ('overstay', gen_random_uuid(), '$lot', now(), now(), 'XX000', 'made up')");
wait_for("SELECT count(*) = 1 FROM smart_parking.barrier_command WHERE awaits_passage AND ended_at IS NULL AND expires_at < now()");

# --------------------------------------------------------------- view metrics

sub metric
{
	my ($name, $labels) = @_;
	return sql("SELECT value FROM smart_parking.metrics WHERE name = 'smart_parking_$name' AND labels @> '" . ($labels // '{}') . "'");
}

# a session tells its statistics when it ends at the latest
wait_for(q{SELECT sum(value) = 16 FROM smart_parking.metrics WHERE name = 'smart_parking_reservation_answers_total'});
my %answers = (reserved => 6, repeated => 1, already_reserved => 1, full => 5, closed => 1, too_many_holds => 1, plate_taken => 1);
is(metric('reservation_answers_total', qq({"answer": "$_"})), $answers{$_}, "answers counted: $_") for sort keys %answers;

is(metric('holds_live'), 4, 'live holds: the first car and three in the big lot');
is(metric('holds_lapsed'), 1, 'lapsed holds');
cmp_ok(metric('holds_lapsed_age_seconds'), '>=', 180, 'and for how long');
is(metric('cars_inside'), 1, 'cars inside');
is(metric('lot_free_spots', '{"parking": "Small, \"old\""}'), 1, 'free spots: that of the lapsed hold');
is(metric('lot_spots_in_service', qq({"parking_id": "$lot"})), 3, 'spots in service');
is(metric('gate_verdicts_5m', '{"reason": "entered"}'), 2, 'verdicts: entered');
is(metric('gate_verdicts_5m', '{"reason": "plate_unreadable", "decision": "manual"}'), 1, 'verdicts: unreadable');
is(metric('gate_incidents_open', '{"kind": "passage_without_command"}'), 0 + metric('gate_incidents_open'), 'incidents');
is(metric('sweep_failures', '{"chore": "overstay"}'), 1, 'what the sweeper cannot end');
is(metric('sweep_failures', '{"chore": "command"}'), 0, 'and what it can');
is(metric('commands_overdue'), 1, 'an order that is over');
is(metric('sweeper_running'), 0, 'nobody sweeps');
is(metric('sweeper_last_run_age_seconds'), '', 'nobody ever did');
is(metric('gate_silent_seconds', '{"gate": "Never used"}'), '', 'a gate of which nothing was ever heard has no value');
cmp_ok(metric('gate_silent_seconds', '{"gate": "West"}'), '<', 120, 'one that was used has');
cmp_ok(metric('table_bytes', '{"table": "booking"}'), '>', 8192, 'size of a table');
is(sql(q{SELECT count(*) FROM smart_parking.metrics WHERE name !~ '^smart_parking_[a-z0-9_]+$' OR help !~ '\.$' OR value IS NULL
	OR EXISTS (SELECT FROM jsonb_each(labels) WHERE jsonb_typeof(value) <> 'string')}), 0, 'the form that exporters want');

# a rolled back answer was an answer
sql("BEGIN; SELECT smart_parking.reserve_spot('$big', '${user}7', 'BACK'); ROLLBACK");
wait_for(q{SELECT value = 7 FROM smart_parking.metrics WHERE labels @> '{"answer": "reserved"}'});
is(metric('reservation_answers_total', '{"answer": "reserved"}'), 7, 'an answer that was rolled back counts');
$node->restart;
is(metric('reservation_answers_total', '{"answer": "full"}'), 5, 'counters stay over a restart');

# only what is asked for is computed
my @scans = grep { /Scan/ && !/never executed/ && !/Subquery Scan/ }
	split /\n/, sql(q{EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT * FROM smart_parking.metrics WHERE name = 'smart_parking_holds_live'});
is(@scans, 1, 'one scan for one metric') or diag("@scans");
like($scans[0], qr/ on booking /, 'of its table');

# a call that waits for another one's transaction
{
	my $holder = $node->background_psql('postgres');
	$holder->query_safe("BEGIN; SELECT smart_parking.reserve_spot('$big', '${user}8', 'WAITED');");
	my $waiter = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "SELECT smart_parking.reserve_spot('$big', '${user}8', 'WAITER')" ], '>', \my $out);
	wait_for(q{SELECT value = 1 FROM smart_parking.metrics WHERE name = 'smart_parking_calls_waiting' AND labels @> '{"lock": "driver"}'});
	pass('a call that waits is seen');
	$holder->query_safe('ROLLBACK');
	$holder->quit;
	$waiter->finish;
}
is(sql(q{SELECT sum(value) FROM smart_parking.metrics WHERE name = 'smart_parking_calls_waiting'}), 0, 'then nobody waits');

# ------------------------------------------------------------------- progress

is(sql('SELECT work, pid IS NULL, done IS NULL, total FROM smart_parking.progress'), 'sweep|t|t|1', 'a lapsed hold, and nobody sweeps');
{
	my $importer = $node->background_psql('postgres');
	# a lot of its second thousand waits for us
	sql(q{CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
		CREATE TRIGGER wait_here BEFORE INSERT ON smart_parking.parking FOR EACH ROW WHEN (NEW.source_id = 'id 1001') EXECUTE FUNCTION wait_here()});
	my $blocker = $node->background_psql('postgres');
	$blocker->query_safe('BEGIN; SELECT pg_advisory_xact_lock(1);');
	$importer->query_until(qr/started/, qq{SET application_name = 'importer';\n\\echo started\n} . q{SELECT count(*) FROM smart_parking.import_parkings((
		SELECT jsonb_build_object('type', 'FeatureCollection', 'features', jsonb_agg(jsonb_build_object('type', 'Feature', 'id', 'id ' || i,
			'properties', jsonb_build_object('name', 'lot ' || i, 'total', 1), 'geometry', '{"type": "Point", "coordinates": [13.7, 51]}'::jsonb)))
		FROM generate_series(1, 1200) AS i), 'progress');} . "\n");
	wait_for(q{SELECT true FROM smart_parking.progress WHERE (work, done, total) = ('import_parkings', 1000, 1200) AND pid > 0});
	pass('an import that has come far');
	is($node->safe_psql('postgres', q{SELECT count(*) FROM smart_parking.progress}, extra_params => [ '-U', 'watcher' ]), 2, 'who may monitor sees it');
	$blocker->query_safe('COMMIT');
	$blocker->quit;
	like($importer->query_safe('SHOW application_name'), qr/importer/, 'afterwards the session has its name again');
	$importer->quit;
	is(sql(q{SELECT count(*) FROM smart_parking.progress WHERE work <> 'sweep'}), 0, 'and no import is under way');
	sql('DROP TRIGGER wait_here ON smart_parking.parking');
}

# --------------------------------------------------- the exporter, Prometheus

my @running;
END { $_->kill_kill for @running }

sub start_program
{
	my (@command) = @_;
	push @running, IPC::Run::start(\@command, '<', \undef, '>&', "$PostgreSQL::Test::Utils::tmp_check/" . ($command[0] =~ s,.*/,,r) . '.log');
}

sub fetch_until
{
	my ($url, $pattern) = @_;
	my $answer;
	for (1 .. 300)
	{
		$answer = $http->get($url);
		return $answer->{content} if $answer->{success} && $answer->{content} =~ $pattern;
		select undef, undef, undef, 0.2;
	}
	die "$url: $answer->{status} " . substr($answer->{content}, 0, 2000);
}

my $exporter_port = PostgreSQL::Test::Cluster::get_free_port();
$ENV{DATA_SOURCE_NAME} = 'host=' . $node->host . ' port=' . $node->port . ' user=watcher dbname=postgres sslmode=disable';
start_program("$programs/prometheus-postgres-exporter", "--web.listen-address=127.0.0.1:$exporter_port",
	"--extend.query-path=$examples/queries.yaml", '--disable-settings-metrics');
my $exposed = fetch_until("http://127.0.0.1:$exporter_port/metrics", qr/^smart_parking_invariants_violated/m);

my (%kind, %help, %exposed);
for (split /\n/, $exposed)
{
	$kind{$1} = $2 if /^# TYPE (smart_parking\S+) (\S+)/;
	$help{$1} = $2 if /^# HELP (smart_parking\S+) (.*)/;
	$exposed{$1}++ if /^(smart_parking[a-z0-9_]+)/;
}
my %wanted = map { split /\|/, $_, 2 } split /\n/, sql('SELECT DISTINCT name, help FROM smart_parking.metrics');
delete $exposed{smart_parking_invariants_violated};
is_deeply([ sort keys %exposed ], [ sort keys %wanted ], 'the exporter has each metric of the view, and no other');
is($help{$_}, $wanted{$_}, "help of $_") for sort keys %wanted;
is($kind{$_}, /_total$/ ? 'counter' : 'gauge', "type of $_") for sort keys %wanted;
like($exposed, qr/^smart_parking_lot_free_spots\{(?=[^}]*parking="Small, \\"old\\"")[^}]*\} 1$/m, 'labels with quotes, and the value');
like($exposed, qr/^smart_parking_reservation_answers_total\{(?=[^}]*answer="full")[^}]*\} 5$/m, 'a counter');
like($exposed, qr/^smart_parking_invariants_violated\{[^}]*\} 0$/m, 'invariants');
like($exposed, qr/^pg_exporter_last_scrape_error\S* 0$/m, 'no query failed');

command_ok([ "$programs/promtool", 'check', 'rules', "$examples/alerts.yml" ], 'promtool finds the rules good');

my $port = PostgreSQL::Test::Cluster::get_free_port();
my $config = "$PostgreSQL::Test::Utils::tmp_check/prometheus.yml";
append_to_file($config, <<"END");
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: ['$examples/alerts.yml']
scrape_configs:
  - job_name: smart_parking
    static_configs: [{targets: ['127.0.0.1:$exporter_port']}]
END
start_program("$programs/prometheus", "--config.file=$config", "--web.listen-address=127.0.0.1:$port",
	"--storage.tsdb.path=$PostgreSQL::Test::Utils::tmp_check/prometheus");

sub promql
{
	my ($query, $pattern) = @_;
	my $url = "http://127.0.0.1:$port/api/v1/query?" . $http->www_form_urlencode({ query => $query });
	return decode_json(fetch_until($url, $pattern // qr/"status":"success"/))->{data}{result};
}
promql('count_over_time(smart_parking_reservation_answers_total[1m]) > 3', qr/"answer":"full"/);

my $dashboard = decode_json(slurp_file("$examples/dashboard.json"));
my @sweeper_never_ran = qw(smart_parking_sweeper_last_run_age_seconds);
for my $panel (@{ $dashboard->{panels} })
{
	for my $target (@{ $panel->{targets} })
	{
		my $rows = @{ promql($target->{expr}) };
		ok((grep { $_ eq $target->{expr} } @sweeper_never_ran) ? !$rows : $rows, "dashboard: $panel->{title}: $target->{expr}");
	}
}

my $rules = decode_json(fetch_until("http://127.0.0.1:$port/api/v1/rules", qr/"lastEvaluation":"2(?!.*"lastEvaluation":"0001)/s))->{data}{groups}[0]{rules};
is($_->{health}, 'ok', "rule $_->{name} runs") for @$rules;
my %state = map { $_->{name} => $_->{state} } @$rules;
isnt($state{$_}, 'inactive', "$_ is noticed")
	for qw(SmartParkingHoldsNotSwept SmartParkingSweepFails SmartParkingCommandsNotTimedOut SmartParkingIncidentsOpen);
is($state{$_}, 'inactive', "$_ is not") for qw(SmartParkingInvariantViolated SmartParkingNotWatched SmartParkingGateSilent SmartParkingCallsWait SmartParkingAlmostSoldOut);
(my $operations = slurp_file("$examples/../../docs/operations.md"));
like($operations, qr/^\| `$_->{name}` \|/m, "docs/operations.md explains $_->{name}") for @$rules;

done_testing();
