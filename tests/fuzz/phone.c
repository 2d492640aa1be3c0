/* SPDX-License-Identifier: MIT */
/* phone.c - any text as a telephone number; what comes out goes in again. */
#include <string.h>

#include "book/phone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(1 << 20);
	char *typed = arena_strndup(a, (const char *)data, len);
	char e164[PHONE_LEN], again[PHONE_LEN];

	for (int i = 0; i < 2; i++) {
		const char *country = i == 0 ? "SG" : "MY";

		if (phone_normalise(typed, country, e164) != PHONE_OK)
			continue;
		BUG_UNLESS(strlen(e164) >= 8 && strlen(e164) < PHONE_LEN);
		BUG_UNLESS(phone_normalise(e164, country, again) == PHONE_OK);
		BUG_UNLESS(strcmp(e164, again) == 0);
		BUG_UNLESS(
		    phone_normalise(phone_grouped(a, e164), country, again) == PHONE_OK);
		BUG_UNLESS(strcmp(e164, again) == 0);
		phone_is_landline(e164);
	}
	arena_free(a);
	return 0;
}
