/*
 * lot.c
 *		One lot's live bookings, the reads at its gate, and what comes of them.
 */
#include "lot.h"

#include <stdlib.h>
#include <string.h>

static char booked[MAX_BOOKINGS][PLATE_TEXT];
static int	bookings;
static char beside[PLATE_TEXT];	/* one booking more, or empty */
static Country country;

static int
compare_plates(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The booking with exactly this plate, or -1. */
static int
find_booking(const char *plate)
{
	const char (*found)[PLATE_TEXT] =
		bsearch(plate, booked, (size_t) bookings, PLATE_TEXT, compare_plates);

	return found != NULL ? (int) (found - (const char (*)[PLATE_TEXT]) booked) : -1;
}

/* No plate has two live bookings in one lot. */
static void
draw_bookings(int count)
{
	bookings = 0;
	while (bookings < count)
	{
		int			distinct = 1;

		while (bookings < count)
			draw_plate(country, booked[bookings++]);
		qsort(booked, (size_t) count, PLATE_TEXT, compare_plates);
		for (int i = 1; i < count; i++)
		{
			if (strcmp(booked[i], booked[distinct - 1]) != 0)
				memmove(booked[distinct++], booked[i], PLATE_TEXT);
		}
		bookings = distinct;
	}
}

static const char *
draw_booked_car(void *context)
{
	(void) context;
	return booked[random_below(bookings)];
}

static const char *
draw_stranger(void *context)
{
	char	   *plate = context;

	do
		draw_plate(country, plate);
	while (find_booking(plate) >= 0);
	return plate;
}

/*
 * Of the 751 reads, 5 that were two edits off or more were like exactly one
 * plate of the 751, another one: more than chance makes.  So this puts a plate
 * that is one error off the read into the lot, as often as the lot has that
 * one of the 751.
 */
static void
lead_astray(const CameraRead *read)
{
	if (read->mishap >= READ_TWO_OFF && read->mishap < READ_EMPTY &&
		random_chance(5.0 / 24) && random_chance(bookings / 751.0))
		misread_once(read->plate, beside);
}

static void
offer_all(MatchState *state)
{
	for (int i = 0; i < bookings; i++)
		plate_match_offer(state, booked[i], strlen(booked[i]), i);
	if (beside[0] != '\0')
		plate_match_offer(state, beside, strlen(beside), bookings);
}

/* Whether only marks tell a booked plate from a plain read. */
static bool
is_marked_plate_booked(const char *read)
{
	PlatePattern plain;

	if (country < COUNTRIES)
		return false;
	plate_pattern_make(read, strlen(read), &plain);
	for (int i = 0; i < bookings; i++)
	{
		PlatePattern plate;

		plate_pattern_make(booked[i], strlen(booked[i]), &plate);
		if (plate_pattern_only_marks_apart(&plain, &plate))
			return true;
	}
	return false;
}

/*
 * As the gate decides: equality by an index, else the matcher.  An empty read
 * goes to a person by itself.
 */
static Outcome
decide(const Study *study, const CameraRead *read, int true_booking)
{
	PlateReading reading = {read->plate, strlen(read->plate), read->confidence};
	PlateReading candidates[MAX_CANDIDATES];
	int			candidate_count = study->with_candidates ? read->candidates : 0;
	int			winner = find_booking(read->plate);
	MatchState	state;
	MatchResult result;

	if (reading.length == 0)
		return MANUAL;
	if (!study->with_confidence)
		reading.confidence = MATCH_NO_CONFIDENCE;
	if (winner < 0 || !plate_match_exact_suffices(&study->rules, &reading) ||
		is_marked_plate_booked(read->plate))
	{
		for (int i = 0; i < candidate_count; i++)
		{
			candidates[i].plate = read->candidate[i];
			candidates[i].length = strlen(read->candidate[i]);
			candidates[i].confidence = study->with_confidence ?
				read->candidate_confidence[i] : MATCH_NO_CONFIDENCE;
		}
		plate_match_begin(&state, &study->rules, &reading, candidates, candidate_count);
		offer_all(&state);
		plate_match_finish(&state, &result);
		if (result.verdict == MATCH_NONE)
			return NOT_MATCHED;
		if (result.verdict != MATCH_UNIQUE)
			return MANUAL;
		winner = (int) result.contender[0].handle;
	}
	return winner == true_booking ? OPENED : WRONGLY_OPENED;
}

static void
one_read(const Study *study, Tally *tally)
{
	bool		stranger = random_chance(study->strangers);
	char		car[PLATE_TEXT];
	const char *plate;
	CameraRead	read;
	Outcome		outcome;

	beside[0] = '\0';
	if (stranger)
		plate = draw_read(study->engine, draw_stranger, car, &read);
	else
		plate = draw_read(study->engine, draw_booked_car, NULL, &read);
	if (!stranger && study->with_strays)
		lead_astray(&read);

	outcome = decide(study, &read, stranger ? -1 : find_booking(plate));
	tally->reads++;
	if (stranger)
		tally->stranger[outcome]++;
	else if (strcmp(plate, read.plate) == 0)
		tally->right[outcome]++;
	else
		tally->misread[outcome]++;
}

/* Adds what a study gives in lots of one country. */
void
study_lots(const Study *study, Tally *tally)
{
	country = study->country;
	random_seed(study->seed);
	for (int lot = 0; lot < study->lots; lot++)
	{
		draw_bookings(study->bookings);
		for (int i = 0; i < study->reads; i++)
			one_read(study, tally);
	}
}

/* The plates that are within a limit: how many, and whether the true one is among them. */
static int
within(const PlateCosts *costs, const char *read, int limit, int true_booking, bool *found)
{
	PlatePattern pattern;
	int			count = 0;

	*found = false;
	plate_pattern_make(read, strlen(read), &pattern);
	for (int i = 0; i < bookings; i++)
	{
		PlatePattern plate;

		plate_pattern_make(booked[i], strlen(booked[i]), &plate);
		if (plate_pattern_distance(costs, &pattern, &plate, limit) == PLATE_TOO_FAR)
			continue;
		count++;
		if (i == true_booking)
			*found = true;
	}
	return count;
}

/* Counts what was counted of the real misreads, too. */
void
study_fit(const Study *study, int reads, Fit *fit)
{
	static const PlateCosts folding = {1, PLATE_EDIT, PLATE_EDIT, PLATE_EDIT};
	static const PlateCosts plain = {PLATE_EDIT, PLATE_EDIT, PLATE_EDIT, PLATE_EDIT};

	country = study->country;
	random_seed(study->seed);
	draw_bookings(study->bookings);
	for (int i = 0; i < reads; i++)
	{
		CameraRead	read;
		const char *plate = draw_read(study->engine, draw_booked_car, NULL, &read);
		bool		found;

		if (read.mishap == READ_RIGHT)
			continue;
		fit->misreads++;
		fit->one_off += read.mishap == READ_ONE_OFF;
		fit->two_off += read.mishap == READ_TWO_OFF;
		fit->empty += read.mishap == READ_EMPTY;
		if (read.mishap == READ_EMPTY)
			continue;
		fit->folded += within(&folding, read.plate, PLATE_MAX_CHARS, find_booking(plate), &found) == 1 && found;
		if (within(&plain, read.plate, PLATE_EDIT, find_booking(plate), &found) != 1)
			continue;
		fit->one_edit += found;
		fit->one_edit_wrong += !found;
	}
}

/* For the speed: misreads only, each against all bookings.  Returns how many opened. */
int
match_misreads(const Study *study, int reads)
{
	int			opened = 0;

	country = study->country;
	random_seed(study->seed);
	draw_bookings(study->bookings);
	for (int i = 0; i < reads; i++)
	{
		CameraRead	read;

		do
			draw_read(study->engine, draw_booked_car, NULL, &read);
		while (read.mishap != READ_ONE_OFF);
		opened += decide(study, &read, -1) == WRONGLY_OPENED;
	}
	return opened;
}
