/*
 * plates.h
 *		What the parts of the study of plate matching share.
 */
#ifndef SMART_PARKING_PLATES_H
#define SMART_PARKING_PLATES_H

#include <stdbool.h>
#include <stdint.h>

#include "plate_match.h"

#define PLATE_TEXT		(PLATE_MAX_BYTES + 1)
#define MAX_CANDIDATES	3

typedef enum Country
{
	GERMANY,
	USA,
	RUSSIA,
	COUNTRIES,

	/* whose plates have letters with marks; not in the tables of choices */
	GERMANY_UMLAUTS = COUNTRIES,
	SWEDEN
} Country;

/* random.c: the same numbers on every machine */
extern void random_seed(uint64_t seed);
extern int	random_below(int limit);
extern double random_real(void);
extern bool random_chance(double probability);
extern int	random_choice(const int *weights, int count);
extern char random_of(const char *characters);

/* population.c: number plates as they drive up */
extern void draw_plate(Country country, char *plate);

/* camera.c: what a camera makes of them */
typedef enum Mishap
{
	READ_RIGHT,
	READ_ONE_OFF,
	READ_TWO_OFF,
	READ_FAR_OFF,
	READ_EMPTY,
	MISHAPS
} Mishap;

typedef enum Engine
{
	PLAIN_ENGINE,				/* guesses each character */
	UNREAD_ENGINE,				/* writes ? for what it could not read */
	MARKLESS_ENGINE,			/* as the first, and knows no letter but A to Z */
	OFTEN_UNREAD_ENGINE			/* as the second, and mostly several at a time */
} Engine;

typedef struct CameraRead
{
	Mishap		mishap;
	char		plate[PLATE_TEXT];
	double		confidence;
	int			candidates;
	char		candidate[MAX_CANDIDATES][PLATE_TEXT];
	double		candidate_confidence[MAX_CANDIDATES];
} CameraRead;

/*
 * The kinds of error are drawn before the car, so that their shares do not
 * depend on which characters the plates have.  draw_car gives the next car.
 */
typedef const char *(*DrawCar) (void *context);
extern const char *draw_read(Engine engine, DrawCar draw_car, void *context,
							 CameraRead *read);
extern void misread_once(const char *plate, char *read);

#endif							/* SMART_PARKING_PLATES_H */
