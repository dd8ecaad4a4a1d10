/*
 * settings.c
 *		The settings smart_parking.*
 *
 * They are limits on callers, so callers cannot change them: superusers (and
 * roles granted SET on them) can, best with ALTER DATABASE ... SET.
 */
#include "postgres.h"

#include "utils/guc.h"

#include "plate/license_plate.h"
#include "plate/separators.h"
#include "server/compat.h"
#include "settings.h"

#define SECONDS_PER_DAY (24 * 60 * 60)
#define SECONDS_PER_WEEK (7 * SECONDS_PER_DAY)

int			setting_max_hold = 2 * 60 * 60;
int			setting_max_holds_per_user = 3;
bool		setting_group_counts_once = false;
int			setting_offer_life = 2 * 60;
int			setting_reacquire_window = 2 * 60 * 60;
int			setting_match_memory = 30 * SECONDS_PER_DAY;
int			setting_count_lifetime = 30 * 60;
int			setting_backlog_age = 2 * 60;
MatchRules	setting_match = MATCH_DEFAULT_RULES;

/*
 * What may be taken for what at a gate; docs/plate_matching.md says what each
 * choice gives.  A variable's value before is the setting's default, here and below.
 */
static void
define_match_int(const char *name, const char *description, int *variable, int least, int most)
{
	DefineCustomIntVariable(name, description, NULL, variable, *variable, least, most,
							PGC_SUSET, 0, NULL, NULL, NULL);
}

static void
define_match_confidence(const char *name, const char *description, double *variable, double most)
{
	DefineCustomRealVariable(name, description, NULL, variable, *variable, 0, most,
							 PGC_SUSET, 0, NULL, NULL, NULL);
}

static void
define_match_settings(void)
{
	define_match_int("smart_parking.match_confusable_cost",
					 "Cost of a confusable character in a plate, in hundredths of an edit.",
					 &setting_match.costs.confusable, 1, PLATE_EDIT);
	define_match_int("smart_parking.match_frequent_cost",
					 "Cost of an 8 that a read lacks, and of a 1 too many in it, in hundredths of an edit.",
					 &setting_match.costs.frequent, 1, PLATE_EDIT);
	define_match_int("smart_parking.match_unread_cost",
					 "Cost of a ? in a read, in hundredths of an edit.",
					 &setting_match.costs.unread, 1, PLATE_EDIT);
	define_match_int("smart_parking.match_mark_cost",
					 "Cost of a mark that a read lacks, as of a U for a U with diaeresis, in hundredths of an edit.",
					 &setting_match.costs.mark, 1, PLATE_EDIT);
	define_match_int("smart_parking.match_candidate_cost",
					 "Cost on top where another candidate of the camera matched, in hundredths of an edit.",
					 &setting_match.candidate_cost, 1, PLATE_EDIT);
	define_match_int("smart_parking.match_bound_per_char",
					 "Highest cost for each character read at which a likeness opens; 0: equality only.",
					 &setting_match.bound_per_char, 0, PLATE_MAX_DISTANCE);
	define_match_int("smart_parking.match_margin",
					 "By how much all other bookings must cost more for a likeness to be clear.",
					 &setting_match.margin, 1, PLATE_MAX_DISTANCE);
	define_match_int("smart_parking.match_near_miss",
					 "Up to so much past the bound a person is asked.",
					 &setting_match.near_miss, 0, PLATE_MAX_DISTANCE);
	define_match_int("smart_parking.match_min_chars",
					 "Fewest characters read with which a likeness opens.",
					 &setting_match.min_chars, 0, PLATE_MAX_CHARS);
	define_match_int("smart_parking.match_fit_chars",
					 "Fewest characters read with which the only booking that fits a read with ? opens, whatever else is like it.",
					 &setting_match.fit_chars, 1, PLATE_MAX_CHARS);
	DefineCustomIntVariable("smart_parking.match_memory",
							"How long a lot remembers which plates came, so as not to take a car that it knows for a booked one that is like it; 0: not at all.",
							NULL,
							&setting_match_memory,
							setting_match_memory, 0, 366 * SECONDS_PER_DAY,
							PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);
	define_match_confidence("smart_parking.match_min_confidence",
							"Confidence below which a reading opens by equality only.",
							&setting_match.min_confidence, 1);
	define_match_confidence("smart_parking.match_sure_confidence",
							"Confidence from which on a read that is a plain edit off goes to a person; above 1: off.",
							&setting_match.sure_confidence, 2);
}

