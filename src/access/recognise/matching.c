/*
 * matching.c
 *		Which booking of the lot a read means.
 *
 * A booking with just the plate that was read is found by its index, whatever
 * the size of the lot.  Else the lot's own live bookings are compared with the
 * read (docs/plate_matching.md).  Nothing is locked here: what was found is
 * looked at again under the lock of its plate.
 */
#include "postgres.h"

#include "utils/snapmgr.h"

#include "core/booking.h"
#include "core/settings.h"
#include "plate/separators.h"
#include "server/probe.h"
#include "matching.h"
#include "rights.h"
#include "separated.h"

/* What is needed of a booking once the matcher names it. */
typedef struct Offered
{
	pg_uuid_t	id;
	int			spot_no;
	bool		inside;
	int			plate_length;
	char		plate[PLATE_MAX_BYTES];
} Offered;

typedef struct Offers
{
	int			count;
	int			space;
	Offered    *offered;
} Offers;

/* Holds that lapsed up to this instant are not made good, released or not. */
TimestampTz
too_late(TimestampTz now)
{
	return now - (TimestampTz) setting_reacquire_window * USECS_PER_SEC;
}

static PlateReading
reading_of(const PlateRead *read)
{
	PlateReading reading = {"", 0, MATCH_NO_CONFIDENCE};

	if (read->car_plate)
	{
		reading.plate = read->car_plate;
		reading.length = strlen(read->car_plate);
	}
	if (read->has_confidence)
		reading.confidence = read->confidence;
	return reading;
}

/*
 * Which bookings make sense at the gate.  Only a car that is inside can leave.
 * At an entry those inside count too: a car that is read there once more, and
 * badly, must not open on another's hold that happens to be like its plate.
 */
static bool
is_offered(const Gate *gate, const LiveBooking *booking, TimestampTz now)
{
	if (booking->inside)
		return true;
	return gate->lets_in && booking->expires_at > too_late(now);
}

static void
remember(Offers *offers, const LiveBooking *booking)
{
	Offered    *offered;

	if (offers->count == offers->space)
	{
		offers->space *= 2;
		offers->offered = repalloc(offers->offered, offers->space * sizeof(Offered));
	}
	offered = &offers->offered[offers->count++];
	offered->id = booking->id;
	offered->spot_no = booking->spot_no;
	offered->inside = booking->inside;
	offered->plate_length = (int) booking->plate_length;
	memcpy(offered->plate, booking->car_plate, booking->plate_length);
}

/* Separators that are kept make no difference to a likeness. */
static void
offer_separated(const PlateRead *read, const LiveBooking *booking, MatchState *state,
				Offers *offers)
{
	char	   *booked = pnstrdup(booking->car_plate, booking->plate_length);
	const char *joined = plate_joined(booked);

	if (separated_otherwise(read, booked))
		return;
	plate_match_offer(state, joined, strlen(joined), offers->count);
	remember(offers, booking);
}

static void
offer_live_bookings(const Gate *gate, const PlateRead *read, TimestampTz now, Snapshot snapshot,
					MatchState *state, Offers *offers)
{
	Probe		probe = {0};
	LiveBooking booking;

	booking_live_begin(&probe, &gate->parking_id, snapshot);
	while (booking_live_next(&probe, &booking))
	{
		if (booking.plate_length > PLATE_MAX_BYTES || !is_offered(gate, &booking, now))
			continue;
		if (plate_keeps_separators)
		{
			offer_separated(read, &booking, state, offers);
			continue;
		}
		plate_match_offer(state, booking.car_plate, booking.plate_length, offers->count);
		remember(offers, &booking);
	}
	probe_end(&probe);
}

static char *
plate_of(const Offered *offered)
{
	return pnstrdup(offered->plate, offered->plate_length);
}

/* Who might be meant, for the person who decides. */
static char *
contenders_of(const MatchResult *result, const Offers *offers)
{
	char	   *list = "";

	for (int i = 0; i < result->contenders; i++)
	{
		const Offered *offered = &offers->offered[result->contender[i].handle];
		char	   *one = details_text(NULL, "plate", plate_of(offered));

		one = details_member(one, "spot_no", psprintf("%d", offered->spot_no));
		one = details_member(one, "cost", psprintf("%d", result->contender[i].cost));
		one = details_text(one, "booking_id", uuid_text(&offered->id));
		list = psprintf("%s%s%s", list, i > 0 ? ", " : "", details_object(one));
	}
	return psprintf("[%s]", list);
}

