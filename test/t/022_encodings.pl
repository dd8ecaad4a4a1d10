# The same short day in databases of other encodings and collations: the same
# answers, and names as they were given.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;
$ENV{PGCLIENTENCODING} = 'UTF8';

# What happens in a day at a lot of this name, answered without ids and instants.
sub day
{
	my ($db, $name, $plate) = @_;
	return $node->safe_psql($db, qq{
		SELECT action, name FROM smart_parking.import_parkings(jsonb_build_object('type', 'FeatureCollection', 'features', jsonb_build_array(jsonb_build_object(
			'type', 'Feature', 'id', 'a', 'geometry', '{"type": "Point", "coordinates": [13.74, 51.05]}'::jsonb,
			'properties', jsonb_build_object('name', '$name', 'capacity', 3, 'amenity', 'parking')))), 'test') AS r;
		SELECT id AS lot FROM smart_parking.parking \\gset
		SELECT smart_parking.add_gate(:'lot', '$name', 'both') AS gate \\gset
		SELECT smart_parking.set_gate(:'gate', passage_window => '0');
		SELECT name, octet_length(convert_to(name, 'UTF8')), total_capacity, free_spots FROM smart_parking.nearby_parking(51.05, 13.74);
		SELECT outcome, spot_label FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'dd-an 1206');
		SELECT outcome, spot_label FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), '$plate');
		SELECT outcome, spot_label FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'II I1');
		SELECT outcome FROM smart_parking.reserve_spot(:'lot', gen_random_uuid(), 'LATE 1');
		SELECT car_plate::text FROM smart_parking.booking ORDER BY spot_no;
		SELECT decision, reason, matched_plate FROM smart_parking.validate_plate(:'gate', 'DDAN12O6');
		SELECT decision, reason, matched_plate FROM smart_parking.validate_plate(:'gate', '$plate');
		SELECT decision, reason FROM smart_parking.validate_plate(:'gate', 'ii-i1');
		SELECT decision, reason FROM smart_parking.record_read(:'gate', jsonb_build_object('plate', '$plate'), NULL);
		SELECT count(*) FROM smart_parking.export_gate_list(:'gate');
		SELECT plate_text, car_plate::text FROM smart_parking.plate_read ORDER BY received_at;
		SELECT car_plate::text FROM smart_parking.booking WHERE car_plate OPERATOR(smart_parking.>) 'A'::text::smart_parking.license_plate ORDER BY car_plate;
		SELECT * FROM smart_parking.check_invariants();
		SELECT * FROM smart_parking.own_changes();
	});
}

my @databases = (
	[ 'latin1', "ENCODING 'LATIN1' LOCALE 'C'", [ 'Großer Markt', 'MÜ NZ 1' ] ],
	[ 'euc_jp', "ENCODING 'EUC_JP' LOCALE 'C'", [ '駐車場', '品川 300 あ 1234' ], [ 'Парковка', 'А123ВС77' ] ],
	[ 'german', "ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'", [ 'Großer Markt', 'MÜ NZ 1' ], [ '駐車場', '品川 300 あ 1234' ] ],
	[ 'turkish', "ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR-u-ks-level2'", [ 'Iğdır', '34 ıi 1' ] ],
	# no encoding: bytes, which pass as they are
	[ 'ascii', "ENCODING 'SQL_ASCII' LOCALE 'C'", [ 'Altmarkt', 'DD X 1' ], [ 'Großer Markt', 'MÜ NZ 1' ], [ '駐車場', '品川 300 あ 1234' ] ],
);
for my $database (@databases)
{
	my ($db, $options, @names) = @$database;
	for my $i (0 .. $#names)
	{
		my ($name, $plate) = @{ $names[$i] };
		$node->safe_psql('postgres', "CREATE DATABASE $db$i TEMPLATE template0 $options");
		$node->safe_psql('postgres', "CREATE DATABASE as_utf8_$db$i TEMPLATE template0");
		for my $this ("$db$i", "as_utf8_$db$i")
		{
			$node->safe_psql($this, 'SET client_min_messages = warning; CREATE EXTENSION smart_parking CASCADE');
		}
		my $expected = day("as_utf8_$db$i", $name, $plate);
		like($expected, qr/^\Q$name\E\|\d+\|3\|3$/m, "UTF8: $name is found") or diag($expected);
		is(day("$db$i", $name, $plate), $expected, "$db: the same day");
	}
}

# characters that an encoding does not have are refused by PostgreSQL, before anything of ours is called
my ($status, $out, $err) = $node->psql('latin10', q{SELECT smart_parking.add_parking('駐車場', 51, 13, 1)});
isnt($status, 0, 'LATIN1 has no kanji');
like($err, qr/has no equivalent in encoding "LATIN1"/, 'as PostgreSQL says');
# bytes that are no text get as far as a camera's read: on record, and for a person to look at
is( $node->safe_psql('ascii0', q{SELECT decision, reason FROM smart_parking.gate g, smart_parking.validate_plate(g.id, E'DD\\xff\\xfe 1') WHERE g.name = 'Altmarkt'}),
	'manual|plate_unreadable', 'bytes that are no text');

$node->stop;
done_testing();
