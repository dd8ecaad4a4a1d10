# Whoever may create things in the database puts them where names could be looked up, before the installation and after it:
# nothing of theirs ever runs with the rights of somebody else.
use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;

my $squat = slurp_file("$FindBin::RealBin/lib/squatters.sql");
my $calls = slurp_file("$FindBin::RealBin/lib/all_calls.sql");

sub sql
{
	my ($db, $sql, %as) = @_;
	return $node->safe_psql($db, $sql, %as);
}

my @squatter = (extra_params => [ '-U', 'squatter' ]);

# Where the squatter has no such schema yet, it makes one. Says how many functions there are.
sub squat_in
{
	my ($db, $schema, $names) = @_;
	sql($db, qq{
		SET client_min_messages = error; SET search_path = pg_catalog;
		SET squat.schema = '$schema'; SET squat.names = '$names';
		CREATE SCHEMA IF NOT EXISTS $schema;
		CREATE SEQUENCE IF NOT EXISTS public.squatters_run;
		GRANT ALL ON SEQUENCE public.squatters_run TO PUBLIC;
		GRANT USAGE ON SCHEMA $schema TO PUBLIC;
		$squat}, @squatter);
	return sql($db, "SELECT count(*) FROM pg_proc WHERE pronamespace = '$schema'::regnamespace AND proowner = 'squatter'::regrole");
}

