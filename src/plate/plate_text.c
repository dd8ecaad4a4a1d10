/*
 * plate_text.c
 *		The canonical form of a license plate's text.
 *
 * One plate is typed "b-ab 1234", printed "B AB 1234" and read by a camera as
 * "BAB1234".  All of them have one canonical form, so that a comparison of
 * bytes finds the booking.  The rules are fixed tables, not the locale's: an
 * index on plates must not change its order when a C library is updated.
 */
#include "plate_text.h"

#include <stdint.h>

#include "plate_twins.h"

#define LENGTH_OF(array)	(sizeof(array) / sizeof((array)[0]))

/* what does not belong to the plate's number, by code point */
static const struct
{
	uint32_t	first;
	uint32_t	last;
}			separators[] =
{
	{0x0009, 0x000D},			/* tab, line feed ... carriage return */
	{0x0020, 0x0020},			/* space */
	{0x002D, 0x002E},			/* hyphen-minus, full stop */
	{0x0085, 0x0085},			/* next line */
	{0x00A0, 0x00A0},			/* no-break space */
	{0x00AD, 0x00AD},			/* soft hyphen */
	{0x00B7, 0x00B7},			/* middle dot */
	{0x034F, 0x034F},			/* combining grapheme joiner */
	{0x0387, 0x0387},			/* Greek ano teleia, looks like a middle dot */
	{0x058A, 0x058A},			/* Armenian hyphen */
	{0x05BE, 0x05BE},			/* Hebrew maqaf */
	{0x061C, 0x061C},			/* Arabic letter mark */
	{0x1680, 0x1680},			/* Ogham space mark */
	{0x1806, 0x1806},			/* Mongolian hyphen */
	{0x180E, 0x180E},			/* Mongolian vowel separator */
	{0x2000, 0x200F},			/* spaces, zero width ..., direction marks */
	{0x2010, 0x2015},			/* hyphens and dashes */
	{0x2022, 0x2022},			/* bullet */
	{0x2024, 0x2024},			/* one dot leader */
	{0x2027, 0x2027},			/* hyphenation point */
	{0x2028, 0x202F},			/* line separators, embeddings, narrow space */
	{0x2043, 0x2043},			/* hyphen bullet */
	{0x205F, 0x206F},			/* math space, word joiner, isolates */
	{0x2212, 0x2212},			/* minus sign */
	{0x2219, 0x2219},			/* bullet operator */
	{0x22C5, 0x22C5},			/* dot operator */
	{0x25CF, 0x25CF},			/* black circle, the dot of Chinese plates */
	{0x3000, 0x3000},			/* ideographic space */
	{0x30FB, 0x30FB},			/* Katakana middle dot */
	{0xFE00, 0xFE0F},			/* variation selectors */
	{0xFE52, 0xFE52},			/* small full stop */
	{0xFE58, 0xFE58},			/* small em dash */
	{0xFE63, 0xFE63},			/* small hyphen-minus */
	{0xFEFF, 0xFEFF},			/* byte order mark */
	{0xFF0D, 0xFF0E},			/* full-width hyphen-minus, full stop */
	{0xFF65, 0xFF65},			/* half-width Katakana middle dot */
};

/*
 * Letters and digits that have another canonical form: every step-th code
 * point from first to last is moved by shift.  A letter whose upper case is
 * more than one code point (sharp s, n preceded by apostrophe) stays.
 */
static const struct
{
	uint32_t	first;
	uint32_t	last;
	uint32_t	step;
	int32_t		shift;
}			foldings[] =
{
	/* Latin */
	{'a', 'z', 1, 'A' - 'a'},
	{0x00B5, 0x00B5, 1, 0x039C - 0x00B5},	/* micro sign, a Greek mu */
	{0x00E0, 0x00F6, 1, -0x20},
	{0x00F8, 0x00FE, 1, -0x20},
	{0x00FF, 0x00FF, 1, 0x0178 - 0x00FF},	/* y with diaeresis */
	{0x0101, 0x012F, 2, -1},
	{0x0131, 0x0131, 1, 'I' - 0x0131},	/* dotless i */
	{0x0133, 0x0137, 2, -1},
	{0x013A, 0x0148, 2, -1},
	{0x014B, 0x0177, 2, -1},
	{0x017A, 0x017E, 2, -1},
	{0x017F, 0x017F, 1, 'S' - 0x017F},	/* long s */
	{0x01A1, 0x01A1, 1, -1},	/* o and u with horn, Vietnamese */
	{0x01B0, 0x01B0, 1, -1},
	{0x0219, 0x021B, 2, -1},	/* s and t with comma below, Romanian */
	{0x0233, 0x0233, 1, -1},	/* y with macron */
	{0x0259, 0x0259, 1, 0x018F - 0x0259},	/* schwa, Azerbaijani */

	/* Greek, without the letters that only scholars use */
	{0x03AC, 0x03AC, 1, 0x0386 - 0x03AC},
	{0x03AD, 0x03AF, 1, 0x0388 - 0x03AD},
	{0x03B1, 0x03C1, 1, -0x20},
	{0x03C2, 0x03C2, 1, 0x03A3 - 0x03C2},	/* final sigma */
	{0x03C3, 0x03CB, 1, -0x20},
	{0x03CC, 0x03CC, 1, 0x038C - 0x03CC},
	{0x03CD, 0x03CE, 1, 0x038E - 0x03CD},
	{0x03F3, 0x03F3, 1, 0x037F - 0x03F3},	/* yot */

	/* Cyrillic */
	{0x0430, 0x044F, 1, -0x20},
	{0x0450, 0x045F, 1, -0x50},
	{0x0461, 0x0481, 2, -1},
	{0x048B, 0x04BF, 2, -1},
	{0x04C2, 0x04CE, 2, -1},
	{0x04CF, 0x04CF, 1, 0x04C0 - 0x04CF},
	{0x04D1, 0x052F, 2, -1},

	/* Latin letters of Vietnamese and others; capital sharp s is sharp s */
	{0x1E01, 0x1E95, 2, -1},
	{0x1E9E, 0x1E9E, 1, 0x00DF - 0x1E9E},
	{0x1EA1, 0x1EFF, 2, -1},

	/* full-width digits, capital and small letters */
	{0xFF10, 0xFF19, 1, '0' - 0xFF10},
	{0xFF21, 0xFF3A, 1, 'A' - 0xFF21},
	{0xFF41, 0xFF5A, 1, 'A' - 0xFF41},
};

