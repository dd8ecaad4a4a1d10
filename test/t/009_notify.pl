# Orders reach a gate that asks for it by NOTIFY, once they are committed; and no gate that does not ask.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smart_parking CASCADE');

my $lot = $node->safe_psql('postgres', "SELECT smart_parking.add_parking('Notify', 51.05, 13.74, 5)");
my $loud = $node->safe_psql('postgres', "SELECT smart_parking.add_gate('$lot', 'loud', 'entry')");
my $still = $node->safe_psql('postgres', "SELECT smart_parking.add_gate('$lot', 'still', 'entry')");
$node->safe_psql('postgres', "SELECT smart_parking.set_gate('$loud', notifies => true)");
$node->safe_psql('postgres', "SELECT smart_parking.reserve_spot('$lot', gen_random_uuid(), plate) FROM unnest(ARRAY['NA 1111', 'NB 2222', 'NC 3333']) plate");

# What a session that listens is told, its own notifications included.
sub told
{
	my ($gate, $plate, $end) = @_;
	my $said = $node->safe_psql('postgres',
		"LISTEN smart_parking_gate; BEGIN; SELECT 'order ' || command_id FROM smart_parking.validate_plate('$gate', '$plate'); $end; SELECT 'after'");
	my ($order) = $said =~ /^order (\S+)$/m;
	my @notified = $said =~ /^Asynchronous notification "smart_parking_gate" with payload "([^"]*)"/mg;
	ok($order, "$plate gets an order");
	return ($order, @notified);
}

my ($order, @notified) = told($loud, 'NA 1111', 'COMMIT');
is_deeply(\@notified, ["$loud $order"], 'which names the gate and the command');
is($node->safe_psql('postgres', "SELECT id FROM smart_parking.pending_commands('$loud')"), $order, 'and which can be polled, too');

($order, @notified) = told($loud, 'NB 2222', 'ROLLBACK');
is_deeply(\@notified, [], 'nothing is told of what was rolled back');

($order, @notified) = told($still, 'NC 3333', 'COMMIT');
is_deeply(\@notified, [], 'a gate that did not ask is not told');
is($node->safe_psql('postgres', "SELECT id FROM smart_parking.pending_commands('$still')"), $order, 'it polls');

$node->stop;
done_testing();
