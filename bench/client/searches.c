/*
 * searches.c
 *		Lots with free spots around a random place, by SQL.  bench/search.sql
 *		made the lots.
 */
#include <stdio.h>
#include <stdlib.h>

#include "searches.h"

static double south,
			west,
			height,
			width;

void
begin_search(PGconn *connection)
{
	PGresult   *result = ask_once(connection, "SELECT south, west, height, width FROM bench.area", 0, NULL);

	south = atof(PQgetvalue(result, 0, 0));
	west = atof(PQgetvalue(result, 0, 1));
	height = atof(PQgetvalue(result, 0, 2));
	width = atof(PQgetvalue(result, 0, 3));
	PQclear(result);
}

void
draw_place(Client *client, double *latitude, double *longitude)
{
	*latitude = south + height * draw_fraction(client);
	*longitude = west + width * draw_fraction(client);
}

void
connect_nearby(Client *client)
{
	prepare(client, "search", "SELECT * FROM smart_parking.nearby_parking($1::float8, $2::float8)");
}

/* The same columns from a table that has the free spots in the lot's own row. */
void
connect_knn(Client *client)
{
	prepare(client, "search",
			"SELECT id, name, address, ST_Y(location::geometry), ST_X(location::geometry),"
			" ST_Distance(location, here), total_capacity, free_spots"
			" FROM bench.place, (SELECT ST_SetSRID(ST_MakePoint($2::float8, $1::float8), 4326)::geography AS here) AS driver"
			" WHERE free_spots > 0 AND ST_DWithin(location, here, 2000)"
			" ORDER BY location <-> here LIMIT 20");
}

Answer
run_search(Client *client, Lot *lot)
{
	double		latitude;
	double		longitude;
	char		texts[2][32];
	const char *args[2] = {texts[0], texts[1]};

	(void) lot;
	draw_place(client, &latitude, &longitude);
	snprintf(texts[0], sizeof(texts[0]), "%.6f", latitude);
	snprintf(texts[1], sizeof(texts[1]), "%.6f", longitude);
	PQclear(ask(client, "search", 2, args));
	return DONE;
}
