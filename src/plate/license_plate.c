/*
 * license_plate.c
 *		The SQL type license_plate: the glue around plate_text.c.
 *
 * Every way into the type (text input, binary input, cast) makes the canonical
 * form, so everything else works on plain bytes: output is text's own, and
 * comparison, hashing and sorting are bytea's own (see sql/license_plate.sql).
 */
#include "postgres.h"

#include "catalog/namespace.h"	/* FindDefaultConversionProc */
#include "common/unicode_norm.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "server/compat.h"
#include "server/errors.h"
#include "license_plate.h"

/*
 * Longer input is refused unseen.  Generous: 16 characters of 4 bytes, each of
 * them decomposed or with a separator beside it.
 */
#define LONGEST_INPUT_BYTES		256

static bool
is_ascii(const char *plate, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		if (IS_HIGHBIT_SET(plate[i]))
			return false;
	}
	return true;
}

/*
 * Returns plate in another encoding, with a terminating NUL, or NULL where
 * that encoding has no such characters.
 */
static char *
convert(const char *plate, size_t length, int from, int to)
{
	Oid			proc = FindDefaultConversionProc(from, to);
	size_t		space = length * MAX_CONVERSION_GROWTH + 1;
	char	   *converted;

	if (!OidIsValid(proc))
		return NULL;
	converted = palloc(space);
	if (pg_do_encoding_conversion_buf(proc, from, to,
									  (unsigned char *) plate, (int) length,
									  (unsigned char *) converted, (int) space,
									  true) != (int) length)
		return NULL;
	return converted;
}

/* The code points of valid UTF-8, ended by a zero. */
static pg_wchar *
code_points(const char *utf8, size_t length)
{
	pg_wchar   *points = palloc((length + 1) * sizeof(pg_wchar));
	const unsigned char *next = (const unsigned char *) utf8;
	const unsigned char *end = next + length;
	size_t		count = 0;

	while (next < end)
	{
		points[count++] = utf8_to_unicode(next);
		next += pg_utf_mblen(next);
	}
	points[count] = 0;
	return points;
}

/* The inverse of code_points, with a terminating NUL. */
static char *
utf8_of(const pg_wchar *points)
{
	size_t		count = 0;
	unsigned char *utf8;
	unsigned char *next;

	while (points[count] != 0)
		count++;
	utf8 = next = palloc(count * 4 + 1);
	for (size_t i = 0; i < count; i++)
	{
		unicode_to_utf8(points[i], next);
		next += pg_utf_mblen(next);
	}
	*next = '\0';
	return (char *) utf8;
}

/*
 * One form for all that is the same character, composed, decomposed, full
 * width, circled (Unicode NFKC).  Returns utf8 itself where there is nothing to
 * do, which is nearly always.
 */
static const char *
normalized(const char *utf8, size_t *length)
{
	pg_wchar   *points = code_points(utf8, *length);
	const char *result = utf8;

	if (unicode_is_normalized_quickcheck(UNICODE_NFKC, points) !=
		UNICODE_NORM_QC_YES)
	{
		result = utf8_of(unicode_normalize(UNICODE_NFKC, points));
		*length = strlen(result);
	}
	return result;
}

/*
 * The canonical form of valid UTF-8, normalized.
 *
 * Letters may come apart again or meet their marks only now: "i" with a dot
 * above has no composed form but "I" has one, and a mark may have stood behind
 * a character that is removed.  So the result is normalized once more.  Twice
 * is enough: no letter that the second round composes has another canonical
 * form.
 */
static PlateTextStatus
canonical_of_utf8(const char *utf8, size_t length, bool marked_twins,
				  char *canonical, size_t *canonical_length)
{
	PlateTextStatus status;
	char		first[PLATE_MAX_BYTES];
	size_t		first_length;
	const char *again;

	utf8 = normalized(utf8, &length);
	status = plate_text_canonical(utf8, length, marked_twins, first, &first_length);
	if (status != PLATE_OK)
		return status;
	again = normalized(first, &first_length);
	return plate_text_canonical(again, first_length, marked_twins,
								canonical, canonical_length);
}

/*
 * As license_plate_canonical(), by way of UTF-8.  An encoding may lack the
 * Latin twin of a letter with a mark: KOI8R has io, and no E with diaeresis.
 */
static PlateTextStatus
canonical_of_encoding(const char *plate, size_t length, int encoding,
					  char *canonical, size_t *canonical_length)
{
	char	   *utf8 = convert(plate, length, encoding, PG_UTF8);

	if (utf8 == NULL)
		return PLATE_INVALID_UTF8;
	for (int with_marked = 1; with_marked >= 0; with_marked--)
	{
		PlateTextStatus status = canonical_of_utf8(utf8, strlen(utf8), with_marked == 1,
												   canonical, canonical_length);
		char	   *converted;

		if (status != PLATE_OK)
			return status;
		converted = convert(canonical, *canonical_length, PG_UTF8, encoding);
		if (converted)
		{
			*canonical_length = strlen(converted);
			memcpy(canonical, converted, *canonical_length);
			return PLATE_OK;
		}
	}
	return PLATE_INVALID_UTF8;
}

/* As license_plate_canonical(), for text that is not plain ASCII. */
static PlateTextStatus
canonical_of_server_text(const char *plate, size_t length,
						 char *canonical, size_t *canonical_length)
{
	int			encoding = GetDatabaseEncoding();

	/* what is in a database without an encoding is most likely UTF-8 */
	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII)
		return canonical_of_encoding(plate, length, encoding, canonical, canonical_length);
	if (!pg_verify_mbstr(PG_UTF8, plate, (int) length, true))
		return PLATE_INVALID_UTF8;
	return canonical_of_utf8(plate, length, true, canonical, canonical_length);
}

