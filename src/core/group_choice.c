/*
 * group_choice.c
 *		Which of the spots that could be had a group takes: those that follow
 *		each other most closely.
 */
#include "postgres.h"

#include "group_choice.h"

/* Whether spots are in one slice, or in slices that follow each other. */
bool
spots_are_together(const GroupSpot *spots, int count)
{
	int			least = PG_INT32_MAX;
	int			most = -1;

	for (int i = 0; i < count; i++)
	{
		least = Min(least, spots[i].slice_no);
		most = Max(most, spots[i].slice_no);
	}
	for (int slice_no = least + 1; slice_no < most; slice_no++)
	{
		bool		has_spot = false;

		for (int i = 0; i < count && !has_spot; i++)
			has_spot = spots[i].slice_no == slice_no;
		if (!has_spot)
			return false;
	}
	return true;
}

/* The spots from "first" on, as many as are wanted: smaller is better. */
static int64
badness(const Candidate *first, int wanted)
{
	GroupSpot	spots[MAX_GROUP] = {{0}};
	int64		span = first[wanted - 1].at.spot_no - first[0].at.spot_no;

	for (int i = 0; i < wanted; i++)
		spots[i] = first[i].at;
	return spots_are_together(spots, wanted) ? span : span + PG_INT32_MAX;
}

/* Those that nobody holds come first in the array; how many they are. */
static int
put_held_last(Candidates *found)
{
	int			free_count = 0;
	Candidate  *sorted = palloc(sizeof(Candidate) * found->count);
	int			held_at = found->count;

	for (int i = 0; i < found->count; i++)
	{
		if (!found->all[i].held)
			sorted[free_count++] = found->all[i];
		else
			sorted[--held_at] = found->all[i];
	}
	found->all = sorted;
	return free_count;
}

/* The first of those that follow each other most closely, or NULL: there are too few. */
Candidate *
choose_spots(Candidates *found, int wanted, bool held_too)
{
	int			count = held_too ? found->count : put_held_last(found);
	Candidate  *best = NULL;
	int64		best_badness = PG_INT64_MAX;

	for (int i = 0; i + wanted <= count && best_badness >= wanted; i++)
	{
		int64		this_badness = badness(&found->all[i], wanted);

		if (this_badness < best_badness)
		{
			best = &found->all[i];
			best_badness = this_badness;
		}
	}
	return best;
}
