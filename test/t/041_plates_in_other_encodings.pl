# Plates in databases that are not in UTF8.
use strict;
use warnings;
use utf8;
use open qw(:std :utf8);
use Encode qw(encode);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('encodings');
$node->init(extra => ['--encoding=UTF8', '--locale=C']);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

sub sql
{
	my ($db, $sql) = @_;
	my $answer = $node->safe_psql($db, encode('UTF-8', "SET client_encoding = 'UTF8';\n$sql"));
	utf8::decode($answer);
	return $answer;
}

for my $encoding ('KOI8R', 'LATIN1', 'ISO_8859_7', 'SQL_ASCII')
{
	my $db = lc $encoding;
	$node->safe_psql('postgres', "CREATE DATABASE $db ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	sql($db, 'CREATE EXTENSION smart_parking CASCADE');
	is(sql($db, q{SELECT smart_parking.license_plate('zhn-4821')}), 'ZHN4821', "$encoding: ASCII");
	is(sql($db, q{SELECT smart_parking_internal.is_no_plate('No Plate')}), 't', "$encoding: a word in ASCII");
	is(sql($db, q{SELECT smart_parking_internal.is_no_plate('NO 1')}), 'f', "$encoding: a plate");
}

# a letter with a mark keeps its alphabet where the encoding has no such Latin letter
is(sql('koi8r', q{SELECT smart_parking.license_plate('ё 123 вС')}), 'Ё123BC', 'KOI8R: io stays, what has a twin has it');
is(sql('koi8r', q{SELECT smart_parking.license_plate(smart_parking.license_plate('ё 123 вС')::text)}), 'Ё123BC', 'and is canonical');
is(sql('koi8r', q{SELECT smart_parking_internal.is_no_plate('не распознан')}), 't', 'KOI8R: a word of other letters');
is(sql('koi8r', q{SELECT smart_parking_internal.is_no_plate('не распознана')}), 'f', 'and what is none');
is(sql('iso_8859_7', q{SELECT smart_parking.license_plate('ζην-4821')}), 'ZHN4821', 'ISO_8859_7: Greek twins');
is(sql('iso_8859_7', q{SELECT smart_parking.license_plate('ά 1')}), 'Ά1', 'and a letter with a mark');
is(sql('latin1', q{SELECT smart_parking.license_plate('wü-ab 482')}), 'WÜAB482', 'LATIN1: a letter with a mark');
is(sql('latin1', q{SELECT smart_parking_internal.is_no_plate('sin matrícula')}), 't', 'LATIN1: a word with one');

# words of the setting
my ($status, undef, $errors) = $node->psql('latin1', encode('UTF-8', "SET client_encoding = 'UTF8'; LOAD 'smart_parking'; SET smart_parking.no_plate_words = 'kein, ohné'"));
like($errors, qr/Only in databases of encoding UTF8/, 'words outside of ASCII are for UTF8');
is(sql('latin1', q{LOAD 'smart_parking'; SET smart_parking.no_plate_words = 'kein, -null'; SELECT smart_parking_internal.is_no_plate('KEIN'), smart_parking_internal.is_no_plate('null')}), 't|f', 'others are taken');

done_testing();
