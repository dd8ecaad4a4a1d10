# What fails in one lot stops no other: it is passed over, on record once, shown
# by sweeper_status(), told to who releases by hand, and gone when it is mended.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');

sub sql
{
	my ($sql) = @_;
	return $node->safe_psql('postgres', $sql);
}

# What it printed, and what it warned of.
sub sql_and_warnings
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n$sql");
	is($status, 0, $sql) or diag($err);
	return ($out, $err);
}

my %lot;
for my $name ('Good', 'Other', 'Broken', "Bob's")
{
	(my $quoted = $name) =~ s/'/''/g;
	$lot{$name} = sql("SELECT smart_parking.add_parking('$quoted', 51.05, 13.74, 40)");
}

my $cars = 0;

# Holds that have lapsed, in the order of the lots given.
sub lapsed_holds
{
	my (@names) = @_;
	for my $name (@names)
	{
		$cars++;
		sql("SELECT smart_parking.reserve_spot('$lot{$name}', gen_random_uuid(), 'CAR $cars')");
	}
	sql("UPDATE smart_parking.booking SET expires_at = created_at + interval '1 microsecond' WHERE status = 'pending'");
}

sub stays
{
	my (@names) = @_;
	lapsed_holds(@names);
	sql("INSERT INTO smart_parking.booking_event (booking_id, happened_at, event) SELECT id, clock_timestamp(), 'confirmed' FROM smart_parking.booking WHERE status = 'pending'");
	sql("UPDATE smart_parking.booking SET status = 'confirmed', confirmed_at = clock_timestamp() - interval '3 days' WHERE status = 'pending'");
}

# How many are pending in each lot where any are.
sub pending
{
	return sql(q{
		SELECT string_agg(name || ' ' || n, ', ' ORDER BY name COLLATE "C")
		FROM (SELECT p.name, count(*) AS n FROM smart_parking.booking b JOIN smart_parking.parking p ON p.id = b.parking_id WHERE b.ended_at IS NULL GROUP BY 1) t});
}

sub status_of_sweeper
{
	return sql('SELECT failing_lots, last_failure FROM smart_parking.sweeper_status()');
}

sub records
{
	return sql('SELECT count(*) FROM smart_parking.sweep_failure');
}

# Makes what ends a booking of a lot fail, in one of the ways below, and mends it.
my $raise = q{
	CREATE OR REPLACE FUNCTION raise_for_broken() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF OLD.parking_id = TG_ARGV[0]::uuid AND NEW.ended_at IS NOT NULL THEN
			RAISE EXCEPTION 'the till is closed';
		END IF;
		RETURN NEW;
	END $$;
};
my @ways = (
	{
		what => 'a trigger that raises',
		break => $raise . "CREATE TRIGGER raise BEFORE UPDATE ON smart_parking.booking FOR EACH ROW EXECUTE FUNCTION raise_for_broken('$lot{Broken}')",
		mend => 'DROP TRIGGER raise ON smart_parking.booking',
		error => 'P0001: the till is closed',
	},
	{
		what => 'a trigger that raises at commit',
		break => $raise . "CREATE CONSTRAINT TRIGGER raise AFTER UPDATE ON smart_parking.booking DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_for_broken('$lot{Broken}')",
		mend => 'DROP TRIGGER raise ON smart_parking.booking',
		error => 'P0001: the till is closed',
		only_sweep => 1,
	},
	{
		what => 'a spot that the counter has free already',
		break => "UPDATE smart_parking.counter_slice SET free_map = service_map, free_spots = spots WHERE parking_id = '$lot{Broken}'",
		mend => qq{
			UPDATE smart_parking.counter_slice s SET (free_map, free_spots) = (SELECT m, smart_parking_internal.spots_in_map(m) FROM (
				SELECT s.service_map & ~coalesce(bit_or(1::bigint << (b.spot_no - s.first_spot_no)), 0) AS m
				FROM smart_parking.booking b WHERE b.ended_at IS NULL AND b.parking_id = s.parking_id
				AND b.spot_no BETWEEN s.first_spot_no AND s.first_spot_no + s.spots - 1) t)
			WHERE parking_id = '$lot{Broken}'},
		error => 'SP090: the spot of a booking that is due is free already',
	});

