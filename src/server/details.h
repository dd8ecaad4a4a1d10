/*
 * details.h
 *		The details that go on record with what happened: members of a JSON
 *		object, as text.
 */
#ifndef SMART_PARKING_DETAILS_H
#define SMART_PARKING_DETAILS_H

#include "utils/uuid.h"

extern char *details_member(const char *members, const char *name, const char *value);
extern char *details_text(const char *members, const char *name, const char *text);
extern char *details_object(const char *members);
extern char *details_members(char *object);
extern char *uuid_text(const pg_uuid_t *id);

#endif							/* SMART_PARKING_DETAILS_H */
