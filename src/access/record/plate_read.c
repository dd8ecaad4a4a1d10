/*
 * plate_read.c
 *		A read of a plate: what a camera or a person gave, and its record.
 */
#include "postgres.h"

#include <math.h>

#include "access/stratnum.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/jsonb.h"
#include "utils/snapmgr.h"

#include "core/settings.h"
#include "plate/license_plate.h"
#include "plate/separators.h"
#include "server/errors.h"
#include "server/new_row.h"
#include "server/probe.h"
#include "server/tables.h"
#include "plate_read.h"

static char *
canonical_or_null(const char *text, size_t text_length)
{
	char		canonical[PLATE_MAX_BYTES + 1] = {0};
	size_t		length;

	if (license_plate_canonical(text, text_length, canonical, &length) != PLATE_OK)
		return NULL;
	return license_plate_means_none(canonical, length) ? NULL : pnstrdup(canonical, length);
}

/*
 * The canonical plate, or NULL if the text is no plate, or says that there is
 * none: by a word, or by ? for each character that could not be read.
 */
char *
plate_or_null(const char *plate_text)
{
	return canonical_or_null(plate_text, strlen(plate_text));
}

void
plate_read_set_plate(PlateRead *read, char *plate_text)
{
	read->plate_text = plate_text;
	read->car_plate = plate_or_null(plate_without_kept(plate_text));
	read->separated = read->car_plate ? plate_separated(plate_text) : NULL;
}

/* What a person typed: SP010 if it is no plate. */
void
plate_read_set_car(PlateRead *read, text *plate)
{
	plate_read_set_plate(read, text_to_cstring(plate));
	if (read->car_plate == NULL)
		(void) license_plate_of_car(cstring_to_text(plate_without_kept(read->plate_text)));
}

void
plate_read_set_confidence(PlateRead *read, float4 confidence)
{
	if (isnan(confidence) || confidence < 0 || confidence > 1)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("confidence must be between 0 and 1"),
				 errhint("Divide by 100 what a camera gives in percent.")));
	read->confidence = confidence;
	read->has_confidence = true;
}

/* Some cameras send an empty id with every event: that is no id. */
static char *
id_or_null(char *id, const char *name, const char *hint)
{
	if (id[0] == '\0')
		return NULL;
	if (strlen(id) > MAX_EVENT_ID_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_SP_INVALID_ARGUMENT),
				 errmsg("%s must have at most %d bytes", name, MAX_EVENT_ID_BYTES),
				 errhint("%s", hint)));
	return id;
}

void
plate_read_set_event(PlateRead *read, char *event_id)
{
	read->event_id = id_or_null(event_id, "event_id",
								"Pass the camera's own id of the event, not the message.");
}

void
plate_read_set_vehicle(PlateRead *read, char *vehicle)
{
	read->vehicle = id_or_null(vehicle, "vehicle",
							   "Pass the camera's own id of the car or tracked object.");
}

/* 0 to 1, or nothing said; false if it is neither. */
static bool
candidate_confidence(JsonbValue *value, double *confidence)
{
	*confidence = MATCH_NO_CONFIDENCE;
	if (value == NULL || value->type == jbvNull)
		return true;
	if (value->type != jbvNumeric)
		return false;
	*confidence = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
													 NumericGetDatum(value->val.numeric)));
	return *confidence >= 0 && *confidence <= 1;
}

static JsonbValue *
member(JsonbValue *object, const char *name)
{
	return getKeyJsonValueFromContainer(object->val.binary.data, name, (int) strlen(name), NULL);
}

static bool
read_candidate(JsonbValue *value, PlateReading *candidate)
{
	JsonbValue *plate;
	char	   *canonical;

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		return false;
	plate = member(value, "plate");
	if (plate == NULL || plate->type != jbvString ||
		!candidate_confidence(member(value, "confidence"), &candidate->confidence))
		return false;
	canonical = canonical_or_null(plate->val.string.val, plate->val.string.len);
	if (canonical == NULL)
		return false;
	candidate->plate = canonical;
	candidate->length = strlen(canonical);
	return true;
}