for my $way (@ways)
{
	my $what = $way->{what};

	lapsed_holds('Broken', ('Good', 'Broken', 'Other', "Bob's") x 2);
	my $stuck = sql("SELECT count(*) FROM smart_parking.booking WHERE parking_id = '$lot{Broken}' AND status = 'pending'");
	sql($way->{break});

	my ($out, $err) = sql_and_warnings("CALL smart_parking.sweep(run_for => '0')");
	is(pending(), "Broken $stuck", "$what: all other lots are released");
	like($err, qr/WARNING:  \w+: hold [0-9a-f-]{36} of lot "Broken" could not be ended: /, "$what: a warning names the lot");
	is(status_of_sweeper(), "1|lapsed_hold in lot \"Broken\": $way->{error}", "$what: sweeper_status tells");
	is(records(), '3', "$what: three bookings are on record");
	is(sql('SELECT count(*) FROM smart_parking.sweep_failure WHERE first_failed_at = last_failed_at'), '3', "$what: once");

	# while the sweeper runs, holds that lapse elsewhere are released, and the lot is not tried each second
	lapsed_holds("Bob's");
	($out, $err) = sql_and_warnings("CALL smart_parking.sweep('50 milliseconds', '1 second')");
	is(scalar(() = $err =~ /WARNING/g), 3, "$what: a run warns once of each");
	is(pending(), "Broken $stuck", "$what: and goes on in other lots");
	is(records(), '3', "$what: still three");
	is(sql('SELECT count(*) FROM smart_parking.sweep_failure WHERE first_failed_at < last_failed_at'), '3', "$what: with when it failed first and last");

	if (!$way->{only_sweep})
	{
		lapsed_holds('Good', 'Good', 'Other');
		is(($node->psql('postgres', 'SELECT smart_parking.release_expired(2)'))[1], '2', "$what: by hand, a limit is filled from other lots");
		($out, $err) = sql_and_warnings('SELECT smart_parking.release_expired()');
		is($out, '1', "$what: by hand, the rest");
		like($err, qr/WARNING:  \w+: hold [0-9a-f-]{36} of lot "Broken" could not be ended: .*\n.*HINT:  .*sweep_failure/s, "$what: and the caller is warned");
	}

	sql($way->{mend});
	($out, $err) = sql_and_warnings("CALL smart_parking.sweep(run_for => '0')");
	is($err, '', "$what: mended, nothing is warned of");
	is(pending(), '', "$what: all is released");
	is(status_of_sweeper(), '0|', "$what: and the record is gone");
	is(sql('SELECT * FROM smart_parking.check_invariants()'), '', "$what: all is sound");
}

# --- one booking of a lot fails, the others of the lot do not

lapsed_holds(('Broken') x 9);
sql($raise =~ s/OLD\.parking_id = TG_ARGV\[0\]::uuid/OLD.car_plate::text = TG_ARGV[0]/r
	  . "CREATE TRIGGER raise BEFORE UPDATE ON smart_parking.booking FOR EACH ROW EXECUTE FUNCTION raise_for_broken('CAR" . ($cars - 4) . "')");
my ($out, $err) = sql_and_warnings('SELECT smart_parking.release_expired()');
is($out, '8', 'one booking that fails leaves the others of its lot');
is(records(), '1', 'and is on record');
sql('DROP TRIGGER raise ON smart_parking.booking');
is(sql('SELECT smart_parking.release_expired()'), '1', 'mended, it is released');
is(records(), '0', 'and off the record, by hand too');

# --- what is no lot's fault

