/*
 * population.c
 *		Number plates as they drive up to a lot in one town.
 *
 * Most cars are local, so their plates begin alike or come from the same
 * series: that is what brings plates near to each other.  The shapes are the
 * countries' own; all shares are assumed.
 */
#include "plates.h"

#include <stdio.h>
#include <string.h>

#define LETTERS		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS		"0123456789"
#define CONSONANTS	"BCDFGHJKLMNPRSTVWXYZ"
#define VOWELS		"AEIOU"

#define LOCAL_SHARE_DE	0.6
#define LOCAL_SHARE_US	0.8
#define LOCAL_SHARE_RU	0.7
#define PERSONAL_SHARE_SE	0.2

#define COUNT_OF(array)	((int) (sizeof(array) / sizeof((array)[0])))

/* A for a letter, 9 for a digit; all else stands for itself. */
static void
draw_shape(const char *shape, const char *letters, char *plate)
{
	for (; *shape != '\0'; shape++)
	{
		if (*shape == 'A')
			*plate++ = random_of(letters);
		else if (*shape == '9')
			*plate++ = random_of(DIGITS);
		else
			*plate++ = *shape;
	}
	*plate = '\0';
}

/* DD AB 1234: the district, one or two letters, one to four digits, no 0 first */
static void
draw_german(char *plate)
{
	static const char *const districts[] =
	{
		"B", "M", "HH", "L", "C", "MEI", "PIR", "BZ", "GR", "FG", "Z", "S", "F",
		"K", "EE", "OSL", "CB", "HAL", "EF", "N"
	};
	static const int digit_counts[] = {5, 20, 35, 40};
	const char *district = "DD";
	int			digits = 1 + random_choice(digit_counts, COUNT_OF(digit_counts));
	int			letters = random_chance(0.15) ? 1 : 2;

	if (!random_chance(LOCAL_SHARE_DE))
		district = districts[random_below(COUNT_OF(districts))];
	plate += sprintf(plate, "%s", district);
	while (letters-- > 0)
		*plate++ = random_of(LETTERS);
	*plate++ = random_of(DIGITS + 1);
	while (--digits > 0)
		*plate++ = random_of(DIGITS);
	*plate = '\0';
}

/* What people choose: syllables, a number here and there, 4 to 7 characters. */
static void
draw_vanity(char *plate)
{
	int			length = 4 + random_below(4);
	bool		vowel = random_chance(0.3);

	for (int i = 0; i < length; i++)
	{
		if (random_chance(0.12))
			*plate++ = random_of(DIGITS);
		else
			*plate++ = random_of(vowel ? VOWELS : CONSONANTS);
		vowel = !vowel;
	}
	*plate = '\0';
}

/*
 * The local state is like California, whose series run on: what was issued
 * lately begins with 7 to 9.  17 % are vanity plates, as in the real reads.
 */
static void
draw_american(char *plate)
{
	static const char *const shapes[] =
	{
		"AAA9999", "AAA999", "AAAA99", "999AAA", "AA99999", "9AAA999", "AAA99A",
		"9999AA"
	};
	static const char *const recent[] = {"7AAA999", "8AAA999", "9AAA999", "99999A9"};
	static const int recent_shares[] = {30, 45, 15, 10};

	if (random_chance(0.17))
		draw_vanity(plate);
	else if (random_chance(LOCAL_SHARE_US))
		draw_shape(recent[random_choice(recent_shares, COUNT_OF(recent))], LETTERS, plate);
	else
		draw_shape(shapes[random_below(COUNT_OF(shapes))], LETTERS, plate);
}

/* A123BC 77: twelve letters, and a region that is the same for most. */
static void
draw_russian(char *plate)
{
	static const char *const regions[] =
	{
		"99", "97", "177", "199", "197", "777", "50", "90", "150", "190", "750",
		"71", "62", "69", "33", "40", "78", "98", "52", "63"
	};
	char		shape[PLATE_TEXT];

	snprintf(shape, sizeof(shape), "A999AA%s",
			 random_chance(LOCAL_SHARE_RU) ? "77" : regions[random_below(COUNT_OF(regions))]);
	/* the region has no placeholder in it but 9, so it is written once more */
	draw_shape(shape, "ABEKMHOPCTYX", plate);
	memcpy(plate + 6, shape + 6, strlen(shape + 6));
}

/* The same in a town whose district has an umlaut; a few neighbours have none. */
static void
draw_umlauts(char *plate)
{
	static const char *const districts[] = {"TÜ", "GÖ", "FÜ", "MÜ", "LÖ", "SÜW", "KÖT", "W", "TU", "M", "SW"};
	const char *district = "WÜ";
	char		german[PLATE_TEXT];
	const char *rest = german;

	draw_german(german);
	while (*rest != '\0' && (*rest < '0' || *rest > '9'))
		rest++;
	if (!random_chance(LOCAL_SHARE_DE))
		district = districts[random_below(COUNT_OF(districts))];
	/* the letters of the series anew: where the district ends is not to be seen */
	plate += sprintf(plate, "%s%c", district, random_of(LETTERS));
	if (random_chance(0.85))
		*plate++ = random_of(LETTERS);
	strcpy(plate, rest);
}

/* ABC 123 or ABC 12D, and personal plates of 3 to 7 characters, with their vowels. */
static void
draw_swedish(char *plate)
{
	static const char *const vowels[] = {"A", "E", "I", "O", "U", "Y", "Å", "Ä", "Ö"};
	int			length = 3 + random_below(5);
	bool		vowel = random_chance(0.3);

	if (!random_chance(PERSONAL_SHARE_SE))
	{
		draw_shape(random_chance(0.5) ? "AAA999" : "AAA99A", "ABCDEFGHJKLMNOPRSTUWXYZ", plate);
		return;
	}
	for (; length > 0; length--)
	{
		if (random_chance(0.12))
			plate += sprintf(plate, "%c", random_of(DIGITS));
		else if (vowel)
			plate += sprintf(plate, "%s", vowels[random_below(COUNT_OF(vowels))]);
		else
			plate += sprintf(plate, "%c", random_of(CONSONANTS));
		vowel = !vowel;
	}
}

void
draw_plate(Country country, char *plate)
{
	if (country == GERMANY)
		draw_german(plate);
	else if (country == USA)
		draw_american(plate);
	else if (country == RUSSIA)
		draw_russian(plate);
	else if (country == GERMANY_UMLAUTS)
		draw_umlauts(plate);
	else
		draw_swedish(plate);
}
