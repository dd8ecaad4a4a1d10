# Few spots, many clients, every kind of call at once: nobody deadlocks.
#
# This mix met a deadlock every second while claimers could keep a row that
# they had waited for in vain.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use constant { CLIENTS => 16, SECONDS => 5 };

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "deadlock_timeout = '50ms'\nlog_lock_waits = off\nlog_statement = none");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');
$node->safe_psql('postgres', q{
	CREATE TABLE lot AS SELECT smart_parking.add_parking('Busy', 51.05, 13.74, 40, slice_size => 8,
		kinds => '{"charging": 8, "disabled": 4}') AS id;
	CREATE FUNCTION some_kind() RETURNS text VOLATILE LANGUAGE sql
	AS $$ SELECT (ARRAY['standard', 'standard', 'charging', 'disabled'])[1 + floor(4 * random())] $$;
});

# each with its share of the calls
my %calls = (
	'6 strangers' => q{
		SELECT outcome FROM lot, smart_parking.reserve_spot(lot.id, gen_random_uuid(),
			left(md5(random()::text), 12), interval '1 ms' + random() * interval '0.5 seconds', some_kind())},
	# the same car again and again, mostly over a lapsed hold of another kind
	'3 regulars' => q{
		SELECT outcome FROM lot, smart_parking.reserve_spot(lot.id, md5(:client_id::text)::uuid,
			'REGULAR ' || :client_id, interval '1 ms' + random() * interval '0.2 seconds', some_kind())},
	'2 cancels' => q{
		SELECT smart_parking.cancel_booking(b.id)
		FROM (SELECT id FROM smart_parking.booking WHERE status = 'pending' ORDER BY random() LIMIT 1) b},
	'1 timeouts' => q{
		SELECT smart_parking.expire_booking(b.id)
		FROM (SELECT id FROM smart_parking.booking WHERE status = 'pending' ORDER BY random() LIMIT 1) b},
	'1 sweeps' => q{SELECT smart_parking.release_expired(10)},
	'1 resizes' => q{SELECT smart_parking.resize_parking(id, 30 + floor(10 * random())::integer) FROM lot},
	'1 closures' => q{
		SELECT smart_parking.set_spot_service(parking_id, spot_no, NOT in_service) FROM smart_parking.spot
		WHERE spot_no <= 16 ORDER BY random() LIMIT 1},
);

my @scripts;
for my $call (sort keys %calls)
{
	my ($share, $name) = split / /, $call;
	my $file = $node->basedir . "/$name.sql";
	(my $text = $calls{$call}) =~ s/\s+/ /g;
	PostgreSQL::Test::Utils::append_to_file($file, "$text;\n");
	push @scripts, "--file=$file\@$share";
}

my ($out, $err) = run_command(
	[ 'pgbench', '--no-vacuum', '--client=' . CLIENTS, '--jobs=2', '--time=' . SECONDS, '--max-tries=1',
		'--host=' . $node->host, '--port=' . $node->port, @scripts, 'postgres' ]);
like($out, qr/number of transactions actually processed: [1-9]\d\d/, 'the calls were made');
like($out, qr/number of failed transactions: 0 /, 'none failed for a deadlock');
unlike($err, qr/aborted/, 'none failed for anything else');
is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'the invariants hold');
cmp_ok(
	$node->safe_psql('postgres', "SELECT count(*) FROM smart_parking.booking_event WHERE reason = 'lapsed; the driver reserved again'"),
	'>', 0, 'drivers reserved again over their own lapsed holds');
cmp_ok(
	$node->safe_psql('postgres', "SELECT count(*) FROM smart_parking.booking_event WHERE reason = 'lapsed; its spot went to the next driver'"),
	'>', 0, 'and over those of others');

done_testing();
