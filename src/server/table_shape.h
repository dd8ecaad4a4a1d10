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

#define MAX_SHAPE_COLUMNS	22
#define MAX_SHAPE_CHECKS	2
#define MAX_CHECK_ARGUMENTS 4

/* What a row that is inserted has in a column; only of a given value no default matters. */
typedef enum ColumnSource
{
	NO_DEFAULT,
	GIVEN,						/* by the writer, always */
	SESSION_USER				/* by this very default */
} ColumnSource;

/* Of no typmod, not generated, no identity. */
typedef struct ColumnShape
{
	const char *name;
	Oid			type;			/* InvalidOid: own_type, of our schema */
	const char *own_type;
	bool		not_null;
	Oid			collation;
	ColumnSource source;
} ColumnShape;

/* A CHECK is a call of one function, with columns or the constant 0. */
typedef struct CheckShape
{
	PGFunction	function;
	int			arguments;
	AttrNumber	columns[MAX_CHECK_ARGUMENTS];	/* 0: the constant */
} CheckShape;

/*
 * No foreign keys, and no triggers that the command fires, but for a guard that
 * lets pass what the writer does.
 */
typedef struct TableShape
{
	const char *name;
	CmdType		command;		/* the one that is done without a plan */
	AclMode		rights;			/* which the SQL command needs */
	PGFunction	guard;			/* or NULL */
	bool		runs_checks;	/* whatever they are, of built-in functions; else these: */
	int			columns;
	int			checks;
	ColumnShape column[MAX_SHAPE_COLUMNS];
	CheckShape	check[MAX_SHAPE_CHECKS];
} TableShape;

/* Tables that are written without a plan; tables.c describes them. */
typedef enum ShapedTable
{
	SHAPED_BOOKING,
	SHAPED_BOOKING_CHANGE,
	SHAPED_BOOKING_EVENT,
	SHAPED_COUNTER_SLICE,
	SHAPED_PLATE_READ,
	SHAPED_PASSAGE,
	SHAPED_BARRIER_COMMAND,
	NUM_SHAPED_TABLES
} ShapedTable;

extern const TableShape table_shapes[NUM_SHAPED_TABLES];

extern bool table_has_its_shape(Relation table, ShapedTable which);
extern uint64 table_changes(void);

#endif							/* SMART_PARKING_TABLE_SHAPE_H */
