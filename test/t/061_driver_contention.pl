# Few spots in few lots, many clients, every call of a driver at once, for one car and for groups: nobody deadlocks.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use constant { CLIENTS => 20, SECONDS => 6 };

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "deadlock_timeout = '50ms'\nlog_statement = none\nsmart_parking.max_holds_per_user = 0\nsmart_parking.offer_life = 1");
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'smart_parking'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');
$node->safe_psql('postgres', q{
	CREATE TABLE lot AS SELECT smart_parking.add_parking('Busy ' || n, 51.05 + n * 0.001, 13.74, 20, slice_size => 4, kinds => '{"charging": 4}') AS id
		FROM generate_series(1, 3) AS n;
	ALTER TABLE lot ADD entry uuid, ADD exit uuid;
	UPDATE lot SET entry = smart_parking.add_gate(id, 'in', 'entry'), exit = smart_parking.add_gate(id, 'out', 'exit');
	CREATE FUNCTION a_lot() RETURNS uuid VOLATILE LANGUAGE sql AS 'SELECT id FROM lot ORDER BY random() LIMIT 1';
	CREATE FUNCTION a_hold() RETURNS interval VOLATILE LANGUAGE sql AS $$ SELECT interval '1 ms' + random() * interval '0.4 seconds' $$;
});

# Answers of the extension are no failures: whatever is of class SP.
my $answered = 'DO $do$ BEGIN %s EXCEPTION WHEN OTHERS THEN IF SQLSTATE NOT LIKE \'SP%%\' THEN RAISE; END IF; END $do$';
my %calls = (
	'3 strangers' => q{PERFORM smart_parking.reserve_spot(a_lot(), gen_random_uuid(), left(md5(random()::text), 12), a_hold(),
		(ARRAY['standard', 'charging'])[1 + floor(2 * random())]);},
	# few cars of few users, so that they meet their own holds everywhere
	'3 choosers' => q{PERFORM smart_parking.reserve_certain_spot(a_lot(), md5(c::text)::uuid, 'CAR ' || c, 1 + floor(20 * random())::integer, hold => a_hold())
		FROM CAST(floor(12 * random()) AS integer) AS c;},
	'4 groups' => q{PERFORM smart_parking.reserve_spots(a_lot(), md5(c::text)::uuid, ARRAY['CAR ' || c, 'CAR ' || (c + 3) % 12, 'CAR ' || (c + 7) % 12], a_hold())
		FROM CAST(floor(12 * random()) AS integer) AS c;},
	'2 near' => q{PERFORM smart_parking.reserve_nearby(51.05 + random() * 0.005, 13.74, md5(c::text)::uuid, 'CAR ' || c, hold => a_hold()) FROM CAST(floor(12 * random()) AS integer) AS c;},
	'2 joins' => q{PERFORM smart_parking.join_queue(a_lot(), md5(c::text)::uuid, 'CAR ' || c) FROM CAST(floor(12 * random()) AS integer) AS c;},
	'1 accepts' => q{PERFORM smart_parking.accept_offer(e.id) FROM (SELECT id FROM smart_parking.queue_entry WHERE status = 'offered' ORDER BY random() LIMIT 1) AS e;},
	'1 leaves' => q{PERFORM smart_parking.leave_queue(e.id) FROM (SELECT id FROM smart_parking.queue_entry WHERE status IN ('waiting', 'offered') ORDER BY random() LIMIT 1) AS e;},
	'1 offers' => q{PERFORM smart_parking.make_offers();},
	'1 renewals' => q{PERFORM smart_parking.renew_hold(b.id) FROM (SELECT id FROM smart_parking.booking ORDER BY created_at DESC LIMIT 1 OFFSET floor(30 * random())) AS b;},
	'1 group_cancels' => q{PERFORM smart_parking.cancel_group(g.group_id) FROM (SELECT group_id FROM smart_parking.booking_group AS g JOIN smart_parking.booking AS b ON b.id = g.booking_id
		WHERE b.status = 'pending' ORDER BY random() LIMIT 1) AS g;},
	'1 extensions' => q{PERFORM smart_parking.extend_group(g.group_id, '0.1 seconds') FROM (SELECT group_id FROM smart_parking.booking_group AS g JOIN smart_parking.booking AS b ON b.id = g.booking_id
		WHERE b.status = 'pending' ORDER BY random() LIMIT 1) AS g;},
	'1 cancels' => q{PERFORM smart_parking.cancel_booking(b.id) FROM (SELECT id FROM smart_parking.booking WHERE status = 'pending' ORDER BY random() LIMIT 1) AS b;},
	'1 entries' => q{PERFORM smart_parking.validate_plate(lot.entry, 'CAR ' || floor(12 * random())) FROM lot WHERE id = a_lot();},
	'1 exits' => q{PERFORM smart_parking.validate_plate(lot.exit, b.car_plate::text) FROM smart_parking.booking AS b JOIN lot ON lot.id = b.parking_id WHERE b.status = 'confirmed';},
	'1 sweeps' => q{PERFORM smart_parking.release_expired(10);},
	'1 closures' => q{PERFORM smart_parking.set_spot_service(s.parking_id, s.spot_no, NOT s.in_service) FROM (SELECT * FROM smart_parking.spot WHERE spot_no <= 8 ORDER BY random() LIMIT 1) AS s;},
);

my @scripts;
for my $call (sort keys %calls)
{
	my ($share, $name) = split / /, $call;
	my $file = $node->basedir . "/$name.sql";
	(my $text = sprintf($answered, $calls{$call})) =~ s/\s+/ /g;
	PostgreSQL::Test::Utils::append_to_file($file, "$text;\n");
	push @scripts, "--file=$file\@$share";
}

my ($out, $err) = run_command(
	[ 'pgbench', '--no-vacuum', '--client=' . CLIENTS, '--jobs=2', '--time=' . SECONDS, '--max-tries=1',
		'--host=' . $node->host, '--port=' . $node->port, @scripts, 'postgres' ]);
like($out, qr/number of transactions actually processed: [1-9]\d\d/, 'the calls were made');
like($out, qr/number of failed transactions: 0 /, 'none failed for a deadlock');
unlike($err, qr/aborted/, 'none failed for anything else') or diag($err);
is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'the invariants hold');
for my $reason ('renewed, same spot', 'lapsed; its spot went to the next driver', 'lapsed; the driver reserved again')
{
	cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM smart_parking.booking_event WHERE reason = '$reason'"), '>', 0, $reason);
}
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM smart_parking.booking_group'), '>', 0, 'groups were made');
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM smart_parking.queue_entry WHERE offered_at IS NOT NULL'), '>', 0, 'spots were offered');

done_testing();
