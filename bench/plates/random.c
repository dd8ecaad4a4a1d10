/*
 * random.c
 *		Random numbers that are the same on every machine (splitmix64).
 */
#include "plates.h"

#include <string.h>

static uint64_t state;

void
random_seed(uint64_t seed)
{
	state = seed;
}

static uint64_t
next_random(void)
{
	uint64_t	z = (state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

int
random_below(int limit)
{
	return limit > 0 ? (int) (next_random() % (uint64_t) limit) : 0;
}

/* from 0 up to, but not, 1 */
double
random_real(void)
{
	return (double) (next_random() >> 11) / 9007199254740992.0;
}

bool
random_chance(double probability)
{
	return random_real() < probability;
}

int
random_choice(const int *weights, int count)
{
	int			sum = 0;
	int			drawn;

	for (int i = 0; i < count; i++)
		sum += weights[i];
	drawn = random_below(sum);
	for (int i = 0; i < count - 1; i++)
	{
		drawn -= weights[i];
		if (drawn < 0)
			return i;
	}
	return count - 1;
}

char
random_of(const char *characters)
{
	return characters[random_below((int) strlen(characters))];
}
