/*
 * plate_match.c
 *		Fuzzes src/plate/plate_match.c with rules, a read, candidates and bookings.
 *
 * The input is the rules as bytes, then plates, one a line: the read, as many
 * candidates as the rules' bytes say, and the bookings.  Verdicts are compared
 * with those of a plain implementation, which looks at every booking.
 */
#include "plate_match.h"

#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

#define MAX_PLATES	64
#define RULE_BYTES	15

typedef struct Plate
{
	char	   *text;			/* allocated, so that ASan sees one byte too many */
	size_t		length;
	bool		usable;
	PlatePattern pattern;
} Plate;

typedef struct Input
{
	MatchRules	rules;
	int			first;			/* which booking is offered first */
	double		confidence[MATCH_MAX_READINGS];
	int			candidates;
	int			plates;			/* read, candidates, bookings */
	Plate		plate[MAX_PLATES];
} Input;

static int
lesser(int a, int b)
{
	return a < b ? a : b;
}

static double
confidence_of(uint8_t byte)
{
	return byte == 0xFF ? MATCH_NO_CONFIDENCE : byte / 200.0;
}

static void
read_rules(const uint8_t *byte, Input *input)
{
	MatchRules *rules = &input->rules;

	rules->costs.confusable = 1 + byte[0] % PLATE_EDIT;
	rules->costs.frequent = 1 + byte[1] % PLATE_EDIT;
	rules->costs.unread = 1 + byte[2] % PLATE_EDIT;
	rules->costs.mark = 1 + (byte[1] + byte[2]) % PLATE_EDIT;
	rules->candidate_cost = 1 + byte[3] % PLATE_EDIT;
	rules->bound_per_char = byte[4];
	rules->margin = 1 + byte[5];
	rules->near_miss = byte[6];
	rules->min_chars = byte[7] % (PLATE_MAX_CHARS + 1);
	rules->min_confidence = byte[8] / 200.0;
	rules->sure_confidence = byte[9] / 200.0;
	input->first = byte[10];
	input->candidates = byte[11] % (MATCH_MAX_CANDIDATES + 1);
	for (int i = 0; i < MATCH_MAX_READINGS; i++)
		input->confidence[i] = confidence_of((uint8_t) (byte[12] + i * byte[13]));
	rules->fit_chars = 1 + byte[14] % PLATE_MAX_CHARS;
	rules->known_margin = 1 + byte[14];
}

static void
read_plates(const char *text, size_t size, Input *input)
{
	input->plates = 0;
	while (size > 0 && input->plates < MAX_PLATES)
	{
		Plate	   *plate = &input->plate[input->plates++];
		const char *end = memchr(text, '\n', size);

		plate->length = end != NULL ? (size_t) (end - text) : size;
		plate->text = malloc(plate->length);
		REQUIRE(plate->text != NULL || plate->length == 0);
		if (plate->length > 0)
			memcpy(plate->text, text, plate->length);
		plate->usable = plate_pattern_make(plate->text, plate->length, &plate->pattern);
		text += plate->length;
		size -= plate->length;
		if (end != NULL)
		{
			text++;
			size--;
		}
	}
}

static bool
is_low(const Input *input, double confidence)
{
	return confidence >= 0 && confidence < input->rules.min_confidence;
}

/* What a booking costs by the reading that is nearest to it. */
static MatchContender
plain_contender(const Input *input, int booking)
{
	const Plate *plate = &input->plate[booking];
	PlateCosts	free_marks = input->rules.costs;
	MatchContender contender = {.handle = booking, .cost = 2 * PLATE_TOO_FAR};

	free_marks.mark = 0;

	for (int i = 0; i <= input->candidates; i++)
	{
		const Plate *reading = &input->plate[i];
		int			cost;

		if (!reading->usable || reading->pattern.known == 0 ||
			(i > 0 && is_low(input, input->confidence[i])))
			continue;
		cost = plate_pattern_distance(&input->rules.costs, &reading->pattern, &plate->pattern,
									  PLATE_MAX_DISTANCE) +
			(i > 0 ? input->rules.candidate_cost : 0);
		if (cost >= contender.cost)
			continue;
		contender.cost = cost;
		contender.edits = cost;
		if (reading->pattern.marks == 0)
			contender.edits = plate_pattern_distance(&free_marks, &reading->pattern, &plate->pattern,
													 PLATE_MAX_DISTANCE) +
				(i > 0 ? input->rules.candidate_cost : 0);
		contender.reading = i;
		contender.fits = i == 0 && plate_pattern_fits(&reading->pattern, &plate->pattern);
		contender.known = lesser(plate->pattern.known -
								 (reading->pattern.length - reading->pattern.known),
								 reading->pattern.known + 1);
	}
	contender.bound = contender.known * input->rules.bound_per_char;
	return contender;
}

