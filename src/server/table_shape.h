/*
 * table_shape.h
 *		Whether a table is as the install script has made it.
 */
#ifndef SMART_PARKING_TABLE_SHAPE_H
#define SMART_PARKING_TABLE_SHAPE_H

#include "fmgr.h"
#include "nodes/nodes.h"
#include "nodes/parsenodes.h"
#include "utils/rel.h"

#define MAX_SHAPE_COLUMNS	12
#define MAX_SHAPE_CHECKS	2
#define MAX_CHECK_ARGUMENTS 4

/* Of no typmod, no default, not generated, no identity. */
typedef struct ColumnShape
{
	const char *name;
	Oid			type;			/* InvalidOid: own_type, of our schema */
	const char *own_type;
	bool		not_null;
	Oid			collation;
} ColumnShape;

/* A CHECK is a call of one function, with columns or the constant 0. */
typedef struct CheckShape
{
	PGFunction	function;
	int			arguments;
	AttrNumber	columns[MAX_CHECK_ARGUMENTS];	/* 0: the constant */
} CheckShape;

/* No foreign keys, and no triggers that the command fires. */
typedef struct TableShape
{
	const char *name;
	CmdType		command;		/* the one that is done without a plan */
	AclMode		rights;			/* which the SQL command needs */
	int			columns;
	int			checks;
	ColumnShape column[MAX_SHAPE_COLUMNS];
	CheckShape	check[MAX_SHAPE_CHECKS];
} TableShape;

/* Tables that are written without a plan; tables.c describes them. */
typedef enum ShapedTable
{
	SHAPED_BOOKING,
	SHAPED_COUNTER_SLICE,
	NUM_SHAPED_TABLES
} ShapedTable;

extern const TableShape table_shapes[NUM_SHAPED_TABLES];

extern bool table_has_its_shape(Relation table, ShapedTable which);
extern uint64 table_changes(void);

#endif							/* SMART_PARKING_TABLE_SHAPE_H */
