# Whatever form of dump and restore PostgreSQL documents, the restored database
# is the one that was dumped, and nothing is said on the way.
use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;
my $dir = PostgreSQL::Test::Utils::tempdir;

sub sql
{
	my ($db, $sql) = @_;
	return $node->safe_psql($db, $sql);
}

# --- a database with something in every table

sql('postgres', 'CREATE DATABASE source');
sql('source', 'CREATE EXTENSION smart_parking CASCADE');
sql('source', slurp_file("$FindBin::RealBin/lib/live_data.sql"));

my $tables = sql('source', q{
	SELECT string_agg(t::regclass::text, ' ' ORDER BY t::regclass::text) FROM pg_extension e, unnest(e.extconfig) t WHERE e.extname = 'smart_parking'});

# Every table of the extension with its number of rows and a hash of them all.
sub contents
{
	my ($db) = @_;
	return { map { $_ => sql($db, "SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM $_ t") } split / /, $tables };
}
my $before = contents('source');
is(join(' ', grep { $before->{$_} =~ /^0/ } sort keys %$before), '', 'no table is empty');
is(scalar keys %$before, 18, 'and these are all');

# What an application keeps of its own, tied to ours; and what it may do.
sql('source', q{CREATE ROLE app LOGIN; SELECT smart_parking.grant_access('app', 'application')});
sql('source', q{
	CREATE TABLE public.payment (booking_id uuid PRIMARY KEY REFERENCES smart_parking.booking, cents integer);
	INSERT INTO public.payment SELECT id, 100 FROM smart_parking.booking;
	CREATE VIEW public.paid AS SELECT b.id, b.status, p.cents FROM smart_parking.booking b JOIN public.payment p ON p.booking_id = b.id});

# --- ways out and in

# Runs a command that must end well without a word of warning.
sub silently
{
	my ($name, @command) = @_;
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run(\@command, '>', \$out, '2>', \$err);
	ok($ok, "$name: $command[0]") or diag($err);
	is($err, '', "$name: $command[0] says nothing");
	return $out;
}

sub dump_to
{
	my ($name, @options) = @_;
	return silently($name, 'pg_dump', '-f', "$dir/$name", @options, $node->connstr('source'));
}

sub create
{
	my ($db, $prepare) = @_;
	sql('postgres', "CREATE DATABASE $db TEMPLATE template0");
	sql($db, "SET client_min_messages = warning; $prepare") if $prepare;
}

my @psql = ('psql', '-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1');

sub psql_into
{
	my ($name, $db, @options) = @_;
	return silently("$name into $db", @psql, @options, '-d', $node->connstr($db));
}

sub restore_into
{
	my ($name, $db, @options) = @_;
	return silently("$name into $db", 'pg_restore', '-d', $node->connstr($db), @options, "$dir/$name");
}

# The database is the source, and works.
sub complete
{
	my ($db, %left_out) = @_;
	is_deeply(contents($db), $before, "$db: every table has the same rows");
	is(sql($db, 'SELECT count(*), sum(cents) FROM public.paid'), sql('source', 'SELECT count(*), sum(cents) FROM public.paid'),
		"$db: the application's own table and view came, too") unless $left_out{own};
	is(sql($db, 'SELECT * FROM smart_parking.check_invariants()'), '', "$db: invariants hold");
	is( sql($db, q{
			SELECT r.outcome, v.decision, v.reason FROM smart_parking.parking p JOIN smart_parking.gate g ON g.parking_id = p.id AND g.name = 'in',
				smart_parking.reserve_spot(p.id, gen_random_uuid(), 'DD NEW 1') r, smart_parking.validate_plate(g.id, CASE r.outcome WHEN 'reserved' THEN 'DD NEW 1' END) v
			WHERE p.name = 'Live'}),
		'reserved|open|entered', "$db: a reservation and a read");
	is(sql($db, 'SELECT count(*) FROM smart_parking.booking b, smart_parking.booking_event e WHERE e.booking_id = b.id AND e.event = $$confirmed$$ AND b.car_plate::text = $$DDNEW1$$'),
		1, "$db: and both are on record");
	is(sql($db, 'SELECT * FROM smart_parking.check_invariants()'), '', "$db: invariants hold after that");
	like(sql($db, q{SET ROLE app; SELECT outcome FROM smart_parking.booking b, smart_parking.reserve_spot(b.parking_id, b.user_id, b.car_plate::text) WHERE b.user_id::text LIKE '1111%'}),
		qr/already_reserved/, "$db: the application may do what it could") unless $left_out{rights};
}

my $install = 'CREATE EXTENSION smart_parking CASCADE';

dump_to('plain');
create('from_plain');
psql_into('plain', 'from_plain', '-f', "$dir/plain");
complete('from_plain');

# the extension is there already
create('over_extension', $install);
psql_into('plain', 'over_extension', '-f', "$dir/plain");
complete('over_extension');
unlike(slurp_file("$dir/plain"), qr/^CREATE SCHEMA smart_parking/m, 'the schemas come with the extension');

create('one_transaction');
psql_into('plain', 'one_transaction', '--single-transaction', '-f', "$dir/plain");
complete('one_transaction');

dump_to('inserts', '--inserts');
create('from_inserts');
psql_into('inserts', 'from_inserts', '-f', "$dir/inserts");
complete('from_inserts');

dump_to('column_inserts', '--column-inserts', '--rows-per-insert=3');
create('from_column_inserts');
psql_into('column_inserts', 'from_column_inserts', '-f', "$dir/column_inserts");
complete('from_column_inserts');

