/*
 * fleet.c
 *		A gate whose cars are few, come again, and have plates that are alike.
 *
 * Each booked car is expected at all times, under a new booking for each stay.
 * What comes in goes out again, and is read once more.  A person whom a read is
 * referred to says the plate of a booked car, and sends a stranger away.
 */
#include "fleet.h"

#include <stdio.h>
#include <string.h>

#include "lot.h"
#include "plate_traffic.h"

#define SERIES_LETTERS	"ABEKMHOPCTYX"
#define MAX_SIGHTINGS	20000

typedef struct Car
{
	char		plate[PLATE_TEXT];
	char		stuck[PLATE_TEXT];	/* how it is misread each second time, or empty */
	bool		booked;
	bool		read_right;		/* once, so far */
} Car;

/* PlateSighting with room for what it points to */
typedef struct Memory
{
	PlateSighting sighting;
	char		plate[PLATE_TEXT];
	char		read[PLATE_TEXT];	/* by the camera */
	unsigned char booking[SIGHTING_ID_BYTES];
} Memory;

static Car	cars[FLEET_CARS];
static Memory memories[MAX_SIGHTINGS];
static int	memory_count;
static unsigned char next_booking[FLEET_CARS][SIGHTING_ID_BYTES];

static int
car_of_plate(const char *plate)
{
	for (int i = 0; i < FLEET_CARS; i++)
	{
		if (strcmp(cars[i].plate, plate) == 0)
			return i;
	}
	return -1;
}

/*
 * Of those that are alike two in five are of one series, as M402TK34 and M406TK34;
 * the others are a digit away from another car of the site.
 */
static void
draw_plate_beside_others(double alike, int others, char *plate)
{
	bool		is_alike = random_chance(alike);

	if (is_alike && random_chance(0.4))
		sprintf(plate, "M4%d%dTK34", random_below(10), random_below(10));
	else if (is_alike && others > 0)
	{
		strcpy(plate, cars[random_below(others)].plate);
		plate[1 + random_below(3)] = random_of("0123456789");
	}
	else
		sprintf(plate, "%c%03d%c%c34", random_of(SERIES_LETTERS), 1 + random_below(999),
				random_of(SERIES_LETTERS), random_of(SERIES_LETTERS));
}

static void
draw_cars(const FleetStudy *study)
{
	for (int i = 0; i < FLEET_CARS; i++)
	{
		Car		   *car = &cars[i];

		memset(car, 0, sizeof(*car));
		do
			draw_plate_beside_others(study->alike, i, car->plate);
		while (car_of_plate(car->plate) != i);
		car->booked = random_chance(study->booked);
		if (random_chance(study->stuck))
			misread_once(car->plate, car->stuck);
		memset(next_booking[i], 0, SIGHTING_ID_BYTES);
		next_booking[i][0] = (unsigned char) i;
	}
	memory_count = 0;
}

static const char *
draw_this_car(void *context)
{
	return ((Car *) context)->plate;
}

static void
read_car(const FleetStudy *study, Car *car, CameraRead *read)
{
	draw_read(study->engine, draw_this_car, car, read);
	if (car->stuck[0] != '\0' && random_chance(0.5))
	{
		strcpy(read->plate, car->stuck);
		read->mishap = READ_ONE_OFF;
	}
}

static void
remember(const char *plate, const char *read, SightingKind kind, SightingWay way, int booked)
{
	Memory	   *memory = &memories[memory_count];

	if (memory_count == MAX_SIGHTINGS)
		return;
	memory_count++;
	memset(memory, 0, sizeof(*memory));
	strcpy(memory->plate, plate);
	strcpy(memory->read, read);
	memory->sighting.plate = memory->plate;
	memory->sighting.length = strlen(plate);
	memory->sighting.kind = kind;
	memory->sighting.way = way;
	memory->sighting.at = (int64_t) memory_count * 3600;
	if (booked >= 0)
	{
		memcpy(memory->booking, next_booking[booked], SIGHTING_ID_BYTES);
		memory->sighting.booking = memory->booking;
		memory->sighting.taken_for = cars[booked].plate;
		memory->sighting.taken_for_length = strlen(cars[booked].plate);
	}
}

