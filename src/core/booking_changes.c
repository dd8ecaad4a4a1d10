/*
 * booking_changes.c
 *		What becomes of a booking, each step with its event.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/datetime.h"

#include "server/new_row.h"
#include "server/tables.h"
#include "booking.h"

void
booking_log(const pg_uuid_t *id, TimestampTz at, const char *event,
			const char *reason, const char *details)
{
	NewRow		row;

	new_row_begin(&row, SHAPED_BOOKING_EVENT);
	new_row_uuid(&row, Anum_booking_event_booking_id, id);
	new_row_time(&row, Anum_booking_event_happened_at, at);
	new_row_text(&row, Anum_booking_event_event, event);
	new_row_text(&row, Anum_booking_event_reason, reason);
	new_row_json(&row, Anum_booking_event_details, details);
	new_row_insert(&row, STMT_LOG_EVENT);
}

/* The functions below take a booking that booking_lock() has locked. */

void
booking_confirm(const Booking *booking, TimestampTz at, const char *reason)
{
	Args		args = {0};

	arg_uuid(&args, &booking->id);
	arg_time(&args, at);
	if (!booking_row_move(booking, BOOKING_CONFIRMED, at))
		run_statement(STMT_CONFIRM, &args);
	booking_log(&booking->id, at, "confirmed", reason, NULL);
}

/* Completed, cancelled or expired; the caller gives the spot back. */
void
booking_end(const Booking *booking, BookingStatus status, TimestampTz at, const char *reason)
{
	Args		args = {0};

	arg_uuid(&args, &booking->id);
	arg_text(&args, booking_status_name(status));
	arg_time(&args, at);
	if (!booking_row_move(booking, status, at))
		run_statement(STMT_END, &args);
	booking_log(&booking->id, at, booking_status_name(status), reason, NULL);
}

/*
 * The car that came in was another one: the booking is a hold again.  The guard
 * wants to see the event first.
 */
void
booking_unconfirm(const Booking *booking, TimestampTz expires_at, TimestampTz at,
				  const char *reason)
{
	Args		args = {0};

	booking_log(&booking->id, at, "entry_corrected", reason, NULL);
	arg_uuid(&args, &booking->id);
	arg_time(&args, expires_at);
	run_statement(STMT_UNCONFIRM, &args);
}

static const char *
iso_time(TimestampTz time)
{
	char	   *text = palloc(MAXDATELEN + 1);
	struct pg_tm tm;
	fsec_t		fsec;

	if (timestamp2tm(time, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	EncodeDateTime(&tm, fsec, true, 0, "Z", USE_ISO_DATES, text);
	return text;
}

void
booking_extend(const Booking *booking, TimestampTz expires_at, TimestampTz at,
			   const char *reason)
{
	Args		args = {0};

	arg_uuid(&args, &booking->id);
	arg_time(&args, expires_at);
	run_statement(STMT_EXTEND, &args);
	booking_log(&booking->id, at, "extended", reason,
				psprintf("{\"from\": \"%s\", \"to\": \"%s\"}",
						 iso_time(booking->expires_at), iso_time(expires_at)));
}
