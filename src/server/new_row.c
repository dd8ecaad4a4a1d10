/*
 * new_row.c
 *		A row to be inserted, by column: without a plan, or by its statement.
 *
 * The statement's parameters are the given columns of the table's shape, in
 * their order.  So both ways write the same row.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "new_row.h"
#include "row_writer.h"

/* All of it NULL, until something else is said. */
void
new_row_begin(NewRow *row, ShapedTable table)
{
	row->table = table;
	memset(row->nulls, true, sizeof(row->nulls));
}

void
new_row_datum(NewRow *row, AttrNumber column, Datum value)
{
	Assert(table_shapes[row->table].column[column - 1].source == GIVEN);
	row->values[column - 1] = value;
	row->nulls[column - 1] = false;
}

/* NULL pointers become SQL NULLs in these. */

void
new_row_uuid(NewRow *row, AttrNumber column, const pg_uuid_t *value)
{
	if (value)
		new_row_datum(row, column, UUIDPGetDatum(value));
}

void
new_row_text(NewRow *row, AttrNumber column, const char *value)
{
	if (value)
		new_row_datum(row, column, CStringGetTextDatum(value));
}

void
new_row_json(NewRow *row, AttrNumber column, const char *value)
{
	if (value)
		new_row_datum(row, column, DirectFunctionCall1(jsonb_in, CStringGetDatum(value)));
}

void
new_row_time(NewRow *row, AttrNumber column, TimestampTz value)
{
	new_row_datum(row, column, TimestampTzGetDatum(value));
}

static uint64
insert_by_statement(const NewRow *row, Statement statement)
{
	const TableShape *shape = &table_shapes[row->table];
	Args		args = {0};

	for (int i = 0; i < shape->columns; i++)
	{
		if (shape->column[i].source != GIVEN)
			continue;
		if (row->nulls[i])
			arg_null(&args);
		else
			arg_datum(&args, row->values[i]);
	}
	return run_statement(statement, &args);
}

/* Inserts the row; how many were. */
uint64
new_row_insert(NewRow *row, Statement otherwise)
{
	const TableShape *shape = &table_shapes[row->table];

	for (int i = 0; i < shape->columns; i++)
	{
		if (shape->column[i].source != SESSION_USER)
			continue;
		row->values[i] = DirectFunctionCall1(session_user, (Datum) 0);
		row->nulls[i] = false;
	}
	return row_insert(row->table, row->values, row->nulls) ? 1 : insert_by_statement(row, otherwise);
}
