/*
 * separators.h
 *		Plates that only a separator tells apart, where an operator wants them
 *		to be two: B-NO 4821 and BN-O 4821.
 *
 * A booking that was made with one has it in its plate as "_", which no
 * canonical form loses.  One is kept, the first that stands between two letters
 * or between two digits: elsewhere the plate says by itself where it is.
 */
#ifndef SMART_PARKING_SEPARATORS_H
#define SMART_PARKING_SEPARATORS_H

#include "plate_text.h"

#define PLATE_KEPT_SEPARATOR	'_'

/* a plate with a separator, and a zero */
#define SEPARATED_MAX_BYTES		(PLATE_MAX_BYTES + 2)

/* smart_parking.keep_separators */
extern bool plate_keeps_separators;

/* The text with what stands for a kept separator as a separator; itself if the setting is off. */
extern const char *plate_without_kept(const char *text);

/* The canonical plate of a text with the separator that is kept; NULL: it has none. */
extern char *plate_separated(const char *text);

/* A canonical plate without the separator; itself if it has none or the setting is off. */
extern const char *plate_joined(const char *plate);

/* Two plates that are the same but for the separator that is kept. */
extern bool plates_differ_by_separator(const char *a, const char *b);

/* How many forms of a plain plate have a separator; the nth of them, from 0 on. */
extern int	plate_separable(const char *plain);
extern char *plate_separated_form(const char *plain, int n);

#endif							/* SMART_PARKING_SEPARATORS_H */
