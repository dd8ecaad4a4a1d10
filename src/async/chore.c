/*
 * chore.c
 *		What the sweeper has to do, batch by batch.
 *
 * What fails in one lot stops no other: a batch that fails is done again in
 * halves, down to the bookings that fail by themselves.  They go on record,
 * and their lots are left alone until the next run.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/uuid.h"

#include "server/attempt.h"
#include "server/probe.h"
#include "chore.h"

/* So many bookings of a lot may fail before its others are not tried any more. */
#define FAILURES_IN_LOT 3

/* Stands for all that a chore is about. */
static const pg_uuid_t everything = {{0}};

typedef struct Due
{
	pg_uuid_t	id;
	pg_uuid_t	lot;
} Due;

/* What is done in one subtransaction. */
typedef struct Piece
{
	ChoreRun   *run;
	Statement	statement;
	TimestampTz now;
	int			max;
	Datum		lots_or_ids;
	int			ended;
} Piece;

typedef struct Failure
{
	const ChoreRun *run;
	const pg_uuid_t *subject;
	const pg_uuid_t *lot;		/* or NULL */
	TimestampTz at;
	const ErrorData *error;
} Failure;

void
chore_begin(ChoreRun *run, const Chore *chore, const char *reason, TimestampTz now)
{
	memset(run, 0, sizeof(*run));
	run->chore = chore;
	run->reason = reason;
	run->begun = now;
}

static Datum
uuid_array(Datum *ids, int count)
{
	return PointerGetDatum(construct_array(ids, count, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR));
}

static Datum
failing_lots(ChoreRun *run)
{
	Datum		ids[MAX_FAILING_LOTS];

	for (int i = 0; i < run->failing_lots; i++)
		ids[i] = UUIDPGetDatum(&run->lots[i].id);
	return uuid_array(ids, run->failing_lots);
}

static FailingLot *
failing_lot(ChoreRun *run, const pg_uuid_t *id)
{
	for (int i = 0; i < run->failing_lots; i++)
	{
		if (memcmp(&run->lots[i].id, id, UUID_LEN) == 0)
			return &run->lots[i];
	}
	return NULL;
}

static bool
is_given_up(ChoreRun *run, const pg_uuid_t *lot)
{
	FailingLot *failing = failing_lot(run, lot);

	return failing && failing->failures >= FAILURES_IN_LOT;
}

/* A database that is not updated yet has no such table. */
static bool
keeps_failures(void)
{
	return OidIsValid(get_relname_relid("sweep_failure", own_schema()));
}

static void
write_failure(void *arg)
{
	Failure    *failure = arg;
	Args		args = {0};

	arg_text(&args, failure->run->chore->name);
	arg_uuid(&args, failure->subject);
	arg_uuid(&args, failure->lot);
	arg_time(&args, failure->at);
	arg_text(&args, unpack_sql_state(failure->error->sqlerrcode));
	arg_text(&args, failure->error->message);
	run_statement(STMT_RECORD_SWEEP_FAILURE, &args);
}

/* The record is not worth failing for: the message says the same. */
static void
record_failure(Failure *failure)
{
	if (keeps_failures())
		(void) attempt_or_error(write_failure, failure);
}

/* Forgets what failed in earlier runs and did not in this one. */
static void
settle(ChoreRun *run)
{
	Args		args = {0};

	if (run->settled)
		return;
	run->settled = true;
	if (!keeps_failures())
		return;
	arg_text(&args, run->chore->name);
	arg_time(&args, run->begun);
	run_statement(STMT_SETTLE_SWEEP_FAILURES, &args);
}

static char *
id_text(const pg_uuid_t *id)
{
	return DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)));
}

static char *
name_of_lot(const pg_uuid_t *id)
{
	Args		args = {0};

	arg_uuid(&args, id);
	return run_statement(STMT_NAME_OF_LOT, &args) == 1 ? column_text(0, 1) : id_text(id);
}

