/*
 * plate_text.c
 *		Fuzzes src/plate/plate_text.c with any bytes for a plate.
 */
#include "plate_text.h"

#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

/* the longest spelling of a character (3 bytes) and the longest separator (3) */
#define RESPELLED_GROWTH	6

typedef struct Plate
{
	PlateTextStatus status;
	size_t		length;
	char	   *text;			/* allocated, so that ASan sees one byte too many */
} Plate;

static const char *const separators[] =
{
	" ", "\t", "-", ".", "\xC2\xA0", "\xC2\xAD", "\xC2\xB7", "\xE2\x80\x8B",
	"\xE2\x80\x93", "\xE2\x88\x92", "\xE3\x80\x80", "\xEF\xBC\x8D"
};

#define SEPARATOR_COUNT	(sizeof(separators) / sizeof(separators[0]))

/* what drivers in Russia and Greece type for these Latin letters, as code points */
static const char twins[] = "ABEKMHOPCTYXABEZHIKMNOPTYXISJ";
static const uint32_t other_alphabets[] =
{
	0x0410, 0x0412, 0x0415, 0x041A, 0x041C, 0x041D,
	0x041E, 0x0420, 0x0421, 0x0422, 0x0423, 0x0425,
	0x0391, 0x0392, 0x0395, 0x0396, 0x0397, 0x0399, 0x039A,
	0x039C, 0x039D, 0x039F, 0x03A1, 0x03A4, 0x03A5, 0x03A7,
	0x0406, 0x0405, 0x0408
};

/* Arabic-Indic, Persian, Devanagari, Thai */
static const uint32_t zeros[] = {0x0660, 0x06F0, 0x0966, 0x0E50};

/* where the characters are that plate_text.c's tables are about, and all others */
static const struct
{
	uint32_t	first;
	uint32_t	count;
}			blocks[] =
{
	{0x0020, 0x1880}, {0x1E00, 0x0100}, {0x2000, 0x0600}, {0x3000, 0x0100},
	{0xFE00, 0x0200}, {0x0000, 0x110000}
};

static Plate
new_plate(void)
{
	Plate		plate = {PLATE_EMPTY, 0, malloc(PLATE_MAX_BYTES)};

	REQUIRE(plate.text != NULL);
	return plate;
}

static Plate
canonical_of(const char *text, size_t length)
{
	Plate		plate = new_plate();

	plate.status = plate_text_canonical(text, length, true, plate.text, &plate.length);
	return plate;
}

static bool
same(const Plate *a, const Plate *b)
{
	return a->status == b->status &&
		(a->status != PLATE_OK ||
		 (a->length == b->length && memcmp(a->text, b->text, a->length) == 0));
}

static char
upper_ascii(char character)
{
	if (character >= 'a' && character <= 'z')
		character = (char) (character - 0x20);
	return character;
}

static bool
between(unsigned char byte, unsigned char low, unsigned char high)
{
	return byte >= low && byte <= high;
}

/*
 * How many bytes the first character takes, 0 if they are not UTF-8.  By the
 * table of well-formed sequences in the Unicode standard (3-7), which is
 * another way than plate_text.c's.
 */
static size_t
character_size(const char *text, size_t length)
{
	static const struct
	{
		unsigned char first,
					last,
					second_low,
					second_high;
		size_t		size;
	}			forms[] =
	{
		{0x00, 0x7F, 0x00, 0x00, 1},
		{0xC2, 0xDF, 0x80, 0xBF, 2},
		{0xE0, 0xE0, 0xA0, 0xBF, 3},
		{0xE1, 0xEC, 0x80, 0xBF, 3},
		{0xED, 0xED, 0x80, 0x9F, 3},
		{0xEE, 0xEF, 0x80, 0xBF, 3},
		{0xF0, 0xF0, 0x90, 0xBF, 4},
		{0xF1, 0xF3, 0x80, 0xBF, 4},
		{0xF4, 0xF4, 0x80, 0x8F, 4},
	};
	const unsigned char *bytes = (const unsigned char *) text;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
	{
		if (!between(bytes[0], forms[i].first, forms[i].last))
			continue;
		if (forms[i].size > length)
			return 0;
		if (forms[i].size > 1 &&
			!between(bytes[1], forms[i].second_low, forms[i].second_high))
			return 0;
		for (size_t k = 2; k < forms[i].size; k++)
		{
			if (!between(bytes[k], 0x80, 0xBF))
				return 0;
		}
		return forms[i].size;
	}
	return 0;
}

