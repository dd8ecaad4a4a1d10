/*
 * own_settings.h
 *		What a sweeper's transactions do not take from the database's settings.
 */
#ifndef SMART_PARKING_OWN_SETTINGS_H
#define SMART_PARKING_OWN_SETTINGS_H

extern void own_settings(void);
extern void no_statement_timeout(void);

#endif							/* SMART_PARKING_OWN_SETTINGS_H */
