/*
 * attempt.h
 *		Do something that can be taken back.
 */
#ifndef SMART_PARKING_ATTEMPT_H
#define SMART_PARKING_ATTEMPT_H

extern bool attempt(bool (*step) (void *arg), void *arg);

#endif							/* SMART_PARKING_ATTEMPT_H */
