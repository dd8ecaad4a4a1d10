/*
 * incident.h
 *		What a person has to look at.
 */
#ifndef SMART_PARKING_INCIDENT_H
#define SMART_PARKING_INCIDENT_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

typedef struct Incident
{
	const char *kind;
	const pg_uuid_t *gate_id;
	const pg_uuid_t *plate_read_id; /* this one and all below may be NULL */
	const pg_uuid_t *command_id;
	const pg_uuid_t *booking_id;
	const pg_uuid_t *other_booking_id;
	const char *event_id;		/* of the report; raised once for each */
	char	   *details;		/* members of a JSON object */
} Incident;

extern void incident_raise(const Incident *incident, TimestampTz now);

#endif							/* SMART_PARKING_INCIDENT_H */
