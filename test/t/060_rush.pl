# 64 drivers at one place, 500 spots in 20 lots: all 500 go, nobody gets one twice, nobody deadlocks, and full is said
# only when all are gone.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use constant { CLIENTS => 64, CALLS => 10, LOTS => 20, SPOTS => 25 };

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "deadlock_timeout = '50ms'\nlog_statement = none\nmax_connections = 100");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');
my ($lots, $spots) = (LOTS, SPOTS);
$node->safe_psql('postgres', qq{
	SELECT smart_parking.add_parking('Lot ' || n, 51.05 + n * 0.0005, 13.74 - n * 0.0003, $spots) FROM generate_series(1, $lots) AS n;
	CREATE TABLE answer (client int, plate text, outcome text, parking_id uuid, booking_id uuid, tried int);
	CREATE SEQUENCE car;
});

my $file = $node->basedir . '/rush.sql';
PostgreSQL::Test::Utils::append_to_file($file,
	"INSERT INTO answer SELECT :client_id, c.plate, r.outcome, r.parking_id, r.booking_id, cardinality(r.tried) "
	. "FROM (SELECT 'RUSH' || nextval('car') AS plate) AS c, smart_parking.reserve_nearby(51.05, 13.74, md5(c.plate)::uuid, c.plate, 5000) AS r;\n");
my ($out, $err) = run_command(
	[ 'pgbench', '--no-vacuum', '--client=' . CLIENTS, '--jobs=2', '--transactions=' . CALLS, '--max-tries=1',
		'--host=' . $node->host, '--port=' . $node->port, "--file=$file", 'postgres' ]);
my $calls = CLIENTS * CALLS;
my $all = LOTS * SPOTS;
like($out, qr/number of transactions actually processed: $calls\/$calls/, 'all calls were answered');
unlike($err, qr/aborted/, 'none failed');
is($node->safe_psql('postgres', "SELECT outcome, count(*), count(DISTINCT booking_id) FROM answer GROUP BY 1 ORDER BY 1"),
	'full|' . ($calls - $all) . "|0\nreserved|$all|$all", 'all spots went, each once');
is($node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT (parking_id, spot_no)) FROM smart_parking.booking WHERE status = 'pending'}),
	"$all|$all", 'and stand in the table');
is($node->safe_psql('postgres', "SELECT min(tried), max(tried) FROM answer WHERE outcome = 'full'"), "$lots|$lots", 'who heard full had asked all lots');
is($node->safe_psql('postgres', 'SELECT count(*) FROM smart_parking.nearby_parking(51.05, 13.74, 5000)'), '0', 'the search finds none');
is($node->safe_psql('postgres', 'SELECT * FROM smart_parking.check_invariants()'), '', 'the invariants hold');

done_testing();
