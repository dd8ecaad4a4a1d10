/*
 * details.c
 *		The details that go on record with what happened: members of a JSON
 *		object, as text.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "details.h"

/* Adds a member, whose value is JSON already, to those of an object; NULL: none yet. */
char *
details_member(const char *members, const char *name, const char *value)
{
	if (members == NULL)
		return psprintf("\"%s\": %s", name, value);
	return psprintf("%s, \"%s\": %s", members, name, value);
}

/* The same for a text, which may be NULL. */
char *
details_text(const char *members, const char *name, const char *text)
{
	StringInfoData value;

	if (text == NULL)
		return details_member(members, name, "null");
	initStringInfo(&value);
	escape_json(&value, text);
	return details_member(members, name, value.data);
}

/* NULL for no members. */
char *
details_object(const char *members)
{
	return members ? psprintf("{%s}", members) : NULL;
}

char *
uuid_text(const pg_uuid_t *id)
{
	return DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)));
}

/* The members of a stored object; NULL for none. */
char *
details_members(char *object)
{
	size_t		length = object ? strlen(object) : 0;

	return length > 2 ? pnstrdup(object + 1, length - 2) : NULL;
}
