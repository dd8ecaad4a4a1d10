# Bookings by logical replication, to a subscriber that has the extension: rows
# written without a plan, through statements and by sweeps.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @config = (extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical', @config);
$publisher->start;
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init(@config);
$subscriber->start;

$_->safe_psql('postgres', 'SET client_min_messages = warning; CREATE EXTENSION smart_parking CASCADE') for $publisher, $subscriber;

sub sql
{
	my ($sql) = @_;
	return $publisher->safe_psql('postgres', $sql);
}

my $tables = sql(q{SELECT string_agg(t::regclass::text, ', ' ORDER BY t::regclass::text) FROM pg_extension e, unnest(e.extconfig) t WHERE e.extname = 'smart_parking'});
my $lot = sql(q{SELECT smart_parking.add_parking('Copied', 51.05, 13.74, 20)});
my $gate = sql("SELECT smart_parking.add_gate('$lot', 'door')");
sql("SELECT smart_parking.reserve_spot('$lot', gen_random_uuid(), 'BEFORE 1')");

# tables without a key are only ever inserted into
sql("CREATE PUBLICATION parking FOR TABLE $tables");
my $connection = $publisher->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION parking CONNECTION '$connection' PUBLICATION parking");
$subscriber->wait_for_subscription_sync($publisher, 'parking');

my $planned = q{SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'CachedPlan' AND ident LIKE 'INSERT INTO smart\_parking.booking%'};
is(sql("SELECT count(*) FROM generate_series(1, 10) n, smart_parking.reserve_spot('$lot', gen_random_uuid(), 'FAST ' || n); $planned"), "10\n0", 'written without a plan');
sql("SELECT smart_parking.cancel_booking(id) FROM smart_parking.booking WHERE car_plate::text = 'FAST1'");
sql("SELECT decision FROM smart_parking.validate_plate('$gate', 'FAST2')");
sql("SELECT smart_parking.reserve_spot('$lot', gen_random_uuid(), 'LAPSED', '1 microsecond')");
is(sql('SELECT smart_parking.release_expired()'), 1, 'a sweep');
# through the statement
sql('CREATE FUNCTION public.seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
	CREATE TRIGGER seen BEFORE INSERT ON smart_parking.booking FOR EACH ROW EXECUTE FUNCTION public.seen()');
is(sql("SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'SLOW 1'); $planned"), "reserved\n1", 'and one by its statement');

$publisher->wait_for_catchup('parking');
for my $table (split /, /, $tables)
{
	my $contents = "SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM $table t";
	is($subscriber->safe_psql('postgres', $contents), sql($contents), "$table: the same rows");
}
is($subscriber->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'invariants hold there');
is($subscriber->safe_psql('postgres', q{SELECT free_spots FROM smart_parking.nearby_parking(51.05, 13.74)}), sql(q{SELECT free_spots FROM smart_parking.nearby_parking(51.05, 13.74)}), 'and a search there says the same');

# the subscriber takes over
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION parking');
is($subscriber->safe_psql('postgres', "SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'AFTER 1')"), 'reserved', 'it goes on by itself');
is($subscriber->safe_psql('postgres', "SELECT decision, reason FROM smart_parking.validate_plate('$gate', 'FAST3')"), 'open|entered', 'with the holds that came');
is($subscriber->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'and invariants hold');

$_->stop for $subscriber, $publisher;
done_testing();
