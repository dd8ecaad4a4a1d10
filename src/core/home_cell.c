/*
 * home_cell.c
 *		Home cells, and the ids that carry them.
 *
 * Layout of a region id (RFC 9562, version 7, method 3 for rand_a):
 *
 *		48 bits		milliseconds since 1970
 *		 4 bits		version, 7
 *		12 bits		fraction of the millisecond
 *		 2 bits		variant, binary 10
 *		30 bits		home cell
 *		32 bits		random
 */
#include "home_cell.h"

#define VERSION_BYTE		6
#define VARIANT_BYTE		8

#define MICROS_PER_MILLI	1000
#define FRACTION_BITS		12

/*
 * Halves the range around coordinate and returns which half it is in: 1 for
 * the upper one, which has the middle.  All bounds that occur here are exact
 * in binary, so no point ever falls into a neighbouring cell by rounding.
 */
static uint32_t
narrow(double coordinate, double *low, double *high)
{
	double		middle = (*low + *high) / 2;

	if (coordinate >= middle)
	{
		*low = middle;
		return 1;
	}
	*high = middle;
	return 0;
}

uint32_t
home_cell_at(double latitude, double longitude)
{
	double		south = -90,
				north = 90,
				west = -180,
				east = 180;
	uint32_t	cell = 0;

	for (int i = 0; i < HOME_CELL_BITS; i += 2)
	{
		cell = (cell << 1) | narrow(longitude, &west, &east);
		cell = (cell << 1) | narrow(latitude, &south, &north);
	}
	return cell;
}

void
home_cell_to_text(uint32_t cell, char text[HOME_CELL_CHARS + 1])
{
	static const char digits[] = "0123456789bcdefghjkmnpqrstuvwxyz";

	for (int i = HOME_CELL_CHARS - 1; i >= 0; i--)
	{
		text[i] = digits[cell & 31];
		cell >>= 5;
	}
	text[HOME_CELL_CHARS] = '\0';
}

/* Writes the low bytes of value, the most significant one first. */
static void
put_big_endian(uint8_t *target, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
	{
		target[i] = (uint8_t) value;
		value >>= 8;
	}
}

void
region_id_make(uint8_t id[REGION_ID_BYTES], uint64_t unix_microseconds,
			   uint32_t cell, uint32_t random)
{
	uint64_t	milliseconds = unix_microseconds / MICROS_PER_MILLI;
	uint64_t	micros = unix_microseconds % MICROS_PER_MILLI;

	/* spread over all 12 bits as the RFC has it; 4.096 steps a microsecond */
	uint64_t	fraction = (micros << FRACTION_BITS) / MICROS_PER_MILLI;
	uint64_t	cell_bits = cell & ((UINT32_C(1) << HOME_CELL_BITS) - 1);

	put_big_endian(id, milliseconds, 6);
	put_big_endian(id + VERSION_BYTE, UINT64_C(0x7000) | fraction, 2);
	put_big_endian(id + VARIANT_BYTE,
				   UINT64_C(2) << 62 | cell_bits << 32 | random, 8);
}

uint32_t
region_id_cell(const uint8_t id[REGION_ID_BYTES])
{
	return (uint32_t) (id[8] & 0x3F) << 24 | (uint32_t) id[9] << 16 |
		(uint32_t) id[10] << 8 | (uint32_t) id[11];
}

bool
region_id_is_valid(const uint8_t id[REGION_ID_BYTES])
{
	return (id[VERSION_BYTE] & 0xF0) == 0x70 &&
		(id[VARIANT_BYTE] & 0xC0) == 0x80;
}
