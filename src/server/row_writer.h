/*
 * row_writer.h
 *		Write one row of a table without a plan.
 */
#ifndef SMART_PARKING_ROW_WRITER_H
#define SMART_PARKING_ROW_WRITER_H

#include "probe.h"
#include "table_shape.h"

typedef struct RowUpdate
{
	ShapedTable which;
	Relation	table;
	RowVersion	version;
	Datum		values[MAX_SHAPE_COLUMNS];
	bool		nulls[MAX_SHAPE_COLUMNS];
} RowUpdate;

extern bool row_insert(ShapedTable which, const Datum *values, const bool *nulls);
extern bool row_update_begin(RowUpdate *update, ShapedTable which, const RowVersion *version);
extern void row_update_abandon(RowUpdate *update);
extern void row_update_finish(RowUpdate *update);

#endif							/* SMART_PARKING_ROW_WRITER_H */
