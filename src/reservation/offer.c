/*
 * offer.c
 *		The reservation plane: what the queue's functions in SQL need of the
 *		spot counter and the booking.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "core/allocation.h"
#include "core/hold.h"
#include "core/settings.h"
#include "server/call.h"
#include "server/locks.h"
#include "server/probe.h"
#include "request.h"

PG_FUNCTION_INFO_V1(offer_spot);
PG_FUNCTION_INFO_V1(lengthen_offer);

/*
 * The car's own booking in the lot: one that is valid is what it wants; a lapsed
 * hold ends, which gives its spot back, unless somebody has it in hand.
 */
static void
look_at_own(const Request *request, const pg_uuid_t *id, bool lapsed, Reply *reply)
{
	Booking		own;

	if (!lapsed)
	{
		reply->outcome = "already_reserved";
		reply->has_booking = true;
		reply->booking_id = *id;
	}
	else if (!booking_lock_if_free(id, &own) || !booking_has_lapsed(&own, GetCurrentTimestamp()))
		reply->outcome = "busy";
	else
	{
		booking_end(&own, BOOKING_EXPIRED, GetCurrentTimestamp(), "lapsed; a spot is offered");
		spot_counter_give_back(&own.spot);
	}
}

static void
hold_for_offer(const Request *request, int spot_no, Reply *reply)
{
	NewBooking	booking = {0};

	booking.user_id = request->user_id;
	booking.parking_id = request->parking_id;
	booking.spot_no = spot_no;
	booking.car_plate = request->car_plate;
	(void) spot_for_booking(request->parking_id, spot_no);
	booking.created_at = GetCurrentTimestamp();
	booking.expires_at = Min(booking.created_at + (TimestampTz) setting_offer_life * USECS_PER_SEC,
							 hold_cap(booking.created_at));
	booking_insert_hold(&booking, &reply->booking_id);
	booking_log(&reply->booking_id, booking.created_at, "offered", "first in the queue", NULL);
	reply->outcome = "reserved";
	reply->has_booking = true;
	reply->has_spot = true;
	reply->spot_no = spot_no;
	reply->spot_label = spot_for_booking(request->parking_id, spot_no);
	reply->expires_at = booking.expires_at;
}

/* Waits for nobody: the caller holds the lot's row. */
Datum
offer_spot(PG_FUNCTION_ARGS)
{
	Call		call;
	Request		request = {0};
	Reply		reply = {0};
	Snapshot	snapshot;
	pg_uuid_t	own_id;
	bool		lapsed;
	bool		busy;
	int			spot_no;
	Datum		row;

	call_begin(&call, fcinfo);
	call_connect(&call);
	request.parking_id = PG_GETARG_UUID_P(0);
	request.user_id = PG_GETARG_UUID_P(1);
	request.car_plate = text_to_cstring(PG_GETARG_TEXT_PP(2));
	request.kind = text_to_cstring(PG_GETARG_TEXT_PP(3));
	if (!try_lock_until_commit(LOCK_PLATE_IN_LOT, plate_key(&request)))
		reply.outcome = "busy";
	else
	{
		snapshot = probe_snapshot();
		if (booking_of_plate(request.parking_id, request.car_plate, GetCurrentTimestamp(), snapshot,
							 &own_id, &lapsed))
			look_at_own(&request, &own_id, lapsed, &reply);
		UnregisterSnapshot(snapshot);
	}
	if (reply.outcome == NULL)
	{
		spot_no = allocate_at_hand(request.parking_id, request.kind, NULL, &busy);
		if (spot_no != 0)
			hold_for_offer(&request, spot_no, &reply);
		else
			reply.outcome = busy ? "busy" : "full";
	}
	row = reservation_row(&call, &reply);
	call_end(&call);
	return row;
}

Datum
lengthen_offer(PG_FUNCTION_ARGS)
{
	Call		call;
	Booking		booking;
	Parking		parking;
	TimestampTz now;
	bool		valid;

	call_begin(&call, fcinfo);
	call_connect(&call);
	if (!booking_lock(PG_GETARG_UUID_P(0), &booking))
		unknown_booking(PG_GETARG_UUID_P(0));
	now = GetCurrentTimestamp();
	valid = booking.status == BOOKING_PENDING && !booking_has_lapsed(&booking, now);
	if (valid)
	{
		TimestampTz expires_at;

		parking_read_latest(&booking.parking_id, &parking);
		expires_at = Min(hold_end_capped(now, &parking.hold_duration), hold_cap(booking.created_at));
		if (expires_at > booking.expires_at)
			booking_extend(&booking, expires_at, now, "the offer was accepted");
	}
	call_end(&call);
	PG_RETURN_BOOL(valid);
}
