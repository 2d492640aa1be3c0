/* SPDX-License-Identifier: MIT */
/* email.c - any text as an e-mail address; what comes out stays as it is. */
#include <string.h>

#include "book/email.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(1 << 20);
	const char *got = email_normalise(a, arena_strndup(a, (const char *)data, len));

	if (got != NULL) {
		const char *again = email_normalise(a, got);

		BUG_UNLESS(strlen(got) <= EMAIL_LEN_MAX);
		BUG_UNLESS(strpbrk(got, " \r\n,;<>") == NULL);
		BUG_UNLESS(again != NULL && strcmp(got, again) == 0);
	}
	arena_free(a);
	return 0;
}
