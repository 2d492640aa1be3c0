# SPDX-License-Identifier: MIT
#
# bench.mk - how fast it is, beside nginx and raw SQLite. "make bench" takes less
# than three minutes; ROWS=1000000 begins with that many bookings, BENCH= takes
# options of tests/bench/run (--help lists them).

ROWS ?= 50000
LOAD_OBJECTS = $(patsubst %.c,$(B)/%.o,$(wildcard tests/bench/load*.c)) $(B)/tests/bench/sample.o
BENCH_BINS = $(B)/bench/load $(B)/bench/rawsqlite $(B)/bench/slots

$(B)/bench/load: $(LOAD_OBJECTS)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs openssl)
$(B)/bench/rawsqlite: $(B)/tests/bench/rawsqlite.o $(B)/tests/bench/sample.o $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LINK_ORDER) $(PKG_LIBS)

$(B)/bench/slots: $(B)/tests/bench/slots.o $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LINK_ORDER) $(PKG_LIBS) $(CRITERION)

bench: deps
	$(Q)$(MAKE) --no-print-directory all $(BENCH_BINS)
	$(Q)$(B)/bench/slots 2>&1 | grep -v Synthesis
	$(Q)./tests/bench/run --build $(B) --rows $(ROWS) $(BENCH)

.PHONY: bench
