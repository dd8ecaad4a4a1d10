/*
 * movement.h
 *		A car comes in or goes out: what becomes of its booking.
 */
#ifndef SMART_PARKING_MOVEMENT_H
#define SMART_PARKING_MOVEMENT_H

#include "access/record/gate.h"
#include "access/record/verdict.h"
#include "core/booking.h"

/* A booking for a car that has none at the gate. */
typedef struct NewStay
{
	const pg_uuid_t *user_id;
	const char *car_plate;
	int			spot_no;
	const char *event;			/* its first one, */
	const char *event_reason;	/* why, */
	char	   *event_details;	/* and members of a JSON object, or NULL */
} NewStay;

extern void decide_on(Verdict *verdict, const char *decision, const char *reason,
					  const Booking *booking);
extern void let_in(const Gate *gate, const Booking *booking, TimestampTz now,
				   const char *reason, Verdict *verdict);
extern void let_in_anew(const Gate *gate, const NewStay *stay, TimestampTz now,
						const char *reason, Verdict *verdict);
extern void let_out(const Gate *gate, const Booking *booking, TimestampTz now,
					const char *reason, Verdict *verdict);
extern void let_out_unentered(const Gate *gate, const Booking *hold, TimestampTz now,
							  const char *reason, Verdict *verdict);
extern void complete_unentered(const Booking *hold, TimestampTz at, const char *reason);
extern void complete_stay(const Booking *booking, TimestampTz at, const char *reason);
extern void take_back_entry(const Booking *booking, bool made_for_it, TimestampTz now,
							const char *reason);
extern void drop_hold(const pg_uuid_t *booking_id, TimestampTz now, const char *reason);

#endif							/* SMART_PARKING_MOVEMENT_H */
