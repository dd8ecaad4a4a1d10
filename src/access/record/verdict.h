/*
 * verdict.h
 *		What the access plane decides about a read, and what comes of it.
 */
#ifndef SMART_PARKING_VERDICT_H
#define SMART_PARKING_VERDICT_H

#include "utils/uuid.h"

#include "server/details.h"

typedef struct Verdict
{
	const char *decision;		/* open, deny, manual */
	const char *reason;
	bool		has_booking;
	pg_uuid_t	booking_id;
	int			spot_no;
	const char *spot_label;
	const char *matched_plate;	/* the booking's */
	const char *matched_by;		/* or NULL */
	const char *movement;		/* in or out, once the car passes; or NULL */
	bool		made_booking;	/* the booking was made for this passage */
	char	   *details;		/* members of a JSON object, or NULL */
	bool		has_command;
	pg_uuid_t	command_id;
} Verdict;

static inline bool
verdict_opens(const Verdict *verdict)
{
	return strcmp(verdict->decision, "open") == 0;
}

extern void verdict_set(Verdict *verdict, const char *decision, const char *reason);

#endif							/* SMART_PARKING_VERDICT_H */
