/*
 * home_cell.h
 *		Home cells, and the ids that carry them.
 *
 * A home cell is a geohash of 6 characters (30 bits), about 1.2 km by 0.6 km.
 * A region id is a UUID of version 7 whose last 62 bits are a home cell and
 * 32 random bits, so that an id alone tells where its lot is.
 *
 * Pure logic: standard C only.
 */
#ifndef SMART_PARKING_HOME_CELL_H
#define SMART_PARKING_HOME_CELL_H

#include <stdbool.h>
#include <stdint.h>

#define HOME_CELL_BITS			30
#define HOME_CELL_CHARS			6
#define REGION_ID_BYTES			16

/*
 * Latitude -90..90, longitude -180..180, in degrees; the caller has checked
 * them.  A point on a border belongs to the cell north or east of it.
 */
extern uint32_t home_cell_at(double latitude, double longitude);

/* Writes the geohash, such as "u31f2t", with a terminating NUL. */
extern void home_cell_to_text(uint32_t cell, char text[HOME_CELL_CHARS + 1]);

/*
 * Ids order by time, to the microsecond; within one microsecond by cell and
 * random.  Only the low HOME_CELL_BITS of cell are used, and 48 bits of
 * milliseconds: until the year 10889.
 */
extern void region_id_make(uint8_t id[REGION_ID_BYTES],
						   uint64_t unix_microseconds,
						   uint32_t cell, uint32_t random);

/* The cell of a valid region id; of another id, bits without a meaning. */
extern uint32_t region_id_cell(const uint8_t id[REGION_ID_BYTES]);

/*
 * Whether id is a UUID of version 7 and of the RFC's variant.  That it was
 * made here, with a home cell in it, cannot be told from its bits.
 */
extern bool region_id_is_valid(const uint8_t id[REGION_ID_BYTES]);

#endif							/* SMART_PARKING_HOME_CELL_H */
