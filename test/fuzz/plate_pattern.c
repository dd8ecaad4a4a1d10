/*
 * plate_pattern.c
 *		Fuzzes src/plate/plate_pattern.c with costs, a read and a plate.
 *
 * The input is the costs and the limit as bytes, then the read, a line feed,
 * and the plate.  Costs are compared with those of a plain implementation,
 * which looks at every cell of the matrix.
 */
#include "plate_pattern.h"
#include "plate_marks.h"

#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

#define COST_BYTES	4

typedef struct Plate
{
	char	   *text;			/* allocated, so that ASan sees one byte too many */
	size_t		length;
	bool		usable;
	PlatePattern pattern;
} Plate;

typedef struct Input
{
	PlateCosts	costs;
	int			limit;
	Plate		read;
	Plate		plate;
} Input;

static int
lesser(int a, int b)
{
	return a < b ? a : b;
}

static void
make_plate(const char *text, size_t length, Plate *plate)
{
	PlatePattern pattern;

	plate->text = malloc(length);
	REQUIRE(plate->text != NULL || length == 0);
	if (length > 0)
		memcpy(plate->text, text, length);
	plate->length = length;
	plate->usable = plate_pattern_make(plate->text, length, &pattern);
	plate->pattern = pattern;
}

/* Writes a code point as UTF-8, or the byte that a code past Unicode's is. */
static size_t
put(uint32_t code, unsigned char *target)
{
	size_t		size = 0;

	if (code > 0x10FFFF)
		target[size++] = (unsigned char) (code - 0x110000);
	else if (code < 0x80)
		target[size++] = (unsigned char) code;
	else
	{
		if (code < 0x800)
			target[size++] = (unsigned char) (0xC0 | code >> 6);
		else
		{
			if (code < 0x10000)
				target[size++] = (unsigned char) (0xE0 | code >> 12);
			else
			{
				target[size++] = (unsigned char) (0xF0 | code >> 18);
				target[size++] = (unsigned char) (0x80 | (code >> 12 & 0x3F));
			}
			target[size++] = (unsigned char) (0x80 | (code >> 6 & 0x3F));
		}
		target[size++] = (unsigned char) (0x80 | (code & 0x3F));
	}
	return size;
}

/* From the codes of a pattern comes the plate again. */
static void
check_pattern(const Plate *plate)
{
	unsigned char again[PLATE_MAX_BYTES];
	size_t		length = 0;
	int			known = 0;

	if (!plate->usable)
	{
		REQUIRE(plate->length > PLATE_MAX_CHARS);
		REQUIRE(plate->pattern.length == 0 && plate->pattern.known == 0);
		return;
	}
	REQUIRE(plate->pattern.length <= PLATE_MAX_CHARS);
	for (int i = 0; i < plate->pattern.length; i++)
	{
		length += put(plate->pattern.code[i], again + length);
		known += plate->pattern.code[i] != '?';
	}
	REQUIRE(length == plate->length);
	REQUIRE(length == 0 || memcmp(again, plate->text, length) == 0);
	REQUIRE(plate->pattern.known == known);
}

static bool
are_confusable(uint32_t a, uint32_t b)
{
	static const char *const groups[] = {"0OQD", "1IL", "2Z", "5S", "6G", "8B"};

	if (a == 0 || b == 0 || a > 0x7F || b > 0x7F)
		return false;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
	{
		if (strchr(groups[i], (int) a) != NULL && strchr(groups[i], (int) b) != NULL)
			return true;
	}
	return false;
}

/* The letters of Latin-1 once more; of others the table is taken at its word. */
static uint32_t
plain_letter(uint32_t code)
{
	static const char latin1[] = "AAAAAAACEEEEIIIIDNOOOOO\0OUUUUY\0S";

	if (code >= 0xC0 && code <= 0xDF)
		return latin1[code - 0xC0] != '\0' ? (uint32_t) latin1[code - 0xC0] : code;
	return plate_plain_letter(code);
}

static int
plain_substitution(const PlateCosts *costs, uint32_t read, uint32_t plate)
{
	if (read == '?' || plate == '?')
		return costs->unread;
	if (read == plate)
		return 0;
	if (plain_letter(read) != read)
		return PLATE_EDIT;
	if (plain_letter(plate) == read)
		return costs->mark;
	if (!are_confusable(read, plain_letter(plate)))
		return PLATE_EDIT;
	return lesser(PLATE_EDIT, costs->confusable + (plain_letter(plate) != plate ? costs->mark : 0));
}

static bool
is_mark(uint32_t code)
{
	return code >= 0x0300 && code <= 0x036F;
}

