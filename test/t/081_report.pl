# scripts/report draws a lot's day: the figures that it draws, and the picture.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

(my $scripts = __FILE__) =~ s,[^/]*$,../../scripts,;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');

# Berlin: UTC + 1 on that day, so that it begins at 23:00
my $lot = $node->safe_psql('postgres',
	q{SELECT smart_parking.add_parking('Bob''s "A" \ <&>', 51.05, 13.74, 20, time_zone => 'Europe/Berlin')});
my $other = $node->safe_psql('postgres', q{SELECT smart_parking.add_parking('Altmarkt', 51.05, 13.74, 20)});
$node->safe_psql('postgres', q{SELECT smart_parking.add_parking('Twice', 51.05, 13.74, 20)}) for 1 .. 2;

# What became of bookings, written as it would stand there: the day is over.
sub booking
{
	my ($status, $created, $expires, $confirmed, $ended, $where) = @_;
	$_ = defined $_ ? "timestamptz '$_'" : 'NULL' for $created, $expires, $confirmed, $ended;
	my $id = $where // $lot;
	$node->safe_psql('postgres', qq{INSERT INTO smart_parking.booking (id, user_id, parking_id, spot_no, status, car_plate, created_at, expires_at, confirmed_at, ended_at)
		SELECT gen_random_uuid(), gen_random_uuid(), '$id', n, '$status', 'P' || n, $created, $expires, $confirmed, $ended
		FROM (SELECT count(*) + 1 AS n FROM smart_parking.booking) c});
}

booking('completed', '2026-03-02 06:50+00', '2026-03-02 07:05+00', '2026-03-02 07:01+00', '2026-03-02 10:00+00');
booking('completed', '2026-03-01 20:00+00', '2026-03-01 20:15+00', '2026-03-01 20:10+00', '2026-03-02 05:00+00');	# since the evening before
booking('expired', '2026-03-02 06:50+00', '2026-03-02 07:05+00', undef, '2026-03-02 09:30+00');	# swept late
booking('cancelled', '2026-03-02 06:50+00', '2026-03-02 07:05+00', undef, '2026-03-02 06:52+00');
booking('pending', '2026-03-02 21:00+00', '2026-03-02 21:30+00', undef, undef);	# not swept at all
booking('expired', '2026-03-01 21:00+00', '2026-03-01 21:15+00', undef, '2026-03-01 21:16+00');	# the day before
booking('confirmed', '2026-03-02 22:30+00', '2026-03-02 22:45+00', '2026-03-02 22:40+00', undef);	# stays over night
booking('completed', '2026-03-02 06:50+00', '2026-03-02 07:05+00', '2026-03-02 07:01+00', '2026-03-02 10:00+00', $other);

my @psql = ('psql', '-XAtq', '-F', "\t", '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'));

sub rows
{
	my ($kind, $day) = @_;
	my ($out, $err);
	IPC::Run::run([ @psql, '-v', 'day=' . ($day // '2026-03-02'), '-v', "lot=$lot", '-f', "$scripts/lib/report.sql" ], '>', \$out, '2>', \$err) or die $err;
	return grep { s/^$kind\t// } split /\n/, $out;
}

is_deeply([ rows('lot') ], [ "Bob's \"A\" \\ <&>\t20\t24\t2\t5\t3" ], 'the day in figures');
my %at = map { /^([0-9.]+)\t(.*)/ } rows('occupancy');
is(scalar keys %at, 24 * 12 + 1, 'a point every 5 minutes');
my %wanted = ('0.000' => [ 1, 0 ], '5.917' => [ 1, 0 ], '6.000' => [ 0, 0 ], '7.833' => [ 0, 3 ], '7.917' => [ 0, 2 ], '8.000' => [ 0, 2 ],
	'8.083' => [ 1, 0 ], '10.917' => [ 1, 0 ], '11.000' => [ 0, 0 ], '22.000' => [ 0, 1 ], '22.417' => [ 0, 1 ], '22.500' => [ 0, 0 ], '23.667' => [ 1, 0 ], '24.000' => [ 1, 0 ]);
is($at{$_}, join("\t", @{ $wanted{$_} }), "cars and holds at $_") for sort { $a <=> $b } keys %wanted;
my %hour = map { /^([0-9]+)\t(.*)/ } rows('hour');
is($hour{7}, "0\t1", 'cancelled between 7 and 8');
is($hour{8}, "1\t0", 'a driver who did not come, by the end of the hold and not by the sweep');
is($hour{22}, "1\t0", 'another one, whom nobody swept');
is((grep { $hour{$_} ne "0\t0" } keys %hour), 3, 'nothing in other hours');
like(join(' ', rows('tic')), qr/^0\t00:00 3\t03:00 .* 24\t00:00$/, 'the clock at the lot');
like(join(' ', rows('tic', '2026-03-29')), qr/^0\t00:00 3\t04:00 .* 21\t22:00$/, 'with 23 hours where clocks go forward');

# ----------------------------------------------------------------- the picture

$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGDATABASE} = 'postgres';

sub report
{
	my (@arguments) = @_;
	my ($out, $err) = ('', '');
	IPC::Run::run([ "$scripts/report", @arguments ], '<', \undef, '>', \$out, '2>', \$err);
	return ($out, $err, $? >> 8);
}

my ($svg, $err, $status) = report('2026-03-02', $lot);
is("$status $err", '0 ', 'scripts/report draws');
like($svg, qr/^<\?xml.*<svg .*<\/svg>\s*$/s, 'an SVG picture');
like($svg =~ s/&quot;/"/gr, qr/Bob's "A" \\ &lt;&amp;(?:&gt;|>), 2026-03-02: 3 of 20 spots taken at most, 2 of 5 holds without a driver/,
	'titled by the lot, whatever its name');
like($svg, qr/>\s*\Q$_\E\s*</, "it says: $_") for 'cars inside', 'held', 'driver did not come', 'cancelled', '00:00', '12:00';
is(() = $svg =~ /fill *= *'rgb\(238, 102, 119\)'/g, 3, 'two bars for drivers who did not come, and one in the key');

like((report('2026-03-02', 'Altmarkt'))[0], qr/1 of 20 spots taken at most, 0 of 1 holds/, 'a lot by its name');
($svg, $err, $status) = report('2026-03-02', 'Nowhere');
is("$svg$status $err", "1 report: there is no lot \"Nowhere\"\n", 'an unknown lot is an error');
($svg, $err, $status) = report('2026-03-02', 'Twice');
is("$svg$status $err", "1 report: several lots are called \"Twice\": name one by its id\n", 'so is a name that does not tell');
($svg, $err, $status) = report('someday', $lot);
is("$svg$status", '1', 'so is a day that is none');
like($err, qr/invalid input syntax for type date/, 'and says so');
is((report('2026-03-02'))[2], 2, 'usage');

done_testing();
