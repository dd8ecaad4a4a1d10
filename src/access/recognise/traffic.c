/*
 * traffic.c
 *		What the lot's passages say of a read that is like one booking.
 *
 * Asked only where a likeness is about to decide: reads that equal a booking,
 * and those that are like none, cost nothing.
 */
#include "postgres.h"

#include "core/settings.h"
#include "server/statements.h"
#include "traffic.h"

/*
 * So many passages of a lot are looked at, the newest ones: what a busy lot
 * spends on a misread has a limit.
 */
#define MOST_PASSAGES 2000

/* What is known of the car that is at the gate now while its passages are gone through. */
typedef struct CarAtGate
{
	const Gate *gate;
	const PlateRead *read;
	const LikeBooking *booking;
	TimestampTz now;
	int			passages;		/* of this gate, so far */
	bool		still_here;		/* they all were of what is read now */
} CarAtGate;

static bool
same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static SightingWay
way_of(const char *movement)
{
	if (movement == NULL)
		return SIGHTED_STAYING;
	return strcmp(movement, "in") == 0 ? SIGHTED_COMING : SIGHTED_GOING;
}

static bool
is_this_booking(const CarAtGate *car, uint64 row)
{
	pg_uuid_t	id;

	if (column_is_null(row, 7))
		return false;
	id = column_uuid(row, 7);
	return memcmp(&id, car->booking->id, UUID_LEN) == 0;
}

/* The newest passage of the gate may be the one that this read goes on with. */
static bool
may_be_this_passage(const CarAtGate *car, uint64 row, TimestampTz at)
{
	if (car->passages > 1)
		return false;
	return at + car->gate->window > car->now || same_text(car->read->vehicle, column_text(row, 3)) ||
		(car->read->revises && at + TRAFFIC_SAME_VISIT * USECS_PER_SEC > car->now);
}

/*
 * A car that still stands at the gate is no second one: nobody has come there
 * since.  It was refused, and its driver booked then; or a person was asked; or the
 * order that it got came to nothing.
 */
static bool
is_of_car_at_gate(CarAtGate *car, uint64 row, SightingKind kind)
{
	pg_uuid_t	gate_id = column_uuid(row, 1);
	TimestampTz at = DatumGetTimestampTz(column_datum(row, 2));

	if (memcmp(&gate_id, &car->gate->id, UUID_LEN) != 0)
		return false;
	car->passages++;
	if (may_be_this_passage(car, row, at))
		return true;
	car->still_here = car->still_here && at + TRAFFIC_SAME_VISIT * USECS_PER_SEC > car->now &&
		same_text(car->read->car_plate, column_text(row, 4));
	if (!car->still_here)
		return false;
	return (kind == SIGHTED_ALONE && (at < car->booking->created_at || DatumGetBool(column_datum(row, 10)))) ||
		(kind == SIGHTED_ALIKE && is_this_booking(car, row));
}

static void
offer_passage(CarAtGate *car, uint64 row, PlateTraffic *traffic)
{
	PlateSighting sighting = {0};
	bool		says_something = !column_is_null(row, 4) && !column_is_null(row, 5);
	pg_uuid_t	booking_id;

	sighting.kind = says_something ? (SightingKind) DatumGetInt32(column_datum(row, 5)) : SIGHTED_ALONE;
	if (is_of_car_at_gate(car, row, sighting.kind) || !says_something)
		return;
	/* what came in on it is inside, or leaves on it now, whosever it is */
	if (sighting.kind == SIGHTED_ALIKE && car->booking->inside && is_this_booking(car, row))
		return;
	sighting.plate = column_text(row, 4);
	sighting.length = strlen(sighting.plate);
	sighting.way = way_of(column_text(row, 6));
	sighting.at = DatumGetTimestampTz(column_datum(row, 2)) / USECS_PER_SEC;
	if (!column_is_null(row, 7))
	{
		booking_id = column_uuid(row, 7);
		sighting.booking = booking_id.data;
	}
	sighting.taken_for = column_is_null(row, 8) ? "" : column_text(row, 8);
	sighting.taken_for_length = strlen(sighting.taken_for);
	sighting.was_read_so = !column_is_null(row, 9) && DatumGetBool(column_datum(row, 9));
	plate_traffic_offer(traffic, &sighting);
}

/*
 * Who is at an exit is inside: of the cars that the lot knows, only one that it
 * knows by more than a camera's word speaks against the booking there.
 */
static TrafficWord
at_this_gate(const Gate *gate, TrafficWord word)
{
	return gate->lets_in || word == TRAFFIC_SAYS_OWN ? word : TRAFFIC_SAYS_NOTHING;
}

/* *traffic was begun with the read and the booking. */
TrafficWord
traffic_of_read(const Gate *gate, const PlateRead *read, const LikeBooking *booking, TimestampTz now,
				PlateTraffic *traffic)
{
	CarAtGate	car = {gate, read, booking, now, 0, true};
	Args		args = {0};
	uint64		found;

	arg_uuid(&args, &gate->parking_id);
	arg_time(&args, now - setting_match_memory * USECS_PER_SEC);
	arg_text(&args, read->car_plate);
	arg_datum(&args, Int64GetDatum(MOST_PASSAGES));
	found = run_statement(STMT_TRAFFIC, &args);
	for (uint64 row = 0; row < found; row++)
		offer_passage(&car, row, traffic);
	return at_this_gate(gate, plate_traffic_finish(traffic));
}

/* How often the plate that was read came before, or another one that is as like it, and which. */
char *
traffic_details(const PlateTraffic *traffic, TrafficWord word, const char *details)
{
	const TrafficRival *rival = word == TRAFFIC_SAYS_NEIGHBOUR ? plate_traffic_rival(traffic) : NULL;
	int			seen = rival ? rival->seen : traffic->own + traffic->alone + traffic->alike;
	char	   *members = details_member(details, "seen", psprintf("%d", seen));

	return rival ? details_text(members, "neighbour", pnstrdup(rival->plate, rival->length)) : members;
}