lapsed_holds('Good');
sql($raise =~ s/IF .* THEN/IF true THEN/r
	  . 'CREATE TRIGGER raise BEFORE UPDATE ON smart_parking.booking FOR EACH STATEMENT EXECUTE FUNCTION raise_for_broken()');
my ($status);
($status, $out, $err) = $node->psql('postgres', 'SELECT smart_parking.release_expired()');
like($err, qr/the till is closed/, 'what fails everywhere');
sql('DELETE FROM smart_parking.sweep_failure');
sql("CALL smart_parking.sweep('50 milliseconds', '300 milliseconds')");
like(status_of_sweeper(), qr/the till is closed/, 'is on record, and does not end the sweeper');
sql('DROP TRIGGER raise ON smart_parking.booking');
sql("CALL smart_parking.sweep(run_for => '0')");
is(pending(), '', 'mended, all is released');
is(status_of_sweeper(), '0|', 'and the record is gone');

# --- stays, with a max_stay that the tables do not allow

stays('Good', 'Broken', 'Other');
sql('ALTER TABLE smart_parking.parking DISABLE TRIGGER USER');
sql("ALTER TABLE smart_parking.parking DROP CONSTRAINT $_") for split /\n/, sql(q{
	SELECT quote_ident(conname) FROM pg_constraint WHERE conrelid = 'smart_parking.parking'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) ~ 'max_stay'});
for my $length ('300000 years', '178000000 years', '100000000 months -2000000000 days', '1 month -29 days')
{
	sql("UPDATE smart_parking.parking SET max_stay = CASE id WHEN '$lot{Broken}' THEN interval '$length' ELSE interval '1 day' END WHERE id IN ('$lot{Broken}', '$lot{Good}', '$lot{Other}')");
	($out, $err) = sql_and_warnings('SELECT smart_parking.close_overstays()');
	is($err, '', "a max_stay of $length: no lot fails");
	is($out, $length =~ /29 days/ ? '3' : '2', "a max_stay of $length: the others are closed");
	stays('Good', 'Other') if $length !~ /29 days/;
}
is(pending(), '', 'in the end all stays are closed');

# --- a sweep of orders to a barrier

my $gate = sql("SELECT smart_parking.add_gate('$lot{Broken}', 'in', 'entry')");
my $other_gate = sql("SELECT smart_parking.add_gate('$lot{Good}', 'in', 'entry')");
sql("SELECT smart_parking.set_gate(g, senses_passage => true, command_life => '1 second') FROM unnest(ARRAY['$gate', '$other_gate']::uuid[]) g");
sql("SELECT smart_parking.set_parking(p, walk_in => true, max_stay => '0') FROM unnest(ARRAY['$lot{Broken}', '$lot{Good}']::uuid[]) p");
sql("SELECT decision FROM smart_parking.validate_plate('$gate', 'WALK 1')");
sql("SELECT decision FROM smart_parking.validate_plate('$other_gate', 'WALK 2')");
ok($node->poll_query_until('postgres', 'SELECT bool_and(expires_at < clock_timestamp()) FROM smart_parking.barrier_command'), 'two orders are due');
sql($raise . "CREATE TRIGGER raise BEFORE UPDATE ON smart_parking.booking FOR EACH ROW EXECUTE FUNCTION raise_for_broken('$lot{Broken}')");
($out, $err) = sql_and_warnings('SELECT smart_parking.expire_commands()');
is($out, '1', 'one times out');
like($err, qr/order to the barrier [0-9a-f-]{36} of lot "Broken" could not be ended: the till is closed/, 'and the other is told of');
like(status_of_sweeper(), qr/^1\|command in lot "Broken": P0001/, 'and on record');
sql('DROP TRIGGER raise ON smart_parking.booking');
is(sql('SELECT smart_parking.expire_commands()'), '1', 'mended, it times out');
is(status_of_sweeper(), '0|', 'and the record is gone');
is(sql('SELECT * FROM smart_parking.check_invariants()'), '', 'all is sound in the end');

$node->stop;
done_testing();
