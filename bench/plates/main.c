/*
 * main.c
 *		What the choices of plate matching give on reads as real ones are:
 *
 *     scripts/plates [--reads N]       (default: 100000 for each country)
 *
 * prints the tables of docs/plate_matching.md, the same ones each time.  The
 * time per plate depends on the machine.
 */
#include "fleet.h"
#include "lot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOTS		50
#define STRANGERS	0.10
#define SEED		20240229
#define MARK_COSTS	PLATE_DEFAULT_MARK, 1, 30, 60, PLATE_EDIT

typedef struct Choice
{
	const char *name;
	MatchRules	rules;
} Choice;

static const MatchRules default_rules = MATCH_DEFAULT_RULES;
static const char *const countries[COUNTRIES] = {"German plates", "US plates", "Russian plates"};
static int	reads_per_country = 100000;

static Study
usual_study(Country country, int bookings)
{
	Study		study = {
		.country = country,
		.engine = PLAIN_ENGINE,
		.rules = default_rules,
		.bookings = bookings,
		.strangers = STRANGERS,
		.with_confidence = true,
		.lots = LOTS,
		.reads = reads_per_country / LOTS,
		.seed = SEED + country
	};

	return study;
}

static double
share(long part, long whole, double of)
{
	return whole > 0 ? of * (double) part / (double) whole : 0;
}

