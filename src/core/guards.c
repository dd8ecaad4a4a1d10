/*
 * guards.c
 *		Triggers that keep bookings and history, whoever writes.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "server/errors.h"
#include "server/probe.h"
#include "server/tables.h"

PG_FUNCTION_INFO_V1(booking_guard);
PG_FUNCTION_INFO_V1(history_guard);

/* What a booking was made with stays; the plate as long as it waits for its car. */
static const char *const fixed_columns[] = {
	"id", "user_id", "parking_id", "spot_no", "created_at", "request_id", "requested_hold"
};

static void
refuse_loss_of_history(Relation relation)
{
	ereport(ERROR,
			(errcode(ERRCODE_SP_HISTORY_KEPT),
			 errmsg("rows of \"%s\" are history and stay as they are",
					RelationGetRelationName(relation)),
			 errhint("To apply a retention policy, the owner disables the trigger in the transaction that removes old rows.")));
}

static Datum
column_of(HeapTuple tuple, TupleDesc descriptor, const char *name, bool *isnull)
{
	int			number = SPI_fnumber(descriptor, name);

	if (number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("booking_guard found no column \"%s\"", name)));
	return SPI_getbinval(tuple, descriptor, number, isnull);
}

static bool
column_changed(HeapTuple before, HeapTuple after, TupleDesc descriptor, const char *name)
{
	Form_pg_attribute attribute = TupleDescAttr(descriptor, SPI_fnumber(descriptor, name) - 1);
	bool		was_null;
	bool		is_null;
	Datum		was = column_of(before, descriptor, name, &was_null);
	Datum		is = column_of(after, descriptor, name, &is_null);

	if (was_null || is_null)
		return was_null != is_null;
	return !datumIsEqual(was, is, attribute->attbyval, attribute->attlen);
}

static bool
column_null(HeapTuple tuple, TupleDesc descriptor, const char *name)
{
	bool		isnull;

	(void) column_of(tuple, descriptor, name, &isnull);
	return isnull;
}

/*
 * How often an entry of the booking was taken back on record, less how often it
 * is on record that it came in.
 */
static int
corrections_ahead(Datum booking_id)
{
	Snapshot	snapshot = probe_snapshot();
	Probe		probe = {0};
	bool		isnull;
	int			ahead = 0;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, booking_id);
	probe_begin(&probe, "booking_event", "booking_event_booking", snapshot);
	while (probe_next(&probe))
	{
		char	   *event = TextDatumGetCString(probe_column(&probe, Anum_booking_event_event, &isnull));

		if (strcmp(event, "entry_corrected") == 0)
			ahead++;
		else if (strcmp(event, "confirmed") == 0)
			ahead--;
	}
	probe_end(&probe);
	UnregisterSnapshot(snapshot);
	return ahead;
}

/* A car that was let in by mistake: on record first, and nothing else with it. */
static bool
is_correction(HeapTuple before, HeapTuple after, TupleDesc descriptor)
{
	bool		isnull;

	return column_null(after, descriptor, "confirmed_at") &&
		column_null(after, descriptor, "ended_at") &&
		!column_changed(before, after, descriptor, "car_plate") &&
		corrections_ahead(column_of(after, descriptor, "id", &isnull)) == 0;
}

/*
 * The states in terms of the instants, which CHECK status_fits_instants ties
 * to the status: an end is final, a car that came in does not un-come unless
 * that was a mistake, and it ends as completed, which the CHECK sees to.
 */
static void
check_transition(HeapTuple before, HeapTuple after, TupleDesc descriptor)
{
	bool		had_ended = !column_null(before, descriptor, "ended_at");
	bool		was_inside = !column_null(before, descriptor, "confirmed_at");
	bool		has_ended = !column_null(after, descriptor, "ended_at");
	bool		is_inside = !column_null(after, descriptor, "confirmed_at");

	if (had_ended ||
		(was_inside && column_changed(before, after, descriptor, "confirmed_at") &&
		 !is_correction(before, after, descriptor)) ||
		(!was_inside && is_inside && has_ended))
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_TRANSITION),
				 errmsg("the booking cannot go to this state from where it is"),
				 errhint("pending -> confirmed -> completed, pending -> cancelled, pending -> expired.")));
}

Datum
booking_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	TupleDesc	descriptor;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("booking_guard must be called as a row trigger of smart_parking.booking")));
	if (!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		refuse_loss_of_history(trigger->tg_relation);

	descriptor = RelationGetDescr(trigger->tg_relation);
	for (int i = 0; i < lengthof(fixed_columns); i++)
	{
		if (column_changed(trigger->tg_trigtuple, trigger->tg_newtuple, descriptor,
						   fixed_columns[i]))
			refuse_loss_of_history(trigger->tg_relation);
	}
	if (!column_null(trigger->tg_trigtuple, descriptor, "confirmed_at") &&
		column_changed(trigger->tg_trigtuple, trigger->tg_newtuple, descriptor, "car_plate"))
		refuse_loss_of_history(trigger->tg_relation);
	check_transition(trigger->tg_trigtuple, trigger->tg_newtuple, descriptor);
	return PointerGetDatum(trigger->tg_newtuple);
}

Datum
history_guard(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("history_guard must be called as a trigger")));
	refuse_loss_of_history(((TriggerData *) fcinfo->context)->tg_relation);
	PG_RETURN_NULL();
}
