# Plates that 1.0.0 stored in a form that is not canonical any more.
use strict;
use warnings;
use utf8;
use open qw(:std :utf8);
use Encode qw(encode);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('plates');
$node->init(extra => ['--encoding=UTF8', '--locale=C']);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

sub sql
{
	my $answer = $node->safe_psql('postgres', encode('UTF-8', shift), extra_params => ['-qAt']);
	utf8::decode($answer);
	return $answer;
}

sql(q{CREATE EXTENSION postgis; CREATE EXTENSION smart_parking VERSION '1.0.0'});

# the library is today's, so what 1.0.0 wrote is written past the type
sql(q{CREATE FUNCTION public.as_stored(cstring) RETURNS smart_parking.license_plate AS 'textin' LANGUAGE internal STRICT IMMUTABLE});
my ($lot, $other) = map { sql("SELECT smart_parking.add_parking('$_', 51.05, 13.74, 20)") } 'one', 'two';

sub booked
{
	my ($plate, $lot, $inside) = @_;
	my $made = sql("SELECT booking_id FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'TMP' || (random() * 1e9)::integer)");
	sql("UPDATE smart_parking.booking SET car_plate = public.as_stored('$plate') WHERE id = '$made'");
	sql(qq{UPDATE smart_parking.booking SET status = 'confirmed', confirmed_at = now() WHERE id = '$made';
		INSERT INTO smart_parking.booking_event (booking_id, happened_at, event) VALUES ('$made', now(), 'confirmed')}) if $inside;
	return $made;
}

my $greek = booked('ΖΗΝ4821', $lot);
my $mixed = booked('ΖHN4821', $lot);
my $latin = booked('ZHN4821', $lot);
my $elsewhere = booked('ΖΗΝ4821', $other);
my $expected = booked('АІ1234', $lot);
my $came = booked('AI1234', $lot, 1);
my $long = booked('ABCDEFGHIJKLMNOP', $lot);
my $long_greek = booked('ΑBCDEFGHIJKLMNOP', $lot);
my $cancelled = booked('ΥΥΥ7', $lot);
sql("SELECT smart_parking.cancel_booking('$cancelled')");
my $persian = booked('۴۸B۱', $lot);
my $alone = booked('DDAN1206', $lot);
my $gate = sql("SELECT smart_parking.add_gate('$lot', 'in', 'entry')");
sql(qq{INSERT INTO smart_parking.plate_read (id, gate_id, plate_text, car_plate, read_at, received_at, decision, reason)
	VALUES (gen_random_uuid(), '$gate', 'ΖΗΝ 4821', public.as_stored('ΖΗΝ4821'), now(), now(), 'deny', 'no_booking')});
my $count = sql('SELECT count(*) FROM smart_parking.booking');
my $free = sql("SELECT sum(free_spots) FROM smart_parking.counter_slice");

sql('ALTER EXTENSION smart_parking UPDATE');

sub plate_of { return sql("SELECT car_plate FROM smart_parking.booking WHERE id = '$_[0]'") }
is(plate_of($greek), 'ZHN4821', 'the older booking has the plate');
is(plate_of($mixed), 'ZHN4821~2', 'the next one another that tells of it');
is(plate_of($latin), 'ZHN4821~3', 'also where it had the new form already');
is(plate_of($elsewhere), 'ZHN4821', 'another lot is another matter');
is(plate_of($came), 'AI1234', 'a car that is inside comes first');
is(plate_of($expected), 'AI1234~2', 'before one that is only expected');
is(plate_of($long), 'ABCDEFGHIJKLMNOP', 'sixteen characters');
is(plate_of($long_greek), 'ABCDEFGHIJKLMN~2', 'are not made more');
is(plate_of($cancelled), 'YYY7', 'history is found under the plate, too');
is(plate_of($persian), '48B1', 'digits of other scripts');
is(plate_of($alone), 'DDAN1206', 'others stay');
is(sql('SELECT car_plate FROM smart_parking.plate_read'), 'ZHN4821', 'reads have the new form');
is(sql('SELECT plate_text FROM smart_parking.plate_read'), 'ΖΗΝ 4821', 'and what the camera gave');

is(sql(q{SELECT count(*) FROM smart_parking.booking}), $count, 'no booking was lost');
is(sql(q{SELECT count(*) FROM smart_parking.booking WHERE ended_at IS NULL}), $count - 1, 'nor ended');
is(sql("SELECT sum(free_spots) FROM smart_parking.counter_slice"), $free, 'nor a spot');
is(sql(qq{SELECT details ->> 'from', details ->> 'to' FROM smart_parking.booking_event WHERE booking_id = '$mixed' AND event = 'plate_changed'}), 'ΖHN4821|ZHN4821~2', 'what was changed is on record');
is(sql(q{SELECT count(*) FROM smart_parking.booking_event WHERE event = 'plate_changed'}), '4', 'of those only that lost their plate');
is(sql('SELECT * FROM smart_parking.check_invariants()'), '', 'all is well');
is(sql("SELECT status FROM smart_parking.booking WHERE id = '$greek'"), 'pending', 'the hold goes on');
is(sql("SELECT decision, reason FROM smart_parking.validate_plate('$gate', 'ΖΗΝ-4821')"), 'open|entered', 'and opens');
my ($status, undef, $errors) = $node->psql('postgres', encode('UTF-8', "\\set VERBOSITY verbose\nUPDATE smart_parking.booking SET car_plate = 'OTHER1' WHERE id = '$came'"));
like($errors, qr/SP024/, 'the guard is on again');
is(sql("SELECT smart_parking.change_plate('$mixed', 'B-AB 1')"), 'BAB1', 'a booking that lost its plate can be given one');

# a dump is restored into the same
my $dump = $node->backup_dir . '/plates.sql';
mkdir $node->backup_dir;
$node->command_ok(['pg_dump', '-f', $dump, $node->connstr('postgres')], 'dumped');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok(['psql', '-qX', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $dump], 'restored');

done_testing();
