/*
 * separated.c
 *		Which booking a read means where separators tell plates apart.
 *
 * A read with a separator means the booking that was made with it there, or one
 * that was made without any.  A read without one may mean each.  So it is an
 * index probe for each place where one could be, and not a look at the lot's
 * bookings; and none of this where smart_parking.keep_separators is off.
 */
#include "postgres.h"

#include "core/booking.h"
#include "plate/separators.h"
#include "separated.h"

static bool
is_booked(const Gate *gate, const char *form, TimestampTz now, Snapshot snapshot, pg_uuid_t *id)
{
	bool		lapsed;

	return booking_of_plate(&gate->parking_id, form, now, snapshot, id, &lapsed);
}

static void
take(Match *match, const char *form, const pg_uuid_t *booking_id)
{
	match->kind = MATCHED_EXACTLY;
	match->plate = pstrdup(form);
	match->booking_id = *booking_id;
}

/*
 * How many bookings equal the read, but for separators that it says nothing of;
 * a single one that has a separator, or that the read has one for, is in *match.
 */
int
separated_bookings(const Gate *gate, const PlateRead *read, TimestampTz now, Snapshot snapshot,
				   Match *match)
{
	pg_uuid_t	id;
	int			found = 0;

	if (read->separated)
	{
		if (!is_booked(gate, read->separated, now, snapshot, &id))
			return 0;
		take(match, read->separated, &id);
		return 1;
	}
	for (int n = plate_separable(read->car_plate) - 1; n >= 0; n--)
	{
		char	   *form = plate_separated_form(read->car_plate, n);

		if (is_booked(gate, form, now, snapshot, &id) && ++found == 1)
			take(match, form, &id);
	}
	return found + (found > 0 && is_booked(gate, read->car_plate, now, snapshot, &id));
}

/* The form of the plate of which a booking ended not long ago, if it is one alone; or NULL. */
char *
separated_history(const Gate *gate, const PlateRead *read, TimestampTz since, Snapshot snapshot)
{
	char	   *ended = NULL;

	if (read->separated)
		return booking_ended_since(&gate->parking_id, read->separated, since, snapshot) ?
			read->separated : NULL;
	for (int n = plate_separable(read->car_plate) - 1; n >= 0; n--)
	{
		char	   *form = plate_separated_form(read->car_plate, n);

		if (!booking_ended_since(&gate->parking_id, form, since, snapshot))
			continue;
		if (ended)
			return NULL;
		ended = form;
	}
	return ended;
}

bool
separated_is_booked(const Gate *gate, const char *plain, TimestampTz now, Snapshot snapshot)
{
	pg_uuid_t	id;

	for (int n = plate_separable(plain) - 1; n >= 0; n--)
	{
		if (is_booked(gate, plate_separated_form(plain, n), now, snapshot, &id))
			return true;
	}
	return false;
}

/* The read has its separator elsewhere: that is another plate. */
bool
separated_otherwise(const PlateRead *read, const char *booked)
{
	return read->separated && strchr(booked, PLATE_KEPT_SEPARATOR) &&
		plates_differ_by_separator(read->separated, booked);
}
