/*
 * incident.c
 *		What a person has to look at.
 */
#include "postgres.h"

#include "core/region_id.h"
#include "server/details.h"
#include "server/statements.h"
#include "incident.h"

void
incident_raise(const Incident *incident, TimestampTz now)
{
	Args		args = {0};
	pg_uuid_t	id;

	region_id_beside(incident->gate_id, now, &id);
	arg_uuid(&args, &id);
	arg_uuid(&args, incident->gate_id);
	arg_time(&args, now);
	arg_text(&args, incident->kind);
	arg_uuid(&args, incident->plate_read_id);
	arg_uuid(&args, incident->command_id);
	arg_uuid(&args, incident->booking_id);
	arg_uuid(&args, incident->other_booking_id);
	arg_text(&args, incident->event_id);
	arg_text(&args, details_object(incident->details));
	run_statement(STMT_RAISE_INCIDENT, &args);
}
