/*
 * plate_match.c
 *		Which booked plate a camera's read means, if it means one.
 *
 * Each live booking of the lot is compared with the read and with the camera's
 * other candidates; the verdict is about the few that are near.
 *
 * Two mistakes are to be weighed.  A gate that stays closed for a booked car
 * costs a call to the attendant; one that opens for the wrong car gives a
 * booked spot away.  So whatever is not clear goes to a person.
 */
#include "plate_match.h"

#include <string.h>

static int
clamp(int value, int least, int most)
{
	if (value < least)
		return least;
	return value < most ? value : most;
}

/* Rules as the rest of this file needs them, whatever was given. */
static MatchRules
sane_rules(const MatchRules *rules)
{
	MatchRules	sane = *rules;

	sane.costs.confusable = clamp(sane.costs.confusable, 1, PLATE_EDIT);
	sane.costs.frequent = clamp(sane.costs.frequent, 1, PLATE_EDIT);
	sane.costs.unread = clamp(sane.costs.unread, 1, PLATE_EDIT);
	sane.costs.mark = clamp(sane.costs.mark, 1, PLATE_EDIT);
	sane.candidate_cost = clamp(sane.candidate_cost, 1, PLATE_EDIT);
	sane.bound_per_char = clamp(sane.bound_per_char, 0, PLATE_MAX_DISTANCE);
	sane.near_miss = clamp(sane.near_miss, 0, PLATE_MAX_DISTANCE);
	/* two that cost the same are never told apart */
	sane.margin = clamp(sane.margin, 1, PLATE_MAX_DISTANCE);
	sane.known_margin = clamp(sane.known_margin, 1, PLATE_MAX_DISTANCE);
	return sane;
}

static bool
is_low(const MatchRules *rules, double confidence)
{
	return confidence >= 0 && confidence < rules->min_confidence;
}

bool
plate_match_exact_suffices(const MatchRules *rules, const PlateReading *read)
{
	return !is_low(rules, read->confidence) &&
		memchr(read->plate, PLATE_UNREAD, read->length) == NULL;
}

static void
add_reading(MatchState *state, const PlateReading *reading, int number)
{
	PlatePattern *pattern = &state->pattern[state->readings];
	int			limit;

	/* nothing but ? would be like every plate of that length */
	if (!plate_pattern_make(reading->plate, reading->length, pattern) ||
		pattern->known == 0)
		return;
	state->confidence[state->readings] = reading->confidence;
	state->number[state->readings] = number;
	state->readings++;

	/* as dear as the best may be, and what has to cost clearly more than it */
	limit = (pattern->known + 1) * state->rules.bound_per_char +
		state->rules.near_miss + state->rules.margin - 1;
	if (limit > state->limit)
		state->limit = limit;
}

void
plate_match_begin(MatchState *state, const MatchRules *rules,
				  const PlateReading *read, const PlateReading *candidates,
				  int candidate_count)
{
	state->rules = sane_rules(rules);
	state->readings = 0;
	state->limit = -1;
	state->contenders = 0;
	add_reading(state, read, 0);
	for (int i = 0; i < candidate_count && i < MATCH_MAX_CANDIDATES; i++)
	{
		if (!is_low(rules, candidates[i].confidence))
			add_reading(state, &candidates[i], i + 1);
	}
}

/* By cost, and among equals such that the order of the offers plays no part. */
static bool
is_better(const MatchContender *a, const MatchContender *b)
{
	if (a->cost != b->cost)
		return a->cost < b->cost;
	return a->handle < b->handle;
}

static void
keep(MatchState *state, const MatchContender *contender)
{
	int			at = state->contenders;

	if (at < MATCH_MAX_CONTENDERS)
		state->contenders++;
	else if (is_better(contender, &state->contender[at - 1]))
		at--;
	else
		return;
	for (; at > 0 && is_better(contender, &state->contender[at - 1]); at--)
		state->contender[at] = state->contender[at - 1];
	state->contender[at] = *contender;
}

/*
 * What a contender costs when marks are not counted.  A read that has a mark
 * itself comes from an engine that gives them: there they count.
 */
static int
cost_without_marks(const MatchRules *rules, const PlatePattern *read, const PlatePattern *booked,
				   int cost, int extra)
{
	PlateCosts	costs = rules->costs;

	if (booked->marks == 0 || read->marks > 0)
		return cost;
	costs.mark = 0;
	return plate_pattern_distance(&costs, read, booked, cost - extra) + extra;
}

