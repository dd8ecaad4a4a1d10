/*
 * plate_traffic.c
 *		Fuzzes src/plate/plate_traffic.c with sightings in any order.
 *
 * The input is a byte each of kind, way, booking, hour, and whose, and a plate,
 * one sighting a line, behind the read and the booked plate.  The order of the
 * sightings plays no part, those of plates that are not whole say nothing, and no
 * number of reads that a likeness let through makes a car of its own.
 */
#include "plate_traffic.h"

#include <string.h>

#include "fuzz.h"

#define MAX_LINES		64
#define SIGHTING_BYTES	5

typedef struct Line
{
	char	   *text;			/* allocated, so that ASan sees one byte too many */
	size_t		length;
} Line;

static int
read_lines(const char *text, size_t size, Line *lines)
{
	int			count = 0;

	while (size > 0 && count < MAX_LINES)
	{
		const char *end = memchr(text, '\n', size);
		Line	   *line = &lines[count++];

		line->length = end != NULL ? (size_t) (end - text) : size;
		line->text = malloc(line->length + 1);
		REQUIRE(line->text != NULL);
		memcpy(line->text, text, line->length);
		size -= line->length + (end != NULL);
		text += line->length + (end != NULL);
	}
	return count;
}

/* kinds: a mask of those that are offered */
static TrafficWord
ask(const MatchState *state, const MatchContender *winner, const Line *lines, int count, int step, int kinds)
{
	PlateTraffic *traffic = malloc(sizeof(PlateTraffic));
	PlateReading read = {lines[0].text, lines[0].length, MATCH_NO_CONFIDENCE};
	TrafficWord word;

	REQUIRE(traffic != NULL);
	plate_traffic_begin(traffic, state, winner, &read, lines[1].text, lines[1].length);
	for (int i = step > 0 ? 2 : count - 1; i >= 2 && i < count; i += step)
	{
		const unsigned char *byte = (const unsigned char *) lines[i].text;
		unsigned char id[SIGHTING_ID_BYTES] = {0};
		PlateSighting sighting = {0};

		if (lines[i].length < SIGHTING_BYTES)
			continue;
		sighting.kind = (SightingKind) (byte[0] % 4);
		sighting.way = (SightingWay) (byte[1] % 3);
		id[0] = byte[2] % 4;
		sighting.booking = byte[2] < 128 ? id : NULL;
		sighting.at = byte[3] * 300;
		sighting.was_read_so = byte[4] % 2 == 1;
		sighting.taken_for = lines[byte[4] % 3 == 0 ? 0 : 1].text;
		sighting.taken_for_length = lines[byte[4] % 3 == 0 ? 0 : 1].length;
		sighting.plate = lines[i].text + SIGHTING_BYTES;
		sighting.length = lines[i].length - SIGHTING_BYTES;
		if ((kinds & (1 << sighting.kind)) != 0)
			plate_traffic_offer(traffic, &sighting);
	}
	word = plate_traffic_finish(traffic);
	REQUIRE((word == TRAFFIC_SAYS_OWN) <= (traffic->own > 0));
	REQUIRE((word == TRAFFIC_SAYS_NEIGHBOUR) <= (plate_traffic_rival(traffic) != NULL));
	free(traffic);
	return word;
}

static void
check(const Line *lines, int count)
{
	static const MatchRules rules = MATCH_DEFAULT_RULES;
	PlateReading read = {lines[0].text, lines[0].length, MATCH_NO_CONFIDENCE};
	MatchState *state = malloc(sizeof(MatchState));
	MatchResult result;
	TrafficWord word;

	REQUIRE(state != NULL);
	plate_match_begin(state, &rules, &read, NULL, 0);
	plate_match_offer(state, lines[1].text, lines[1].length, 0);
	plate_match_finish(state, &result);
	if (result.verdict == MATCH_UNIQUE && result.contender[0].cost > 0)
	{
		word = ask(state, &result.contender[0], lines, count, 1, 0x0F);
		REQUIRE(ask(state, &result.contender[0], lines, count, -1, 0x0F) == word);
		word = ask(state, &result.contender[0], lines, count, 1, 1 << SIGHTED_ALIKE);
		REQUIRE(word == TRAFFIC_SAYS_NOTHING || word == TRAFFIC_SAYS_SEEN);
		REQUIRE(ask(state, &result.contender[0], lines, 2, 1, 0) == TRAFFIC_SAYS_NOTHING);
	}
	free(state);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Line		lines[MAX_LINES];
	int			count = read_lines((const char *) data, size, lines);

	if (count >= 2)
		check(lines, count);
	for (int i = 0; i < count; i++)
		free(lines[i].text);
	return 0;
}
