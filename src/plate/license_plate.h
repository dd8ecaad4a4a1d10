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

#include "plate_text.h"

/*
 * The canonical form of what a camera or a person gave, which may be no plate
 * at all: says so and raises nothing.  Server encoding in and out; else as
 * plate_text_canonical(), and decomposed letters are composed.  Text that has
 * no counterpart in the other encoding is PLATE_INVALID_UTF8.
 */
extern PlateTextStatus license_plate_canonical(const char *plate, size_t length,
											   char *canonical,
											   size_t *canonical_length);

/* Returns the license_plate for input, in new memory, or raises SP010. */
extern text *license_plate_from_text(text *input);

#endif							/* SMART_PARKING_LICENSE_PLATE_H */