# Calls everything, with something to be found in its own way before.
my $run = 0;
sub all_calls
{
	my ($db, $role, $path, $before) = @_;
	$run++;
	my $owner = $role eq 'postgres' ? 1 : 0;
	my ($status, $out, $err) = $node->psql($db,
		"\\set source s$run\n\\set owner $owner\nSET client_min_messages = error;\n" . ($before // '') . "\nSET search_path = $path;\n$calls", extra_params => [ '-U', $role ]);
	is($err, 'psql:<stdin>:' . ($err =~ /^psql:<stdin>:(\d+):/ ? $1 : '?') . ': ERROR:  SP030', "$db: $role calls everything, under search_path = $path");
	is(sql($db, 'SELECT is_called FROM public.squatters_run'), 'f', 'and nothing of the squatter ran');
}

# --- the words of our functions, views and checks, in a database of its own

sql('postgres', 'CREATE ROLE squatter LOGIN; CREATE ROLE operator LOGIN; CREATE ROLE called');
sql('postgres', "CREATE DATABASE $_ OWNER squatter") for 'model', 'before', 'after', 'old', 'schemas';
sql('model', 'CREATE EXTENSION smart_parking CASCADE');
my $names = sql('model', q{
	SELECT string_agg(DISTINCT lower(w[1]), ',') FROM (
		SELECT prosrc FROM pg_proc WHERE pronamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace)
		UNION ALL SELECT pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v' AND relnamespace IN ('smart_parking'::regnamespace, 'smart_parking_internal'::regnamespace)
		UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'smart_parking'::regnamespace
		UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef) AS s (text), regexp_matches(text, '[A-Za-z_][A-Za-z_0-9]+', 'g') AS w});
like($names, qr/(^|,)st_makepoint,/, 'the words of the functions are known');
my @public = split /\n/, sql('model', q{SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'smart_parking'::regnamespace ORDER BY 1});
is(join(' ', grep { $calls !~ /smart_parking\.\Q$_\E\(/ } @public), '', 'every public function is called below');

# --- public belongs to the owner of the database, and PostGIS lies there

sql('before', 'CREATE EXTENSION postgis');
cmp_ok(squat_in('before', 'public', $names), '>', 5000, 'a squatter fills schema public');
sql('before', 'CREATE EXTENSION smart_parking');
sql('before', q{SELECT smart_parking.grant_access('operator', 'operator'), smart_parking.grant_access('squatter', 'application')});
all_calls('before', $_, 'public') for 'postgres', 'operator';
squat_in('before', 'public', $names);
all_calls('before', 'postgres', 'pg_catalog, public');

# --- after the installation, in schemas that come first

sql('after', 'CREATE SCHEMA gis; CREATE EXTENSION postgis SCHEMA gis; GRANT ALL ON SCHEMA gis TO squatter; CREATE EXTENSION smart_parking');
sql('after', q{SELECT smart_parking.grant_access('operator', 'operator'), smart_parking.grant_access('squatter', 'application')});
cmp_ok(squat_in('after', 'evil', $names), '>', 5000, 'a squatter fills a schema of its own');
squat_in('after', 'gis', $names);
{
	my ($status, $out, $err) = $node->psql('after', 'SET search_path = evil, pg_catalog; SELECT lower(name) FROM (SELECT $$x$$::pg_catalog.text AS name) AS x');
	like($err, qr/squatter lower ran as postgres/, 'who looks there first, gets it');
	sql('after', 'ALTER SEQUENCE public.squatters_run RESTART');
	my $temporary = q{CREATE TEMPORARY TABLE x (); SELECT format('CREATE TEMPORARY TABLE %I (squatted integer)', c.relname)
		FROM pg_class AS c WHERE c.relkind IN ('r', 'v') AND c.relnamespace IN ('pg_catalog'::regnamespace, 'smart_parking'::regnamespace) \gexec
	};
	for my $role ('postgres', 'operator')
	{
		all_calls('after', $role, 'evil, pg_catalog, gis');
		all_calls('after', $role, 'pg_temp, evil, pg_catalog', $temporary);
	}
}

# --- an update, at which our own types are there

sql('old', q{CREATE EXTENSION postgis; CREATE EXTENSION smart_parking VERSION '1.0.0'; SELECT smart_parking.grant_access('squatter', 'application')});
squat_in('old', 'public', $names);
isnt(sql('old', q{SELECT count(*) FROM pg_operator WHERE oprnamespace = 'public'::regnamespace AND oprleft = 'smart_parking.booking_status'::regtype}), '0',
	'a squatter has operators on our types');
sql('old', 'ALTER EXTENSION smart_parking UPDATE');
sql('old', q{SELECT smart_parking.grant_access('operator', 'operator')});
all_calls('old', $_, 'public') for 'postgres', 'operator';

# --- schemas of our names that are somebody else's

for my $schema ('smart_parking', 'smart_parking_internal')
{
	sql('schemas', "CREATE SCHEMA $schema; CREATE FUNCTION $schema.st_makepoint(float8, float8) RETURNS text LANGUAGE sql AS 'SELECT 1::text'", @squatter);
	my ($status, $out, $err) = $node->psql('schemas', 'CREATE EXTENSION smart_parking CASCADE');
	like($err, qr/ERROR:  schema "$schema" already exists/, "a schema $schema is not taken over");
	is(sql('schemas', q{SELECT count(*) FROM pg_extension WHERE extname = 'smart_parking'}), '0', 'there is no extension then');
	sql('schemas', "DROP SCHEMA $schema CASCADE");
}

# 1.0.0 did take it over
sql('schemas', 'CREATE SCHEMA smart_parking', @squatter);
sql('schemas', q{CREATE EXTENSION smart_parking VERSION '1.0.0' CASCADE});
sub refused
{
	my ($like, $why) = @_;
	my ($status, $out, $err) = $node->psql('schemas', 'ALTER EXTENSION smart_parking UPDATE');
	like($err, $like, $why);
	is(sql('schemas', q{SELECT extversion FROM pg_extension WHERE extname = 'smart_parking'}), '1.0.0', 'and nothing is updated');
}
refused(qr/ERROR:  schema smart_parking does not belong to the owner of the extension\nHINT:  .*ALTER SCHEMA smart_parking OWNER TO/, 'an update refuses such a schema');
sql('schemas', q{CREATE FUNCTION smart_parking.squats(smart_parking.booking_status, smart_parking.booking_status) RETURNS boolean LANGUAGE sql AS 'SELECT true';
	CREATE OPERATOR smart_parking.= (LEFTARG = smart_parking.booking_status, RIGHTARG = smart_parking.booking_status, FUNCTION = smart_parking.squats)}, @squatter);
sql('schemas', 'ALTER SCHEMA smart_parking OWNER TO postgres');
refused(qr/ERROR:  schema smart_parking holds what belongs to others: .*squats\(.*\nHINT:  /, 'nor one with things of others in it');
sql('schemas', 'DROP FUNCTION smart_parking.squats CASCADE; GRANT CREATE ON SCHEMA smart_parking TO squatter');
sql('schemas', 'ALTER EXTENSION smart_parking UPDATE');
is(sql('schemas', q{SELECT has_schema_privilege('squatter', 'smart_parking', 'CREATE')}), 'f', 'nobody else may create in it any more');

$node->stop;
done_testing();
