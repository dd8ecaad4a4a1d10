/*
 * plate_twins.c
 *		Letters and digits of other scripts that are drawn as ASCII's, or mean them.
 */
#include "plate_twins.h"

#include <stddef.h>

#define LENGTH_OF(array)	(sizeof(array) / sizeof((array)[0]))

/*
 * Letters of other alphabets that a person takes for a Latin one, since they
 * are drawn alike as capitals; drivers type either one.  Which are was looked
 * up in Unicode's confusables (UTS 39) and in the alphabets of the countries
 * that print them on plates.  Only whole letters: no Latin letter looks like
 * Cyrillic De or Greek Sigma.
 */
static const struct
{
	uint32_t	letter;
	uint32_t	latin;
}			twins[] =
{
	/* Greek; Greek plates have just those that exist in both alphabets */
	{0x037F, 'J'},				/* yot */
	{0x0391, 'A'},
	{0x0392, 'B'},
	{0x0395, 'E'},
	{0x0396, 'Z'},
	{0x0397, 'H'},
	{0x0399, 'I'},
	{0x039A, 'K'},
	{0x039C, 'M'},
	{0x039D, 'N'},
	{0x039F, 'O'},
	{0x03A1, 'P'},
	{0x03A4, 'T'},
	{0x03A5, 'Y'},
	{0x03A7, 'X'},

	/* Cyrillic; Russian plates have twelve of these (GOST R 50577) */
	{0x0405, 'S'},				/* Macedonian */
	{0x0406, 'I'},				/* Ukrainian, Belarusian, Kazakh */
	{0x0408, 'J'},				/* Serbian, Macedonian */
	{0x0410, 'A'},
	{0x0412, 'B'},
	{0x0415, 'E'},
	{0x041A, 'K'},
	{0x041C, 'M'},
	{0x041D, 'H'},
	{0x041E, 'O'},
	{0x0420, 'P'},
	{0x0421, 'C'},
	{0x0422, 'T'},
	{0x0423, 'Y'},
	{0x0425, 'X'},
	{0x04AE, 'Y'},				/* straight u, Kazakh, Mongolian */
	{0x04BA, 'H'},				/* shha, Kazakh, drawn as a small h */
	{0x04C0, 'I'},				/* palochka, of the Caucasus */
	{0x0500, 'D'},				/* Komi de, drawn as a small d */
	{0x051A, 'Q'},				/* Kurdish */
	{0x051C, 'W'},				/* Kurdish */
};

/* The same with a mark, and other letters that are not ASCII. */
static const struct
{
	uint32_t	letter;
	uint32_t	latin;
}			marked_twins[] =
{
	{0x0386, 0x00C1},			/* A with tonos */
	{0x0388, 0x00C9},			/* E with tonos */
	{0x038A, 0x00CD},			/* I with tonos */
	{0x038C, 0x00D3},			/* O with tonos */
	{0x038E, 0x00DD},			/* Y with tonos */
	{0x03AA, 0x00CF},			/* I with dialytika */
	{0x03AB, 0x0178},			/* Y with dialytika */
	{0x0400, 0x00C8},			/* ie with grave, Macedonian */
	{0x0401, 0x00CB},			/* io, Russian, Belarusian */
	{0x0407, 0x00CF},			/* yi, Ukrainian */
	{0x040C, 0x1E30},			/* kje, Macedonian */
	{0x04D0, 0x0102},			/* a with breve, Chuvash */
	{0x04D2, 0x00C4},			/* a with diaeresis */
	{0x04D4, 0x00C6},			/* a ie, Ossetian */
	{0x04D6, 0x0114},			/* ie with breve, Chuvash */
	{0x04D8, 0x018F},			/* schwa, Tatar, Kazakh */
	{0x04E6, 0x00D6},			/* o with diaeresis */
	{0x04EE, 0x0232},			/* u with macron, Tajik */
	{0x04F0, 0x0178},			/* u with diaeresis */
};

/*
 * Where the decimal digits of a script begin: ten in a row.  Plates of these
 * countries often have the number twice, in their own digits and in ASCII's.
 */
static const uint32_t zeros[] = {
	0x0660,						/* Arabic-Indic */
	0x06F0,						/* Persian, Urdu */
	0x0966,						/* Devanagari */
	0x09E6,						/* Bengali */
	0x0A66,						/* Gurmukhi */
	0x0AE6,						/* Gujarati */
	0x0B66,						/* Oriya */
	0x0BE6,						/* Tamil */
	0x0C66,						/* Telugu */
	0x0CE6,						/* Kannada */
	0x0D66,						/* Malayalam */
	0x0DE6,						/* Sinhala */
	0x0E50,						/* Thai */
	0x0ED0,						/* Lao */
	0x0F20,						/* Tibetan */
	0x1040,						/* Myanmar */
	0x17E0,						/* Khmer */
	0x1810,						/* Mongolian */
};

uint32_t
plate_latin_twin(uint32_t code, bool with_marked)
{
	for (size_t i = 0; i < LENGTH_OF(twins); i++)
	{
		if (code == twins[i].letter)
			return twins[i].latin;
	}
	for (size_t i = 0; with_marked && i < LENGTH_OF(marked_twins); i++)
	{
		if (code == marked_twins[i].letter)
			return marked_twins[i].latin;
	}
	return code;
}

uint32_t
plate_ascii_digit(uint32_t code)
{
	for (size_t i = 0; i < LENGTH_OF(zeros); i++)
	{
		if (code >= zeros[i] && code <= zeros[i] + 9)
			return '0' + (code - zeros[i]);
	}
	return code;
}
