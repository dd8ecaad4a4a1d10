/*
 * sweeper.c
 *		The procedure that pg_cron runs: release lapsed holds for a while.
 *
 * It is written in C for what happens between two sweeps: here the session
 * waits without a snapshot, while pg_sleep() in PL/pgSQL would hold one and
 * keep the dead versions of the hot counter rows from being pruned.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "pgstat.h"
#include "portability/instr_time.h"
#include "storage/latch.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/syscache.h"

#include "core/booking.h"
#include "server/call.h"
#include "server/errors.h"
#include "server/locks.h"
#include "expiry.h"
#include "own_settings.h"

#define BATCH 1000
#define SHORTEST_PAUSE_MS 10
#define LONGEST_PAUSE_MS (60 * 1000)

/*
 * With a backlog, a sweeper at work in the background rests this many times as
 * long as each batch took: drivers come before a tidy table.
 */
#define REST_BY_WORK 2

/*
 * By default a run ends this long after the next full minute.  By then
 * pg_cron, which starts jobs by the minute and never one job twice at a time,
 * has the next run waiting and starts it at once.
 */
#define OVERLAP_US (500 * INT64CONST(1000))

PG_FUNCTION_INFO_V1(sweep);

/* Cut at some 30 years: past every limit here, within every range. */
static int64
interval_us(Interval *interval)
{
	double		us = (interval->month * 30.0 + interval->day) * USECS_PER_DAY + interval->time;

	return (int64) Max(Min(us, 1e15), -1e15);
}

static long
pause_ms(FunctionCallInfo fcinfo)
{
	int64		pause;

	require_argument(fcinfo, 0, "every");
	pause = interval_us(PG_GETARG_INTERVAL_P(0)) / 1000;
	if (pause < SHORTEST_PAUSE_MS || pause > LONGEST_PAUSE_MS)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("the time between sweeps must be between %d ms and %d s",
						SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS / 1000),
				 errhint("A lapsed hold is not valid whether swept or not; a second is short enough.")));
	return (long) pause;
}

/* How long a run lasts. */
static int64
run_length(FunctionCallInfo fcinfo)
{
	int64		run_for;

	if (PG_ARGISNULL(1))
		return USECS_PER_MINUTE - GetCurrentTimestamp() % USECS_PER_MINUTE + OVERLAP_US;

	run_for = interval_us(PG_GETARG_INTERVAL_P(1));
	if (run_for < 0)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("run_for must not be negative"),
				 errhint("0 sweeps once, until nothing is left.")));
	return run_for;
}

/* A clock that nobody sets: a run lasts as long as it should whatever becomes of the other one. */
static int64
ticks_us(void)
{
	instr_time	ticks;

	INSTR_TIME_SET_CURRENT(ticks);
	return (int64) INSTR_TIME_GET_MICROSEC(ticks);
}

static void
wait_ms(long ms, const char *activity)
{
	pgstat_report_activity(STATE_RUNNING, activity);
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
					 Max(ms, 1), PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
}

/* Ends a transaction and begins the next one. */
static void
next_transaction(void)
{
	SPI_commit();
	own_settings();
}

static int
do_batch(FunctionCallInfo fcinfo, ChoreRun *run, bool in_background)
{
	Call		call;
	Args		no_args = {0};
	int			done;

	call_begin(&call, fcinfo);
	call_connect(&call);
	run_statement(STMT_CHECK_AT_ONCE, &no_args);
	done = in_background ? chore_batch_whatever_fails(run, call.now, BATCH) :
		chore_batch(run, call.now, BATCH);
	call_end(&call);
	next_transaction();
	return done;
}

/*
 * Does one chore until nothing is left, each batch in a transaction of its own.
 * A short batch may have passed over what others held: so until one is empty.
 */
