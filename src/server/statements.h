/*
 * statements.h
 *		Every SQL statement that the C code runs.
 */
#ifndef SMART_PARKING_STATEMENTS_H
#define SMART_PARKING_STATEMENTS_H

#include "executor/spi.h"
#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

typedef enum Statement
{
	/* spot counter */
	STMT_CLAIM,
	STMT_GIVE_BACK,
	STMT_AVAILABILITY,

	/* booking */
	STMT_INSERT_HOLD,
	STMT_INSERT_HOLD_SERIALIZED,
	STMT_INSERT_STAY,
	STMT_LOCK_BOOKING,
	STMT_LOCK_BOOKING_IF_FREE,
	STMT_LOCK_BOOKING_OF_PLATE,
	STMT_FIND_REQUEST,
	STMT_LAST_ENDED_OF_PLATE,
	STMT_EXTEND,
	STMT_CONFIRM,
	STMT_UNCONFIRM,
	STMT_END,
	STMT_LOG_EVENT,
	STMT_FIND_LAPSED_IN_LOT,
	STMT_CLOSED_STAY_OF_PLATE,
	STMT_HOLDS_BY_GROUP,
	STMT_LAPSED_SPOTS,
	STMT_LOCK_SLICES,
	STMT_INSERT_GROUP_MEMBER,
	STMT_GROUP_OF_BOOKING,
	STMT_FIND_GROUP_REQUEST,
	STMT_GROUP_MEMBERS,
	STMT_HOLD_TO_RENEW,
	STMT_SPOT_BY_NO,
	STMT_SPOT_BY_LABEL,
	STMT_PLATE_OF_BOOKING,
	STMT_CHANGE_PLATE,
	STMT_NAME_OF_LOT,
	STMT_READ_TO_CORRECT,
	STMT_FIND_REPLAY,
	STMT_PASSAGE_OF_REPLAY,
	STMT_PASSAGE_AROUND,
	STMT_CAMERA_CLOCK,
	STMT_LEFT_AFTER,
	STMT_STAY_AROUND,
	STMT_HOLD_BEFORE,
	STMT_HOLD_THAT_LAPSED,
	STMT_INSERT_PAST,

	/* search */
	STMT_LOTS_IN_REACH,
	STMT_LOTS_TO_TRY,
	STMT_ACTIVE_IN_REACH,

	/* access */
	STMT_KEEP_GATE,
	STMT_FIND_EVENT,
	STMT_COUNT_AGREEING,
	STMT_RECORD_READ,
	STMT_LAST_PASSAGE,
	STMT_PASSAGE_BY_ID,
	STMT_PASSAGE_OF_EVENTS,
	STMT_PASSAGE_OF_VEHICLE,
	STMT_TRAFFIC,
	STMT_PASSAGE_HAS_EVENT,
	STMT_SET_PASSAGES_BACK,
	STMT_RENEW_COMMAND,
	STMT_BEGIN_PASSAGE,
	STMT_GO_ON_WITH_PASSAGE,
	STMT_ISSUE_COMMAND,
	STMT_ACKNOWLEDGE,
	STMT_COMMAND_STATE,
	STMT_GATE_OF_COMMAND,
	STMT_LOCK_COMMAND,
	STMT_END_COMMAND,
	STMT_COMMAND_OF_EVENT,
	STMT_LIVE_COMMAND,
	STMT_RAISE_INCIDENT,
	STMT_LOCK_LOT,
	STMT_BOOKING_ON_SPOT,

	/* sweeper: what is due, wherever it is, and of a list */
	STMT_CHECK_AT_ONCE,
	STMT_FIND_LAPSED,
	STMT_EXPIRE_BATCH,
	STMT_EXPIRE_THESE,
	STMT_FIND_OVERSTAYS,
	STMT_CLOSE_OVERSTAYS,
	STMT_CLOSE_THESE_OVERSTAYS,
	STMT_FIND_DUE_COMMANDS,
	STMT_DUE_COMMANDS,
	STMT_THESE_DUE_COMMANDS,
	STMT_MAKE_OFFERS,
	STMT_RECORD_SWEEP_FAILURE,
	STMT_SETTLE_SWEEP_FAILURES,

	NUM_STATEMENTS
} Statement;

#define MAX_STATEMENT_ARGS 22

/* stands for the quoted name of PostGIS's schema, which the user chose */
#define POSTGIS_MARKER "@postgis@"

typedef struct StatementText
{
	const char *sql;
	int			nargs;
	Oid			argtypes[MAX_STATEMENT_ARGS];
} StatementText;

extern const StatementText statements[NUM_STATEMENTS];

/* Arguments are built up in the order $1, $2, ... */
typedef struct Args
{
	int			count;
	Datum		values[MAX_STATEMENT_ARGS];
	char		nulls[MAX_STATEMENT_ARGS];
} Args;

extern void arg_datum(Args *args, Datum value);
extern void arg_null(Args *args);
extern void arg_uuid(Args *args, const pg_uuid_t *value);
extern void arg_text(Args *args, const char *value);
extern void arg_time(Args *args, TimestampTz value);

extern uint64 run_statement(Statement statement, Args *args);
extern uint64 run_statement_as_of(Statement statement, Args *args, Snapshot snapshot);

extern Portal open_statement(Statement statement, Args *args);
extern uint64 fetch_rows(Portal portal, int most);
extern void close_rows(Portal portal);

/* Columns of the rows that the last statement returned; columns count from 1. */
extern bool column_is_null(uint64 row, int column);
extern Datum column_datum(uint64 row, int column);
extern pg_uuid_t column_uuid(uint64 row, int column);
extern char *column_text(uint64 row, int column);

#endif							/* SMART_PARKING_STATEMENTS_H */
