# Whatever ALTER DEFAULT PRIVILEGES gives away, before an installation or an update, is taken back; what grant_access() gave stays.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;

sub sql
{
	my ($db, $sql) = @_;
	return $node->safe_psql($db, $sql);
}

# All that a role may do with what belongs to the extension, pure functions and the use of types excepted.
sub rights
{
	my ($db, $role) = @_;
	return sql($db, qq{
		WITH member AS (
			SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
			WHERE e.extname = 'smart_parking' AND d.deptype = 'e'
		)
		SELECT n.nspname || ' ' || p FROM member JOIN pg_namespace n ON n.oid = objid AND classid = 'pg_namespace'::regclass,
			unnest(ARRAY['USAGE', 'CREATE']) p WHERE has_schema_privilege('$role', n.oid, p)
		UNION ALL
		SELECT c.relname || ' ' || p FROM member JOIN pg_class c ON c.oid = objid AND classid = 'pg_class'::regclass AND c.relkind IN ('r', 'v'),
			unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p WHERE has_table_privilege('$role', c.oid, p)
		UNION ALL
		SELECT f.proname || ' EXECUTE' FROM member JOIN pg_proc f ON f.oid = objid AND classid = 'pg_proc'::regclass
		WHERE f.provolatile <> 'i' AND NOT EXISTS (SELECT FROM pg_type t WHERE f.oid IN (t.typreceive, t.typsend)) AND has_function_privilege('$role', f.oid, 'EXECUTE')
		ORDER BY 1});
}

# grant options, and what is granted by name that PUBLIC has anyway
sub named
{
	my ($db, $role) = @_;
	return sql($db, qq{
		SELECT objid FROM pg_shdepend WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND deptype = 'a' AND refobjid = '$role'::regrole AND classid <> 'pg_default_acl'::regclass AND NOT (classid = 'pg_namespace'::regclass AND objid = 'public'::regnamespace)});
}

my @kinds = ('TABLES', 'SEQUENCES', 'FUNCTIONS', 'TYPES', 'SCHEMAS');
sub give
{
	my ($db, $to) = @_;
	sql($db, join '', map { "ALTER DEFAULT PRIVILEGES GRANT ALL ON $_ TO $to;" } @kinds);
}

sql('postgres', 'CREATE ROLE app LOGIN; CREATE ROLE granted LOGIN');
sql('postgres', "CREATE DATABASE $_") for 'plain', 'fresh', 'everybody', 'old', 'old_everybody';

sql('plain', 'CREATE EXTENSION smart_parking CASCADE');
is(rights('plain', 'app'), '', 'without anything given away nobody has a right');

for my $case ([ 'fresh', 'app' ], [ 'fresh', '"app"' ], [ 'everybody', 'PUBLIC' ])
{
	my ($db, $to) = @$case;
	sql($db, 'DROP EXTENSION IF EXISTS smart_parking');
	sql($db, 'CREATE EXTENSION IF NOT EXISTS postgis');
	give($db, $to);
	sql($db, 'CREATE EXTENSION smart_parking');
	is(rights($db, 'app'), '', "all given to $to before the installation: nothing remains");
	is(named($db, 'app'), '', 'by name, either');
	my ($status, $out, $err) = $node->psql($db, 'SELECT smart_parking.release_expired()', extra_params => [ '-U', 'app' ]);
	like($err, qr/permission denied/, 'so it calls nothing');
	($status, $out, $err) = $node->psql($db, 'DELETE FROM smart_parking.booking', extra_params => [ '-U', 'app' ]);
	like($err, qr/permission denied/, 'and writes nothing');
	sql($db, q{SELECT smart_parking.grant_access('granted', 'application')});
	like(rights($db, 'granted'), qr/^reserve_spot EXECUTE$/m, 'while grants work');
}

for my $case ([ 'old', 'app' ], [ 'old_everybody', 'PUBLIC' ])
{
	my ($db, $to) = @$case;
	sql($db, 'CREATE EXTENSION postgis');
	sql($db, q{CREATE EXTENSION smart_parking VERSION '1.0.0'; SELECT smart_parking.grant_access('granted', 'application')});
	my $before = rights($db, 'granted');
	like($before, qr/^reserve_spot EXECUTE$/m, 'granted in 1.0.0');
	give($db, $to);
	sql($db, 'ALTER EXTENSION smart_parking UPDATE');
	is(rights($db, 'app'), '', "all given to $to before an update: nothing remains");
	is(named($db, 'app'), '', 'by name, either');
	(my $after = rights($db, 'granted')) =~ s/^smart_parking USAGE\n//m;
	is($after, $before, 'what was granted stays');
	# the schema was no member of 1.0.0
	is(sql($db, q{SELECT has_schema_privilege('granted', 'smart_parking', 'USAGE')}), 't', 'the schema, too');
}

$node->stop;
done_testing();
