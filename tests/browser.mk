# SPDX-License-Identifier: MIT
#
# browser.mk - the pages as people have them: "make test-browser" drives Debian's
# Chromium through every story. STORY="words" runs the tests whose sentence has
# them; SCREENS=1 leaves a picture of every page in build/screens.

BROWSER_DEPS = chromium fonts-noto-cjk $(if $(shell command -v node),,nodejs) $(if $(shell command -v npm),,npm)
BROWSER_MODULES = tests/browser/node_modules/playwright-core/package.json \
		  tests/browser/node_modules/axe-core/package.json \
		  tests/browser/node_modules/ical.js/package.json

test-browser:
	$(Q)$(MAKE) --no-print-directory deps EXTRA_DEPS="$(BROWSER_DEPS)"
	$(Q)$(MAKE) --no-print-directory all $(BROWSER_MODULES) $(B)/tests/book/run
	$(Q)node tests/browser/ics.js $(B)
	$(Q)SCREENS=$(SCREENS) node tests/browser/run.js $(B) $(if $(STORY),"$(STORY)")

# The versions stand in package.json; a change of it installs anew.
$(BROWSER_MODULES) &: tests/browser/package.json
	$(call say,NPM,tests/browser)
	$(Q)cd tests/browser && npm install --silent
	$(Q)touch $(BROWSER_MODULES)

.PHONY: test-browser
