/*
 * plate_text.h
 *		The canonical form of a license plate's text.
 *
 * Pure logic on UTF-8: standard C only, no memory of its own, so that it can
 * be fuzzed alone.
 */
#ifndef SMART_PARKING_PLATE_TEXT_H
#define SMART_PARKING_PLATE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define PLATE_MAX_CHARS		16
/* a code point takes four bytes at most, in UTF-8 and in a server encoding */
#define PLATE_MAX_BYTES		(PLATE_MAX_CHARS * 4)

typedef enum PlateTextStatus
{
	PLATE_OK,
	PLATE_EMPTY,				/* nothing is left after separators are removed */
	PLATE_TOO_LONG,
	PLATE_CONTROL_CHARACTER,
	PLATE_INVALID_UTF8
} PlateTextStatus;

/*
 * Writes the canonical form of text to canonical, a buffer of PLATE_MAX_BYTES
 * that does not overlap text, and its length in bytes to *canonical_length.
 * There is no terminating NUL.  Both are meaningful only after PLATE_OK.
 *
 * The canonical form has 1 to PLATE_MAX_CHARS code points and no spaces,
 * invisible characters, dots, hyphens or dashes.  Latin (Basic, Latin-1,
 * Extended-A and those of Vietnamese), Greek and Cyrillic letters are upper
 * case, and their Latin twins where they have one; full-width letters and
 * digits and the decimal digits of other scripts are ASCII.  All else is kept.
 * The canonical form of a canonical form is itself.
 *
 * Without marked_twins letters keep their alphabet whose twin is not ASCII, as
 * Cyrillic io: for encodings that have no such Latin letter.
 *
 * Composed, decomposed and other compatible forms stay different: who has such
 * text normalizes it first, see license_plate.c.
 */
extern PlateTextStatus plate_text_canonical(const char *text, size_t length,
											bool marked_twins,
											char *canonical,
											size_t *canonical_length);

#endif							/* SMART_PARKING_PLATE_TEXT_H */
