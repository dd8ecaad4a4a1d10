/*
 * stay_on.c
 *		A car is inside though its booking has ended.
 *
 * An end is final, so the car gets a new booking: on its spot if that is free
 * still, else on another one of the kind, else none, and a person is told.
 */
#include "postgres.h"

#include "utils/snapmgr.h"

#include "core/incident.h"
#include "core/allocation.h"
#include "core/hold.h"
#include "core/parking.h"
#include "core/spot_counter.h"
#include "server/statements.h"
#include "movement.h"
#include "stay_on.h"

static bool
booking_on_spot(const pg_uuid_t *parking_id, int spot_no, pg_uuid_t *id)
{
	Args		args = {0};

	arg_uuid(&args, parking_id);
	arg_datum(&args, Int32GetDatum(spot_no));
	if (run_statement(STMT_BOOKING_ON_SPOT, &args) == 0)
		return false;
	*id = column_uuid(0, 1);
	return true;
}

static void
raise_incident(const char *kind, const Gate *gate, const PlateRead *read,
			   const pg_uuid_t *booking_id, const Booking *ended, TimestampTz now)
{
	Incident	incident = {0};
	pg_uuid_t	other;

	incident.kind = kind;
	incident.gate_id = &gate->id;
	incident.booking_id = booking_id;
	if (booking_on_spot(&gate->parking_id, ended->spot_no, &other))
		incident.other_booking_id = &other;
	incident.details = details_text(NULL, "ended_booking", uuid_text(&ended->id));
	if (read)
		incident.details = details_text(incident.details, "plate_read", uuid_text(&read->id));
	incident_raise(&incident, now);
}

/* The car has come back on a hold of its own meanwhile: then it stands on that. */
static bool
has_other_booking(const Gate *gate, const char *car_plate, TimestampTz at, const char *reason)
{
	Booking		booking;

	if (!booking_lock_of_plate(&gate->parking_id, car_plate, &booking))
		return false;
	if (booking.status == BOOKING_PENDING)
		booking_confirm(&booking, at, reason);
	return true;
}

static void
insert_stay(const Gate *gate, const Booking *ended, const char *car_plate, int spot_no,
			TimestampTz at, const char *reason, pg_uuid_t *id)
{
	NewBooking	stay = {0};
	Interval	hold_duration = gate->parking.hold_duration;

	stay.user_id = &ended->user_id;
	stay.parking_id = &gate->parking_id;
	stay.spot_no = spot_no;
	stay.car_plate = car_plate;
	stay.created_at = at;
	stay.expires_at = hold_end_capped(at, &hold_duration);
	(void) spot_for_booking(&gate->parking_id, spot_no);
	booking_insert_stay(&stay, id);
	booking_log(id, at, "stayed_on", reason,
				details_object(details_text(NULL, "ended_booking", uuid_text(&ended->id))));
	booking_log(id, at, "confirmed", reason, NULL);
}

/* False if the lot has no spot for the car. */
bool
stay_on(const Gate *gate, const PlateRead *read, const Booking *ended, const char *car_plate,
		TimestampTz at, const char *reason)
{
	pg_uuid_t	id;
	bool		same_spot;
	int			spot_no;

	if (has_other_booking(gate, car_plate, at, reason))
		return true;
	/* one at a time in a lot: who calls may give another spot back */
	lock_lot(&gate->parking_id);
	same_spot = spot_counter_claim_this(&ended->spot);
	spot_no = same_spot ? ended->spot_no :
		allocate_spot(&gate->parking_id, ended->spot.kind, NULL);
	if (spot_no == 0)
	{
		raise_incident("inside_without_spot", gate, read, &ended->id, ended, at);
		return false;
	}
	insert_stay(gate, ended, car_plate, spot_no, at, reason, &id);
	if (!same_spot)
		raise_incident("spot_sold_on", gate, read, &id, ended, at);
	return true;
}
