/*
 * likeness.c
 *		Which of the lot's live bookings a read is like (docs/plate_matching.md),
 *		and whether that is enough for a gate to open.
 */
#include "postgres.h"

#include "core/booking.h"
#include "core/hold.h"
#include "core/settings.h"
#include "plate/separators.h"
#include "server/probe.h"
#include "likeness.h"
#include "separated.h"
#include "traffic.h"

/* What is needed of a booking once the matcher names it. */
typedef struct Offered
{
	pg_uuid_t	id;
	TimestampTz created_at;
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

PlateReading
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
	offered->created_at = booking->created_at;
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

static void
match_unclear(const PlateRead *read, const MatchResult *result, const Offers *offers, const char *doubt,
			  Match *match)
{
	match->kind = MATCHED_UNCLEARLY;
	match->plate = NULL;
	match->reason = result->contenders > 1 ? "plate_ambiguous" : "plate_doubtful";
	match->details = details_text(NULL, "read", read->car_plate);
	match->details = details_member(match->details, "contenders", contenders_of(result, offers));
	if (doubt)
		match->details = details_text(match->details, "doubt", doubt);
}

/*
 * One booking is like the read, and nothing in the two speaks against it: what
 * does the lot know of its traffic?  A gate that was offline has acted already,
 * and what comes of its reads must not depend on their order.
 */
static void
match_alike(const Gate *gate, const PlateRead *read, TimestampTz now, const MatchState *state,
			const MatchResult *result, const Offers *offers, Match *match)
{
	const Offered *offered = &offers->offered[result->contender[0].handle];
	PlateReading reading = reading_of(read);
	LikeBooking booking = {&offered->id, offered->created_at, offered->inside, match->plate};
	PlateTraffic *traffic;
	TrafficWord word;

	if (read->happened || setting_match_memory == 0)
		return;
	traffic = palloc(sizeof(PlateTraffic));
	plate_traffic_begin(traffic, state, &result->contender[0], &reading, offered->plate, offered->plate_length);
	word = traffic_of_read(gate, read, &booking, now, traffic);
	/* a person who says what the camera had read before means it */
	if (word == TRAFFIC_SAYS_OWN || (word == TRAFFIC_SAYS_SEEN && read->attendant_reason))
	{
		match->details = details_text(details_text(NULL, "read", read->car_plate), "not_taken_for", match->plate);
		match->kind = MATCHED_NONE;
		match->by = "exact";
		match->plate = NULL;
		match->known = true;
	}
	else if (word != TRAFFIC_SAYS_NOTHING && !read->attendant_reason)
	{
		match_unclear(read, result, offers, word == TRAFFIC_SAYS_SEEN ? "seen" : "neighbour", match);
		match->details = traffic_details(traffic, word, match->details);
	}
	pfree(traffic);
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
	match_unclear(read, &result, offers, "part", match);
}

void
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
	{
		match_unique(read, &result.contender[0], &offers.offered[result.contender[0].handle], match);
		if (match->kind == MATCHED_BY_LIKENESS)
			match_alike(gate, read, now, state, &result, &offers, match);
	}
	else if (result.verdict == MATCH_NONE)
		match_part(gate, read, &offers, match);
	else
		match_unclear(read, &result, &offers, doubt_name(result.doubt), match);
	pfree(offers.offered);
	pfree(state);
}
