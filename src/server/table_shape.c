/*
 * table_shape.c
 *		Whether a table is as the install script has made it.
 *
 * What an owner adds to a table, or changes about it, is for PostgreSQL's own
 * commands to honour.  So tables that are written without a plan are compared
 * with a description (tables.c) of all that such a command would look at,
 * column by column and constraint by constraint.  Indexes are not among it,
 * since every row goes into whatever indexes there are, nor children, since no
 * row of theirs is meant.  Columns that were dropped do not count.
 *
 * The answer is kept until something about the table changes.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/syscache.h"

#include "probe.h"
#include "table_shape.h"

static Oid
type_of(const ColumnShape *column)
{
	if (OidIsValid(column->type))
		return column->type;
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(column->own_type),
						   ObjectIdGetDatum(own_schema()));
}

static bool
is_column(Form_pg_attribute attribute, const ColumnShape *column)
{
	return !attribute->attisdropped &&
		strcmp(NameStr(attribute->attname), column->name) == 0 &&
		attribute->atttypid == type_of(column) &&
		attribute->atttypmod == -1 &&
		attribute->attcollation == column->collation &&
		attribute->attnotnull == column->not_null &&
		!attribute->attidentity && !attribute->attgenerated;
}

static bool
is_session_user(const TupleConstr *constraints, AttrNumber column)
{
	for (int i = 0; i < constraints->num_defval; i++)
	{
		Node	   *value;

		if (constraints->defval[i].adnum != column)
			continue;
		value = stringToNode(constraints->defval[i].adbin);
		return IsA(value, SQLValueFunction) && ((SQLValueFunction *) value)->op == SVFOP_SESSION_USER;
	}
	return false;
}

static bool
has_its_source(TupleDesc descriptor, AttrNumber column, ColumnSource source)
{
	bool		has_default = TupleDescAttr(descriptor, column - 1)->atthasdef;

	if (source == SESSION_USER)
		return has_default && is_session_user(descriptor->constr, column);
	return source == GIVEN || !has_default;
}

/* All of them in their places, and behind them none but dropped ones. */
static bool
has_its_columns(TupleDesc descriptor, const TableShape *shape)
{
	if (descriptor->natts < shape->columns)
		return false;
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (i >= shape->columns)
		{
			if (!attribute->attisdropped)
				return false;
		}
		else if (!is_column(attribute, &shape->column[i]) ||
				 (shape->command == CMD_INSERT &&
				  !has_its_source(descriptor, attribute->attnum, shape->column[i].source)))
			return false;
	}
	return true;
}

static bool
is_argument(const Node *argument, AttrNumber column)
{
	if (column != 0)
		return IsA(argument, Var) && ((const Var *) argument)->varattno == column;
	return IsA(argument, Const) && ((const Const *) argument)->constbyval &&
		!((const Const *) argument)->constisnull && ((const Const *) argument)->constvalue == 0;
}

/* The function itself is compared, not its name, which may lead to another by now. */
static bool
is_check(Node *expression, const CheckShape *check)
{
	List	   *arguments;
	FmgrInfo	function;

	if (IsA(expression, FuncExpr))
	{
		arguments = ((FuncExpr *) expression)->args;
		fmgr_info(((FuncExpr *) expression)->funcid, &function);
	}
	else if (IsA(expression, OpExpr))
	{
		arguments = ((OpExpr *) expression)->args;
		set_opfuncid((OpExpr *) expression);
		fmgr_info(((OpExpr *) expression)->opfuncid, &function);
	}
	else
		return false;
	if (function.fn_addr != check->function || list_length(arguments) != check->arguments)
		return false;
	for (int i = 0; i < check->arguments; i++)
	{
		if (!is_argument(list_nth(arguments, i), check->columns[i]))
			return false;
	}
	return true;
}

static bool
has_check(const TupleConstr *constraints, const CheckShape *check)
{
	for (int i = 0; i < constraints->num_check; i++)
	{
		if (is_check(stringToNode(constraints->check[i].ccbin), check))
			return true;
	}
	return false;
}

static bool
is_not_built_in(Oid function, void *context)
{
	return function >= FirstUnpinnedObjectId;
}

