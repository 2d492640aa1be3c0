# SPDX-License-Identifier: MIT
#
# fuzz.mk - any bytes for whatever reads bytes from outside. "make fuzz" builds
# every tests/fuzz/NAME.c with clang and runs each for SECONDS_EACH, from the
# seeds in tests/fuzz/corpus/NAME and what earlier runs found; a crash fails it.
# FUZZ="form json" runs those alone.
#
# To add one: 1. tests/fuzz/NAME.c; 2. a few seeds in tests/fuzz/corpus/NAME.

SECONDS_EACH ?= 20
FUZZ ?= $(sort $(basename $(notdir $(wildcard tests/fuzz/*.c))))
FUZZ_BINS = $(FUZZ:%=$(B)/bin/%)
CFLAGS_fuzz  = -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	       -fno-sanitize-recover=undefined
LDFLAGS_fuzz = -fsanitize=fuzzer,address,undefined

fuzz:
	$(Q)$(MAKE) --no-print-directory deps EXTRA_DEPS='clang libclang-rt-dev'
	$(Q)$(MAKE) --no-print-directory MODE=fuzz CC=clang fuzz-bins
	$(Q)./tests/fuzz/run build/fuzz $(SECONDS_EACH) $(FUZZ)

fuzz-bins: $(FUZZ_BINS)

$(B)/bin/%: $(B)/tests/fuzz/%.o $(ARCHIVES)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LINK_ORDER) $(PKG_LIBS)

.PHONY: fuzz fuzz-bins
