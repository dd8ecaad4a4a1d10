/*
 * attempt.h
 *		Do something that can be taken back.
 */
#ifndef SMART_PARKING_ATTEMPT_H
#define SMART_PARKING_ATTEMPT_H

#include "utils/elog.h"

extern bool attempt(bool (*step) (void *arg), void *arg);
extern ErrorData *attempt_or_error(void (*step) (void *arg), void *arg);

#endif							/* SMART_PARKING_ATTEMPT_H */
