/* SPDX-License-Identifier: MIT */
/* date.c - any text as a date and as an RFC 3339 instant; what is taken is told back. */
#include <string.h>

#include "base/clock.h"
#include "book/caltime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
fuzz_date(const char *s)
{
	char text[16];
	int32_t day;
	int year, month, dom;

	if (!date_parse(s, &day))
		return;
	BUG_UNLESS(strcmp(date_text(day, text), s) == 0);
	day_to_date(day, &year, &month, &dom);
	BUG_UNLESS(day_from_date(year, month, dom) == day);
	BUG_UNLESS(day_weekday(day) >= 1 && day_weekday(day) <= 7);
}

static void
fuzz_instant(const char *s)
{
	const struct zone *zone = zone_get("Asia/Singapore");
	char text[CLOCK_TEXT_LEN], local[40];
	int64_t ms, again;

	if (!rfc3339_parse(s, &ms))
		return;
	BUG_UNLESS(ms > -63000000000000 && ms < 254000000000000); /* years 0 to 9999 */
	if (ms < -62135596800000 || ms >= 253402300800000)
		return; /* an offset led out of the years that have four digits */
	BUG_UNLESS(rfc3339_parse(clock_rfc3339(ms, text), &again));
	BUG_UNLESS(again <= ms && ms - again < 1000);
	if (zone != NULL && ms < 253402200000000 && ms > -62135500000000) {
		BUG_UNLESS(rfc3339_parse(rfc3339_local(zone, ms, local), &again));
		BUG_UNLESS(again <= ms + 60000 && ms - again < 61000);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new((size_t)1 << 20);
	const char *s = arena_strndup(a, (const char *)data, len);

	fuzz_date(s);
	fuzz_instant(s);
	arena_free(a);
	return 0;
}
