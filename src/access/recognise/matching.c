/*
 * matching.c
 *		Which booking of the lot a read means.
 *
 * A booking with just the plate that was read is found by its index, whatever
 * the size of the lot.  Else the lot's own live bookings are compared with the
 * read (likeness.c).  Nothing is locked here: what was found is looked at again
 * under the lock of its plate.
 */
#include "postgres.h"

#include "utils/snapmgr.h"

#include "core/booking.h"
#include "core/hold.h"
#include "core/settings.h"
#include "plate/separators.h"
#include "server/probe.h"
#include "likeness.h"
#include "matching.h"
#include "rights.h"
#include "separated.h"

/*
 * Whether a plate without a booking is known here: it has a right of its own, or
 * a booking that ended not long ago.  Then it was read right, and is not taken
 * for a plate like it, be it a late driver's or that of a car that has left.
 */
static bool
has_history(const Gate *gate, const char *car_plate, TimestampTz since, TimestampTz now,
			Snapshot snapshot)
{
	Rights		rights;

	rights_of_plate(&gate->parking_id, car_plate, now, &rights);
	return rights.blocked || rights.allowed ||
		booking_ended_since(&gate->parking_id, car_plate, since, snapshot);
}

/* Whether the plate is booked or known otherwise: then a read of it is right. */
bool
plate_is_known(const Gate *gate, const char *car_plate, TimestampTz now)
{
	Snapshot	snapshot = probe_snapshot();
	pg_uuid_t	id;
	bool		lapsed;
	bool		known = booking_of_plate(&gate->parking_id, car_plate, now, snapshot, &id, &lapsed) ||
		(plate_keeps_separators && separated_is_booked(gate, car_plate, now, snapshot)) ||
		has_history(gate, car_plate, too_late(now), now, snapshot);

	UnregisterSnapshot(snapshot);
	return known;
}

/*
 * The plate that was read is booked.  If it is plain and another one is booked
 * that only marks tell from it, an engine that knows no marks may mean either.
 */
static void
match_booked(const Gate *gate, const PlateRead *read, TimestampTz now, Snapshot snapshot,
			 Match *match)
{
	pg_uuid_t	booking_id = match->booking_id;

	if (booking_of_marked_plate(&gate->parking_id, read->car_plate, snapshot))
	{
		match_live_bookings(gate, read, now, snapshot, match);
		match->known = match->kind == MATCHED_NONE || match->kind == MATCHED_EXACTLY;
	}
	if (match->kind == MATCHED_NONE)
	{
		match->kind = MATCHED_EXACTLY;
		match->plate = read->car_plate;
		match->booking_id = booking_id;
	}
}

/*
 * The plate that was read may be booked with a separator.  False if it is not:
 * then it is matched as ever.
 */
static bool
match_separated(const Gate *gate, const PlateRead *read, TimestampTz since, TimestampTz now,
				Snapshot snapshot, Match *match)
{
	int			found = separated_bookings(gate, read, now, snapshot, match);
	pg_uuid_t	id;
	bool		lapsed;

	if (found > 1)
	{
		match_live_bookings(gate, read, now, snapshot, match);
		match->known = false;
		return true;
	}
	if (found == 1)
		return true;
	if (booking_of_plate(&gate->parking_id, read->car_plate, now, snapshot, &id, &lapsed))
		return false;
	match->plate = separated_history(gate, read, since, snapshot);
	return match->plate != NULL;
}

void
match_read(const Gate *gate, const PlateRead *read, TimestampTz now, Match *match)
{
	Snapshot	snapshot = probe_snapshot();
	PlateReading reading = reading_of(read);
	TimestampTz since = read->happened ? DT_NOBEGIN : too_late(now);
	bool		lapsed;

	memset(match, 0, sizeof(*match));
	match->kind = MATCHED_NONE;
	match->by = "exact";
	match->known = read->car_plate && plate_match_exact_suffices(&setting_match, &reading);
	if (match->known && plate_keeps_separators &&
		match_separated(gate, read, since, now, snapshot, match))
		 /* matched */ ;
	else if (match->known && booking_of_plate(&gate->parking_id, read->car_plate, now, snapshot,
										 &match->booking_id, &lapsed))
		match_booked(gate, read, now, snapshot, match);
	else
	{
		match->known = match->known && has_history(gate, read->car_plate, since, now, snapshot);
		if (!match->known && (read->car_plate || read->candidate_count > 0))
			match_live_bookings(gate, read, now, snapshot, match);
	}
	UnregisterSnapshot(snapshot);
}

/* Whether one could be a misread of the other, as far as the matcher goes, or a part of it. */
bool
plates_alike(const char *a, const char *b)
{
	const MatchRules *rules = &setting_match;
	PlatePattern patterns[2];

	if (!plate_pattern_make(a, strlen(a), &patterns[0]) ||
		!plate_pattern_make(b, strlen(b), &patterns[1]))
		return false;
	for (int i = 0; i < 2; i++)
	{
		const PlatePattern *read = &patterns[i];
		const PlatePattern *plate = &patterns[1 - i];
		int			known;

		if (plate_pattern_is_part(read, plate))
			return true;
		known = Min(plate->known - (read->length - read->known), read->known + 1);
		if (plate_pattern_distance(&rules->costs, read, plate, known * rules->bound_per_char) != PLATE_TOO_FAR)
			return true;
	}
	return false;
}