static void
note_failure(ChoreRun *run, const Due *due, TimestampTz at, ErrorData *error)
{
	Failure		failure = {run, &due->id, &due->lot, at, error};
	FailingLot *lot = failing_lot(run, &due->lot);

	if (lot == NULL)
	{
		if (run->failing_lots == MAX_FAILING_LOTS)
			ReThrowError(error);
		lot = &run->lots[run->failing_lots++];
		lot->id = due->lot;
		lot->failures = 0;
	}
	lot->failures++;
	record_failure(&failure);
	ereport(WARNING,
			(errcode(error->sqlerrcode),
			 errmsg("%s %s of lot \"%s\" could not be ended: %s", run->chore->subject,
					id_text(&due->id), name_of_lot(&due->lot), error->message),
			 errhint("Other lots go on. What fails stands in smart_parking.sweep_failure until it is mended.")));
}

static void
end_piece(void *arg)
{
	Piece	   *piece = arg;

	piece->ended = piece->run->chore->end(piece->statement, piece->now, piece->max,
										  piece->run->reason, piece->lots_or_ids);
}

/* Those of "due" whose lots are not given up; "left" has room for all. */
static int
not_given_up(ChoreRun *run, const Due *due, int count, Due *left)
{
	int			n = 0;

	for (int i = 0; i < count; i++)
	{
		if (!is_given_up(run, &due[i].lot))
			left[n++] = due[i];
	}
	return n;
}

/* Ends these, in halves if they fail together; returns how many. */
static int
end_these(ChoreRun *run, const Due *due, int count, TimestampTz now)
{
	Piece		piece = {run, run->chore->these, now};
	Due		   *left = palloc(sizeof(Due) * Max(count, 1));
	Datum	   *ids;
	ErrorData  *error;
	int			n = not_given_up(run, due, count, left);
	int			ended;

	if (n == 0)
		return 0;
	ids = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
		ids[i] = UUIDPGetDatum(&left[i].id);
	piece.max = n;
	piece.lots_or_ids = uuid_array(ids, n);

	error = attempt_or_error(end_piece, &piece);
	if (error == NULL)
		return piece.ended;
	if (n == 1)
	{
		note_failure(run, &left[0], now, error);
		return 0;
	}
	ended = end_these(run, left, n / 2, now);
	return ended + end_these(run, left + n / 2, n - n / 2, now);
}

/* What is due outside of failing lots. */
static int
find_due(ChoreRun *run, TimestampTz now, int max, Due **due)
{
	Args		args = {0};
	int			found;

	arg_time(&args, now);
	arg_datum(&args, Int64GetDatum(max));
	arg_datum(&args, failing_lots(run));
	found = (int) run_statement(run->chore->find, &args);
	*due = palloc(sizeof(Due) * Max(found, 1));
	/* each statement replaces the result of the one before */
	for (int i = 0; i < found; i++)
	{
		(*due)[i].id = column_uuid(i, 1);
		(*due)[i].lot = column_uuid(i, 2);
	}
	return found;
}

/* Ends up to max of what is due; returns how many. */
int
chore_batch(ChoreRun *run, TimestampTz now, int max)
{
	int			done = 0;

	while (done < max)
	{
		Piece		piece = {run, run->chore->any, now, max - done, failing_lots(run)};
		ErrorData  *error = attempt_or_error(end_piece, &piece);
		int			failing_before = run->failing_lots;
		Due		   *due;
		int			found;
		int			ended;

		if (error == NULL)
		{
			done += piece.ended;
			break;
		}
		found = find_due(run, now, max - done, &due);
		ended = end_these(run, due, found, now);
		if (ended == 0 && run->failing_lots == failing_before)
			ReThrowError(error);	/* no booking's fault */
		done += ended;
	}
	if (done < max)
		settle(run);
	return done;
}

static void
batch_piece(void *arg)
{
	Piece	   *piece = arg;

	piece->ended = chore_batch(piece->run, piece->now, piece->max);
}

/* The same; what is no lot's fault goes on record too, and nothing is ended. */
int
chore_batch_whatever_fails(ChoreRun *run, TimestampTz now, int max)
{
	Piece		piece = {run, run->chore->any, now, max};
	Failure		failure = {run, &everything, NULL, now};
	ErrorData  *error = attempt_or_error(batch_piece, &piece);

	if (error == NULL)
		return piece.ended;
	failure.error = error;
	if (!run->warned)
	{
		record_failure(&failure);
		ereport(WARNING,
				(errcode(error->sqlerrcode),
				 errmsg("no %s could be ended: %s", run->chore->subject, error->message),
				 errhint("The sweeper tries again.")));
	}
	run->warned = true;
	return 0;
}
