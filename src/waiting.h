/*
 * waiting.h
 *		Wait for other transactions.
 */
#ifndef SMART_PARKING_WAITING_H
#define SMART_PARKING_WAITING_H

extern bool wait_for_row_holder(uint64 rows);

#endif							/* SMART_PARKING_WAITING_H */
