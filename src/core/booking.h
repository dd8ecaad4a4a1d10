/*
 * booking.h
 *		The booking: the record, its states, its history.
 */
#ifndef SMART_PARKING_BOOKING_H
#define SMART_PARKING_BOOKING_H

#include "nodes/pg_list.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "server/compat.h"
#include "server/probe.h"
#include "server/statements.h"
#include "spot_counter.h"

typedef enum BookingStatus
{
	BOOKING_PENDING,
	BOOKING_CONFIRMED,
	BOOKING_COMPLETED,
	BOOKING_CANCELLED,
	BOOKING_EXPIRED
} BookingStatus;

/* why a stay was closed that lasted too long: by it the gate knows it again */
#define OVERSTAY_REASON "stayed longer than max_stay"

typedef struct Booking
{
	pg_uuid_t	id;
	pg_uuid_t	user_id;
	pg_uuid_t	parking_id;
	int			spot_no;
	BookingStatus status;
	TimestampTz created_at;
	TimestampTz expires_at;
	TimestampTz confirmed_at;	/* 0: never */
	char	   *spot_label;
	SliceSpots	spot;			/* where the counter has it */
	ItemPointerData place;		/* of the row that was locked; invalid: not told */
} Booking;

/* An active booking of a lot as booking_live_next() reads it. */
typedef struct LiveBooking
{
	pg_uuid_t	id;
	int			spot_no;
	bool		inside;
	TimestampTz created_at;
	TimestampTz expires_at;
	const char *car_plate;		/* valid until the next one is read */
	size_t		plate_length;
} LiveBooking;

/* A booking to be made. */
typedef struct NewBooking
{
	const pg_uuid_t *user_id;
	const pg_uuid_t *parking_id;
	int			spot_no;
	const char *car_plate;		/* canonical */
	TimestampTz created_at;
	TimestampTz expires_at;
	const pg_uuid_t *request_id;	/* or NULL */
	Interval   *requested_hold; /* or NULL */
} NewBooking;

extern const char *booking_status_name(BookingStatus status);
extern BookingStatus booking_status_from_name(const char *name);
extern BookingStatus booking_status_of(Oid value);
extern Oid	booking_status_value(BookingStatus status);


extern void booking_insert_hold(const NewBooking *booking, pg_uuid_t *id);
extern void booking_insert_stay(const NewBooking *booking, pg_uuid_t *id);

extern void booking_insert_past(const Booking *lapsed, const char *car_plate, TimestampTz at,
								pg_uuid_t *id);
extern bool booking_find(Statement statement, Args *args, Booking *booking);
extern bool booking_lock(const pg_uuid_t *id, Booking *booking);
extern bool booking_lock_if_free(const pg_uuid_t *id, Booking *booking);
extern bool booking_lock_of_plate(const pg_uuid_t *parking_id, const char *car_plate,
								  Booking *booking);
extern bool booking_row_look(const pg_uuid_t *parking_id, const char *car_plate,
							 Booking *booking, bool *locked);
extern bool booking_row_move(const Booking *booking, BookingStatus to, TimestampTz at);
extern bool booking_find_expired(const pg_uuid_t *parking_id, const char *car_plate,
								 TimestampTz since, Booking *booking);
extern bool booking_of_plate(const pg_uuid_t *parking_id, const char *car_plate,
							 TimestampTz now, Snapshot snapshot, pg_uuid_t *id, bool *lapsed);
extern bool booking_of_marked_plate(const pg_uuid_t *parking_id, const char *car_plate, Snapshot snapshot);
extern bool booking_elsewhere(const pg_uuid_t *parking_id, const char *car_plate,
							  TimestampTz now, Snapshot snapshot, pg_uuid_t *id,
							  pg_uuid_t *other_parking_id);
extern bool booking_ended_since(const pg_uuid_t *parking_id, const char *car_plate,
								TimestampTz since, Snapshot snapshot);
extern void booking_live_begin(Probe *probe, const pg_uuid_t *parking_id, Snapshot snapshot);
extern bool booking_live_next(Probe *probe, LiveBooking *booking);
extern bool booking_standing_on(const pg_uuid_t *parking_id, int spot_no, Snapshot snapshot,
							LiveBooking *booking);
extern int	booking_holds_of_user(const pg_uuid_t *user_id, TimestampTz now, int limit,
								  Snapshot snapshot);
extern int	booking_holds_by_group(const pg_uuid_t *user_id, TimestampTz now, Snapshot snapshot);
extern bool booking_any_lapsed(const pg_uuid_t *parking_id, TimestampTz now,
							   Snapshot snapshot);
extern bool booking_next_lapse(const pg_uuid_t *parking_id, Snapshot snapshot,
							   TimestampTz *expires_at, PageWatch *watch);
extern bool booking_any_lapsed_anywhere(TimestampTz now, Snapshot snapshot);
extern List *booking_lapsed_spots(const pg_uuid_t *parking_id, TimestampTz now,
								  Snapshot snapshot);
extern bool booking_lock_lapsed(const pg_uuid_t *parking_id, const char *kind,
								TimestampTz now, bool wait, Booking *booking);

extern void booking_confirm(const Booking *booking, TimestampTz at, const char *reason);
extern void booking_end(const Booking *booking, BookingStatus status, TimestampTz at,
						const char *reason);
extern void booking_unconfirm(const Booking *booking, TimestampTz expires_at, TimestampTz at,
							  const char *reason);
extern void booking_extend(const Booking *booking, TimestampTz expires_at, TimestampTz at,
						   const char *reason);
extern void booking_log(const pg_uuid_t *id, TimestampTz at, const char *event,
						const char *reason, const char *details);

static inline bool
booking_has_lapsed(const Booking *booking, TimestampTz now)
{
	return booking->status == BOOKING_PENDING && booking->expires_at <= now;
}

pg_noreturn extern void unknown_booking(const pg_uuid_t *id);

#endif							/* SMART_PARKING_BOOKING_H */
