/*
 * new_row.h
 *		A row to be inserted, by column.
 */
#ifndef SMART_PARKING_NEW_ROW_H
#define SMART_PARKING_NEW_ROW_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "statements.h"
#include "table_shape.h"

typedef struct NewRow
{
	ShapedTable table;
	Datum		values[MAX_SHAPE_COLUMNS];
	bool		nulls[MAX_SHAPE_COLUMNS];
} NewRow;

extern void new_row_begin(NewRow *row, ShapedTable table);
extern void new_row_datum(NewRow *row, AttrNumber column, Datum value);
extern void new_row_uuid(NewRow *row, AttrNumber column, const pg_uuid_t *value);
extern void new_row_text(NewRow *row, AttrNumber column, const char *value);
extern void new_row_json(NewRow *row, AttrNumber column, const char *value);
extern void new_row_time(NewRow *row, AttrNumber column, TimestampTz value);
extern uint64 new_row_insert(NewRow *row, Statement otherwise);

#endif							/* SMART_PARKING_NEW_ROW_H */
