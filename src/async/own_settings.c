/*
 * own_settings.c
 *		What a sweeper's transactions do not take from the database's settings.
 *
 * ALTER DATABASE ... SET means an application's sessions: one of 15 s for a
 * statement would end a sweeper 15 s into each minute.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "utils/guc.h"
#include "utils/timeout.h"

#include "own_settings.h"

/*
 * A batch holds spots that drivers want, so it waits for nobody long: what
 * waits in it is a user's trigger.
 */
#define LOCK_TIMEOUT "2s"

/* Unknown before 17. */
#define TRANSACTION_TIMEOUT_SETTING "transaction_timeout"

static void
set_here(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL,
							 true, 0, false);
}

/* For the transaction that has just begun: it has no snapshot yet. */
void
own_settings(void)
{
	set_here("transaction_isolation", "read committed");
	set_here("transaction_deferrable", "off");
	if (!RecoveryInProgress())
		set_here("transaction_read_only", "off");
	set_here("lock_timeout", LOCK_TIMEOUT);
	if (GetConfigOption(TRANSACTION_TIMEOUT_SETTING, true, false) != NULL)
		set_here(TRANSACTION_TIMEOUT_SETTING, "0");
}

/* Its clock runs since the CALL began, however many transactions that has. */
void
no_statement_timeout(void)
{
	disable_timeout(STATEMENT_TIMEOUT, false);
}