static int
in_order(const void *a, const void *b)
{
	const MatchContender *left = a;
	const MatchContender *right = b;

	if (left->cost != right->cost)
		return left->cost < right->cost ? -1 : 1;
	return left->handle < right->handle ? -1 : left->handle > right->handle;
}

static MatchDoubt
plain_doubt(const Input *input, const MatchContender *winner)
{
	double		confidence = input->confidence[winner->reading];

	if (winner->cost == 0)
		return MATCH_NO_DOUBT;
	if (winner->edits > winner->bound)
		return MATCH_DOUBT_FAR;
	if (winner->known < input->rules.min_chars)
		return MATCH_DOUBT_SHORT;
	if (is_low(input, confidence))
		return MATCH_DOUBT_CONFIDENCE;
	if (winner->edits >= PLATE_EDIT && confidence >= input->rules.sure_confidence)
		return MATCH_DOUBT_SURE;
	return MATCH_NO_DOUBT;
}

/* What costs more in all is out, marks or no. */
static int
plain_limit(const Input *input)
{
	int			limit = -1;

	for (int i = 0; i <= input->candidates; i++)
	{
		const Plate *reading = &input->plate[i];
		int			of_reading = (reading->pattern.known + 1) * input->rules.bound_per_char +
			input->rules.near_miss + input->rules.margin - 1;

		if (reading->usable && reading->pattern.known > 0 &&
			(i == 0 || !is_low(input, input->confidence[i])) && of_reading > limit)
			limit = of_reading;
	}
	return limit;
}

/* The verdict from the costs of all bookings, in order. */
static void
plain_verdict(const Input *input, const MatchContender *all, int count, MatchResult *result)
{
	int			limit = plain_limit(input);
	bool		certain;
	bool		fits;

	memset(result, 0, sizeof(*result));
	if (count == 0 || all[0].cost == 2 * PLATE_TOO_FAR ||
		all[0].cost > limit || all[0].edits > all[0].bound + input->rules.near_miss)
		return;

	certain = all[0].edits == 0 && !is_low(input, input->confidence[0]);
	fits = all[0].edits > 0 && all[0].fits && all[0].known >= input->rules.fit_chars &&
		!is_low(input, input->confidence[0]);
	for (int i = 0; i < count && i < MATCH_MAX_CONTENDERS; i++)
	{
		if (i > 0 && (all[i].cost - all[0].cost >= input->rules.margin || all[i].cost > limit))
			break;
		if (certain && all[i].edits > 0)
			continue;
		if (fits && i > 0 && !all[i].fits)
			continue;
		result->contender[result->contenders++] = all[i];
	}
	if (result->contenders > 1)
		result->verdict = MATCH_AMBIGUOUS;
	else
	{
		result->doubt = plain_doubt(input, &all[0]);
		result->verdict = result->doubt == MATCH_NO_DOUBT ? MATCH_UNIQUE : MATCH_DOUBTFUL;
	}
}

/* Offers the bookings from the first-th on, forwards or backwards, all around. */
static void
match(const Input *input, int first, int step, MatchResult *result)
{
	PlateReading readings[MATCH_MAX_READINGS];
	MatchState *state = malloc(sizeof(MatchState));
	int			from = 1 + input->candidates;
	int			count = input->plates - from;

	REQUIRE(state != NULL);
	memset(state, 0xAA, sizeof(*state));
	for (int i = 0; i < from; i++)
		readings[i] = (PlateReading) {input->plate[i].text, input->plate[i].length, input->confidence[i]};
	plate_match_begin(state, &input->rules, &readings[0], &readings[1], input->candidates);
	for (int i = 0; i < count; i++)
	{
		int			booking = from + ((first + i * step) % count + count) % count;

		plate_match_offer(state, input->plate[booking].text, input->plate[booking].length, booking);
	}
	plate_match_finish(state, result);
	free(state);
}