static bool
is_separator(uint32_t code)
{
	for (size_t i = 0; i < LENGTH_OF(separators); i++)
	{
		if (code < separators[i].first)
			return false;
		if (code <= separators[i].last)
			return true;
	}
	return false;
}

/* C0 (without white space, which is a separator), DEL and C1 */
static bool
is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7F && code <= 0x9F);
}

static uint32_t
upper_case(uint32_t code)
{
	for (size_t i = 0; i < LENGTH_OF(foldings); i++)
	{
		if (code < foldings[i].first)
			break;
		if (code <= foldings[i].last)
		{
			if ((code - foldings[i].first) % foldings[i].step != 0)
				break;
			return (uint32_t) ((int32_t) code + foldings[i].shift);
		}
	}
	return code;
}

static uint32_t
canonical_code(uint32_t code, bool with_marked_twins)
{
	code = upper_case(code);
	/* neither twins nor other digits are that low */
	if (code < 0x037F)
		return code;
	return plate_latin_twin(plate_ascii_digit(code), with_marked_twins);
}

/*
 * Reads one code point.  Returns the bytes it takes, 0 where they are not
 * UTF-8: stray or missing continuation bytes, a longer form than needed,
 * surrogates, or past U+10FFFF.
 */
static size_t
decode(const unsigned char *text, size_t length, uint32_t *code)
{
	uint32_t	smallest;
	size_t		size;

	if (text[0] < 0x80)
	{
		*code = text[0];
		return 1;
	}
	else if ((text[0] & 0xE0) == 0xC0)
	{
		size = 2;
		smallest = 0x80;
		*code = text[0] & 0x1F;
	}
	else if ((text[0] & 0xF0) == 0xE0)
	{
		size = 3;
		smallest = 0x800;
		*code = text[0] & 0x0F;
	}
	else if ((text[0] & 0xF8) == 0xF0)
	{
		size = 4;
		smallest = 0x10000;
		*code = text[0] & 0x07;
	}
	else
		return 0;

	if (size > length)
		return 0;
	for (size_t i = 1; i < size; i++)
	{
		if ((text[i] & 0xC0) != 0x80)
			return 0;
		*code = (*code << 6) | (text[i] & 0x3F);
	}
	if (*code < smallest || *code > 0x10FFFF ||
		(*code >= 0xD800 && *code <= 0xDFFF))
		return 0;
	return size;
}

/* Writes one code point, up to four bytes, and returns how many. */
static size_t
encode(uint32_t code, char *text)
{
	if (code < 0x80)
	{
		text[0] = (char) code;
		return 1;
	}
	if (code < 0x800)
	{
		text[0] = (char) (0xC0 | (code >> 6));
		text[1] = (char) (0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000)
	{
		text[0] = (char) (0xE0 | (code >> 12));
		text[1] = (char) (0x80 | ((code >> 6) & 0x3F));
		text[2] = (char) (0x80 | (code & 0x3F));
		return 3;
	}
	text[0] = (char) (0xF0 | (code >> 18));
	text[1] = (char) (0x80 | ((code >> 12) & 0x3F));
	text[2] = (char) (0x80 | ((code >> 6) & 0x3F));
	text[3] = (char) (0x80 | (code & 0x3F));
	return 4;
}

PlateTextStatus
plate_text_canonical(const char *text, size_t length, bool marked_twins,
					 char *canonical, size_t *canonical_length)
{
	const unsigned char *next = (const unsigned char *) text;
	size_t		written = 0;
	int			characters = 0;

	while (length > 0)
	{
		uint32_t	code;
		size_t		size = decode(next, length, &code);

		if (size == 0)
			return PLATE_INVALID_UTF8;
		next += size;
		length -= size;

		if (is_separator(code))
			continue;
		if (is_control(code))
			return PLATE_CONTROL_CHARACTER;
		if (++characters > PLATE_MAX_CHARS)
			return PLATE_TOO_LONG;
		written += encode(canonical_code(code, marked_twins), canonical + written);
	}
	if (characters == 0)
		return PLATE_EMPTY;
	*canonical_length = written;
	return PLATE_OK;
}
