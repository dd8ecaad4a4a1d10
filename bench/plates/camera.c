/*
 * camera.c
 *		What a camera makes of a plate: an error model fitted to real reads.
 *
 * Measured on real reads: how many are wrong, by how many edits, how many a
 * folding of confusable characters repairs, which errors are frequent, how
 * many have a ?.  Assumed: the weights within that, and all confidences.
 * docs/plate_matching.md lists both.
 */
#include "plates.h"

#include <string.h>

#include "plate_marks.h"

#define COUNT_OF(array)	((int) (sizeof(array) / sizeof((array)[0])))
#define ALPHANUMERIC	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define MAX_ERRORS		5

/* of 751 reads: 646 right, 78 one edit off, 13 two, 11 more, 3 empty */
static const int plain_engine[MISHAPS] = {646, 78, 13, 11, 3};

/* of 861 reads: 89.7 % right; 72 of the others have a ? */
static const int unread_engine[2] = {772, 89};
#define UNREAD_SHARE	(72.0 / 89)

typedef enum ErrorKind
{
	EIGHT_TO_B,
	Q_TO_ZERO,
	O_FOR_D,
	CONFUSED,					/* any other pair */
	EIGHT_DROPPED,
	ONE_ADDED,
	DROPPED,
	ADDED,
	CHANGED,
	ERROR_KINDS
} ErrorKind;

/*
 * Of 78 errors.  The first four are 26, so that folding repairs 27 of 105
 * wrong reads: two errors that both are confusions make up the rest.
 */
static const int error_weights[ERROR_KINDS] = {8, 5, 5, 8, 10, 7, 10, 5, 20};

static const char *const confusable[] = {"0OQD", "1IL", "2Z", "5S", "6G", "8B"};

/* confidences by quantile (0, 5, 25, 50, 75, 95, 100 %), assumed */
static const double quantiles[] = {0, 0.05, 0.25, 0.50, 0.75, 0.95, 1};
static const double confidence_right[] = {0.40, 0.70, 0.87, 0.92, 0.95, 0.985, 1};
static const double confidence_one_off[] = {0.20, 0.45, 0.70, 0.82, 0.90, 0.96, 0.99};
static const double confidence_far_off[] = {0.05, 0.25, 0.50, 0.65, 0.78, 0.90, 0.97};

static double
draw_confidence(const double *values)
{
	double		at = random_real();
	int			i = 1;

	while (at > quantiles[i])
		i++;
	return values[i - 1] + (values[i] - values[i - 1]) *
		(at - quantiles[i - 1]) / (quantiles[i] - quantiles[i - 1]);
}

static double
confidence_of(Mishap mishap)
{
	if (mishap == READ_RIGHT)
		return draw_confidence(confidence_right);
	if (mishap == READ_ONE_OFF)
		return draw_confidence(confidence_one_off);
	return draw_confidence(confidence_far_off);
}

/* A random place of one of these characters, or -1. */
static int
place_of(const char *text, const char *characters)
{
	int			places[PLATE_MAX_CHARS];
	int			count = 0;

	for (int i = 0; text[i] != '\0'; i++)
	{
		if (strchr(characters, text[i]) != NULL)
			places[count++] = i;
	}
	return count > 0 ? places[random_below(count)] : -1;
}

static void
drop(char *text, int at)
{
	memmove(text + at, text + at + 1, strlen(text + at));
}

static bool
add(char *text, char character)
{
	int			length = (int) strlen(text);
	int			at = random_below(length + 1);

	if (length == PLATE_MAX_CHARS)
		return false;
	memmove(text + at + 1, text + at, (size_t) (length - at) + 1);
	text[at] = character;
	return true;
}

/* Another character of the group that looks like this one. */
static bool
confuse(char *text, const char *group)
{
	int			at = place_of(text, group);
	char		other;

	if (at < 0)
		return false;
	do
		other = random_of(group);
	while (other == text[at]);
	text[at] = other;
	return true;
}

static bool
replace(char *text, const char *from, char to)
{
	int			at = place_of(text, from);

	if (at < 0)
		return false;
	text[at] = to;
	return true;
}

/* Something that is no confusion: those are drawn by themselves. */
static bool
change(char *text)
{
	int			at = random_below((int) strlen(text));
	char		other = random_of(ALPHANUMERIC);

	if (other == text[at])
		return false;
	for (int i = 0; i < COUNT_OF(confusable); i++)
	{
		if (strchr(confusable[i], other) != NULL && strchr(confusable[i], text[at]) != NULL)
			return false;
	}
	text[at] = other;
	return true;
}

/* False if the plate has no character for this error. */
static bool
make_error(ErrorKind kind, char *text)
{
	int			at;

	if (text[0] == '\0')
		return false;
	switch (kind)
	{
		case EIGHT_TO_B:
			return replace(text, "8", 'B');
		case Q_TO_ZERO:
			return replace(text, "Q", '0');
		case O_FOR_D:
			return confuse(text, "OD");
		case CONFUSED:
			return confuse(text, confusable[random_below(COUNT_OF(confusable))]);
		case EIGHT_DROPPED:
			at = place_of(text, "8");
			if (at >= 0)
				drop(text, at);
			return at >= 0;
		case ONE_ADDED:
			return add(text, '1');
		case DROPPED:
			at = random_below((int) strlen(text));
			if (text[at] == '8')
				return false;
			drop(text, at);
			return true;
		case ADDED:
			return add(text, random_of(ALPHANUMERIC));
		case CHANGED:
		case ERROR_KINDS:
			break;
	}
	return change(text);
}

