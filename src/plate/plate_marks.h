/*
 * plate_marks.h
 *		Letters with marks, and how engines write them that know none.
 *
 * Pure logic on code points of canonical plates: standard C only.
 */
#ifndef SMART_PARKING_PLATE_MARKS_H
#define SMART_PARKING_PLATE_MARKS_H

#include <stdbool.h>
#include <stdint.h>

/* The letter without its mark, or the code itself. */
extern uint32_t plate_plain_letter(uint32_t code);

/* The two letters that stand for one, as UE for U with diaeresis; NULL: none do. */
extern const char *plate_letter_pair(uint32_t code);

/* A mark that has no letter with it in Unicode, and so is a code by itself. */
static inline bool
plate_is_mark(uint32_t code)
{
	return code >= 0x0300 && code <= 0x036F;
}

#endif							/* SMART_PARKING_PLATE_MARKS_H */