static const char *
doubt_name(MatchDoubt doubt)
{
	switch (doubt)
	{
		case MATCH_NO_DOUBT:
			break;
		case MATCH_DOUBT_FAR:
			return "far";
		case MATCH_DOUBT_SHORT:
			return "short";
		case MATCH_DOUBT_CONFIDENCE:
			return "confidence";
		case MATCH_DOUBT_SURE:
			return "sure";
	}
	return NULL;
}

static void
match_unique(const PlateRead *read, const MatchContender *winner, const Offered *offered,
			 Match *match)
{
	match->plate = plate_of(offered);
	match->booking_id = offered->id;
	match->kind = winner->cost == 0 && winner->reading == 0 ? MATCHED_EXACTLY : MATCHED_BY_LIKENESS;
	if (match->kind == MATCHED_EXACTLY)
		return;
	match->by = winner->reading > 0 ? "candidate" : "distance";
	match->details = details_text(NULL, "read", read->car_plate);
	match->details = details_member(match->details, "cost", psprintf("%d", winner->cost));
}

/*
 * How many characters the read lacks, if it is a part of the plate; else 0.
 * Where anybody may come in, a car that is inside is not the one that comes.
 */
static int
characters_lacking(const Gate *gate, const Offered *offered, const PlatePattern *part)
{
	PlatePattern plate;

	if ((offered->inside && gate->walk_in && !gate->lets_out) ||
		!plate_pattern_make(offered->plate, offered->plate_length, &plate) ||
		!plate_pattern_is_part(part, &plate))
		return 0;
	return plate.length - part->length;
}

/*
 * Nothing is like the read, but it may be a part of plates that are booked: then
 * a person is called.  Of more plates than a person can choose from it is not.
 */
static void
match_part(const Gate *gate, const PlateRead *read, const Offers *offers, Match *match)
{
	MatchResult result = {0};
	PlatePattern part;

	if (read->car_plate == NULL || !plate_pattern_make(read->car_plate, strlen(read->car_plate), &part))
		return;
	for (int i = 0; i < offers->count; i++)
	{
		int			lacking = characters_lacking(gate, &offers->offered[i], &part);
		MatchContender contender = {i, lacking * PLATE_EDIT};

		if (lacking == 0)
			continue;
		if (result.contenders == MATCH_MAX_CONTENDERS)
			return;
		result.contender[result.contenders++] = contender;
	}
	if (result.contenders == 0)
		return;
	match->kind = MATCHED_UNCLEARLY;
	match->reason = result.contenders > 1 ? "plate_ambiguous" : "plate_doubtful";
	match->details = details_text(NULL, "read", read->car_plate);
	match->details = details_member(match->details, "contenders", contenders_of(&result, offers));
	match->details = details_text(match->details, "doubt", "part");
}

static void
match_live_bookings(const Gate *gate, const PlateRead *read, TimestampTz now, Snapshot snapshot,
					Match *match)
{
	PlateReading reading = reading_of(read);
	Offers		offers = {0, 256, palloc(256 * sizeof(Offered))};
	MatchState *state = palloc(sizeof(MatchState));
	MatchResult result;

	plate_match_begin(state, &setting_match, &reading, read->candidates, read->candidate_count);
	offer_live_bookings(gate, read, now, snapshot, state, &offers);
	plate_match_finish(state, &result);

	match->kind = MATCHED_NONE;
	match->plate = NULL;
	if (result.verdict == MATCH_UNIQUE)
		match_unique(read, &result.contender[0], &offers.offered[result.contender[0].handle], match);
	else if (result.verdict == MATCH_NONE)
		match_part(gate, read, &offers, match);
	else
	{
		match->kind = MATCHED_UNCLEARLY;
		match->reason = result.verdict == MATCH_AMBIGUOUS ? "plate_ambiguous" : "plate_doubtful";
		match->details = details_text(NULL, "read", read->car_plate);
		match->details = details_member(match->details, "contenders", contenders_of(&result, &offers));
		if (result.verdict == MATCH_DOUBTFUL)
			match->details = details_text(match->details, "doubt", doubt_name(result.doubt));
	}
	pfree(offers.offered);
	pfree(state);
}

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
