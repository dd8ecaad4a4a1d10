/*
 * chore.h
 *		What the sweeper has to do, batch by batch.
 */
#ifndef SMART_PARKING_CHORE_H
#define SMART_PARKING_CHORE_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "server/statements.h"

/*
 * A chore ends what is due by an instant.  "any" ends up to so many wherever
 * they are, but for some lots; "these" ends those of a list.
 */
typedef struct Chore
{
	const char *name;			/* as in sweep_failure */
	const char *subject;		/* what is ended, for messages */
	Statement	find;			/* ids and lots of what is due */
	Statement	any;
	Statement	these;
	int			(*end) (Statement statement, TimestampTz now, int max, const char *reason,
						Datum lots_or_ids);
} Chore;

extern const Chore lapsed_holds;
extern const Chore overstays;
extern const Chore due_commands;

/* With more failing lots than this it is no lot's own fault. */
#define MAX_FAILING_LOTS 100

typedef struct FailingLot
{
	pg_uuid_t	id;
	int			failures;
} FailingLot;

/* A chore under way: a call by hand, or all that one sweeper does in its time. */
typedef struct ChoreRun
{
	const Chore *chore;
	const char *reason;			/* for the events of bookings */
	TimestampTz begun;
	bool		settled;		/* failures of before this run are forgotten */
	bool		warned;			/* that nothing could be done at all */
	int			failing_lots;	/* which are left alone until the next run */
	FailingLot	lots[MAX_FAILING_LOTS];
} ChoreRun;

extern void chore_begin(ChoreRun *run, const Chore *chore, const char *reason,
						TimestampTz now);
extern int	chore_batch(ChoreRun *run, TimestampTz now, int max);
extern int	chore_batch_whatever_fails(ChoreRun *run, TimestampTz now, int max);

#endif							/* SMART_PARKING_CHORE_H */
