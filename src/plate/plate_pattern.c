/*
 * plate_pattern.c
 *		How far a camera's read is from a plate.
 *
 * Nearly all of a lot's plates are out after a look at which kinds of
 * characters they have; the rest go through an edit distance that ends where
 * the limit is passed.
 */
#include "plate_pattern.h"

#include "plate_marks.h"

#define LAST_CODE	0x10FFFF	/* of Unicode */

#define PART_MIN_CHARS	3

/*
 * Kinds of characters are bits of a word: 0 to 9 and A to Z, confusable ones
 * together, have a bit each, all else shares the rest by its code.
 */
#define OTHER_KINDS_FROM	36
#define OTHER_KINDS			(64 - OTHER_KINDS_FROM)
#define KIND_OF_1			(UINT64_C(1) << 1)
#define KIND_OF_8			(UINT64_C(1) << 8)

/*
 * The confusable characters, each by the digit it is taken for.  These groups
 * come from real reads (8 for B, Q for 0, O for D) and from the shapes that
 * all vendors list.  A pair more repairs little and brings strangers nearer.
 */
static uint32_t
folded_code(uint32_t code)
{
	switch (code)
	{
		case 'O':
		case 'Q':
		case 'D':
			return '0';
		case 'I':
		case 'L':
			return '1';
		case 'Z':
			return '2';
		case 'S':
			return '5';
		case 'G':
			return '6';
		case 'B':
			return '8';
		default:
			return code;
	}
}

static uint64_t
kind_of(uint32_t folded)
{
	uint32_t	bit;

	if (folded >= '0' && folded <= '9')
		bit = folded - '0';
	else if (folded >= 'A' && folded <= 'Z')
		bit = 10 + folded - 'A';
	else
		bit = OTHER_KINDS_FROM + folded % OTHER_KINDS;
	return UINT64_C(1) << bit;
}

/*
 * Reads one code point of text that should be UTF-8, or else one byte as a
 * code of its own (past Unicode's last).  Returns the bytes it takes.
 */
static size_t
next_code(const unsigned char *text, size_t length, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t		size = 1;
	uint32_t	value = text[0];

	if (text[0] >= 0xF0)
	{
		size = 4;
		value &= 0x0F;
	}
	else if (text[0] >= 0xE0)
	{
		size = 3;
		value &= 0x0F;
	}
	else if (text[0] >= 0xC0)
	{
		size = 2;
		value &= 0x1F;
	}

	if (size <= length && (size > 1 || text[0] < 0x80))
	{
		size_t		i = 1;

		while (i < size && (text[i] & 0xC0) == 0x80)
			value = (value << 6) | (text[i++] & 0x3F);
		if (i == size && value >= smallest[size] && value <= LAST_CODE)
		{
			*code = value;
			return size;
		}
	}
	*code = LAST_CODE + 1 + text[0];
	return 1;
}

/* One more character; false where there is no room for it. */
static bool
add_code(PlatePattern *pattern, uint32_t code)
{
	uint32_t	plain = plate_plain_letter(code);
	uint32_t	folded = folded_code(plain);
	const char *pair = plate_letter_pair(code);

	if (pattern->length == PLATE_MAX_CHARS)
		return false;
	pattern->code[pattern->length] = code;
	pattern->plain[pattern->length] = plain;
	pattern->folded[pattern->length] = folded;
	pattern->length++;
	if (code == PLATE_UNREAD)
		return true;
	pattern->known++;
	pattern->marks += plain != code || plate_is_mark(code);
	pattern->stretch += pair != NULL || plate_is_mark(code);
	if (pair)
		pattern->pair_kinds |= kind_of(folded_code((uint32_t) pair[1]));
	/* a read need not have a mark */
	if (!plate_is_mark(code))
		pattern->kinds |= kind_of(folded);
	return true;
}

bool
plate_pattern_make(const char *plate, size_t length, PlatePattern *pattern)
{
	const unsigned char *next = (const unsigned char *) plate;

	pattern->length = pattern->known = 0;
	pattern->marks = pattern->stretch = 0;
	pattern->kinds = pattern->pair_kinds = 0;
	while (length > 0)
	{
		uint32_t	code;
		size_t		size = next_code(next, length, &code);

		if (!add_code(pattern, code))
		{
			(void) plate_pattern_make("", 0, pattern);
			return false;
		}
		next += size;
		length -= size;
	}
	return true;
}