static void
check_same(const MatchResult *a, const MatchResult *b)
{
	REQUIRE(a->verdict == b->verdict);
	REQUIRE(a->doubt == b->doubt);
	REQUIRE(a->contenders == b->contenders);
	for (int i = 0; i < a->contenders; i++)
	{
		REQUIRE(a->contender[i].handle == b->contender[i].handle);
		REQUIRE(a->contender[i].cost == b->contender[i].cost);
		REQUIRE(a->contender[i].edits == b->contender[i].edits);
		REQUIRE(a->contender[i].bound == b->contender[i].bound);
		REQUIRE(a->contender[i].reading == b->contender[i].reading);
		REQUIRE(a->contender[i].known == b->contender[i].known);
		REQUIRE(a->contender[i].fits == b->contender[i].fits);
	}
}

/* Nobody that opens for itself has a rival, and nobody is far from what was read. */
static void
check_winner(const Input *input, const MatchResult *result, const MatchContender *all, int count)
{
	const MatchContender *winner = &result->contender[0];

	REQUIRE((result->verdict == MATCH_NONE) == (result->contenders == 0));
	REQUIRE((result->verdict == MATCH_AMBIGUOUS) == (result->contenders > 1));
	if (result->verdict != MATCH_UNIQUE)
		return;
	REQUIRE(winner->edits <= winner->bound || winner->cost == 0);
	for (int i = 0; i < count; i++)
	{
		if (all[i].handle == winner->handle)
			continue;
		if (winner->edits == 0)
			REQUIRE(all[i].edits > 0 || all[i].cost - winner->cost >= input->rules.margin);
		else if (winner->fits && winner->known >= input->rules.fit_chars)
			REQUIRE(!all[i].fits);
		else
			REQUIRE(all[i].cost - winner->cost >= input->rules.margin);
	}
}

static void
check_match(const Input *input)
{
	MatchContender all[MAX_PLATES] = {{0}};
	int			count = 0;
	MatchResult expected;
	MatchResult result;

	for (int i = 1 + input->candidates; i < input->plates; i++)
	{
		if (input->plate[i].usable)
			all[count++] = plain_contender(input, i);
	}
	qsort(all, (size_t) count, sizeof(all[0]), in_order);
	plain_verdict(input, all, count, &expected);

	match(input, 0, 1, &result);
	check_same(&expected, &result);
	check_winner(input, &result, all, count);
	match(input, -1, -1, &result);
	check_same(&expected, &result);
	match(input, input->first, 1, &result);
	check_same(&expected, &result);
}

/* Where equality is said to suffice, the other bookings cannot change it. */
static void
check_exact(const Input *input)
{
	const Plate *read = &input->plate[0];
	PlateReading reading = {read->text, read->length, input->confidence[0]};
	MatchResult result;
	int			equal = 0;

	for (int i = 1 + input->candidates; i < input->plates; i++)
	{
		const Plate *plate = &input->plate[i];

		equal += plate->length == read->length &&
			memcmp(plate->text, read->text, read->length) == 0;
		if (plate->usable && plate_pattern_only_marks_apart(&read->pattern, &plate->pattern))
			return;
	}
	if (equal != 1 || !read->usable || read->length == 0 ||
		!plate_match_exact_suffices(&input->rules, &reading))
		return;
	match(input, 0, 1, &result);
	REQUIRE(result.verdict == MATCH_UNIQUE && result.contender[0].cost == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input	   *input;

	if (size < RULE_BYTES)
		return 0;
	input = malloc(sizeof(*input));
	REQUIRE(input != NULL);
	read_rules(data, input);
	read_plates((const char *) data + RULE_BYTES, size - RULE_BYTES, input);

	if (input->plates > input->candidates)
	{
		check_match(input);
		if (input->plate[0].length > 0)
			check_exact(input);
	}

	for (int i = 0; i < input->plates; i++)
		free(input->plate[i].text);
	free(input);
	return 0;
}