PlateTextStatus
license_plate_canonical(const char *plate, size_t length,
						char *canonical, size_t *canonical_length)
{
	if (length > LONGEST_INPUT_BYTES)
		return PLATE_TOO_LONG;
	if (is_ascii(plate, length))
		return plate_text_canonical(plate, length, true, canonical, canonical_length);
	return canonical_of_server_text(plate, length, canonical, canonical_length);
}

static const char *
complaint(PlateTextStatus status)
{
	switch (status)
	{
		case PLATE_OK:
			break;
		case PLATE_EMPTY:
			return "license plate is empty";
		case PLATE_TOO_LONG:
			return "license plate is too long";
		case PLATE_CONTROL_CHARACTER:
			return "license plate contains a control character";
		case PLATE_INVALID_UTF8:
			return "license plate cannot be represented in the database encoding";
	}
	pg_unreachable();
}

/*
 * Makes a license_plate.  Its error does not repeat the text: what was typed
 * may well be somebody's plate, and messages end up in logs.
 */
static text *
make_plate(const char *plate, size_t length, Node *escontext)
{
	char		canonical[PLATE_MAX_BYTES];
	size_t		canonical_length;
	PlateTextStatus status;

	status = license_plate_canonical(plate, length,
									 canonical, &canonical_length);
	if (status != PLATE_OK)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_SP_INVALID_PLATE),
				 errmsg("%s", complaint(status)),
				 errhint("A plate has 1 to %d printable characters after spaces, dots and hyphens are removed.",
						 PLATE_MAX_CHARS)));
	return cstring_to_text_with_len(canonical, (int) canonical_length);
}

text *
license_plate_from_text(text *input)
{
	return make_plate(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input), NULL);
}

/* set before anything is called: when the setting is defined */
static const NoPlateWords *no_plate_words;

void
license_plate_use_no_plate_words(const NoPlateWords *words)
{
	no_plate_words = words;
}

/* What the setting's list says of one word. */
static const char *
parse_no_plate_word(const char *word, size_t length, NoPlateWords *words)
{
	bool		remove = length > 0 && word[0] == '-';
	char		canonical[PLATE_MAX_BYTES];
	size_t		canonical_length;

	if (!is_ascii(word, length) && GetDatabaseEncoding() != PG_UTF8 &&
		GetDatabaseEncoding() != PG_SQL_ASCII)
		return "Only in databases of encoding UTF8 a word can have characters outside of ASCII.";
	if (license_plate_canonical(word, length, canonical, &canonical_length) != PLATE_OK)
		return "A word has 1 to 16 printable characters, spaces, dots and hyphens not counted; words are separated by commas.";
	if (remove && !no_plate_words_remove(words, canonical, canonical_length))
		return "What is to be taken out, with a leading minus, is not among the words.";
	if (!remove && !no_plate_words_add(words, canonical, canonical_length))
		return "A word has a letter or digit, and there are not more than 256 words.";
	return NULL;
}

const char *
license_plate_parse_no_plate_words(const char *list, NoPlateWords *words)
{
	const char *complaint = NULL;

	no_plate_words_begin(words);
	if (list[strspn(list, " \t\r\n")] == '\0')
		return NULL;
	for (;;)
	{
		size_t		length;

		list += strspn(list, " \t\r\n");
		length = strcspn(list, ",");
		complaint = parse_no_plate_word(list, length, words);
		if (complaint || list[length] == '\0')
			return complaint;
		list += length + 1;
	}
}

/* The words are in UTF-8.  Text that has no counterpart in it is none of them. */
bool
license_plate_means_none(const char *canonical, size_t length)
{
	int			encoding = GetDatabaseEncoding();

	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII && !is_ascii(canonical, length))
	{
		char	   *utf8 = convert(canonical, length, encoding, PG_UTF8);
		size_t		utf8_length = utf8 ? strlen(utf8) : 0;

		return utf8 && utf8_length <= PLATE_MAX_BYTES &&
			no_plate_means(no_plate_words, utf8, utf8_length);
	}
	return no_plate_means(no_plate_words, canonical, length);
}

text *
license_plate_of_car(text *input)
{
	text	   *plate = license_plate_from_text(input);

	if (license_plate_means_none(VARDATA_ANY(plate), VARSIZE_ANY_EXHDR(plate)))
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_PLATE),
				 errmsg("that is a word for a car without a plate, not a plate"),
				 errhint("If it is a plate here, take it out of the words with smart_parking.no_plate_words, as in '-NULL, -NONE'.")));
	return plate;
}

PG_FUNCTION_INFO_V1(license_plate_in);
Datum
license_plate_in(PG_FUNCTION_ARGS)
{
	char	   *plate = PG_GETARG_CSTRING(0);

	PG_RETURN_TEXT_P(make_plate(plate, strlen(plate), fcinfo->context));
}

PG_FUNCTION_INFO_V1(license_plate_recv);
Datum
license_plate_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length;
	char	   *plate = pq_getmsgtext(message, message->len - message->cursor,
									  &length);

	PG_RETURN_TEXT_P(make_plate(plate, length, NULL));
}

PG_FUNCTION_INFO_V1(license_plate);
Datum
license_plate(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(license_plate_from_text(PG_GETARG_TEXT_PP(0)));
}
