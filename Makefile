# SPDX-License-Identifier: MIT
#
# bookingd - targets are listed by "make help".
#
# Sources are found by wildcard: a new file in a room is built, and a new file
# in tests/ROOM is run, without an edit here. V=1 shows the commands.
# MODE=asan builds with AddressSanitizer and UBSan into a directory of its own.

VERSION  = 0.1.0
PREFIX  ?= /usr
CC      ?= cc
MODE    ?= release
B        = build$(if $(filter-out release,$(MODE)),/$(MODE))

ROOMS    = base store book http web
PKGS     = libevent_core libevent_pthreads openssl sqlite3 uuid jansson libutf8proc libidn2 libsodium

WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	   -Wmissing-prototypes -Wcast-qual -Wswitch-enum -Wvla -Wformat=2 \
	   $(if $(CI),-Werror)
HARDEN   = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
CFLAGS_release = -O2 -g $(HARDEN)
CFLAGS_clang   = $(CFLAGS_release)
CFLAGS_asan    = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
CFLAGS_tsan    = -O1 -g -fno-omit-frame-pointer -fsanitize=thread
LDFLAGS_release = -pie -Wl,-z,relro,-z,now
LDFLAGS_clang   = $(LDFLAGS_release)
LDFLAGS_asan    = -fsanitize=address,undefined
LDFLAGS_tsan    = -fsanitize=thread
ALL_CPPFLAGS = -D_GNU_SOURCE -DBOOKINGD_VERSION='"$(VERSION)"' -Idaemon -I$(B)/gen $(CPPFLAGS)
# Evaluated when a recipe runs, so that "make deps" works before they are there.
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   = $(shell pkg-config --libs $(PKGS)) -lpthread
ALL_CFLAGS = -std=c11 $(WARN) $(CFLAGS_$(MODE)) $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS_$(MODE)) $(LDFLAGS)
Q        = $(if $(V),,@)
say      = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(patsubst $(B)/%,%,$(2))')

GEN_H    = $(B)/gen/queries.h $(B)/gen/pages.h
gen_of_store = $(B)/gen/queries.o $(B)/gen/schema.o
gen_of_web   = $(B)/gen/pages.o $(B)/gen/static.o $(B)/gen/openapi.o
objects  = $(patsubst daemon/%.c,$(B)/%.o,$(wildcard daemon/$(1)/*.c)) $(gen_of_$(1))
ARCHIVES = $(foreach r,$(ROOMS),$(B)/lib$(r).a)
# web first: each archive leans on those after it
LINK_ORDER = $(B)/libweb.a $(B)/libhttp.a $(B)/libbook.a $(B)/libstore.a $(B)/libbase.a

all: $(B)/bookingd $(B)/bookingctl

include tests/tests.mk
include tests/bench.mk
-include tests/fuzz.mk tests/browser.mk

$(B)/bookingd: $(B)/bookingd.o $(ARCHIVES)
$(B)/bookingctl: $(B)/bookingctl.o $(call objects,ctl) $(ARCHIVES)
$(B)/bookingd $(B)/bookingctl:
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LINK_ORDER) $(PKG_LIBS)

define room
$(B)/lib$(1).a: $(call objects,$(1))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room,$(r))))

$(B)/%.o: daemon/%.c | $(GEN_H)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/%.o: $(B)/gen/%.c | $(GEN_H)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

QUERIES  = $(sort $(wildcard sql/queries/*.sql))
SCHEMAS  = $(sort $(wildcard sql/schema/sqlite/*.sql))
PAGES    = $(sort $(wildcard daemon/web/pages/*.html))
STATICS  = $(sort $(wildcard daemon/web/static/*))

$(B)/gen/queries.h $(B)/gen/queries.c: $(B)/gen/queries.%: sql/sqlgen.awk $(QUERIES)
	$(call say,SQLGEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)awk -v out=$* -f sql/sqlgen.awk $(QUERIES) > $@.new && mv $@.new $@
$(B)/gen/schema.c: sql/schemagen.awk $(SCHEMAS)
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)awk -f sql/schemagen.awk $(SCHEMAS) > $@.new && mv $@.new $@
$(B)/gen/pages.h $(B)/gen/pages.c: $(B)/gen/pages.%: daemon/web/pagegen.awk $(PAGES)
	$(call say,PAGEGEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)awk -v out=$* -f daemon/web/pagegen.awk $(PAGES) > $@.new && mv $@.new $@
$(B)/gen/static.c: daemon/web/staticgen.awk $(STATICS)
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)awk -f daemon/web/staticgen.awk $(STATICS) > $@.new && mv $@.new $@

$(B)/gen/openapi.json: docs/yaml2json.py docs/openapi.yaml
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)python3 docs/yaml2json.py docs/openapi.yaml > $@.new && mv $@.new $@
$(B)/gen/openapi.c: daemon/web/embed.awk $(B)/gen/openapi.json
	$(Q)awk -v name=openapi_json -f daemon/web/embed.awk $(B)/gen/openapi.json > $@.new && mv $@.new $@

# What a bare Debian 12 or 13 needs, by name; asks nothing.
DEPS = gcc make pkg-config libevent-dev libssl-dev libsqlite3-dev uuid-dev libjansson-dev \
       libutf8proc-dev libidn2-dev libsodium-dev libcriterion-dev openssl tzdata python3 curl ca-certificates
SUDO = $(if $(filter 0,$(shell id -u)),,sudo)
deps:
	@missing=; for p in $(DEPS) $(EXTRA_DEPS); do \
	  dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "  DEPS   $$missing"; \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi

run: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)DEMO=$(DEMO) ./etc/run-local

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/bookingd
	install -m 755 $(B)/bookingd $(DESTDIR)$(PREFIX)/sbin/bookingd
	install -m 755 $(B)/bookingctl $(DESTDIR)$(PREFIX)/bin/bookingctl
	install -m 644 etc/taxonomy.json etc/clinic.example.json $(DESTDIR)$(PREFIX)/share/bookingd/
	install -d $(DESTDIR)$(PREFIX)/share/bookingd/holidays
	install -m 644 etc/holidays/* $(DESTDIR)$(PREFIX)/share/bookingd/holidays/
	install -d $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 daemon/bookingd.8 daemon/bookingctl.8 $(DESTDIR)$(PREFIX)/share/man/man8/
	install -m 644 daemon/bookingd.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/sysusers.d
	install -m 644 systemd/bookingd.service $(DESTDIR)$(PREFIX)/lib/systemd/system/
	install -m 644 systemd/bookingd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/bookingd.conf
	install -d $(DESTDIR)/etc/bookingd
	[ -e $(DESTDIR)/etc/bookingd/bookingd.conf ] || \
	  install -m 644 systemd/bookingd.conf $(DESTDIR)/etc/bookingd/bookingd.conf

clean:
	rm -rf build

help:
	@sed -n 's/^\([a-z-]*\):.*/\1/p' Makefile tests/*.mk | sort -u | tr '\n' ' '; echo

.PHONY: all deps run install clean help
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
