/*
 * license_plate.h
 *		The SQL type license_plate, as seen by other modules.
 *
 * A license_plate is laid out as text is, in the server encoding, and always
 * canonical: equal plates are equal bytes.
 */
#ifndef SMART_PARKING_LICENSE_PLATE_H
#define SMART_PARKING_LICENSE_PLATE_H

#include "c.h"

#include "no_plate.h"
#include "plate_text.h"

/*
 * The canonical form of what a camera or a person gave, which may be no plate
 * at all: says so and raises nothing.  Server encoding in and out; else as
 * plate_text_canonical(), of normalized text.  Text that has
 * no counterpart in the other encoding is PLATE_INVALID_UTF8.
 */
extern PlateTextStatus license_plate_canonical(const char *plate, size_t length,
											   char *canonical,
											   size_t *canonical_length);

/* Returns the license_plate for input, in new memory, or raises SP010. */
extern text *license_plate_from_text(text *input);

/* The same for a car that is to be known by it: SP010 for a word for no plate, too. */
extern text *license_plate_of_car(text *input);

/* The same, with the separator that smart_parking.keep_separators keeps. */
extern text *license_plate_of_booking(text *input);

/* Whether a canonical plate in the server encoding says that there is no plate. */
extern bool license_plate_means_none(const char *canonical, size_t length);

/*
 * The words for that: those of the vendors, with more and without some by a
 * list with commas; a leading minus takes a word out.  Returns NULL, or what is
 * wrong with the list.  Those that are used stay with the caller.
 */
extern const char *license_plate_parse_no_plate_words(const char *list, NoPlateWords *words);
extern void license_plate_use_no_plate_words(const NoPlateWords *words);

#endif							/* SMART_PARKING_LICENSE_PLATE_H */
