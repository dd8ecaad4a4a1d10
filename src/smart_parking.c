/*
 * smart_parking.c
 *		Loading of the library.
 */
#include "postgres.h"

#include "fmgr.h"

#include "core/settings.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	define_settings();
}
