/*
 * walk_in.c
 *		A car that comes in without a booking, by a right of its own or the lot's.
 */
#include "postgres.h"

#include "core/allocation.h"
#include "core/spot_counter.h"
#include "movement.h"
#include "walk_in.h"

/* The user of stays that nobody booked: 00000000-0000-8000-8000-000000000001. */
static const pg_uuid_t no_user = {{0, 0, 0, 0, 0, 0, 0x80, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}};

/* permit, staff or walk_in; NULL: the car may not. */
const char *
walk_in_right(const Gate *gate, const Rights *rights)
{
	if (rights->blocked)
		return NULL;
	return rights->allowed ? rights->allowed : gate->walk_in ? "walk_in" : NULL;
}

/*
 * Claims a spot; 0 if there is none.  own_lapsed: a hold of the car's that
 * lapsed too long ago and was not released, or NULL.
 */
int
walk_in_spot(const pg_uuid_t *parking_id, const pg_uuid_t *own_lapsed)
{
	if (!spot_counter_has_kind(parking_id, WALK_IN_KIND))
		return 0;
	return own_lapsed ? allocate_after_own(parking_id, WALK_IN_KIND, own_lapsed) :
		allocate_spot(parking_id, WALK_IN_KIND, NULL);
}

/* Opens for it, on a spot that was claimed. */
void
walk_in_let(const Gate *gate, const char *car_plate, int spot_no, const char *right,
			TimestampTz at, Verdict *verdict)
{
	NewStay		stay = {0};

	stay.user_id = &no_user;
	stay.car_plate = car_plate;
	stay.spot_no = spot_no;
	stay.event = right;
	stay.event_reason = "came without a booking";
	let_in_anew(gate, &stay, at, right, verdict);
}
