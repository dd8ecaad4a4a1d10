/*
 * camera.c
 *		Messages of recognition engines, as they send them.
 */
#include <stdarg.h>
#include <stdio.h>

#include "simulator.h"

static char message[1000];

static const char *
compose(const char *format, ...)
{
	va_list		list;

	va_start(list, format);
	vsnprintf(message, sizeof(message), format, list);
	va_end(list);
	return message;
}

/* Frigate: the same id with another plate revises the earlier read. */
const char *
frigate(const char *run, int car, const char *plate, double score)
{
	return compose("{\"type\": \"lpr\", \"id\": \"%s-%d\", \"plate\": \"%s\", \"score\": %.2f, \"camera\": \"entry\", \"timestamp\": %.3f}",
				   run, car, plate, score, clock_now());
}

/* OpenALPR: one message a frame ... */
const char *
openalpr_frame(const char *run, int frame, const char *plate, double confidence)
{
	return compose("{\"data_type\": \"alpr_results\", \"uuid\": \"%s-f%d\", \"camera_id\": 2, \"epoch_time\": %.0f, "
				   "\"results\": [{\"plate\": \"%s\", \"confidence\": %.1f, \"candidates\": []}]}",
				   run, frame, clock_now() * 1000, plate, confidence);
}

/* ... and one that sums up the frames first to last of a car, up to ten seconds later. */
const char *
openalpr_group(const char *run, int first, int last, const char *plate, double confidence)
{
	return compose("{\"data_type\": \"alpr_group\", \"camera_id\": 2, \"epoch_start\": %.0f, \"best_uuid\": \"%s-f%d\", "
				   "\"uuids\": [\"%s-f%d\", \"%s-f%d\"], \"best_plate_number\": \"%s\", \"best_confidence\": %.1f, \"candidates\": []}",
				   clock_now() * 1000, run, last, run, first, run, last, plate, confidence);
}
