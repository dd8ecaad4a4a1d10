# A database of version 1.0.0 with live data goes on under the new library, is
# updated, keeps all it had, and then has the same catalog as a fresh one.
use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;

sub sql
{
	my ($db, $sql) = @_;
	return $node->safe_psql($db, $sql);
}

# Each table of 1.0.0 with the columns it had, and all that is in it.
sub contents
{
	my ($columns) = @_;
	my %contents;
	for my $line (split /\n/, $columns)
	{
		my ($table, $list) = split /\|/, $line;
		$contents{$table} = sql('upgraded',
			"SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM (SELECT $list FROM smart_parking.$table) t");
	}
	return \%contents;
}

# Everything that belongs to the extension, a line each.
my $catalog = slurp_file("$FindBin::RealBin/lib/catalog.sql");

sql('postgres', "CREATE DATABASE $_") for 'upgraded', 'fresh';
sql('upgraded', q{CREATE EXTENSION smart_parking VERSION '1.0.0' CASCADE});
sql('fresh', 'CREATE EXTENSION smart_parking CASCADE');
my $version = sql('fresh', q{SELECT extversion FROM pg_extension WHERE extname = 'smart_parking'});
isnt($version, '1.0.0', 'there is a version to update to');

# --- live data, as 1.0.0 made it

my $lot = sql('upgraded', q{SELECT smart_parking.add_parking('Old', 51.05, 13.74, 20, kinds => '{"disabled": 2}')});
my $entry = sql('upgraded', "SELECT smart_parking.add_gate('$lot', 'in', 'entry')");
my $exit = sql('upgraded', "SELECT smart_parking.add_gate('$lot', 'out', 'exit')");
my $request = '22222222-2222-4222-8222-222222222222';

