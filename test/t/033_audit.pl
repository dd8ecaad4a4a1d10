# Where pgaudit watches a table, it sees the writes of a reservation, which are made without a plan elsewhere.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pgaudit'\npgaudit.role = 'auditor'\npgaudit.log_parameter = on\n");
$node->start;

sub sql
{
	my ($sql) = @_;
	return $node->safe_psql('postgres', $sql);
}

sql('CREATE ROLE auditor; CREATE EXTENSION pgaudit; CREATE EXTENSION smart_parking CASCADE');
my $lot = sql(q{SELECT smart_parking.add_parking('Audited', 51.05, 13.74, 8)});
sql('GRANT INSERT ON smart_parking.booking TO auditor; GRANT UPDATE ON smart_parking.counter_slice TO auditor');

my $from = -s $node->logfile;
my $reserve = "SELECT outcome FROM smart_parking.reserve_spot('$lot', gen_random_uuid(), 'AUDIT %s')";
is(sql(join ';', map { sprintf $reserve, $_ } 1 .. 3), "reserved\nreserved\nreserved", 'reserves, several times in a session');
my $log = substr(slurp_file($node->logfile), $from);
is(scalar(() = $log =~ /AUDIT: OBJECT,.*,WRITE,INSERT,TABLE,smart_parking\.booking,/g), 3, 'each booking is on the audit log');
is(scalar(() = $log =~ /AUDIT: OBJECT,.*,WRITE,UPDATE,TABLE,smart_parking\.counter_slice,/g), 3, 'and each claim of a spot');
like($log, qr/AUDIT: OBJECT,.*,WRITE,INSERT,TABLE,smart_parking\.booking,.*AUDIT1/, 'with what was written');
is(sql('SELECT * FROM smart_parking.check_invariants()'), '', 'all is well');

$node->stop;
done_testing();
