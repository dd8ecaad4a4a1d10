/*
 * row_writer.h
 *		Write one row of a table without a plan.
 */
#ifndef SMART_PARKING_ROW_WRITER_H
#define SMART_PARKING_ROW_WRITER_H

#include "probe.h"

#define MAX_ROW_COLUMNS 16

/* What the install script gave a table; see row_writer.c for why it matters. */
typedef struct TableShape
{
	const char *table;
	int			columns;
	const int16 *lengths;		/* of the columns' types: pg_attribute.attlen */
	int			checks;
	int			foreign_keys;	/* of this table to others */
} TableShape;

typedef struct RowUpdate
{
	Relation	table;
	RowVersion	version;
	Datum		values[MAX_ROW_COLUMNS];
	bool		nulls[MAX_ROW_COLUMNS];
} RowUpdate;

extern bool row_insert(const TableShape *shape, const Datum *values, const bool *nulls);
extern bool row_update_begin(RowUpdate *update, const TableShape *shape,
							 const RowVersion *version);
extern void row_update_finish(RowUpdate *update);

#endif							/* SMART_PARKING_ROW_WRITER_H */
