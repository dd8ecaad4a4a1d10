/*
 * request.h
 *		A driver's request for a spot, and the answer.
 */
#ifndef SMART_PARKING_REQUEST_H
#define SMART_PARKING_REQUEST_H

#include "core/booking.h"
#include "core/parking.h"
#include "server/call.h"

typedef struct Request
{
	const pg_uuid_t *parking_id;	/* NULL: whichever lot took the driver */
	const pg_uuid_t *user_id;
	char	   *car_plate;		/* canonical */
	Interval   *hold;			/* NULL: the lot's */
	char	   *kind;			/* NULL: whatever the spot is */
	int			spot_no;		/* 0: any */
	bool		counted;		/* among the answers of reserve_spot() */
	const pg_uuid_t *request_id;	/* or NULL */
} Request;

/* What the result row says; a booking that has ended has no spot any more. */
typedef struct Reply
{
	const char *outcome;
	bool		repeated;		/* by request_id */
	bool		has_booking;
	bool		has_spot;
	pg_uuid_t	booking_id;
	int			spot_no;
	char	   *spot_label;
	TimestampTz expires_at;
	int			queue_length;	/* with "full"; 0: there is no queue */
} Reply;

#define RESERVATION_COLUMNS 6

extern void lock_driver(const Request *request);
extern uint64 plate_key(const Request *request);
extern bool is_plainly_full(const Request *request, TimestampTz now, Snapshot snapshot,
							Parking *parking, SlicesView *view);
pg_noreturn extern void other_request(void);
extern bool find_earlier_request(const Request *request, Reply *reply);
extern bool reply_with_fate(Booking *booking, Reply *reply);
extern bool answer_with_active_booking(const Request *request, const pg_uuid_t *booking_id,
									   Reply *reply);
extern bool must_queue(const Request *request, const Parking *parking, Snapshot snapshot,
					   Reply *reply);
extern void check_holds_of_user(const Request *request, int wanted, TimestampTz now,
								Snapshot snapshot);
extern void hold_spot(const Request *request, const Parking *parking, int spot_no,
					  TimestampTz now, Reply *reply);
extern Datum reservation_row(Call *call, const Reply *reply);

#endif							/* SMART_PARKING_REQUEST_H */