static void
print_header(const char *title)
{
	printf("| %s | repaired | to manual | not matched | misread booked cars, wrongly opened | strangers, wrongly opened | wrongly opened, sum | strangers to manual | right reads not opened |\n", title);
	printf("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
}

static void
print_row(const char *name, const Tally *tally)
{
	long		misreads = 0;

	for (int i = 0; i < OUTCOMES; i++)
		misreads += tally->misread[i];
	printf("| %s | %.1f %% | %.1f %% | %.1f %% | %.2f | %.2f | %.2f | %.2f | %.2f |\n", name,
		   share(tally->misread[OPENED], misreads, 100),
		   share(tally->misread[MANUAL], misreads, 100),
		   share(tally->misread[NOT_MATCHED], misreads, 100),
		   share(tally->misread[WRONGLY_OPENED] + tally->right[WRONGLY_OPENED], tally->reads, 1000),
		   share(tally->stranger[WRONGLY_OPENED], tally->reads, 1000),
		   share(tally->misread[WRONGLY_OPENED] + tally->right[WRONGLY_OPENED] +
				 tally->stranger[WRONGLY_OPENED], tally->reads, 1000),
		   share(tally->stranger[MANUAL], tally->reads, 1000),
		   share(tally->right[MANUAL] + tally->right[NOT_MATCHED], tally->reads, 1000));
	fflush(stdout);
}

static void
print_choice(const char *name, const MatchRules *rules, int bookings)
{
	Tally		tally = {0};

	for (int country = 0; country < COUNTRIES; country++)
	{
		Study		study = usual_study((Country) country, bookings);

		study.rules = *rules;
		study_lots(&study, &tally);
	}
	print_row(name, &tally);
}

/* Rules with one or two things other than by default. */
#define CHOICE(name, ...) \
	do { \
		MatchRules	rules = default_rules; \
		__VA_ARGS__; \
		print_choice(name, &rules, bookings); \
	} while (0)

static void
print_choices(int bookings)
{
	printf("\n%d live bookings in the lot:\n\n", bookings);
	print_header("choice");
	CHOICE("**defaults**", (void) 0);
	CHOICE("bound_per_char 0: equality only", rules.bound_per_char = rules.near_miss = 0);
	CHOICE("bound_per_char 8: one or two confusable characters", rules.bound_per_char = 8);
	CHOICE("bound_per_char 15: a plain edit from 7 characters on", rules.bound_per_char = 15);
	CHOICE("bound_per_char 17: a plain edit from 6 characters on", rules.bound_per_char = 17);
	CHOICE("bound_per_char 25: a plain edit from 4 characters on", rules.bound_per_char = 25);
	CHOICE("confusable_cost and frequent_cost 100: all edits alike", rules.costs.confusable = rules.costs.frequent = PLATE_EDIT);
	CHOICE("margin 1: only ties are ambiguous", rules.margin = 1);
	CHOICE("margin 50", rules.margin = 50);
	CHOICE("margin 100", rules.margin = 100);
	CHOICE("margin 150", rules.margin = 150);
	CHOICE("near_miss 0: past the bound is not matched", rules.near_miss = 0);
	CHOICE("near_miss 60", rules.near_miss = 60);
	CHOICE("min_chars 6", rules.min_chars = 6);
	CHOICE("min_confidence 0: however low", rules.min_confidence = 0);
	CHOICE("min_confidence 0.5", rules.min_confidence = 0.5);
	CHOICE("sure_confidence 0.90", rules.sure_confidence = 0.90);
	CHOICE("sure_confidence 1.01: however sure", rules.sure_confidence = 1.01);
	CHOICE("margin 50, sure_confidence 1.01, bound_per_char 25", rules.margin = 50; rules.sure_confidence = 1.01; rules.bound_per_char = 25);
}

static void
print_study(const char *name, const Study *study)
{
	Tally		tally = {0};

	study_lots(study, &tally);
	print_row(name, &tally);
}

/* By default rules, one country and camera at a time. */
static void
print_circumstances(int bookings)
{
	Study		study;
	char		name[80];

	printf("\nThe defaults, %d live bookings:\n\n", bookings);
	print_header("reads");
	for (int country = 0; country < COUNTRIES; country++)
	{
		study = usual_study((Country) country, bookings);
		print_study(countries[country], &study);
		snprintf(name, sizeof(name), "%s, no confidence given", countries[country]);
		study.with_confidence = false;
		print_study(name, &study);
		snprintf(name, sizeof(name), "%s, with candidates", countries[country]);
		study.with_confidence = study.with_candidates = true;
		print_study(name, &study);
		snprintf(name, sizeof(name), "%s, with strays", countries[country]);
		study.with_candidates = false;
		study.with_strays = true;
		print_study(name, &study);
		snprintf(name, sizeof(name), "%s, half of all reads of strangers", countries[country]);
		study.with_strays = false;
		study.strangers = 0.5;
		print_study(name, &study);
	}
	study = usual_study(RUSSIA, bookings);
	study.engine = UNREAD_ENGINE;
	print_study("Russian plates, a camera that writes ?", &study);
	study.rules.fit_chars = PLATE_MAX_CHARS;
	print_study("the same, match_fit_chars 16: off", &study);
	study.rules = default_rules;
	study.engine = OFTEN_UNREAD_ENGINE;
	print_study("Russian plates, mostly several ?", &study);
	study.rules.fit_chars = 4;
	print_study("the same, match_fit_chars 4", &study);
	study.rules.fit_chars = 6;
	print_study("the same, match_fit_chars 6", &study);
	study.rules.fit_chars = PLATE_MAX_CHARS;
	print_study("the same, match_fit_chars 16: off", &study);
}

/* Plates with marks, and an engine that knows none: what a mark may cost. */
static void
print_marks(int bookings)
{
	static const char *const places[] = {"a German town with an umlaut", "Swedish plates, a fifth of them personal"};
	static const int costs[] = {MARK_COSTS};

	printf("\nAn engine that knows no marks, %d live bookings:\n\n", bookings);
	print_header("reads");
	for (int i = 0; i < 2; i++)
	{
		Study		study = usual_study((Country) (GERMANY_UMLAUTS + i), bookings);
		char		name[80];

		study.engine = MARKLESS_ENGINE;
		for (int k = 0; k < (int) (sizeof(costs) / sizeof(costs[0])); k++)
		{
			study.rules.costs.mark = costs[k];
			snprintf(name, sizeof(name), "%s, mark_cost %d", places[i], costs[k]);
			print_study(name, &study);
		}
	}
}

static long
sum_of(const long *counts)
{
	long		sum = 0;

	for (int i = 0; i < OUTCOMES; i++)
		sum += counts[i];
	return sum;
}

static void
print_fleet_row(const char *name, const FleetStudy *study)
{
	FleetTally	tally = {0};
	const long *right = tally.count[BOOKED_READ_RIGHT];
	const long *misread = tally.count[BOOKED_MISREAD];
	const long *first = tally.count[STRANGER_AT_FIRST];
	const long *seen = tally.count[STRANGER_SEEN];

	study_fleet(study, &tally);
	printf("| %s | %.1f %% | %.1f %% | %.2f %% | %.2f %% | %.2f %% | %.2f %% | %.2f %% | %.2f %% |\n", name,
		   share(misread[OPENED], sum_of(misread), 100), share(misread[MANUAL], sum_of(misread), 100),
		   share(misread[WRONGLY_OPENED], sum_of(misread), 100),
		   share(first[WRONGLY_OPENED], sum_of(first), 100), share(first[MANUAL], sum_of(first), 100),
		   share(seen[WRONGLY_OPENED], sum_of(seen), 100), share(seen[MANUAL], sum_of(seen), 100),
		   share(sum_of(right) - right[OPENED], sum_of(right), 100));
	fflush(stdout);
}

/* Rules with one or two things other than by default, at a site whose plates are alike. */
#define FLEET(name, ...) \
	do { \
		FleetStudy	study = usual; \
		__VA_ARGS__; \
		print_fleet_row(name, &study); \
	} while (0)

#define FORGETS		study.remembers = false
#define FITS_OFF	study.rules.fit_chars = PLATE_MAX_CHARS

static void
print_fleet(void)
{
	const FleetStudy usual = {
		.engine = OFTEN_UNREAD_ENGINE,
		.rules = default_rules,
		.remembers = true,
		.booked = 0.5,
		.alike = 0.26,
		.sites = reads_per_country / 1000,
		.reads = 2000,
		.seed = SEED
	};

	printf("\nA site whose plates are alike:\n\n");
	printf("| choice | repaired | to manual | misread, wrongly opened | strangers at first sight, wrongly opened | to manual | strangers seen before, wrongly opened | to manual | right reads not opened |\n");
	printf("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	FLEET("**defaults**", (void) 0);
	FLEET("match_memory 0 and match_fit_chars 16: as it was", FORGETS; FITS_OFF);
	FLEET("match_memory 0", FORGETS);
	FLEET("match_fit_chars 4", study.rules.fit_chars = 4);
	FLEET("match_fit_chars 6", study.rules.fit_chars = 6);
	FLEET("match_fit_chars 16: off", FITS_OFF);
	FLEET("known_margin 1 (not a setting; it is 31)", study.rules.known_margin = 1);
	FLEET("known_margin 110", study.rules.known_margin = 110);
	FLEET("one car in ten is misread in one way each second time", study.stuck = 0.1);
	FLEET("the same as it was", study.stuck = 0.1; FORGETS; FITS_OFF);
	FLEET("plates that are not alike", study.alike = 0);
	FLEET("the same as it was", study.alike = 0; FORGETS; FITS_OFF);
	FLEET("a camera that writes no ?", study.engine = PLAIN_ENGINE);
	FLEET("the same as it was", study.engine = PLAIN_ENGINE; FORGETS; FITS_OFF);
	FLEET("one car in ten booked", study.booked = 0.1);
	FLEET("the same as it was", study.booked = 0.1; FORGETS; FITS_OFF);
}

/* How the model's errors compare with those of 105 real misreads. */
static void
print_fit(void)
{
	Study		study = usual_study(USA, 751);
	Fit			fit = {0};

	study_fit(&study, reads_per_country, &fit);
	printf("Of 105 misreads of US plates, by the model: one edit off %.1f, two %.1f, empty %.1f;\n"
		   "repaired by folding %.1f, by one edit against 751 plates %.1f; another plate alone within one edit %.2f.\n",
		   share(fit.one_off, fit.misreads, 105), share(fit.two_off, fit.misreads, 105),
		   share(fit.empty, fit.misreads, 105), share(fit.folded, fit.misreads, 105),
		   share(fit.one_edit, fit.misreads, 105), share(fit.one_edit_wrong, fit.misreads, 105));
}

static void
print_speed(void)
{
	for (int country = 0; country < COUNTRIES; country++)
	{
		Study		study = usual_study((Country) country, MAX_BOOKINGS);
		int			reads = 2000;
		clock_t		start = clock();
		double		seconds;
		int			opened = match_misreads(&study, reads);

		seconds = (double) (clock() - start) / CLOCKS_PER_SEC;
		printf("%s: %.0f ns for each of %d bookings, %.2f ms a read (%d of %d opened)\n",
			   countries[country], seconds / reads / MAX_BOOKINGS * 1e9, MAX_BOOKINGS,
			   seconds / reads * 1e3, opened, reads);
	}
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--reads") == 0)
		reads_per_country = atoi(argv[2]);
	else if (argc != 1)
		return 2;
	if (reads_per_country < LOTS)
		return 2;

	print_fit();
	print_choices(300);
	print_choices(3000);
	print_circumstances(300);
	print_marks(300);
	print_fleet();
	printf("\n");
	print_speed();
	return 0;
}
