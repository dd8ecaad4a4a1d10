/*
 * plate_traffic.c
 *		What a lot knows of its traffic, where a read is about to be taken for a
 *		booked plate that it is not equal to.
 *
 * The same read, come again, is either another car's true plate or what a
 * camera makes of the booked one each time: a screw through it, a bad angle.
 * What was let through by likeness proves neither.  A booking of its own and a
 * person's word do; so does a stay on which both plates were read.
 */
#include "plate_traffic.h"

#include <string.h>

void
plate_traffic_begin(PlateTraffic *traffic, const MatchState *match, const MatchContender *winner,
					const PlateReading *read, const char *booked, size_t booked_length)
{
	memset(traffic, 0, sizeof(*traffic));
	traffic->match = match;
	traffic->winner = winner;
	traffic->read = read->plate;
	traffic->read_length = read->length;
	traffic->booked = booked;
	traffic->booked_length = booked_length;
}

static bool
same_plate(const char *a, size_t a_length, const char *b, size_t b_length)
{
	return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static void
remember_stay(TrafficStays *stays, const PlateSighting *sighting)
{
	TrafficStay *stay;

	if (sighting->booking == NULL || stays->count == TRAFFIC_MAX_STAYS)
		return;
	stay = &stays->stay[stays->count++];
	memcpy(stay->booking, sighting->booking, SIGHTING_ID_BYTES);
	stay->way = sighting->way;
	stay->at = sighting->at;
}

/* A camera and another one agree on the plate: a driver who booked for it, or a person. */
static bool
is_own(const PlateSighting *sighting)
{
	/* a stay without a booking goes under what was read when it came */
	return sighting->kind == SIGHTED_BY_PERSON ||
		(sighting->kind == SIGHTED_BOOKED && sighting->way == SIGHTED_COMING);
}

static void
add_sighting_of_read(PlateTraffic *traffic, const PlateSighting *sighting)
{
	if (is_own(sighting))
		traffic->own++;
	else if (sighting->kind != SIGHTED_ALIKE)
		traffic->alone++;
	else
	{
		traffic->alike++;
		if (same_plate(sighting->taken_for, sighting->taken_for_length,
					   traffic->booked, traffic->booked_length))
			remember_stay(&traffic->as_read, sighting);
	}
}

static void
add_sighting_of_booked(PlateTraffic *traffic, const PlateSighting *sighting)
{
	if (sighting->kind == SIGHTED_ALIKE)
		return;
	if (sighting->kind != SIGHTED_BY_PERSON)
		traffic->booked_was_read = true;
	else if (sighting->was_read_so)
		traffic->was_corrected = true;
	remember_stay(&traffic->as_booked, sighting);
}

static TrafficRival *
rival_of(PlateTraffic *traffic, const PlateSighting *sighting)
{
	TrafficRival *rival = traffic->rival;

	for (; rival < traffic->rival + traffic->rivals; rival++)
	{
		if (same_plate(sighting->plate, sighting->length, rival->plate, rival->length))
			return rival;
	}
	if (traffic->rivals == TRAFFIC_MAX_RIVALS || sighting->length > sizeof(rival->plate) ||
		!plate_match_is_rival(traffic->match, traffic->winner, sighting->plate, sighting->length))
		return NULL;
	traffic->rivals++;
	rival->length = sighting->length;
	memcpy(rival->plate, sighting->plate, sighting->length);
	return rival;
}

static void
add_rival(PlateTraffic *traffic, const PlateSighting *sighting)
{
	TrafficRival *rival = rival_of(traffic, sighting);

	if (rival == NULL)
		return;
	rival->seen++;
	rival->own += is_own(sighting);
}

void
plate_traffic_offer(PlateTraffic *traffic, const PlateSighting *sighting)
{
	if (memchr(sighting->plate, PLATE_UNREAD, sighting->length) != NULL)
		return;
	if (same_plate(sighting->plate, sighting->length, traffic->read, traffic->read_length))
		add_sighting_of_read(traffic, sighting);
	else if (same_plate(sighting->plate, sighting->length, traffic->booked, traffic->booked_length))
		add_sighting_of_booked(traffic, sighting);
	else if (sighting->kind != SIGHTED_ALIKE)
		add_rival(traffic, sighting);
}

/* One stood at an entry long after the other had come in: it is inside, or was. */
static bool
is_beside(const TrafficStay *came, const TrafficStay *stood)
{
	return came->way == SIGHTED_COMING && stood->way == SIGHTED_STAYING &&
		stood->at - came->at > TRAFFIC_SAME_VISIT;
}

/*
 * Whether a stay says that both plates are one car, which came as one and went as
 * the other, or that they are two.
 */
static void
compare_stays(const PlateTraffic *traffic, bool *are_one, bool *are_two)
{
	*are_one = *are_two = false;
	for (int i = 0; i < traffic->as_read.count; i++)
	{
		const TrafficStay *read = &traffic->as_read.stay[i];

		for (int k = 0; k < traffic->as_booked.count; k++)
		{
			const TrafficStay *booked = &traffic->as_booked.stay[k];

			if (memcmp(read->booking, booked->booking, SIGHTING_ID_BYTES) != 0)
				continue;
			*are_one = *are_one || read->way + booked->way == SIGHTED_COMING + SIGHTED_GOING;
			*are_two = *are_two || is_beside(read, booked) || is_beside(booked, read);
		}
	}
}

/* Once is a misread as well as a car: one that was read once more, or is known otherwise. */
const TrafficRival *
plate_traffic_rival(const PlateTraffic *traffic)
{
	for (int i = 0; i < traffic->rivals; i++)
	{
		if (traffic->rival[i].own > 0 || traffic->rival[i].seen > 1)
			return &traffic->rival[i];
	}
	return NULL;
}

TrafficWord
plate_traffic_finish(const PlateTraffic *traffic)
{
	bool		are_one;
	bool		are_two;
	bool		is_misread;

	compare_stays(traffic, &are_one, &are_two);
	is_misread = (traffic->was_corrected || are_one) && !are_two;
	if (traffic->own > 0)
	{
		/* an engine that knows no marks reads the other one so, too */
		return is_misread || traffic->winner->edits == 0 ? TRAFFIC_SAYS_SEEN : TRAFFIC_SAYS_OWN;
	}
	if (is_misread || traffic->winner->edits == 0)
		return TRAFFIC_SAYS_NOTHING;

	/* a camera that read the booked plate right at other times is not blind to it */
	if (traffic->alone > 0 || are_two || (traffic->alike > 0 && traffic->booked_was_read))
		return TRAFFIC_SAYS_SEEN;
	return plate_traffic_rival(traffic) ? TRAFFIC_SAYS_NEIGHBOUR : TRAFFIC_SAYS_NOTHING;
}
