# The schema or a table under another name: PostgreSQL lets their owner rename them, and we say so.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;

$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');
my $lot = $node->safe_psql('postgres', q{SELECT smart_parking.add_parking('Renamed', 51.05, 13.74, 8)});
my $gate = $node->safe_psql('postgres', "SELECT smart_parking.add_gate('$lot', 'g')");

sub error_of
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n$sql");
	return $err;
}

sub calls
{
	my ($schema) = @_;
	return (
		"SELECT * FROM $schema.reserve_spot('$lot', '$lot', 'REN 1')", "SELECT * FROM $schema.nearby_parking(51.05, 13.74)",
		"SELECT $schema.cancel_booking('$lot')", "SELECT $schema.release_expired()", "SELECT * FROM $schema.validate_plate('$gate', 'REN 1')",
		"CALL $schema.sweep(run_for => '0')");
}

$node->safe_psql('postgres', 'ALTER SCHEMA smart_parking RENAME TO moved');
like(error_of($_), qr/ERROR:  SP033: schema smart_parking was renamed\nHINT:  ALTER SCHEMA \.\.\. RENAME TO smart_parking/, $_) for calls('moved');
$node->safe_psql('postgres', 'ALTER SCHEMA moved RENAME TO smart_parking');

# a session that was there before, whose plans and tables are known
my $session = $node->background_psql('postgres', on_error_stop => 0);
like($session->query("SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'REN 2')"), qr/reserved/, 'all is well under the name');
$node->safe_psql('postgres', 'ALTER SCHEMA smart_parking RENAME TO moved');
$session->query("SELECT outcome FROM moved.reserve_spot('$lot', gen_random_uuid(), 'REN 3'); SELECT moved.release_expired()");
$node->safe_psql('postgres', 'ALTER SCHEMA moved RENAME TO smart_parking');
like($session->query("SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'REN 4')"), qr/reserved/, 'and well again when it is back');
$session->quit;
is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'nothing was lost');

$node->safe_psql('postgres', 'ALTER TABLE smart_parking.counter_slice RENAME TO slice');
like(error_of("SELECT * FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'REN 5')"),
	qr/ERROR:  SP033: smart_parking\.counter_slice was renamed or moved\nHINT:  Give it its name/, 'a table, too');
$node->safe_psql('postgres', 'ALTER TABLE smart_parking.slice RENAME TO counter_slice');
is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'and back');

$node->stop;
done_testing();
