/*
 * gate.h
 *		A gate as the access plane reads it.
 */
#ifndef SMART_PARKING_GATE_H
#define SMART_PARKING_GATE_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "core/parking.h"

typedef struct Gate
{
	pg_uuid_t	id;
	pg_uuid_t	parking_id;
	bool		lets_in;
	bool		lets_out;
	bool		senses_passage;
	bool		soft;			/* anti_passback */
	bool		notifies;
	bool		walk_in;		/* the lot's */
	TimestampTz window;			/* of a passage, in microseconds */
	TimestampTz command_life;	/* in microseconds */
	Parking		parking;
} Gate;

extern void gate_lock(const pg_uuid_t *id);
extern void gate_read(const pg_uuid_t *id, Gate *gate);

#endif							/* SMART_PARKING_GATE_H */