static int
plain_missing(const PlateCosts *costs, uint32_t plate)
{
	if (is_mark(plate))
		return costs->mark;
	return plate == '8' ? costs->frequent : PLATE_EDIT;
}

/* Two characters of the read for one of the plate. */
static int
plain_pair(const PlateCosts *costs, uint32_t first, uint32_t second, uint32_t plate)
{
	static const struct
	{
		uint32_t	plate;
		char		pair[3];
	}			pairs[] =
	{
		{0xC4, "AE"}, {0xC5, "AA"}, {0xC6, "AE"}, {0xD6, "OE"}, {0xD8, "OE"},
		{0xDC, "UE"}, {0xDF, "SS"}, {0x152, "OE"}
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
	{
		if (plate == pairs[i].plate && first == (uint32_t) pairs[i].pair[0] &&
			second == (uint32_t) pairs[i].pair[1])
			return costs->mark;
	}
	return PLATE_TOO_FAR;
}

/* The edit distance by the book: every cell, no limit. */
static int
plain_distance(const PlateCosts *costs, const PlatePattern *read, const PlatePattern *plate)
{
	int			cell[PLATE_MAX_CHARS + 1][PLATE_MAX_CHARS + 1];

	for (int i = 0; i <= read->length; i++)
	{
		for (int k = 0; k <= plate->length; k++)
		{
			int			cost = i == 0 && k == 0 ? 0 : PLATE_TOO_FAR;

			if (i > 0)
				cost = lesser(cost, cell[i - 1][k] +
							  (read->code[i - 1] == '1' ? costs->frequent : PLATE_EDIT));
			if (k > 0)
				cost = lesser(cost, cell[i][k - 1] +
							  plain_missing(costs, plate->code[k - 1]));
			if (i > 0 && k > 0)
				cost = lesser(cost, cell[i - 1][k - 1] +
							  plain_substitution(costs, read->code[i - 1], plate->code[k - 1]));
			if (i > 1 && k > 0)
				cost = lesser(cost, cell[i - 2][k - 1] +
							  plain_pair(costs, read->code[i - 2], read->code[i - 1], plate->code[k - 1]));
			cell[i][k] = cost;
		}
	}
	return cell[read->length][plate->length];
}

static void
check_limit(const PlateCosts *costs, const Plate *read, const Plate *plate, int expected, int limit)
{
	int			cost = plate_pattern_distance(costs, &read->pattern, &plate->pattern, limit);

	REQUIRE(cost == (expected <= limit ? expected : PLATE_TOO_FAR));
}

static void
check_distance(const Input *input)
{
	const Plate *read = &input->read;
	const Plate *plate = &input->plate;
	PlateCosts	symmetric = input->costs;
	int			expected = plain_distance(&input->costs, &read->pattern, &plate->pattern);
	bool		same = read->length == plate->length &&
		(read->length == 0 || memcmp(read->text, plate->text, read->length) == 0);

	check_limit(&input->costs, read, plate, expected, PLATE_MAX_DISTANCE);
	check_limit(&input->costs, read, plate, expected, input->limit);
	check_limit(&input->costs, read, plate, expected, expected);
	check_limit(&input->costs, read, plate, expected, expected - 1);

	REQUIRE((expected == 0) ==
			(same && read->pattern.known == read->pattern.length));

	if (read->pattern.marks > 0 || plate->pattern.marks > 0)
		return;
	REQUIRE(!plate_pattern_only_marks_apart(&read->pattern, &plate->pattern));
	symmetric.frequent = PLATE_EDIT;
	REQUIRE(plate_pattern_distance(&symmetric, &read->pattern, &plate->pattern, input->limit) ==
			plate_pattern_distance(&symmetric, &plate->pattern, &read->pattern, input->limit));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data + COST_BYTES;
	const char *end;
	Input		input;

	if (size < COST_BYTES)
		return 0;
	size -= COST_BYTES;
	end = memchr(text, '\n', size);
	if (end == NULL)
		return 0;
	input.costs.confusable = 1 + data[0] % PLATE_EDIT;
	input.costs.frequent = 1 + data[1] % PLATE_EDIT;
	input.costs.unread = 1 + data[2] % PLATE_EDIT;
	input.costs.mark = 1 + (data[1] + data[2]) % PLATE_EDIT;
	input.limit = data[3] * 8;
	make_plate(text, (size_t) (end - text), &input.read);
	make_plate(end + 1, size - (size_t) (end + 1 - text), &input.plate);

	check_pattern(&input.read);
	check_pattern(&input.plate);
	if (input.read.usable && input.plate.usable)
		check_distance(&input);
	free(input.read.text);
	free(input.plate.text);
	return 0;
}
