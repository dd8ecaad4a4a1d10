/*
 * geography.c
 *		PostGIS, wherever the user has put it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "geography.h"
#include "probe.h"
#include "tables.h"

/* The type of the lots' places. */
static Oid
geography_type(void)
{
	return get_atttype(relation_named("parking"), Anum_parking_location);
}

Oid
postgis_schema(void)
{
	Oid			type = geography_type();
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Oid			schema;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	schema = ((Form_pg_type) GETSTRUCT(tuple))->typnamespace;
	ReleaseSysCache(tuple);
	return schema;
}

/*
 * ST_Distance on the spheroid, for spheroid_distance().  It keeps what it has
 * worked out about the spheroid in *function.
 */
void
spheroid_distance_function(FmgrInfo *function)
{
	Oid			type = geography_type();
	Oid			arguments[3] = {type, type, BOOLOID};
	List	   *name = list_make2(makeString(get_namespace_name(postgis_schema())),
								  makeString("st_distance"));

	fmgr_info(LookupFuncName(name, 3, arguments, false), function);
}

/* In metres. */
float8
spheroid_distance(FmgrInfo *function, Datum a, Datum b)
{
	return DatumGetFloat8(FunctionCall3(function, a, b, BoolGetDatum(true)));
}