/* What may change, or leave something half done, without the table's being told. */
static bool
is_not_plain(Node *expression, void *context)
{
	if (expression == NULL)
		return false;
	return IsA(expression, CoerceToDomain) || IsA(expression, CoerceToDomainValue) ||
		check_functions_in_node(expression, is_not_built_in, NULL) ||
		expression_tree_walker(expression, is_not_plain, NULL);
}

static bool
has_plain_checks(const TupleConstr *constraints)
{
	for (int i = 0; constraints && i < constraints->num_check; i++)
	{
		if (is_not_plain(stringToNode(constraints->check[i].ccbin), NULL))
			return false;
	}
	return true;
}

static bool
has_its_checks(const TupleConstr *constraints, const TableShape *shape)
{
	if (shape->runs_checks)
		return has_plain_checks(constraints);
	if ((constraints ? constraints->num_check : 0) != shape->checks)
		return false;
	for (int i = 0; i < shape->checks; i++)
	{
		if (!has_check(constraints, &shape->check[i]))
			return false;
	}
	return true;
}

static bool
is_guard(const Trigger *trigger, PGFunction guard)
{
	FmgrInfo	function;

	if (guard == NULL)
		return false;
	fmgr_info(trigger->tgfoid, &function);
	return function.fn_addr == guard;
}

/* An owner's foreign keys are triggers, too. */
static bool
fires_triggers(const TriggerDesc *triggers, const TableShape *shape)
{
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		int16		type = triggers->triggers[i].tgtype;

		if ((shape->command == CMD_INSERT ? TRIGGER_FOR_INSERT(type) : TRIGGER_FOR_UPDATE(type)) &&
			!is_guard(&triggers->triggers[i], shape->guard))
			return true;
	}
	return false;
}

static bool
has_shape(Relation table, const TableShape *shape)
{
	TupleDesc	descriptor = RelationGetDescr(table);

	if (table->rd_rel->relkind != RELKIND_RELATION ||
		table->rd_rel->relam != HEAP_TABLE_AM_OID ||
		table->rd_rel->relispartition || table->rd_rel->relrowsecurity ||
		table->rd_rules != NULL)
		return false;
	return has_its_columns(descriptor, shape) &&
		has_its_checks(descriptor->constr, shape) &&
		pg_class_aclmask(RelationGetRelid(table), GetUserId(), shape->rights, ACLMASK_ALL) == shape->rights &&
		!fires_triggers(table->trigdesc, shape);
}

/* What was found, about which table, for whom. */
static struct
{
	bool		known;
	bool		as_installed;
	Oid			table;
	Oid			user;
}			found[NUM_SHAPED_TABLES];
static uint64 changes = 0;

static void
notice_table(Datum argument, Oid relation)
{
	changes++;
	for (int i = 0; i < NUM_SHAPED_TABLES; i++)
	{
		if (!OidIsValid(relation) || found[i].table == relation)
			found[i].known = false;
	}
}

/* Functions of CHECKs, and roles. */
static void
notice_object(Datum argument, int cache, uint32 hash)
{
	notice_table(argument, InvalidOid);
}

static void
listen(void)
{
	static bool listening = false;

	if (listening)
		return;
	CacheRegisterRelcacheCallback(notice_table, (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, notice_object, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, notice_object, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, notice_object, (Datum) 0);
	listening = true;
}

/* Grows whenever anything about any table or index may have changed. */
uint64
table_changes(void)
{
	listen();
	return changes;
}

/*
 * The caller has the table open and locked.  Who checks rights besides
 * PostgreSQL, as pgaudit does, is to see each write: then none is without a plan.
 */
bool
table_has_its_shape(Relation table, ShapedTable which)
{
	Oid			id = RelationGetRelid(table);

	listen();
	if (!found[which].known || found[which].table != id || found[which].user != GetUserId())
	{
		uint64		before = changes;

		found[which].known = false;
		found[which].table = id;
		found[which].user = GetUserId();
		found[which].as_installed = has_shape(table, &table_shapes[which]);
		found[which].known = (changes == before);
	}
	return found[which].as_installed && ExecutorCheckPerms_hook == NULL;
}
