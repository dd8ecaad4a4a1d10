# Whatever a database's settings, the extension installs the same, and all calls have the same answers.
use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;

my $catalog = slurp_file("$FindBin::RealBin/lib/catalog.sql");
my $calls = slurp_file("$FindBin::RealBin/lib/all_calls.sql");
my @lines = grep { /^[^#]/ } split /\n/, slurp_file("$FindBin::RealBin/../odd_settings.conf");

# What readers make of values; no literal with a backslash, as settings change what that means. Each value by itself and not
# with all the others, since a costly plan is compiled each time.
my $values = q{
	CREATE TABLE reading (plate jsonb, confidence jsonb, read_at jsonb, o smart_parking.observation);
	CREATE TABLE said AS
	SELECT p AS plate, '"90%"'::jsonb AS confidence, '"2026-01-02T10:00:00.123456+01:00"'::jsonb AS read_at
	FROM pg_catalog.jsonb_array_elements('["DD A 1", "??", "- .", "n/a", "no plate", " unknown ", "s", "", null, "sss", 17]') AS p
	UNION ALL SELECT '"DD A 1"', c, '"20260102 100000"'
	FROM pg_catalog.jsonb_array_elements('["90%", "0.123456", ".5", 0.123456, "9e-1", "a", "1x5", null, 2]') AS c
	UNION ALL SELECT '"DD A 1"', '0.123456', t
	FROM pg_catalog.jsonb_array_elements('["2026-01-02T10:00:00.123456+01:00", "20260102 100000", "1700000000.5", 1700000000123, "2026-01-02 10:00:00", "01/02/2026", "1700000000x5"]') AS t;
	INSERT INTO reading SELECT plate, confidence, read_at, smart_parking.read_message(pg_catalog.jsonb_build_object('plate', plate, 'confidence', confidence, 'read_at', read_at,
		'candidates', pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('plate', 'ZZ1', 'confidence', 0.123456)))) FROM said;
	INSERT INTO reading (plate, o) SELECT m, smart_parking.read_message(m) FROM pg_catalog.jsonb_array_elements('[
		{"version": 2, "data_type": "alpr_results", "epoch_time": 1700000000000, "results": [{"plate": "DDAN1", "confidence": 90.123456, "candidates": [{"plate": "DDAN7", "confidence": 80.123456}]}]},
		{"camera_id": "c", "timestamp": "2026-01-01T10:00:00.5Z", "results": [{"plate": "ddhn1", "score": 0.912345, "candidates": [{"plate": "ddhn7", "score": 0.512345}]}]},
		{"plateUTF8": "DDGN1", "plateConfidence": "0.912345", "datetime": "20260101 100000", "carID": "7", "carState": "new", "camera_info": {"SerialNumber": "s"}}]') AS m;
};

# All that was written, as a session with the usual settings sees it, without what is new each time.
my $written = q{
	SELECT pg_catalog.regexp_replace(line, '[0-9a-f]{8}-[0-9a-f-]{27}', 'ID', 'g') FROM (
		SELECT concat_ws(' ', 'read', plate, confidence, read_at, o) FROM reading
		UNION ALL SELECT concat_ws(' ', 'event', event, reason, details) FROM smart_parking.parking_event
		UNION ALL SELECT concat_ws(' ', 'booking', status, car_plate, requested_hold, ended_at IS NULL) FROM smart_parking.booking
		UNION ALL SELECT concat_ws(' ', 'of booking', event, reason) FROM smart_parking.booking_event
		UNION ALL SELECT concat_ws(' ', 'plate', plate_text, car_plate, confidence, decision, reason, matched_by, candidates, format, camera, event_id) FROM smart_parking.plate_read
		UNION ALL SELECT concat_ws(' ', 'command', command, state, reason, end_event_id) FROM smart_parking.barrier_command
		UNION ALL SELECT concat_ws(' ', 'lot', name, address, location::text, total_capacity, hold_duration, max_stay, time_zone, properties) FROM smart_parking.parking
		UNION ALL SELECT concat_ws(' ', 'gate', name, direction, passage_window, command_life) FROM smart_parking.gate
		UNION ALL SELECT concat_ws(' ', 'violated', i) FROM smart_parking.check_invariants() AS i) AS l (line) ORDER BY 1};

$node->safe_psql('postgres', 'CREATE ROLE called; CREATE DATABASE base');
$node->safe_psql('base', 'CREATE EXTENSION postgis');

my ($usual_catalog, $usual_written);
my $number = 0;
for my $line ('', @lines)
{
	my $db = 'odd_' . $number++;
	my $name = $line || 'usual settings';
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE base");
	my ($status, $out, $err);
	{
		local $ENV{PGOPTIONS} = join ' ', map { "-c $_" } split /(?<!\\) /, $line;
		($status, $out, $err) = $node->psql($db, 'CREATE EXTENSION smart_parking');
		is($err, '', "installs under: $name");
		($status, $out, $err) = $node->psql($db, "\\set source s\n\\set owner 1\nSET client_min_messages = error;\nSET search_path = public;\n$values\n$calls");
		like($err, qr/^psql:<stdin>:\d+: ERROR:  SP030$/, 'all calls are made');
	}
	my @catalog = split /\n/, $node->safe_psql($db, $catalog);
	my @written = split /\n/, $node->safe_psql($db, $written);
	if (!$usual_catalog)
	{
		cmp_ok(scalar @catalog, '>', 300, 'the catalog is looked at');
		cmp_ok(scalar @written, '>', 60, 'and the answers');
		is(scalar(grep { /^read "- \."/ && /,no_plate,/ } @written), 1, 'separators only are no plate');
		($usual_catalog, $usual_written) = (\@catalog, \@written);
		next;
	}
	is_deeply(\@catalog, $usual_catalog, 'the same catalog');
	is_deeply(\@written, $usual_written, 'the same answers');
	$node->safe_psql('postgres', "DROP DATABASE $db");
}

$node->stop;
done_testing();