void
plate_match_offer(MatchState *state, const char *plate, size_t length,
				  int64_t handle)
{
	PlatePattern booked;
	const PlatePattern *read;
	MatchContender contender;
	int			limit = state->limit;

	if (!plate_pattern_make(plate, length, &booked))
		return;
	contender.handle = handle;
	contender.reading = -1;
	for (int i = 0; i < state->readings; i++)
	{
		int			extra = state->number[i] > 0 ? state->rules.candidate_cost : 0;
		int			cost = plate_pattern_distance(&state->rules.costs, &state->pattern[i],
												  &booked, limit - extra);

		if (cost == PLATE_TOO_FAR)
			continue;
		cost += extra;
		contender.cost = cost;
		contender.reading = i;
		/* another reading has to be better than this one to count */
		limit = cost - 1;
	}
	if (contender.reading < 0)
		return;

	read = &state->pattern[contender.reading];
	contender.edits = cost_without_marks(&state->rules, read, &booked, contender.cost,
										 state->number[contender.reading] > 0 ? state->rules.candidate_cost : 0);
	contender.known = booked.known - (read->length - read->known);
	if (contender.known > read->known + 1)
		contender.known = read->known + 1;
	contender.bound = contender.known * state->rules.bound_per_char;
	contender.fits = state->number[contender.reading] == 0 && plate_pattern_fits(read, &booked);
	keep(state, &contender);
	limit = state->contender[0].cost + state->rules.margin - 1;
	if (limit < state->limit)
		state->limit = limit;
}

/*
 * What speaks against the only contender.  Equality needs no second opinion:
 * among some hundred plates, chance makes a likeness but no identity.  Marks
 * that an engine does not know are no edit, however sure it is.
 */
static MatchDoubt
doubt_about(const MatchState *state, const MatchContender *winner)
{
	const MatchRules *rules = &state->rules;
	double		confidence = state->confidence[winner->reading];

	if (winner->cost == 0)
		return MATCH_NO_DOUBT;
	if (winner->edits > winner->bound)
		return MATCH_DOUBT_FAR;
	if (winner->known < rules->min_chars)
		return MATCH_DOUBT_SHORT;
	if (is_low(rules, confidence))
		return MATCH_DOUBT_CONFIDENCE;

	/*
	 * A plain edit that the camera is sure of is more likely the true plate of
	 * a car without a booking.
	 */
	if (winner->edits >= PLATE_EDIT && confidence >= rules->sure_confidence)
		return MATCH_DOUBT_SURE;
	return MATCH_NO_DOUBT;
}

/*
 * Whether one contender leaves no room for another, however near.  One that is
 * equal but for marks beats all that are like.  One that has every character
 * that was read beats those that lack one: an engine that writes ? for what it
 * could not read has read the rest.
 */
static bool
outdoes(const MatchState *state, const MatchContender *best, const MatchContender *other)
{
	if (is_low(&state->rules, state->confidence[0]))
		return false;
	if (best->edits == 0)
		return other->edits > 0;
	return best->fits && best->known >= state->rules.fit_chars && !other->fits;
}

void
plate_match_finish(const MatchState *state, MatchResult *result)
{
	const MatchContender *best = &state->contender[0];
	MatchContender *contender;

	memset(result, 0, sizeof(*result));
	result->verdict = MATCH_NONE;
	result->doubt = MATCH_NO_DOUBT;
	if (state->contenders == 0 || best->edits > best->bound + state->rules.near_miss)
		return;

	/* what was kept before the best came may cost more than the margin */
	for (int i = 0; i < state->contenders; i++)
	{
		if (state->contender[i].cost - best->cost >= state->rules.margin)
			break;
		if (i > 0 && outdoes(state, best, &state->contender[i]))
			continue;
		contender = &result->contender[result->contenders++];
		*contender = state->contender[i];
		contender->reading = state->number[contender->reading];
	}

	if (result->contenders > 1)
		result->verdict = MATCH_AMBIGUOUS;
	else
	{
		result->doubt = doubt_about(state, best);
		result->verdict = result->doubt == MATCH_NO_DOUBT ? MATCH_UNIQUE : MATCH_DOUBTFUL;
	}
}

bool
plate_match_is_rival(const MatchState *state, const MatchContender *winner,
					 const char *plate, size_t length)
{
	PlatePattern rival;
	int			limit = winner->cost + state->rules.known_margin - 1;

	if (!plate_pattern_make(plate, length, &rival))
		return false;
	if (winner->fits)
		return state->number[0] == 0 && plate_pattern_fits(&state->pattern[0], &rival);
	for (int i = 0; i < state->readings; i++)
	{
		int			extra = state->number[i] > 0 ? state->rules.candidate_cost : 0;

		if (plate_pattern_distance(&state->rules.costs, &state->pattern[i], &rival,
								   limit - extra) != PLATE_TOO_FAR)
			return true;
	}
	return false;
}
