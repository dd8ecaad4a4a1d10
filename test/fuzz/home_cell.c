/*
 * home_cell.c
 *		Fuzzes src/core/home_cell.c with any coordinates, times and ids.
 */
#include "home_cell.h"

#include <math.h>
#include <string.h>

#include "fuzz.h"

#define CELL_MASK		((UINT32_C(1) << HOME_CELL_BITS) - 1)

/* 15 bits for each coordinate; all borders are exact in binary */
#define CELL_HEIGHT		(180 / 32768.0)
#define CELL_WIDTH		(360 / 32768.0)

/* what goes into an id */
typedef struct Parts
{
	uint64_t	microseconds;
	uint32_t	cell;
	uint32_t	random;
} Parts;

/* The fuzzer's bytes; those that it left out are zero. */
typedef struct Input
{
	double		latitude;
	double		longitude;
	Parts		parts[2];
	uint8_t		id[REGION_ID_BYTES];
} Input;

typedef struct Corner
{
	double		south;
	double		west;
} Corner;

/* A geohash's bits alternate from the left, and longitude comes first. */
static Corner
corner_of_text(const char *text)
{
	static const char digits[] = "0123456789bcdefghjkmnpqrstuvwxyz";
	uint32_t	row = 0;
	uint32_t	column = 0;

	for (int i = 0; i < HOME_CELL_BITS; i++)
	{
		const char *digit = memchr(digits, text[i / 5], 32);
		uint32_t	bit;

		REQUIRE(digit != NULL);
		bit = (uint32_t) (digit - digits) >> (4 - i % 5) & 1;
		if (i % 2 == 0)
			column = column << 1 | bit;
		else
			row = row << 1 | bit;
	}
	return (Corner) {-90 + row * CELL_HEIGHT, -180 + column * CELL_WIDTH};
}

static Corner
corner_of(uint32_t cell)
{
	char	   *text = malloc(HOME_CELL_CHARS + 1);
	Corner		corner;

	REQUIRE(text != NULL);
	memset(text, '?', HOME_CELL_CHARS + 1);
	home_cell_to_text(cell, text);
	REQUIRE(text[HOME_CELL_CHARS] == '\0');
	corner = corner_of_text(text);
	free(text);
	return corner;
}

/* The cell of a point has the point, and its north and east borders do not. */
static void
check_point(double latitude, double longitude)
{
	uint32_t	cell = home_cell_at(latitude, longitude);
	Corner		corner = corner_of(cell);
	double		north = corner.south + CELL_HEIGHT;
	double		east = corner.west + CELL_WIDTH;

	REQUIRE(cell <= CELL_MASK);
	REQUIRE(corner.south <= latitude && corner.west <= longitude);
	REQUIRE(latitude < north || (north == 90 && latitude == 90));
	REQUIRE(longitude < east || (east == 180 && longitude == 180));
}

/* A cell, its text and its corner are three names of one thing. */
static void
check_cell(uint32_t cell)
{
	Corner		corner = corner_of(cell);

	REQUIRE(home_cell_at(corner.south, corner.west) == (cell & CELL_MASK));
	if (corner.south > -90)
		check_point(nextafter(corner.south, -90), corner.west);
	if (corner.west > -180)
		check_point(corner.south, nextafter(corner.west, -180));
}

static uint8_t *
make(const Parts *parts)
{
	uint8_t    *id = malloc(REGION_ID_BYTES);

	REQUIRE(id != NULL);
	memset(id, 0xFF, REGION_ID_BYTES);
	region_id_make(id, parts->microseconds, parts->cell, parts->random);
	return id;
}

static uint64_t
big_endian(const uint8_t *bytes, int count)
{
	uint64_t	value = 0;

	for (int i = 0; i < count; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* What went into an id can be read from it. */
static void
check_id(const Parts *parts)
{
	uint8_t    *id = make(parts);

	REQUIRE(region_id_is_valid(id));
	REQUIRE(region_id_cell(id) == (parts->cell & CELL_MASK));
	REQUIRE(big_endian(id, 6) == parts->microseconds / 1000);
	REQUIRE(big_endian(id + 12, 4) == parts->random);
	free(id);
}

#define COMPARE(a, b)	(((a) > (b)) - ((a) < (b)))

static int
order_of_parts(const Parts *a, const Parts *b)
{
	if (a->microseconds != b->microseconds)
		return COMPARE(a->microseconds, b->microseconds);
	if ((a->cell & CELL_MASK) != (b->cell & CELL_MASK))
		return COMPARE(a->cell & CELL_MASK, b->cell & CELL_MASK);
	return COMPARE(a->random, b->random);
}

static void
check_order(const Parts *a, const Parts *b)
{
	uint8_t    *id_a = make(a);
	uint8_t    *id_b = make(b);
	int			order = memcmp(id_a, id_b, REGION_ID_BYTES);

	REQUIRE(COMPARE(order, 0) == order_of_parts(a, b));
	free(id_a);
	free(id_b);
}

/* Any id is valid whose text reads xxxxxxxx-xxxx-7xxx-[89ab]xxx-xxxxxxxxxxxx. */
static void
check_foreign_id(const uint8_t *id)
{
	char		text[2 * REGION_ID_BYTES + 1];

	for (int i = 0; i < REGION_ID_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", id[i]);
	REQUIRE(region_id_is_valid(id) ==
			(text[12] == '7' && memchr("89ab", text[16], 4) != NULL));
	REQUIRE(region_id_cell(id) <= CELL_MASK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {0};

	memcpy(&input, data, size < sizeof(input) ? size : sizeof(input));

	/* Points that the caller should have refused have a cell all the same. */
	REQUIRE(home_cell_at(input.latitude, input.longitude) <= CELL_MASK);
	if (isfinite(input.latitude) && isfinite(input.longitude))
		check_point(remainder(input.latitude, 180), remainder(input.longitude, 360));

	for (int i = 0; i < 2; i++)
	{
		Parts	   *parts = &input.parts[i];

		/* 48 bits of milliseconds, so that most inputs are not thrown away */
		parts->microseconds %= (UINT64_C(1) << 48) * 1000;
		check_cell(parts->cell);
		check_id(parts);
	}
	check_order(&input.parts[0], &input.parts[1]);

	/* Equal in time, or in time and cell, which chance alone never makes. */
	input.parts[1].microseconds = input.parts[0].microseconds;
	check_order(&input.parts[0], &input.parts[1]);
	input.parts[1].cell = input.parts[0].cell;
	check_order(&input.parts[0], &input.parts[1]);
	/* The next microsecond beats any cell and random bits. */
	input.parts[0].microseconds++;
	input.parts[0].microseconds %= (UINT64_C(1) << 48) * 1000;
	check_order(&input.parts[0], &input.parts[1]);

	check_foreign_id(input.id);
	return 0;
}
