# A site whose plates are all alike: cars that the lot knows are not let in for booked ones.
#
# The cars are made up, as are their reads, the same ones each time: a tenth of the
# cars is of one series, one in six is a digit away from another car of the site, half
# of them are booked for. bench/plates/fleet.c is the same site as a model, in large.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use constant { CARS => 108, ROUNDS => 20 };

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');

my $state = 20240229;

# numbers that are the same on every machine
sub below
{
	my $limit = shift;
	$state = ($state * 1103515245 + 12345) % 2147483648;
	return int($state / 65536) % $limit;
}

sub letter { return substr 'ABEKMHOPCTYX', below(12), 1 }

sub plate_beside
{
	my @others = @_;
	my $share = below(100);
	return sprintf 'M4%02dTK34', below(100) if $share < 10;
	return sprintf '%s%03d%s%s34', letter(), 1 + below(999), letter(), letter() if $share >= 26 || !@others;
	my $plate = $others[below(scalar @others)];
	substr $plate, 1 + below(3), 1, below(10);
	return $plate;
}

# 90 in 100 right, of the others most with ?, one in six with another digit
sub read_of
{
	my $plate = shift;
	return ($plate, below(10) ? 0.9 : 0.98) if below(10);
	if (below(6) == 0)
	{
		substr $plate, 1 + below(3), 1, below(10);
		return ($plate, 0.8);
	}
	substr $plate, below(8), 1, '?' for 0 .. below(3);
	return ($plate, 0.8);
}

my %plates;
while (keys %plates < CARS)
{
	my $plate = plate_beside(sort keys %plates);
	$plates{$plate} = keys %plates;
}
my @cars = sort keys %plates;
my %booked = map { $_ => below(2) } @cars;

my @arrivals;
for (1 .. ROUNDS)
{
	my @round = @cars;
	while (@round)
	{
		my $car = splice @round, below(scalar @round), 1;
		my ($in, $confidence) = read_of($car);
		my ($out) = read_of($car);
		push @arrivals, "('$car', " . ($booked{$car} ? 'true' : 'false') . ", '$in', '$out', $confidence)";
	}
}

$node->safe_psql('postgres', "CREATE TABLE arrival (n serial, car text, booked boolean, read_in text, read_out text, confidence real);
	INSERT INTO arrival (car, booked, read_in, read_out, confidence) VALUES " . join(', ', @arrivals) . q{;
	CREATE TABLE answer (lot uuid, n int, decision text, reason text, matched text, details jsonb);

	-- A booked car is expected at all times. A person who is asked says the plate of a booked car, and sends others away.
	CREATE FUNCTION play(capacity int) RETURNS uuid LANGUAGE plpgsql AS $$
	DECLARE
		lot CONSTANT uuid := smart_parking.add_parking('Works', 48.7, 44.5, capacity);
		entry CONSTANT uuid := smart_parking.add_gate(lot, 'in', 'entry');
		exit CONSTANT uuid := smart_parking.add_gate(lot, 'out', 'exit');
		a arrival;
		v smart_parking.verdict;
	BEGIN
		PERFORM smart_parking.set_gate(g, passage_window => '0') FROM unnest(ARRAY[entry, exit]) AS g;
		PERFORM smart_parking.reserve_spot(lot, gen_random_uuid(), c.car) FROM (SELECT DISTINCT car FROM arrival WHERE booked ORDER BY car) c;
		FOR a IN SELECT * FROM arrival ORDER BY n LOOP
			v := smart_parking.validate_plate(entry, a.read_in, clock_timestamp(), a.confidence);
			INSERT INTO answer VALUES (lot, a.n, v.decision, v.reason, v.matched_plate, v.details);
			IF v.decision = 'manual' AND a.booked THEN
				PERFORM smart_parking.open_manually(entry, 'looked at it', a.car);
				v.matched_plate := a.car;
			END IF;
			IF v.matched_plate IS NOT NULL THEN
				IF (smart_parking.validate_plate(exit, a.read_out, clock_timestamp(), a.confidence)).matched_plate IS DISTINCT FROM v.matched_plate THEN
					PERFORM smart_parking.open_manually(exit, 'looked at it', v.matched_plate);
				END IF;
				PERFORM smart_parking.reserve_spot(lot, gen_random_uuid(), v.matched_plate);
			END IF;
		END LOOP;
		RETURN lot;
	END $$;

	CREATE VIEW judged AS
		SELECT lot, a.n, booked, read_in = car AS read_right, decision, reason, details, decision = 'open' AND matched IS DISTINCT FROM car AS wrong,
			decision = 'open' AND matched = car AS right, EXISTS (SELECT FROM arrival b WHERE b.car = a.car AND b.n < a.n AND b.read_in = b.car) AS seen
		FROM answer JOIN arrival a USING (n)});

sub played
{
	my $settings = shift;
	my $lot = $node->safe_psql('postgres', "$settings SET client_min_messages = warning; SELECT play(200)");
	my %of;
	@of{qw(seen seen_wrong first first_wrong misreads repaired misread_wrong right_refused)} = split /\|/, $node->safe_psql('postgres', qq{
		SELECT count(*) FILTER (WHERE NOT booked AND seen), count(*) FILTER (WHERE NOT booked AND seen AND wrong),
			count(*) FILTER (WHERE NOT booked AND NOT seen), count(*) FILTER (WHERE NOT booked AND NOT seen AND wrong),
			count(*) FILTER (WHERE booked AND NOT read_right), count(*) FILTER (WHERE booked AND NOT read_right AND "right"),
			count(*) FILTER (WHERE booked AND wrong), count(*) FILTER (WHERE booked AND read_right AND NOT "right")
		FROM judged WHERE lot = '$lot'});
	note join ', ', map { "$_ $of{$_}" } sort keys %of;
	return ($lot, \%of);
}

my ($plain_lot, $plain) = played('SET smart_parking.match_memory = 0; SET smart_parking.match_fit_chars = 16;');
my ($lot, $known) = played('SET max_parallel_workers_per_gather = 0;');

cmp_ok($plain->{seen_wrong} / $plain->{seen}, '>', 0.05, 'where the lot forgets, more than 5 in 100 reads of strangers that were seen before open for another');
cmp_ok($known->{seen}, '>', 500, 'there are enough of them');
cmp_ok($known->{seen_wrong} / $known->{seen}, '<', 0.01, 'where it knows its traffic, fewer than 1 in 100');
cmp_ok($known->{first_wrong}, '<=', $plain->{first_wrong}, 'no more on first sight');
cmp_ok($known->{repaired}, '>=', $plain->{repaired}, 'no fewer misreads of booked cars are repaired');
is($known->{right_refused}, 0, 'no right read of a booked car waits');
cmp_ok($known->{misread_wrong}, '<=', $plain->{misread_wrong}, 'nor are more booked cars let in for others');
is($node->safe_psql('postgres', "SELECT count(*) FROM judged WHERE lot = '$lot' AND reason = 'plate_doubtful' AND (details ->> 'doubt' IS NULL OR details -> 'contenders' IS NULL)"),
	0, 'what a person is asked has its reason and its contenders');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM judged WHERE lot = '$lot' AND details ->> 'doubt' = 'seen'"), '>', 0, 'cars that were seen before are among them');
is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'the invariants hold');

done_testing();