/* What the words mean is worked out here, once, and not for each plate. */
static bool
check_no_plate_words(char **newval, void **extra, GucSource source)
{
	NoPlateWords *words = guc_malloc(LOG, sizeof(NoPlateWords));
	const char *complaint;

	if (words == NULL)
		return false;
	complaint = license_plate_parse_no_plate_words(*newval, words);
	if (complaint)
	{
		GUC_check_errdetail("%s", complaint);
		GUC_FREE(words);
		return false;
	}
	*extra = words;
	return true;
}

static void
assign_no_plate_words(const char *newval, void *extra)
{
	license_plate_use_no_plate_words(extra);
}

/* Groups and queues. */
static void
define_driver_settings(void)
{
	static bool notify_offers;	/* read in SQL */

	DefineCustomBoolVariable("smart_parking.group_counts_once",
							 "Whether the holds of a group count as one against max_holds_per_user.",
							 NULL,
							 &setting_group_counts_once,
							 setting_group_counts_once,
							 PGC_SUSET, 0,
							 NULL, NULL, NULL);

	DefineCustomIntVariable("smart_parking.offer_life",
							"How long a spot is held for the first in a queue.",
							NULL,
							&setting_offer_life,
							setting_offer_life, 1, SECONDS_PER_WEEK,
							PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);

	DefineCustomBoolVariable("smart_parking.notify_offers",
							 "Whether offers are told by NOTIFY smart_parking_offer.",
							 NULL,
							 &notify_offers,
							 false,
							 PGC_SUSET, 0,
							 NULL, NULL, NULL);
}

void
define_settings(void)
{
	static char *no_plate_words;

	DefineCustomIntVariable("smart_parking.max_hold",
							"Longest life of a hold, extensions included.",
							NULL,
							&setting_max_hold,
							setting_max_hold, 1, SECONDS_PER_WEEK,
							PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);

	DefineCustomIntVariable("smart_parking.max_holds_per_user",
							"Most holds that a user may have at a time, over all lots; 0: no limit.",
							NULL,
							&setting_max_holds_per_user,
							setting_max_holds_per_user, 0, 10000,
							PGC_SUSET, 0,
							NULL, NULL, NULL);

	DefineCustomIntVariable("smart_parking.reacquire_window",
							"How long after its hold lapsed a car still gets a spot at the gate, if there is one.",
							NULL,
							&setting_reacquire_window,
							setting_reacquire_window, 0, SECONDS_PER_WEEK,
							PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);

	DefineCustomIntVariable("smart_parking.count_lifetime",
							"How long a count of free spots that was measured outside is used.",
							NULL,
							&setting_count_lifetime,
							setting_count_lifetime, 1, SECONDS_PER_WEEK,
							PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);

	DefineCustomIntVariable("smart_parking.backlog_age",
							"From this age on a read by a camera clock that agrees is no news: it is recorded, and opens nothing; 0: off.",
							NULL,
							&setting_backlog_age,
							setting_backlog_age, 0, SECONDS_PER_WEEK,
							PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);

	DefineCustomBoolVariable("smart_parking.keep_separators",
							 "Whether plates that only a separator tells apart are two, as B-NO 4821 and BN-O 4821.",
							 NULL,
							 &plate_keeps_separators,
							 plate_keeps_separators,
							 PGC_SUSET, 0,
							 NULL, NULL, NULL);

	DefineCustomStringVariable("smart_parking.no_plate_words",
							   "Words that mean a car without a plate, besides the vendors'; with a leading minus: not that one.",
							   NULL,
							   &no_plate_words,
							   "",
							   PGC_SUSET, GUC_LIST_INPUT,
							   check_no_plate_words, assign_no_plate_words, NULL);

	define_driver_settings();
	define_match_settings();
	MarkGUCPrefixReserved("smart_parking");
}
