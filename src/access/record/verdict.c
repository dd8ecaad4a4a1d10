/*
 * verdict.c
 *		What the access plane decides about a read.
 */
#include "postgres.h"

#include "verdict.h"

void
verdict_set(Verdict *verdict, const char *decision, const char *reason)
{
	verdict->decision = decision;
	verdict->reason = reason;
}
