/*
 * access.h
 *		The access plane: what every read at a gate goes through.
 */
#ifndef SMART_PARKING_ACCESS_H
#define SMART_PARKING_ACCESS_H

#include "access/record/plate_read.h"
#include "server/call.h"

extern void access_judge(PlateRead *read, Verdict *verdict);
extern bool access_correct(PlateRead *read, const pg_uuid_t *passage_id, Verdict *verdict);
extern Datum verdict_row(Call *call, const Verdict *verdict);

#endif							/* SMART_PARKING_ACCESS_H */
