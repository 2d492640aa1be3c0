/* SPDX-License-Identifier: MIT */
/* clinic.c - fuzz: no document breaks the reader, and what it takes is whole. */
#include "book/clinic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct problems problems = { .arena = a };
	struct clinic *c = clinic_parse((const char *)data, len, &problems);

	BUG_UNLESS((c == NULL) == (problems.n > 0));
	for (size_t i = 0; i < problems.n; i++) {
		const struct problem *p = &problems.v[i];

		BUG_UNLESS(p->field[0] == '$' && *p->message != '\0');
	}
	if (c != NULL) {
		BUG_UNLESS(c->branch_count > 0 && c->service_count > 0);
		for (int i = 0; i < 3; i++)
			for (int t = 0; t < TEXT_COUNT; t++)
				BUG_UNLESS(c->text[i][t] != NULL);
		BUG_UNLESS(clinic_changes(a, c, c).n == 0);
		BUG_UNLESS(clinic_changes(a, NULL, c).n > 1);
	}
	clinic_free(c);
	arena_free(a);
	return 0;
}