sub reserve
{
	my ($plate, $more) = @_;
	return split /\|/, sql('upgraded',
		"SELECT outcome, booking_id, spot_no FROM smart_parking.reserve_spot('$lot', '11111111-1111-4111-8111-111111111111', '$plate'" . ($more // '') . ')');
}

my ($outcome, $held, $held_spot) = reserve('DD H 1', ", request_id => '$request'");
is($outcome, 'reserved', 'the new library reserves in a database that is not updated yet');
my (undef, $inside) = reserve('DD I 1');
my (undef, $cancelled) = reserve('DD C 1');
is(sql('upgraded', "SELECT smart_parking.extend_hold('$held', '10 minutes') IS NOT NULL"), 't', 'extends');
is(sql('upgraded', "SELECT smart_parking.cancel_booking('$cancelled')"), 'cancelled', 'cancels');
is(sql('upgraded', 'SELECT free_spots FROM smart_parking.nearby_parking(51.05, 13.74)'), '18', 'and searches');
my ($status, undef, $errors) = $node->psql('upgraded', "\\set VERBOSITY verbose\nSELECT smart_parking.validate_plate('$entry', 'DD I 1')");
like($errors, qr/ERROR:  SP031: .*\nHINT:  ALTER EXTENSION smart_parking UPDATE/, 'gates ask for the update');
is(sql('upgraded', 'SELECT smart_parking.release_expired()'), '0', 'holds can be released');
($status) = $node->psql('upgraded', "CALL smart_parking.sweep(run_for => '0')");
isnt($status, 0, 'a sweep fails, as the README says');
sql('upgraded', qq{
	WITH came AS (
		UPDATE smart_parking.booking SET status = 'confirmed', confirmed_at = now() WHERE id = '$inside' RETURNING id
	), event AS (
		INSERT INTO smart_parking.booking_event (booking_id, happened_at, event) SELECT id, now(), 'confirmed' FROM came
	), read AS (
		INSERT INTO smart_parking.plate_read (id, gate_id, event_id, plate_text, car_plate, read_at, received_at, decision, reason, booking_id)
		SELECT gen_random_uuid(), '$entry', 'e1', 'DD I 1', 'DD I 1', now(), now(), 'open', 'entered', id FROM came RETURNING id
	)
	INSERT INTO smart_parking.barrier_command (id, gate_id, plate_read_id, command, issued_at)
	SELECT gen_random_uuid(), '$entry', id, 'open', now() FROM read;
	INSERT INTO smart_parking.plate_read (id, gate_id, plate_text, read_at, received_at, decision, reason)
	VALUES (gen_random_uuid(), '$entry', '?', now(), now(), 'manual', 'plate_unreadable')});
sql('upgraded', "SELECT smart_parking.set_spot_service('$lot', 15, false)");
is(sql('upgraded', 'SELECT * FROM smart_parking.check_invariants()'), '', 'all is well before');
# lengths that 1.0.0 let an owner write; each becomes the nearest one that is allowed
my @outside = (['300000 years', '7 days'], ['1 month -29 days 02:00', '1 day 02:00'], ['1 day -23:30', '00:30']);
$_->[2] = sql('upgraded', "SELECT smart_parking.add_parking('Outside', 52, 13, 1)") for @outside;
sql('upgraded', "UPDATE smart_parking.parking SET hold_duration = '$_->[0]' WHERE id = '$_->[2]'") for @outside;
sql('upgraded', 'CREATE ROLE old_app LOGIN');
sql('upgraded', q{SELECT smart_parking.grant_access('old_app', 'application')});

my $columns = sql('upgraded', q{
	SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relnamespace = 'smart_parking'::regnamespace AND c.relkind = 'r' GROUP BY 1 ORDER BY 1});
my $before = contents($columns);
like($before->{booking}, qr/^3\|/, 'there are bookings to keep');

# --- the update, while a session has its plans

my $old_session = $node->background_psql('upgraded', on_error_stop => 1);
like($old_session->query("SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'DD S 1')"),
	qr/reserved/, 'a session that was there before');
my $in_between = contents($columns);
sql('upgraded', 'ALTER EXTENSION smart_parking UPDATE');
is(sql('upgraded', q{SELECT extversion FROM pg_extension WHERE extname = 'smart_parking'}), $version, 'updated');
is($node->psql('upgraded', "CALL smart_parking.sweep(run_for => '0')"), 0, 'a sweep works again');
for my $lot (@outside)
{
	is(sql('upgraded', "SELECT hold_duration = interval '$lot->[1]' FROM smart_parking.parking WHERE id = '$lot->[2]'"), 't', "a hold of $lot->[0] becomes $lot->[1]");
	is(sql('upgraded', "SELECT event, reason, details #>> '{hold_duration,from}' IS NOT NULL FROM smart_parking.parking_event WHERE parking_id = '$lot->[2]'"),
		'settings_changed|update to version 1.1|t', 'which is on record');
}
# but for these, and what is on record about them
my ($was, $is) = ($in_between, contents($columns));
is(delete $is->{$_} eq delete $was->{$_}, '', "$_ has changed") for 'parking', 'parking_event';
is_deeply($is, $was, 'nothing else was lost or changed');
is(sql('upgraded', 'SELECT * FROM smart_parking.check_invariants()'), '', 'all is well after');
like($old_session->query("SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'DD S 2')"),
	qr/reserved/, 'the old session goes on');
$old_session->quit;

my @expected = split /\n/, sql('fresh', $catalog);
my @got = split /\n/, sql('upgraded', $catalog);
cmp_ok(scalar @expected, '>', 300, 'the catalog is looked at');
is_deeply(\@got, \@expected, 'the catalog is that of a fresh installation') or do
{
	my %have = map { $_ => 1 } @got;
	my %want = map { $_ => 1 } @expected;
	diag("missing: $_") for grep { !$have{$_} } @expected;
	diag("too much: $_") for grep { !$want{$_} } @got;
};

# --- and life goes on

is_deeply([ reserve('DD H 1', ", request_id => '$request'") ], [ 'reserved', $held, $held_spot ], 'a retry finds the hold');
is(sql('upgraded', "SELECT decision, reason FROM smart_parking.validate_plate('$entry', 'DD H 1')"), 'open|entered', 'the driver comes');
is(sql('upgraded', "SELECT decision, reason FROM smart_parking.validate_plate('$exit', 'DD I 1')"), 'open|exited', 'the other one leaves');
my ($dump) = run_command([ 'pg_dump', '--schema-only', $node->connstr('upgraded') ]);
like($dump, qr/^GRANT USAGE ON SCHEMA smart_parking TO old_app;/m, 'what was granted before the update is in a dump');
like($dump, qr/^GRANT ALL ON FUNCTION smart_parking.reserve_spot\(.*\) TO old_app;/m, 'functions, too');
like($dump, qr/^GRANT ALL ON FUNCTION smart_parking.nearby_parking\(.* access text\[\]\) TO old_app;/m, 'one that has an argument more as well');
unlike($dump, qr/^CREATE SCHEMA smart_parking/m, 'the schema belongs to the extension');
like(sql('upgraded', 'SET ROLE old_app; SELECT count(*) FROM smart_parking.nearby_parking(51.05, 13.74)'), qr/^1$/m, 'grants are kept');
is(sql('upgraded', 'SELECT * FROM smart_parking.check_invariants()'), '', 'all is well in the end');

$node->stop;
done_testing();
