/*
 * answer_count.c
 *		How often reserve_spot() gave which answer, for the view metrics.
 *
 * A refusal leaves no row, and is not to write one.  So each answer has a
 * function of ours that nobody calls, and is counted as a call of that in
 * PostgreSQL's own cumulative statistics, whatever track_functions says: a
 * counter in the session's memory, which the server adds to the shared one
 * once a second, keeps over a restart, and forgets in a crash or at
 * pg_stat_reset().  A rollback takes nothing back, as the answer was given.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/pgstat_internal.h"
#include "utils/syscache.h"

#include "answer_count.h"
#include "compat.h"

static const char *const counters[NUM_ANSWERS] = {
	[ANSWER_RESERVED] = "answers_reserved",
	[ANSWER_REPEATED] = "answers_repeated",
	[ANSWER_ALREADY_RESERVED] = "answers_already_reserved",
	[ANSWER_FULL] = "answers_full",
	[ANSWER_CLOSED] = "answers_closed",
	[ANSWER_TOO_MANY_HOLDS] = "answers_too_many_holds",
	[ANSWER_PLATE_TAKEN] = "answers_plate_taken",
};

/* of the functions, until any function changes */
static Oid	counter_ids[NUM_ANSWERS];

static void
forget_counters(Datum argument, int cache, uint32 hash)
{
	memset(counter_ids, 0, sizeof(counter_ids));
}

/* Not as a name that is looked up: whose rights apply here need not reach into the schema. */
static void
find_counter(Answer answer)
{
	static bool listening = false;
	Oid			schema = get_namespace_oid("smart_parking_internal", true);
	oidvector  *no_arguments = buildoidvector(NULL, 0);

	if (!listening)
		CacheRegisterSyscacheCallback(PROCOID, forget_counters, (Datum) 0);
	listening = true;
	counter_ids[answer] = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
										  CStringGetDatum(counters[answer]),
										  PointerGetDatum(no_arguments), ObjectIdGetDatum(schema));
	pfree(no_arguments);
}

/* Where the counter is missing, as between a new library and the extension's update, nothing is counted. */
void
count_answer(Answer answer)
{
	PgStat_EntryRef *entry;

	if (!OidIsValid(counter_ids[answer]))
		find_counter(answer);
	if (!OidIsValid(counter_ids[answer]))
		return;
	entry = pgstat_prep_pending_entry(PGSTAT_KIND_FUNCTION, MyDatabaseId,
									  counter_ids[answer], NULL);
	PENDING_FUNCTION_CALLS(entry)++;
}
