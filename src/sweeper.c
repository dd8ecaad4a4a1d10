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
#include "storage/latch.h"
#include "utils/builtins.h"

#include "call.h"
#include "errors.h"
#include "expiry.h"
#include "locks.h"

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

static TimestampTz
end_of_run(FunctionCallInfo fcinfo)
{
	TimestampTz now = GetCurrentTimestamp();
	int64		run_for;

	if (PG_ARGISNULL(1))
		return now - now % USECS_PER_MINUTE + USECS_PER_MINUTE + OVERLAP_US;

	run_for = interval_us(PG_GETARG_INTERVAL_P(1));
	if (run_for < 0)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("run_for must not be negative"),
				 errhint("0 sweeps once, until nothing is left.")));
	return now + run_for;
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

static int
release_batch(TimestampTz now, int max)
{
	return expire_batch(now, max, "lapsed; swept");
}

/*
 * Does one chore until nothing is left, each batch in a transaction of its own.
 * A short batch may have passed over what others held: so until one is empty.
 */
static void
do_chore(FunctionCallInfo fcinfo, int (*chore) (TimestampTz now, int max), bool in_background)
{
	int			done;

	do
	{
		Call		call;
		TimestampTz begun = GetCurrentTimestamp();

		CHECK_FOR_INTERRUPTS();
		call_begin(&call, fcinfo);
		call_connect(&call);
		done = chore(call.now, BATCH);
		call_end(&call);
		SPI_commit();
		if (in_background && done == BATCH)
			wait_ms((long) ((GetCurrentTimestamp() - begun) / 1000) * REST_BY_WORK,
					"smart_parking sweeper: leaving time to others");
	} while (done > 0);
}

static void
sweep_once(FunctionCallInfo fcinfo, bool in_background)
{
	/* commands first: they may give holds back */
	do_chore(fcinfo, expire_commands_batch, in_background);
	do_chore(fcinfo, release_batch, in_background);
	do_chore(fcinfo, close_overstays_batch, in_background);
}

static void
wait_between_sweeps(long pause, TimestampTz end)
{
	long		left = (long) ((end - GetCurrentTimestamp()) / 1000);

	wait_ms(Min(pause, left), "smart_parking sweeper: waiting");
}

/*
 * One sweeper at a time.  A run by hand gives way at once; the scheduled run
 * of a minute waits in case the other one ends before it would itself.
 */
static bool
take_turn(long pause, TimestampTz end, bool by_hand)
{
	while (!try_lock_session(LOCK_SWEEPER))
	{
		if (by_hand || GetCurrentTimestamp() >= end)
			return false;
		wait_between_sweeps(pause, end);
	}
	return true;
}

Datum
sweep(PG_FUNCTION_ARGS)
{
	CallContext *context = (CallContext *) fcinfo->context;
	long		pause = pause_ms(fcinfo);
	TimestampTz end = end_of_run(fcinfo);
	bool		in_background = end > GetCurrentTimestamp();

	if (context == NULL || !IsA(context, CallContext) || context->atomic)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
				 errmsg("sweep commits after each batch and cannot run inside a transaction"),
				 errhint("CALL it outside of BEGIN ... COMMIT, or use smart_parking.release_expired().")));

	if (!take_turn(pause, end, !PG_ARGISNULL(1)))
	{
		ereport(NOTICE, (errmsg("another sweeper is at work in this database")));
		PG_RETURN_VOID();
	}

	SPI_connect_ext(SPI_OPT_NONATOMIC);
	PG_TRY();
	{
		for (;;)
		{
			sweep_once(fcinfo, in_background);
			if (GetCurrentTimestamp() >= end)
				break;
			wait_between_sweeps(pause, end);
		}
	}
	PG_FINALLY();
	{
		unlock_session(LOCK_SWEEPER);
	}
	PG_END_TRY();
	SPI_finish();
	PG_RETURN_VOID();
}