/* What is malformed is passed over: a camera cannot be asked. */
void
plate_read_set_candidates(PlateRead *read, Datum candidates)
{
	Jsonb	   *json = DatumGetJsonbP(candidates);

	read->candidates_json = candidates;
	if (!JB_ROOT_IS_ARRAY(json) || JB_ROOT_IS_SCALAR(json))
		return;
	for (uint32 i = 0; i < JB_ROOT_COUNT(json); i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(&json->root, i);

		if (read->candidate_count == MATCH_MAX_CANDIDATES)
			break;
		if (value && read_candidate(value, &read->candidates[read->candidate_count]))
			read->candidate_count++;
	}
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Whether row "row" of STMT_FIND_EVENT says all that this read says. */
static bool
says_as_much(const PlateRead *read, uint64 row)
{
	if (!same_text(read->car_plate, column_text(row, 1)))
		return false;
	if (!read->has_confidence)
		return true;
	return !column_is_null(row, 2) &&
		read->confidence <= DatumGetFloat4(column_datum(row, 2));
}

static void
stored_verdict(uint64 row, Verdict *verdict)
{
	verdict->decision = column_text(row, 3);
	verdict->reason = column_text(row, 4);
	verdict->has_booking = !column_is_null(row, 5);
	if (verdict->has_booking)
	{
		verdict->booking_id = column_uuid(row, 5);
		verdict->spot_no = DatumGetInt32(column_datum(row, 6));
		verdict->spot_label = column_text(row, 7);
		verdict->matched_plate = column_text(row, 8);
	}
	verdict->details = details_members(column_text(row, 9));
	verdict->has_command = verdict_opens(verdict) && !column_is_null(row, 11);
	if (verdict->has_command)
		verdict->command_id = column_uuid(row, 11);
}

/* Most events come once.  Those that revise one came after a read that has its id. */
static bool
is_new_event(const PlateRead *read)
{
	Snapshot	snapshot = probe_snapshot();
	Probe		probe = {0};
	bool		found;

	probe_key(&probe, 1, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(&read->gate_id));
	probe_key(&probe, 2, BTEqualStrategyNumber, F_TEXTEQ, DEFAULT_COLLATION_OID,
			  CStringGetTextDatum(read->event_id));
	probe_begin(&probe, "plate_read", "plate_read_event", snapshot);
	found = probe_next(&probe);
	probe_end(&probe);
	UnregisterSnapshot(snapshot);
	return !found;
}

/*
 * Whether the event was recorded before.  If it said as much then, that is the
 * answer again, in *verdict, and true.  Else this read revises the event.  What
 * is on record of it has a passage, mostly.
 */
bool
plate_read_seen(PlateRead *read, Verdict *verdict, pg_uuid_t *passage_id, bool *has_passage)
{
	Args		args = {0};
	uint64		found;

	*has_passage = false;
	if (is_new_event(read))
		return false;
	arg_uuid(&args, &read->gate_id);
	arg_text(&args, read->event_id);
	found = run_statement(STMT_FIND_EVENT, &args);
	*has_passage = found > 0 && !column_is_null(0, 10);
	if (*has_passage)
		*passage_id = column_uuid(0, 10);
	for (uint64 row = 0; row < found; row++)
	{
		if (says_as_much(read, row))
		{
			stored_verdict(row, verdict);
			return true;
		}
	}
	read->revises = found > 0;
	return false;
}

/*
 * Whether the gate's read of this plate at this very instant was replayed
 * before, with an id or without: then the answer is the same.
 */
bool
plate_read_replayed(const PlateRead *read, Verdict *verdict)
{
	Args		args = {0};

	arg_uuid(&args, &read->gate_id);
	arg_time(&args, read->read_at);
	arg_text(&args, read->car_plate);
	if (run_statement(STMT_FIND_REPLAY, &args) == 0)
		return false;
	stored_verdict(0, verdict);
	return true;
}

/*
 * Whether a read comes out of a store: it is old by its camera's clock, and that
 * clock agreed with ours in one of the camera's last reads, so it is to be
 * believed.  Not if it is as late as a read half a minute before or more: out of
 * a store reads come faster than they were made, so it is the clock that is off.
 */
bool
plate_read_is_backlog(const PlateRead *read, TimestampTz now)
{
	Args		args = {0};

	/* the beginning of the transaction is no camera's clock, but the default of read_at */
	if (setting_backlog_age == 0 || read->attendant_reason ||
		read->read_at == GetCurrentTransactionStartTimestamp() ||
		read->read_at >= now - setting_backlog_age * USECS_PER_SEC ||
		read->read_at < now - LONGEST_OUTAGE)
		return false;
	arg_uuid(&args, &read->gate_id);
	arg_text(&args, read->camera);
	arg_time(&args, now);
	arg_time(&args, read->read_at);
	run_statement(STMT_CAMERA_CLOCK, &args);
	return DatumGetBool(column_datum(0, 1)) && !DatumGetBool(column_datum(0, 2));
}

/* How many reads of a passage said this plate. */
int
plate_reads_agreeing(const pg_uuid_t *passage_id, const char *car_plate)
{
	Args		args = {0};

	arg_uuid(&args, passage_id);
	arg_text(&args, car_plate);
	run_statement(STMT_COUNT_AGREEING, &args);
	return (int) DatumGetInt64(column_datum(0, 1));
}

static void
concurrent_read(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to a concurrent read of the plate")));
}

static void
insert_read(NewRow *row)
{
	if (new_row_insert(row, STMT_RECORD_READ) != 1)
		concurrent_read();
}

/* The same for an event's first read: another call may have had the event, unseen by us. */
static void
insert_event(NewRow *row)
{
	MemoryContext context = CurrentMemoryContext;

	PG_TRY();
	{
		insert_read(row);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION || !same_text(error->constraint_name, "plate_read_event"))
			PG_RE_THROW();
		FlushErrorState();
		concurrent_read();
	}
	PG_END_TRY();
}

