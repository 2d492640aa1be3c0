/* SPDX-License-Identifier: MIT */
/* reference.c - any text as a reference: refused, or the number it was made of. */
#include <string.h>

#include "book/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t key[32] = { 7 };
	struct arena *a = arena_new((size_t)1 << 20);
	const char *typed = arena_strndup(a, (const char *)data, len);
	char text[REFERENCE_LEN];
	int64_t n = 0, again = 0;

	if (reference_parse(key, typed, &n)) {
		BUG_UNLESS(n > 0 && n < REFERENCE_NUMBERS);
		BUG_UNLESS(reference_make(key, "NG", n, text));
		BUG_UNLESS(strlen(text) < sizeof(text));
		BUG_UNLESS(reference_parse(key, text, &again) && again == n);
	}
	if (len >= 4) { /* and the other way round */
		memcpy(&n, data, 4);
		n = n % (REFERENCE_NUMBERS - 1) + 1;
		BUG_UNLESS(reference_make(key, "NG", n, text));
		BUG_UNLESS(reference_parse(key, text, &again) && again == n);
		text[3 + data[0] % 7] ^= 1; /* one wrong character is never another's */
		BUG_UNLESS(!reference_parse(key, text, &again) || again == n);
	}
	arena_free(a);
	return 0;
}
