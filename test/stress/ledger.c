/*
 * ledger.c
 *		What the server acknowledged, on record outside of it.
 *
 * A line is written when the answer has come, in one write() to a file opened
 * for appending, so that lines of several threads do not mix.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "stress.h"

static int	file = -1;

void
ledger_open(const char *path)
{
	file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
	if (file < 0)
	{
		perror(path);
		exit(2);
	}
}

/* For COPY ... (FORMAT csv): what is empty is null. */
void
ledger_write(const Client *client, const Entry *entry, Fate fate)
{
	static const char *const fates[] = {"committed", "aborted", "unknown"};
	char		line[400];
	char		expires_at[32] = "";
	int			length;

	if (entry->expires_at > 0)
		snprintf(expires_at, sizeof(expires_at), "%.6f", entry->expires_at);
	length = snprintf(line, sizeof(line), "%s,%s,%s,%s,%s,%s,%s,%s,%.6f,%.6f,%s,%s,%d\n",
					  fates[fate], entry->action, entry->outcome, entry->booking_id,
					  entry->parking_id, entry->spot_no, entry->plate, expires_at,
					  entry->started, now(), entry->sqlstate, client->isolation, client->number);
	if (write(file, line, length) != length)
	{
		perror("the ledger");
		exit(2);
	}
}
