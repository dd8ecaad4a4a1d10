/*
 * plate_marks.c
 *		Letters with marks, and how engines write them that know none.
 *
 * An engine that was trained on A to Z reads a U where the plate has a U with
 * diaeresis, surely and every time, or writes the letter as telegrams do.
 */
#include "plate_marks.h"

#include <stddef.h>

#define LENGTH_OF(array)	(sizeof(array) / sizeof((array)[0]))

/*
 * The plain letters of a block, a character for each code point; a dot: it is
 * no letter with a mark.  Capitals only, as canonical plates have no others;
 * where they stand on every other place, a character for each two.
 */
static const struct
{
	uint32_t	first;
	uint32_t	step;
	const char *plain;
}			blocks[] =
{
	{0x00C0, 1, "AAAAAAACEEEEIIIIDNOOOOO.OUUUUY.S"},	/* Latin-1; sharp s is the last */
	{0x0100, 2, "AAACCCCDDEEEEEGGGGHHIIIII.JK"},	/* Extended-A, in three parts */
	{0x0139, 2, "LLLLLNNN"},
	{0x014A, 2, "NOOOORRRSSSSTTTUUUUUUWY"},
	{0x0178, 1, "YZ.Z.Z"},
	{0x01A0, 1, "O"},
	{0x01AF, 1, "U"},
	{0x0218, 2, "ST"},
	{0x0232, 1, "Y"},
	{0x1E00, 2, "ABBBCDDDDDEEEEEFGHHHHHIIKKKLLLLMMMNNNNOOOOPPRRRRSSSSSTTTTUUUUUVVWWWWWXXYZZZ"},
	{0x1EA0, 2, "AAAAAAAAAAAAEEEEEEEEIIOOOOOOOOOOOOUUUUUUUYYYY"},
};

/* What is not Latin, and the Greek letters whose base is no Latin twin. */
static const struct
{
	uint32_t	code;
	uint32_t	plain;
}			others[] =
{
	{0x0389, 'H'},				/* H with tonos */
	{0x038F, 0x03A9},			/* omega with tonos */
	{0x0403, 0x0413},			/* gje, Macedonian */
	{0x040D, 0x0418},			/* i with grave */
	{0x040E, 'Y'},				/* short u, Belarusian */
	{0x0419, 0x0418},			/* short i */
	{0x0490, 0x0413},			/* ghe with upturn, Ukrainian */
	{0x0492, 0x0413},			/* ghe with stroke, Kazakh */
	{0x049A, 'K'},				/* ka with descender, Kazakh */
	{0x04A2, 'H'},				/* en with descender, Kazakh */
	{0x04B0, 'Y'},				/* straight u with stroke, Kazakh */
	{0x04E8, 'O'},				/* barred o, Kazakh, Mongolian */
};

static const struct
{
	uint32_t	code;
	const char *pair;
}			pairs[] =
{
	{0x00C4, "AE"},
	{0x00C5, "AA"},
	{0x00C6, "AE"},
	{0x00D6, "OE"},
	{0x00D8, "OE"},
	{0x00DC, "UE"},
	{0x00DF, "SS"},
	{0x0152, "OE"},
};

uint32_t
plate_plain_letter(uint32_t code)
{
	if (code < 0x00C0)
		return code;
	for (size_t i = 0; i < LENGTH_OF(blocks) && code >= blocks[i].first; i++)
	{
		const char *plain = blocks[i].plain;
		uint32_t	places = (code - blocks[i].first) / blocks[i].step;

		if ((code - blocks[i].first) % blocks[i].step != 0)
			continue;
		while (places > 0 && *plain != '\0')
		{
			places--;
			plain++;
		}
		if (*plain != '\0')
			return *plain == '.' ? code : (uint32_t) *plain;
	}
	for (size_t i = 0; i < LENGTH_OF(others); i++)
	{
		if (code == others[i].code)
			return others[i].plain;
	}
	return code;
}

const char *
plate_letter_pair(uint32_t code)
{
	for (size_t i = 0; code >= 0x00C0 && i < LENGTH_OF(pairs); i++)
	{
		if (code == pairs[i].code)
			return pairs[i].pair;
	}
	return NULL;
}
