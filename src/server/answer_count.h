/*
 * answer_count.h
 *		How often reserve_spot() gave which answer.
 */
#ifndef SMART_PARKING_ANSWER_COUNT_H
#define SMART_PARKING_ANSWER_COUNT_H

typedef enum Answer
{
	ANSWER_RESERVED,
	ANSWER_REPEATED,			/* reserved, by an earlier call with this request_id */
	ANSWER_ALREADY_RESERVED,
	ANSWER_FULL,
	ANSWER_CLOSED,
	ANSWER_TOO_MANY_HOLDS,		/* an error, as is the next */
	ANSWER_PLATE_TAKEN,
	NUM_ANSWERS
} Answer;

extern void count_answer(Answer answer);

#endif							/* SMART_PARKING_ANSWER_COUNT_H */
