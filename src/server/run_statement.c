/*
 * run_statement.c
 *		Run the statements of statements.c: each is prepared once a session and
 *		kept.
 */
#include "postgres.h"

#include "access/transam.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "geography.h"
#include "probe.h"
#include "statements.h"

/*
 * A plan is never freed: a call around this one may be executing it, as when a
 * trigger on booking calls the extension again.  One that is out of date is
 * made anew by the plan cache, where it is.
 */
static SPIPlanPtr plans[NUM_STATEMENTS];

/*
 * Every statement here reaches its rows by an index, and its plan is kept for
 * as long as the session lasts.  A session that starts while the tables are
 * small or not analyzed yet must not keep sequential scans of them.
 */
static void
demand_index_plans(void)
{
	static const char *const settings[] = {
		"enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"
	};

	for (int i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i], "off", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
}

/* PostGIS's schema is that of the type of the lots' places. */
static const char *
with_postgis_schema(const char *sql)
{
	const char *marker = POSTGIS_MARKER;
	const char *schema;
	const char *found;
	StringInfoData text;

	if (strstr(sql, marker) == NULL)
		return sql;
	schema = quote_identifier(get_namespace_name(postgis_schema()));
	initStringInfo(&text);
	while ((found = strstr(sql, marker)) != NULL)
	{
		appendBinaryStringInfo(&text, sql, (int) (found - sql));
		appendStringInfoString(&text, schema);
		sql = found + strlen(marker);
	}
	appendStringInfoString(&text, sql);
	return text.data;
}

static CachedPlanSource *
source_of(SPIPlanPtr plan)
{
	return linitial(SPI_plan_get_plan_sources(plan));
}

/*
 * Whether the planner would not run if the statement were executed now.  What
 * comes between the answer and the execution is a change to one of its tables
 * that the execution waits for: that plan is made under the user's settings.
 */
static bool
is_planned(SPIPlanPtr plan)
{
	const CachedPlanSource *source = source_of(plan);
	const CachedPlan *made = source->gplan;

	return source->is_valid && made != NULL && made->is_valid &&
		(!TransactionIdIsValid(made->saved_xmin) ||
		 TransactionIdEquals(made->saved_xmin, TransactionXmin)) &&
		/* a utility command has none */
		(source->search_path == NULL || SEARCH_PATH_IS_STILL(source->search_path));
}

static SPIPlanPtr
prepare(Statement statement, const char *sql)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(sql, statements[statement].nargs,
										  (Oid *) statements[statement].argtypes,
										  CURSOR_OPT_GENERIC_PLAN);

	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare statement %d: %s",
			 statement, SPI_result_code_string(SPI_result));
	plans[statement] = plan;
	return plan;
}

/* Has the planner run before the execution, whose triggers know nothing of our settings. */
static void
plan_by_index(SPIPlanPtr plan)
{
	int			nest_level = NewGUCNestLevel();
	CachedPlan *made;

	demand_index_plans();
	made = SPI_plan_get_cached_plan(plan);
	AtEOXact_GUC(true, nest_level);
	Assert(made != NULL);		/* each statement is one query */
	ReleaseCachedPlan(made, CurrentResourceOwner);
}

static SPIPlanPtr
plan_of(Statement statement)
{
	SPIPlanPtr	plan = plans[statement];
	const char *sql;

	if (plan != NULL && is_planned(plan))
		return plan;
	/* that would be "relation does not exist" */
	(void) own_schema();
	sql = with_postgis_schema(statements[statement].sql);
	if (plan == NULL || strcmp(source_of(plan)->query_string, sql) != 0)
		plan = prepare(statement, sql);
	plan_by_index(plan);
	return plan;
}

/* Under "snapshot" if there is one, which only reads then. */
static uint64
run(Statement statement, Args *args, Snapshot snapshot)
{
	SPIPlanPtr	plan = plan_of(statement);
	int			result;

	Assert(args->count == statements[statement].nargs);
	if (snapshot)
		result = SPI_execute_snapshot(plan, args->values, args->nulls, snapshot,
									  InvalidSnapshot, true, false, 0);
	else
		result = SPI_execute_plan(plan, args->values, args->nulls, false, 0);
	if (result < 0)
		elog(ERROR, "could not run statement %d: %s",
			 statement, SPI_result_code_string(result));
	return SPI_processed;
}

/*
 * Runs a statement under the snapshot that its isolation level asks for.
 * Returns the number of rows, returned or changed.
 */
uint64
run_statement(Statement statement, Args *args)
{
	return run(statement, args, NULL);
}

/* Runs a SELECT under a snapshot of the caller's choice. */
uint64
run_statement_as_of(Statement statement, Args *args, Snapshot snapshot)
{
	return run(statement, args, snapshot);
}

/* Opens a SELECT under the calling statement's snapshot, for fetch_rows(). */
Portal
open_statement(Statement statement, Args *args)
{
	Assert(args->count == statements[statement].nargs);
	return SPI_cursor_open(NULL, plan_of(statement), args->values, args->nulls, true);
}

/* Fetches up to so many rows; returns how many. */
uint64
fetch_rows(Portal portal, int most)
{
	SPI_cursor_fetch(portal, true, most);
	return SPI_processed;
}

void
close_rows(Portal portal)
{
	SPI_cursor_close(portal);
}

void
arg_datum(Args *args, Datum value)
{
	Assert(args->count < MAX_STATEMENT_ARGS);
	args->values[args->count] = value;
	args->nulls[args->count] = ' ';
	args->count++;
}

void
arg_null(Args *args)
{
	arg_datum(args, (Datum) 0);
	args->nulls[args->count - 1] = 'n';
}

/* NULL pointers become SQL NULLs in these. */

void
arg_uuid(Args *args, const pg_uuid_t *value)
{
	if (value)
		arg_datum(args, UUIDPGetDatum(value));
	else
		arg_null(args);
}

void
arg_text(Args *args, const char *value)
{
	if (value)
		arg_datum(args, CStringGetTextDatum(value));
	else
		arg_null(args);
}

void
arg_time(Args *args, TimestampTz value)
{
	arg_datum(args, TimestampTzGetDatum(value));
}

Datum
column_datum(uint64 row, int column)
{
	bool		isnull;

	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &isnull);
}

bool
column_is_null(uint64 row, int column)
{
	bool		isnull;

	(void) SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &isnull);
	return isnull;
}

pg_uuid_t
column_uuid(uint64 row, int column)
{
	return *DatumGetUUIDP(column_datum(row, column));
}

/* NULL for an SQL NULL. */
char *
column_text(uint64 row, int column)
{
	return column_is_null(row, column) ? NULL : TextDatumGetCString(column_datum(row, column));
}
