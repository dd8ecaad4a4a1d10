/*
 * no_plate.h
 *		Words by which cameras say that there is no plate.
 *
 * Pure logic on canonical plates in UTF-8: standard C only, no memory of its
 * own.
 */
#ifndef SMART_PARKING_NO_PLATE_H
#define SMART_PARKING_NO_PLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plate_text.h"

#define NO_PLATE_MAX_WORDS	256

typedef struct NoPlateWord
{
	size_t		length;
	char		text[PLATE_MAX_BYTES];
} NoPlateWord;

typedef struct NoPlateWords
{
	/* which hashes there are: nearly every plate is told from a word by it */
	uint64_t	hashes[4];
	int			count;
	NoPlateWord word[NO_PLATE_MAX_WORDS];
} NoPlateWords;

/* The words of all vendors whose documentation names one. */
extern void no_plate_words_begin(NoPlateWords *words);

/*
 * Adds a word, a canonical plate, or takes it out.  Returns false if it is
 * nothing but punctuation, if there are too many, or if it is not there to be
 * taken out.
 */
extern bool no_plate_words_add(NoPlateWords *words, const char *word, size_t length);
extern bool no_plate_words_remove(NoPlateWords *words, const char *word, size_t length);

/*
 * Whether a canonical plate says that there is none: a word, whatever the
 * punctuation in and around it, or nothing but punctuation.
 */
extern bool no_plate_means(const NoPlateWords *words, const char *plate, size_t length);

#endif							/* SMART_PARKING_NO_PLATE_H */