/*
 * An event's id stands on its first read only, since it is unique; a revision
 * has it among its details.
 */
void
plate_read_record(PlateRead *read, const pg_uuid_t *passage_id, TimestampTz now,
				  const Verdict *verdict)
{
	NewRow		row;
	char	   *details = verdict->details;

	if (read->revises)
		details = details_text(details, "revises", read->event_id);
	if (read->problem)
		details = details_text(details, "problem", read->problem);

	new_row_begin(&row, SHAPED_PLATE_READ);
	new_row_uuid(&row, Anum_plate_read_id, &read->id);
	new_row_uuid(&row, Anum_plate_read_gate_id, &read->gate_id);
	new_row_text(&row, Anum_plate_read_event_id, read->revises ? NULL : read->event_id);
	new_row_text(&row, Anum_plate_read_plate_text, read->plate_text);
	new_row_text(&row, Anum_plate_read_car_plate, read->car_plate);
	if (read->has_confidence)
		new_row_datum(&row, Anum_plate_read_confidence, Float4GetDatum(read->confidence));
	new_row_time(&row, Anum_plate_read_read_at, read->read_at);
	new_row_time(&row, Anum_plate_read_received_at, now);
	new_row_text(&row, Anum_plate_read_decision, verdict->decision);
	new_row_text(&row, Anum_plate_read_reason, verdict->reason);
	new_row_uuid(&row, Anum_plate_read_booking_id, verdict->has_booking ? &verdict->booking_id : NULL);
	new_row_uuid(&row, Anum_plate_read_passage_id, passage_id);
	new_row_text(&row, Anum_plate_read_matched_by, verdict->matched_by);
	if (read->candidates_json)
		new_row_datum(&row, Anum_plate_read_candidates, read->candidates_json);
	new_row_json(&row, Anum_plate_read_details, details_object(details));
	new_row_uuid(&row, Anum_plate_read_corrects, read->corrects);
	new_row_text(&row, Anum_plate_read_format, read->format);
	new_row_text(&row, Anum_plate_read_camera, read->camera);
	new_row_text(&row, Anum_plate_read_vehicle, read->vehicle);
	if (read->message)
		new_row_datum(&row, Anum_plate_read_message, read->message);
	new_row_datum(&row, Anum_plate_read_happened, BoolGetDatum(read->happened));
	if (read->event_id && !read->revises)
		insert_event(&row);
	else
		insert_read(&row);
}
