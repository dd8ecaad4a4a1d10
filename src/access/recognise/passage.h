/*
 * passage.h
 *		One car at one gate, once, however many reads tell of it.
 */
#ifndef SMART_PARKING_PASSAGE_H
#define SMART_PARKING_PASSAGE_H

#include "matching.h"

typedef struct Passage
{
	pg_uuid_t	id;
	TimestampTz last_read_at;
	bool		is_last;		/* of its gate */
	bool		is_guessed;		/* nothing but likeness and time says that a read is of it */
	char	   *vehicle;		/* or NULL */
	char	   *car_plate;		/* the reading that the verdict rests on, or NULL */
	bool		has_confidence;
	float4		confidence;
	int			agreeing;		/* reads that say so */
	Verdict		verdict;		/* as it stands, with the last command */
	char	   *command_state;	/* NULL: no command */
	TimestampTz command_issued_at;
	TimestampTz command_expires_at;
} Passage;

typedef enum Standing
{
	READ_IS_NO_BETTER,
	READ_AGREES,				/* says what the passage rests on */
	READ_IS_BETTER
} Standing;

extern bool passage_by_id(const pg_uuid_t *id, Passage *passage);
extern bool passage_of_read(const Gate *gate, const PlateRead *read, const Match *match,
							const pg_uuid_t *of_event, TimestampTz now, Passage *passage);
extern Standing passage_weigh(const Passage *passage, const PlateRead *read, const Match *match);
extern void passage_begin(const PlateRead *read, TimestampTz now, const Verdict *verdict,
						  pg_uuid_t *id);
extern void passage_go_on(const Passage *passage, const PlateRead *read, TimestampTz now);

static inline bool
passage_command_is(const Passage *passage, const char *state)
{
	return passage->command_state && strcmp(passage->command_state, state) == 0;
}

/* A step of the clock that makes no difference to an order; as in ISSUED_AHEAD. */
#define CLOCK_STEP USECS_PER_SEC

static inline bool
passage_command_is_open(const Passage *passage)
{
	return passage_command_is(passage, "issued") || passage_command_is(passage, "acknowledged");
}

/* The clock was set back since the order was issued. */
static inline bool
passage_command_is_ahead(const Passage *passage, TimestampTz now)
{
	return passage_command_is_open(passage) && passage->command_issued_at > now + CLOCK_STEP;
}

static inline bool
passage_command_lives(const Passage *passage, TimestampTz now)
{
	return passage_command_is_open(passage) && passage->command_expires_at > now &&
		!passage_command_is_ahead(passage, now);
}

#endif							/* SMART_PARKING_PASSAGE_H */
