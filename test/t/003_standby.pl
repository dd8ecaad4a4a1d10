# A hot standby answers searches; promoted, it goes on with every hold.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$primary->start;
$primary->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');

my $near = $primary->safe_psql('postgres', "SELECT smart_parking.add_parking('Near', 51.05, 13.74, 5)");
my $far = $primary->safe_psql('postgres', "SELECT smart_parking.add_parking('Far', 51.06, 13.74, 1)");
my $gate = $primary->safe_psql('postgres', "SELECT smart_parking.add_gate('$near', 'in', 'entry')");

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

my $search = 'SELECT name, free_spots, total_capacity, round(distance_m) FROM smart_parking.nearby_parking(51.05, 13.74)';
my $search_all = 'SELECT name, free_spots_counter FROM smart_parking.parking_status ORDER BY name DESC';

sub reserve
{
	my ($node, $lot, $plate, $hold) = @_;
	return $node->safe_psql('postgres',
		"SELECT outcome, booking_id FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), '$plate', '$hold')");
}

sub catch_up
{
	$primary->wait_for_catchup($standby);
}

catch_up();
is($standby->safe_psql('postgres', $search), "Near|5|5|0\nFar|1|1|1112", 'the standby finds the lots, nearest first');

my (undef, $held) = split /\|/, reserve($primary, $near, 'DD A 1', '1 hour');
my (undef, $brief) = split /\|/, reserve($primary, $far, 'DD B 1', '1 hour');
catch_up();
is($standby->safe_psql('postgres', $search_all), "Near|4\nFar|0", 'it counts the holds');
is($standby->safe_psql('postgres', 'SELECT name FROM smart_parking.nearby_parking(51.05, 13.74)'), 'Near',
	'and leaves out the lot that is full');

# from here on the clock alone
$primary->safe_psql('postgres',
	"UPDATE smart_parking.booking SET expires_at = clock_timestamp() + interval '1 second' WHERE id = '$brief'");
catch_up();
ok( $standby->poll_query_until('postgres',
		"SELECT count(*) = 2 FROM smart_parking.nearby_parking(51.05, 13.74)"),
	'a hold that lapses counts as free there too, though nobody sweeps');
is( $standby->safe_psql('postgres', "SELECT status, clock_timestamp() >= expires_at FROM smart_parking.booking WHERE id = '$brief'"),
	'pending|t', 'while its record is as it was');
is($standby->safe_psql('postgres', $search), $primary->safe_psql('postgres', $search), 'both servers answer alike');
is($standby->safe_psql('postgres', 'SELECT name, free_spots_counter FROM smart_parking.parking_status ORDER BY name'),
	$primary->safe_psql('postgres', 'SELECT name, free_spots_counter FROM smart_parking.parking_status ORDER BY name'),
	'the view too');
is($standby->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'check_invariants runs there');

for my $call (
	"smart_parking.reserve_spot('$near', gen_random_uuid(), 'DD C 1')",
	"smart_parking.cancel_booking('$held')",
	"smart_parking.validate_plate('$gate', 'DD A 1')",
	'smart_parking.release_expired()')
{
	my ($status, undef, $error) = $standby->psql('postgres', "\\set VERBOSITY verbose\nSELECT * FROM $call");
	like($error, qr/ERROR:  25006: /, "refused on a standby: $call");
}

# --- the primary is lost

$primary->stop('immediate');
$standby->promote;

is($standby->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'promoted: invariants hold');
my @outcomes = map { (split /\|/, reserve($standby, $near, "DD D $_", '1 hour'))[0] } 1 .. 5;
is("@outcomes", 'reserved reserved reserved reserved full', 'promoted: the free spots can be had, the held one cannot');
is($standby->safe_psql('postgres', "SELECT decision, reason, booking_id FROM smart_parking.validate_plate('$gate', 'DD A 1')"),
	"open|entered|$held", 'promoted: the driver with the hold comes in');
is((split /\|/, reserve($standby, $far, 'DD E 1', '1 hour'))[0], 'reserved', 'promoted: the lapsed hold is in nobody\'s way');
is($standby->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'promoted: invariants still hold');

done_testing();
