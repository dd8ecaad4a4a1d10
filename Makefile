# smart_parking: make, make install, make installcheck (see README.md).

EXTENSION = smart_parking
# The version stands in META.json; everything else derives from it.
EXTVERSION := $(shell sed -n 's/^  "version": "\([^"]*\)".*/\1/p' META.json)

MODULE_big = smart_parking
# src/floors says which folder stands on which.
SOURCES = $(sort $(wildcard src/*.c src/*/*.c src/*/*/*.c))
OBJS = $(SOURCES:.c=.o)

# The install script makes tables and functions.  The update script changes the
# tables that are there, makes the new ones, and makes all functions anew.  Once
# a version is released its update script is kept in sql/releases, as later
# versions of the parts differ.
SQL_PARTS = $(wildcard sql/*/*.sql sql/*/*/*.sql)
install_script = $(EXTENSION)--$(EXTVERSION).sql
update_script = $(EXTENSION)--1.0.0--1.1.0.sql
DATA_built = $(install_script) $(update_script)

# Released versions stay installable as they were, for upgrades and their tests.
DATA = $(wildcard sql/releases/*.sql sql/releases/*.control)

EXTRA_CLEAN = $(EXTENSION).control results regression.diffs regression.out

REGRESS = $(sort $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=postgis --load-extension=smart_parking

# -Wno-declaration-after-statement is PostgreSQL's own matter; these are ours.
PG_CFLAGS = -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers

PG_CPPFLAGS = -I$(srcdir)/src

# scripts/test builds with it: calls that wait out of order fail (src/server/lock_order.c).
ifdef CHECK_LOCK_ORDER
PG_CPPFLAGS += -DSMART_PARKING_CHECK_LOCK_ORDER
endif

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

all: $(EXTENSION).control $(DATA_built)

$(EXTENSION).control: $(EXTENSION).control.in META.json
	sed 's/@VERSION@/$(EXTVERSION)/' $< > $@

$(install_script): sql/tables.sql sql/functions.sql
	{ printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION) CASCADE" to load this file. \quit'; \
	  awk -f sql/assemble.awk sql/tables.sql sql/functions.sql; } > $@ || { rm -f $@; false; }

$(update_script): sql/updates/1.0.0--1.1.0.sql sql/functions.sql
	{ printf '%s\n' '\echo Use "ALTER EXTENSION $(EXTENSION) UPDATE" to load this file. \quit'; \
	  awk -f sql/assemble.awk sql/updates/1.0.0--1.1.0.sql sql/functions.sql; } > $@ || { rm -f $@; false; }

$(DATA_built): sql/assemble.awk META.json $(SQL_PARTS)

$(OBJS): $(wildcard src/*/*.h src/*/*/*.h)