static TrafficWord
ask_traffic(const MatchState *state, const MatchContender *winner, const PlateReading *reading)
{
	const char *booked = cars[winner->handle].plate;
	PlateTraffic traffic;

	plate_traffic_begin(&traffic, state, winner, reading, booked, strlen(booked));
	for (int i = 0; i < memory_count; i++)
	{
		PlateSighting sighting = memories[i].sighting;

		sighting.was_read_so = strcmp(memories[i].read, reading->plate) == 0;
		plate_traffic_offer(&traffic, &sighting);
	}
	return plate_traffic_finish(&traffic);
}

/* The car whose booking the read opens for; -1: a person decides; -2: none. */
static int
decide(const FleetStudy *study, const CameraRead *read, MatchResult *result)
{
	PlateReading reading = {read->plate, strlen(read->plate), read->confidence};
	int			equal = car_of_plate(read->plate);
	MatchState	state;

	memset(result, 0, sizeof(*result));
	if (reading.length == 0)
		return -1;
	if (equal >= 0 && cars[equal].booked && plate_match_exact_suffices(&study->rules, &reading))
		return equal;
	plate_match_begin(&state, &study->rules, &reading, NULL, 0);
	for (int i = 0; i < FLEET_CARS; i++)
	{
		if (cars[i].booked)
			plate_match_offer(&state, cars[i].plate, strlen(cars[i].plate), i);
	}
	plate_match_finish(&state, result);
	if (result->verdict == MATCH_NONE)
		return -2;
	if (result->verdict != MATCH_UNIQUE)
		return -1;
	if (study->remembers && result->contender[0].cost > 0)
	{
		TrafficWord word = ask_traffic(&state, &result->contender[0], &reading);

		if (word != TRAFFIC_SAYS_NOTHING)
			return word == TRAFFIC_SAYS_OWN ? -2 : -1;
	}
	return (int) result->contender[0].handle;
}

/* What is let in for a booking leaves on it. */
static void
leave(const CameraRead *read, int booked)
{
	if (read->plate[0] != '\0')
		remember(read->plate, read->plate,
				 strcmp(read->plate, cars[booked].plate) == 0 ? SIGHTED_BOOKED : SIGHTED_ALIKE,
				 SIGHTED_GOING, booked);
	for (int i = 1; i < SIGHTING_ID_BYTES && ++next_booking[booked][i] == 0; i++)
		;
}

static void
enter(const FleetStudy *study, Car *car, FleetTally *tally)
{
	int			index = (int) (car - cars);
	CameraRead	read;
	CameraRead	at_exit;
	MatchResult result;
	FleetCar	kind;
	Outcome		outcome;
	bool		right;
	int			meant;

	/* drawn in any case, so that all choices are given the same reads */
	read_car(study, car, &read);
	read_car(study, car, &at_exit);
	right = strcmp(read.plate, car->plate) == 0;
	meant = decide(study, &read, &result);
	if (car->booked)
		kind = right ? BOOKED_READ_RIGHT : BOOKED_MISREAD;
	else
		kind = car->read_right ? STRANGER_SEEN : STRANGER_AT_FIRST;
	outcome = meant == -1 ? MANUAL : meant == -2 ? NOT_MATCHED :
		car->booked && meant == index ? OPENED : WRONGLY_OPENED;
	tally->count[kind][outcome]++;
	car->read_right = car->read_right || right;

	if (meant >= 0)
	{
		remember(read.plate, read.plate, strcmp(read.plate, cars[meant].plate) == 0 ? SIGHTED_BOOKED : SIGHTED_ALIKE,
				 SIGHTED_COMING, meant);
		leave(&at_exit, meant);
	}
	else if (meant == -1 && car->booked)
	{
		remember(car->plate, read.plate, SIGHTED_BY_PERSON, SIGHTED_COMING, index);
		leave(&at_exit, index);
	}
	else if (read.plate[0] != '\0' && (meant == -2 || result.verdict != MATCH_DOUBTFUL || result.doubt == MATCH_DOUBT_SURE))
		remember(read.plate, read.plate, SIGHTED_ALONE, SIGHTED_STAYING, -1);
}

/* Adds what comes of the reads at some sites. */
void
study_fleet(const FleetStudy *study, FleetTally *tally)
{
	random_seed(study->seed);
	for (int site = 0; site < study->sites; site++)
	{
		draw_cars(study);
		for (int i = 0; i < study->reads; i++)
			enter(study, &cars[random_below(FLEET_CARS)], tally);
	}
}
