/*
 * contenders.c
 *		All that can be measured, by name.
 */
#include <stddef.h>
#include <string.h>

#include "bookings.h"
#include "contender.h"
#include "questions.h"
#include "redis.h"
#include "searches.h"

static const Contender contenders[] = {
	{"smart_parking", NULL, connect_smart_parking, run_smart_parking, NULL},
	{"one_counter", NULL, connect_one_counter, run_function, NULL},
	{"four_statements", NULL, connect_four_statements, run_four_statements, NULL},
	{"skip_locked", NULL, connect_skip_locked, run_function, NULL},
	{"redis_everysec", begin_redis_everysec, connect_redis_insert, run_redis_insert, end_redis},
	{"redis_always", begin_redis_always, connect_redis_insert, run_redis_insert, end_redis},
	{"bare_insert", NULL, prepare_insert, run_bare_insert, NULL},
	{"refusal", begin_questions, connect_refusal, run_refusal, NULL},
	{"primary_key", begin_questions, connect_primary_key, run_primary_key, NULL},
	{"validate_plate", begin_questions, connect_validate_plate, run_validate_plate, NULL},
	{"nearby", begin_search, connect_nearby, run_search, NULL},
	{"knn", begin_search, connect_knn, run_search, NULL},
	{"redis_geosearch", begin_redis_geosearch, connect_redis_geosearch, run_redis_geosearch, NULL},
};

const Contender *
find_contender(const char *name)
{
	for (size_t i = 0; i < sizeof(contenders) / sizeof(contenders[0]); i++)
	{
		if (strcmp(contenders[i].name, name) == 0)
			return &contenders[i];
	}
	return NULL;
}
