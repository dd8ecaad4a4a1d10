/*
 * plate_pattern.h
 *		How far a camera's read is from a plate.
 *
 * Pure logic on canonical plates: standard C only, no memory of its own, so
 * that it can be fuzzed alone.
 */
#ifndef SMART_PARKING_PLATE_PATTERN_H
#define SMART_PARKING_PLATE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plate_text.h"			/* PLATE_MAX_CHARS */

/* how cameras write a character that they could not read */
#define PLATE_UNREAD			'?'

/*
 * Costs are whole hundredths of an edit.  A plain edit (another character, a
 * missing or a spurious one) costs PLATE_EDIT; what cameras often get wrong
 * costs less.
 */
#define PLATE_EDIT				100
#define PLATE_MAX_DISTANCE		(PLATE_MAX_CHARS * PLATE_EDIT)
#define PLATE_TOO_FAR			(PLATE_MAX_DISTANCE + 1)

#define PLATE_DEFAULT_CONFUSABLE		30
#define PLATE_DEFAULT_FREQUENT			60
#define PLATE_DEFAULT_UNREAD			20
#define PLATE_DEFAULT_MARK				10

#define PLATE_DEFAULT_COSTS \
	{ \
		PLATE_DEFAULT_CONFUSABLE, PLATE_DEFAULT_FREQUENT, PLATE_DEFAULT_UNREAD, \
		PLATE_DEFAULT_MARK \
	}

/* each from 1 to PLATE_EDIT */
typedef struct PlateCosts
{
	int			confusable;		/* 0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B */
	int			frequent;		/* an 8 that the read lacks, or a spurious 1 */
	int			unread;			/* ? against any one character */
	int			mark;			/* a mark that the read lacks; may be 0 */
} PlateCosts;

/* a plate taken apart, once for many comparisons */
typedef struct PlatePattern
{
	int			length;			/* in code points */
	int			known;			/* those that are not ? */
	int			marks;			/* letters with a mark, and marks by themselves */
	int			stretch;		/* those that a read may have as one more or one less */
	uint64_t	kinds;			/* which kinds of characters there are */
	uint64_t	pair_kinds;		/* and which a read may have besides, see plate_marks.h */
	uint32_t	code[PLATE_MAX_CHARS];
	uint32_t	plain[PLATE_MAX_CHARS]; /* without marks */
	uint32_t	folded[PLATE_MAX_CHARS];	/* and one code for all confusable ones */
} PlatePattern;

/*
 * Takes a canonical plate apart.  Bytes that are not UTF-8 count as a
 * character each, so that other server encodings work, byte by byte.  Returns
 * false, and an empty pattern, if that makes more than PLATE_MAX_CHARS.
 */
extern bool plate_pattern_make(const char *plate, size_t length,
							   PlatePattern *pattern);

/*
 * What it costs to take read for plate, or PLATE_TOO_FAR if that is more than
 * limit (which may be negative).  0 only if both are the same and without ?,
 * or marks are all that the read lacks and they cost nothing.
 * Not symmetric in what is missing and what is spurious, see PlateCosts.
 */
extern int	plate_pattern_distance(const PlateCosts *costs,
								   const PlatePattern *read,
								   const PlatePattern *plate, int limit);

/*
 * Whether the read is plain, and nothing but marks tell it from plate: an
 * engine that knows no marks reads either one so.
 */
extern bool plate_pattern_only_marks_apart(const PlatePattern *read,
										   const PlatePattern *plate);

/* Whether the read is the plate but for characters that it has as ?. */
extern bool plate_pattern_fits(const PlatePattern *read, const PlatePattern *plate);

/*
 * Whether the read is a part of plate and not all of it: a line of two, or what
 * dirt left to be seen.  It has 3 characters at least that were read, since one
 * or two are part of many plates.
 */
extern bool plate_pattern_is_part(const PlatePattern *read, const PlatePattern *plate);

#endif							/* SMART_PARKING_PLATE_PATTERN_H */
