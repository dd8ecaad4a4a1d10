/*
 * separators.c
 *		Plates that only a separator tells apart.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "license_plate.h"
#include "separators.h"

bool		plate_keeps_separators = false;

const char *
plate_without_kept(const char *text)
{
	char	   *copy;

	if (!plate_keeps_separators || strchr(text, PLATE_KEPT_SEPARATOR) == NULL)
		return text;
	copy = pstrdup(text);
	for (char *c = copy; *c != '\0'; c++)
	{
		if (*c == PLATE_KEPT_SEPARATOR)
			*c = '-';
	}
	return copy;
}

const char *
plate_joined(const char *plate)
{
	const char *at = plate_keeps_separators ? strchr(plate, PLATE_KEPT_SEPARATOR) : NULL;

	return at ? psprintf("%.*s%s", (int) (at - plate), plate, at + 1) : plate;
}

/* Letters of all scripts are bytes past ASCII, or letters; digits are ASCII's in canonical plates. */
static bool
are_alike(const char *plain, int at)
{
	bool		before = isdigit((unsigned char) plain[at - 1]);
	bool		after = isdigit((unsigned char) plain[at]);

	return before == after && plain[at - 1] != '?' && plain[at] != '?';
}

static char *
separated_at(const char *plain, int at)
{
	return psprintf("%.*s%c%s", at, plain, PLATE_KEPT_SEPARATOR, plain + at);
}

/* The place of the nth separator that could be there, or 0. */
static int
separable_place(const char *plain, int n)
{
	int			length = (int) strlen(plain);

	for (int at = pg_mblen(plain); at < length; at += pg_mblen(plain + at))
	{
		if (are_alike(plain, at) && n-- == 0)
			return at;
	}
	return 0;
}

int
plate_separable(const char *plain)
{
	int			count = 0;

	/* one more character has to fit */
	if (pg_mbstrlen(plain) >= PLATE_MAX_CHARS)
		return 0;
	while (separable_place(plain, count) > 0)
		count++;
	return count;
}

char *
plate_separated_form(const char *plain, int n)
{
	return separated_at(plain, separable_place(plain, n));
}

/* How much of the canonical form a beginning of the text makes. */
static int
canonical_length(const char *text, int length, char *canonical)
{
	size_t		made;

	return license_plate_canonical(text, length, canonical, &made) == PLATE_OK ? (int) made : 0;
}

char *
plate_separated(const char *text)
{
	char		plain[PLATE_MAX_BYTES + 1] = {0};
	char		beginning[PLATE_MAX_BYTES + 1];
	int			length = (int) strlen(text);
	int			whole;
	int			before = 0;

	if (!plate_keeps_separators)
		return NULL;
	text = plate_without_kept(text);
	whole = canonical_length(text, length, plain);
	if (whole == 0 || pg_mbstrlen(plain) >= PLATE_MAX_CHARS)
		return NULL;
	/* a character that adds nothing is a separator */
	for (int at = 0; at < length;)
	{
		int			now;

		at += pg_mblen(text + at);
		now = canonical_length(text, at, beginning);
		if (now == before && now > 0 && now < whole && are_alike(plain, now))
			return separated_at(plain, now);
		before = now;
	}
	return NULL;
}

bool
plates_differ_by_separator(const char *a, const char *b)
{
	return plate_keeps_separators && strcmp(a, b) != 0 &&
		strcmp(plate_joined(a), plate_joined(b)) == 0;
}

text *
license_plate_of_booking(text *input)
{
	char	   *typed;
	char	   *separated;

	if (!plate_keeps_separators)
		return license_plate_of_car(input);
	typed = text_to_cstring(input);
	separated = plate_separated(typed);
	input = license_plate_of_car(cstring_to_text(plate_without_kept(typed)));
	return separated ? cstring_to_text(separated) : input;
}