/* Returns whether all of text is UTF-8; counts its characters up to there. */
static bool
is_utf8(const char *text, size_t length, size_t *characters)
{
	*characters = 0;
	while (length > 0)
	{
		size_t		size = character_size(text, length);

		if (size == 0)
			return false;
		text += size;
		length -= size;
		++*characters;
	}
	return true;
}

/* C0, DEL or C1: the latter are two bytes, C2 80 to C2 9F. */
static bool
has_control(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		unsigned char byte = (unsigned char) text[i];

		if (byte < 0x20 || byte == 0x7F)
			return true;
		if (byte == 0xC2 && i + 1 < length &&
			between((unsigned char) text[i + 1], 0x80, 0x9F))
			return true;
	}
	return false;
}

static bool
has_separator(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		for (size_t k = 0; k < SEPARATOR_COUNT; k++)
		{
			size_t		size = strlen(separators[k]);

			if (size <= length - i && memcmp(text + i, separators[k], size) == 0)
				return true;
		}
	}
	return false;
}

/* What the header promises of every canonical form. */
static void
check_canonical(const Plate *plate)
{
	size_t		characters;
	Plate		again;

	REQUIRE(plate->length >= 1 && plate->length <= PLATE_MAX_BYTES);
	REQUIRE(is_utf8(plate->text, plate->length, &characters));
	REQUIRE(characters <= PLATE_MAX_CHARS);
	REQUIRE(!has_control(plate->text, plate->length));
	REQUIRE(!has_separator(plate->text, plate->length));

	again = canonical_of(plate->text, plate->length);
	REQUIRE(same(plate, &again));
	free(again.text);
}

/*
 * ASCII is simple enough to say in a few lines what must come out.  Returns
 * false if text is not ASCII.
 */
static bool
expect_ascii(const char *text, size_t length, Plate *plate)
{
	plate->length = 0;
	plate->status = PLATE_OK;
	for (size_t i = 0; i < length; i++)
	{
		char		character = text[i];

		if (character & 0x80)
			return false;
		if (plate->status != PLATE_OK ||
			strchr("\t\n\v\f\r -.", character != '\0' ? character : 'x') != NULL)
			continue;
		if (has_control(&character, 1))
			plate->status = PLATE_CONTROL_CHARACTER;
		else if (plate->length == PLATE_MAX_CHARS)
			plate->status = PLATE_TOO_LONG;
		else
			plate->text[plate->length++] = upper_ascii(character);
	}
	if (plate->status == PLATE_OK && plate->length == 0)
		plate->status = PLATE_EMPTY;
	return true;
}

static void
check_ascii(const Plate *plate, const char *text, size_t length)
{
	Plate		expected = new_plate();

	if (expect_ascii(text, length, &expected))
		REQUIRE(same(plate, &expected));
	free(expected.text);
}

/* No status without its reason. */
static void
check_status(PlateTextStatus status, const char *text, size_t length)
{
	size_t		characters;
	bool		valid = is_utf8(text, length, &characters);

	switch (status)
	{
		case PLATE_OK:
		case PLATE_EMPTY:
			REQUIRE(valid);
			break;
		case PLATE_TOO_LONG:
			REQUIRE(characters > PLATE_MAX_CHARS);
			break;
		case PLATE_CONTROL_CHARACTER:
			REQUIRE(has_control(text, length));
			break;
		case PLATE_INVALID_UTF8:
			REQUIRE(!valid);
			break;
	}
}

