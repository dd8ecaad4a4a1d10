/*
 * settings.h
 *		The settings smart_parking.*
 */
#ifndef SMART_PARKING_SETTINGS_H
#define SMART_PARKING_SETTINGS_H

#include "plate/plate_match.h"

extern int	setting_max_hold;			/* seconds */
extern int	setting_max_holds_per_user; /* 0: no limit */
extern bool setting_group_counts_once;
extern int	setting_offer_life;	/* seconds */
extern int	setting_reacquire_window;	/* seconds */
extern int	setting_match_memory;		/* seconds; 0: none */
extern int	setting_count_lifetime;	/* seconds */
extern int	setting_backlog_age;	/* seconds; 0: off */
extern MatchRules setting_match;

extern void define_settings(void);

#endif							/* SMART_PARKING_SETTINGS_H */
