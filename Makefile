# smart_parking: make, make install, make installcheck (see README.md).

EXTENSION = smart_parking
# The version stands in META.json; everything else derives from it.
EXTVERSION := $(shell sed -n 's/^  "version": "\([^"]*\)".*/\1/p' META.json)

MODULE_big = smart_parking
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))

# The install script is put together from these, in this order.
SQL_PARTS = license_plate plate_match region_id spot_counter parking booking access \
	message message_openalpr message_platerecognizer message_frigate \
	message_hikvision message_cameras \
	reservation expiry sweeper lots import discovery invariants privileges
install_script = $(EXTENSION)--$(EXTVERSION).sql
DATA = $(wildcard sql/updates/*.sql)
DATA_built = $(install_script)
EXTRA_CLEAN = $(EXTENSION).control results regression.diffs regression.out

REGRESS = $(sort $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=postgis --load-extension=smart_parking

# -Wno-declaration-after-statement is PostgreSQL's own matter; these are ours.
PG_CFLAGS = -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

all: $(EXTENSION).control $(install_script)

$(EXTENSION).control: $(EXTENSION).control.in META.json
	sed 's/@VERSION@/$(EXTVERSION)/' $< > $@

$(install_script): $(SQL_PARTS:%=sql/%.sql) META.json
	{ printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION) CASCADE" to load this file. \quit'; \
	  cat $(SQL_PARTS:%=sql/%.sql); } > $@

$(OBJS): $(wildcard src/*.h)
