/*
 * plate_read.h
 *		A read of a plate: what a camera or a person gave, and its record.
 */
#ifndef SMART_PARKING_PLATE_READ_H
#define SMART_PARKING_PLATE_READ_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "plate/plate_match.h"
#include "gate.h"
#include "verdict.h"

#define MAX_EVENT_ID_BYTES 200

/* No line is down longer (assumed): a clock that says so has lost its battery. */
#define LONGEST_OUTAGE (366 * USECS_PER_DAY)

typedef struct PlateRead
{
	pg_uuid_t	id;				/* of its record */
	pg_uuid_t	gate_id;
	char	   *plate_text;		/* as the camera gave it, or NULL */
	char	   *car_plate;		/* canonical, or NULL if it is no plate */
	char	   *separated;		/* with the separator that is kept, or NULL */
	bool		has_confidence;
	float4		confidence;
	TimestampTz read_at;		/* the camera's clock */
	char	   *event_id;		/* or NULL */
	bool		revises;		/* the event came before with another reading */
	char	   *vehicle;		/* or NULL */
	int			candidate_count;
	PlateReading candidates[MATCH_MAX_CANDIDATES];

	/* kept as they came; 0 and NULL: not given */
	Datum		candidates_json;
	Datum		linked_events;	/* text[] */
	Datum		message;		/* jsonb */
	char	   *camera;
	char	   *format;
	char	   *problem;
	bool		happened;		/* an offline gate has acted on it */
	const char *late;			/* why a camera's read is no news but counts as that; or NULL */
	const pg_uuid_t *corrects;	/* the read that this one takes the place of, or NULL */
	const char *attendant_reason;	/* a person said so; NULL: a camera */
} PlateRead;

extern char *plate_or_null(const char *plate_text);
extern void plate_read_set_plate(PlateRead *read, char *plate_text);
extern void plate_read_set_car(PlateRead *read, text *plate);
extern void plate_read_set_confidence(PlateRead *read, float4 confidence);
extern void plate_read_set_event(PlateRead *read, char *event_id);
extern void plate_read_set_vehicle(PlateRead *read, char *vehicle);
extern void plate_read_set_candidates(PlateRead *read, Datum candidates);

extern bool plate_read_seen(PlateRead *read, Verdict *verdict, pg_uuid_t *passage_id,
							bool *has_passage);
extern bool plate_read_replayed(const PlateRead *read, Verdict *verdict);
extern bool plate_read_is_backlog(const PlateRead *read, TimestampTz now);
extern int	plate_reads_agreeing(const pg_uuid_t *passage_id, const char *car_plate);
extern void plate_read_record(PlateRead *read, const pg_uuid_t *passage_id, TimestampTz now,
							  const Verdict *verdict);

#endif							/* SMART_PARKING_PLATE_READ_H */