dump_to('custom', '-Fc');
create('from_custom');
restore_into('custom', 'from_custom', '--exit-on-error');
complete('from_custom');
create('custom_parallel');
restore_into('custom', 'custom_parallel', '-j', '2', '--exit-on-error');
complete('custom_parallel');
create('custom_one_transaction');
restore_into('custom', 'custom_one_transaction', '--single-transaction');
complete('custom_one_transaction');
create('custom_over_extension', $install);
restore_into('custom', 'custom_over_extension', '-j', '2', '--exit-on-error');
complete('custom_over_extension');

dump_to('directory', '-Fd', '-j', '2');
create('directory_parallel');
restore_into('directory', 'directory_parallel', '-j', '4', '--exit-on-error');
complete('directory_parallel');

dump_to('tar', '-Ft');
create('from_tar');
restore_into('tar', 'from_tar');
complete('from_tar');

# in two steps, from one archive and from two dumps
create('in_sections');
restore_into('custom', 'in_sections', "--section=$_") for 'pre-data', 'data', 'post-data';
complete('in_sections');
dump_to('schema_only', '--schema-only');
dump_to('data_only', '--data-only');
create('schema_then_data');
psql_into('schema_only', 'schema_then_data', '-f', "$dir/schema_only");
psql_into('data_only', 'schema_then_data', '-f', "$dir/data_only");
complete('schema_then_data');

# data only, of the extension's tables, into a database in which the extension is
dump_to('ours_only', '--data-only', '--exclude-table=public.payment');
create('data_over_extension', $install);
psql_into('ours_only', 'data_over_extension', '-f', "$dir/ours_only");
complete('data_over_extension', own => 1, rights => 1);

# over what is there already, of which nothing stays
dump_to('clean', '--clean', '--if-exists');
create('cleaned', $install);
sql('cleaned', q{SELECT smart_parking.add_parking('Gone', 51, 13, 5)});
psql_into('clean', 'cleaned', '-f', "$dir/clean");
complete('cleaned');
restore_into('custom', 'from_tar', '--clean', '--if-exists');
complete('from_tar');
create('clean_into_nothing');
psql_into('clean', 'clean_into_nothing', '-f', "$dir/clean");
complete('clean_into_nothing');
dump_to('clean_create', '--clean', '--if-exists', '--create');
sql('postgres', 'CREATE DATABASE kept TEMPLATE source');
sql('postgres', 'DROP DATABASE source');
silently('clean_create', @psql, '-d', $node->connstr('postgres'), '-f', "$dir/clean_create");
complete('source');
sql('postgres', 'DROP DATABASE source');
sql('postgres', 'ALTER DATABASE kept RENAME TO source');

# --- parts of a database

# The extension by itself.  Its schema belongs to it, and pg_dump -n alone passes by whatever belongs to an extension that is not asked for.
dump_to('extension', '-e', 'smart_parking', '-e', 'postgis');
create('from_extension');
psql_into('extension', 'from_extension', '-f', "$dir/extension");
complete('from_extension', own => 1);
dump_to('schema', '-n', 'smart_parking', '-e', 'smart_parking', '-e', 'postgis');
create('from_schema');
psql_into('schema', 'from_schema', '-f', "$dir/schema");
complete('from_schema', own => 1);
dump_to('schema_alone', '-n', 'smart_parking');
unlike(slurp_file("$dir/schema_alone"), qr/^COPY/m, 'the schema alone is an empty dump');

# its data
dump_to('tables', '--data-only', '-t', 'smart_parking.*', '-t', 'smart_parking_internal.*');
create('from_tables', $install);
psql_into('tables', 'from_tables', '-f', "$dir/tables");
complete('from_tables', own => 1, rights => 1);
create('from_archive_schemas', $install);
restore_into('custom', 'from_archive_schemas', '-j', '2', '-n', 'smart_parking', '-n', 'smart_parking_internal');
complete('from_archive_schemas', own => 1, rights => 1);

# --- as the owner of a database who is no superuser, as README has it

sql('postgres', 'CREATE ROLE owner LOGIN');
create('of_owner');
sql('postgres', 'ALTER DATABASE of_owner OWNER TO owner');
sql('of_owner', 'SET client_min_messages = warning; ALTER SCHEMA public OWNER TO owner; CREATE EXTENSION postgis');
my ($status, undef, $said) = $node->psql('of_owner', 'CREATE EXTENSION smart_parking', extra_params => [ '-U', 'owner' ]);
isnt($status, 0, 'the owner of a database cannot make the extension');
like($said, qr/ERROR:  permission denied to create extension "smart_parking"\nHINT:  Must be superuser to create this extension\./, q(and PostgreSQL says so));
sql('of_owner', 'CREATE EXTENSION smart_parking');
sql('of_owner', 'GRANT USAGE ON SCHEMA smart_parking, smart_parking_internal TO owner;
	GRANT SELECT, INSERT, REFERENCES ON ALL TABLES IN SCHEMA smart_parking, smart_parking_internal TO owner;
	GRANT INSERT ON public.spatial_ref_sys TO owner');
restore_into('custom', 'of_owner', '-U', 'owner', '--no-owner', '--no-privileges', '--no-comments', '-j', '2');
complete('of_owner', rights => 1);

# --- the whole server

silently('everything', 'pg_dumpall', '-f', "$dir/everything", '-d', $node->connstr('postgres'));
my $other = PostgreSQL::Test::Cluster->new('other');
$other->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$other->start;
my $err = '';
IPC::Run::run([ 'psql', '-X', '-q', '-o', '/dev/null', '-d', $other->connstr('postgres'), '-f', "$dir/everything" ], '2>', \$err);
is(join("\n", grep { !/role "postgres" already exists/ } split /\n/, $err), '', 'nothing is said but that the superuser exists');
$node->stop;
$node = $other;
complete('source');

$node->stop;
done_testing();