static void
do_chore(FunctionCallInfo fcinfo, ChoreRun *run, bool in_background)
{
	int			done;

	do
	{
		int64		begun = ticks_us();

		CHECK_FOR_INTERRUPTS();
		done = do_batch(fcinfo, run, in_background);
		if (in_background && done == BATCH)
			wait_ms((long) ((ticks_us() - begun) / 1000) * REST_BY_WORK,
					"smart_parking sweeper: leaving time to others");
	} while (done > 0);
}

/* What has come free is offered to those who wait; what fails in a lot is told by a warning. */
static void
make_offers(FunctionCallInfo fcinfo)
{
	Call		call;
	Args		no_args = {0};

	call_begin(&call, fcinfo);
	call_connect(&call);
	run_statement(STMT_MAKE_OFFERS, &no_args);
	call_end(&call);
	next_transaction();
}

/* DROP EXTENSION ends the run as the next full minute would. */
static bool
extension_is_gone(FunctionCallInfo fcinfo)
{
	AcceptInvalidationMessages();
	return !SearchSysCacheExists1(PROCOID, ObjectIdGetDatum(fcinfo->flinfo->fn_oid));
}

static void
wait_between_sweeps(long pause, int64 end)
{
	long		left = (long) ((end - ticks_us()) / 1000);

	wait_ms(Min(pause, left), "smart_parking sweeper: waiting");
}

/*
 * One sweeper at a time.  A run by hand gives way at once; the scheduled run
 * of a minute waits in case the other one ends before it would itself.
 */
static bool
take_turn(long pause, int64 end, bool by_hand)
{
	while (!try_lock_session(LOCK_SWEEPER))
	{
		if (by_hand || ticks_us() >= end)
			return false;
		wait_between_sweeps(pause, end);
	}
	return true;
}

/* Sweeps until the end of the run, at least once. */
static void
sweep_until(FunctionCallInfo fcinfo, long pause, int64 end, bool in_background)
{
	ChoreRun	commands;
	ChoreRun	holds;
	ChoreRun	stays;
	TimestampTz now = GetCurrentTimestamp();

	chore_begin(&commands, &due_commands, COMMAND_EXPIRY_REASON, now);
	chore_begin(&holds, &lapsed_holds, "lapsed; swept", now);
	chore_begin(&stays, &overstays, OVERSTAY_REASON, now);
	while (!extension_is_gone(fcinfo))
	{
		/* commands first: they may give holds back */
		do_chore(fcinfo, &commands, in_background);
		do_chore(fcinfo, &holds, in_background);
		do_chore(fcinfo, &stays, in_background);
		make_offers(fcinfo);
		if (ticks_us() >= end)
			break;
		wait_between_sweeps(pause, end);
	}
}

static void
sweep_in_turn(FunctionCallInfo fcinfo, long pause, int64 end, bool in_background)
{
	PG_TRY();
	{
		sweep_until(fcinfo, pause, end, in_background);
	}
	PG_CATCH();
	{
		unlock_session(LOCK_SWEEPER);
		PG_RE_THROW();
	}
	PG_END_TRY();
	unlock_session(LOCK_SWEEPER);
}

Datum
sweep(PG_FUNCTION_ARGS)
{
	CallContext *context = (CallContext *) fcinfo->context;
	long		pause = pause_ms(fcinfo);
	int64		length = run_length(fcinfo);
	int64		end = ticks_us() + length;
	bool		in_background = length > 0;

	if (context == NULL || !IsA(context, CallContext) || context->atomic)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
				 errmsg("sweep commits after each batch and cannot run inside a transaction"),
				 errhint("CALL it outside of BEGIN ... COMMIT, or use smart_parking.release_expired().")));

	SPI_connect_ext(SPI_OPT_NONATOMIC);
	if (in_background)
		no_statement_timeout();
	/* the CALL's own transaction has a snapshot: too late for settings */
	next_transaction();
	if (take_turn(pause, end, !PG_ARGISNULL(1)))
		sweep_in_turn(fcinfo, pause, end, in_background);
	else
		ereport(NOTICE, (errmsg("another sweeper is at work in this database")));
	SPI_finish();
	PG_RETURN_VOID();
}
