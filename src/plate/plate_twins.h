/*
 * plate_twins.h
 *		Letters and digits of other scripts that are drawn as ASCII's, or mean them.
 *
 * Pure logic on code points: standard C only.
 */
#ifndef SMART_PARKING_PLATE_TWINS_H
#define SMART_PARKING_PLATE_TWINS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The Latin letter that looks like this capital, or the code itself.  Twins
 * outside of ASCII only with_marked.
 */
extern uint32_t plate_latin_twin(uint32_t code, bool with_marked);

/* The digit that a decimal digit of any script is, or the code itself. */
extern uint32_t plate_ascii_digit(uint32_t code);

#endif							/* SMART_PARKING_PLATE_TWINS_H */