/* Writes a code point up to U+FFFF. */
static size_t
put(uint32_t code, char *target)
{
	size_t		size = 0;

	if (code < 0x80)
		target[size++] = (char) code;
	else if (code < 0x800)
		target[size++] = (char) (0xC0 | code >> 6);
	else
	{
		target[size++] = (char) (0xE0 | code >> 12);
		target[size++] = (char) (0x80 | (code >> 6 & 0x3F));
	}
	if (code >= 0x80)
		target[size++] = (char) (0x80 | (code & 0x3F));
	return size;
}

/* One of the letters that look like this one, or 0. */
static uint32_t
twin_of(char letter, unsigned choice)
{
	size_t		count = sizeof(twins) - 1;

	for (size_t i = 0; i < count; i++)
	{
		size_t		at = (i + choice) % count;

		if (twins[at] == letter)
			return other_alphabets[at];
	}
	return 0;
}

/* Writes another spelling of an ASCII character, and returns its length. */
static size_t
respell(char character, unsigned choice, char *target)
{
	char		upper = upper_ascii(character);
	bool		letter = between((unsigned char) upper, 'A', 'Z');
	uint32_t	code = (unsigned char) upper;
	uint32_t	twin = letter ? twin_of(upper, choice) : 0;

	if (!letter && !between((unsigned char) upper, '0', '9'))
		return put((unsigned char) character, target);
	if (choice % 3 == 1)
		code += 0xFF00 - 0x20;	/* full-width */
	else if (choice % 3 == 2 && twin != 0)
		code = twin;
	else if (choice % 3 == 2 && !letter)
		code += zeros[choice / 3 % (sizeof(zeros) / sizeof(zeros[0]))] - '0';
	if (letter && choice / 3 % 2 == 1)
		code += code >> 4 == 0x40 ? 0x50 : 0x20;	/* lower case */
	return put(code, target);
}

/*
 * Other letter shapes, and separators put in between, make no difference: not
 * even to what is wrong with a text.
 */
static void
check_respelled(const Plate *plate, const char *text, size_t length)
{
	char	   *other = malloc(length * RESPELLED_GROWTH + 1);
	size_t		written = 0;
	unsigned	choice = (unsigned) length;
	Plate		respelled;

	REQUIRE(other != NULL);
	while (length > 0)
	{
		size_t		size = character_size(text, length);
		const char *separator;

		if (size == 0)
			break;
		choice = choice * 31 + (unsigned char) text[0];
		separator = separators[(choice >> 8) % SEPARATOR_COUNT];
		memcpy(other + written, separator, strlen(separator));
		written += strlen(separator);
		if (size == 1)
			written += respell(text[0], choice >> 4, other + written);
		else
		{
			memcpy(other + written, text, size);
			written += size;
		}
		text += size;
		length -= size;
	}
	memcpy(other + written, text, length);

	respelled = canonical_of(other, written + length);
	REQUIRE(same(plate, &respelled));
	free(respelled.text);
	free(other);
}

/*
 * Chance alone rarely makes a character that a table knows, and coverage does
 * not tell one row of a table from the next.  So half of the mutations insert
 * or append such a character.
 */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	char		character[4];
	size_t		length;
	size_t		at;
	uint32_t	code;
	unsigned	random = seed / 2;
	unsigned	block = random % (sizeof(blocks) / sizeof(blocks[0]));

	random /= 8;
	code = blocks[block].first + random % blocks[block].count;
	if (seed % 2 == 0 || code > 0xFFFF || size + sizeof(character) > max_size)
		return LLVMFuzzerMutate(data, size, max_size);

	length = put(code, character);
	at = size > 0 && random % 3 == 0 ? random % size : size;
	memmove(data + at + length, data + at, size - at);
	memcpy(data + at, character, length);
	return size + length;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data;
	Plate		plate = canonical_of(text, size);

	check_status(plate.status, text, size);
	check_ascii(&plate, text, size);
	if (plate.status == PLATE_OK)
		check_canonical(&plate);
	check_respelled(&plate, text, size);
	free(plate.text);
	return 0;
}
