/*
 * main.c
 *		Runs one contender from many connections and prints what came of it, one
 *		line of name=value, separated by tabs.
 *
 *		bench --contender NAME --load NAME [--lots N] [--skew none|zipf]
 *			[--connections N] [--seconds S] [--until-sold-out] [--redis SOCKET]
 *
 * Where the server is: as libpq finds it (PGHOST, PGPORT, PGDATABASE, ...).
 * The run ends at the first refusal, as there is nothing left to sell then.
 * With --until-sold-out the S seconds begin there, and are for refusals.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "contender.h"
#include "load.h"
#include "options.h"
#include "report.h"
#include "run.h"

static void
usage(void)
{
	fprintf(stderr, "usage: bench --contender NAME --load NAME [--lots N] [--skew none|zipf]\n"
			"\t[--connections N] [--seconds S] [--until-sold-out] [--redis SOCKET]\n");
	exit(2);
}

static void
read_options(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
	{
		const char *option = argv[i];
		const char *value;

		if (strcmp(option, "--until-sold-out") == 0)
		{
			options.until_sold_out = true;
			continue;
		}
		if (++i == argc)
			usage();
		value = argv[i];
		if (strcmp(option, "--contender") == 0)
			options.contender = value;
		else if (strcmp(option, "--load") == 0)
			options.load = value;
		else if (strcmp(option, "--lots") == 0)
			options.lots = atoi(value);
		else if (strcmp(option, "--connections") == 0)
			options.connections = atoi(value);
		else if (strcmp(option, "--seconds") == 0)
			options.seconds = atof(value);
		else if (strcmp(option, "--redis") == 0)
			options.redis_socket = value;
		else if (strcmp(option, "--skew") == 0 && (strcmp(value, "zipf") == 0 || strcmp(value, "none") == 0))
			options.zipf = strcmp(value, "zipf") == 0;
		else
			usage();
	}
	if (options.connections < 1 || options.connections > MAX_CONNECTIONS || options.seconds <= 0 || !options.contender)
		usage();
}

int
main(int argc, char **argv)
{
	const Contender *contender;
	PGconn	   *connection;
	Run			run;

	read_options(argc, argv);
	contender = find_contender(options.contender);
	if (!contender)
		fail(options.contender, "there is no such contender");
	setenv("PGAPPNAME", "bench", 1);
	connection = connect_server();
	read_lots(connection);
	if (contender->begin)
		contender->begin(connection);
	run = run_contender(contender);
	if (contender->end)
		contender->end(connection);
	report(contender, &run);
	PQfinish(connection);
	free(run.clients);
	return 0;
}
