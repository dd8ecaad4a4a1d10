# A reservation's rows, written without a plan, are decoded like any others.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 'logical', extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;

sub sql
{
	my ($sql) = @_;
	return $node->safe_psql('postgres', $sql);
}

sql('CREATE EXTENSION smart_parking CASCADE');
my $lot = sql(q{SELECT smart_parking.add_parking('Decoded', 51.05, 13.74, 8)});

# a publication makes an update look for a replica identity
sql('CREATE PUBLICATION bookings FOR TABLE smart_parking.booking, smart_parking.counter_slice');

# Whether this session has written without a plan.
my $planned = q{SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'CachedPlan' AND ident LIKE 'INSERT INTO smart\_parking.booking%'};

# What is decoded of a reservation: its booking, and its slice.
sub decoded
{
	my ($plate) = @_;
	my ($id, $plans) = split /\n/, sql("SELECT booking_id FROM smart_parking.reserve_spot('$lot', '$lot', '$plate'); $planned");
	is($plans, '0', "$plate is written without a plan");
	return ($id, sql(q{SELECT data FROM pg_logical_slot_get_changes('slot', NULL, NULL, 'include-xids', '0', 'skip-empty-xacts', '1')}));
}

sql(q{SELECT pg_create_logical_replication_slot('slot', 'test_decoding')});

for my $plate ('DEC1', 'DEC2')
{
	my ($id, $changes) = decoded($plate);
	like($changes, qr/^table smart_parking\.booking: INSERT: id\[uuid\]:'\Q$id\E' user_id\[uuid\]:'\Q$lot\E' .*car_plate\[smart_parking\.license_plate\]:'$plate' .*confirmed_at\[[^]]*\]:null ended_at\[[^]]*\]:null request_id\[uuid\]:null requested_hold\[interval\]:null$/m,
		'the booking is decoded, all columns');
	like($changes, qr/^table smart_parking\.counter_slice: UPDATE: parking_id\[uuid\]:'\Q$lot\E' .*kind\[text\]:'standard'$/m, 'and the slice');

	# columns that were dropped are in no change
	sql('ALTER TABLE smart_parking.booking ADD COLUMN note text DEFAULT 1, ADD COLUMN more int; ALTER TABLE smart_parking.booking DROP COLUMN note, DROP COLUMN more');
	sql(q{SELECT pg_logical_slot_get_changes('slot', NULL, NULL)});
}

$node->stop;
done_testing();
