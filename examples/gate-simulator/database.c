/*
 * database.c
 *		Connections, and questions with one answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "simulator.h"

#define ANSWERS 8
#define ANSWER_BYTES 4000

/* Where PGHOST, PGDATABASE and their like say. */
PGconn *
server_connect(void)
{
	PGconn	   *connection = PQconnectdb("");

	if (PQstatus(connection) != CONNECTION_OK)
	{
		fprintf(stderr, "%s", PQerrorMessage(connection));
		exit(2);
	}
	return connection;
}

/* Columns with blanks between them, rows with commas; empty without rows. */
static const char *
as_text(PGresult *result)
{
	static char answers[ANSWERS][ANSWER_BYTES];
	static int	next;
	char	   *answer = answers[next++ % ANSWERS];
	size_t		used = 0;

	answer[0] = '\0';
	for (int row = 0; row < PQntuples(result); row++)
		for (int column = 0; column < PQnfields(result) && used < ANSWER_BYTES; column++)
			used += snprintf(answer + used, ANSWER_BYTES - used, "%s%s",
							 column > 0 ? " " : row > 0 ? ", " : "", PQgetvalue(result, row, column));
	return answer;
}

/*
 * Asks with texts for $1, $2 ..., NULL behind the last.  The answer is good
 * for a few more questions.
 */
const char *
ask_with(PGconn *connection, const char *sql, const char *const *parameters)
{
	int			count = 0;
	PGresult   *result;
	const char *answer;

	while (parameters[count])
		count++;
	result = PQexecParams(connection, sql, count, NULL, parameters, NULL, NULL, 0);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
	{
		fprintf(stderr, "%s\n%s", sql, PQresultErrorMessage(result));
		exit(2);
	}
	answer = as_text(result);
	PQclear(result);
	return answer;
}

double
clock_now(void)
{
	struct timeval t;

	gettimeofday(&t, NULL);
	return t.tv_sec + t.tv_usec / 1e6;
}