/* How many errors of which kinds, before it is known in which plate. */
static int
draw_errors(Mishap mishap, ErrorKind *kinds)
{
	int			count = mishap == READ_ONE_OFF ? 1 : mishap == READ_TWO_OFF ? 2 : 3 + random_below(3);

	for (int i = 0; i < count; i++)
		kinds[i] = (ErrorKind) random_choice(error_weights, ERROR_KINDS);
	return count;
}

/*
 * The next car to which errors that were drawn can happen, and what is read.
 * Others are drawn where there is no such car: no Russian plate has a Q.
 */
static const char *
draw_misread(Mishap mishap, DrawCar draw_car, void *context, char *read)
{
	for (;;)
	{
		ErrorKind	kinds[MAX_ERRORS];
		int			count = draw_errors(mishap, kinds);

		for (int tries = 0; tries < 1000; tries++)
		{
			const char *plate = draw_car(context);
			bool		made = true;

			strcpy(read, plate);
			for (int i = 0; i < count && made; i++)
				made = make_error(kinds[i], read);
			if (made && strcmp(read, plate) != 0 && read[0] != '\0')
				return plate;
		}
	}
}

/* Any one error that can happen to this plate. */
void
misread_once(const char *plate, char *read)
{
	do
		strcpy(read, plate);
	while (!make_error((ErrorKind) random_choice(error_weights, ERROR_KINDS), read));
}

/* One ? in seven of ten, two in two; or mostly several.  A fifth has another error besides. */
static const char *
draw_unread(Engine engine, DrawCar draw_car, void *context, char *read)
{
	static const int counts[] = {70, 20, 10, 0};
	static const int often_counts[] = {15, 30, 30, 25};
	const char *plate = draw_car(context);
	int			count = 1 + random_choice(engine == OFTEN_UNREAD_ENGINE ? often_counts : counts,
										  COUNT_OF(counts));

	if (random_chance(0.2))
		misread_once(plate, read);
	else
		strcpy(read, plate);
	while (count-- > 0)
		read[random_below((int) strlen(read))] = '?';
	return plate;
}

/*
 * The camera's second thoughts: half of the time a read that is one edit off
 * has the truth among them, a fifth of the time one that is further off.  The
 * others are likenesses of the read.
 */
static void
draw_candidates(const char *plate, CameraRead *read)
{
	double		share = read->mishap == READ_ONE_OFF ? 0.5 : 0.2;
	int			truth = -1;

	read->candidates = 0;
	if (read->plate[0] == '\0')
		return;
	if (read->mishap != READ_RIGHT && random_chance(share))
		truth = random_below(MAX_CANDIDATES);
	for (int i = 0; i < MAX_CANDIDATES; i++)
	{
		if (i == truth)
			strcpy(read->candidate[i], plate);
		else
			misread_once(read->plate, read->candidate[i]);
		read->candidate_confidence[i] = read->confidence * (0.85 + 0.13 * random_real());
	}
	read->candidates = MAX_CANDIDATES;
}

/* The next car, with the plate that an engine sees that knows no marks. */
typedef struct Markless
{
	DrawCar		draw_car;
	void	   *context;
	const char *plate;
	char		plain[PLATE_TEXT];
} Markless;

static const char *
draw_markless(void *context)
{
	Markless   *markless = context;
	PlatePattern pattern;
	int			length = 0;

	markless->plate = markless->draw_car(markless->context);
	plate_pattern_make(markless->plate, strlen(markless->plate), &pattern);
	for (int i = 0; i < pattern.length; i++)
		markless->plain[length++] = (char) pattern.plain[i];
	markless->plain[length] = '\0';
	return markless->plain;
}

static const char *
draw_plain_read(DrawCar draw_car, void *context, CameraRead *read)
{
	const char *plate;

	read->mishap = (Mishap) random_choice(plain_engine, MISHAPS);
	read->confidence = confidence_of(read->mishap);
	if (read->mishap != READ_RIGHT && read->mishap != READ_EMPTY)
		return draw_misread(read->mishap, draw_car, context, read->plate);
	plate = draw_car(context);
	strcpy(read->plate, read->mishap == READ_RIGHT ? plate : "");
	return plate;
}

static const char *
draw_unread_read(Engine engine, DrawCar draw_car, void *context, CameraRead *read)
{
	const char *plate;
	bool		unread = false;

	read->mishap = READ_RIGHT;
	if (random_choice(unread_engine, 2) == 1)
	{
		unread = random_chance(UNREAD_SHARE);
		do
			read->mishap = (Mishap) random_choice(plain_engine, MISHAPS);
		while (read->mishap == READ_RIGHT);
		if (unread)
			read->mishap = READ_ONE_OFF;
	}
	read->confidence = confidence_of(read->mishap);
	if (unread)
		return draw_unread(engine, draw_car, context, read->plate);
	if (read->mishap != READ_RIGHT && read->mishap != READ_EMPTY)
		return draw_misread(read->mishap, draw_car, context, read->plate);
	plate = draw_car(context);
	strcpy(read->plate, read->mishap == READ_RIGHT ? plate : "");
	return plate;
}

/* Draws a car and what the camera reads.  Returns the car's plate. */
const char *
draw_read(Engine engine, DrawCar draw_car, void *context, CameraRead *read)
{
	Markless	markless = {draw_car, context, NULL, ""};
	const char *plate;

	if (engine == UNREAD_ENGINE || engine == OFTEN_UNREAD_ENGINE)
		plate = draw_unread_read(engine, draw_car, context, read);
	else if (engine == MARKLESS_ENGINE)
		plate = draw_plain_read(draw_markless, &markless, read);
	else
		plate = draw_plain_read(draw_car, context, read);
	draw_candidates(plate, read);
	return engine == MARKLESS_ENGINE ? markless.plate : plate;
}
