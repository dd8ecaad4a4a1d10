# smart_parking: make, make install, make installcheck (see README.md).

EXTENSION = smart_parking
# The version stands in META.json; everything else derives from it.
EXTVERSION := $(shell sed -n 's/^  "version": "\([^"]*\)".*/\1/p' META.json)

MODULE_big = smart_parking
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))

# The install script is put together from these, in this order.
SQL_PARTS = license_plate plate_match region_id spot_counter parking booking access \
	passage gate_incident plate_rule validate_plate barrier message message_openalpr \
	message_platerecognizer message_frigate message_hikvision message_cameras message_own \
	record_read reservation change_plate expiry overstay sweep_failure sweeper lots gate offline replay import \
	discovery operator_views invariants privileges
install_script = $(EXTENSION)--$(EXTVERSION).sql

# Released versions stay installable as they were, for upgrades and their tests.
DATA = $(wildcard sql/releases/*.sql)

# The update script: what changes, the parts that are new, the comments of the
# others, and the parts that are functions only and were replaced.  Once 1.1.0 is
# released the file is kept in sql/releases, as later versions of the parts differ.
NEW_PARTS = plate_match passage gate_incident plate_rule validate_plate barrier message \
	message_openalpr message_platerecognizer message_frigate message_hikvision \
	message_cameras message_own record_read change_plate overstay sweep_failure gate offline replay \
	operator_views
REPLACED_PARTS = sweeper invariants privileges
COMMENTED_PARTS = $(filter-out $(NEW_PARTS) $(REPLACED_PARTS),$(SQL_PARTS))
update_script = $(EXTENSION)--1.0.0--1.1.0.sql
DATA_built = $(install_script) $(update_script)
EXTRA_CLEAN = $(EXTENSION).control results regression.diffs regression.out

REGRESS = $(sort $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=postgis --load-extension=smart_parking

# -Wno-declaration-after-statement is PostgreSQL's own matter; these are ours.
PG_CFLAGS = -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers

# scripts/test builds with it: calls that wait out of order fail (src/lock_order.c).
ifdef CHECK_LOCK_ORDER
PG_CPPFLAGS += -DSMART_PARKING_CHECK_LOCK_ORDER
endif

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

all: $(EXTENSION).control $(DATA_built)

$(EXTENSION).control: $(EXTENSION).control.in META.json
	sed 's/@VERSION@/$(EXTVERSION)/' $< > $@

$(install_script): $(SQL_PARTS:%=sql/%.sql) META.json
	{ printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION) CASCADE" to load this file. \quit'; \
	  cat $(SQL_PARTS:%=sql/%.sql); } > $@

$(update_script): sql/updates/1.0.0--1.1.0.sql $(SQL_PARTS:%=sql/%.sql)
	{ printf '%s\n' '\echo Use "ALTER EXTENSION $(EXTENSION) UPDATE" to load this file. \quit'; \
	  cat sql/updates/1.0.0--1.1.0.sql $(NEW_PARTS:%=sql/%.sql); \
	  awk '/^COMMENT ON/, /;$$/' $(COMMENTED_PARTS:%=sql/%.sql); \
	  sed -E 's/^CREATE (FUNCTION|PROCEDURE)/CREATE OR REPLACE \1/' $(REPLACED_PARTS:%=sql/%.sql); } > $@

$(OBJS): $(wildcard src/*.h)
