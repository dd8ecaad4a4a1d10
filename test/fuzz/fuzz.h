/*
 * fuzz.h
 *		What the fuzz targets share.
 */
#ifndef SMART_PARKING_FUZZ_H
#define SMART_PARKING_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Not assert(): it must hold in every build, and its words are grepped for. */
#define REQUIRE(property) \
	do { \
		if (!(property)) \
		{ \
			fprintf(stderr, "%s:%d: does not hold: %s\n", \
					__FILE__, __LINE__, #property); \
			abort(); \
		} \
	} while (0)

/* libFuzzer calls them by these names; a target may do without the second. */
extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
									  size_t max_size, unsigned seed);

/* libFuzzer's own mutations */
extern size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#endif							/* SMART_PARKING_FUZZ_H */