static int
count_bits(uint64_t word)
{
	word -= (word >> 1) & UINT64_C(0x5555555555555555);
	word = (word & UINT64_C(0x3333333333333333)) +
		((word >> 2) & UINT64_C(0x3333333333333333));
	word = (word + (word >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
	return (int) ((word * UINT64_C(0x0101010101010101)) >> 56);
}

/*
 * The least that it costs to account for kinds of characters that the other
 * side has not: each is a plain edit, but for the frequent error of its side,
 * and for as many as the other side has of ?.
 */
static int
least_cost(const PlateCosts *costs, uint64_t kinds, uint64_t frequent, int unread)
{
	int			plain = count_bits(kinds & ~frequent);
	int			cost = (kinds & frequent) != 0 ? costs->frequent : 0;
	int			excused = plain < unread ? plain : unread;

	if (excused < unread && cost > costs->unread)
		cost = costs->unread;
	return cost + (plain - excused) * PLATE_EDIT + excused * costs->unread;
}

static bool
surely_too_far(const PlateCosts *costs, const PlatePattern *read,
			   const PlatePattern *plate, int limit)
{
	int			longer = plate->length - read->length;

	if (longer < 0)
		longer = -longer;
	longer -= plate->stretch;
	if (longer > 0 && longer * costs->frequent > limit)
		return true;
	return least_cost(costs, plate->kinds & ~read->kinds, KIND_OF_8,
					  read->length - read->known) > limit ||
		least_cost(costs, read->kinds & ~(plate->kinds | plate->pair_kinds), KIND_OF_1,
				   plate->length - plate->known) > limit;
}

static int
substitution_cost(const PlateCosts *costs, const PlatePattern *read, int i,
				  const PlatePattern *plate, int k)
{
	int			cost;

	if (read->code[i] == PLATE_UNREAD || plate->code[k] == PLATE_UNREAD)
		return costs->unread;
	if (read->code[i] == plate->code[k])
		return 0;
	/* what has a mark in the read has it on the plate */
	if (read->folded[i] != plate->folded[k] || read->plain[i] != read->code[i])
		return PLATE_EDIT;
	cost = plate->plain[k] != plate->code[k] ? costs->mark : 0;
	if (read->code[i] != plate->plain[k])
		cost += costs->confusable;
	return cost < PLATE_EDIT ? cost : PLATE_EDIT;
}

static int
spurious_cost(const PlateCosts *costs, const PlatePattern *read, int i)
{
	return read->code[i] == '1' ? costs->frequent : PLATE_EDIT;
}

static int
missing_cost(const PlateCosts *costs, const PlatePattern *plate, int k)
{
	if (plate_is_mark(plate->code[k]))
		return costs->mark;
	return plate->code[k] == '8' ? costs->frequent : PLATE_EDIT;
}

/* Whether the two characters of read up to i are how the k-th of plate is written. */
static bool
is_pair(const PlatePattern *read, int i, const PlatePattern *plate, int k)
{
	const char *pair = i > 0 ? plate_letter_pair(plate->code[k]) : NULL;

	return pair && read->code[i - 1] == (uint32_t) pair[0] && read->code[i] == (uint32_t) pair[1];
}

static void
lower_to(int *cost, int other)
{
	if (other < *cost)
		*cost = other;
}

/*
 * The same as plate_pattern_distance() for a plate with letters that a read may
 * have as two, or marks that it may lack.  They are few, so all cells are filled.
 */
static int
stretched_distance(const PlateCosts *costs, const PlatePattern *read,
				   const PlatePattern *plate, int limit)
{
	/* cell[i][k]: from the first i characters of read to the first k of plate */
	int			cell[PLATE_MAX_CHARS + 1][PLATE_MAX_CHARS + 1];

	for (int i = 0; i <= read->length; i++)
	{
		for (int k = 0; k <= plate->length; k++)
		{
			int			cost = i == 0 && k == 0 ? 0 : PLATE_TOO_FAR;

			if (i > 0)
				lower_to(&cost, cell[i - 1][k] + spurious_cost(costs, read, i - 1));
			if (k > 0)
				lower_to(&cost, cell[i][k - 1] + missing_cost(costs, plate, k - 1));
			if (i > 0 && k > 0)
				lower_to(&cost, cell[i - 1][k - 1] + substitution_cost(costs, read, i - 1, plate, k - 1));
			if (i > 1 && k > 0 && is_pair(read, i - 1, plate, k - 1))
				lower_to(&cost, cell[i - 2][k - 1] + costs->mark);
			cell[i][k] = cost;
		}
	}
	return cell[read->length][plate->length] <= limit ? cell[read->length][plate->length] : PLATE_TOO_FAR;
}

int
plate_pattern_distance(const PlateCosts *costs, const PlatePattern *read,
					   const PlatePattern *plate, int limit)
{
	/* row[k]: from the characters of read so far to the first k of plate */
	int			row[PLATE_MAX_CHARS + 1] = {0};
	int			reach;

	if (limit < 0 || surely_too_far(costs, read, plate, limit))
		return PLATE_TOO_FAR;
	if (plate->stretch > 0)
		return stretched_distance(costs, read, plate, limit);

	/* how far the two may run apart, each step being a character left out */
	reach = limit / costs->frequent;

	row[0] = 0;
	for (int k = 1; k <= plate->length; k++)
		row[k] = row[k - 1] + missing_cost(costs, plate, k - 1);

	for (int i = 1; i <= read->length; i++)
	{
		int			spurious = spurious_cost(costs, read, i - 1);
		int			first = i > reach ? i - reach : 1;
		int			last = i + reach < plate->length ? i + reach : plate->length;
		int			diagonal = row[first - 1];
		int			least;

		/* left of the band nothing is within the limit any more */
		row[first - 1] = first == 1 ? row[0] + spurious : PLATE_TOO_FAR;
		least = row[first - 1];
		for (int k = first; k <= last; k++)
		{
			int			missing = missing_cost(costs, plate, k - 1);
			int			cost = diagonal + substitution_cost(costs, read, i - 1, plate, k - 1);

			if (row[k] + spurious < cost)
				cost = row[k] + spurious;
			if (row[k - 1] + missing < cost)
				cost = row[k - 1] + missing;
			diagonal = row[k];
			row[k] = cost;
			if (cost < least)
				least = cost;
		}
		if (least > limit)
			return PLATE_TOO_FAR;
	}
	return row[plate->length] <= limit ? row[plate->length] : PLATE_TOO_FAR;
}

bool
plate_pattern_only_marks_apart(const PlatePattern *read, const PlatePattern *plate)
{
	static const PlateCosts free_marks = {PLATE_EDIT, PLATE_EDIT, PLATE_EDIT, 0};

	return read->marks == 0 && plate->marks > 0 &&
		plate_pattern_distance(&free_marks, read, plate, 0) == 0;
}

/* Marks that the read lacks make no difference, nor does what it could not read. */
static bool
is_at(const PlatePattern *read, const PlatePattern *plate, int at)
{
	for (int i = 0; i < read->length; i++)
	{
		if (read->code[i] != PLATE_UNREAD && read->code[i] != plate->code[at + i] &&
			read->code[i] != plate->plain[at + i])
			return false;
	}
	return true;
}

bool
plate_pattern_is_part(const PlatePattern *read, const PlatePattern *plate)
{
	if (read->known < PART_MIN_CHARS)
		return false;
	for (int at = 0; at < plate->length - read->length + 1; at++)
	{
		if (read->length < plate->length && is_at(read, plate, at))
			return true;
	}
	return false;
}

bool
plate_pattern_fits(const PlatePattern *read, const PlatePattern *plate)
{
	if (read->length != plate->length)
		return false;
	for (int i = 0; i < read->length; i++)
	{
		if (read->code[i] != PLATE_UNREAD && read->code[i] != plate->code[i])
			return false;
	}
	return true;
}
