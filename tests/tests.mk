# SPDX-License-Identifier: MIT
#
# tests.mk - how the tests are built and run. tests/ mirrors daemon/: each room
# has one Criterion binary made of tests/ROOM/*.c; tests/e2e holds scripts that
# run the whole daemon.

CRITERION = -lcriterion
TEST_ROOMS = $(foreach r,$(ROOMS),$(if $(wildcard tests/$(r)/*.c),$(r)))
TEST_BINS  = $(foreach r,$(TEST_ROOMS),$(B)/tests/$(r)/run)

define test_room
$(B)/tests/$(1)/run: $(patsubst tests/%.c,$(B)/tests/%.o,$(wildcard tests/$(1)/*.c)) $(ARCHIVES)
	$$(call say,LD,$$@)
	$$(Q)$(CC) $$(ALL_LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(LINK_ORDER) $$(PKG_LIBS) $(CRITERION)
endef
$(foreach r,$(TEST_ROOMS),$(eval $(call test_room,$(r))))

# Criterion's macros shadow and omit prototypes: those two warnings stay off.
$(B)/tests/%.o: tests/%.c | $(GEN_H)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) -Itests $(ALL_CFLAGS) -Wno-shadow -Wno-missing-prototypes -Wno-pedantic -MMD -MP -c -o $@ $<

# Other programs that read what we write.
TEST_DEPS = libical-dev python3-icalendar python3-vobject

test:
	$(Q)$(MAKE) --no-print-directory deps EXTRA_DEPS="$(TEST_DEPS)"
	$(Q)$(MAKE) --no-print-directory all test-bins
	$(Q)./tests/run-tests $(B)

test-bins: $(TEST_BINS)

.PHONY: test test-bins

# The proofs many times over; SOAK=N multiplies.
SOAK ?= 10
soak: deps
	$(Q)$(MAKE) --no-print-directory all test-bins
	POWER_TRIALS=$$((1120 * $(SOAK))) $(B)/tests/store/run --filter 'power*/*'
	CASES=$$((100000 * $(SOAK))) $(B)/tests/book/run --filter 'slot_oracle/*'
	python3 tests/e2e/test_kill.py $(B) --kills $$((20 * $(SOAK)))
	python3 tests/e2e/test_http.py $(B)
	python3 tests/e2e/test_race.py $(B) --slots $$((100 * $(SOAK))) --kills $$((6 * $(SOAK)))

.PHONY: soak

# The rules a compiler does not check: layers, banned calls, sizes, papers.
lint:
	$(Q)./tests/lint/run

.PHONY: lint
