/* SPDX-License-Identifier: MIT */
/* tzif.c - any bytes as a zone: refused, or a zone whose clocks hold together. */
#include "book/caltime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const int64_t at[] = { INT64_MIN, INT64_MAX, 0, -1, 1795586400000,
		4102444800000, -2208988800000 };
	struct zone *z = zone_parse("Fuzz/Zone", data, len);
	char text[40];

	for (size_t i = 0; z != NULL && i < ARRAY_LEN(at); i++) {
		struct civil c = civil_from_ms(z, at[i]);
		int64_t ms;

		if (civil_to_ms(z, &c, &ms) != WALL_NEVER)
			BUG_UNLESS(ms <= at[i]);
		else
			BUG_UNLESS(c.year > 5000000 || c.year < -5000000);
		BUG_UNLESS(
		    day_start_ms(z, day_of_ms(z, at[i])) <= at[i] || at[i] == INT64_MIN);
		rfc3339_local(z, at[i], text);
	}
	zone_free(z);
	return 0;
}
